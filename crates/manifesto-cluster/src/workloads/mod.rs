//! Pods as they will be: what makes them, their labels, their ServiceAccount, their containers.

mod container;
mod operators;
mod template;

use std::sync::Arc;

use manifesto_objects::{Object, ObjectId};
use manifesto_tree::{Origin, Side};
use manifesto_yaml::{Mark, Node};

use crate::{Cluster, Labels};

pub use container::{Container, ContainerPort, ContainerRole};

/// What makes the pods of a workload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Maker {
    /// A template in the object: labels and containers are all there.
    Template,
    /// An operator, known by this name: the pods carry at least these labels, and containers that nobody wrote down.
    Operator(&'static str),
}

/// The pods that one object makes.
#[derive(Debug, Clone)]
pub struct Workload {
    /// The object that makes them.
    pub object: Arc<Object>,
    /// The namespace they are in; not always the object's own.
    pub namespace: String,
    /// Their labels.
    pub labels: Labels,
    /// The ServiceAccount they run as; `default` where none is named.
    pub service_account: String,
    /// Whether they use the network of their node.
    pub host_network: bool,
    /// The init containers, then the others.
    pub containers: Vec<Container>,
    /// The pod's spec; none where an operator makes it.
    pub spec: Option<Node>,
    /// Who makes them.
    pub maker: Maker,
    /// Where the template stands.
    pub mark: Mark,
}

impl Workload {
    /// The identity of the object that makes them.
    pub fn id(&self) -> &ObjectId {
        &self.object.id
    }

    /// Whether all labels and containers are known.
    pub fn is_complete(&self) -> bool {
        self.maker == Maker::Template
    }

    /// Where the template stands.
    pub fn origin(&self, side: Side) -> Origin {
        self.object.origin_at(side, self.mark)
    }

    /// The volumes of the pod, as written; none where an operator makes it.
    pub fn volumes(&self) -> &[Node] {
        self.spec.as_ref().and_then(|spec| spec.get("volumes")).map(Node::items).unwrap_or_default()
    }

    /// The container port of this name.
    pub fn named_ports(&self, name: &str) -> impl Iterator<Item = &ContainerPort> {
        let ports = self.containers.iter().flat_map(|container| &container.ports);
        ports.filter(move |port| port.name.as_deref() == Some(name))
    }
}

/// `namespace/name`, the way people write it.
impl std::fmt::Display for Workload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.namespace.is_empty() {
            write!(f, "{}/", self.namespace)?;
        }
        f.write_str(&self.object.id.name)
    }
}

/// Every workload of a cluster, in the order of its objects.
pub(crate) fn read(cluster: &Cluster) -> Vec<Workload> {
    let objects = cluster.objects().iter();
    objects
        .filter_map(|object| template::workload(object).or_else(|| operators::workload(cluster, object)))
        .collect()
}
