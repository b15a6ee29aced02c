//! Where data is kept, and what saves it.

pub(crate) mod databases;
mod longhorn;
mod volumes;

use manifesto_evidence::{Evidence, Fact, Prose, Topic};
use manifesto_gitops::Change;
use manifesto_objects::ObjectChange;

use crate::analyzer::{Analyze, Analyzer};
use crate::demands::Pairs;
use crate::surroundings::Surroundings;

pub(crate) static ANALYZER: Analyzer = Analyzer {
    topic: Topic::Storage,
    question: "Where is data kept, what saves it, and what changes about that?",
    page: include_str!("README.md"),
    analyze: Analyze::Change(analyze),
};

/// So many names stand in a line; the rest are counted.
const NAMED_MAX: usize = 4;

fn analyze(change: &Change, evidence: &mut Evidence) {
    let surroundings = Surroundings::of(change);
    let mut facts = Vec::new();
    for (index, component) in change.components.iter().enumerate() {
        let own: Vec<&ObjectChange> =
            change.objects.real().filter(|object| object.component == index).collect();
        let pairs = Pairs::of(change, component, &surroundings);
        let found = databases::facts(component, &own, &surroundings)
            .into_iter()
            .chain(volumes::facts(&pairs, &surroundings))
            .chain(volumes::classes(&own));
        facts.extend(found.map(|fact| fact.component(&component.name)));
    }
    evidence.facts.extend(facts);
}

fn fact(text: impl Into<Prose>) -> Fact {
    Fact::new(Topic::Storage, text)
}
