//! Values of templates as YAML.

use manifesto_gotmpl::{Failure, Kind, Value};
use manifesto_yaml::{Entry, Mapping, Node, Number, Writer, to_yaml};

/// As deep as YAML is read.
const DEPTH_MAX: usize = 500;

/// A value as a node.
pub(crate) fn node_of(value: &Value) -> Result<Node, Failure> {
    node_at(value, 0)
}

/// A value as `yaml.Marshal` of sigs.k8s.io/yaml writes it, with the newline at its end.
pub(crate) fn yaml_of(value: &Value) -> Result<String, Failure> {
    to_yaml(&node_of(value)?, Writer::Sigs).map_err(|error| Failure::text(error.to_string()))
}

fn node_at(value: &Value, depth: usize) -> Result<Node, Failure> {
    if depth > DEPTH_MAX {
        return Err(Failure::text("exceeded max depth"));
    }
    Ok(match value {
        Value::Nil => Node::null(),
        Value::Bool(value) => Node::bool(*value),
        Value::Int(value) | Value::Int64(value) => Node::int(*value),
        Value::Uint8(value) => Node::int(i64::from(*value)),
        Value::Uint32(value) => Node::int(i64::from(*value)),
        Value::Uint64(value) => Node::number(Number::Uint(*value)),
        Value::Float(value) => Node::number(Number::Float(*value)),
        Value::Str(text) => Node::string(text.to_text()),
        Value::List(list) if list.is_nil() => Node::null(),
        Value::List(list) => {
            let items: Result<Vec<_>, _> =
                list.to_vec().iter().map(|item| node_at(item, depth + 1)).collect();
            Node::sequence(items?)
        }
        Value::Map(map) if map.is_nil() => Node::null(),
        Value::Map(map) => {
            let mut entries = Vec::with_capacity(map.len());
            for (key, value) in map.entries() {
                entries.push(Entry { key: Node::string(key.to_text()), value: node_at(&value, depth + 1)? });
            }
            Node::mapping(Mapping::from(entries))
        }
        Value::Object(object) if object.kind() != Kind::Invalid => node_at(&object.to_data(), depth + 1)?,
        Value::Object(_) | Value::Complex(_) => return Err(Failure::text("unsupported type")),
    })
}
