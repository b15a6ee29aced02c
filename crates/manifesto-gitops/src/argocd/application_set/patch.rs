//! `templatePatch`: a strategic merge of a patch over one generated Application.
//!
//! Upstream: argo-cd v3, applicationset/controllers/template/patch.go. The Go type of Application names merge keys only
//! for `metadata.finalizers` (a set) and `metadata.ownerReferences` (`uid`); every other list is replaced.

use std::sync::Arc;

use manifesto_yaml::{Mapping, Node, Value};

/// The patched Application; its project stays what the template says.
pub(super) fn patched(application: &Node, patch: &Node) -> Node {
    let mut patched = merge(application, patch, &mut Vec::new());
    let project = application.path(&["spec", "project"]).cloned();
    if let Some(spec) = patched.get_mut("spec").and_then(Node::as_mapping_mut) {
        match project {
            Some(project) => drop(spec.insert("project", project)),
            None => drop(spec.remove("project")),
        }
    }
    patched
}

fn merge(node: &Node, patch: &Node, path: &mut Vec<String>) -> Node {
    let (Value::Mapping(own), Value::Mapping(over)) = (&node.value, &patch.value) else {
        return if path.as_slice() == ["metadata", "finalizers"] {
            union(node, patch)
        } else {
            patch.clone()
        };
    };
    let directive = over.get("$patch").and_then(Node::as_str);
    let mut merged = match directive {
        Some("replace" | "delete") => Mapping::new(),
        _ => Mapping::clone(own),
    };
    for entry in over.entries().iter().filter(|_| directive != Some("delete")) {
        let Some(key) = entry.key.text().filter(|key| !key.starts_with('$')) else { continue };
        if entry.value.is_null() {
            merged.remove(key);
            continue;
        }
        path.push(key.to_owned());
        let value = match merged.get(key) {
            Some(own) => merge(own, &entry.value, path),
            None => entry.value.clone(),
        };
        path.pop();
        merged.insert(key, value);
    }
    Node { value: Value::Mapping(Arc::new(merged)), mark: node.mark }
}

fn union(own: &Node, patch: &Node) -> Node {
    let mut items = own.items().to_vec();
    for item in patch.items() {
        if !items.iter().any(|known| known.as_str() == item.as_str()) {
            items.push(item.clone());
        }
    }
    Node::sequence(items).at(own.mark)
}
