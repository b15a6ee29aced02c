//! Hostnames that are published or withdrawn.

use std::collections::BTreeMap;

use manifesto_evidence::{Prose, Reason, Side};
use manifesto_gitops::Change;
use manifesto_objects::Object;
use manifesto_yaml::{Mark, Node};

/// The hostnames that only one side has.
pub(crate) fn reasons(change: &Change) -> Vec<Reason> {
    let mut reasons = Vec::new();
    for object in change.objects.real() {
        let (before, after) = (names(object.base.as_deref()), names(object.head.as_deref()));
        let new = after.iter().filter(|(host, _)| !before.contains_key(*host));
        let gone = before.iter().filter(|(host, _)| !after.contains_key(*host));
        let sides = new
            .map(|found| ("publishes", Side::Head, found))
            .chain(gone.map(|found| ("withdraws", Side::Base, found)));
        for (verb, side, (host, mark)) in sides {
            let holder = if side == Side::Head { &object.head } else { &object.base };
            let Some(holder) = holder else { continue };
            let text =
                Prose::new().words(format!("{verb} ")).code(host).words(" in ").code(holder.id.short());
            reasons.push(Reason { text, origin: holder.origin_at(side, *mark) });
        }
    }
    reasons
}

/// The hostnames of a route, an Ingress or a Gateway.
pub(crate) fn names(object: Option<&Object>) -> BTreeMap<String, Mark> {
    let mut found = BTreeMap::new();
    let Some(object) = object else { return found };
    let mut add = |node: Option<&Node>| {
        if let Some((host, mark)) = node.and_then(|node| Some((node.as_str()?, node.mark))) {
            found.entry(host.to_owned()).or_insert(mark);
        }
    };
    let items = |path: &[&str]| object.at(path).into_iter().flat_map(Node::items);
    match (object.id.group.as_str(), object.id.kind.as_str()) {
        ("networking.k8s.io", "Ingress") => {
            items(&["spec", "rules"]).for_each(|rule| add(rule.get("host")));
            items(&["spec", "tls"])
                .flat_map(|tls| tls.get("hosts").into_iter().flat_map(Node::items))
                .for_each(|host| add(Some(host)));
        }
        ("gateway.networking.k8s.io", "Gateway") => {
            items(&["spec", "listeners"]).for_each(|l| add(l.get("hostname")));
        }
        ("gateway.networking.k8s.io", _) => items(&["spec", "hostnames"]).for_each(|host| add(Some(host))),
        _ => {}
    }
    found
}
