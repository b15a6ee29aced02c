//! Which secret comes from where, who needs it, and what of it stands in clear.

mod clear;
mod encrypted;
mod external;
mod needs;
mod policies;

use manifesto_evidence::{Answer, BoxClass, Evidence, Level, Predicate, Topic};
use manifesto_gitops::Change;

use crate::analyzer::{Analyze, Analyzer};
use crate::clusters::{Touched, clusters};
use crate::statements::Statements;

pub(crate) static ANALYZER: Analyzer = Analyzer {
    topic: Topic::SecretsManagement,
    question: "Which secret comes from where, who needs it, and does any stand in clear?",
    page: include_str!("README.md"),
    analyze: Analyze::Change(analyze),
};

static TOUCHED: Predicate = Predicate {
    id: "secrets.touched",
    topic: Topic::SecretsManagement,
    question: "the change touches secrets",
    words: &["secret", "secrets", "credentials", "sops", "encrypted"],
    class: BoxClass::Derivable,
    undisclosed: Level::Error,
};

/// How many names are listed before the rest is counted.
const NAMED_MAX: usize = 6;

fn analyze(change: &Change, evidence: &mut Evidence) {
    let touched = Touched::of(change);
    let mut statements = Statements::default();
    let pairs = clusters(change);
    external::state(change, &pairs, &mut statements);
    for pair in &pairs {
        external::state_faults(pair, &touched, &mut statements);
        needs::state(pair, &touched, &mut statements);
    }
    policies::state(change, &mut statements);
    clear::state(change, &mut statements);
    encrypted::state(change, &mut statements);
    let reasons = statements.reasons();
    evidence.answers.push(Answer::new(&TOUCHED, reasons, &change.gaps()));
    evidence.facts.extend(statements.facts(Topic::SecretsManagement));
}
