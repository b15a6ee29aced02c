//! What an object of the cluster needs to be there by name: classes, stores, gateways, issuers.

use manifesto_objects::{Object, ObjectId};
use manifesto_yaml::{Mark, Node};

/// An object that another one needs, and where its name stands.
#[derive(Debug, Clone)]
pub(crate) struct Need {
    pub(crate) id: ObjectId,
    pub(crate) mark: Mark,
}

const GATEWAY: &str = "gateway.networking.k8s.io";
const SECRETS: &str = "external-secrets.io";
const CERTIFICATES: &str = "cert-manager.io";

/// Everything that an object names.
pub(crate) fn needs(object: &Object) -> Vec<Need> {
    let mut found = Vec::new();
    match (object.id.group.as_str(), object.id.kind.as_str()) {
        ("", "PersistentVolumeClaim") => {
            found.extend(class(object.at(&["spec", "storageClassName"]), "storage.k8s.io", "StorageClass"));
        }
        ("apps", "StatefulSet") => {
            for template in items(object, &["spec", "volumeClaimTemplates"]) {
                let name = template.path(&["spec", "storageClassName"]);
                found.extend(class(name, "storage.k8s.io", "StorageClass"));
            }
        }
        ("networking.k8s.io", "Ingress") => {
            found.extend(class(
                object.at(&["spec", "ingressClassName"]),
                "networking.k8s.io",
                "IngressClass",
            ));
        }
        (GATEWAY, "Gateway") => {
            found.extend(class(object.at(&["spec", "gatewayClassName"]), GATEWAY, "GatewayClass"));
        }
        (GATEWAY, _) => {
            let parents = items(object, &["spec", "parentRefs"]);
            found.extend(parents.iter().filter_map(|parent| gateway(object, parent)));
        }
        (SECRETS, "PushSecret") => {
            let stores = items(object, &["spec", "secretStoreRefs"]);
            found.extend(
                stores.iter().filter_map(|store| {
                    one_of(object, store, SECRETS, ["SecretStore", "ClusterSecretStore"])
                }),
            );
        }
        (SECRETS, "ExternalSecret") => {
            let store = object.at(&["spec", "secretStoreRef"]);
            found.extend(
                store.and_then(|store| one_of(object, store, SECRETS, ["SecretStore", "ClusterSecretStore"])),
            );
        }
        (CERTIFICATES, "Certificate") => {
            let issuer = object.at(&["spec", "issuerRef"]);
            let is_own = |issuer: &&Node| {
                issuer.get("group").and_then(Node::as_str).is_none_or(|group| group == CERTIFICATES)
            };
            found.extend(
                issuer
                    .filter(is_own)
                    .and_then(|issuer| one_of(object, issuer, CERTIFICATES, ["Issuer", "ClusterIssuer"])),
            );
        }
        _ => {}
    }
    found
}

fn items<'o>(object: &'o Object, path: &[&str]) -> &'o [Node] {
    object.at(path).map(Node::items).unwrap_or_default()
}

/// A class: an object without a namespace.
fn class(name: Option<&Node>, group: &str, kind: &str) -> Option<Need> {
    need(name?, group, kind, "")
}

fn need(name: &Node, group: &str, kind: &str, namespace: &str) -> Option<Need> {
    let text = name.as_str().filter(|text| !text.is_empty())?;
    let [group, kind, namespace, text] = [group, kind, namespace, text].map(str::to_owned);
    Some(Need { id: ObjectId { group, kind, namespace, name: text }, mark: name.mark })
}

/// A parent of a route: a Gateway, unless it says another kind (Gateway API 1.4, `ParentReference`).
fn gateway(object: &Object, parent: &Node) -> Option<Need> {
    let text = |key| parent.get(key).and_then(Node::as_str);
    if text("group").is_some_and(|group| group != GATEWAY) {
        return None;
    }
    let namespace = text("namespace").unwrap_or(&object.id.namespace);
    need(parent.get("name")?, GATEWAY, text("kind").unwrap_or("Gateway"), namespace)
}

/// A kind of a namespace, or its sibling of the cluster; the first where none is named.
fn one_of(object: &Object, reference: &Node, group: &str, [own, cluster]: [&str; 2]) -> Option<Need> {
    let kind = reference.get("kind").and_then(Node::as_str).unwrap_or(own);
    let namespace = match kind {
        kind if kind == own => object.id.namespace.as_str(),
        kind if kind == cluster => "",
        _ => return None,
    };
    need(reference.get("name")?, group, kind, namespace)
}
