//! What protects a route of Envoy Gateway.
//!
//! The rules follow envoyproxy/gateway 1.5, internal/gatewayapi/securitypolicy.go and api/v1alpha1: a policy is in the
//! namespace of its target; the most specific one counts alone (a rule of a route, the route, a listener, the Gateway),
//! unless it says how it merges with its parent's.

use std::collections::BTreeSet;
use std::sync::Arc;

use manifesto_objects::{LabelSelector, Object};
use manifesto_yaml::Node;

use super::Protection;
use crate::{Cluster, Labels};

/// What stands between a client and a rule of a route.
pub(super) struct Guard {
    pub(super) protections: BTreeSet<Protection>,
    pub(super) objects: Vec<Arc<Object>>,
}

/// One rule of a route behind one listener of a Gateway.
pub(super) struct Place<'p> {
    pub(super) route: &'p Object,
    pub(super) rule: Option<&'p str>,
    pub(super) gateway: &'p Object,
    pub(super) listener: &'p str,
}

/// What stands before a rule of a route, whatever its Gateway asks for besides.
pub(super) fn guard_of_route(cluster: &Cluster, route: &Object, rule: Option<&str>) -> Guard {
    let own = rule.and_then(|rule| policy(cluster, "SecurityPolicy", route, Some(rule)));
    let found = own.or_else(|| policy(cluster, "SecurityPolicy", route, None));
    let protections = found.iter().flat_map(|policy| protections(policy)).collect();
    Guard { protections, objects: found.into_iter().collect() }
}

/// What stands before a rule of a route at a listener.
pub(super) fn guard(cluster: &Cluster, place: &Place<'_>) -> Guard {
    let mut guard = Guard { protections: BTreeSet::new(), objects: Vec::new() };
    let targets = [
        (place.route, place.rule),
        (place.route, None),
        (place.gateway, Some(place.listener)),
        (place.gateway, None),
    ];
    let mut of_route_counts = true;
    for (index, (target, section)) in targets.into_iter().enumerate() {
        let skip = index == 0 && place.rule.is_none() || !of_route_counts;
        let found = if skip { None } else { policy(cluster, "SecurityPolicy", target, section) };
        if let Some(policy) = found {
            guard.protections.extend(protections(&policy));
            let merges = policy.at(&["spec", "mergeType"]).is_some() && index < 2;
            guard.objects.push(policy);
            // Among the policies of Gateways, and of routes, the first one is the only one.
            of_route_counts = merges;
        }
    }
    let clients = [Some(place.listener), None];
    let client = clients
        .into_iter()
        .find_map(|section| policy(cluster, "ClientTrafficPolicy", place.gateway, section));
    if let Some(client) = client.filter(|policy| asks_for_certificates(policy)) {
        guard.protections.insert(Protection::ClientCertificate);
        guard.objects.push(client);
    }
    guard
}

fn asks_for_certificates(policy: &Object) -> bool {
    policy
        .at(&["spec", "tls", "clientValidation"])
        .is_some_and(|validation| validation.get("optional").and_then(Node::as_bool) != Some(true))
}

/// The policy of a kind for a target, the first by name: which of several is the oldest, nobody has written down.
fn policy(cluster: &Cluster, kind: &str, target: &Object, section: Option<&str>) -> Option<Arc<Object>> {
    let policies = cluster.of_kind("gateway.envoyproxy.io", kind);
    let fitting = policies.filter(|policy| {
        policy.id.namespace == target.id.namespace
            && references(policy).any(|reference| fits(reference, target, section))
    });
    fitting.min_by(|a, b| a.id.name.cmp(&b.id.name)).cloned()
}

fn references(policy: &Object) -> impl Iterator<Item = &Node> {
    let one = policy.at(&["spec", "targetRef"]).into_iter();
    let several = policy.at(&["spec", "targetRefs"]).map(Node::items).unwrap_or_default();
    let selected = policy.at(&["spec", "targetSelectors"]).map(Node::items).unwrap_or_default();
    one.chain(several).chain(selected)
}

fn fits(reference: &Node, target: &Object, section: Option<&str>) -> bool {
    let text = |key| reference.get(key).and_then(Node::as_str);
    if text("kind") != Some(target.id.kind.as_str()) || text("sectionName") != section {
        return false;
    }
    if let Some(name) = text("name") {
        return name == target.id.name;
    }
    let labels: Labels = target.labels().collect();
    LabelSelector::parse(reference).is_ok_and(|selector| !selector.is_empty() && labels.satisfy(&selector))
}

/// What a SecurityPolicy asks for. What lets clients pass that have nothing to show protects nothing.
fn protections(policy: &Object) -> BTreeSet<Protection> {
    let at = |path: &[&str]| policy.root.path(path).filter(|node| !node.is_null());
    let optional = at(&["spec", "jwt", "optional"]).and_then(Node::as_bool) == Some(true);
    let fails_open = at(&["spec", "extAuth", "failOpen"]).and_then(Node::as_bool) == Some(true);
    let denies =
        at(&["spec", "authorization", "defaultAction"]).and_then(Node::as_str).unwrap_or("Deny") == "Deny";
    let found = [
        (at(&["spec", "oidc"]).is_some(), Protection::Oidc),
        (at(&["spec", "jwt"]).is_some() && !optional, Protection::Jwt),
        (at(&["spec", "basicAuth"]).is_some(), Protection::BasicAuth),
        (at(&["spec", "apiKeyAuth"]).is_some(), Protection::ApiKey),
        (at(&["spec", "extAuth"]).is_some() && !fails_open, Protection::ForwardAuth),
        (at(&["spec", "authorization"]).is_some() && denies, Protection::ClientAddress),
    ];
    found.into_iter().filter(|(is, _)| *is).map(|(_, protection)| protection).collect()
}
