//! Services of the cluster that a text names by their names in DNS.
//!
//! `NAME.NAMESPACE.svc`, with or without the domain of the cluster (Kubernetes, docs/concepts/services-networking/dns-pod-service).
//! Shorter forms could be any host.

use manifesto_objects::{Object, ObjectId};
use manifesto_tree::Side;
use manifesto_yaml::{Mark, Node};

use crate::clusters::ClusterPair;

/// Objects whose texts say who may come, or what there could be, and not who talks to whom.
const SILENT: &[&str] = &[
    "CiliumClusterwideNetworkPolicy",
    "CiliumNetworkPolicy",
    "CustomResourceDefinition",
    "EndpointSlice",
    "Endpoints",
    "NetworkPolicy",
    "Service",
];

/// The Services that an object names and that are there, each where its name stands.
pub(super) fn named(object: &Object, pairs: &[ClusterPair], side: Side) -> Vec<(ObjectId, Mark)> {
    let mut found = Vec::new();
    if SILENT.contains(&object.id.kind.as_str()) {
        return found;
    }
    each_text(&object.root, &mut |text, mark| {
        for (name, namespace) in names(text) {
            let there = pairs.iter().find_map(|pair| {
                let cluster = if side == Side::Base { &pair.base } else { &pair.head };
                cluster.get("", "Service", namespace, name)
            });
            found.extend(there.map(|service| (service.id.clone(), mark)));
        }
    });
    found
}

fn each_text(node: &Node, look: &mut impl FnMut(&str, Mark)) {
    if let Some(text) = node.as_str() {
        look(text, node.mark);
    }
    for item in node.items() {
        each_text(item, look);
    }
    for entry in node.entries() {
        each_text(&entry.value, look);
    }
}

/// Names and namespaces of Services in a text.
fn names(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let is_label = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-';
    text.match_indices(".svc").filter_map(move |(at, suffix)| {
        let (before, after) = (text.get(..at)?, text.get(at + suffix.len()..)?);
        if after.starts_with(is_label) {
            return None;
        }
        let (rest, namespace) = before.rsplit_once('.')?;
        let start = rest.rfind(|char| !is_label(char)).map_or(0, |at| at + 1);
        let name = rest.get(start..)?;
        let is_name = |text: &str| !text.is_empty() && text.chars().all(is_label);
        (is_name(name) && is_name(namespace)).then_some((name, namespace))
    })
}

#[cfg(test)]
mod tests {
    use super::names;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str)]) {
        assert_eq!(names(text).collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn services_are_named_with_their_namespace() {
        check("http://web.apps.svc:8080/x", &[("web", "apps")]);
        check("postgres://u:p@db-rw.data.svc.cluster.local/app", &[("db-rw", "data")]);
        check("a.b.svc,c.d.svc.cluster.local:1", &[("a", "b"), ("c", "d")]);
        check("pod-0.db.data.svc", &[("db", "data")]);
    }

    #[test]
    fn other_hosts_are_none() {
        for text in
            ["web.svc", "web.apps.svcs", "x.y.svc-2.example.org", ".apps.svc", "Web .apps.svc", "web.apps"]
        {
            check(text, &[]);
        }
    }
}
