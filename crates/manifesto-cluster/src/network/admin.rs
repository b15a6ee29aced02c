//! Policies of the cluster's administrator: AdminNetworkPolicy, BaselineAdminNetworkPolicy, ClusterNetworkPolicy.
//!
//! The rules follow kubernetes-sigs/network-policy-api: apis/v1alpha1, and apis/v1alpha2, where ClusterNetworkPolicy
//! takes the place of both.

use std::sync::Arc;

use manifesto_objects::{LabelSelector, Object, SelectorError};
use manifesto_yaml::Node;

use super::address::AddressRange;
use super::kubernetes::scope;
use super::names::NamePattern;
use super::policy::{
    Action, Direction, Entity, NamespaceScope, PeerTerm, PodSelector, Policy, PortTerm, Rule, Tier,
};
use super::ports::{PortSet, Protocol};

/// Reads a policy of any of the three kinds.
pub(super) fn read(object: &Arc<Object>) -> Policy {
    let nothing = PodSelector {
        namespaces: NamespaceScope::Matching(LabelSelector::default()),
        pods: LabelSelector::default(),
    };
    let mut policy = Policy::new(object, tier(object), nothing);
    let subject = object.at(&["spec", "subject"]).map(pods);
    match subject {
        Some(Ok(Some(subject))) => policy.subject = subject,
        Some(Err(error)) => policy.invalid = Some((error.to_string(), object.root.mark)),
        Some(Ok(None)) | None => policy.invalid = Some(("it has no subject".to_owned(), object.root.mark)),
    }
    for direction in Direction::BOTH {
        for node in object.at(&["spec", direction.name()]).map(Node::items).unwrap_or_default() {
            match rule(direction, node) {
                Ok(rule) => policy.rules.push(rule),
                Err(error) => policy.invalid = Some((error.to_string(), node.mark)),
            }
        }
    }
    policy
}

fn tier(object: &Object) -> Tier {
    let priority = object.at(&["spec", "priority"]).and_then(Node::as_i64).unwrap_or_default();
    let baseline = object.at(&["spec", "tier"]).and_then(Node::as_str) == Some("Baseline");
    match object.id.kind.as_str() {
        "BaselineAdminNetworkPolicy" => Tier::Baseline(0),
        _ if baseline => Tier::Baseline(priority),
        _ => Tier::Admin(priority),
    }
}

/// `namespaces` or `pods`, in a subject or a peer.
fn pods(node: &Node) -> Result<Option<PodSelector>, SelectorError> {
    if let Some(namespaces) = node.get("namespaces") {
        return Ok(Some(PodSelector { namespaces: scope(namespaces)?, pods: LabelSelector::default() }));
    }
    let Some(pods) = node.get("pods") else { return Ok(None) };
    let namespaces = pods.get("namespaceSelector").map(scope).transpose()?.unwrap_or(NamespaceScope::All);
    let selector = pods.get("podSelector").map(LabelSelector::parse).transpose()?.unwrap_or_default();
    Ok(Some(PodSelector { namespaces, pods: selector }))
}

fn rule(direction: Direction, node: &Node) -> Result<Rule, SelectorError> {
    let action = match node.get("action").and_then(Node::as_str) {
        Some("Deny") => Action::Deny,
        Some("Pass") => Action::Pass,
        _ => Action::Allow,
    };
    let field = if direction == Direction::Ingress { "from" } else { "to" };
    let mut peers = Vec::new();
    for item in node.get(field).map(Node::items).unwrap_or_default() {
        match pods(item)? {
            Some(selector) => peers.push(PeerTerm::Pods(selector)),
            None => peers.extend(others(item)),
        }
    }
    Ok(Rule {
        direction,
        action,
        peers,
        ports: ports(node),
        restriction: None,
        hears_names: false,
        mark: node.mark,
    })
}

/// `networks`, `nodes` and `domainNames`.
fn others(item: &Node) -> Vec<PeerTerm> {
    let list = |key| item.get(key).map(Node::items).unwrap_or_default().iter().filter_map(Node::text);
    let networks = list("networks").filter_map(AddressRange::parse);
    let networks = networks.map(|range| PeerTerm::Addresses { range, except: Vec::new() });
    let names = list("domainNames").map(|name| PeerTerm::Names(NamePattern::new(name)));
    let nodes = item
        .get("nodes")
        .map(|_| [Entity::Host, Entity::RemoteNode, Entity::KubeApiServer].map(PeerTerm::Entity));
    networks.chain(names).chain(nodes.into_iter().flatten()).collect()
}

fn ports(node: &Node) -> Vec<PortTerm> {
    let list = |key| node.get(key).map(Node::items).unwrap_or_default();
    match (list("ports"), list("protocols")) {
        ([], []) => vec![PortTerm::Numbers(PortSet::all())],
        (ports, protocols) => {
            ports.iter().filter_map(port).chain(protocols.iter().filter_map(protocol)).collect()
        }
    }
}

fn numbers(protocol: Protocol, low: &Node, high: &Node) -> Option<PortTerm> {
    let number = |node: &Node| node.as_i64().and_then(|number| u16::try_from(number).ok());
    Some(PortTerm::Numbers(PortSet::range(protocol, number(low)?, number(high)?)))
}

/// v1alpha1: `portNumber`, `portRange`, `namedPort`.
fn port(node: &Node) -> Option<PortTerm> {
    if let Some(name) = node.get("namedPort").and_then(Node::as_str) {
        return Some(PortTerm::Named(name.to_owned(), Protocol::WITH_PORTS.to_vec()));
    }
    let of = |node: &Node| {
        node.get("protocol").and_then(Node::as_str).map_or(Some(Protocol::Tcp), Protocol::parse)
    };
    match (node.get("portNumber"), node.get("portRange")) {
        (Some(one), _) => numbers(of(one)?, one.get("port")?, one.get("port")?),
        (None, Some(range)) => numbers(of(range)?, range.get("start")?, range.get("end")?),
        (None, None) => None,
    }
}

/// v1alpha2: `tcp`, `udp` or `sctp` with a `destinationPort`; `destinationNamedPort`.
fn protocol(node: &Node) -> Option<PortTerm> {
    if let Some(name) = node.get("destinationNamedPort").and_then(Node::as_str) {
        return Some(PortTerm::Named(name.to_owned(), Protocol::WITH_PORTS.to_vec()));
    }
    let (key, value) = node.entries().first().and_then(|entry| Some((entry.key.text()?, &entry.value)))?;
    let protocol = Protocol::parse(key)?;
    let Some(port) = value.get("destinationPort") else {
        let (low, high) = protocol.bounds();
        return Some(PortTerm::Numbers(PortSet::range(protocol, low, high)));
    };
    match (port.get("number"), port.get("range")) {
        (Some(number), _) => numbers(protocol, number, number),
        (None, Some(range)) => numbers(protocol, range.get("start")?, range.get("end")?),
        (None, None) => None,
    }
}
