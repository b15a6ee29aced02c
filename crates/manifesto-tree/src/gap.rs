//! What could not be known, and why.

use std::fmt;

use crate::{Place, Side, TreePath};

/// Why something is not known. The name is part of the JSON report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GapReason {
    /// A file could not be parsed.
    BrokenFile,
    /// A file that another one names does not exist.
    MissingFile,
    /// A path leads outside the repository.
    OutsideRepository,
    /// The content is on another machine.
    RemoteSource,
    /// A chart is needed that is not in the repository.
    MissingChart,
    /// A program would have to be run.
    Plugin,
    /// A feature that Manifesto does not render.
    Unsupported,
    /// The rendering would cost more than it may.
    OverBudget,
    /// The object store does not have the content.
    Unreadable,
    /// A value that nobody knows before the deployment.
    UnknownValue,
    /// Files of a kind that Manifesto does not read.
    NotAnalysed,
    /// A fault of Manifesto itself.
    Fault,
}

impl GapReason {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::BrokenFile => "broken-file",
            Self::MissingFile => "missing-file",
            Self::OutsideRepository => "outside-repository",
            Self::RemoteSource => "remote-source",
            Self::MissingChart => "missing-chart",
            Self::Plugin => "plugin",
            Self::Unsupported => "unsupported",
            Self::OverBudget => "over-budget",
            Self::Unreadable => "unreadable",
            Self::UnknownValue => "unknown-value",
            Self::NotAnalysed => "not-analysed",
            Self::Fault => "fault",
        }
    }
}

impl fmt::Display for GapReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What could not be known. A gap never means *no*: no verdict may rest on it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gap {
    /// The revision it concerns; none when it concerns both.
    pub side: Option<Side>,
    /// Why.
    pub reason: GapReason,
    /// What is not known and why, as a clause: "the chart `newt` 1.1.0 is not in the repository".
    pub detail: String,
    /// The line that asks for it.
    pub place: Option<Place>,
    /// The file or directory whose objects are not known; none when they may come from anywhere.
    pub hides: Option<TreePath>,
    /// What would fill it, as an order: "run `manifesto fetch`".
    pub remedy: Option<String>,
}

impl Gap {
    /// A gap that concerns both revisions and has no place yet.
    pub fn new(reason: GapReason, detail: impl Into<String>) -> Self {
        Self { side: None, reason, detail: detail.into(), place: None, hides: None, remedy: None }
    }

    /// Whether objects may be missing because of it. Where only a value is unknown, every object is there.
    pub fn hides_objects(&self) -> bool {
        self.reason != GapReason::UnknownValue
    }

    /// Says which line asks for what is not known.
    #[must_use = "the gap is returned"]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Says in which revision it is not known.
    #[must_use = "the gap is returned"]
    pub fn on(mut self, side: Side) -> Self {
        self.side = Some(side);
        self
    }

    /// Says which file's or directory's objects are not known.
    #[must_use = "the gap is returned"]
    pub fn hiding(mut self, path: TreePath) -> Self {
        self.hides = Some(path);
        self
    }

    /// Says what would fill it.
    #[must_use = "the gap is returned"]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.detail)
    }
}
