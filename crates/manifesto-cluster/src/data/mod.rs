//! What holds data, and what becomes of it when an object goes.

mod safeguard;

use std::sync::Arc;

use manifesto_objects::{Object, Quantity};
use manifesto_yaml::Node;

use crate::Cluster;
use crate::resources::Demand;

pub use safeguard::{Departure, Safeguard, is_hook, safeguard};

/// What goes with an object that is deleted, beyond what is written in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holding {
    /// A volume.
    Volume(Option<Quantity>),
    /// The volumes of a database, which its operator deletes with it.
    Database(Option<Quantity>),
    /// Everything in a namespace, also what is in no repository.
    Namespace,
    /// All objects of a kind, also those that are in no repository.
    Kind(String),
    /// Something outside the cluster: a bucket, a cloud resource.
    Outside,
    /// Everything that an Application or a Flux Kustomization deploys.
    Deployed,
}

/// What goes with an object; none where it holds nothing but itself.
///
/// The claims of a StatefulSet stay unless it says otherwise. CloudNativePG and the other operators whose demand is known own
/// their claims: the garbage collector takes them along.
pub fn holding(object: &Object, demand: Option<&Demand>) -> Option<Holding> {
    let total = || demand.and_then(total);
    let id = &object.id;
    Some(match (id.group.as_str(), id.kind.as_str()) {
        ("", "PersistentVolumeClaim") => Holding::Volume(total()),
        ("", "Namespace") => Holding::Namespace,
        ("apiextensions.k8s.io", "CustomResourceDefinition") => {
            let kind = object.at(&["spec", "names", "kind"]).and_then(Node::as_str);
            Holding::Kind(kind.unwrap_or(&id.name).to_owned())
        }
        ("apps", "StatefulSet") if demand.is_some_and(deletes_claims) => Holding::Volume(total()),
        ("argoproj.io", "Application") if has_cascade(object) => Holding::Deployed,
        ("argoproj.io", "ApplicationSet") if !keeps_applications(object) => Holding::Deployed,
        ("kustomize.toolkit.fluxcd.io", "Kustomization") if flux_prunes(object) => Holding::Deployed,
        ("helm.toolkit.fluxcd.io", "HelmRelease") => Holding::Deployed,
        ("objectbucket.io", "ObjectBucketClaim") | ("objectstorage.k8s.io", "BucketClaim") => {
            Holding::Outside
        }
        _ if is_managed_resource(object) => Holding::Outside,
        ("apps", _) => return None,
        _ if demand.is_some_and(|demand| !demand.claims.is_empty()) => Holding::Database(total()),
        _ => return None,
    })
}

/// How much a demand keeps in volumes; none where nobody knows.
fn total(demand: &Demand) -> Option<Quantity> {
    demand
        .claims
        .iter()
        .map(crate::resources::Claim::total)
        .sum::<Option<Quantity>>()
        .filter(|sum| !sum.is_zero())
}

fn deletes_claims(demand: &Demand) -> bool {
    !demand.claims.is_empty() && demand.claims.iter().any(|claim| !claim.is_kept)
}

/// Argo CD deletes what an Application deployed only with this finalizer (docs/user-guide/app_deletion.md).
fn has_cascade(object: &Object) -> bool {
    let finalizers = object.at(&["metadata", "finalizers"]).map(Node::items).unwrap_or_default();
    finalizers
        .iter()
        .filter_map(Node::as_str)
        .any(|name| name.starts_with("resources-finalizer.argocd.argoproj.io"))
}

fn keeps_applications(object: &Object) -> bool {
    let keeps = object.at(&["spec", "syncPolicy", "preserveResourcesOnDeletion"]);
    keeps.and_then(Node::as_bool) == Some(true)
}

/// kustomize-controller deletes what it applied when it prunes, unless told otherwise (`spec.deletionPolicy`).
fn flux_prunes(object: &Object) -> bool {
    match object.at(&["spec", "deletionPolicy"]).and_then(Node::as_str) {
        Some("Orphan") => false,
        Some("Delete" | "WaitForTermination") => true,
        _ => object.at(&["spec", "prune"]).and_then(Node::as_bool) == Some(true),
    }
}

/// A managed resource of Crossplane: something outside that a provider made from `forProvider`.
fn is_managed_resource(object: &Object) -> bool {
    object.at(&["spec", "forProvider"]).is_some()
}

/// The object of a class by its name, or the one that is marked as the default.
pub fn storage_class<'c>(cluster: &'c Cluster, name: Option<&str>) -> Option<&'c Arc<Object>> {
    let is_default = |class: &&Arc<Object>| {
        class
            .annotations()
            .any(|(key, value)| key == "storageclass.kubernetes.io/is-default-class" && value == "true")
    };
    let mut classes = cluster.of_kind("storage.k8s.io", "StorageClass");
    match name {
        Some(name) => classes.find(|class| class.id.name == name),
        None => classes.find(is_default),
    }
}
