//! Certificates of cert-manager, and the listeners and Ingresses that show them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use manifesto_cluster::Cluster;
use manifesto_evidence::{Fact, Origin, Prose, Side, Weight};
use manifesto_gitops::Change;
use manifesto_objects::{Object, ObjectChange};
use manifesto_yaml::Node;

use super::fact;
use crate::clusters::{ClusterPair, Touched};

const NAMED_MAX: usize = 4;

/// A Secret by namespace and name.
type Secret = (String, String);

/// The names that certificates put into each Secret.
fn certificates(cluster: &Cluster) -> BTreeMap<Secret, (Arc<Object>, BTreeSet<String>)> {
    let all = cluster.of_kind("cert-manager.io", "Certificate");
    let of = |certificate: &Arc<Object>| {
        let secret = certificate.at(&["spec", "secretName"])?.as_str()?.to_owned();
        let names = names(certificate);
        (!names.is_empty())
            .then(|| ((certificate.id.namespace.clone(), secret), (Arc::clone(certificate), names)))
    };
    all.filter_map(of).collect()
}

fn names(certificate: &Object) -> BTreeSet<String> {
    let names = certificate.at(&["spec", "dnsNames"]).map(Node::items).unwrap_or_default();
    let common = certificate.at(&["spec", "commonName"]);
    names.iter().chain(common).filter_map(|name| Some(name.as_str()?.to_lowercase())).collect()
}

/// A host that is served with the certificate in a Secret.
#[derive(Debug)]
struct Shown {
    object: Arc<Object>,
    host: String,
    secret: Secret,
    origin: Origin,
}

/// What Ingresses and listeners of Gateways show.
fn shown(cluster: &Cluster, side: Side) -> Vec<Shown> {
    let mut found = Vec::new();
    for ingress in cluster.of_kind("networking.k8s.io", "Ingress") {
        for tls in ingress.at(&["spec", "tls"]).map(Node::items).unwrap_or_default() {
            let Some(secret) = tls.get("secretName").and_then(Node::as_str) else { continue };
            for host in tls.get("hosts").map(Node::items).unwrap_or_default() {
                let secret = (ingress.id.namespace.clone(), secret.to_owned());
                found.extend(one(ingress, host, secret, side));
            }
        }
    }
    for gateway in cluster.of_kind("gateway.networking.k8s.io", "Gateway") {
        for listener in gateway.at(&["spec", "listeners"]).map(Node::items).unwrap_or_default() {
            let Some(host) = listener.get("hostname") else { continue };
            let tls = listener.get("tls").and_then(|tls| tls.get("certificateRefs"));
            for reference in tls.map(Node::items).unwrap_or_default() {
                let text = |key: &str| reference.get(key).and_then(Node::as_str);
                let namespace = text("namespace").unwrap_or(&gateway.id.namespace).to_owned();
                let Some(name) = text("name") else { continue };
                found.extend(one(gateway, host, (namespace, name.to_owned()), side));
            }
        }
    }
    found
}

fn one(object: &Arc<Object>, host: &Node, secret: Secret, side: Side) -> Option<Shown> {
    let name = host.as_str()?.to_lowercase();
    let origin = object.origin_at(side, host.mark);
    Some(Shown { object: Arc::clone(object), host: name, secret, origin })
}

/// Whether a certificate for `name` is one for `host` (RFC 6125, 6.4.3: a wildcard stands for one label).
fn covers(name: &str, host: &str) -> bool {
    let of_wildcard = || host.split_once('.').is_some_and(|(_, rest)| name.strip_prefix("*.") == Some(rest));
    name == host || of_wildcard()
}

/// What is shown with a certificate that does not cover it.
fn gaps_of(cluster: &Cluster, side: Side) -> Vec<(Shown, Arc<Object>, BTreeSet<String>)> {
    let certificates = certificates(cluster);
    let uncovered = |shown: Shown| {
        let (certificate, names) = certificates.get(&shown.secret)?;
        let is_covered = names.iter().any(|name| covers(name, &shown.host));
        (!is_covered).then(|| (shown, Arc::clone(certificate), names.clone()))
    };
    shown(cluster, side).into_iter().filter_map(uncovered).collect()
}

/// Hosts that are newly shown with a certificate of other names.
pub(super) fn uncovered(pair: &ClusterPair, touched: &Touched<'_>) -> Vec<Fact> {
    let before = gaps_of(&pair.base, Side::Base);
    let is_new = |shown: &Shown| {
        !before.iter().any(|(old, ..)| old.object.id == shown.object.id && old.host == shown.host)
    };
    let new = gaps_of(&pair.head, Side::Head).into_iter().filter(|(shown, ..)| is_new(shown));
    new.map(|(shown, certificate, names)| {
        let text = Prose::new().code(shown.object.id.short()).words(" serves ").code(&shown.host);
        let text = text.words(" with ").code(certificate.id.short()).words(", which is for ");
        let text = text.list(&names, NAMED_MAX);
        let fact = fact(Weight::Hazard, text).origins([shown.origin, certificate.origin(Side::Head)]);
        let component = touched.component(&shown.object).or_else(|| touched.component(&certificate));
        component.map_or_else(|| fact.clone(), |name| fact.clone().component(name))
    })
    .collect()
}

/// The names of a certificate; none of any other object.
fn names_of(object: Option<&Arc<Object>>) -> BTreeSet<String> {
    let certificate = object.filter(|object| object.id.is("cert-manager.io", "Certificate"));
    certificate.map(|certificate| names(certificate)).unwrap_or_default()
}

fn on(own: &ObjectChange, side: Side) -> Option<&Arc<Object>> {
    if side == Side::Base { own.base.as_ref() } else { own.head.as_ref() }
}

/// All names of the certificates of a change, on one side.
pub(super) fn named(change: &Change, side: Side) -> BTreeSet<String> {
    change.objects.real().flat_map(|own| names_of(on(own, side))).collect()
}

/// Names that a certificate gets or loses, and that no other one of the change had or has.
pub(super) fn changes(own: &ObjectChange, named: &[BTreeSet<String>; 2]) -> impl Iterator<Item = Fact> {
    let [all_before, all_after] = named;
    let (before, after) = (names_of(on(own, Side::Base)), names_of(on(own, Side::Head)));
    let said = |verb: &str, names: Vec<&String>, weight, side: Side| {
        let object = on(own, side)?;
        let text =
            Prose::new().code(object.id.short()).words(format!(" {verb} ")).list(names.iter(), NAMED_MAX);
        (!names.is_empty()).then(|| fact(weight, text).origins([object.origin(side)]))
    };
    let new: Vec<&String> = after.difference(all_before).collect();
    let gone: Vec<&String> = before.difference(all_after).collect();
    let new = said("is for", new, Weight::Plain, Side::Head);
    let gone = said("is no longer for", gone, Weight::Notable, Side::Base);
    new.into_iter().chain(gone)
}
