//! CPU, memory and storage: what pods and claims ask for, and how many of them there are.

mod amounts;
mod claims;
mod count;
mod limit_range;
mod operators;
mod pod;
mod quota;

use std::collections::BTreeMap;
use std::sync::Arc;

use manifesto_objects::Object;

use crate::Cluster;

pub use amounts::{Amounts, Unread};
pub use claims::Claim;
pub use count::Count;
pub use limit_range::{LimitRanges, Refusal};
pub use pod::{ContainerResources, Missing, PodResources, pod_resources};
pub use quota::{Excess, excesses, mandatory, quotas};

/// What one object asks for.
#[derive(Debug, Clone)]
pub struct Demand {
    /// The object.
    pub object: Arc<Object>,
    /// The namespace that it is counted in.
    pub namespace: String,
    /// Its pods; none where it makes none.
    pub pods: Option<PodDemand>,
    /// Its volumes.
    pub claims: Vec<Claim>,
}

/// The pods of one object.
#[derive(Debug, Clone)]
pub struct PodDemand {
    /// How many there are.
    pub count: Count,
    /// How many more while a new version rolls out.
    pub surge: i64,
    /// What each asks for; none where an operator decides.
    pub each: Option<PodResources>,
}

/// What every object of a cluster asks for, in their order. The LimitRanges of its namespaces are those of
/// `surroundings`, which is asked for when there are pods: they need not be among these objects.
pub fn demands<'c>(cluster: &Cluster, surroundings: impl Fn() -> &'c Cluster) -> Vec<Demand> {
    let mut ranges: BTreeMap<&str, LimitRanges> = BTreeMap::new();
    let mut demands: Vec<Demand> = Vec::new();
    for workload in cluster.workloads().iter().filter(|workload| workload.is_complete()) {
        let namespace = workload.namespace.as_str();
        let ranges = ranges.entry(namespace).or_insert_with(|| LimitRanges::of(surroundings(), namespace));
        let count = count::pods_of(cluster, workload);
        demands.push(Demand {
            object: Arc::clone(&workload.object),
            namespace: namespace.to_owned(),
            claims: claims::of_workload(workload, &count),
            pods: Some(PodDemand {
                surge: count::surge_of(&workload.object, count.steady().unwrap_or_default()),
                each: Some(pod_resources(workload, ranges)),
                count,
            }),
        });
    }
    demands.extend(
        cluster.objects().iter().filter_map(|object| claim(object).or_else(|| operators::demand(object))),
    );
    demands
}

fn claim(object: &Arc<Object>) -> Option<Demand> {
    let claim = claims::of_object(object)?;
    let namespace = object.id.namespace.clone();
    Some(Demand { object: Arc::clone(object), namespace, pods: None, claims: vec![claim] })
}
