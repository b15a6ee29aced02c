//! Pods that operators make: what each kind of custom resource becomes, as far as it is fixed.
//!
//! A profile says only what the operator's source fixes: the labels that its own Services and Deployments select by, the
//! ServiceAccount, the ports. Other labels may be there.

use std::sync::Arc;

use manifesto_objects::Object;
use manifesto_yaml::Node;

use super::{ContainerPort, Maker, Workload, container};
use crate::{Cluster, Labels};

/// What a kind becomes.
struct Profile {
    group: &'static str,
    kind: &'static str,
    operator: &'static str,
    /// Labels whose value `{}` stands for the object's name.
    labels: &'static [(&'static str, &'static str)],
    /// The ServiceAccount, with the same.
    account: &'static str,
    ports: &'static [(&'static str, u16)],
    /// Where more labels of the pods are written.
    more: &'static [&'static str],
}

const PROFILES: &[Profile] = &[
    // cloudnative-pg 1.26, pkg/utils/labels_annotations.go and pkg/specs/pods.go.
    Profile {
        group: "postgresql.cnpg.io",
        kind: "Cluster",
        operator: "CloudNativePG",
        labels: &[
            ("cnpg.io/cluster", "{}"),
            ("cnpg.io/podRole", "instance"),
            // Since 1.27.
            ("app.kubernetes.io/managed-by", "cloudnative-pg"),
            ("app.kubernetes.io/name", "postgresql"),
            ("app.kubernetes.io/component", "database"),
            ("app.kubernetes.io/instance", "{}"),
        ],
        account: "{}",
        ports: &[("postgresql", 5432), ("metrics", 9187), ("status", 8000)],
        more: &["spec", "inheritedMetadata", "labels"],
    },
    // The same, pkg/specs/pgbouncer/deployments.go.
    Profile {
        group: "postgresql.cnpg.io",
        kind: "Pooler",
        operator: "CloudNativePG",
        labels: &[("cnpg.io/poolerName", "{}"), ("cnpg.io/podRole", "pooler")],
        account: "{}",
        ports: &[("pgbouncer", 5432), ("metrics", 9127)],
        more: &["spec", "template", "metadata", "labels"],
    },
    // grafana-operator 5, controllers/model/grafana_resources.go.
    Profile {
        group: "grafana.integreatly.org",
        kind: "Grafana",
        operator: "grafana-operator",
        labels: &[("app", "{}")],
        account: "{}-sa",
        ports: &[("grafana-http", 3000)],
        more: &["spec", "deployment", "spec", "template", "metadata", "labels"],
    },
    // prometheus-operator 0.80, pkg/prometheus/statefulset.go and pkg/alertmanager/statefulset.go.
    Profile {
        group: "monitoring.coreos.com",
        kind: "Prometheus",
        operator: "prometheus-operator",
        labels: &[
            ("app.kubernetes.io/name", "prometheus"),
            ("app.kubernetes.io/managed-by", "prometheus-operator"),
            ("app.kubernetes.io/instance", "{}"),
            ("operator.prometheus.io/name", "{}"),
            ("prometheus", "{}"),
        ],
        account: "",
        ports: &[("web", 9090)],
        more: &["spec", "podMetadata", "labels"],
    },
    Profile {
        group: "monitoring.coreos.com",
        kind: "Alertmanager",
        operator: "prometheus-operator",
        labels: &[
            ("app.kubernetes.io/name", "alertmanager"),
            ("app.kubernetes.io/managed-by", "prometheus-operator"),
            ("app.kubernetes.io/instance", "{}"),
            ("alertmanager", "{}"),
        ],
        account: "",
        ports: &[("web", 9093)],
        more: &["spec", "podMetadata", "labels"],
    },
    // victoria-metrics operator 0.50, api/operator/v1beta1: `SelectorLabels`.
    Profile {
        group: "operator.victoriametrics.com",
        kind: "VMSingle",
        operator: "victoria-metrics-operator",
        labels: &[
            ("app.kubernetes.io/name", "vmsingle"),
            ("app.kubernetes.io/instance", "{}"),
            ("app.kubernetes.io/component", "monitoring"),
            ("managed-by", "vm-operator"),
        ],
        account: "vmsingle-{}",
        ports: &[("http", 8429)],
        more: &["spec", "podMetadata", "labels"],
    },
    Profile {
        group: "operator.victoriametrics.com",
        kind: "VMAgent",
        operator: "victoria-metrics-operator",
        labels: &[
            ("app.kubernetes.io/name", "vmagent"),
            ("app.kubernetes.io/instance", "{}"),
            ("app.kubernetes.io/component", "monitoring"),
            ("managed-by", "vm-operator"),
        ],
        account: "vmagent-{}",
        ports: &[("http", 8429)],
        more: &["spec", "podMetadata", "labels"],
    },
];

/// The pods that an operator makes from an object.
pub(super) fn workload(cluster: &Cluster, object: &Arc<Object>) -> Option<Workload> {
    if let Some(profile) = PROFILES.iter().find(|profile| object.id.is(profile.group, profile.kind)) {
        return Some(of_profile(profile, object));
    }
    match (object.id.group.as_str(), object.id.kind.as_str()) {
        ("gateway.networking.k8s.io", "Gateway") => envoy_proxy(cluster, object),
        ("networking.k8s.io", "Ingress") | ("", "Service") => tailscale_proxy(cluster, object),
        _ => None,
    }
}

fn of_profile(profile: &Profile, object: &Arc<Object>) -> Workload {
    let named = |pattern: &str| pattern.replace("{}", &object.id.name);
    let mut labels = Labels::read(object.at(profile.more));
    for (key, value) in profile.labels {
        labels.set(key, &named(value));
    }
    let account = ["spec", "serviceAccountName"];
    let written = object.at(&account).and_then(Node::as_str).map(str::to_owned);
    let account = written.or_else(|| Some(named(profile.account)).filter(|name| !name.is_empty()));
    let ports = profile.ports.iter().map(|(name, number)| port(name, *number));
    Workload {
        namespace: object.id.namespace.clone(),
        labels,
        service_account: account.unwrap_or_else(|| "default".to_owned()),
        containers: vec![container::made(profile.operator, ports.collect())],
        ..made(profile.operator, object)
    }
}

fn made(operator: &'static str, object: &Arc<Object>) -> Workload {
    Workload {
        object: Arc::clone(object),
        namespace: object.id.namespace.clone(),
        labels: Labels::default(),
        service_account: String::new(),
        host_network: false,
        containers: Vec::new(),
        spec: None,
        maker: Maker::Operator(operator),
        mark: object.root.mark,
    }
}

fn port(name: &str, number: u16) -> ContainerPort {
    ContainerPort { name: Some(name.to_owned()), number, protocol: "TCP".to_owned(), host_port: None }
}

/// The proxy of a Gateway of Envoy Gateway, beside its controller unless that is told otherwise.
///
/// envoyproxy/gateway 1.5, internal/infrastructure/kubernetes/proxy/resource.go: labels by owning Gateway, or by the
/// class where Gateways are merged. Ports below 1024 are moved up by 10000 (internal/gatewayapi/helpers.go).
fn envoy_proxy(cluster: &Cluster, gateway: &Arc<Object>) -> Option<Workload> {
    let class = gateway.at(&["spec", "gatewayClassName"])?.as_str()?;
    let class = cluster.get("gateway.networking.k8s.io", "GatewayClass", "", class)?;
    let controller = class.at(&["spec", "controllerName"])?.as_str()?;
    if !controller.starts_with("gateway.envoyproxy.io/") {
        return None;
    }
    let labels: Labels = [
        ("app.kubernetes.io/name", "envoy"),
        ("app.kubernetes.io/component", "proxy"),
        ("app.kubernetes.io/managed-by", "envoy-gateway"),
        ("gateway.envoyproxy.io/owning-gateway-name", gateway.id.name.as_str()),
        ("gateway.envoyproxy.io/owning-gateway-namespace", gateway.id.namespace.as_str()),
    ]
    .into_iter()
    .collect();
    let listeners = gateway.at(&["spec", "listeners"]).map(Node::items).unwrap_or_default();
    let numbers = listeners.iter().filter_map(|listener| listener.get("port").and_then(Node::as_i64));
    let numbers =
        numbers.filter_map(|number| u16::try_from(if number < 1024 { number + 10_000 } else { number }).ok());
    let ports = numbers.map(|number| port(&format!("port-{number}"), number)).collect();
    Some(Workload {
        namespace: namespace_of_image(cluster, "envoyproxy/gateway")
            .unwrap_or_else(|| "envoy-gateway-system".to_owned()),
        labels,
        containers: vec![container::made("envoy", ports)],
        ..made("Envoy Gateway", gateway)
    })
}

/// The namespace in which a controller runs, by a part of its image's name.
fn namespace_of_image(cluster: &Cluster, image: &str) -> Option<String> {
    let runs_it = |deployment: &&Arc<Object>| {
        let containers = deployment.at(&["spec", "template", "spec", "containers"]).map(Node::items);
        let mut images = containers.unwrap_or_default().iter().filter_map(|node| node.get("image")?.as_str());
        images.any(|name| name.contains(image))
    };
    let controller = cluster.of_kind("apps", "Deployment").find(runs_it);
    controller.map(|deployment| deployment.id.namespace.clone())
}

/// The proxy of an Ingress or Service of the Tailscale operator, in the operator's namespace.
///
/// tailscale 1.90, cmd/k8s-operator/sts.go: `tailscale.com/managed` and `tailscale.com/parent-resource*`. What stands in
/// a ProxyGroup has no proxy of its own.
fn tailscale_proxy(cluster: &Cluster, object: &Arc<Object>) -> Option<Workload> {
    let text = |path: &[&str]| object.at(path).and_then(Node::as_str);
    let annotation = |key: &str| object.annotations().find(|(own, _)| *own == key).map(|(_, value)| value);
    let kind = if object.id.kind == "Ingress" {
        (text(&["spec", "ingressClassName"]) == Some("tailscale")).then_some("ingress")?
    } else {
        let class = text(&["spec", "loadBalancerClass"]) == Some("tailscale");
        (class || annotation("tailscale.com/expose") == Some("true")).then_some("svc")?
    };
    if annotation("tailscale.com/proxy-group").is_some() {
        return None;
    }
    let labels: Labels = [
        ("tailscale.com/managed", "true"),
        ("tailscale.com/parent-resource", object.id.name.as_str()),
        ("tailscale.com/parent-resource-ns", object.id.namespace.as_str()),
        ("tailscale.com/parent-resource-type", kind),
    ]
    .into_iter()
    .collect();
    Some(Workload {
        namespace: tailscale_namespace(cluster)?,
        labels,
        service_account: "proxies".to_owned(),
        containers: vec![container::made("tailscale", Vec::new())],
        ..made("Tailscale", object)
    })
}

/// Where the operator runs; where it is deployed from a chart that nobody has rendered, what is around it tells.
fn tailscale_namespace(cluster: &Cluster) -> Option<String> {
    let around = || {
        let mut named = cluster.namespaces().keys().filter(|name| name.starts_with("tailscale"));
        named.next().filter(|_| named.next().is_none()).cloned()
    };
    namespace_of_image(cluster, "tailscale/k8s-operator").or_else(around)
}
