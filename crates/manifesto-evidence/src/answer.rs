//! Yes-or-no questions that a template asks with a box, and their answers.

use crate::{Gap, Level, Origin, Prose, Topic};

/// Who can decide a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BoxClass {
    /// Evidence decides both ways: `draft` ticks it.
    Derivable,
    /// Evidence can deny it, never affirm it: `draft` leaves it to the author.
    Refutable,
}

/// A question that evidence can answer with yes or no.
#[derive(Debug, PartialEq, Eq)]
pub struct Predicate {
    /// `topic.word`, as in configuration and JSON: `impact.storage`.
    pub id: &'static str,
    /// The topic whose analyzer answers it.
    pub topic: Topic,
    /// The question, as a clause: "the change touches storage".
    pub question: &'static str,
    /// Words of a box's label that ask this question. A label binds to the predicate that shares most of its words.
    pub words: &'static [&'static str],
    /// Who can decide it.
    pub class: BoxClass,
    /// How bad it is to leave the box open when the answer is yes.
    pub undisclosed: Level,
}

/// One thing that makes the answer *yes*.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// What it is, as a clause: "adds `HTTPRoute/notes`".
    pub text: Prose,
    /// Where it stands.
    pub origin: Origin,
}

/// The answer to a predicate. *Unknown* is neither yes nor no: no verdict may rest on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Truth {
    /// Yes, for these reasons; never empty.
    Yes(Vec<Reason>),
    /// No: everything that could say yes was read.
    No,
    /// It depends on how the question's words are read: a box that asks it is never ticked for the author, and neither a
    /// tick nor an open box is ever held against him.
    Arguable(Vec<Reason>),
    /// Nobody can tell, because of these gaps.
    Unknown(Vec<Gap>),
}

/// A predicate and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The question.
    pub predicate: &'static Predicate,
    /// The answer.
    pub truth: Truth,
}

impl Answer {
    /// Yes for the reasons given, if any; else unknown where there are gaps; else no.
    pub fn new(predicate: &'static Predicate, reasons: Vec<Reason>, gaps: &[Gap]) -> Self {
        Self::weighed(predicate, reasons, Vec::new(), gaps)
    }

    /// As [`Answer::new`], with reasons that one reader would count and another would not: they never make a *yes*, but
    /// they forbid a *no*.
    pub fn weighed(
        predicate: &'static Predicate,
        reasons: Vec<Reason>,
        arguable: Vec<Reason>,
        gaps: &[Gap],
    ) -> Self {
        let truth = match () {
            () if !reasons.is_empty() => Truth::Yes(reasons),
            () if !arguable.is_empty() => Truth::Arguable(arguable),
            () if !gaps.is_empty() => Truth::Unknown(gaps.to_vec()),
            () => Truth::No,
        };
        Self { predicate, truth }
    }
}
