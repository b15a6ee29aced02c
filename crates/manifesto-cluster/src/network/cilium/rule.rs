//! One item of `ingress`, `ingressDeny`, `egress` or `egressDeny`.

use manifesto_objects::LabelSelector;
use manifesto_yaml::Node;

use super::{Context, ports, selector};
use crate::network::address::AddressRange;
use crate::network::names::NamePattern;
use crate::network::policy::{Action, Direction, Entity, NamespaceScope, PeerTerm, PodSelector, Rule};

/// Where a rule stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'c> {
    pub(super) context: Context<'c>,
    pub(super) direction: Direction,
    pub(super) denies: bool,
}

/// The ways to name peers, without the `from` or `to` before them.
const LAYER_3: [&str; 8] =
    ["Endpoints", "CIDR", "CIDRSet", "Entities", "Nodes", "Groups", "Services", "FQDNs"];

/// Reads a rule; what it leaves open goes to `unknown`. An error means that Cilium refuses the policy as a whole.
pub(super) fn read(place: Place<'_>, node: &Node, unknown: &mut Vec<String>) -> Result<Vec<Rule>, String> {
    let Some(peers) = peers(place, node, unknown)? else { return Ok(Vec::new()) };
    let action = if place.denies { Action::Deny } else { Action::Allow };
    let rules = ports::read(place, node)?.into_iter().map(|allowed| Rule {
        direction: place.direction,
        action,
        peers: peers.clone(),
        ports: allowed.ports,
        restriction: allowed.restriction,
        hears_names: allowed.hears_names,
        mark: allowed.mark.unwrap_or(node.mark),
    });
    Ok(rules.collect())
}

/// The peers of a rule; none where it names nothing at all: the empty rule allows nothing, and only isolates.
fn peers(place: Place<'_>, node: &Node, unknown: &mut Vec<String>) -> Result<Option<Vec<PeerTerm>>, String> {
    let prefix = if place.direction == Direction::Ingress { "from" } else { "to" };
    let field = |name: &str| node.get(&format!("{prefix}{name}")).filter(|node| !node.is_null());
    let named: Vec<(&str, &Node)> = LAYER_3.iter().filter_map(|name| Some((*name, field(name)?))).collect();
    let used: Vec<&str> =
        named.iter().filter(|(_, node)| !node.items().is_empty()).map(|(name, _)| *name).collect();
    if let [first, second, ..] = used.as_slice() {
        return Err(format!("{prefix}{first} and {prefix}{second} cannot stand in one rule"));
    }
    if named.is_empty() {
        let says_ports =
            ["toPorts", "icmps"].iter().any(|key| node.get(key).is_some_and(|n| !n.items().is_empty()));
        return Ok(says_ports.then(|| vec![PeerTerm::Anything]));
    }
    let mut terms = Vec::new();
    for (name, list) in named {
        for item in list.items() {
            terms.extend(terms_of(place, name, item, unknown)?);
        }
    }
    Ok(Some(terms))
}

fn terms_of(
    place: Place<'_>,
    name: &str,
    item: &Node,
    unknown: &mut Vec<String>,
) -> Result<Vec<PeerTerm>, String> {
    Ok(match name {
        "Endpoints" => vec![selector::peer(place.context, item)?],
        "Entities" => entities(item.as_str().unwrap_or_default())?,
        "CIDR" => vec![prefix(item, &[])?],
        "CIDRSet" => address_set(place.context, item, unknown)?,
        // The nodes of the cluster, the pod's own among them.
        "Nodes" => vec![PeerTerm::Entity(Entity::RemoteNode), PeerTerm::Entity(Entity::Host)],
        "FQDNs" => {
            let pattern = item.get("matchName").or_else(|| item.get("matchPattern")).and_then(Node::as_str);
            pattern.map(|pattern| PeerTerm::Names(NamePattern::new(pattern))).into_iter().collect()
        }
        "Services" => services(place.context, item, unknown),
        _ => {
            unknown.push(format!("what {name} of a cloud provider stand for"));
            Vec::new()
        }
    })
}

/// `reserved` entities (pkg/policy/api/entity.go).
fn entities(name: &str) -> Result<Vec<PeerTerm>, String> {
    Ok(match name {
        "all" => vec![PeerTerm::Anything],
        "world" => vec![PeerTerm::World],
        "world-ipv4" => vec![PeerTerm::Addresses { range: AddressRange::V4, except: Vec::new() }],
        "world-ipv6" => vec![PeerTerm::Addresses { range: AddressRange::V6, except: Vec::new() }],
        "cluster" => std::iter::once(PeerTerm::EveryPod).chain(Entity::ALL.map(PeerTerm::Entity)).collect(),
        "none" => Vec::new(),
        // A node on which the API server runs carries both labels: whoever may reach nodes may reach it there.
        "host" | "remote-node" => {
            let own = if name == "host" { Entity::Host } else { Entity::RemoteNode };
            vec![PeerTerm::Entity(own), PeerTerm::Entity(Entity::KubeApiServer)]
        }
        _ => {
            let entity = Entity::ALL.into_iter().find(|entity| entity.name() == name);
            vec![PeerTerm::Entity(entity.ok_or_else(|| format!("no entity is called {name}"))?)]
        }
    })
}

fn prefix(node: &Node, except: &[Node]) -> Result<PeerTerm, String> {
    let parse = |node: &Node| {
        let text = node.text().unwrap_or_default();
        AddressRange::parse(text).ok_or_else(|| format!("{text} is no prefix of addresses"))
    };
    let except = except.iter().map(parse).collect::<Result<_, _>>()?;
    Ok(PeerTerm::Addresses { range: parse(node)?, except })
}

/// One item of `fromCIDRSet`: a prefix, or a CiliumCIDRGroup by name or by labels.
fn address_set(
    context: Context<'_>,
    item: &Node,
    unknown: &mut Vec<String>,
) -> Result<Vec<PeerTerm>, String> {
    let except = item.get("except").map(Node::items).unwrap_or_default();
    if let Some(cidr) = item.get("cidr") {
        return Ok(vec![prefix(cidr, except)?]);
    }
    let groups = context.cluster.of_kind("cilium.io", "CiliumCIDRGroup");
    let name = item.get("cidrGroupRef").and_then(Node::as_str);
    let selector =
        item.get("cidrGroupSelector").map(LabelSelector::parse).transpose().map_err(|e| e.to_string())?;
    let mut terms = Vec::new();
    let mut found = false;
    for group in groups {
        let labels: crate::Labels = group.labels().collect();
        let fits = name.is_some_and(|name| name == group.id.name)
            || selector.as_ref().is_some_and(|s| labels.satisfy(s));
        if !fits {
            continue;
        }
        found = true;
        for cidr in group.at(&["spec", "externalCIDRs"]).map(Node::items).unwrap_or_default() {
            terms.push(prefix(cidr, except)?);
        }
    }
    if !found {
        unknown.push(format!("the addresses of the CiliumCIDRGroup {}", name.unwrap_or("it selects")));
    }
    Ok(terms)
}

/// One item of `toServices`: the pods behind a Service.
fn services(context: Context<'_>, item: &Node, unknown: &mut Vec<String>) -> Vec<PeerTerm> {
    let own = context.namespace.unwrap_or_default();
    let text =
        |node: Option<&Node>, key: &str| node.and_then(|node| node.get(key)?.as_str().map(str::to_owned));
    let (by_name, by_labels) = (item.get("k8sService"), item.get("k8sServiceSelector"));
    let namespace = text(by_name.or(by_labels), "namespace").unwrap_or_else(|| own.to_owned());
    let found = match (text(by_name, "serviceName"), by_labels.and_then(|node| node.get("selector"))) {
        (Some(name), _) => context.cluster.get("", "Service", &namespace, &name).into_iter().collect(),
        (None, Some(selector)) => {
            let selector = LabelSelector::parse(selector).unwrap_or_default();
            let all =
                context.cluster.of_kind("", "Service").filter(|service| service.id.namespace == namespace);
            all.filter(|service| service.labels().collect::<crate::Labels>().satisfy(&selector)).collect()
        }
        (None, None) => Vec::new(),
    };
    let pods = |selector: &Node| {
        let namespaces = NamespaceScope::Only(namespace.clone());
        PeerTerm::Pods(PodSelector { namespaces, pods: LabelSelector::from_labels(selector) })
    };
    let terms: Vec<PeerTerm> =
        found.iter().filter_map(|service| service.at(&["spec", "selector"])).map(pods).collect();
    if terms.is_empty() {
        unknown.push(format!("the endpoints of a Service in {namespace}"));
    }
    terms
}
