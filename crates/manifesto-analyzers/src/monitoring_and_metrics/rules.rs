//! Alerts and recorded series that come and go.

use std::collections::BTreeSet;

use manifesto_evidence::{Fact, Prose, Side, Weight};
use manifesto_objects::{Object, ObjectChange};
use manifesto_yaml::Node;

use super::fact;
use crate::wording;

/// So many names stand in a line; the rest are counted.
const NAMED_MAX: usize = 6;

pub(super) fn facts(change: &ObjectChange) -> Vec<Fact> {
    let Some((side, object)) = wording::side_of(change).filter(|(_, object)| holds_rules(object)) else {
        return Vec::new();
    };
    let names = |object: Option<&Object>, key: &str| -> BTreeSet<String> {
        object.map(|object| rules(object, key)).unwrap_or_default()
    };
    let mut facts = Vec::new();
    for (key, what) in [("alert", "alert"), ("record", "recorded series")] {
        let (before, after) = (names(change.base.as_deref(), key), names(change.head.as_deref(), key));
        let new: Vec<&String> = after.difference(&before).collect();
        let gone: Vec<&String> = before.difference(&after).collect();
        for (names, verb, weight) in [(new, "gets the", Weight::Plain), (gone, "loses the", Weight::Notable)]
        {
            if !names.is_empty() {
                let plural = if key == "alert" && names.len() > 1 { "s" } else { "" };
                let text = Prose::new().code(object.id.short()).words(format!(" {verb} {what}{plural} "));
                facts.push(fact(text.list(names, NAMED_MAX)).weight(weight).origins([object.origin(side)]));
            }
        }
    }
    if facts.is_empty() && side == Side::Head && change.base.is_some() {
        let text = Prose::new().code(object.id.short()).words(": its rules differ");
        facts.push(fact(text).origins([object.origin(side)]));
    }
    facts
}

fn holds_rules(object: &Object) -> bool {
    object.id.is("monitoring.coreos.com", "PrometheusRule")
        || object.id.is("operator.victoriametrics.com", "VMRule")
}

/// The names of the rules that have this key.
fn rules(object: &Object, key: &str) -> BTreeSet<String> {
    let groups = object.at(&["spec", "groups"]).map(Node::items).unwrap_or_default();
    let rules = groups.iter().flat_map(|group| group.get("rules").map(Node::items).unwrap_or_default());
    rules.filter_map(|rule| rule.get(key).and_then(Node::text)).map(str::to_owned).collect()
}
