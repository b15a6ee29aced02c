//! Where External Secrets reads from.

use std::collections::BTreeMap;
use std::sync::Arc;

use manifesto_objects::{LabelSelector, Object};
use manifesto_yaml::Node;

use super::kv::KvVersion;
use crate::{Cluster, Labels};

pub(super) const GROUP: &str = "external-secrets.io";

/// A store, as ExternalSecrets name it. ClusterSecretStores have no namespace.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StoreKey {
    /// `SecretStore` or `ClusterSecretStore`.
    pub kind: String,
    /// The namespace of a SecretStore.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl StoreKey {
    /// Reads a `secretStoreRef` of an object in this namespace.
    pub(super) fn read(node: &Node, namespace: &str) -> Option<Self> {
        let name = node.get("name")?.text()?.to_owned();
        let kind = node.get("kind").and_then(Node::as_str).unwrap_or("SecretStore").to_owned();
        let namespace = if kind == "ClusterSecretStore" { String::new() } else { namespace.to_owned() };
        Some(Self { kind, namespace, name })
    }
}

/// A store of OpenBao or Vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultStore {
    /// The mount that keys are in; none when keys say it themselves.
    pub path: Option<String>,
    /// The version of the key-value engine.
    pub version: KvVersion,
    /// The mount of the login, with the role that is asked for; none when it does not log in by Kubernetes.
    pub login: Option<(String, String)>,
}

/// A SecretStore or ClusterSecretStore.
#[derive(Debug, Clone)]
pub struct SecretStore {
    /// The object.
    pub object: Arc<Object>,
    /// What it reads, when that is OpenBao or Vault.
    pub vault: Option<VaultStore>,
    conditions: Vec<Condition>,
}

/// One of these must hold for a namespace to use a ClusterSecretStore.
#[derive(Debug, Clone)]
enum Condition {
    Names(Vec<String>),
    Labels(LabelSelector),
    /// A regular expression: what it matches is not worked out.
    Unknown,
}

impl SecretStore {
    /// Whether a namespace may use it; none when that is not known.
    pub fn admits(&self, cluster: &Cluster, namespace: &str) -> Option<bool> {
        if self.conditions.is_empty() {
            return Some(true);
        }
        let known = cluster.namespace(namespace);
        let holds = |condition: &Condition| match condition {
            Condition::Names(names) => Some(names.iter().any(|name| name == namespace)),
            Condition::Labels(selector) => {
                let labels = known.map_or_else(Labels::default, |namespace| namespace.labels.clone());
                let is_known = known.is_some_and(|namespace| namespace.object.is_some());
                if labels.satisfy(selector) { Some(true) } else { is_known.then_some(false) }
            }
            Condition::Unknown => None,
        };
        let answers: Vec<Option<bool>> = self.conditions.iter().map(holds).collect();
        if answers.contains(&Some(true)) {
            return Some(true);
        }
        (!answers.contains(&None)).then_some(false)
    }
}

pub(super) fn read(cluster: &Cluster) -> BTreeMap<StoreKey, SecretStore> {
    let kinds = ["SecretStore", "ClusterSecretStore"];
    let objects = kinds.iter().flat_map(|kind| cluster.of_kind(GROUP, kind));
    objects.map(|object| (key(object), store(object))).collect()
}

fn key(object: &Object) -> StoreKey {
    let is_cluster = object.id.kind == "ClusterSecretStore";
    let namespace = if is_cluster { String::new() } else { object.id.namespace.clone() };
    StoreKey { kind: object.id.kind.clone(), namespace, name: object.id.name.clone() }
}

fn store(object: &Arc<Object>) -> SecretStore {
    let conditions = object.at(&["spec", "conditions"]).map(Node::items).unwrap_or_default();
    SecretStore {
        object: Arc::clone(object),
        vault: object.at(&["spec", "provider", "vault"]).map(vault),
        conditions: conditions.iter().flat_map(condition).collect(),
    }
}

/// The fields of one condition are alternatives (external-secrets, `pkg/controllers/secretstore/client_manager.go`).
fn condition(node: &Node) -> Vec<Condition> {
    let mut conditions = Vec::new();
    if let Some(names) = node.get("namespaces") {
        let names = names.items().iter().filter_map(Node::text).map(str::to_owned).collect();
        conditions.push(Condition::Names(names));
    }
    if let Some(selector) = node.get("namespaceSelector") {
        conditions.push(LabelSelector::parse(selector).map_or(Condition::Unknown, Condition::Labels));
    }
    if node.get("namespaceRegexes").is_some_and(|regexes| !regexes.items().is_empty()) {
        conditions.push(Condition::Unknown);
    }
    conditions
}

fn vault(node: &Node) -> VaultStore {
    let text = |path: &[&str]| node.path(path).and_then(Node::text).map(str::to_owned);
    let version = match text(&["version"]).as_deref() {
        Some("v1") => KvVersion::V1,
        _ => KvVersion::V2,
    };
    let login = text(&["auth", "kubernetes", "role"]).map(|role| {
        let mount = text(&["auth", "kubernetes", "mountPath"]).unwrap_or_else(|| "kubernetes".to_owned());
        (mount.trim_matches('/').to_owned(), role)
    });
    VaultStore { path: text(&["path"]).filter(|path| !path.is_empty()), version, login }
}
