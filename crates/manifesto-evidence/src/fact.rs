//! What was found out.

use crate::{Origin, Prose, Topic};

/// How much a fact matters to a reviewer; the heavier come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// It can lose data, open a door or stop the deployment.
    Hazard,
    /// It deserves a look.
    Notable,
    /// It belongs to the answer.
    Plain,
    /// It completes the answer; printed folded where there is much else.
    Detail,
}

/// A fact about a topic, with the places that prove it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is about.
    pub topic: Topic,
    /// The component it concerns, by name; none when it concerns the change as a whole.
    pub component: Option<String>,
    /// How much it matters.
    pub weight: Weight,
    /// The fact, in one line.
    pub text: Prose,
    /// The places that prove it, the most telling first.
    pub origins: Vec<Origin>,
}

impl Fact {
    /// A plain fact about the change as a whole.
    pub fn new(topic: Topic, text: impl Into<Prose>) -> Self {
        Self { topic, component: None, weight: Weight::Plain, text: text.into(), origins: Vec::new() }
    }

    /// Says which component it concerns.
    #[must_use = "the fact is returned"]
    pub fn component(mut self, name: &str) -> Self {
        self.component = Some(name.to_owned());
        self
    }

    /// Says how much it matters.
    #[must_use = "the fact is returned"]
    pub fn weight(mut self, weight: Weight) -> Self {
        self.weight = weight;
        self
    }

    /// Adds the places that prove it.
    #[must_use = "the fact is returned"]
    pub fn origins(mut self, origins: impl IntoIterator<Item = Origin>) -> Self {
        self.origins.extend(origins);
        self
    }
}
