//! From Services to pods.

use manifesto_objects::{LabelSelector, Object};
use manifesto_yaml::Node;

use super::Target;
use crate::network::{PeerKey, Protocol};
use crate::{Cluster, Workload};

/// The pods and ports behind a port of a Service; none where nobody knows the Service.
pub(super) fn of_service(
    cluster: &Cluster,
    namespace: &str,
    name: &str,
    port: Option<&Node>,
) -> Option<Vec<Target>> {
    let service = cluster.get("", "Service", namespace, name)?;
    let ports = service.at(&["spec", "ports"]).map(Node::items).unwrap_or_default();
    let wanted = ports.iter().filter(|own| match port {
        None => true,
        Some(port) => match port.as_i64() {
            Some(number) => own.get("port").and_then(Node::as_i64) == Some(number),
            None => own.get("name").and_then(Node::text) == port.text(),
        },
    });
    Some(wanted.flat_map(|port| of_port(cluster, service, port)).collect())
}

/// The pods and their port behind one item of a Service's `ports`.
pub(super) fn of_port(cluster: &Cluster, service: &Object, port: &Node) -> Vec<Target> {
    let protocol = port.get("protocol").and_then(Node::as_str).map_or(Some(Protocol::Tcp), Protocol::parse);
    let (Some(protocol), Some(selector)) = (protocol, service.at(&["spec", "selector"])) else {
        return Vec::new();
    };
    let selector = LabelSelector::from_labels(selector);
    if selector.is_empty() {
        return Vec::new();
    }
    let pods = cluster.workloads_in(&service.id.namespace).filter(|pod| pod.labels.satisfy(&selector));
    let target = port.get("targetPort").or_else(|| port.get("port"));
    pods.flat_map(|pod| {
        numbers(pod, target).into_iter().map(move |port| Target { pods: key(pod), protocol, port })
    })
    .collect()
}

fn numbers(pod: &Workload, target: Option<&Node>) -> Vec<u16> {
    if let Some(number) = target.and_then(Node::as_i64) {
        return u16::try_from(number).into_iter().collect();
    }
    let name = target.and_then(Node::text).unwrap_or_default();
    pod.named_ports(name).map(|port| port.number).collect()
}

/// The peer that stands for a workload.
pub(super) fn key(pod: &Workload) -> PeerKey {
    PeerKey::Workload {
        namespace: pod.namespace.clone(),
        name: pod.id().name.clone(),
        kind: pod.id().kind.clone(),
    }
}
