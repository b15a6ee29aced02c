//! What a CompositeResourceDefinition says (crossplane v1.20 and v2, apis/apiextensions).

use manifesto_objects::{Object, ObjectId};
use manifesto_tree::{Place, Side};
use manifesto_yaml::{Mapping, Node};

/// The kind of a composite, and that of its claims.
#[derive(Debug, Clone)]
pub struct CompositeDefinition {
    /// Its identity.
    pub id: ObjectId,
    /// Where it is written.
    pub place: Place,
    /// The group of the composite and of its claims.
    pub group: String,
    /// The kind of the composite.
    pub kind: String,
    /// The kind of the claims; none when there are none, as in version 2.
    pub claim_kind: Option<String>,
    /// Whether composites are in namespaces.
    pub is_namespaced: bool,
    /// The composition that all have to use.
    pub enforced_composition: Option<String>,
    /// The composition of those that name none.
    pub default_composition: Option<String>,
    versions: Vec<(String, Node)>,
}

/// The group of Crossplane's own objects.
pub const GROUP: &str = "apiextensions.crossplane.io";

impl CompositeDefinition {
    /// Reads an object; none when it is no definition of composites.
    pub fn read(object: &Object) -> Option<Self> {
        if !object.id.is(GROUP, "CompositeResourceDefinition") {
            return None;
        }
        let text = |path: &[&str]| {
            let node = object.at(&[&["spec"], path].concat());
            node.and_then(Node::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        // In version 2 of the API, composites are in namespaces unless it says otherwise.
        let is_namespaced = match text(&["scope"]).as_deref() {
            Some(scope) => scope == "Namespaced",
            None => object.version == "v2",
        };
        let versions = object.at(&["spec", "versions"]).map(Node::items).unwrap_or_default().iter();
        let versions = versions.filter_map(|version| {
            let schema = version.path(&["schema", "openAPIV3Schema"])?;
            Some((version.get("name")?.as_str()?.to_owned(), schema.clone()))
        });
        Some(Self {
            id: object.id.clone(),
            place: object.origin(Side::Head).place,
            group: text(&["group"])?,
            kind: text(&["names", "kind"])?,
            claim_kind: text(&["claimNames", "kind"]),
            is_namespaced,
            enforced_composition: text(&["enforcedCompositionRef", "name"]),
            default_composition: text(&["defaultCompositionRef", "name"]),
            versions: versions.collect(),
        })
    }

    /// Whether an object is a composite of this kind.
    pub fn is_composite(&self, id: &ObjectId) -> bool {
        id.is(&self.group, &self.kind)
    }

    /// Whether an object is a claim of this kind.
    pub fn is_claim(&self, id: &ObjectId) -> bool {
        self.claim_kind.as_deref().is_some_and(|kind| id.is(&self.group, kind))
    }

    /// The object with the values that the schema of its version sets where none is.
    pub(super) fn completed(&self, root: &Node, version: &str) -> Node {
        let mut root = root.clone();
        if let Some((_, schema)) = self.versions.iter().find(|(name, _)| name == version) {
            complete(&mut root, schema);
        }
        root
    }
}

/// Sets defaults as the API server does: for fields of objects that are there (apiextensions, defaulting).
fn complete(node: &mut Node, schema: &Node) {
    let mark = node.mark;
    if let Some(mapping) = node.as_mapping_mut() {
        for (name, field) in
            schema.get("properties").and_then(Node::as_mapping).into_iter().flat_map(Mapping::iter)
        {
            match mapping.get_mut(name) {
                Some(value) if !value.is_null() || is_nullable(field) => complete(value, field),
                _ => {
                    if let Some(default) = field.get("default") {
                        let mut default = default.all_at(mark);
                        complete(&mut default, field);
                        mapping.insert(name, default);
                    }
                }
            }
        }
        if let Some(values) = schema.get("additionalProperties") {
            for entry in mapping.entries_mut() {
                complete(&mut entry.value, values);
            }
        }
    } else if let (Some(items), Some(schema)) = (node.as_sequence_mut(), schema.get("items")) {
        for item in items {
            complete(item, schema);
        }
    }
}

fn is_nullable(schema: &Node) -> bool {
    schema.get("nullable").and_then(Node::as_bool).unwrap_or(false)
}
