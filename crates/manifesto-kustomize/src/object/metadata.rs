//! Name, labels and annotations of an object, read and written as kyaml does (kyaml/yaml/rnode.go).

use std::collections::BTreeMap;

use manifesto_yaml::{Entry, Mapping, Mark, Node, Scalar, ScalarStyle, SmolStr, Value};

use crate::node::{
    Kind, Tag, Why, at_mut, is_nil_or_empty, lookup_create, new_key, raw_text, scalar_over, value_text,
    written,
};

/// Names, namespaces and kinds that the object had before, the first one first.
pub(crate) const PREVIOUS_NAMES: &str = "internal.config.kubernetes.io/previousNames";
pub(crate) const PREVIOUS_NAMESPACES: &str = "internal.config.kubernetes.io/previousNamespaces";
pub(crate) const PREVIOUS_KINDS: &str = "internal.config.kubernetes.io/previousKinds";
pub(crate) const PREFIXES: &str = "internal.config.kubernetes.io/prefixes";
pub(crate) const SUFFIXES: &str = "internal.config.kubernetes.io/suffixes";
pub(crate) const ALLOW_NAME_CHANGE: &str = "internal.config.kubernetes.io/allowNameChange";
pub(crate) const ALLOW_KIND_CHANGE: &str = "internal.config.kubernetes.io/allowKindChange";
pub(crate) const GENERATOR_BEHAVIOR: &str = "internal.config.kubernetes.io/generatorBehavior";
pub(crate) const NEEDS_HASH: &str = "internal.config.kubernetes.io/needsHashSuffix";
pub(crate) const ORIGIN: &str = "config.kubernetes.io/origin";
pub(crate) const TRANSFORMATIONS: &str = "alpha.config.kubernetes.io/transformations";
pub(crate) const LOCAL_CONFIG: &str = "config.kubernetes.io/local-config";
/// The value of a switch that is on.
pub(crate) const ENABLED: &str = "enabled";

/// What is taken out of every object before it is printed (api/resource/resource.go, BuildAnnotations).
pub(crate) const BUILD_ANNOTATIONS: [&str; 18] = [
    PREVIOUS_KINDS,
    PREVIOUS_NAMES,
    PREFIXES,
    SUFFIXES,
    PREVIOUS_NAMESPACES,
    ALLOW_NAME_CHANGE,
    ALLOW_KIND_CHANGE,
    "internal.config.kubernetes.io/refBy",
    GENERATOR_BEHAVIOR,
    NEEDS_HASH,
    "internal.config.kubernetes.io/path",
    "internal.config.kubernetes.io/index",
    "internal.config.kubernetes.io/seqindent",
    "internal.config.kubernetes.io/id",
    "internal.config.kubernetes.io/annotations-migration-resource-id",
    "config.kubernetes.io/path",
    "config.kubernetes.io/index",
    "config.k8s.io/id",
];

/// Whether JSON patches leave an annotation alone (kyaml/kio/kioutil, GetInternalAnnotations).
pub(crate) fn is_internal(annotation: &str) -> bool {
    annotation.starts_with("internal.config.kubernetes.io/")
        || matches!(
            annotation,
            "config.kubernetes.io/path" | "config.kubernetes.io/index" | "config.k8s.io/id"
        )
}

/// The kind.
pub(crate) fn kind(root: &Node) -> &str {
    root.get("kind").map(raw_text).unwrap_or_default()
}

/// Group and version.
pub(crate) fn api_version(root: &Node) -> &str {
    root.get("apiVersion").map(raw_text).unwrap_or_default()
}

/// The name.
pub(crate) fn name(root: &Node) -> &str {
    string_field(root, "name")
}

/// The namespace.
pub(crate) fn namespace(root: &Node) -> &str {
    string_field(root, "namespace")
}

fn string_field<'n>(root: &'n Node, field: &str) -> &'n str {
    let value = root.get("metadata").and_then(|metadata| metadata.get(field));
    value.filter(|value| !is_nil_or_empty(value)).map(raw_text).unwrap_or_default()
}

/// What an object must have (GetValidatedMetadata).
pub(crate) fn check(root: &Node) -> Why<()> {
    let present = |field| root.get(field).is_some_and(|value| !is_nil_or_empty(value));
    if !present("apiVersion") && !present("kind") && !present("metadata") {
        return Err("it has no `apiVersion`, `kind` and `metadata`".to_owned());
    }
    let kind = root.get("kind").map(value_text).unwrap_or_default();
    if kind.is_empty() {
        return Err("it has no `kind`".to_owned());
    }
    if !kind.ends_with("List") && name(root).is_empty() {
        return Err("it has no `metadata.name`".to_owned());
    }
    Ok(())
}

/// The entries of the labels or annotations; none where they are not there.
pub(crate) fn map_field<'n>(root: &'n Node, field: &str) -> &'n [Entry] {
    root.get("metadata").and_then(|metadata| metadata.get(field)).map(Node::entries).unwrap_or_default()
}

/// The text of an annotation; the last one counts where it comes twice.
pub(crate) fn annotation<'n>(root: &'n Node, name: &str) -> Option<&'n str> {
    let entries = map_field(root, "annotations");
    entries.iter().rev().find(|entry| entry.key.text() == Some(name)).map(|entry| raw_text(&entry.value))
}

/// The values of an annotation that lists them.
pub(crate) fn csv_annotation(root: &Node, name: &str) -> Vec<SmolStr> {
    annotation(root, name).map(|text| text.split(',').map(SmolStr::from).collect()).unwrap_or_default()
}

/// Names, namespaces and kinds are parallel lists. A name that is empty, or has a comma, sets them apart for good, and the
/// reference ends in a panic over them (api/internal/utils/makeResIds.go, PrevIds).
pub(crate) fn check_previous(root: &Node) -> Why<()> {
    let count = |annotation| csv_annotation(root, annotation).len();
    let names = count(PREVIOUS_NAMES);
    if names == 0 || (names == count(PREVIOUS_NAMESPACES) && names == count(PREVIOUS_KINDS)) {
        return Ok(());
    }
    Err("a name that it had is empty or has a comma, so that it cannot be told which name was which"
        .to_owned())
}

/// A map of texts, each with the place of its value.
pub(crate) type TextMap = BTreeMap<SmolStr, (SmolStr, Mark)>;

/// The labels or annotations as texts. A value that is no scalar counts as the empty text. The items of a list are taken two
/// by two, as key and value (visitFieldsWhileTrue); the reference ends in a panic where one is left over.
pub(crate) fn text_map(root: &Node, field: &str) -> Why<TextMap> {
    let value = root.get("metadata").and_then(|metadata| metadata.get(field));
    let (pairs, rest) = value.map(Node::items).unwrap_or_default().as_chunks::<2>();
    if !rest.is_empty() {
        return Err(format!("its `metadata.{field}` is a list"));
    }
    let entries = value.map(Node::entries).unwrap_or_default().iter();
    let fields = entries.map(|entry| (&entry.key, &entry.value));
    let texts = |(key, value): (&Node, &Node)| (raw_text(key).into(), (raw_text(value).into(), value.mark));
    Ok(fields.chain(pairs.iter().map(|[key, value]| (key, value))).map(texts).collect())
}

/// Writes the labels or annotations anew: sorted, and all of them text (setMapInMetadata). None are left out.
///
/// Only the first field of that name is cleared: where a file has two, this makes them one. It is cleared even where a key is
/// empty and nothing can be set: the reference cannot set such a field, and ends in a panic over it or loses all.
pub(crate) fn set_text_map(root: &mut Node, field: &str, map: &TextMap) -> Why<()> {
    let metadata = lookup_create(root, &["metadata"], Kind::Mapping)?;
    let metadata = metadata.and_then(|trail| at_mut(root, &trail));
    let Some(metadata) = metadata.and_then(Node::as_mapping_mut) else {
        return Err("its `metadata` is no mapping".to_owned());
    };
    let old = metadata.remove(field);
    if map.is_empty() {
        return Ok(());
    }
    if map.contains_key("") {
        return Err(format!("a key of its `metadata.{field}` is empty"));
    }
    if metadata.get(field).is_none() {
        let mark = old.map(|old| old.mark).unwrap_or_default();
        metadata.push(field, Node::mapping(Mapping::default()).at(mark));
    }
    let Some(fields) = metadata.get_mut(field).and_then(Node::as_mapping_mut) else {
        return Err(format!("its `metadata` has `{field}` twice"));
    };
    let is_new = fields.is_empty();
    for (key, (text, mark)) in map {
        let value = |old: Option<&Node>| Node::from(Value::Scalar(set_string(old, text))).at(*mark);
        match if is_new { None } else { fields.get_mut(key) } {
            Some(old) => *old = value(Some(old)),
            None => fields.entries_mut().push(Entry { key: new_key(key).at(*mark), value: value(None) }),
        }
    }
    Ok(())
}

/// A scalar as yaml.Node's SetString and then FieldSetter make it.
fn set_string(old: Option<&Node>, text: &SmolStr) -> Scalar {
    if old.is_none() && text.contains('\n') {
        return written(text.clone(), ScalarStyle::Literal, Tag::Text);
    }
    scalar_over(old, text.clone(), Tag::Text)
}

/// Sets one annotation (AnnotationSetter): empty annotations and empty metadata are dropped first.
pub(crate) fn set_annotation(root: &mut Node, name: &str, text: &str, mark: Mark) -> Why<()> {
    if let Some(metadata) = root.get("metadata") {
        let clears = |node: &Node| node.items().is_empty() && node.entries().is_empty();
        let clear_annotations = metadata.get("annotations").is_some_and(clears);
        if clear_annotations && let Some(metadata) = root.get_mut("metadata").and_then(Node::as_mapping_mut) {
            metadata.remove("annotations");
        }
        if root.get("metadata").is_some_and(clears)
            && let Some(root) = root.as_mapping_mut()
        {
            root.remove("metadata");
        }
    }
    let trail = lookup_create(root, &["metadata", "annotations"], Kind::Mapping)?;
    let annotations = trail.and_then(|trail| at_mut(root, &trail)).and_then(Node::as_mapping_mut);
    let annotations = annotations.ok_or("its `metadata.annotations` is no mapping")?;
    let value = |old: Option<&Node>| {
        let style = old.map_or(ScalarStyle::SingleQuoted, crate::node::style_of);
        Node::from(Value::Scalar(written(text, style, Tag::Text))).at(mark)
    };
    match annotations.get_mut(name) {
        Some(old) => *old = value(Some(old)),
        None => annotations.entries_mut().push(Entry { key: new_key(name), value: value(None) }),
    }
    Ok(())
}

/// Adds a value to an annotation that lists them; nothing for the empty value.
pub(crate) fn append_csv(root: &mut Node, name: &str, value: &str) -> Why<()> {
    if value.is_empty() {
        return Ok(());
    }
    let joined = match annotation(root, name) {
        Some(text) => format!("{text},{value}"),
        None => value.to_owned(),
    };
    set_annotation(root, name, &joined, Mark::default())
}

/// Sets a field of the root or of the metadata to an untagged scalar (SetMapField).
pub(crate) fn set_field(root: &mut Node, path: &[&str], text: &str) -> Why<()> {
    let Some((last, parents)) = path.split_last() else { return Ok(()) };
    if root.path(path).is_some_and(|old| stays(old, text)) {
        return Ok(());
    }
    let trail = lookup_create(root, parents, Kind::Mapping)?;
    let parent = trail.and_then(|trail| at_mut(root, &trail)).and_then(Node::as_mapping_mut);
    let parent = parent.ok_or_else(|| format!("`{}` is no mapping", parents.join(".")))?;
    match parent.get_mut(last) {
        Some(old) => old.value = Value::Scalar(scalar_over(Some(old), text, Tag::None)),
        None => parent.push(*last, Value::Scalar(scalar_over(None, text, Tag::None)).into()),
    }
    Ok(())
}

/// Whether writing the text changes nothing, so that nothing has to be copied.
fn stays(old: &Node, text: &str) -> bool {
    let Some(scalar) = old.as_scalar() else { return false };
    scalar.text() == text && scalar.kind() == written(text, scalar.style(), Tag::None).kind()
}

/// Sets the namespace, or takes it out when it is empty.
pub(crate) fn set_namespace(root: &mut Node, namespace: &str) -> Why<()> {
    if !namespace.is_empty() {
        return set_field(root, &["metadata", "namespace"], namespace);
    }
    if let Some(metadata) = root.get("metadata")
        && metadata.get("namespace").is_some()
        && let Some(metadata) = root.get_mut("metadata").and_then(Node::as_mapping_mut)
    {
        metadata.remove("namespace");
    }
    Ok(())
}
