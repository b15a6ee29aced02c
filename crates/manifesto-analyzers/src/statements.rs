//! Statements about objects, each said once: the same of several objects is one line with several places.

use std::collections::BTreeMap;

use manifesto_evidence::{Fact, Origin, Prose, Reason, Topic, Weight};

/// How many places prove one statement.
const ORIGINS_MAX: usize = 6;

/// How many subjects of one statement are named.
const NAMED_MAX: usize = 6;

/// What is said, each thing once: the same change in several objects is one statement with several places.
#[derive(Default)]
pub(crate) struct Statements {
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
    pub(crate) fn add(
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

    /// Each as the reason of an answer.
    pub(crate) fn reasons(&self) -> Vec<Reason> {
        let reason = |statement: &Statement| {
            Some(Reason { text: statement.text(), origin: statement.origins.first()?.clone() })
        };
        self.in_order().filter_map(reason).collect()
    }

    /// Each as a fact of this topic.
    pub(crate) fn facts(&self, topic: Topic) -> impl Iterator<Item = Fact> {
        self.in_order().map(move |statement| {
            let origins = statement.origins.iter().take(ORIGINS_MAX).cloned();
            let fact = Fact::new(topic, statement.text()).weight(statement.weight);
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
