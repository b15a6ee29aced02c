//! NetworkPolicy of Kubernetes.
//!
//! The rules follow the API's reference (kubernetes, pkg/apis/networking/types.go) and np-guard's reading of it.

use std::sync::Arc;

use manifesto_objects::{LabelSelector, Object, SelectorError};
use manifesto_yaml::Node;

use super::address::AddressRange;
use super::policy::{Action, Direction, NamespaceScope, PeerTerm, PodSelector, Policy, PortTerm, Rule, Tier};
use super::ports::{PortSet, Protocol};

/// Reads a NetworkPolicy.
pub(super) fn read(object: &Arc<Object>) -> Policy {
    let selector = object.at(&["spec", "podSelector"]);
    let selector = selector.map_or_else(|| Ok(LabelSelector::default()), LabelSelector::parse);
    let namespaces = NamespaceScope::Only(object.id.namespace.clone());
    let pods = selector.clone().unwrap_or_default();
    let mut policy = Policy::new(object, Tier::Namespace, PodSelector { namespaces, pods });
    if let Err(error) = selector {
        policy.invalid = Some((error.to_string(), object.root.mark));
        return policy;
    }
    policy.isolates = isolates(object);
    for direction in Direction::BOTH {
        if !policy.isolates.get(direction as usize).copied().unwrap_or(false) {
            continue;
        }
        for node in object.at(&["spec", direction.name()]).map(Node::items).unwrap_or_default() {
            match rule(&object.id.namespace, direction, node) {
                Ok(rule) => policy.rules.push(rule),
                Err(error) => policy.invalid = Some((error.to_string(), node.mark)),
            }
        }
    }
    policy
}

/// The directions of a policy: what `policyTypes` says; without it, ingress always and egress where there is the field
/// (defaults.go, `SetDefaults_NetworkPolicy`).
fn isolates(object: &Object) -> [bool; 2] {
    match object.at(&["spec", "policyTypes"]).map(Node::items) {
        Some(types) if !types.is_empty() => {
            ["Ingress", "Egress"].map(|name| types.iter().any(|kind| kind.as_str() == Some(name)))
        }
        _ => [true, object.at(&["spec", "egress"]).is_some_and(|egress| !egress.is_null())],
    }
}

fn rule(namespace: &str, direction: Direction, node: &Node) -> Result<Rule, SelectorError> {
    let field = match direction {
        Direction::Ingress => "from",
        Direction::Egress => "to",
    };
    let peers = match node.get(field).map(Node::items).unwrap_or_default() {
        [] => vec![PeerTerm::Anything],
        peers => peers
            .iter()
            .map(|node| peer(namespace, node))
            .collect::<Result<Vec<_>, _>>()?
            .into_iter()
            .flatten()
            .collect(),
    };
    let ports = match node.get("ports").map(Node::items).unwrap_or_default() {
        [] => vec![PortTerm::Numbers(PortSet::all())],
        ports => ports.iter().filter_map(port).collect(),
    };
    Ok(Rule {
        direction,
        action: Action::Allow,
        peers,
        ports,
        restriction: None,
        hears_names: false,
        mark: node.mark,
    })
}

/// One item of `from` or `to`. Two selectors in one item must both fit.
fn peer(namespace: &str, node: &Node) -> Result<Option<PeerTerm>, SelectorError> {
    if let Some(block) = node.get("ipBlock") {
        return Ok(addresses(block));
    }
    let namespaces = match node.get("namespaceSelector").filter(|node| !node.is_null()) {
        Some(selector) => scope(selector)?,
        None => NamespaceScope::Only(namespace.to_owned()),
    };
    let pods = node.get("podSelector").map(LabelSelector::parse).transpose()?.unwrap_or_default();
    Ok(Some(PeerTerm::Pods(PodSelector { namespaces, pods })))
}

/// The namespaces of a selector; the empty one means all.
pub(super) fn scope(selector: &Node) -> Result<NamespaceScope, SelectorError> {
    let selector = LabelSelector::parse(selector)?;
    Ok(if selector.is_empty() { NamespaceScope::All } else { NamespaceScope::Matching(selector) })
}

fn addresses(block: &Node) -> Option<PeerTerm> {
    let range = AddressRange::parse(block.get("cidr")?.text()?)?;
    let except = block.get("except").map(Node::items).unwrap_or_default();
    let except = except.iter().filter_map(|node| AddressRange::parse(node.text()?)).collect();
    Some(PeerTerm::Addresses { range, except })
}

/// One item of `ports`.
fn port(node: &Node) -> Option<PortTerm> {
    let protocol =
        node.get("protocol").and_then(Node::as_str).map_or(Some(Protocol::Tcp), Protocol::parse)?;
    let Some(port) = node.get("port").filter(|port| !port.is_null()) else {
        let (low, high) = protocol.bounds();
        return Some(PortTerm::Numbers(PortSet::range(protocol, low, high)));
    };
    // A number in quotes is a name to Kubernetes: IntOrString keeps the type it was written with.
    match port.as_i64() {
        Some(number) => {
            let low = u16::try_from(number).ok()?;
            let high = node.get("endPort").and_then(Node::as_i64).and_then(|end| u16::try_from(end).ok());
            Some(PortTerm::Numbers(PortSet::range(protocol, low, high.unwrap_or(low))))
        }
        None => Some(PortTerm::Named(port.as_str()?.to_owned(), vec![protocol])),
    }
}
