//! What is watched: monitors and what they select, alerts, dashboards.

mod monitors;
mod rules;

use manifesto_evidence::{Evidence, Fact, Prose, Side, Topic, Weight};
use manifesto_gitops::Change;
use manifesto_objects::{ChangeKind, Object, ObjectChange};

use crate::analyzer::{Analyze, Analyzer};
use crate::clusters::{Touched, clusters};
use crate::statements::Statements;
use crate::wording;

pub(crate) static ANALYZER: Analyzer = Analyzer {
    topic: Topic::MonitoringAndMetrics,
    question: "What is watched, and what is no longer?",
    page: include_str!("README.md"),
    analyze: Analyze::Change(analyze),
};

fn analyze(change: &Change, evidence: &mut Evidence) {
    let touched = Touched::of(change);
    let mut statements = Statements::default();
    for pair in clusters(change) {
        monitors::state(&pair, &touched, &mut statements);
    }
    let mut facts: Vec<Fact> = statements.facts(Topic::MonitoringAndMetrics).collect();
    for object in change.objects.real() {
        let Some(component) = change.components.get(object.component) else { continue };
        let own = rules::facts(object).into_iter().chain(dashboard(object));
        facts.extend(own.map(|fact| fact.component(&component.name)));
    }
    evidence.facts.extend(facts);
}

fn fact(text: impl Into<Prose>) -> Fact {
    Fact::new(Topic::MonitoringAndMetrics, text)
}

/// A dashboard comes, goes or differs.
fn dashboard(change: &ObjectChange) -> Option<Fact> {
    let (side, object) = wording::side_of(change)?;
    if !is_dashboard(object) {
        return None;
    }
    let weight = if change.kind == ChangeKind::Removed { Weight::Notable } else { Weight::Plain };
    let verb = match side {
        Side::Head if change.base.is_none() => "A new dashboard: ",
        Side::Base | Side::Head => "The dashboard ",
    };
    let end = match (side, &change.base) {
        (Side::Base, _) => " is gone",
        (Side::Head, None) => "",
        (Side::Head, Some(_)) => " differs",
    };
    let text = Prose::from(verb).code(object.id.short()).words(end);
    Some(fact(text).weight(weight).origins([object.origin(side)]))
}

/// A dashboard of Grafana's operator, or a ConfigMap that the sidecar of Grafana's chart reads: it looks for this label,
/// whatever its value (chart `grafana` 10, `sidecar.dashboards.label`).
fn is_dashboard(object: &Object) -> bool {
    object.id.is("grafana.integreatly.org", "GrafanaDashboard")
        || object.id.is("", "ConfigMap") && object.labels().any(|(key, _)| key == "grafana_dashboard")
}
