//! Values as JSON has them.

use std::sync::Arc;

use super::keys::{self, Level};
use crate::{Entry, Mapping, Node, Scalar, ScalarKind, Value, YamlError};

/// The value as it comes back from JSON: keys and dates are text, and so is what kyaml makes text
/// ([`Scalar::json_string`]). Places and the order of keys stay. An error names what JSON cannot hold.
pub fn json_value(node: &Node) -> Result<Node, YamlError> {
    convert(node, Level::Root)
}

fn convert(node: &Node, level: Level) -> Result<Node, YamlError> {
    let value = match &node.value {
        Value::Scalar(scalar) => Value::Scalar(convert_scalar(scalar, node)?),
        Value::Sequence(items) => {
            let items: Result<Vec<Node>, YamlError> =
                items.iter().map(|item| convert(item, Level::Part)).collect();
            Value::Sequence(Arc::new(items?))
        }
        Value::Mapping(mapping) => {
            keys::sorted(mapping, level)?;
            let entries: Result<Vec<Entry>, YamlError> =
                mapping.entries().iter().map(convert_entry).collect();
            Value::Mapping(Arc::new(Mapping::from(entries?)))
        }
    };
    Ok(Node { value, mark: node.mark })
}

fn convert_entry(entry: &Entry) -> Result<Entry, YamlError> {
    let key = Node::string(entry.key.text().unwrap_or_default()).at(entry.key.mark);
    Ok(Entry { key, value: convert(&entry.value, Level::Part)? })
}

fn convert_scalar(scalar: &Scalar, node: &Node) -> Result<Scalar, YamlError> {
    let refused = || YamlError::new(node.mark, format!("JSON has no `{}`", scalar.text()));
    if let Some(text) = scalar.json_string() {
        return Ok(Scalar::string(text));
    }
    match scalar.kind() {
        ScalarKind::Null => Ok(Scalar::null()),
        ScalarKind::Bool => Ok(Scalar::bool(scalar.as_bool() == Some(true))),
        _ => scalar
            .as_number()
            .filter(|number| number.json_text().is_some())
            .map(Scalar::number)
            .ok_or_else(refused),
    }
}
