//! Evidence, findings and changes for readers.
//!
//! Each medium has its folder: `terminal`, `markdown`, `json`, and `ci` for the machines of forges. What is copied from a change is made inert here, for
//! the medium at hand. The types of the JSON report are its own: no internal type is ever serialised.

#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod ci;
pub mod json;
pub mod markdown;
pub mod record;
pub mod terminal;
mod words;
