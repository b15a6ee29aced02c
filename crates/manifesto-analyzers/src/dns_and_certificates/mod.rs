//! Which names are published, and whether a certificate covers them.

mod certificates;
mod names;

use manifesto_evidence::{Evidence, Fact, Prose, Side, Topic, Weight};
use manifesto_gitops::Change;

use crate::analyzer::{Analyze, Analyzer};
use crate::clusters::{Touched, clusters};

pub(crate) static ANALYZER: Analyzer = Analyzer {
    topic: Topic::DnsAndCertificates,
    question: "Which names are published or withdrawn, and does a certificate cover them?",
    page: include_str!("README.md"),
    analyze: Analyze::Change(analyze),
};

fn analyze(change: &Change, evidence: &mut Evidence) {
    let touched = Touched::of(change);
    let pairs = clusters(change);
    evidence.facts.extend(names::facts(change, &pairs));
    for pair in &pairs {
        evidence.facts.extend(certificates::uncovered(pair, &touched));
    }
    let named = Side::BOTH.map(|side| certificates::named(change, side));
    for object in change.objects.real() {
        let Some(component) = change.components.get(object.component) else { continue };
        let facts = certificates::changes(object, &named);
        evidence.facts.extend(facts.map(|fact| fact.component(&component.name)));
    }
}

fn fact(weight: Weight, text: Prose) -> Fact {
    Fact::new(Topic::DnsAndCertificates, text).weight(weight)
}
