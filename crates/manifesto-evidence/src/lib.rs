//! The vocabulary in which analyzers answer and the document asks.
//!
//! Analyzers write [`Evidence`]; the document reads it. Neither sees the other: they meet in the types of this
//! crate, which does nothing but hold them.

#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

mod answer;
mod census;
mod evidence;
mod fact;
mod finding;
mod prose;
mod topic;

pub use answer::{Answer, BoxClass, Predicate, Reason, Truth};
pub use census::{
    Census, CensusComponent, ChartUse, Hidden, Interruption, Property, PropertyKind, Subject, SubjectChange,
};
pub use evidence::{Completeness, ComponentChange, ComponentEvidence, Evidence, FileNotAnalysed};
pub use fact::{Fact, Weight};
pub use finding::{Finding, Level, Rule, TextSpan, Verdict, Witness};
pub use manifesto_tree::{FileChange, FileChangeKind, Gap, GapReason, Origin, Place, Side, TreePath};
pub use prose::{Prose, Span, code};
pub use topic::Topic;

#[cfg(test)]
mod tests;
