//! ResourceQuotas: what a namespace may ask for in all.

use std::sync::Arc;

use manifesto_objects::{Object, Quantity};
use manifesto_yaml::Node;

use super::amounts::Amounts;
use super::{Demand, PodDemand};
use crate::Cluster;

/// A bound of a ResourceQuota that the namespace passes.
#[derive(Debug, Clone)]
pub struct Excess {
    /// The quota.
    pub quota: Arc<Object>,
    /// The resource, as the quota names it: `requests.cpu`.
    pub resource: String,
    /// What the namespace asks for, at the least.
    pub used: Quantity,
    /// What it may ask for.
    pub hard: Quantity,
}

/// The quotas of a namespace that count every pod. A quota with scopes counts some pods only, and nobody can tell which
/// before they exist.
pub fn quotas<'c>(cluster: &'c Cluster, namespace: &'c str) -> impl Iterator<Item = &'c Arc<Object>> {
    let counts_all = |quota: &&Arc<Object>| {
        let has = |key| quota.at(&["spec", key]).is_some_and(|node| !node.is_null());
        !has("scopes") && !has("scopeSelector")
    };
    cluster
        .of_kind("", "ResourceQuota")
        .filter(move |quota| quota.id.namespace == namespace)
        .filter(counts_all)
}

/// The bounds that what is known of a namespace passes.
pub fn excesses(cluster: &Cluster, demands: &[Demand], namespace: &str) -> Vec<Excess> {
    let used = used(demands.iter().filter(|demand| demand.namespace == namespace));
    let over = |quota: &Arc<Object>| {
        let hard = Amounts::read(quota.at(&["spec", "hard"]), &mut Vec::new());
        let over = hard.0.into_iter().filter_map(|(resource, hard)| {
            let used = used.get(canonical(&resource))?;
            let quota = Arc::clone(quota);
            (used > hard).then_some(Excess { quota, resource, used, hard })
        });
        over.collect::<Vec<Excess>>()
    };
    quotas(cluster, namespace).flat_map(over).collect()
}

/// The resources of containers that a quota makes mandatory: a pod without them is refused
/// (kubernetes, `pkg/quota/v1/evaluator/core/pods.go`, `Constraints`).
pub fn mandatory(quota: &Object) -> Vec<(&'static str, &'static str)> {
    let hard = quota.at(&["spec", "hard"]).map(Node::entries).unwrap_or_default();
    let names = hard.iter().filter_map(|entry| entry.key.text());
    let required = names.filter_map(|name| match canonical(name) {
        "requests.cpu" => Some(("requests", "cpu")),
        "requests.memory" => Some(("requests", "memory")),
        "limits.cpu" => Some(("limits", "cpu")),
        "limits.memory" => Some(("limits", "memory")),
        _ => None,
    });
    required.collect()
}

/// `cpu` and `memory` are short for their requests.
fn canonical(resource: &str) -> &str {
    match resource {
        "cpu" => "requests.cpu",
        "memory" => "requests.memory",
        "ephemeral-storage" => "requests.ephemeral-storage",
        other => other,
    }
}

fn used<'d>(demands: impl Iterator<Item = &'d Demand>) -> Amounts {
    let mut used = Amounts::default();
    let mut add = |name: String, amount: Quantity| {
        let sum = used.get(&name).unwrap_or_default() + amount;
        used.0.insert(name, sum);
    };
    for demand in demands {
        if let Some(PodDemand { count, each, .. }) = &demand.pods {
            let pods = count.steady().unwrap_or_default();
            add("pods".to_owned(), Quantity::from_units(pods));
            let Some(pod) = each else { continue };
            for (prefix, amounts) in [("requests", &pod.requests), ("limits", &pod.limits)] {
                for (name, amount) in &amounts.0 {
                    add(format!("{prefix}.{name}"), amount.times(pods));
                }
            }
        }
        for claim in &demand.claims {
            add(
                "persistentvolumeclaims".to_owned(),
                Quantity::from_units(claim.count.steady().unwrap_or_default()),
            );
            add("requests.storage".to_owned(), claim.total().unwrap_or_default());
        }
    }
    used
}
