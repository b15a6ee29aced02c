//! Who names whom: the Secrets, ConfigMaps, claims, Services and accounts that pods and routes need, and who makes them.

use std::collections::BTreeSet;
use std::sync::Arc;

use manifesto_objects::Object;
use manifesto_yaml::{Mark, Node};

use crate::{Cluster, Workload};

/// What is needed: a kind of the core group, its namespace and its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Needed {
    /// `Secret`, `ConfigMap`, `PersistentVolumeClaim`, `ServiceAccount` or `Service`.
    pub kind: &'static str,
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
}

/// An object names another one that it cannot do without.
#[derive(Debug, Clone)]
pub struct Reference {
    /// Who needs it.
    pub from: Arc<Object>,
    /// Where the name stands.
    pub mark: Mark,
    /// What is needed.
    pub needed: Needed,
}

/// Every reference of a cluster, in the order of its objects. What is marked as optional is none.
pub fn references(cluster: &Cluster) -> Vec<Reference> {
    let pods = cluster.workloads().iter().flat_map(of_pods);
    let routes = cluster.objects().iter().flat_map(of_route);
    pods.chain(routes).collect()
}

/// What the objects of a cluster make, also by way of operators.
pub fn provided(cluster: &Cluster) -> BTreeSet<Needed> {
    cluster.objects().iter().flat_map(|object| made_by(object)).collect()
}

fn of_pods(workload: &Workload) -> Vec<Reference> {
    let mut found = Vec::new();
    let mut add = |kind: &'static str, node: Option<&Node>, name: &str| {
        let Some(node) = node else { return };
        let is_optional = node.get("optional").and_then(Node::as_bool) == Some(true);
        let Some(name) = node.get(name).filter(|name| !is_optional && name.as_str().is_some()) else {
            return;
        };
        let text = name.as_str().unwrap_or_default();
        let needed = Needed { kind, namespace: workload.namespace.clone(), name: text.to_owned() };
        found.push(Reference { from: Arc::clone(&workload.object), mark: name.mark, needed });
    };
    for container in &workload.containers {
        for variable in container.env() {
            add("Secret", variable.path(&["valueFrom", "secretKeyRef"]), "name");
            add("ConfigMap", variable.path(&["valueFrom", "configMapKeyRef"]), "name");
        }
        for source in container.env_from() {
            add("Secret", source.get("secretRef"), "name");
            add("ConfigMap", source.get("configMapRef"), "name");
        }
    }
    for volume in workload.volumes() {
        add("Secret", volume.get("secret"), "secretName");
        add("ConfigMap", volume.get("configMap"), "name");
        add("PersistentVolumeClaim", volume.get("persistentVolumeClaim"), "claimName");
        for source in volume.path(&["projected", "sources"]).map(Node::items).unwrap_or_default() {
            add("Secret", source.get("secret"), "name");
            add("ConfigMap", source.get("configMap"), "name");
        }
    }
    let account = workload.spec.as_ref().filter(|_| workload.service_account != "default");
    add("ServiceAccount", account, "serviceAccountName");
    found
}

/// The Services that a route or an Ingress leads to.
fn of_route(object: &Arc<Object>) -> Vec<Reference> {
    let mut found = Vec::new();
    let mut add = |name: Option<&Node>, namespace: Option<&str>| {
        let Some((text, mark)) = name.and_then(|name| Some((name.as_str()?, name.mark))) else { return };
        let namespace = namespace.unwrap_or(&object.id.namespace).to_owned();
        let needed = Needed { kind: "Service", namespace, name: text.to_owned() };
        found.push(Reference { from: Arc::clone(object), mark, needed });
    };
    let rules = object.at(&["spec", "rules"]).map(Node::items).unwrap_or_default();
    match object.id.group.as_str() {
        "gateway.networking.k8s.io" => {
            for backend in
                rules.iter().flat_map(|rule| rule.get("backendRefs").map(Node::items).unwrap_or_default())
            {
                let text = |key| backend.get(key).and_then(Node::as_str);
                if matches!(text("kind"), None | Some("Service")) && matches!(text("group"), None | Some(""))
                {
                    add(backend.get("name"), text("namespace"));
                }
            }
        }
        "networking.k8s.io" if object.id.kind == "Ingress" => {
            let paths = rules.iter().filter_map(|rule| rule.path(&["http", "paths"]));
            for path in paths.flat_map(Node::items) {
                add(path.path(&["backend", "service", "name"]), None);
            }
            add(object.at(&["spec", "defaultBackend", "service", "name"]), None);
        }
        _ => {}
    }
    found
}

/// What an object is, or what its operator makes from it.
fn made_by(object: &Object) -> Vec<Needed> {
    let id = &object.id;
    let of = |kind: &'static str, name: &str| Needed {
        kind,
        namespace: id.namespace.clone(),
        name: name.to_owned(),
    };
    let named = |path: &[&str]| object.at(path).and_then(Node::as_str).unwrap_or(&id.name).to_owned();
    match (id.group.as_str(), id.kind.as_str()) {
        ("", kind) => KINDS.iter().filter(|known| **known == kind).map(|kind| of(kind, &id.name)).collect(),
        ("external-secrets.io", "ExternalSecret") => vec![of("Secret", &named(&["spec", "target", "name"]))],
        ("cert-manager.io", "Certificate") => vec![of("Secret", &named(&["spec", "secretName"]))],
        ("bitnami.com", "SealedSecret") => {
            vec![of("Secret", &named(&["spec", "template", "metadata", "name"]))]
        }
        // CloudNativePG: docs/src/service_management.md and applications.md.
        ("postgresql.cnpg.io", "Cluster") => {
            let services = ["rw", "ro", "r"].map(|end| of("Service", &format!("{}-{end}", id.name)));
            let secrets = ["app", "superuser", "ca", "server", "replication"];
            let secrets = secrets.map(|end| of("Secret", &format!("{}-{end}", id.name)));
            services.into_iter().chain(secrets).chain([of("ServiceAccount", &id.name)]).collect()
        }
        _ => Vec::new(),
    }
}

const KINDS: [&str; 5] = ["Secret", "ConfigMap", "PersistentVolumeClaim", "ServiceAccount", "Service"];
