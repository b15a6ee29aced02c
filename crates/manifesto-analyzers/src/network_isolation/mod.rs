//! Which connections become possible, and which no longer are.

use manifesto_cluster::network::{Comparison, Network};
use manifesto_evidence::{Evidence, Fact, Prose, Topic, Weight};
use manifesto_gitops::Change;
use manifesto_objects::Object;

use crate::analyzer::{Analyze, Analyzer};
use crate::clusters::{self, ClusterPair};
use crate::owners::{self, Owners};

mod connections;
mod dead;
mod essentials;
mod isolation;
mod peers;

pub(crate) static ANALYZER: Analyzer = Analyzer {
    topic: Topic::NetworkIsolation,
    question: "Which connections become possible, which no longer are, and which policies do nothing?",
    page: include_str!("README.md"),
    analyze: Analyze::Change(analyze),
};

/// What the parts of this analyzer look at.
struct View<'v> {
    pair: &'v ClusterPair,
    owners: &'v Owners<'v>,
    comparison: &'v Comparison,
    base: &'v Network<'v>,
    head: &'v Network<'v>,
}

impl View<'_> {
    /// Whether an object is the same on both sides.
    fn is_unchanged(&self, object: &Object) -> bool {
        owners::is_unchanged(self.pair, object)
    }
}

fn analyze(change: &Change, evidence: &mut Evidence) {
    let owners = Owners::of(change);
    let pairs = clusters::clusters(change);
    let several = pairs.len() > 1;
    for pair in &pairs {
        let comparison = Comparison::new(&pair.base, &pair.head);
        let [base, head] = comparison.networks();
        let view = View { pair, owners: &owners, comparison: &comparison, base: &base, head: &head };
        let mut facts = Vec::new();
        isolation::analyze(&view, &mut facts);
        connections::analyze(&view, &mut facts);
        dead::analyze(&view, &mut facts);
        essentials::analyze(&view, &mut facts);
        let named = facts.into_iter().map(|fact| if several { in_cluster(fact, &pair.name) } else { fact });
        evidence.facts.extend(named);
    }
}

/// Says which cluster a fact is about, where its component does not.
fn in_cluster(fact: Fact, cluster: &str) -> Fact {
    if fact.component.is_some() || cluster.is_empty() {
        return fact;
    }
    Fact { text: fact.text.words(" in ").code(cluster), ..fact }
}

fn fact(weight: Weight, text: Prose) -> Fact {
    Fact::new(Topic::NetworkIsolation, text).weight(weight)
}
