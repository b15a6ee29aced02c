//! Doors: who passes traffic on, and from where it comes.

use std::sync::Arc;

use manifesto_objects::Object;
use manifesto_yaml::Node;

use super::{Door, Level, backends};
use crate::network::AddressRange;
use crate::{Cluster, Maker, Workload};

/// The door of a Gateway.
pub(super) fn of_gateway(cluster: &Cluster, gateway: &Arc<Object>) -> Door {
    match controller(cluster, gateway).as_deref() {
        Some("io.cilium/gateway-controller") => Door::Cilium,
        Some(name) if name.starts_with("gateway.envoyproxy.io/") => {
            let own =
                |pod: &&Workload| pod.maker == Maker::Operator("Envoy Gateway") && pod.id() == &gateway.id;
            Door::Pods(cluster.workloads().iter().filter(own).map(backends::key).collect())
        }
        _ => Door::Unknown,
    }
}

/// The controller of a Gateway's class. Cilium's operator makes the class `cilium` by itself.
pub(super) fn controller(cluster: &Cluster, gateway: &Object) -> Option<String> {
    let name = gateway.at(&["spec", "gatewayClassName"])?.as_str()?;
    let class = cluster.get("gateway.networking.k8s.io", "GatewayClass", "", name);
    match class {
        Some(class) => Some(class.at(&["spec", "controllerName"])?.as_str()?.to_owned()),
        None => (name == "cilium").then(|| "io.cilium/gateway-controller".to_owned()),
    }
}

/// From where a Gateway is reachable: its own addresses; else the type of the Service that is made for it.
pub(super) fn level_of_gateway(cluster: &Cluster, gateway: &Object) -> Level {
    let own = gateway.at(&["spec", "addresses"]).map(Node::items).unwrap_or_default();
    let own = own.iter().filter_map(|address| address.get("value")?.text());
    let annotated =
        gateway.at(&["spec", "infrastructure", "annotations"]).map(Node::entries).unwrap_or_default();
    let annotated = annotated.iter().filter_map(|entry| Some((entry.key.text()?, entry.value.text()?)));
    if let Some(level) = by_addresses(own.map(str::to_owned).chain(asked_for(annotated))) {
        return level;
    }
    match service_type(cluster, gateway).as_deref() {
        Some("ClusterIP") => Level::Cluster,
        Some("NodePort") => Level::Network,
        _ => by_pools(cluster),
    }
}

/// The type of Service that an EnvoyProxy asks for.
fn service_type(cluster: &Cluster, gateway: &Object) -> Option<String> {
    let reference = gateway.at(&["spec", "infrastructure", "parametersRef", "name"])?.as_str()?;
    let proxy = cluster.get("gateway.envoyproxy.io", "EnvoyProxy", &gateway.id.namespace, reference)?;
    let service = proxy.at(&["spec", "provider", "kubernetes", "envoyService", "type"])?;
    service.as_str().map(str::to_owned)
}

/// The addresses that annotations ask a load balancer for (Cilium's LB-IPAM, MetalLB, kube-vip).
pub(super) fn asked_for<'a>(annotations: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    const KEYS: [&str; 5] = [
        "lbipam.cilium.io/ips",
        "io.cilium/lb-ipam-ips",
        "metallb.universe.tf/loadBalancerIPs",
        "metallb.io/loadBalancerIPs",
        "kube-vip.io/loadbalancerIPs",
    ];
    let asked = annotations.filter(|(key, _)| KEYS.contains(key));
    asked.flat_map(|(_, value)| value.split(',').map(|address| address.trim().to_owned())).collect()
}

/// Whether addresses are of a private network or of the Internet; none where there is no address.
pub(super) fn by_addresses(addresses: impl IntoIterator<Item = String>) -> Option<Level> {
    let ranges = addresses.into_iter().filter_map(|address| AddressRange::parse(&address));
    let levels = ranges.map(|range| if range.is_public() { Level::Public } else { Level::Network });
    levels.max()
}

/// From where load balancers are reachable: private pools of addresses are of the network of the nodes. Without a pool,
/// somebody else gives the address.
pub(super) fn by_pools(cluster: &Cluster) -> Level {
    let cilium = cluster.of_kind("cilium.io", "CiliumLoadBalancerIPPool").flat_map(|pool| {
        let blocks = pool.at(&["spec", "blocks"]).or_else(|| pool.at(&["spec", "cidrs"]));
        let blocks = blocks.map(Node::items).unwrap_or_default();
        let address = |block: &Node| {
            block.get("cidr").or_else(|| block.get("start")).and_then(Node::text).map(str::to_owned)
        };
        blocks.iter().filter_map(address).collect::<Vec<_>>()
    });
    let metallb = cluster.of_kind("metallb.io", "IPAddressPool").flat_map(|pool| {
        let addresses = pool.at(&["spec", "addresses"]).map(Node::items).unwrap_or_default();
        let first = |node: &Node| {
            node.text().and_then(|text| text.split('-').next()).map(|text| text.trim().to_owned())
        };
        addresses.iter().filter_map(first).collect::<Vec<_>>()
    });
    by_addresses(cilium.chain(metallb)).unwrap_or(Level::Outside)
}
