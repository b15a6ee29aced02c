//! `toPorts` and `icmps`.

use manifesto_yaml::{Mark, Node};

use super::rule::Place;
use crate::network::policy::{Direction, PortTerm};
use crate::network::ports::{PortSet, Protocol};

/// The most ports that one item of `toPorts` may list (pkg/policy/api/rule_validation.go, `maxPorts`).
const PORTS_MAX: usize = 40;

/// Ports, and what of the protocol spoken there is allowed.
pub(super) struct Allowed {
    pub(super) ports: Vec<PortTerm>,
    pub(super) restriction: Option<String>,
    pub(super) hears_names: bool,
    pub(super) mark: Option<Mark>,
}

/// The ports of a rule: one entry per item of `toPorts`. A rule that names none means all, ICMP included; one that names
/// some means those, and no ICMP.
pub(super) fn read(place: Place<'_>, node: &Node) -> Result<Vec<Allowed>, String> {
    let list = |key| node.get(key).map(Node::items).unwrap_or_default();
    let (to_ports, icmps) = (list("toPorts"), list("icmps"));
    if !to_ports.is_empty() && !icmps.is_empty() {
        return Err("icmps and toPorts cannot stand in one rule".to_owned());
    }
    if !icmps.is_empty() {
        let fields = icmps.iter().filter_map(|icmp| icmp.get("fields")).flat_map(Node::items);
        let types = fields.map(icmp_type).collect::<Result<Vec<_>, _>>()?;
        let all = types.iter().fold(PortSet::default(), |all, kind| all.union(kind));
        return Ok(vec![Allowed {
            ports: vec![PortTerm::Numbers(all)],
            restriction: None,
            hears_names: false,
            mark: None,
        }]);
    }
    if to_ports.is_empty() {
        return Ok(vec![Allowed {
            ports: vec![PortTerm::Numbers(PortSet::all())],
            restriction: None,
            hears_names: false,
            mark: None,
        }]);
    }
    to_ports.iter().map(|item| port_rule(place, item)).collect()
}

fn port_rule(place: Place<'_>, item: &Node) -> Result<Allowed, String> {
    let listed = item.get("ports").map(Node::items).unwrap_or_default();
    if listed.len() > PORTS_MAX {
        return Err(format!("{} ports in one rule are more than {PORTS_MAX}", listed.len()));
    }
    let ports = listed.iter().map(port).collect::<Result<Vec<_>, _>>()?;
    let restriction = restriction(place, item, listed)?;
    let hears_names = item.path(&["rules", "dns"]).is_some_and(|rules| !rules.items().is_empty());
    Ok(Allowed { ports, restriction, hears_names, mark: Some(item.mark).filter(|mark| mark.line > 0) })
}

fn protocols(node: &Node) -> Result<Vec<Protocol>, String> {
    match node.get("protocol").and_then(Node::as_str).unwrap_or("ANY") {
        "ANY" | "any" | "" => Ok(Protocol::WITH_PORTS.to_vec()),
        // Other protocols have no ports, and are no connections between workloads (1.17 allows VRRP and IGMP).
        name if ["ICMP", "ICMPV6", "VRRP", "IGMP"].contains(&name.to_ascii_uppercase().as_str()) => {
            Ok(Vec::new())
        }
        name => Protocol::parse(name)
            .map(|protocol| vec![protocol])
            .ok_or_else(|| format!("no protocol is called {name}")),
    }
}

fn port(node: &Node) -> Result<PortTerm, String> {
    let protocols = protocols(node)?;
    let text = node.get("port").and_then(Node::text).unwrap_or("0");
    let Ok(number) = text.parse::<u32>() else {
        return Ok(PortTerm::Named(text.to_ascii_lowercase(), protocols));
    };
    let low = u16::try_from(number).map_err(|_| format!("{number} is no port"))?;
    let end = node.get("endPort").and_then(Node::as_i64).and_then(|end| u16::try_from(end).ok());
    let high = if low == 0 { u16::MAX } else { end.filter(|end| *end > low).unwrap_or(low) };
    let sets = protocols.into_iter().map(|protocol| PortSet::range(protocol, low, high));
    Ok(PortTerm::Numbers(sets.fold(PortSet::default(), |all, set| all.union(&set))))
}

/// What the rules for layer 7 let through, as text that is equal where they are; none where they let everything through.
fn restriction(place: Place<'_>, item: &Node, ports: &[Node]) -> Result<Option<String>, String> {
    let mut parts = Vec::new();
    let names = item.get("serverNames").map(Node::items).unwrap_or_default();
    if !names.is_empty() {
        parts.push(format!(
            "TLS to {}",
            joined(names.iter().filter_map(|name| name.text().map(str::to_owned)))
        ));
    }
    let rules = item.get("rules").map(Node::entries).unwrap_or_default();
    for entry in rules {
        let (kind, list) = (entry.key.text().unwrap_or_default(), entry.value.items());
        let is_dns = kind == "dns";
        if is_dns && place.direction == Direction::Ingress {
            return Err("DNS rules cannot stand in ingress".to_owned());
        }
        if place.denies {
            return Err("rules of layer 7 cannot deny".to_owned());
        }
        let tcp_only = |port: &Node| port.get("protocol").and_then(Node::as_str) == Some("TCP");
        if !is_dns && matches!(kind, "http" | "kafka" | "l7") && !ports.iter().all(tcp_only) {
            return Err(format!("{kind} rules can only apply to TCP"));
        }
        let all = list.is_empty() || list.iter().any(lets_all_through);
        if matches!(kind, "http" | "kafka" | "dns" | "l7") && !all {
            parts.push(format!("{} {}", title(kind), joined(list.iter().map(request))));
        }
    }
    Ok((!parts.is_empty()).then(|| parts.join("; ")))
}

fn title(kind: &str) -> &str {
    match kind {
        "http" => "HTTP",
        "dns" => "DNS",
        "kafka" => "Kafka",
        other => other,
    }
}

fn lets_all_through(rule: &Node) -> bool {
    let texts: Vec<(&str, &str)> =
        rule.entries().iter().filter_map(|entry| Some((entry.key.text()?, entry.value.text()?))).collect();
    rule.entries().is_empty() || texts == [("matchPattern", "*")]
}

/// A request that a rule lets through: `GET /public`, `example.com`.
fn request(rule: &Node) -> String {
    let text = |key| rule.get(key).and_then(Node::text).map(str::to_owned);
    let known: Vec<String> = ["method", "host", "path", "matchName", "matchPattern", "role", "topic"]
        .into_iter()
        .filter_map(text)
        .collect();
    if known.is_empty() || known.len() < rule.entries().len() {
        manifesto_yaml::to_json(rule, manifesto_yaml::Html::Plain).unwrap_or_default()
    } else {
        known.join(" ")
    }
}

fn joined(items: impl Iterator<Item = String>) -> String {
    let mut items: Vec<String> = items.collect();
    items.sort();
    items.dedup();
    items.join(", ")
}

/// Names of ICMP types (pkg/policy/api/icmp.go), of the families they are in.
const ICMP_NAMES: &[(&str, Option<u16>, Option<u16>)] = &[
    ("EchoReply", Some(0), Some(129)),
    ("DestinationUnreachable", Some(3), Some(1)),
    ("Redirect", Some(5), None),
    ("Echo", Some(8), None),
    ("EchoRequest", Some(8), Some(128)),
    ("RouterAdvertisement", Some(9), Some(134)),
    ("RouterSelection", Some(10), None),
    ("TimeExceeded", Some(11), Some(3)),
    ("ParameterProblem", Some(12), Some(4)),
    ("Timestamp", Some(13), None),
    ("TimestampReply", Some(14), None),
    ("PacketTooBig", None, Some(2)),
    ("RouterSolicitation", None, Some(133)),
    ("NeighborSolicitation", None, Some(135)),
    ("NeighborAdvertisement", None, Some(136)),
];

/// The type of one `fields` item. Types of ICMPv6 count from 256.
fn icmp_type(field: &Node) -> Result<PortSet, String> {
    let v6 = field.get("family").and_then(Node::as_str) == Some("IPv6");
    let kind = field.get("type").ok_or("an ICMP field has no type")?;
    let text = kind.text().unwrap_or_default();
    let named = || {
        let row = ICMP_NAMES.iter().find(|(name, ..)| *name == text);
        row.and_then(|(_, v4, six)| if v6 { *six } else { *v4 })
    };
    let number = text
        .parse::<u8>()
        .ok()
        .map(u16::from)
        .or_else(named)
        .ok_or_else(|| format!("no ICMP type is called {text}"))?;
    Ok(PortSet::one(Protocol::Icmp, if v6 { number + 256 } else { number }))
}
