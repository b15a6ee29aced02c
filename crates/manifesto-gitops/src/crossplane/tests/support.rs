//! Texts as nodes and objects, and back.

use std::fmt::Write as _;
use std::sync::Arc;

use manifesto_objects::{Object, objects_of};
use manifesto_tree::TreePath;
use manifesto_yaml::{Dialect, Html, Limits, Node, Writer, parse, to_json, to_yaml};

use crate::crossplane::{Composition, compose};

/// A text as one node.
pub(super) fn node(text: &str) -> Node {
    let parsed = parse(text.as_bytes(), Dialect::SigsV2, &Limits::default());
    assert_eq!(parsed.error, None, "{text}");
    parsed.documents.into_iter().next().unwrap().root
}

/// A node as JSON.
pub(super) fn json(node: &Node) -> String {
    to_json(node, Html::Plain).unwrap()
}

/// The objects of a text; `path` is the file that it stands for.
pub(super) fn objects(path: &str, text: &str) -> Vec<Arc<Object>> {
    let files = Arc::from([TreePath::new(path).unwrap()]);
    let parsed = parse(text.as_bytes(), Dialect::SigsV2, &Limits::default());
    assert_eq!(parsed.error, None, "{text}");
    let roots = parsed.documents.iter().filter(|document| !document.root.is_null());
    roots.flat_map(|d| objects_of(&d.root, &files, &Arc::from([]))).map(|o| Arc::new(o.unwrap())).collect()
}

/// A composition with these fields below `spec`.
pub(super) fn composition(spec: &str) -> Arc<Object> {
    let text = format!(
        "apiVersion: apiextensions.crossplane.io/v1\nkind: Composition\nmetadata: {{name: c}}\nspec:\n  \
         compositeTypeRef: {{apiVersion: example.org/v1, kind: XR}}\n{spec}"
    );
    objects("composition.yaml", &text).remove(0)
}

/// What a composite with this `spec` is made into.
pub(super) fn composed(composition_spec: &str, spec: &str, extra: &str) -> Composition {
    let composite = format!("apiVersion: example.org/v1\nkind: XR\nmetadata: {{name: xr}}\nspec: {spec}\n");
    let composite = objects("xr.yaml", &composite).remove(0);
    compose(&composite, &composition(composition_spec), None, &objects("extra.yaml", extra))
}

/// The objects with what is not told by every one of them, then the gaps.
pub(super) fn printed(composition: &Composition) -> String {
    let mut text = String::new();
    for composed in &composition.objects {
        let mut root = composed.object.root.clone();
        if let Some(metadata) = root.get_mut("metadata").and_then(Node::as_mapping_mut) {
            for field in ["labels", "annotations"] {
                let values = metadata.get_mut(field).and_then(Node::as_mapping_mut);
                if let Some(values) = values {
                    values.remove("crossplane.io/composite");
                    values.remove("crossplane.io/composition-resource-name");
                    if values.is_empty() {
                        metadata.remove(field);
                    }
                }
            }
        }
        write!(text, "# {}\n{}", composed.name, to_yaml(&root, Writer::Sigs).unwrap()).unwrap();
    }
    for gap in &composition.gaps {
        writeln!(text, "! {}: {gap}", gap.reason).unwrap();
    }
    text
}

/// Where each scalar of an object is written.
pub(super) fn places(object: &Object) -> Vec<String> {
    fn walk(object: &Object, node: &Node, way: &str, places: &mut Vec<String>) {
        for entry in node.entries() {
            walk(object, &entry.value, &format!("{way}.{}", entry.key.text().unwrap_or_default()), places);
        }
        for (at, item) in node.items().iter().enumerate() {
            walk(object, item, &format!("{way}[{at}]"), places);
        }
        if node.as_scalar().is_some() {
            let place = object.origin_at(manifesto_tree::Side::Head, node.mark).place;
            places.push(format!("{} {place}", way.trim_start_matches('.')));
        }
    }
    let mut places = Vec::new();
    walk(object, &object.root, "", &mut places);
    places
}
