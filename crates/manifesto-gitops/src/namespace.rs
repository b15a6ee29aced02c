//! The namespace that a deploying program gives to objects that do not say theirs.

use std::sync::Arc;

use manifesto_objects::{Object, Scope, scope_of};
use manifesto_yaml::Node;

/// Puts objects without a namespace into this one, where their kind is known to have one. Argo CD asks the cluster; what
/// only a cluster knows stays as it is.
pub(crate) fn fill(objects: &mut [Arc<Object>], namespace: &str) {
    for object in objects {
        let is_namespaced = scope_of(&object.id.group, &object.id.kind) == Scope::Namespaced;
        if !object.id.namespace.is_empty() || !is_namespaced {
            continue;
        }
        let own = Arc::make_mut(object);
        namespace.clone_into(&mut own.id.namespace);
        let mark = own.root.mark;
        if let Some(metadata) = own.root.get_mut("metadata").and_then(Node::as_mapping_mut) {
            metadata.insert("namespace", Node::string(namespace).at(mark));
        }
    }
}
