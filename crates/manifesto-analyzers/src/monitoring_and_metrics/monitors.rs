//! Which Services and pods a monitor selects.
//!
//! Upstream: prometheus-operator 0.86, `api-reference/api.md`: the selector is compared with the labels of Services, or of
//! pods, in the monitor's own namespace unless `namespaceSelector` says another; `port` is the *name* of a port of the
//! Service, or of a container. The operator of VictoriaMetrics reads the same fields.

use std::collections::BTreeMap;
use std::sync::Arc;

use manifesto_cluster::{Cluster, Labels, Workload};
use manifesto_evidence::{Prose, Side, Weight};
use manifesto_objects::{LabelSelector, Object, ObjectId};
use manifesto_yaml::Node;

use crate::clusters::{ClusterPair, Touched};
use crate::statements::Statements;

/// The kinds of monitors, whether they select Services, and the list of their endpoints.
const KINDS: [(&str, &str, bool, &str); 4] = [
    ("monitoring.coreos.com", "ServiceMonitor", true, "endpoints"),
    ("monitoring.coreos.com", "PodMonitor", false, "podMetricsEndpoints"),
    ("operator.victoriametrics.com", "VMServiceScrape", true, "endpoints"),
    ("operator.victoriametrics.com", "VMPodScrape", false, "podMetricsEndpoints"),
];

/// What a monitor finds.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Found {
    /// Something, with the ports that it asks for.
    Targets,
    /// Nothing that its selector matches.
    Nothing,
    /// Something, and none of it has a port of this name.
    NoPort(String),
    /// Nobody can tell.
    Unknown,
}

/// States the monitors that newly find nothing.
pub(super) fn state(pair: &ClusterPair, touched: &Touched<'_>, statements: &mut Statements) {
    let (before, after) = (monitors(&pair.base), monitors(&pair.head));
    for (id, (object, found)) in &after {
        let known = before.get(id).map(|(_, found)| found);
        if known == Some(found) {
            continue;
        }
        let component = touched.component(object);
        // What nobody could tell in base may have been so all along.
        if known == Some(&Found::Unknown) && component.is_none() {
            continue;
        }
        let origin = [object.origin(Side::Head)];
        let what = if is_of_services(object) { "Service" } else { "pod" };
        let text = match (found, known != Some(&Found::Targets)) {
            (Found::Nothing, true) => Prose::new().words(format!(" selects no {what}: nothing is scraped")),
            (Found::Nothing, false) => {
                Prose::new().words(format!(" no longer selects any {what}: nothing is scraped"))
            }
            (Found::NoPort(port), is_first) => {
                let again = if is_first { " finds no port " } else { " no longer finds a port " };
                let rest = format!(" at any {what} that it selects: nothing is scraped");
                Prose::from(again).code(port).words(rest)
            }
            (Found::Targets, _) if known.is_none() => {
                let said = (Prose::from("A new monitor: "), id.short(), Prose::new());
                statements.add(Weight::Plain, component, said, origin);
                continue;
            }
            _ => continue,
        };
        statements.add(Weight::Notable, component, (Prose::new(), id.short(), text), origin);
    }
    for (id, (object, found)) in before.iter().filter(|(id, _)| !after.contains_key(*id)) {
        if touched.component(object).is_some() && *found != Found::Nothing {
            let said = (
                Prose::new(),
                id.short(),
                Prose::from(" is gone: what it selected is no longer scraped by it"),
            );
            statements.add(Weight::Notable, touched.component(object), said, [object.origin(Side::Base)]);
        }
    }
}

fn is_of_services(object: &Object) -> bool {
    KINDS.iter().any(|(group, kind, services, _)| *services && object.id.is(group, kind))
}

fn monitors(cluster: &Cluster) -> BTreeMap<ObjectId, (Arc<Object>, Found)> {
    let mut monitors = BTreeMap::new();
    for (group, kind, services, list) in KINDS {
        for object in cluster.of_kind(group, kind) {
            let endpoints = object.at(&["spec", list]).map(Node::items).unwrap_or_default();
            let found = find(cluster, object, services, endpoints);
            monitors.insert(object.id.clone(), (Arc::clone(object), found));
        }
    }
    monitors
}

fn find(cluster: &Cluster, object: &Object, services: bool, endpoints: &[Node]) -> Found {
    let Some(Ok(selector)) = object.at(&["spec", "selector"]).map(LabelSelector::parse) else {
        return Found::Unknown;
    };
    let namespaces = Namespaces::of(object);
    let targets: Vec<Target<'_>> = if services { service_targets(cluster) } else { pod_targets(cluster) };
    let own: Vec<&Target<'_>> = targets
        .iter()
        .filter(|target| namespaces.have(target.namespace) && target.labels.satisfy(&selector))
        .collect();
    let may_hide = namespaces.may_hide(cluster);
    if own.is_empty() {
        let is_vague = targets.iter().any(|target| !target.is_complete && namespaces.have(target.namespace));
        return if may_hide || is_vague { Found::Unknown } else { Found::Nothing };
    }
    let mut missing = None;
    for endpoint in endpoints {
        let Some(port) = endpoint.get("port").and_then(Node::as_str) else { return Found::Targets };
        if own.iter().any(|target| !target.is_complete || target.ports.iter().any(|own| own == port)) {
            return Found::Targets;
        }
        missing = Some(port.to_owned());
    }
    match missing {
        Some(_) if may_hide => Found::Unknown,
        Some(port) => Found::NoPort(port),
        None => Found::Targets,
    }
}

/// What can be selected.
struct Target<'c> {
    namespace: &'c str,
    labels: Labels,
    ports: Vec<String>,
    is_complete: bool,
}

fn service_targets(cluster: &Cluster) -> Vec<Target<'_>> {
    let services = cluster.of_kind("", "Service");
    services
        .map(|service| {
            let ports = service.at(&["spec", "ports"]).map(Node::items).unwrap_or_default();
            let name = |port: &Node| port.get("name").and_then(Node::text).map(str::to_owned);
            Target {
                namespace: &service.id.namespace,
                labels: service.labels().collect(),
                ports: ports.iter().filter_map(name).collect(),
                is_complete: true,
            }
        })
        .collect()
}

fn pod_targets(cluster: &Cluster) -> Vec<Target<'_>> {
    let target = |workload: &'_ Workload| -> (Labels, Vec<String>, bool) {
        let ports = workload.containers.iter().flat_map(|container| &container.ports);
        let ports = ports.filter_map(|port| port.name.clone()).collect();
        (workload.labels.clone(), ports, workload.is_complete())
    };
    let workloads = cluster.workloads().iter();
    workloads
        .map(|workload| {
            let (labels, ports, is_complete) = target(workload);
            Target { namespace: &workload.namespace, labels, ports, is_complete }
        })
        .collect()
}

/// Where a monitor looks.
enum Namespaces<'o> {
    All,
    These(Vec<&'o str>),
}

impl<'o> Namespaces<'o> {
    fn of(object: &'o Object) -> Self {
        let selector = object.at(&["spec", "namespaceSelector"]);
        let any = selector.and_then(|selector| selector.get("any")).and_then(Node::as_bool);
        if any == Some(true) {
            return Self::All;
        }
        let names = selector.and_then(|selector| selector.get("matchNames")).map(Node::items);
        let names: Vec<&str> = names.unwrap_or_default().iter().filter_map(Node::as_str).collect();
        if names.is_empty() { Self::These(vec![&object.id.namespace]) } else { Self::These(names) }
    }

    fn have(&self, namespace: &str) -> bool {
        match self {
            Self::All => true,
            Self::These(names) => names.contains(&namespace),
        }
    }

    /// Services of operators, as those of databases, are in no repository: where one is at work, they may be there.
    fn may_hide(&self, cluster: &Cluster) -> bool {
        match self {
            Self::All => !cluster.is_complete() || cluster.workloads().iter().any(|w| !w.is_complete()),
            Self::These(names) => {
                let made = |name: &&&str| cluster.workloads_in(name).any(|workload| !workload.is_complete());
                names.iter().any(|name| cluster.may_hide_in(name) || made(&name))
            }
        }
    }
}
