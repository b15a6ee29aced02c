//! Custom resources whose operators make pods and claims: where they say how many, how large.

use std::sync::Arc;

use manifesto_objects::Object;
use manifesto_yaml::Node;

use super::amounts::{Amounts, quantity};
use super::claims::Claim;
use super::count::Count;
use super::pod::{COMPUTE, Missing, PodResources};
use super::{Demand, PodDemand};

/// A kind whose operator makes pods. `*` in a path stands for every item of a list.
struct Row {
    group: &'static str,
    kind: &'static str,
    /// Where it says how many pods; one where it does not.
    count: &'static [&'static str],
    /// Where the resources of each pod stand.
    resources: &'static [&'static str],
    /// Where the sizes of each pod's claims stand, by what they hold.
    claims: &'static [(&'static str, &'static [&'static str])],
}

const REPLICAS: &[&str] = &["spec", "replicas"];
const REPLICA_COUNT: &[&str] = &["spec", "replicaCount"];
const RESOURCES: &[&str] = &["spec", "resources"];
const CLAIM_TEMPLATE: &[&str] =
    &["spec", "storage", "volumeClaimTemplate", "spec", "resources", "requests", "storage"];
const CLAIM_SPEC: &[&str] = &["spec", "storage", "resources", "requests", "storage"];

/// From the API references of CloudNativePG 1.28, prometheus-operator 0.88, VictoriaMetrics operator 0.65,
/// mariadb-operator 25 and Dragonfly operator 1.3.
const ROWS: &[Row] = &[
    Row {
        group: "postgresql.cnpg.io",
        kind: "Cluster",
        count: &["spec", "instances"],
        resources: RESOURCES,
        claims: &[
            ("data", &["spec", "storage", "size"]),
            ("data", &["spec", "storage", "pvcTemplate", "resources", "requests", "storage"]),
            ("WAL", &["spec", "walStorage", "size"]),
            ("WAL", &["spec", "walStorage", "pvcTemplate", "resources", "requests", "storage"]),
            ("tablespace", &["spec", "tablespaces", "*", "storage", "size"]),
        ],
    },
    prometheus("Prometheus"),
    prometheus("PrometheusAgent"),
    prometheus("Alertmanager"),
    prometheus("ThanosRuler"),
    victoria("VMSingle", REPLICAS, CLAIM_SPEC),
    victoria("VLSingle", REPLICAS, CLAIM_SPEC),
    victoria("VLogs", REPLICAS, CLAIM_SPEC),
    victoria("VMAgent", REPLICA_COUNT, CLAIM_TEMPLATE),
    victoria("VMAlert", REPLICA_COUNT, CLAIM_TEMPLATE),
    victoria("VMAlertmanager", REPLICA_COUNT, CLAIM_TEMPLATE),
    Row {
        group: "k8s.mariadb.com",
        kind: "MariaDB",
        count: REPLICAS,
        resources: RESOURCES,
        claims: &[("data", &["spec", "storage", "size"])],
    },
    Row {
        group: "dragonflydb.io",
        kind: "Dragonfly",
        count: REPLICAS,
        resources: RESOURCES,
        claims: &[(
            "snapshot",
            &["spec", "snapshot", "persistentVolumeClaimSpec", "resources", "requests", "storage"],
        )],
    },
];

const fn prometheus(kind: &'static str) -> Row {
    let claims = &[("data", CLAIM_TEMPLATE)];
    Row { group: "monitoring.coreos.com", kind, count: REPLICAS, resources: RESOURCES, claims }
}

const fn victoria(kind: &'static str, count: &'static [&'static str], size: &'static [&'static str]) -> Row {
    let claims =
        if size.len() == CLAIM_SPEC.len() { &[("data", CLAIM_SPEC)] } else { &[("data", CLAIM_TEMPLATE)] };
    Row { group: "operator.victoriametrics.com", kind, count, resources: RESOURCES, claims }
}

/// What the operator of an object makes of it; none for kinds that nothing is known of.
pub(super) fn demand(object: &Arc<Object>) -> Option<Demand> {
    let row = ROWS.iter().find(|row| object.id.is(row.group, row.kind))?;
    let count = Count::Always(object.at(row.count).and_then(Node::as_i64).unwrap_or(1));
    let mut claims = Vec::new();
    for (what, path) in row.claims {
        each(&object.root, path, &mut |node| claims.push(claim(object, what, node, &count)));
    }
    let resources = object.at(row.resources).filter(|node| !node.entries().is_empty());
    let each = resources.map(|node| pod(node, object));
    Some(Demand {
        object: Arc::clone(object),
        namespace: object.id.namespace.clone(),
        pods: Some(PodDemand { count, surge: 0, each }),
        claims,
    })
}

/// Calls `see` with every node at a path.
fn each(node: &Node, path: &[&str], see: &mut impl FnMut(&Node)) {
    match path.split_first() {
        None => see(node),
        Some((&"*", rest)) => node.items().iter().for_each(|item| each(item, rest, see)),
        Some((key, rest)) => node.get(key).into_iter().for_each(|node| each(node, rest, see)),
    }
}

fn claim(object: &Object, what: &str, size: &Node, count: &Count) -> Claim {
    let class = ["storageClass", "storageClassName"]
        .iter()
        .find_map(|key| object.at(&["spec", "storage", key]).and_then(Node::as_str));
    Claim {
        name: what.to_owned(),
        size: quantity(size),
        count: count.clone(),
        class: class.map(str::to_owned),
        is_kept: false,
        mark: size.mark,
    }
}

/// The pod's main container, of which alone the operator says what it needs.
fn pod(node: &Node, object: &Object) -> PodResources {
    let mut unread = Vec::new();
    let limits = Amounts::read(node.get("limits"), &mut unread);
    let mut requests = Amounts::read(node.get("requests"), &mut unread);
    requests.complete_with(&limits);
    let missing = |amounts: &Amounts| -> Vec<Missing> {
        let gone = COMPUTE.iter().filter(|name| amounts.get(name).is_none());
        let container = &object.id.name;
        gone.map(|name| Missing { container: container.clone(), resource: name, mark: node.mark }).collect()
    };
    let (unlimited, unrequested) = (missing(&limits), missing(&requests));
    PodResources { requests, limits, unlimited, unrequested, containers: Vec::new(), unread }
}
