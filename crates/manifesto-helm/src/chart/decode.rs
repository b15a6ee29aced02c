//! Nodes into fields of Go's structs, as sigs.k8s.io/yaml and encoding/json do it: names of fields in any case, numbers
//! where text is wanted become text, nothing leaves a field as it was.

use std::collections::BTreeMap;

use manifesto_yaml::{Dialect, Limits, Node, parse};

/// What does not fit, in Go's words.
pub(crate) type Decoded<T> = Result<T, String>;

/// Reads the one document that `yaml.Unmarshal` reads.
pub(crate) fn document(text: &[u8], limits: &Limits) -> Decoded<Node> {
    let parsed = parse(text, Dialect::SigsV2, limits);
    match (parsed.documents.into_iter().next(), parsed.error) {
        (Some(document), _) => Ok(document.root),
        (None, Some(error)) => Err(format!("error converting YAML to JSON: yaml: {error}")),
        (None, None) => Ok(Node::null()),
    }
}

fn mismatch(node: &Node, field: &str, wanted: &str) -> String {
    let found = match node.kind_name() {
        "boolean" => "bool",
        other => other,
    };
    format!(
        "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {found} into Go struct field {field} \
         of type {wanted}"
    )
}

fn not_a_struct(node: &Node, name: &str) -> String {
    let words = mismatch(node, name, name);
    // A document has no field that it would be in.
    if name.ends_with("metadata") {
        words
    } else {
        words.replace(&format!("Go struct field {name}"), "Go value")
    }
}

/// The entries of a struct; none for nothing.
pub(crate) fn fields<'n>(node: &'n Node, name: &str) -> Decoded<Vec<(String, &'n Node)>> {
    if node.is_null() {
        return Ok(Vec::new());
    }
    let mapping = node.as_mapping().ok_or_else(|| not_a_struct(node, name))?;
    let mut fields: Vec<_> = mapping.iter().collect();
    // JSON comes sorted, and the last one of two that mean the same field counts.
    fields.sort_by_key(|(key, _)| *key);
    Ok(fields.into_iter().map(|(key, value)| (key.to_lowercase(), value)).collect())
}

/// Text.
pub(crate) fn string(node: &Node, field: &str, into: &mut String) -> Decoded<()> {
    if node.is_null() {
        return Ok(());
    }
    *into = text(node).ok_or_else(|| mismatch(node, field, "string"))?;
    Ok(())
}

fn text(node: &Node) -> Option<String> {
    let scalar = node.as_scalar()?;
    Some(match (scalar.as_bool(), scalar.as_number()) {
        (Some(value), _) => value.to_string(),
        (_, Some(number)) => number.yaml_text(),
        _ => scalar.text().to_string(),
    })
}

/// A list of texts; an element that is nothing is empty.
pub(crate) fn strings(node: &Node, field: &str, into: &mut Vec<String>) -> Decoded<()> {
    *into = list(node, field, "[]string", |item| {
        let mut element = String::new();
        string(item, field, &mut element).map(|()| element)
    })?;
    Ok(())
}

/// A list.
pub(crate) fn list<T>(
    node: &Node,
    field: &str,
    wanted: &str,
    read: impl FnMut(&Node) -> Decoded<T>,
) -> Decoded<Vec<T>> {
    if node.is_null() {
        return Ok(Vec::new());
    }
    let items = node.as_sequence().ok_or_else(|| mismatch(node, field, wanted))?;
    items.iter().map(read).collect()
}

/// True or false.
pub(crate) fn boolean(node: &Node, field: &str, into: &mut bool) -> Decoded<()> {
    if !node.is_null() {
        *into = node.as_bool().ok_or_else(|| mismatch(node, field, "bool"))?;
    }
    Ok(())
}

/// Names and texts.
pub(crate) fn string_map(
    node: &Node,
    field: &str,
    into: &mut Option<BTreeMap<String, String>>,
) -> Decoded<()> {
    if node.is_null() {
        return Ok(());
    }
    let mapping = node.as_mapping().ok_or_else(|| mismatch(node, field, "map[string]string"))?;
    let map = into.get_or_insert_default();
    for (key, value) in mapping.iter() {
        let mut text = String::new();
        string(value, field, &mut text)?;
        map.insert(key.to_owned(), text);
    }
    Ok(())
}
