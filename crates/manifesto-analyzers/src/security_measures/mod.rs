//! Which protections of pods, namespaces and the API server come, go or get weaker.

mod admission;
mod clients;
mod namespaces;
mod pods;

use manifesto_evidence::{Evidence, Prose, Topic};
use manifesto_gitops::Change;

use crate::analyzer::{Analyze, Analyzer};
use crate::clusters::{Touched, clusters};
use crate::statements::Statements;

pub(crate) static ANALYZER: Analyzer = Analyzer {
    topic: Topic::SecurityMeasures,
    question: "Which protections of pods, namespaces and the API server come, go or get weaker?",
    page: include_str!("README.md"),
    analyze: Analyze::Change(analyze),
};

fn analyze(change: &Change, evidence: &mut Evidence) {
    let touched = Touched::of(change);
    let mut statements = Statements::default();
    for pair in clusters(change) {
        pods::state(&pair, &touched, &mut statements);
        namespaces::state(&pair, &touched, &mut statements);
    }
    admission::state(change, &mut statements);
    clients::state(change, &mut statements);
    evidence.facts.extend(statements.facts(Topic::SecurityMeasures));
}

/// A sentence whose subject is named before it.
fn about(subject: String, what: Prose) -> (Prose, String, Prose) {
    (Prose::new(), subject, what)
}
