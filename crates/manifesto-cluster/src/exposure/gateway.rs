//! Gateway API: which routes attach to which listeners, under which names, and where they lead.
//!
//! The rules follow the API (kubernetes-sigs/gateway-api 1.4, apis/v1) and Envoy Gateway's reading of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use manifesto_objects::{LabelSelector, Object};
use manifesto_yaml::{Mark, Node};

use super::{Dangling, Door, Entrance, Exposure, Level, Target, backends, door, envoy, hostname, ingress};
use crate::{Cluster, Namespace};

const GROUP: &str = "gateway.networking.k8s.io";
const ROUTES: [&str; 5] = ["HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"];

/// A listener of a Gateway or of a ListenerSet.
#[derive(Clone, Copy)]
struct Listener<'c> {
    /// The Gateway.
    gateway: &'c Arc<Object>,
    /// What holds the listener.
    holder: &'c Arc<Object>,
    node: &'c Node,
}

pub(super) fn read(cluster: &Cluster, exposure: &mut Exposure) {
    for kind in ROUTES {
        for route in cluster.of_kind(GROUP, kind) {
            for parent in route.at(&["spec", "parentRefs"]).map(Node::items).unwrap_or_default() {
                attach(cluster, route, parent, exposure);
            }
        }
    }
}

fn text<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    node.get(key).and_then(Node::as_str)
}

fn attach(cluster: &Cluster, route: &Arc<Object>, parent: &Node, exposure: &mut Exposure) {
    let kind = text(parent, "kind").unwrap_or("Gateway");
    // A route of a mesh has a Service as its parent, and is no way in.
    if !["Gateway", "ListenerSet", "XListenerSet"].contains(&kind) {
        return;
    }
    let namespace = text(parent, "namespace").unwrap_or(&route.id.namespace);
    let name = text(parent, "name").unwrap_or_default();
    let mut dangle = |why: String| {
        exposure.dangling.push(Dangling { object: Arc::clone(route), mark: parent.mark, why });
    };
    let listeners = listeners(cluster, kind, namespace, name);
    let Some(listeners) = listeners else {
        // Somebody else may deploy it.
        if !cluster.may_hide_in(namespace) && cluster.namespace(namespace).is_some() {
            return dangle(format!("there is no {kind} `{namespace}/{name}`"));
        }
        return enter_unseen(cluster, route, &format!("{namespace}/{name}"), exposure);
    };
    let named = |listener: &&Listener<'_>| {
        text(parent, "sectionName").is_none_or(|section| text(listener.node, "name") == Some(section))
            && parent
                .get("port")
                .is_none_or(|port| listener.node.get("port").and_then(Node::as_i64) == port.as_i64())
    };
    let named: Vec<&Listener<'_>> = listeners.iter().filter(named).collect();
    if named.is_empty() {
        let section = text(parent, "sectionName").unwrap_or("that port");
        return dangle(format!("{kind} `{namespace}/{name}` has no listener `{section}`"));
    }
    let allowing: Vec<&Listener<'_>> =
        named.into_iter().filter(|listener| allows(cluster, listener, route)).collect();
    if allowing.is_empty() {
        return dangle(format!(
            "no listener of {kind} `{namespace}/{name}` allows routes of this kind from `{}`",
            route.id.namespace
        ));
    }
    let before = exposure.entrances.len();
    for listener in &allowing {
        enter(cluster, route, **listener, exposure);
    }
    if before == exposure.entrances.len() && !leads_nowhere(route) && !shares_name(route, &allowing) {
        let why = format!("none of its names is one of {kind} `{namespace}/{name}`");
        exposure.dangling.push(Dangling { object: Arc::clone(route), mark: parent.mark, why });
    }
}

/// Whether a route and some listener have a name in common.
fn shares_name(route: &Object, listeners: &[&Listener<'_>]) -> bool {
    listeners.iter().any(|listener| !hosts(route, listener).is_empty())
}

/// The listeners of a Gateway, or of a ListenerSet that its Gateway lets in; none where there is no such object.
fn listeners<'c>(cluster: &'c Cluster, kind: &str, namespace: &str, name: &str) -> Option<Vec<Listener<'c>>> {
    let group = if kind == "XListenerSet" { "gateway.networking.x-k8s.io" } else { GROUP };
    let holder = cluster.get(group, kind, namespace, name)?;
    let gateway = if kind == "Gateway" { holder } else { parent_of_set(cluster, holder)? };
    let nodes = holder.at(&["spec", "listeners"]).map(Node::items).unwrap_or_default();
    Some(nodes.iter().map(|node| Listener { gateway, holder, node }).collect())
}

/// The Gateway of a ListenerSet. It must let the set's namespace in, and by default lets nobody.
fn parent_of_set<'c>(cluster: &'c Cluster, set: &Object) -> Option<&'c Arc<Object>> {
    let parent = set.at(&["spec", "parentRef"])?;
    let namespace = text(parent, "namespace").unwrap_or(&set.id.namespace);
    let gateway = cluster.get(GROUP, "Gateway", namespace, text(parent, "name")?)?;
    let from = gateway.at(&["spec", "allowedListeners", "namespaces"]);
    from_allows(cluster, from, "None", &gateway.id.namespace, &set.id.namespace).then_some(gateway)
}

/// `All`, `Same`, `Selector` or `None`.
fn from_allows(cluster: &Cluster, node: Option<&Node>, default: &str, own: &str, other: &str) -> bool {
    match node.and_then(|node| text(node, "from")).unwrap_or(default) {
        "All" => true,
        "Same" => own == other,
        "Selector" => {
            let selector = node.and_then(|node| node.get("selector")).map(LabelSelector::parse);
            let implied = Namespace::implied(other);
            let namespace = cluster.namespace(other).unwrap_or(&implied);
            matches!(selector, Some(Ok(selector)) if namespace.labels.satisfy(&selector))
        }
        _ => false,
    }
}

fn allows(cluster: &Cluster, listener: &Listener<'_>, route: &Object) -> bool {
    let allowed = listener.node.get("allowedRoutes");
    let from = allowed.and_then(|allowed| allowed.get("namespaces"));
    let own = &listener.holder.id.namespace;
    let kinds = allowed.and_then(|allowed| allowed.get("kinds")).map(Node::items).unwrap_or_default();
    let kind = route.id.kind.as_str();
    let by_protocol = match text(listener.node, "protocol") {
        Some("HTTP" | "HTTPS") => matches!(kind, "HTTPRoute" | "GRPCRoute"),
        Some("TLS") => matches!(kind, "TLSRoute" | "TCPRoute"),
        Some("TCP") => kind == "TCPRoute",
        Some("UDP") => kind == "UDPRoute",
        _ => true,
    };
    from_allows(cluster, from, "Same", own, &route.id.namespace)
        && by_protocol
        && (kinds.is_empty() || kinds.iter().any(|allowed| text(allowed, "kind") == Some(kind)))
}

/// The names under which a route is reachable at a listener.
fn hosts(route: &Object, listener: &Listener<'_>) -> Vec<String> {
    if matches!(route.id.kind.as_str(), "TCPRoute" | "UDPRoute") {
        return vec![
            listener.node.get("port").and_then(Node::text).map_or("*".to_owned(), |port| format!("*:{port}")),
        ];
    }
    let own = text(listener.node, "hostname");
    match route.at(&["spec", "hostnames"]).map(Node::items).unwrap_or_default() {
        [] => hostname::intersection(own, None).into_iter().collect(),
        names => names.iter().filter_map(|name| hostname::intersection(own, Some(name.as_str()?))).collect(),
    }
}

fn enter(cluster: &Cluster, route: &Arc<Object>, listener: Listener<'_>, exposure: &mut Exposure) {
    let door = door::of_gateway(cluster, listener.gateway);
    let level = door::level_of_gateway(cluster, listener.gateway);
    let rules = route.at(&["spec", "rules"]).map(Node::items).unwrap_or_default();
    for rule in rules {
        let Some(targets) = targets(cluster, route, rule, exposure) else { continue };
        let guard = guard(cluster, route, rule, listener);
        for host in hosts(route, &listener) {
            for (path, mark) in paths(rule) {
                exposure.entrances.push(Entrance {
                    host: host.clone(),
                    path,
                    object: Arc::clone(route),
                    mark,
                    through: format!(
                        "Gateway {}/{}",
                        listener.gateway.id.namespace, listener.gateway.id.name
                    ),
                    level: tunnelled(cluster, listener.gateway, level),
                    protections: guard.protections.clone(),
                    guards: guard.objects.clone(),
                    door: door.clone(),
                    targets: targets.clone(),
                });
            }
        }
    }
}

/// A route to a Gateway that nobody has seen: it is taken to attach, and its own policies to hold.
fn enter_unseen(cluster: &Cluster, route: &Arc<Object>, gateway: &str, exposure: &mut Exposure) {
    let hosts = route.at(&["spec", "hostnames"]).map(Node::items).unwrap_or_default();
    for rule in route.at(&["spec", "rules"]).map(Node::items).unwrap_or_default() {
        let Some(targets) = targets(cluster, route, rule, exposure) else { continue };
        let guard = envoy::guard_of_route(cluster, route, text(rule, "name"));
        for host in hosts.iter().filter_map(Node::as_str) {
            for (path, mark) in paths(rule) {
                exposure.entrances.push(Entrance {
                    host: host.to_owned(),
                    path,
                    object: Arc::clone(route),
                    mark,
                    through: format!("Gateway {gateway}"),
                    level: Level::Outside,
                    protections: guard.protections.clone(),
                    guards: guard.objects.clone(),
                    door: Door::Unknown,
                    targets: targets.clone(),
                });
            }
        }
    }
}

/// A Gateway that a tunnel leads to is reachable from everywhere (the operator of Cloudflare tunnels, by its bindings to
/// Services of the Gateway's proxies).
fn tunnelled(cluster: &Cluster, gateway: &Object, level: Level) -> Level {
    let bound = cluster.of_kind("networking.cfargotunnel.com", "TunnelBinding").any(|binding| {
        let subjects = binding.at(&["subjects"]).map(Node::items).unwrap_or_default();
        subjects.iter().filter_map(|subject| text(subject, "name")).any(|name| {
            name == gateway.id.name
                || name.starts_with(&format!("envoy-{}-{}", gateway.id.namespace, gateway.id.name))
        }) && binding.id.namespace == gateway.id.namespace
    });
    if bound { Level::Public } else { level }
}

fn guard(cluster: &Cluster, route: &Object, rule: &Node, listener: Listener<'_>) -> envoy::Guard {
    let is_envoy = door::controller(cluster, listener.gateway)
        .is_some_and(|controller| controller.starts_with("gateway.envoyproxy.io/"));
    let passes_through = listener.node.path(&["tls", "mode"]).and_then(Node::as_str) == Some("Passthrough");
    let mut guard = if is_envoy && !passes_through {
        let section = text(listener.node, "name").unwrap_or_default();
        let place =
            envoy::Place { route, rule: text(rule, "name"), gateway: listener.gateway, listener: section };
        envoy::guard(cluster, &place)
    } else {
        envoy::Guard { protections: BTreeSet::new(), objects: Vec::new() }
    };
    // The standard's own certificates of clients, and Traefik's middlewares as filters.
    for filter in rule.get("filters").map(Node::items).unwrap_or_default() {
        let name = filter.path(&["extensionRef", "name"]).and_then(Node::as_str);
        let kind = filter.path(&["extensionRef", "kind"]).and_then(Node::as_str);
        if let (Some(name), Some("Middleware")) = (name, kind) {
            ingress::add_middleware(
                cluster,
                &route.id.namespace,
                name,
                &mut guard.protections,
                &mut guard.objects,
            );
        }
    }
    guard
}

/// The paths of a rule, and where each stands.
fn paths(rule: &Node) -> Vec<(String, Mark)> {
    let matches = rule.get("matches").map(Node::items).unwrap_or_default();
    if matches.is_empty() {
        return vec![("/".to_owned(), rule.mark)];
    }
    let mut paths: Vec<(String, Mark)> = Vec::new();
    for one in matches {
        let value = one.path(&["path", "value"]).and_then(Node::text);
        let service =
            one.path(&["method", "service"]).and_then(Node::text).map(|service| format!("/{service}"));
        let path = value.map(str::to_owned).or(service).unwrap_or_else(|| "/".to_owned());
        if !paths.iter().any(|(known, _)| *known == path) {
            paths.push((path, one.mark));
        }
    }
    paths
}

/// A route that only redirects opens nothing.
fn leads_nowhere(route: &Object) -> bool {
    let rules = route.at(&["spec", "rules"]).map(Node::items).unwrap_or_default();
    rules.iter().all(|rule| rule.get("backendRefs").map(Node::items).unwrap_or_default().is_empty())
}

/// The pods behind a rule; none where it has no backend.
fn targets(
    cluster: &Cluster,
    route: &Arc<Object>,
    rule: &Node,
    exposure: &mut Exposure,
) -> Option<Vec<Target>> {
    let references = rule.get("backendRefs").map(Node::items).filter(|references| !references.is_empty())?;
    let (mut targets, mut refused) = (Vec::new(), 0);
    for reference in references {
        if text(reference, "kind").is_some_and(|kind| kind != "Service") {
            continue;
        }
        match target(cluster, route, reference) {
            Ok(found) => targets.extend(found),
            Err(why) => {
                refused += 1;
                let known = exposure.dangling.iter().any(|own| own.object.id == route.id && own.why == why);
                let dangling = Dangling { object: Arc::clone(route), mark: reference.mark, why };
                exposure.dangling.extend((!known).then_some(dangling));
            }
        }
    }
    targets.sort();
    targets.dedup();
    (refused < references.len()).then_some(targets)
}

/// The pods behind one reference, none where nobody has seen the Service; or why it leads nowhere.
fn target(cluster: &Cluster, route: &Object, reference: &Node) -> Result<Vec<Target>, String> {
    let namespace = text(reference, "namespace").unwrap_or(&route.id.namespace);
    let name = text(reference, "name").unwrap_or_default();
    if namespace != route.id.namespace && !is_granted(cluster, route, namespace, name) {
        return Err(format!("no ReferenceGrant in `{namespace}` allows it to lead to Service `{name}`"));
    }
    match backends::of_service(cluster, namespace, name, reference.get("port")) {
        Some(found) => Ok(found),
        None if cluster.may_hide_in(namespace) || cluster.namespace(namespace).is_none() => Ok(Vec::new()),
        None => Err(format!("there is no Service `{namespace}/{name}`")),
    }
}

/// Whether the namespace of a Service lets routes of another one lead to it.
fn is_granted(cluster: &Cluster, route: &Object, namespace: &str, service: &str) -> bool {
    let mut grants = cluster.of_kind(GROUP, "ReferenceGrant").filter(|grant| grant.id.namespace == namespace);
    grants.any(|grant| {
        let list = |key: &str| grant.at(&["spec", key]).map(Node::items).unwrap_or_default();
        let from = list("from").iter().any(|from| {
            text(from, "group") == Some(GROUP)
                && text(from, "kind") == Some(route.id.kind.as_str())
                && text(from, "namespace") == Some(route.id.namespace.as_str())
        });
        let to = list("to").iter().any(|to| {
            text(to, "group").unwrap_or_default().is_empty()
                && text(to, "kind") == Some("Service")
                && text(to, "name").is_none_or(|name| name == service)
        });
        from && to
    })
}
