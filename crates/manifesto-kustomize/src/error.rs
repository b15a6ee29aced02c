//! Why a build ends.

use std::fmt;

use manifesto_tree::{Gap, GapReason, Place};

/// What kustomize would refuse too, said better: where, what, why, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildError {
    /// The line that is wrong.
    pub place: Option<Place>,
    /// The kustomization lines that led there, the nearest first.
    pub via: Vec<Place>,
    /// What cannot be done, as a clause: "the patch `set-replicas.yaml` cannot be applied".
    pub what: String,
    /// Why, as a clause: "no Deployment `web` is among the resources".
    pub why: String,
    /// What to do, as an order: "write the name that the object has before this kustomization's prefix".
    pub remedy: Option<String>,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        write!(f, "{}: {}", self.what, self.why)?;
        if let Some(remedy) = &self.remedy {
            write!(f, "; {remedy}")?;
        }
        Ok(())
    }
}

impl std::error::Error for BuildError {}

/// Why a layer is not finished.
#[derive(Debug, Clone)]
pub(crate) enum Halt {
    /// It is refused.
    Refused(Box<BuildError>),
    /// It costs more than it may.
    OverBudget(Box<Gap>),
}

/// The result of a step of a build.
pub(crate) type Outcome<T> = Result<T, Halt>;

impl Halt {
    /// A refusal.
    pub(crate) fn refused(place: Option<Place>, what: impl Into<String>, why: impl Into<String>) -> Self {
        let (what, why) = (what.into(), why.into());
        Self::Refused(Box::new(BuildError { place, via: Vec::new(), what, why, remedy: None }))
    }

    /// Too much work.
    pub(crate) fn over(place: Option<Place>, detail: impl Into<String>) -> Self {
        let gap = Gap { place, ..Gap::new(GapReason::OverBudget, detail) };
        Self::OverBudget(Box::new(gap))
    }

    /// Says what to do.
    pub(crate) fn remedy(mut self, remedy: impl Into<String>) -> Self {
        if let Self::Refused(error) = &mut self {
            error.remedy.get_or_insert(remedy.into());
        }
        self
    }

    /// Says which line led there.
    pub(crate) fn via(mut self, place: &Place) -> Self {
        if let Self::Refused(error) = &mut self {
            error.via.push(place.clone());
        }
        self
    }
}
