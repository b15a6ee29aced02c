//! Reports for a terminal: styled text; whoever prints it decides whether the styles are kept.

mod diff;
mod findings;
mod listing;
mod remedies;
mod style;
mod summary;
mod text;

pub use diff::diff;
pub use findings::{Sources, findings};
pub use listing::listing;
pub(crate) use style::inert;
pub use summary::check_summary;
pub use text::text_diff;
