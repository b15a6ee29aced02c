//! Kinds that the cluster may not know yet.

use std::collections::BTreeSet;

use manifesto_cluster::Cluster;
use manifesto_evidence::Side;
use manifesto_objects::{Object, Scope, scope_of};
use manifesto_yaml::Node;

use super::Scene;

/// Groups that Kubernetes itself serves are known to every cluster. Whoever has had objects of a group has its operator,
/// and most likely all of its kinds.
pub(super) fn state(scene: &mut Scene<'_>) {
    let mut seen = BTreeSet::new();
    for object in scene.objects() {
        let (group, kind) = (object.id.group.as_str(), object.id.kind.as_str());
        if is_built_in(group) || !seen.insert((group, kind)) {
            continue;
        }
        let is_known = scene.base.objects().iter().any(|other| other.id.group == group)
            || defines(scene.head, group, kind)
            || defines(scene.base, group, kind);
        if !is_known {
            let user = (object.id.short(), object.origin(Side::Head));
            scene.missing(&format!("the definition of {kind}.{group}"), "", user);
        }
    }
}

/// `apps`, `batch` and the like have no dot; of those with one, the ones below `k8s.io` that no definition brings.
fn is_built_in(group: &str) -> bool {
    const CUSTOM: [&str; 3] =
        ["gateway.networking.k8s.io", "snapshot.storage.k8s.io", "policy.networking.k8s.io"];
    !group.contains('.')
        || group.ends_with(".k8s.io")
            && !group.ends_with(".x-k8s.io")
            && !CUSTOM.contains(&group)
            && scope_of(group, "") != Scope::Unknown
}

fn defines(cluster: &Cluster, group: &str, kind: &str) -> bool {
    let is_it = |definition: &Object| {
        let text = |path: &[&str]| definition.at(path).and_then(Node::as_str);
        text(&["spec", "group"]) == Some(group)
            && (text(&["spec", "names", "kind"]) == Some(kind)
                || text(&["spec", "claimNames", "kind"]) == Some(kind))
    };
    let definitions = cluster.of_kind("apiextensions.k8s.io", "CustomResourceDefinition");
    let composites = cluster.of_kind("apiextensions.crossplane.io", "CompositeResourceDefinition");
    definitions.chain(composites).any(|definition| is_it(definition))
}
