//! The JSON report. One module per version; a version is never changed once it is released, only added to.

mod from;
pub mod v1;

pub use from::Reported;

/// The report as JSON text, with a line break at the end.
pub fn text(report: &v1::Report) -> String {
    let mut text = serde_json::to_string_pretty(report).unwrap_or_else(|error| {
        // Maps with text keys and finite numbers: nothing of a `Report` can fail to serialise.
        unreachable!("{error}")
    });
    text.push('\n');
    text
}

/// The JSON Schema of the current version, with a line break at the end.
pub fn schema() -> String {
    let settings = schemars::generate::SchemaSettings::default().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<v1::Report>();
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_else(|error| unreachable!("{error}"));
    text.push('\n');
    text
}
