//! The peers between which connections are told apart, the same on both sides of a comparison.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use manifesto_objects::{LabelSelector, Operator, Requirement};

use super::address::AddressRange;
use super::names::NamePattern;
use super::peer_set::PeerSet;
use super::policy::{Entity, NamespaceScope, PeerTerm, PodSelector, Policy};
use crate::workloads::ContainerPort;
use crate::{Cluster, Labels, Namespace, Workload};

/// The label by which Cilium tells a pod's namespace.
const NAMESPACE: &str = "io.kubernetes.pod.namespace";
/// The label by which Cilium tells a pod's ServiceAccount.
const SERVICE_ACCOUNT: &str = "io.cilium.k8s.policy.serviceaccount";
/// The labels of a pod's namespace, with their keys behind this.
const NAMESPACE_LABELS: &str = "io.cilium.k8s.namespace.labels.";

/// What makes two peers the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum PeerKey {
    /// The pods of a workload.
    Workload {
        /// Their namespace.
        namespace: String,
        /// The name of the object that makes them.
        name: String,
        /// Its kind.
        kind: String,
    },
    /// Pods that a policy speaks of and nobody has seen.
    Unseen(PodSelector),
    /// An entity.
    Entity(Entity),
    /// Addresses outside the cluster.
    Addresses(AddressRange),
    /// Hosts outside the cluster.
    Names(NamePattern),
}

/// What policies see of a pod.
#[derive(Debug, Clone)]
pub struct Pod {
    /// Its namespace; empty where nobody knows which.
    pub namespace: String,
    /// Its labels.
    pub labels: Labels,
    /// The labels of its namespace.
    pub namespace_labels: Arc<Labels>,
    /// Its ServiceAccount.
    pub service_account: String,
    /// Its ports.
    pub ports: Vec<ContainerPort>,
}

/// One peer, on each side.
#[derive(Debug, Clone)]
pub struct Peer {
    /// What it is.
    pub key: PeerKey,
    /// The pod on each side; none where there is none, and where the peer is no pod.
    pub pods: Vec<Option<Pod>>,
}

/// Whether pods that nobody has seen count as peers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unseen {
    /// One for each selector that fits none of the others: policies speak of pods that are deployed elsewhere.
    Imagined,
    /// Only what was seen.
    LeftOut,
}

/// All peers of some sides.
#[derive(Debug)]
pub struct Universe {
    /// The peers; their order is the same on every side.
    pub peers: Vec<Peer>,
    by_namespace: Vec<BTreeMap<String, Vec<usize>>>,
    namespaces: Vec<BTreeMap<String, Arc<Labels>>>,
}

impl Universe {
    /// The peers of these sides: their pods, the addresses and names that their policies tell apart, and the entities.
    pub fn of(sides: &[(&Cluster, &[Policy])], unseen: Unseen) -> Self {
        let namespaces = sides.iter().map(|(cluster, _)| {
            let labels = cluster.namespaces().values();
            labels.map(|namespace| (namespace.name.clone(), Arc::new(namespace.labels.clone()))).collect()
        });
        let mut universe = Self {
            peers: Vec::new(),
            by_namespace: vec![BTreeMap::new(); sides.len()],
            namespaces: namespaces.collect(),
        };
        universe.add_workloads(sides);
        if unseen == Unseen::Imagined {
            universe.imagine(sides);
        }
        let policies = || sides.iter().flat_map(|(_, policies)| policies.iter());
        if policies().any(|policy| policy.object.id.group == "cilium.io") {
            universe.add_others(Entity::ALL.map(PeerKey::Entity));
        }
        let terms = || policies().flat_map(|policy| &policy.rules).flat_map(|rule| &rule.peers);
        let ranges = terms().flat_map(|term| match term {
            PeerTerm::Addresses { range, except } => {
                std::iter::once(*range).chain(except.iter().copied()).collect()
            }
            _ => Vec::new(),
        });
        universe.add_others(AddressRange::pieces(ranges).into_iter().map(PeerKey::Addresses));
        let names: BTreeSet<&NamePattern> = terms()
            .filter_map(|term| if let PeerTerm::Names(pattern) = term { Some(pattern) } else { None })
            .collect();
        universe.add_others(names.into_iter().map(|pattern| PeerKey::Names(pattern.clone())));
        universe
    }

    fn add_workloads(&mut self, sides: &[(&Cluster, &[Policy])]) {
        let mut found: BTreeMap<PeerKey, Vec<Option<Pod>>> = BTreeMap::new();
        for (side, (cluster, _)) in sides.iter().enumerate() {
            // What uses the network of its node is the node to the network, and policies do not apply to it.
            for workload in cluster.workloads().iter().filter(|workload| !workload.host_network) {
                let pods = found.entry(key_of(workload)).or_insert_with(|| vec![None; sides.len()]);
                if let Some(pod @ None) = pods.get_mut(side) {
                    *pod = Some(self.pod(side, workload));
                }
            }
        }
        for (key, pods) in found {
            self.add(Peer { key, pods });
        }
    }

    fn pod(&self, side: usize, workload: &Workload) -> Pod {
        let containers = workload.containers.iter();
        Pod {
            namespace: workload.namespace.clone(),
            labels: workload.labels.clone(),
            namespace_labels: self.labels_of(side, &workload.namespace),
            service_account: workload.service_account.clone(),
            ports: containers.flat_map(|container| container.ports.iter().cloned()).collect(),
        }
    }

    fn labels_of(&self, side: usize, namespace: &str) -> Arc<Labels> {
        let known = self.namespaces.get(side).and_then(|namespaces| namespaces.get(namespace));
        known.cloned().unwrap_or_else(|| Arc::new(Namespace::implied(namespace).labels))
    }

    fn add(&mut self, peer: Peer) {
        let index = self.peers.len();
        for (pods, pod) in self.by_namespace.iter_mut().zip(&peer.pods) {
            if let Some(pod) = pod {
                pods.entry(pod.namespace.clone()).or_default().push(index);
            }
        }
        self.peers.push(peer);
    }

    fn add_others(&mut self, keys: impl IntoIterator<Item = PeerKey>) {
        let sides = self.by_namespace.len();
        self.peers.extend(keys.into_iter().map(|key| Peer { key, pods: vec![None; sides] }));
    }

    /// Adds a pod for each selector that fits none. Of the pods that a policy is about, only where some may be hidden:
    /// what selects nothing in a namespace that is known as a whole is just dead.
    fn imagine(&mut self, sides: &[(&Cluster, &[Policy])]) {
        let mut selectors: BTreeSet<&PodSelector> = BTreeSet::new();
        for policy in sides.iter().flat_map(|(_, policies)| policies.iter()) {
            let may_be = match &policy.subject.namespaces {
                NamespaceScope::Only(namespace) => {
                    sides.iter().any(|(cluster, _)| cluster.may_hide_in(namespace))
                }
                _ => sides.iter().any(|(cluster, _)| !cluster.is_complete()),
            };
            selectors.extend(may_be.then_some(&policy.subject));
            let peers = policy.rules.iter().flat_map(|rule| &rule.peers);
            selectors.extend(
                peers.filter_map(|term| if let PeerTerm::Pods(pods) = term { Some(pods) } else { None }),
            );
        }
        let dns = name_servers();
        selectors.insert(&dns);
        let unmatched: Vec<Peer> = selectors
            .into_iter()
            .filter(|selector| !selector.names_static_pod())
            .filter(|selector| (0..sides.len()).all(|side| self.matching(side, selector).is_empty()))
            .map(|selector| self.unseen(selector, sides.len()))
            .collect();
        for peer in unmatched {
            self.add(peer);
        }
    }

    /// A pod that has what the selector asks for, and nothing else.
    fn unseen(&self, selector: &PodSelector, sides: usize) -> Peer {
        let mut labels = Labels::default();
        let (mut namespace, mut namespace_labels, mut account) =
            (String::new(), Labels::default(), String::new());
        match &selector.namespaces {
            NamespaceScope::Only(name) => namespace.clone_from(name),
            NamespaceScope::Matching(wanted) => {
                let mut fitting =
                    self.namespaces.iter().flatten().filter(|(_, labels)| labels.satisfy(wanted));
                let first = fitting.next().map(|(name, _)| name);
                if let Some(only) = first.filter(|only| fitting.all(|(name, _)| name == *only)) {
                    namespace.clone_from(only);
                }
                set_all(&mut namespace_labels, wanted.requirements());
            }
            NamespaceScope::All => {}
        }
        for requirement in selector.pods.requirements() {
            let Some(value) = value_of(requirement) else { continue };
            match requirement.key.strip_prefix(NAMESPACE_LABELS) {
                Some(key) => namespace_labels.set(key, value),
                None if requirement.key == NAMESPACE => value.clone_into(&mut namespace),
                None if requirement.key == SERVICE_ACCOUNT => value.clone_into(&mut account),
                None => labels.set(&requirement.key, value),
            }
        }
        let pod = |side| {
            let mut all = Labels::default();
            if !namespace.is_empty() {
                all.extend(&self.labels_of(side, &namespace));
            }
            all.extend(&namespace_labels);
            Pod {
                namespace: namespace.clone(),
                labels: labels.clone(),
                namespace_labels: Arc::new(all),
                service_account: account.clone(),
                ports: Vec::new(),
            }
        };
        // Where a namespace is on one side only, so are its pods. One that is on no side is elsewhere.
        let has = |side: usize| self.namespaces.get(side).is_some_and(|known| known.contains_key(&namespace));
        let nowhere = !(0..sides).any(has);
        let pods = (0..sides).map(|side| (nowhere || has(side)).then(|| pod(side))).collect();
        Peer { key: PeerKey::Unseen(selector.clone()), pods }
    }

    /// How many peers there are.
    pub fn len(&self) -> usize {
        self.peers.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.peers.is_empty()
    }

    /// The peer of a workload.
    pub fn peer_of(&self, workload: &Workload) -> Option<usize> {
        let key = key_of(workload);
        self.peers.iter().position(|peer| peer.key == key)
    }

    /// The peer of this key.
    pub fn find(&self, key: &PeerKey) -> Option<usize> {
        self.peers.iter().position(|peer| peer.key == *key)
    }

    /// The pod behind a peer on a side.
    pub fn pod_at(&self, side: usize, index: usize) -> Option<&Pod> {
        self.peers.get(index)?.pods.get(side)?.as_ref()
    }

    /// Whether a peer is there on a side: what is no pod always is.
    pub fn is_present(&self, side: usize, index: usize) -> bool {
        self.peers
            .get(index)
            .is_some_and(|peer| !peer.is_pod() || peer.pods.get(side).is_some_and(Option::is_some))
    }

    /// The namespace of a pod, on whichever side it is.
    pub fn namespace_of(&self, index: usize) -> Option<&str> {
        self.peers.get(index)?.namespace()
    }

    /// The peers that fit.
    pub fn set_of(&self, fits: impl Fn(usize, &Peer) -> bool) -> PeerSet {
        let mut set = PeerSet::none(self.len());
        let fitting = self.peers.iter().enumerate().filter(|(index, peer)| fits(*index, peer));
        fitting.for_each(|(index, _)| set.insert(index));
        set
    }

    /// The pods that a selector matches on a side.
    pub fn matching(&self, side: usize, selector: &PodSelector) -> PeerSet {
        let mut set = PeerSet::none(self.len());
        let Some(pods) = self.by_namespace.get(side) else { return set };
        let mut add = |indexes: &[usize]| {
            for index in indexes {
                let fits = |pod: &Pod| selector.pods.matches(|key| pod.label(key));
                if self.pod_at(side, *index).is_some_and(fits) {
                    set.insert(*index);
                }
            }
        };
        match &selector.namespaces {
            NamespaceScope::Only(namespace) => {
                add(pods.get(namespace).map(Vec::as_slice).unwrap_or_default());
            }
            NamespaceScope::All => pods.values().for_each(|indexes| add(indexes)),
            NamespaceScope::Matching(wanted) => {
                // Unseen pods in no known namespace each have labels of their own.
                for (namespace, indexes) in pods.iter().filter(|(name, _)| !name.is_empty()) {
                    if self.labels_of(side, namespace).satisfy(wanted) {
                        add(indexes);
                    }
                }
                for index in pods.get("").into_iter().flatten() {
                    if self.pod_at(side, *index).is_some_and(|pod| pod.namespace_labels.satisfy(wanted)) {
                        add(&[*index]);
                    }
                }
            }
        }
        set
    }
}

/// The pods that answer names in most clusters, seldom rendered from a repository.
fn name_servers() -> PodSelector {
    let requirement = Requirement {
        key: "k8s-app".to_owned(),
        operator: Operator::In,
        values: vec!["kube-dns".to_owned()],
    };
    let mut pods = LabelSelector::default();
    pods.require(requirement);
    PodSelector { namespaces: NamespaceScope::Only("kube-system".to_owned()), pods }
}

fn key_of(workload: &Workload) -> PeerKey {
    PeerKey::Workload {
        namespace: workload.namespace.clone(),
        name: workload.id().name.clone(),
        kind: workload.id().kind.clone(),
    }
}

/// A value that satisfies a requirement; none where it asks for none.
fn value_of(requirement: &Requirement) -> Option<&str> {
    match requirement.operator {
        Operator::In => requirement.values.first().map(String::as_str),
        Operator::Exists => Some(""),
        Operator::NotIn | Operator::DoesNotExist => None,
    }
}

fn set_all(labels: &mut Labels, requirements: &[Requirement]) {
    for requirement in requirements {
        if let Some(value) = value_of(requirement) {
            labels.set(&requirement.key, value);
        }
    }
}

impl Pod {
    /// A label, those that Cilium makes up included.
    pub fn label(&self, key: &str) -> Option<&str> {
        match key {
            NAMESPACE => Some(&self.namespace),
            SERVICE_ACCOUNT => Some(&self.service_account),
            _ => match key.strip_prefix(NAMESPACE_LABELS) {
                Some(key) => self.namespace_labels.get(key),
                None => self.labels.get(key),
            },
        }
    }
}

impl Peer {
    /// Whether it is a pod, seen or not.
    pub fn is_pod(&self) -> bool {
        matches!(self.key, PeerKey::Workload { .. } | PeerKey::Unseen(_))
    }

    /// The namespace it is in, where it is a pod.
    pub fn namespace(&self) -> Option<&str> {
        self.pods.iter().flatten().next().map(|pod| pod.namespace.as_str())
    }
}

/// `shop/web`; `shop/[app=web]` where only a policy speaks of the pods; the name of an entity, addresses or hosts.
impl fmt::Display for PeerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workload { namespace, name, .. } if namespace.is_empty() => f.write_str(name),
            Self::Workload { namespace, name, .. } => write!(f, "{namespace}/{name}"),
            Self::Unseen(selector) => selector.fmt(f),
            Self::Entity(entity) => f.write_str(entity.name()),
            Self::Addresses(range) => range.fmt(f),
            Self::Names(pattern) => pattern.fmt(f),
        }
    }
}

/// `shop/[app=web]`, `[team=a]/*`, `*/*`.
impl fmt::Display for PodSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespaces {
            NamespaceScope::Only(namespace) => write!(f, "{namespace}/")?,
            NamespaceScope::Matching(selector) => {
                write_requirements(f, selector)?;
                f.write_str("/")?;
            }
            NamespaceScope::All => f.write_str("*/")?,
        }
        if self.pods.is_empty() { f.write_str("*") } else { write_requirements(f, &self.pods) }
    }
}

fn write_requirements(f: &mut fmt::Formatter<'_>, selector: &LabelSelector) -> fmt::Result {
    f.write_str("[")?;
    for (index, requirement) in selector.requirements().iter().enumerate() {
        f.write_str(if index == 0 { "" } else { "," })?;
        let (key, values) = (&requirement.key, requirement.values.join("|"));
        match requirement.operator {
            Operator::In => write!(f, "{key}={values}")?,
            Operator::NotIn => write!(f, "{key}!={values}")?,
            Operator::Exists => f.write_str(key)?,
            Operator::DoesNotExist => write!(f, "!{key}")?,
        }
    }
    f.write_str("]")
}
