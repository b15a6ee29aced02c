//! Names that external-dns publishes for routes, Ingresses and Services, and records that are written out.
//!
//! Upstream: external-dns 0.19, docs/annotations/annotations.md and source/source.go: the names of routes and Ingresses count
//! without an annotation; Services need one. Newer versions read another prefix by default.

use std::collections::{BTreeMap, BTreeSet};

use manifesto_cluster::Cluster;
use manifesto_evidence::{Fact, Origin, Prose, Side, Weight};
use manifesto_gitops::Change;
use manifesto_objects::{Object, ObjectChange};
use manifesto_yaml::{Mark, Node};

use super::fact;
use crate::clusters::ClusterPair;
use crate::hostnames;

const PREFIXES: &[&str] = &["external-dns.alpha.kubernetes.io/", "external-dns.kubernetes.io/"];

/// The names that an object publishes, each where it stands.
fn published(object: &Object) -> BTreeMap<String, Mark> {
    // A listener is no name yet: a route behind it is.
    let is_gateway = object.id.is("gateway.networking.k8s.io", "Gateway");
    let mut found = if is_gateway { BTreeMap::new() } else { hostnames::names(Some(object)) };
    let mark = object.root.mark;
    for name in annotation(object, "hostname").into_iter().flat_map(|names| names.split(',')) {
        found.entry(name.trim().to_owned()).or_insert(mark);
    }
    if object.id.is("externaldns.k8s.io", "DNSEndpoint") {
        let records = object.at(&["spec", "endpoints"]).map(Node::items).unwrap_or_default();
        let names = records.iter().filter_map(|record| record.get("dnsName"));
        found.extend(names.filter_map(|name| Some((name.as_str()?.to_owned(), name.mark))));
    }
    found.retain(|name, _| !name.is_empty());
    found
}

fn annotation<'o>(object: &'o Object, name: &str) -> Option<&'o str> {
    let wanted = |key: &str| PREFIXES.iter().any(|prefix| key.strip_prefix(prefix) == Some(name));
    object.annotations().find(|(key, _)| wanted(key)).map(|(_, value)| value)
}

/// A name, and the objects of one side that publish it.
type Publishers<'c> = BTreeMap<String, Vec<(&'c ObjectChange, Origin)>>;

fn publishers(change: &Change, side: Side) -> Publishers<'_> {
    let mut found = Publishers::new();
    for own in change.objects.real() {
        let object = if side == Side::Base { &own.base } else { &own.head };
        let Some(object) = object else { continue };
        for (name, mark) in published(object) {
            found.entry(name).or_default().push((own, object.origin_at(side, mark)));
        }
    }
    found
}

/// What becomes of names, and of where they lead.
pub(super) fn facts(change: &Change, pairs: &[ClusterPair]) -> Vec<Fact> {
    let (before, after) = (publishers(change, Side::Base), publishers(change, Side::Head));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut facts = Vec::new();
    for name in names {
        let fact =
            match (before.get(name).and_then(|all| all.first()), after.get(name).and_then(|all| all.first()))
            {
                (None, Some(new)) if !is_published(pairs, Side::Base, name) => came(name, new),
                (Some(old), None) if !is_published(pairs, Side::Head, name) => went(name, old),
                (Some((old, _)), Some((new, origin))) if !std::ptr::eq(*old, *new) => {
                    moved(name, old, new, origin)
                }
                _ => continue,
            };
        let own = after.get(name).or(before.get(name)).and_then(|all| all.first());
        let component = own.and_then(|(own, _)| change.components.get(own.component));
        facts.push(
            component.map_or_else(|| fact.clone(), |component| fact.clone().component(&component.name)),
        );
    }
    for own in change.objects.real() {
        let Some(component) = change.components.get(own.component) else { continue };
        facts.extend(retargeted(own).map(|fact| fact.component(&component.name)));
    }
    facts
}

/// Whether any object of a side publishes a name, also one that the change does not touch.
fn is_published(pairs: &[ClusterPair], side: Side, name: &str) -> bool {
    let cluster = |pair: &ClusterPair| -> bool {
        let cluster: &Cluster = if side == Side::Base { &pair.base } else { &pair.head };
        cluster.objects().iter().any(|object| published(object).contains_key(name))
    };
    pairs.iter().any(cluster)
}

fn came(name: &str, (own, origin): &(&ObjectChange, Origin)) -> Fact {
    let text = Prose::new().code(name).words(" is published by ").code(own.id().short());
    fact(Weight::Detail, text).origins([origin.clone()])
}

fn went(name: &str, (own, origin): &(&ObjectChange, Origin)) -> Fact {
    let text = Prose::new().code(name).words(" is withdrawn: ").code(own.id().short()).words(" published it");
    fact(Weight::Plain, text).origins([origin.clone()])
}

fn moved(name: &str, old: &ObjectChange, new: &ObjectChange, origin: &Origin) -> Fact {
    let text = Prose::new().code(name).words(" is published by ").code(new.id().short());
    let text = text.words(" instead of ").code(old.id().short());
    fact(Weight::Plain, text).origins([origin.clone()])
}

/// An object whose names lead somewhere else.
fn retargeted(own: &ObjectChange) -> Option<Fact> {
    let (base, head) = (own.base.as_ref()?, own.head.as_ref()?);
    let (before, after) = (annotation(base, "target"), annotation(head, "target"));
    if before == after {
        return None;
    }
    let text = Prose::from("The names of ").code(head.id.short()).words(" lead ");
    let text = match (before, after) {
        (Some(before), Some(after)) => text.words("to ").code(after).words(" instead of ").code(before),
        (None, Some(after)) => text.words("to ").code(after),
        (before, None) => text.words("no longer to ").code(before.unwrap_or_default()),
    };
    Some(fact(Weight::Notable, text).origins([head.origin(Side::Head)]))
}
