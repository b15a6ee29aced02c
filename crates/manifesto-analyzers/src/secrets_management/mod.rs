//! Which secret comes from where, who needs it, and what of it stands in clear.

mod clear;
mod encrypted;
mod external;
mod needs;
mod policies;

use std::collections::BTreeMap;

use manifesto_evidence::{
    Answer, BoxClass, Evidence, Fact, Level, Origin, Predicate, Prose, Reason, Topic, Weight,
};
use manifesto_gitops::Change;

use crate::analyzer::Analyzer;
use crate::clusters::{Touched, clusters};

pub(crate) static ANALYZER: Analyzer = Analyzer {
    topic: Topic::SecretsManagement,
    question: "Which secret comes from where, who needs it, and does any stand in clear?",
    page: include_str!("README.md"),
    analyze,
};

static TOUCHED: Predicate = Predicate {
    id: "secrets.touched",
    topic: Topic::SecretsManagement,
    question: "the change touches secrets",
    words: &["secret", "secrets", "credentials", "sops", "encrypted"],
    class: BoxClass::Derivable,
    undisclosed: Level::Error,
};

/// How many places prove one statement.
const ORIGINS_MAX: usize = 6;

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
    evidence.facts.extend(statements.facts());
}

/// What is said, each thing once: the same change in several objects is one statement with several places.
#[derive(Default)]
struct Statements {
    order: Vec<String>,
    by_text: BTreeMap<String, Statement>,
}

/// One thing that is said of one or several objects.
struct Statement {
    before: Prose,
    subjects: Vec<String>,
    after: Prose,
    weight: Weight,
    component: Option<String>,
    origins: Vec<Origin>,
}

impl Statements {
    /// Says something of a subject: the words before its name, the name, and what follows.
    fn add(
        &mut self,
        weight: Weight,
        component: Option<&str>,
        (before, subject, after): (Prose, String, Prose),
        origins: impl IntoIterator<Item = Origin>,
    ) {
        let key = format!("{before}\u{0}{after}");
        let statement = self.by_text.entry(key.clone()).or_insert_with(|| {
            self.order.push(key);
            let component = component.map(str::to_owned);
            Statement { before, subjects: Vec::new(), after, weight, component, origins: Vec::new() }
        });
        if !statement.subjects.contains(&subject) {
            statement.subjects.push(subject);
        }
        for origin in origins {
            if !statement.origins.contains(&origin) {
                statement.origins.push(origin);
            }
        }
    }

    fn in_order(&self) -> impl Iterator<Item = &Statement> {
        self.order.iter().filter_map(|key| self.by_text.get(key))
    }

    fn reasons(&self) -> Vec<Reason> {
        let reason = |statement: &Statement| {
            Some(Reason { text: statement.text(), origin: statement.origins.first()?.clone() })
        };
        self.in_order().filter_map(reason).collect()
    }

    fn facts(&self) -> impl Iterator<Item = Fact> {
        self.in_order().map(|statement| {
            let origins = statement.origins.iter().take(ORIGINS_MAX).cloned();
            let fact = Fact::new(Topic::SecretsManagement, statement.text()).weight(statement.weight);
            let mut fact = fact.origins(origins);
            fact.component.clone_from(&statement.component);
            fact
        })
    }
}

impl Statement {
    fn text(&self) -> Prose {
        self.before.clone().list(&self.subjects, NAMED_MAX).prose(self.after.clone())
    }
}
