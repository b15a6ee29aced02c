//! How many pods an object makes.

use std::sync::Arc;

use manifesto_objects::Object;
use manifesto_yaml::Node;

use crate::{Cluster, Workload};

/// How many pods an object makes.
#[derive(Debug, Clone)]
pub enum Count {
    /// So many, all the time.
    Always(i64),
    /// As many as an autoscaler thinks right.
    Between {
        /// The least.
        min: i64,
        /// The most.
        max: i64,
        /// The autoscaler.
        by: Arc<Object>,
    },
    /// One on each node that it fits.
    PerNode,
    /// So many while a job runs, none otherwise.
    WhileRunning(i64),
    /// Nobody can tell from the objects.
    Unknown,
}

impl Count {
    /// How many there are at least, all the time; none where that depends on nodes, or on what nobody knows.
    pub fn steady(&self) -> Option<i64> {
        match self {
            Self::Always(count) | Self::Between { min: count, .. } => Some(*count),
            Self::WhileRunning(_) => Some(0),
            Self::PerNode | Self::Unknown => None,
        }
    }
}

/// How many pods a workload has.
pub(super) fn pods_of(cluster: &Cluster, workload: &Workload) -> Count {
    let object = &workload.object;
    let number = |path: &[&str]| object.at(path).and_then(Node::as_i64);
    match (object.id.group.as_str(), object.id.kind.as_str()) {
        ("", "Pod") => Count::Always(1),
        ("apps", "DaemonSet") => Count::PerNode,
        ("batch", "Job") => Count::WhileRunning(running(number, &["spec"])),
        ("batch", "CronJob") => Count::WhileRunning(running(number, &["spec", "jobTemplate", "spec"])),
        ("keda.sh", "ScaledJob") => Count::WhileRunning(number(&["spec", "maxReplicaCount"]).unwrap_or(100)),
        (group, _) => autoscaler(cluster, object).unwrap_or_else(|| {
            let written = number(&["spec", "replicas"]).or_else(|| number(&["spec", "instances"]));
            // Kinds that are not built in may scale as they like: Knative does.
            let default = matches!(group, "" | "apps" | "argoproj.io").then_some(1);
            written.or(default).map_or(Count::Unknown, Count::Always)
        }),
    }
}

/// How many pods of a job run at once: `parallelism`, but never more than there is to complete.
fn running(number: impl Fn(&[&str]) -> Option<i64>, spec: &[&str]) -> i64 {
    let field = |name| number(&[spec, &[name]].concat());
    let parallelism = field("parallelism").unwrap_or(1);
    field("completions").map_or(parallelism, |completions| parallelism.min(completions))
}

/// The autoscaler that decides for an object: a HorizontalPodAutoscaler, or KEDA's ScaledObject, which makes one.
fn autoscaler(cluster: &Cluster, object: &Object) -> Option<Count> {
    let targets = |scaler: &&Arc<Object>| {
        let target = scaler.at(&["spec", "scaleTargetRef"]);
        let field = |name| target.and_then(|target| target.get(name)).and_then(Node::as_str);
        // KEDA takes a Deployment where no kind is named.
        let kind = field("kind").unwrap_or("Deployment");
        scaler.id.namespace == object.id.namespace
            && field("name") == Some(&object.id.name)
            && kind == object.id.kind
    };
    let bounds = |scaler: &Arc<Object>, keys: [&str; 2], defaults: [i64; 2]| {
        let number = |key| scaler.at(&["spec", key]).and_then(Node::as_i64);
        let [min, max] = [0, 1].map(|i: usize| {
            keys.get(i).and_then(|key| number(key)).or(defaults.get(i).copied()).unwrap_or_default()
        });
        Count::Between { min, max: max.max(min), by: Arc::clone(scaler) }
    };
    let hpa = cluster.of_kind("autoscaling", "HorizontalPodAutoscaler").find(targets);
    let hpa = hpa.map(|scaler| bounds(scaler, ["minReplicas", "maxReplicas"], [1, 1]));
    hpa.or_else(|| {
        let scaled = cluster.of_kind("keda.sh", "ScaledObject").find(targets)?;
        Some(bounds(scaled, ["minReplicaCount", "maxReplicaCount"], [0, 100]))
    })
}

/// How many pods there are beyond `count` while a new version rolls out.
pub(super) fn surge_of(object: &Object, count: i64) -> i64 {
    if !matches!(object.id.kind.as_str(), "Deployment" | "Rollout") {
        return 0;
    }
    let strategy = object.at(&["spec", "strategy"]);
    if strategy.and_then(|s| s.get("type")).and_then(Node::as_str) == Some("Recreate") {
        return 0;
    }
    let surge = ["rollingUpdate", "canary"]
        .iter()
        .find_map(|kind| strategy.and_then(|strategy| strategy.path(&[kind, "maxSurge"])))
        .and_then(Node::text)
        .unwrap_or("25%");
    match surge.strip_suffix('%') {
        // Percentages of maxSurge round up (kubernetes, pkg/controller/deployment/util, `ResolveFenceposts`).
        Some(percent) => {
            let percent = percent.parse::<i64>().unwrap_or(0).clamp(0, 1000);
            count.saturating_mul(percent).saturating_add(99) / 100
        }
        None => surge.parse().unwrap_or(0),
    }
}
