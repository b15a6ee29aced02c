//! Reports for a terminal: styled text; whoever prints it decides whether the styles are kept.

mod diff;
mod findings;
mod style;

pub use diff::diff;
pub use findings::{Sources, findings};
