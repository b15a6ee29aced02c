//! What a repository can declare about its clusters, because nothing in it says so.

use std::collections::BTreeMap;

use manifesto_yaml::{Mapping, Node};

/// What is declared. The default declares nothing, and nothing needs to be declared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inventory {
    /// The clusters that Argo CD knows; none when that is not declared.
    pub clusters: Option<Vec<InventoryCluster>>,
    /// The version of Kubernetes that charts are rendered for.
    pub kubernetes_version: Option<String>,
    /// API versions that clusters serve beside those of Kubernetes.
    pub api_versions: Vec<String>,
    /// Patterns of paths that deploy nothing.
    pub ignore: Vec<String>,
}

impl Inventory {
    /// The name of the declared cluster whose API server is there.
    pub(crate) fn name_of(&self, server: &str) -> Option<&str> {
        let mut clusters = self.clusters.iter().flatten();
        clusters.find(|cluster| cluster.server == server).map(|cluster| cluster.name.as_str())
    }
}

/// One declared cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InventoryCluster {
    /// Its name.
    pub name: String,
    /// The address of its API server.
    pub server: String,
    /// The labels of its Secret.
    pub labels: BTreeMap<String, String>,
    /// The annotations of its Secret.
    pub annotations: BTreeMap<String, String>,
}

impl InventoryCluster {
    /// The parameters that a `clusters` generator yields for it.
    pub(crate) fn params(&self, is_go: bool) -> Mapping {
        let mut params = Mapping::new();
        params.insert("name", Node::string(self.name.as_str()));
        params.insert("nameNormalized", Node::string(crate::argocd::sanitized(&self.name)));
        params.insert("server", Node::string(self.server.as_str()));
        params.insert("project", Node::string(""));
        let both = [("annotations", &self.annotations), ("labels", &self.labels)];
        if is_go {
            let mut metadata = Mapping::new();
            for (key, values) in both.into_iter().filter(|(_, values)| !values.is_empty()) {
                let entries = values.iter().map(|(key, value)| (key, Node::string(value.as_str())));
                let mut mapping = Mapping::new();
                entries.for_each(|(key, value)| drop(mapping.insert(key.as_str(), value)));
                metadata.insert(key, Node::mapping(mapping));
            }
            params.insert("metadata", Node::mapping(metadata));
        } else {
            for (key, values) in both {
                for (name, value) in values {
                    params.insert(format!("metadata.{key}.{name}"), Node::string(value.as_str()));
                }
            }
        }
        params
    }
}
