//! What a component works together with, and by which means.

mod services;

use std::collections::BTreeMap;

use manifesto_evidence::{Evidence, Fact, Origin, Prose, Side, Topic, Weight};
use manifesto_gitops::{AffectedComponent, Change};
use manifesto_objects::{Object, ObjectId};

use crate::analyzer::{Analyze, Analyzer};
use crate::clusters::{ClusterPair, clusters};
use crate::needs::needs;

pub(crate) static ANALYZER: Analyzer = Analyzer {
    topic: Topic::IntegrationPoints,
    question: "What does a component work together with that is not its own, and by which means?",
    page: include_str!("README.md"),
    analyze: Analyze::Change(analyze),
};

/// So many places prove one point.
const ORIGINS_MAX: usize = 3;

/// What a component does with something that is not its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Point {
    verb: &'static str,
    with: ObjectId,
}

type Points = BTreeMap<Point, Vec<Origin>>;

fn analyze(change: &Change, evidence: &mut Evidence) {
    let pairs = clusters(change);
    for (index, component) in change.components.iter().enumerate() {
        // What is gone works with nothing.
        if component.head.is_none() {
            continue;
        }
        let [base, head] = Side::BOTH.map(|side| points(change, &pairs, (index, component), side));
        let told = |point: &Point, origins: &[Origin], weight, verb: String| {
            let text = Prose::new().code(&component.name).words(format!(" {verb} "));
            let text = text.code(point.with.to_string());
            let origins = origins.iter().take(ORIGINS_MAX).cloned();
            Fact::new(Topic::IntegrationPoints, text)
                .weight(weight)
                .component(&component.name)
                .origins(origins)
        };
        let new = head.iter().filter(|(point, _)| !base.contains_key(*point));
        let new = new.map(|(point, origins)| told(point, origins, Weight::Plain, point.verb.to_owned()));
        evidence.facts.extend(new);
        let gone = base.iter().filter(|(point, _)| !head.contains_key(*point));
        let gone = gone.map(|(point, origins)| told(point, origins, Weight::Detail, no_longer(point.verb)));
        evidence.facts.extend(gone);
    }
}

fn no_longer(verb: &str) -> String {
    match verb.strip_prefix("is ") {
        Some(rest) => format!("is no longer {rest}"),
        None => format!("no longer {verb}"),
    }
}

/// The points of the objects of a component that differ, on one side.
fn points(
    change: &Change,
    pairs: &[ClusterPair],
    (index, component): (usize, &AffectedComponent),
    side: Side,
) -> Points {
    let mut points = Points::new();
    let objects = change.objects.real().filter(|object| object.component == index);
    for own in objects {
        let object = if side == Side::Base { &own.base } else { &own.head };
        let Some(object) = object else { continue };
        for need in needs(object) {
            let Some(verb) = verb(object, &need.id) else { continue };
            add(&mut points, component, side, (verb, need.id), object.origin_at(side, need.mark));
        }
        for (service, mark) in services::named(object, pairs, side) {
            add(&mut points, component, side, ("talks to", service), object.origin_at(side, mark));
        }
    }
    points
}

/// What belongs to the component itself is no point.
fn add(
    points: &mut Points,
    component: &AffectedComponent,
    side: Side,
    (verb, with): (&'static str, ObjectId),
    origin: Origin,
) {
    let own = component.side(side).into_iter().flat_map(|side| &side.rendering.objects);
    if own.into_iter().any(|object| object.id == with) {
        return;
    }
    let origins = points.entry(Point { verb, with }).or_default();
    if !origins.contains(&origin) {
        origins.push(origin);
    }
}

/// What an object does with something that it names; none where that is no integration.
fn verb(object: &Object, with: &ObjectId) -> Option<&'static str> {
    Some(match (object.id.kind.as_str(), with.kind.as_str()) {
        ("ExternalSecret", _) => "takes secrets from",
        ("PushSecret", _) => "puts secrets into",
        (_, "Issuer" | "ClusterIssuer") => "gets certificates from",
        (_, "StorageClass") => "keeps data on",
        (_, "Gateway" | "ListenerSet" | "IngressClass") => "is reached through",
        _ => return None,
    })
}
