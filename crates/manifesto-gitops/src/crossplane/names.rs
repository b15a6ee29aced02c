//! What Crossplane adds to a composed object (internal/controller/apiextensions/composite/composition_render.go).

use manifesto_yaml::{Mapping, Node};

use super::unknown::unknown;

/// The annotation with the name of an object in its composition.
const RESOURCE_NAME: &str = "crossplane.io/composition-resource-name";

/// The object as it is applied. A name that Crossplane makes up begins with that of the composite.
pub(super) fn finished(name: &str, mut root: Node, composite: &Node) -> Node {
    let mark = root.mark;
    let of_composite = |path: &[&str]| {
        let text = composite.path(&[&["metadata"], path].concat()).and_then(Node::text);
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let composite_name =
        of_composite(&["labels", "crossplane.io/composite"]).or_else(|| of_composite(&["name"]));
    let Some(object) = root.as_mapping_mut() else { return root };
    if object.get("metadata").is_none_or(|metadata| metadata.as_mapping().is_none()) {
        object.insert("metadata", Node::mapping(Mapping::new()).at(mark));
    }
    let Some(metadata) = object.get_mut("metadata").and_then(Node::as_mapping_mut) else { return root };
    let text = |metadata: &Mapping, key: &str| {
        metadata.get(key).and_then(Node::text).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    if text(metadata, "name").is_none() {
        let prefix = text(metadata, "generateName");
        let prefix = prefix.or_else(|| of_composite(&["name"]).map(|name| name + "-")).unwrap_or_default();
        metadata.remove("generateName");
        metadata.insert("name", Node::string(prefix + &unknown(&format!("{name}-name"))).at(mark));
    }
    // Composites in a namespace compose into it.
    if let Some(namespace) = of_composite(&["namespace"]).filter(|_| text(metadata, "namespace").is_none()) {
        metadata.insert("namespace", Node::string(namespace).at(mark));
    }
    add(metadata, "annotations", RESOURCE_NAME, Some(name.to_owned()));
    add(metadata, "labels", "crossplane.io/composite", composite_name);
    for label in ["crossplane.io/claim-name", "crossplane.io/claim-namespace"] {
        add(metadata, "labels", label, of_composite(&["labels", label]));
    }
    root
}

fn add(metadata: &mut Mapping, field: &str, key: &str, value: Option<String>) {
    let Some(value) = value else { return };
    if metadata.get(field).is_none_or(|node| node.as_mapping().is_none()) {
        metadata.insert(field, Node::mapping(Mapping::new()));
    }
    if let Some(field) = metadata.get_mut(field).and_then(Node::as_mapping_mut) {
        field.insert(key, Node::string(value));
    }
}
