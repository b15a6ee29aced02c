//! Selectors of endpoints.

use manifesto_objects::{LabelSelector, Operator, Requirement};
use manifesto_yaml::Node;

use super::Context;
use crate::network::policy::{Entity, NamespaceScope, PeerTerm, PodSelector};

/// The label by which Cilium tells an endpoint's namespace.
const NAMESPACE: &str = "io.kubernetes.pod.namespace";
/// The labels of the endpoint's namespace, with their keys behind this.
const NAMESPACE_LABELS: &str = "io.cilium.k8s.namespace.labels.";

/// The pods that a policy is about: those of its own namespace, whatever the selector says of namespaces.
pub(super) fn subject(context: Context<'_>, node: &Node) -> Result<PodSelector, String> {
    let (mut selector, _) = read(node)?;
    let Some(namespace) = context.namespace else { return Ok(selector) };
    selector.namespaces = NamespaceScope::Only(namespace.to_owned());
    let pods = selector.pods.requirements().iter().filter(|requirement| requirement.key != NAMESPACE);
    selector.pods = collected(pods.cloned());
    Ok(selector)
}

/// One item of `fromEndpoints` or `toEndpoints`. Without a word of namespaces, it means those of the policy's own.
pub(super) fn peer(context: Context<'_>, node: &Node) -> Result<PeerTerm, String> {
    let (mut selector, entity) = read(node)?;
    if let Some(entity) = entity {
        return entity;
    }
    let says_namespace = selector.namespaces != NamespaceScope::All
        || selector
            .pods
            .requirements()
            .iter()
            .any(|r| r.key == NAMESPACE || r.key.starts_with(NAMESPACE_LABELS));
    if let Some(namespace) = context.namespace
        && !says_namespace
    {
        selector.namespaces = NamespaceScope::Only(namespace.to_owned());
    }
    Ok(PeerTerm::Pods(selector))
}

/// The selector with the sources of labels (`k8s:`, `any:`) taken off; and the entity, where it names one by a
/// `reserved:` label.
type Parsed = (PodSelector, Option<Result<PeerTerm, String>>);

fn read(node: &Node) -> Result<Parsed, String> {
    let selector = LabelSelector::parse(node).map_err(|error| error.to_string())?;
    let (mut requirements, mut namespaces, mut entity) = (Vec::new(), NamespaceScope::All, None);
    for requirement in selector.requirements() {
        let key = bare(&requirement.key);
        if let Some(name) = key.strip_prefix("reserved:") {
            entity = Some(reserved(name));
            continue;
        }
        match (requirement.operator, requirement.values.as_slice()) {
            (Operator::In, [only]) if key == NAMESPACE => namespaces = NamespaceScope::Only(only.clone()),
            _ => requirements.push(Requirement { key: key.to_owned(), ..requirement.clone() }),
        }
    }
    Ok((PodSelector { namespaces, pods: collected(requirements) }, entity))
}

fn collected(requirements: impl IntoIterator<Item = Requirement>) -> LabelSelector {
    requirements.into_iter().fold(LabelSelector::default(), |mut selector, requirement| {
        selector.require(requirement);
        selector
    })
}

fn bare(key: &str) -> &str {
    key.strip_prefix("k8s:").or_else(|| key.strip_prefix("any:")).unwrap_or(key)
}

fn reserved(name: &str) -> Result<PeerTerm, String> {
    if name == "world" {
        return Ok(PeerTerm::World);
    }
    let entity = Entity::ALL.into_iter().find(|entity| entity.name() == name);
    entity.map(PeerTerm::Entity).ok_or_else(|| format!("no entity is called {name}"))
}
