//! Policies of every kind, in one form.

use std::sync::Arc;

use manifesto_objects::{LabelSelector, Object};
use manifesto_tree::{Origin, Side};
use manifesto_yaml::Mark;

use super::address::AddressRange;
use super::names::NamePattern;
use super::ports::{PortSet, Protocol};
use crate::workloads::ContainerPort;

/// The way of a connection, seen from the pods that a policy selects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// To them.
    Ingress,
    /// From them.
    Egress,
}

impl Direction {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Ingress, Self::Egress];

    /// The name in manifests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ingress => "ingress",
            Self::Egress => "egress",
        }
    }
}

/// What a rule does with a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// It is allowed, in this direction.
    Allow,
    /// It is denied.
    Deny,
    /// The next tier decides.
    Pass,
}

/// When a policy is asked. The variants are in the order of evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Before all others, the lowest number first: AdminNetworkPolicy, and ClusterNetworkPolicy of the tier Admin.
    Admin(i64),
    /// NetworkPolicy and the policies of Cilium, all together: denials win, then what any of them allows.
    Namespace,
    /// Where no policy of the tier before isolates the pod: BaselineAdminNetworkPolicy, and ClusterNetworkPolicy of the
    /// tier Baseline.
    Baseline(i64),
}

/// The namespaces that a selector of pods looks into.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum NamespaceScope {
    /// This one.
    Only(String),
    /// Those with these labels.
    Matching(LabelSelector),
    /// All of them.
    All,
}

/// Pods by their labels and namespaces. Keys that Cilium makes up (`io.kubernetes.pod.namespace`) count as labels.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PodSelector {
    /// Where they are.
    pub namespaces: NamespaceScope,
    /// Which they are.
    pub pods: LabelSelector,
}

/// A peer that is no pod of the cluster's network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entity {
    /// The node of the pod, with what uses the node's network there.
    Host,
    /// The other nodes.
    RemoteNode,
    /// The API server.
    KubeApiServer,
    /// The proxy of Cilium's Gateways and Ingresses.
    Ingress,
    /// Cilium's health checks.
    Health,
    /// Pods that Cilium does not manage.
    Unmanaged,
    /// Pods that have no identity yet.
    Init,
}

impl Entity {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Host,
        Self::RemoteNode,
        Self::KubeApiServer,
        Self::Ingress,
        Self::Health,
        Self::Unmanaged,
        Self::Init,
    ];

    /// The name in Cilium's policies.
    pub fn name(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::RemoteNode => "remote-node",
            Self::KubeApiServer => "kube-apiserver",
            Self::Ingress => "ingress",
            Self::Health => "health",
            Self::Unmanaged => "unmanaged",
            Self::Init => "init",
        }
    }
}

/// One kind of peer that a rule names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum PeerTerm {
    /// Everything, in the cluster and outside.
    Anything,
    /// Every pod.
    EveryPod,
    /// Pods.
    Pods(PodSelector),
    /// Addresses outside the cluster.
    Addresses {
        /// These.
        range: AddressRange,
        /// But not those.
        except: Vec<AddressRange>,
    },
    /// Everything outside the cluster, by address or by name.
    World,
    /// An entity.
    Entity(Entity),
    /// Hosts outside the cluster, by name.
    Names(NamePattern),
}

/// A port as a rule writes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PortTerm {
    /// Ports by number.
    Numbers(PortSet),
    /// The container port of this name at the destination, of these protocols.
    Named(String, Vec<Protocol>),
}

/// One thing that a policy allows or denies.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Which way.
    pub direction: Direction,
    /// Allowed or denied.
    pub action: Action,
    /// From or to whom: any of these.
    pub peers: Vec<PeerTerm>,
    /// On which ports: any of these.
    pub ports: Vec<PortTerm>,
    /// What of the protocol spoken there is allowed, as text; none where all of it is.
    pub restriction: Option<String>,
    /// Whether Cilium listens to what is asked and answered there: names in policies have no addresses without it.
    pub hears_names: bool,
    /// Where it stands.
    pub mark: Mark,
}

/// A policy of any kind.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The object.
    pub object: Arc<Object>,
    /// When it is asked.
    pub tier: Tier,
    /// The pods it is about.
    pub subject: PodSelector,
    /// Whether it isolates them: what no policy allows is denied. By direction.
    pub isolates: [bool; 2],
    /// What it allows and denies; in a tier with priorities, the first that fits decides.
    pub rules: Vec<Rule>,
    /// Why the cluster refuses or ignores it as a whole, and where that stands.
    pub invalid: Option<(String, Mark)>,
    /// What of it cannot be worked out: it may allow more than its rules say.
    pub unknown: Vec<String>,
}

impl Policy {
    /// A policy that selects pods and says nothing yet.
    pub fn new(object: &Arc<Object>, tier: Tier, subject: PodSelector) -> Self {
        Self {
            object: Arc::clone(object),
            tier,
            subject,
            isolates: [false; 2],
            rules: Vec::new(),
            invalid: None,
            unknown: Vec::new(),
        }
    }

    /// Where one of its rules stands.
    pub fn origin(&self, side: Side, mark: Mark) -> Origin {
        self.object.origin_at(side, mark)
    }
}

/// The programs of the control plane that run as static pods, with the network of their node.
const STATIC_PODS: [&str; 4] = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];

impl PodSelector {
    /// Whether it asks for a pod of the control plane. Those use the network of their node: no selector of pods ever
    /// matches them.
    pub fn names_static_pod(&self) -> bool {
        let mut asked = self.pods.requirements().iter();
        asked.any(|requirement| {
            let names = &requirement.values;
            matches!(requirement.key.as_str(), "component" | "k8s-app" | "tier")
                && names.iter().any(|name| STATIC_PODS.contains(&name.as_str()))
        })
    }
}

impl PortTerm {
    /// The ports it stands for at a destination.
    pub fn resolve(&self, ports: &[ContainerPort]) -> PortSet {
        match self {
            Self::Numbers(set) => set.clone(),
            Self::Named(name, protocols) => {
                let named = ports.iter().filter(|port| port.name.as_ref() == Some(name));
                let parsed = named.filter_map(|port| Some((Protocol::parse(&port.protocol)?, port.number)));
                parsed
                    .filter(|(protocol, _)| protocols.contains(protocol))
                    .fold(PortSet::default(), |set, (protocol, number)| {
                        set.union(&PortSet::one(protocol, number))
                    })
            }
        }
    }
}
