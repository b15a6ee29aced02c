//! Services and pods that are reachable by themselves: load balancers, ports of nodes, external addresses, the tailnet.

use std::collections::BTreeSet;
use std::sync::Arc;

use manifesto_objects::Object;
use manifesto_yaml::{Mark, Node};

use super::{Door, Entrance, Exposure, Level, Protection, Target, backends, door};
use crate::Cluster;

pub(super) fn read(cluster: &Cluster, exposure: &mut Exposure) {
    for service in cluster.of_kind("", "Service") {
        for way in ways(cluster, service) {
            enter(cluster, service, &way, exposure);
        }
    }
    host_ports(cluster, exposure);
}

/// One way to a Service from outside.
struct Way {
    through: &'static str,
    level: Level,
    /// Whether the traffic comes by proxy pods of an operator.
    by_proxy: bool,
    /// The key of the port that is listened on.
    port: &'static str,
}

fn annotation<'o>(service: &'o Object, key: &str) -> Option<&'o str> {
    service.annotations().find(|(own, _)| *own == key).map(|(_, value)| value)
}

fn ways(cluster: &Cluster, service: &Arc<Object>) -> Vec<Way> {
    let text = |key: &str| service.at(&["spec", key]).and_then(Node::as_str);
    let mut ways = Vec::new();
    let tailscale = text("loadBalancerClass") == Some("tailscale");
    // The operator takes the exact text only (cmd/k8s-operator/svc.go).
    if annotation(service, "tailscale.com/expose") == Some("true")
        || tailscale && text("type") == Some("LoadBalancer")
    {
        ways.push(Way { through: "Tailscale", level: Level::Tailnet, by_proxy: true, port: "port" });
    }
    match text("type") {
        Some("LoadBalancer") if !tailscale => {
            let level = level_of_balancer(cluster, service);
            ways.push(Way { through: "LoadBalancer", level, by_proxy: false, port: "port" });
        }
        Some("NodePort") => {
            ways.push(Way { through: "NodePort", level: Level::Network, by_proxy: false, port: "nodePort" });
        }
        _ => {}
    }
    let external = service.at(&["spec", "externalIPs"]).map(Node::items).unwrap_or_default();
    if !external.is_empty() {
        let level = door::by_addresses(external.iter().filter_map(|node| node.text().map(str::to_owned)));
        let level = level.unwrap_or(Level::Network);
        ways.push(Way { through: "externalIPs", level, by_proxy: false, port: "port" });
    }
    ways
}

/// Annotations by which clouds keep a load balancer inside.
const INTERNAL: &[(&str, &str)] = &[
    ("service.beta.kubernetes.io/aws-load-balancer-internal", "true"),
    ("service.beta.kubernetes.io/aws-load-balancer-scheme", "internal"),
    ("networking.gke.io/load-balancer-type", "Internal"),
    ("cloud.google.com/load-balancer-type", "Internal"),
    ("service.beta.kubernetes.io/azure-load-balancer-internal", "true"),
];

fn level_of_balancer(cluster: &Cluster, service: &Object) -> Level {
    if INTERNAL.iter().any(|(key, value)| annotation(service, key) == Some(*value)) {
        return Level::Network;
    }
    let own = service.at(&["spec", "loadBalancerIP"]).and_then(Node::text).map(str::to_owned);
    let asked = own.into_iter().chain(door::asked_for(service.annotations()));
    door::by_addresses(asked).unwrap_or_else(|| door::by_pools(cluster))
}

fn enter(cluster: &Cluster, service: &Arc<Object>, way: &Way, exposure: &mut Exposure) {
    let ranges = service.at(&["spec", "loadBalancerSourceRanges"]).map(Node::items).unwrap_or_default();
    let limited = way.through == "LoadBalancer" && !ranges.is_empty();
    let protections: BTreeSet<Protection> =
        limited.then_some(Protection::ClientAddress).into_iter().collect();
    let proxies = || {
        let own = cluster.workloads().iter().filter(|pod| pod.id() == &service.id);
        Door::Pods(own.map(backends::key).collect())
    };
    for port in service.at(&["spec", "ports"]).map(Node::items).unwrap_or_default() {
        let number = port.get(way.port).and_then(Node::text);
        let protocol = port.get("protocol").and_then(Node::as_str).unwrap_or("TCP");
        exposure.entrances.push(Entrance {
            host: format!("Service {}/{}", service.id.namespace, service.id.name),
            path: number
                .map_or_else(|| format!("{protocol} of any number"), |number| format!("{protocol} {number}")),
            object: Arc::clone(service),
            mark: port.mark,
            through: way.through.to_owned(),
            level: way.level,
            protections: protections.clone(),
            guards: Vec::new(),
            door: if way.by_proxy { proxies() } else { Door::Direct },
            targets: backends::of_port(cluster, service, port),
        });
    }
}

/// Ports of nodes that containers ask for.
fn host_ports(cluster: &Cluster, exposure: &mut Exposure) {
    for pod in cluster.workloads() {
        for container in &pod.containers {
            for port in container.ports.iter().filter(|port| port.host_port.is_some() && !pod.host_network) {
                let number = port.host_port.unwrap_or_default();
                let protocol = crate::network::Protocol::parse(&port.protocol);
                let target =
                    protocol.map(|protocol| Target { pods: backends::key(pod), protocol, port: port.number });
                exposure.entrances.push(Entrance {
                    host: format!("{} {}/{}", pod.id().kind, pod.namespace, pod.id().name),
                    path: format!("{} {number}", port.protocol),
                    object: Arc::clone(&pod.object),
                    mark: mark_of(container, port.number).unwrap_or(pod.mark),
                    through: "hostPort".to_owned(),
                    level: Level::Network,
                    protections: BTreeSet::new(),
                    guards: Vec::new(),
                    door: Door::Direct,
                    targets: target.into_iter().collect(),
                });
            }
        }
    }
}

fn mark_of(container: &crate::Container, number: u16) -> Option<Mark> {
    let ports = container.node.get("ports")?.items();
    let own =
        ports.iter().find(|port| port.get("containerPort").and_then(Node::as_i64) == Some(i64::from(number)));
    own.map(|port| port.mark)
}
