//! ExternalSecrets and PushSecrets: what is read from a store and what is written to it.

use std::sync::Arc;

use manifesto_objects::Object;
use manifesto_yaml::{Mark, Node};

use super::store::{GROUP, StoreKey};
use crate::Cluster;

/// A key of the store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RemoteKey {
    /// The key, as written.
    pub key: String,
    /// The part of its value; none when all of it is meant.
    pub property: Option<String>,
    /// The key of the Secret that it becomes, or comes from; none when the names of all properties are taken over.
    pub secret_key: Option<String>,
    /// The store, when it is not the object's.
    pub store: Option<StoreKey>,
    /// Where it stands.
    pub mark: Mark,
}

/// Secrets that are read from a store.
#[derive(Debug, Clone)]
pub struct ExternalSecret {
    /// The object: an ExternalSecret or a ClusterExternalSecret.
    pub object: Arc<Object>,
    /// The store that it reads by default.
    pub store: Option<StoreKey>,
    /// The Secret that it makes.
    pub target: String,
    /// What it reads by key.
    pub keys: Vec<RemoteKey>,
    /// Whether it also reads what a search or a generator finds.
    pub reads_more: bool,
    /// The keys of the Secret by a template; empty when what is read is taken as it is.
    pub template_keys: Vec<String>,
    /// Whether the template adds to what is read.
    pub keeps_data: bool,
    /// Whether the Secret goes with it: `creationPolicy: Owner`.
    pub owns: bool,
}

/// Secrets that are written to a store.
#[derive(Debug, Clone)]
pub struct PushSecret {
    /// The object.
    pub object: Arc<Object>,
    /// The stores that it writes.
    pub stores: Vec<StoreKey>,
    /// The Secret that it reads.
    pub source: Option<String>,
    /// What it writes.
    pub keys: Vec<RemoteKey>,
}

pub(super) fn read(cluster: &Cluster) -> Vec<ExternalSecret> {
    let kinds = ["ExternalSecret", "ClusterExternalSecret"];
    kinds.iter().flat_map(|kind| cluster.of_kind(GROUP, kind)).filter_map(ExternalSecret::read).collect()
}

fn external(object: &Arc<Object>, spec: Option<&Node>) -> Option<ExternalSecret> {
    let (spec, namespace) = (spec?, object.id.namespace.as_str());
    let target = spec.get("target");
    let text = |key: &str| target.and_then(|target| target.get(key)).and_then(Node::text);
    let mut keys: Vec<RemoteKey> =
        items(spec, "data").iter().filter_map(|node| data(node, namespace)).collect();
    let mut reads_more = false;
    for node in items(spec, "dataFrom") {
        match node.get("extract").and_then(|extract| remote(extract, None, node, namespace)) {
            Some(key) => keys.push(key),
            None => reads_more = true,
        }
    }
    let template = target.and_then(|target| target.get("template"));
    let is_name = |name: Option<&str>| name.filter(|name| !name.is_empty()).map(str::to_owned);
    Some(ExternalSecret {
        store: spec.get("secretStoreRef").and_then(|node| StoreKey::read(node, namespace)),
        target: is_name(text("name")).unwrap_or_else(|| object.id.name.clone()),
        keys,
        reads_more: reads_more || template.is_some_and(|template| template.get("templateFrom").is_some()),
        template_keys: template.and_then(|template| template.get("data")).map(keys_of).unwrap_or_default(),
        keeps_data: template.and_then(|t| t.get("mergePolicy")).and_then(Node::as_str) == Some("Merge"),
        owns: matches!(text("creationPolicy"), None | Some("Owner")),
        object: Arc::clone(object),
    })
}

fn keys_of(node: &Node) -> Vec<String> {
    node.entries().iter().filter_map(|entry| entry.key.text()).map(str::to_owned).collect()
}

fn items<'n>(node: &'n Node, key: &str) -> &'n [Node] {
    node.get(key).map(Node::items).unwrap_or_default()
}

/// `{secretKey, remoteRef: {key, property}, sourceRef: {storeRef}}`.
fn data(node: &Node, namespace: &str) -> Option<RemoteKey> {
    let secret_key = node.get("secretKey").and_then(Node::text).map(str::to_owned);
    remote(node.get("remoteRef")?, secret_key, node, namespace)
}

fn remote(reference: &Node, secret_key: Option<String>, node: &Node, namespace: &str) -> Option<RemoteKey> {
    let key = reference.get("key")?;
    Some(RemoteKey {
        key: key.text()?.to_owned(),
        property: reference.get("property").and_then(Node::text).map(str::to_owned),
        secret_key,
        store: node.path(&["sourceRef", "storeRef"]).and_then(|node| StoreKey::read(node, namespace)),
        mark: key.mark,
    })
}

pub(super) fn read_pushed(cluster: &Cluster) -> Vec<PushSecret> {
    let read = |object: &Arc<Object>| {
        let (spec, namespace) = (object.at(&["spec"])?, object.id.namespace.as_str());
        let keys = items(spec, "data").iter().filter_map(|node| {
            let found = node.get("match")?;
            let secret_key = found.get("secretKey").and_then(Node::text).map(str::to_owned);
            let key = found.path(&["remoteRef", "remoteKey"])?;
            let property = found.path(&["remoteRef", "property"]).and_then(Node::text).map(str::to_owned);
            Some(RemoteKey { key: key.text()?.to_owned(), property, secret_key, store: None, mark: key.mark })
        });
        Some(PushSecret {
            object: Arc::clone(object),
            stores: items(spec, "secretStoreRefs")
                .iter()
                .filter_map(|n| StoreKey::read(n, namespace))
                .collect(),
            source: spec.path(&["selector", "secret", "name"]).and_then(Node::text).map(str::to_owned),
            keys: keys.collect(),
        })
    };
    cluster.of_kind(GROUP, "PushSecret").filter_map(read).collect()
}

impl ExternalSecret {
    /// Reads an ExternalSecret or ClusterExternalSecret; none when the object is neither.
    pub fn read(object: &Arc<Object>) -> Option<Self> {
        let spec: &[&str] = match object.id.kind.as_str() {
            "ExternalSecret" => &["spec"],
            "ClusterExternalSecret" => &["spec", "externalSecretSpec"],
            _ => return None,
        };
        if object.id.group == GROUP { external(object, object.at(spec)) } else { None }
    }

    /// The keys of the Secret that it makes, as far as they are known.
    pub fn secret_keys(&self) -> super::Keys {
        let read: Vec<Option<&String>> = self.keys.iter().map(|key| key.secret_key.as_ref()).collect();
        let takes_all = self.reads_more || read.contains(&None);
        if !self.template_keys.is_empty() && !self.keeps_data {
            return if self.reads_more {
                super::Keys::Unknown
            } else {
                super::Keys::Known(self.template_keys.iter().cloned().collect())
            };
        }
        if takes_all {
            return super::Keys::Unknown;
        }
        let read = read.into_iter().flatten().cloned();
        super::Keys::Known(read.chain(self.template_keys.iter().cloned()).collect())
    }
}
