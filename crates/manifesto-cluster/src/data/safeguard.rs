//! What keeps an object, or its data, when it leaves the repository.

use manifesto_objects::Object;
use manifesto_yaml::Node;

use super::storage_class;
use crate::Cluster;
use crate::resources::Demand;

/// Why something is not lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Safeguard {
    /// The object itself stays in the cluster, because of this setting.
    Stays(String),
    /// Somebody has to confirm that it goes.
    Asks(String),
    /// The object goes and the data stays, because of this setting.
    Data(String),
}

/// How an object leaves its cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Departure {
    /// It left the repository, and the rest of its component did not.
    Pruned,
    /// Its component goes as a whole, by the deletion of the Application or Kustomization.
    WithAll,
}

/// What keeps an object that leaves, or its data.
pub fn safeguard(
    object: &Object,
    demand: Option<&Demand>,
    departure: Departure,
    cluster: &Cluster,
) -> Option<Safeguard> {
    annotated(object, departure).or_else(|| managed(object)).or_else(|| retained(demand?, cluster))
}

/// Annotations by which Argo CD and Flux let an object be. Argo CD has one option for each way to leave, and reads Helm's
/// `keep` for the deletion of an Application only (argo-cd 3.2, `controller/appcontroller.go`, `shouldBeDeleted`;
/// gitops-engine, `pkg/sync/sync_context.go`, `pruneObject`).
fn annotated(object: &Object, departure: Departure) -> Option<Safeguard> {
    for (key, value) in object.annotations() {
        match (key, departure) {
            ("argocd.argoproj.io/sync-options", _) => {
                let word = if departure == Departure::Pruned { "Prune" } else { "Delete" };
                for option in value.split(',').map(str::trim) {
                    match option.strip_prefix(word) {
                        Some("=false") => return Some(Safeguard::Stays(option.to_owned())),
                        Some("=confirm") => return Some(Safeguard::Asks(option.to_owned())),
                        _ => {}
                    }
                }
            }
            ("kustomize.toolkit.fluxcd.io/prune", _) if value == "disabled" => {
                return Some(Safeguard::Stays(format!("{key}: {value}")));
            }
            ("helm.sh/resource-policy", Departure::WithAll) if value == "keep" => {
                return Some(Safeguard::Stays(format!("{key}: {value}")));
            }
            _ => {}
        }
    }
    None
}

/// Crossplane leaves what is outside alone where it is told to.
fn managed(object: &Object) -> Option<Safeguard> {
    object.at(&["spec", "forProvider"])?;
    if object.at(&["spec", "deletionPolicy"]).and_then(Node::as_str) == Some("Orphan") {
        return Some(Safeguard::Data("deletionPolicy: Orphan".to_owned()));
    }
    let policies = object.at(&["spec", "managementPolicies"])?.items();
    let deletes = policies.iter().filter_map(Node::as_str).any(|policy| policy == "*" || policy == "Delete");
    (!deletes).then(|| Safeguard::Data("managementPolicies".to_owned()))
}

/// The class of every volume keeps what it held.
fn retained(demand: &Demand, cluster: &Cluster) -> Option<Safeguard> {
    let retains = |class: Option<&str>| {
        let class = storage_class(cluster, class)?;
        (class.at(&["reclaimPolicy"]).and_then(Node::as_str) == Some("Retain")).then(|| class.id.short())
    };
    let classes: Option<Vec<String>> =
        demand.claims.iter().map(|claim| retains(claim.class.as_deref())).collect();
    let first = classes?.into_iter().next()?;
    Some(Safeguard::Data(format!("{first}: reclaimPolicy Retain")))
}

/// Whether an object is deleted and created by every sync: a hook of Argo CD or Helm. Nothing of it needs to be updated.
pub fn is_hook(object: &Object) -> bool {
    object.annotations().any(|(key, _)| matches!(key, "argocd.argoproj.io/hook" | "helm.sh/hook"))
}
