//! Ingresses and Traefik's IngressRoutes: names, paths, and what their annotations and middlewares ask of clients.

use std::collections::BTreeSet;
use std::sync::Arc;

use manifesto_objects::Object;
use manifesto_yaml::{Mark, Node};

use super::{Dangling, Door, Entrance, Exposure, Level, Protection, Target, backends, door};
use crate::Cluster;

pub(super) fn read(cluster: &Cluster, exposure: &mut Exposure) {
    for ingress in cluster.of_kind("networking.k8s.io", "Ingress") {
        read_ingress(cluster, ingress, exposure);
    }
    for group in ["traefik.io", "traefik.containo.us"] {
        for route in cluster.of_kind(group, "IngressRoute") {
            read_route(cluster, route, exposure);
        }
    }
}

fn annotation<'o>(object: &'o Object, key: &str) -> Option<&'o str> {
    object.annotations().find(|(own, _)| *own == key).map(|(_, value)| value)
}

/// The class: the field, the old annotation, or the default of the cluster.
fn class_of(cluster: &Cluster, ingress: &Object) -> Option<String> {
    let own = ingress.at(&["spec", "ingressClassName"]).and_then(Node::as_str);
    let own = own.or_else(|| annotation(ingress, "kubernetes.io/ingress.class"));
    let default = || {
        let mut classes = cluster.of_kind("networking.k8s.io", "IngressClass");
        let is_default = |class: &&Arc<Object>| {
            annotation(class, "ingressclass.kubernetes.io/is-default-class") == Some("true")
        };
        classes.find(is_default).map(|class| class.id.name.clone())
    };
    own.map(str::to_owned).or_else(default)
}

/// What an Ingress's class makes of it.
struct Class {
    name: String,
    level: Level,
    door: Door,
}

fn class(cluster: &Cluster, ingress: &Arc<Object>) -> Class {
    let name = class_of(cluster, ingress).unwrap_or_else(|| "none".to_owned());
    let object = cluster.get("networking.k8s.io", "IngressClass", "", &name);
    let controller = object.and_then(|class| class.at(&["spec", "controller"])?.as_str()).unwrap_or(&name);
    if name == "tailscale" {
        // Funnel opens it to everyone; an Ingress of a ProxyGroup has none (cmd/k8s-operator/ingress-for-pg.go).
        let grouped = annotation(ingress, "tailscale.com/proxy-group").is_some();
        let funnel = annotation(ingress, "tailscale.com/funnel") == Some("true") && !grouped;
        let own = cluster.workloads().iter().filter(|pod| pod.id() == &ingress.id).map(backends::key);
        let level = if funnel { Level::Public } else { Level::Tailnet };
        return Class { name, level, door: Door::Pods(own.collect()) };
    }
    let door = match controller {
        "cilium" | "cilium.io/ingress-controller" => Door::Cilium,
        "nginx" | "k8s.io/ingress-nginx" => controller_pods(cluster, "ingress-nginx/controller"),
        "traefik" | "traefik.io/ingress-controller" => controller_pods(cluster, "traefik"),
        _ => Door::Unknown,
    };
    let level = if controller == "internal" { Level::Network } else { door::by_pools(cluster) };
    Class { name, level, door }
}

/// The pods of a controller, by its image.
fn controller_pods(cluster: &Cluster, image: &str) -> Door {
    let runs_it =
        |node: &Node| node.get("image").and_then(Node::as_str).is_some_and(|name| name.contains(image));
    let pods = cluster.workloads().iter().filter(|pod| pod.containers.iter().any(|own| runs_it(&own.node)));
    let pods: Vec<_> = pods.map(backends::key).collect();
    if pods.is_empty() { Door::Unknown } else { Door::Pods(pods) }
}

fn read_ingress(cluster: &Cluster, ingress: &Arc<Object>, exposure: &mut Exposure) {
    let class = class(cluster, ingress);
    let (protections, guards) = guarded(cluster, ingress);
    let mut enter = |host: &str, path: &str, mark: Mark, backend: Option<&Node>| {
        let targets = backend.map(|node| targets(cluster, ingress, node, exposure)).unwrap_or_default();
        exposure.entrances.push(Entrance {
            host: host.to_owned(),
            path: path.to_owned(),
            object: Arc::clone(ingress),
            mark,
            through: format!("Ingress class {}", class.name),
            level: class.level,
            protections: protections.clone(),
            guards: guards.clone(),
            door: class.door.clone(),
            targets,
        });
    };
    let text = |node: &Node, key: &str| node.get(key).and_then(Node::text).map(str::to_owned);
    // The name in the tailnet is the first one under `tls`; the suffix is the tailnet's.
    let tailnet = ingress
        .at(&["spec", "tls"])
        .and_then(|tls| tls.items().first()?.get("hosts")?.items().first()?.text());
    let in_tailnet = class.name == "tailscale";
    let tailnet = tailnet
        .map_or_else(|| format!("{}-{}-ingress", ingress.id.namespace, ingress.id.name), str::to_owned);
    let named = |host: Option<String>| match host {
        _ if in_tailnet => tailnet.clone(),
        Some(host) if !host.is_empty() => host,
        _ => "*".to_owned(),
    };
    if let Some(backend) = ingress.at(&["spec", "defaultBackend"]) {
        enter(&named(None), "/", backend.mark, Some(backend));
    }
    for rule in ingress.at(&["spec", "rules"]).map(Node::items).unwrap_or_default() {
        let host = named(text(rule, "host"));
        for path in rule.path(&["http", "paths"]).map(Node::items).unwrap_or_default() {
            let shown = text(path, "path").unwrap_or_else(|| "/".to_owned());
            enter(&host, &shown, path.mark, path.get("backend"));
        }
    }
}

fn targets(cluster: &Cluster, ingress: &Arc<Object>, backend: &Node, exposure: &mut Exposure) -> Vec<Target> {
    let Some(service) = backend.get("service") else { return Vec::new() };
    let name = service.get("name").and_then(Node::as_str).unwrap_or_default();
    let port = service.path(&["port", "number"]).or_else(|| service.path(&["port", "name"]));
    let namespace = &ingress.id.namespace;
    let found = backends::of_service(cluster, namespace, name, port);
    if found.is_none() && !cluster.may_hide_in(namespace) {
        let why = format!("there is no Service `{namespace}/{name}`");
        exposure.dangling.push(Dangling { object: Arc::clone(ingress), mark: backend.mark, why });
    }
    found.unwrap_or_default()
}

/// What annotations ask of clients: ingress-nginx (docs/user-guide/nginx-configuration/annotations.md), Traefik.
fn guarded(cluster: &Cluster, ingress: &Object) -> (BTreeSet<Protection>, Vec<Arc<Object>>) {
    const NGINX: &[(&str, Protection)] = &[
        ("nginx.ingress.kubernetes.io/auth-url", Protection::ForwardAuth),
        ("nginx.ingress.kubernetes.io/auth-type", Protection::BasicAuth),
        ("nginx.ingress.kubernetes.io/auth-tls-secret", Protection::ClientCertificate),
        ("nginx.ingress.kubernetes.io/whitelist-source-range", Protection::ClientAddress),
        ("nginx.ingress.kubernetes.io/allowlist-source-range", Protection::ClientAddress),
    ];
    let (mut protections, mut guards) = (BTreeSet::new(), Vec::new());
    for (key, protection) in NGINX {
        protections.extend(annotation(ingress, key).filter(|value| !value.is_empty()).map(|_| *protection));
    }
    let middlewares =
        annotation(ingress, "traefik.ingress.kubernetes.io/router.middlewares").unwrap_or_default();
    for reference in middlewares.split(',').filter_map(|text| text.trim().strip_suffix("@kubernetescrd")) {
        let namespaces = cluster.namespaces().keys().filter_map(|namespace| {
            Some((namespace, reference.strip_prefix(namespace.as_str())?.strip_prefix('-')?))
        });
        for (namespace, name) in namespaces {
            add_middleware(cluster, namespace, name, &mut protections, &mut guards);
        }
    }
    (protections, guards)
}

/// What a middleware of Traefik asks of clients, those of a chain included.
pub(super) fn add_middleware(
    cluster: &Cluster,
    namespace: &str,
    name: &str,
    protections: &mut BTreeSet<Protection>,
    guards: &mut Vec<Arc<Object>>,
) {
    let groups = ["traefik.io", "traefik.containo.us"];
    let Some(middleware) = groups.iter().find_map(|group| cluster.get(group, "Middleware", namespace, name))
    else {
        return;
    };
    if guards.iter().any(|own| own.id == middleware.id) {
        return;
    }
    guards.push(Arc::clone(middleware));
    let kinds = [
        ("forwardAuth", Protection::ForwardAuth),
        ("basicAuth", Protection::BasicAuth),
        ("digestAuth", Protection::BasicAuth),
        ("ipAllowList", Protection::ClientAddress),
        ("ipWhiteList", Protection::ClientAddress),
    ];
    for (key, protection) in kinds {
        protections.extend(middleware.at(&["spec", key]).map(|_| protection));
    }
    for link in middleware.at(&["spec", "chain", "middlewares"]).map(Node::items).unwrap_or_default() {
        let text = |key| link.get(key).and_then(Node::as_str);
        if let Some(name) = text("name") {
            add_middleware(cluster, text("namespace").unwrap_or(namespace), name, protections, guards);
        }
    }
}

/// An IngressRoute of Traefik: the name and path are in the rule's text.
fn read_route(cluster: &Cluster, route: &Arc<Object>, exposure: &mut Exposure) {
    for node in route.at(&["spec", "routes"]).map(Node::items).unwrap_or_default() {
        let rule = node.get("match").and_then(Node::as_str).unwrap_or_default();
        let (mut protections, mut guards) = (BTreeSet::new(), Vec::new());
        for middleware in node.get("middlewares").map(Node::items).unwrap_or_default() {
            let text = |key| middleware.get(key).and_then(Node::as_str);
            let namespace = text("namespace").unwrap_or(&route.id.namespace);
            add_middleware(
                cluster,
                namespace,
                text("name").unwrap_or_default(),
                &mut protections,
                &mut guards,
            );
        }
        let services =
            node.get("services").map(Node::items).unwrap_or_default().iter().filter_map(|service| {
                let text = |key| service.get(key).and_then(Node::as_str);
                let namespace = text("namespace").unwrap_or(&route.id.namespace);
                backends::of_service(cluster, namespace, text("name")?, service.get("port"))
            });
        let targets: Vec<Target> = services.flatten().collect();
        let path =
            arguments(rule, &["PathPrefix(", "Path("]).into_iter().next().unwrap_or_else(|| "/".to_owned());
        for host in arguments(rule, &["Host("]) {
            exposure.entrances.push(Entrance {
                host,
                path: path.clone(),
                object: Arc::clone(route),
                mark: node.mark,
                through: "Traefik".to_owned(),
                level: door::by_pools(cluster),
                protections: protections.clone(),
                guards: guards.clone(),
                door: controller_pods(cluster, "traefik"),
                targets: targets.clone(),
            });
        }
    }
}

/// The quoted texts in the parentheses behind one of these words.
fn arguments(rule: &str, words: &[&str]) -> Vec<String> {
    let parts = words.iter().flat_map(|word| rule.split(word).skip(1));
    let inner = parts.filter_map(|part| part.split(')').next());
    inner
        .flat_map(|list| list.split(','))
        .map(|text| text.trim().trim_matches(|c| c == '`' || c == '"').to_owned())
        .filter(|text| !text.is_empty())
        .collect()
}
