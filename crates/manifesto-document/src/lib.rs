//! A pull-request template as data: slots and boxes, filled from evidence and held against it.
//!
//! A [`Document`] is a text with its [`Slot`]s: what stands behind each heading and each label. [`bind`] tells from
//! their words what they ask about. [`draft`] writes what the evidence says into the slots that nobody has written
//! into, and [`check`] holds what the author wrote against the evidence. Every byte that the author wrote stays as it
//! is. This crate knows no analyzers: it meets them in `manifesto-evidence`.

#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

mod align;
mod binding;
mod check;
mod claims;
mod document;
mod draft;
mod edit;
mod finalize;
mod fuzz;
mod glob;
mod groups;
mod label;
mod lint;
mod outline;
mod pattern;
mod placeholder;
mod policy;
mod region;
pub mod rules;
mod shown;
mod source;
mod state;
mod statements;
mod template;
mod words;

pub use binding::{SlotBinding, bind};
pub use check::{BoxReport, CheckOptions, Checked, SlotReport, SlotState, check};
pub use claims::ClaimReport;
pub use document::{Checkbox, Document, Part, PartKind, Slot, SlotKind};
pub use draft::{DraftOptions, Drafted, GITHUB_CHARS_MAX, Outcome, SlotOutcome, draft};
pub use finalize::finalize;
#[doc(hidden)]
pub use fuzz::fuzz;
pub use lint::{Remark, lint};
pub use policy::{Policy, Profile, Waived, Waiver};
pub use region::{Damage, Region, Role, Seal};
pub use template::{TemplateFile, choose, find_templates};

#[cfg(test)]
mod tests;
