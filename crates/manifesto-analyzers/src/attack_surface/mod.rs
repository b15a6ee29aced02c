//! What becomes reachable from where, and behind what.

use manifesto_cluster::exposure::Exposure;
use manifesto_cluster::network::{Comparison, Network};
use manifesto_evidence::{Evidence, Fact, Interruption, Origin, Prose, Topic, Weight};
use manifesto_gitops::Change;
use manifesto_objects::Object;

use crate::analyzer::{Analyze, Analyzer};
use crate::clusters::{self, ClusterPair};
use crate::owners::Owners;

mod bypass;
mod entrances;
mod passage;

pub(crate) static ANALYZER: Analyzer = Analyzer {
    topic: Topic::AttackSurface,
    question: "What becomes reachable from where, what stands before it, and do policies let it through?",
    page: include_str!("README.md"),
    analyze: Analyze::Change(analyze),
};

/// What the parts of this analyzer look at.
struct View<'v> {
    pair: &'v ClusterPair,
    owners: &'v Owners<'v>,
    comparison: &'v Comparison,
    networks: &'v [Network<'v>; 2],
    base: Exposure,
    head: Exposure,
}

fn analyze(change: &Change, evidence: &mut Evidence) {
    each_cluster(change, |view| {
        entrances::analyze(view, &mut evidence.facts);
        passage::analyze(view, &mut evidence.facts);
        bypass::analyze(view, &mut evidence.facts);
    });
}

/// What could be reached in base and cannot be reached in head, although it is still published.
pub(crate) fn interruptions(change: &Change) -> Vec<Interruption> {
    let mut found = Vec::new();
    each_cluster(change, |view| found.extend(passage::interruptions(view)));
    found
}

fn each_cluster(change: &Change, mut look: impl FnMut(&View<'_>)) {
    let owners = Owners::of(change);
    for pair in &clusters::clusters(change) {
        let comparison = Comparison::new(&pair.base, &pair.head);
        let networks = comparison.networks();
        let view = View {
            pair,
            owners: &owners,
            comparison: &comparison,
            networks: &networks,
            base: Exposure::of(&pair.base),
            head: Exposure::of(&pair.head),
        };
        look(&view);
    }
}

impl View<'_> {
    /// A fact that some objects prove, the first of which says whose it is.
    fn fact(&self, weight: Weight, text: Prose, proofs: Vec<(&Object, Origin)>) -> Fact {
        let component = proofs.iter().find_map(|(object, _)| self.owners.component(object));
        let fact = Fact::new(Topic::AttackSurface, text).weight(weight);
        let fact = fact.origins(proofs.into_iter().map(|(_, origin)| origin));
        match component {
            Some(component) => fact.component(component),
            None => fact,
        }
    }
}
