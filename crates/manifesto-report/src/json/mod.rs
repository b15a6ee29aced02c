//! The JSON report. One module per version; a version is never changed once it is released, only added to.

mod from;
mod from_listing;
pub mod listing_v1;
pub mod v1;

pub use from::Reported;
use schemars::JsonSchema;
use serde::Serialize;

/// The report as JSON text, with a line break at the end.
pub fn text(report: &v1::Report) -> String {
    pretty(report)
}

/// The listing of components as JSON text, with a line break at the end.
pub fn listing(listing: &manifesto_gitops::Listing) -> String {
    pretty(&listing_v1::Listing::from(listing))
}

/// The JSON Schema of the current version of the report, with a line break at the end.
pub fn schema() -> String {
    schema_of::<v1::Report>()
}

/// The JSON Schema of the current version of the listing, with a line break at the end.
pub fn listing_schema() -> String {
    schema_of::<listing_v1::Listing>()
}

fn schema_of<T: JsonSchema>() -> String {
    let settings = schemars::generate::SchemaSettings::default().for_serialize();
    pretty(&settings.into_generator().into_root_schema_for::<T>())
}

fn pretty(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_else(|error| {
        // Maps with text keys and finite numbers: nothing of these can fail to serialise.
        unreachable!("{error}")
    });
    text.push('\n');
    text
}
