//! All that was found out about a change.

use manifesto_tree::FileChange;

use crate::{Answer, Census, Fact, Gap, Topic, TreePath};

/// What happened to a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ComponentChange {
    /// It is only in head.
    Added,
    /// It is only in base.
    Removed,
    /// It is in both, and its objects differ or may differ.
    Changed,
    /// It is in both under another name or path.
    Moved,
}

impl ComponentChange {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Moved => "moved",
        }
    }
}

/// One deployed unit that the change touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentEvidence {
    /// Its name, unique in this change.
    pub name: String,
    /// The directory or file that defines it.
    pub path: TreePath,
    /// What happened to it.
    pub change: ComponentChange,
    /// Whether all its objects are known on both sides.
    pub proven: bool,
}

/// A changed file that no component and no document rule covers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileNotAnalysed {
    /// The file.
    pub path: TreePath,
    /// What it is, in a word or two: "Terraform".
    pub what: String,
}

/// How much of the change was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completeness {
    /// How many components the change touches.
    pub components_affected: usize,
    /// Of how many of these every object is known on both sides.
    pub components_proven: usize,
    /// How many files the change touches.
    pub files_changed: usize,
    /// The changed files that nothing was learned from.
    pub files_not_analysed: Vec<FileNotAnalysed>,
}

/// All that was found out about a change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The components that the change touches, the riskiest first.
    pub components: Vec<ComponentEvidence>,
    /// What was found out, in the order of the topics, then of weight.
    pub facts: Vec<Fact>,
    /// The answers to yes-or-no questions.
    pub answers: Vec<Answer>,
    /// What could not be known.
    pub gaps: Vec<Gap>,
    /// The files that differ: a box whose label is a path (`docs/decisions/XXX-title.md`) asks about them directly.
    pub files: Vec<FileChange>,
    /// How much of the change was read.
    pub completeness: Completeness,
    /// What the claims of a text are held against; empty unless a text is to be checked.
    pub census: Census,
}

impl Evidence {
    /// The facts about one topic.
    pub fn about(&self, topic: Topic) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(move |fact| fact.topic == topic)
    }
}
