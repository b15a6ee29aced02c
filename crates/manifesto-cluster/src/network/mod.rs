//! Who can reach whom: policies of every kind, and the connections that they leave.
//!
//! [`read_policies`] brings every kind of policy into one form. A [`Universe`] holds the peers that are told apart, the
//! same on both sides of a comparison. A [`Network`] says for each destination who may reach it on which ports, with
//! sets of peers as bits: its work grows with policies and peers, not with pairs.

mod address;
mod admin;
mod cilium;
mod difference;
mod kubernetes;
mod names;
mod peer_set;
mod policy;
mod ports;
mod reach;
mod universe;

use crate::Cluster;

pub use address::AddressRange;
pub use difference::{Comparison, Difference, DifferenceKind, differences};
pub use names::NamePattern;
pub use peer_set::PeerSet;
pub use policy::{
    Action, Direction, Entity, NamespaceScope, PeerTerm, PodSelector, Policy, PortTerm, Rule, Tier,
};
pub use ports::{PortSet, Protocol};
pub use reach::{Blocker, Network, Reach};
pub use universe::{Peer, PeerKey, Pod, Universe, Unseen};

/// Every policy of a cluster, in one form.
pub fn read_policies(cluster: &Cluster) -> Vec<Policy> {
    let mut policies: Vec<Policy> =
        cluster.of_kind("networking.k8s.io", "NetworkPolicy").map(kubernetes::read).collect();
    for kind in ["CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy"] {
        policies.extend(cluster.of_kind("cilium.io", kind).flat_map(|object| cilium::read(cluster, object)));
    }
    for kind in ["AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy"] {
        policies.extend(cluster.of_kind("policy.networking.k8s.io", kind).map(admin::read));
    }
    policies
}
