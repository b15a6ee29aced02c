//! Which composite, or claim of one, is made by which composition.

use std::collections::BTreeSet;
use std::sync::Arc;

use manifesto_objects::{Object, ObjectId};
use manifesto_yaml::{Mapping, Node};

use super::definition::{CompositeDefinition, GROUP};
use super::unknown::unknown;

/// A composite or a claim, and what it is made by.
#[derive(Debug, Clone)]
pub struct CompositeUse {
    /// The composite or the claim.
    pub composite: Arc<Object>,
    /// The definition of its kind, if it is among the objects.
    pub definition: Option<Arc<Object>>,
    /// The composition; none when it is not among the objects, or when more than one would do.
    pub composition: Option<Arc<Object>>,
    /// Why the composition is not known, as a clause.
    pub why: Option<String>,
}

/// Finds the composites and claims among objects, in order. Only what a definition or a composition among the objects
/// speaks of is one.
pub fn composites(objects: &[Arc<Object>]) -> Vec<CompositeUse> {
    let definitions: Vec<(CompositeDefinition, &Arc<Object>)> =
        objects.iter().filter_map(|object| Some((CompositeDefinition::read(object)?, object))).collect();
    let compositions: Vec<&Arc<Object>> =
        objects.iter().filter(|object| object.id.is(GROUP, "Composition")).collect();
    objects.iter().filter_map(|object| use_of(object, &definitions, &compositions)).collect()
}

/// The groups of the composites and claims that these objects define or compose.
pub(crate) fn groups_of_composites(objects: &[Arc<Object>]) -> BTreeSet<String> {
    let defined =
        objects.iter().filter_map(|object| CompositeDefinition::read(object)).map(|found| found.group);
    let compositions = objects.iter().filter(|object| object.id.is(GROUP, "Composition"));
    let composed = compositions.filter_map(|composition| composed_kind(composition)).map(|(group, _)| group);
    defined.chain(composed).collect()
}

fn use_of(
    object: &Arc<Object>,
    definitions: &[(CompositeDefinition, &Arc<Object>)],
    compositions: &[&Arc<Object>],
) -> Option<CompositeUse> {
    let id = &object.id;
    let definition = definitions.iter().find(|(d, _)| d.is_composite(id) || d.is_claim(id));
    let kind = match definition {
        Some((definition, _)) => (definition.group.clone(), definition.kind.clone()),
        None => (id.group.clone(), id.kind.clone()),
    };
    let fitting: Vec<&Arc<Object>> = compositions
        .iter()
        .copied()
        .filter(|composition| composed_kind(composition) == Some(kind.clone()))
        .collect();
    if definition.is_none() && fitting.is_empty() {
        return None;
    }
    let chosen = choose(object, definition.map(|(definition, _)| definition), &fitting);
    let (composition, why) = match chosen {
        Ok(composition) => (Some(Arc::clone(composition)), None),
        Err(why) => (None, Some(why)),
    };
    let definition = definition.map(|(_, object)| Arc::clone(object));
    Some(CompositeUse { composite: Arc::clone(object), definition, composition, why })
}

/// The group and the kind that a composition makes.
fn composed_kind(composition: &Object) -> Option<(String, String)> {
    let text = |key: &str| composition.at(&["spec", "compositeTypeRef", key]).and_then(Node::as_str);
    let group = text("apiVersion")?.split_once('/').map(|(group, _)| group)?;
    Some((group.to_owned(), text("kind")?.to_owned()))
}

/// As Crossplane selects: what is enforced, what is named, what labels select, the default, any that fits
/// (internal/controller/apiextensions/composite/api.go).
fn choose<'o>(
    object: &Object,
    definition: Option<&CompositeDefinition>,
    fitting: &[&'o Arc<Object>],
) -> Result<&'o Arc<Object>, String> {
    let named = |name: &str| {
        let found = fitting.iter().copied().find(|composition| composition.id.name == name);
        found.ok_or_else(|| format!("the composition `{name}` is not in the repository"))
    };
    // In version 2, what Crossplane needs is below `spec.crossplane`.
    let spec = |path: &[&str]| {
        let below = object.at(&[&["spec", "crossplane"], path].concat());
        below.or_else(|| object.at(&[&["spec"], path].concat()))
    };
    if let Some(name) = definition.and_then(|definition| definition.enforced_composition.as_deref()) {
        return named(name);
    }
    if let Some(name) = spec(&["compositionRef", "name"]).and_then(Node::as_str) {
        return named(name);
    }
    let labels = spec(&["compositionSelector", "matchLabels"]).map(Node::entries).unwrap_or_default();
    if labels.is_empty()
        && let Some(name) = definition.and_then(|definition| definition.default_composition.as_deref())
    {
        return named(name);
    }
    let is_selected = |composition: &&Arc<Object>| {
        labels.iter().all(|entry| {
            composition
                .labels()
                .any(|(key, value)| Some(key) == entry.key.text() && Some(value) == entry.value.text())
        })
    };
    let selected: Vec<&'o Arc<Object>> = fitting.iter().copied().filter(is_selected).collect();
    match selected.as_slice() {
        [one] => Ok(one),
        [] => Err(format!("no composition for {} is in the repository", object.id)),
        many => Err(format!("Crossplane chooses one of {} compositions by chance", many.len())),
    }
}

/// The composite of a claim: with its `spec`, under a name that Crossplane makes up.
pub(super) fn composite_of_claim(claim: &Object, definition: &CompositeDefinition, root: &Node) -> Node {
    let ObjectId { namespace, name, .. } = &claim.id;
    let mut metadata = Mapping::new();
    metadata.insert("name", Node::string(format!("{name}-{}", unknown(&format!("{name}-composite")))));
    let own = [("crossplane.io/claim-name", name), ("crossplane.io/claim-namespace", namespace)];
    let mut labels =
        root.path(&["metadata", "labels"]).and_then(Node::as_mapping).cloned().unwrap_or_default();
    for (key, value) in own {
        labels.insert(key, Node::string(value.as_str()));
    }
    metadata.insert("labels", Node::mapping(labels));
    if let Some(annotations) = root.path(&["metadata", "annotations"]) {
        metadata.insert("annotations", annotations.clone());
    }
    let reference = [
        ("apiVersion", root.get("apiVersion").cloned().unwrap_or_else(Node::null)),
        ("kind", Node::string(claim.id.kind.as_str())),
        ("name", Node::string(name.as_str())),
        ("namespace", Node::string(namespace.as_str())),
    ];
    let mut spec = root.get("spec").and_then(Node::as_mapping).cloned().unwrap_or_default();
    spec.insert("claimRef", Node::mapping(reference.into_iter().collect::<Mapping>()));
    let mut composite = Mapping::new();
    composite.insert("apiVersion", root.get("apiVersion").cloned().unwrap_or_else(Node::null));
    composite.insert("kind", Node::string(definition.kind.as_str()).at(root.mark));
    composite.insert("metadata", Node::mapping(metadata).at(root.mark));
    composite.insert("spec", Node::mapping(spec).at(root.get("spec").map_or(root.mark, |spec| spec.mark)));
    Node::mapping(composite).at(root.mark)
}
