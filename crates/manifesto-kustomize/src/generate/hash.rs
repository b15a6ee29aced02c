//! The suffix of generated names: a hash of the content (api/hasher/hasher.go).

use manifesto_yaml::{Html, Mapping, Node, Value, to_json};
use sha2::{Digest as _, Sha256};

use crate::node::json::{Route, through};
use crate::node::{Why, raw_text};
use crate::object::metadata;

/// The hash of a ConfigMap or Secret; none for other kinds, of which the reference hashes how the file is written.
pub(crate) fn content_hash(root: &Node) -> Why<Option<String>> {
    let fields: &[(&str, bool)] = match metadata::kind(root) {
        "ConfigMap" => &[("data", true), ("binaryData", false)],
        "Secret" => &[("type", true), ("data", true), ("stringData", false)],
        _ => return Ok(None),
    };
    let mut content = Mapping::new();
    content.push("kind", Node::string(metadata::kind(root)));
    // The reference looks for a field with the name `metadata/name`, which is not there.
    content.push("name", Node::string(""));
    for (field, always) in fields {
        let value = value_of(root, field)?;
        if *always || value.as_mapping().is_some() {
            content.push(*field, value);
        }
    }
    let json = to_json(&Node::mapping(content), Html::Escaped).map_err(|error| error.to_string())?;
    let digest = Sha256::digest(json.as_bytes());
    let digits = digest.iter().take(5).flat_map(|byte| [byte >> 4, byte & 15]);
    let hex = digits.filter_map(|digit| char::from_digit(u32::from(digit), 16));
    Ok(Some(hex.map(encoded).collect()))
}

/// The field as JSON has it: a missing one is empty text, a list is null.
fn value_of(root: &Node, field: &str) -> Why<Node> {
    let Some(value) = root.get(field) else { return Ok(Node::string("")) };
    match &value.value {
        Value::Scalar(_) => Ok(Node::string(raw_text(value))),
        Value::Sequence(_) => Ok(Node::null()),
        Value::Mapping(_) => through(value, Route::Floats),
    }
}

/// Vowels and digits that look like them are replaced, so that no words come out.
fn encoded(digit: char) -> char {
    match digit {
        '0' => 'g',
        '1' => 'h',
        '3' => 'k',
        'a' => 'm',
        'e' => 't',
        other => other,
    }
}
