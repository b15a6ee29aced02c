//! Namespaces and their labels.

use std::collections::BTreeMap;
use std::sync::Arc;

use manifesto_objects::Object;

use crate::{Cluster, Labels};

/// The label that the API server sets on every namespace (Kubernetes 1.22, `NamespaceDefaultLabelName`); what is
/// rendered need not carry it.
const NAME_LABEL: &str = "kubernetes.io/metadata.name";

/// A namespace.
#[derive(Debug, Clone)]
pub struct Namespace {
    /// Its name.
    pub name: String,
    /// Its labels, as far as they are written down.
    pub labels: Labels,
    /// The object that makes it; none when it is only implied by what is in it. Its labels may then be more than these.
    pub object: Option<Arc<Object>>,
}

impl Namespace {
    /// A namespace that nothing but its name is known of.
    pub fn implied(name: &str) -> Self {
        let labels = [(NAME_LABEL, name)].into_iter().collect();
        Self { name: name.to_owned(), labels, object: None }
    }
}

pub(crate) fn read(cluster: &Cluster) -> BTreeMap<String, Namespace> {
    let mut namespaces: BTreeMap<String, Namespace> = BTreeMap::new();
    for object in cluster.of_kind("", "Namespace") {
        let mut labels: Labels = object.labels().collect();
        labels.set(NAME_LABEL, &object.id.name);
        let namespace = Namespace { name: object.id.name.clone(), labels, object: Some(Arc::clone(object)) };
        namespaces.insert(object.id.name.clone(), namespace);
    }
    for object in cluster.objects() {
        let name = &object.id.namespace;
        if !name.is_empty() && !namespaces.contains_key(name) {
            namespaces.insert(name.clone(), Namespace::implied(name));
        }
    }
    namespaces
}
