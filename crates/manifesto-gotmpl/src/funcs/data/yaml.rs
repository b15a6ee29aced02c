//! YAML, by way of `manifesto-yaml`: its values are JSON's on both ways, as in sigs.k8s.io/yaml.

use manifesto_yaml::{
    Dialect, Entry, Limits, Mapping, Node, Number, Scalar, ScalarStyle, Writer, parse, to_yaml,
};

use super::WriteError;
use crate::error::Failure;
use crate::exec::Executor;
use crate::funcs::encoding::{BASE64, encode};
use crate::funcs::list_bytes;
use crate::meter::Budget;
use crate::placeholder::TaintId;
use crate::text::Str;
use crate::value::{List, ListKind, Map, MapKind, Value};

/// What stands before a complaint about the type of a document.
pub(super) const CONTEXT: &str = "error unmarshaling JSON: while decoding JSON: ";

/// How deep YAML is written; `manifesto-yaml` reads no deeper.
const DEPTH_MAX: usize = 1000;

/// Stack that is enough for nodes a thousand deep.
const YAML_RED_ZONE: usize = 1 << 20;
const YAML_STACK: usize = 16 << 20;

impl Executor<'_> {
    /// A value as YAML without the newline at its end; `pretty` as go-yaml v3 writes it.
    pub(super) fn yaml(&mut self, value: &Value, pretty: bool) -> Result<Str, WriteError> {
        let mut path = Vec::new();
        let mut taint = None;
        // Making, writing and dropping the nodes recurse.
        let written = stacker::maybe_grow(YAML_RED_ZONE, YAML_STACK, || {
            let node = self.node(value, pretty, &mut path, &mut taint)?;
            let writer = if pretty { Writer::GoV3 { indent: 2 } } else { Writer::Sigs };
            to_yaml(&node, writer).map_err(|error| WriteError::Unsupported(error.to_string()))
        })?;
        let mut bytes = written.into_bytes();
        if bytes.last() == Some(&b'\n') {
            bytes.pop();
        }
        self.meter.reserve(bytes.len() as u64)?;
        self.meter.pass_over(bytes.len() * 4)?;
        Ok(Str::tainted(bytes, taint))
    }

    fn node(
        &mut self,
        value: &Value,
        pretty: bool,
        path: &mut Vec<usize>,
        taint: &mut Option<TaintId>,
    ) -> Result<Node, WriteError> {
        self.meter.step(2)?;
        Ok(match value {
            Value::Nil => Node::null(),
            Value::Bool(value) => Node::bool(*value),
            Value::Int(value) | Value::Int64(value) => Node::int(*value),
            Value::Uint8(value) => Node::int(i64::from(*value)),
            Value::Uint32(value) => Node::int(i64::from(*value)),
            Value::Uint64(value) => Node::number(Number::Uint(*value)),
            Value::Float(value) => Node::number(Number::Float(*value)),
            Value::Complex(_) if pretty => {
                return Err(WriteError::Panic("cannot marshal type: complex128".to_owned()));
            }
            Value::Complex(_) => {
                return Err(WriteError::Unsupported("json: unsupported type: complex128".to_owned()));
            }
            Value::Str(text) if pretty && std::str::from_utf8(text).is_err() => {
                *taint = taint.or(text.taint());
                let base64 = encode(text, &BASE64);
                manifesto_yaml::Value::Scalar(Scalar::binary(String::from_utf8_lossy(&base64).as_ref()))
                    .into()
            }
            Value::Str(text) => {
                *taint = taint.or(text.taint());
                Node::string(text.to_text().as_ref())
            }
            // By way of JSON a nil list or map is null; go-yaml alone writes it empty.
            Value::List(list) if list.is_nil() && !pretty => Node::null(),
            Value::Map(map) if map.is_nil() && !pretty => Node::null(),
            // JSON has bytes in base 64; go-yaml alone writes a list of numbers.
            Value::List(list) if list.kind == ListKind::Byte && !pretty => {
                Node::string(String::from_utf8_lossy(&encode(&list_bytes(list), &BASE64)).as_ref())
            }
            Value::List(list) => {
                enter(list.identity().0, path)?;
                let nodes: Result<Vec<Node>, WriteError> =
                    list.to_vec().iter().map(|value| self.node(value, pretty, path, taint)).collect();
                path.pop();
                Node::sequence(nodes?)
            }
            Value::Map(map) => {
                enter(map.identity(), path)?;
                let mut mapping = Mapping::new();
                for (key, value) in map.entries() {
                    mapping.push(key.to_text().as_ref(), self.node(&value, pretty, path, taint)?);
                }
                path.pop();
                Node::mapping(mapping)
            }
            Value::Object(object) => match object.to_data() {
                Value::Object(_) => {
                    return Err(WriteError::Unsupported(format!(
                        "json: unsupported type: {}",
                        object.type_name()
                    )));
                }
                Value::Str(text) if pretty && object.type_name() == "time.Time" => {
                    let (text, style) = (text.to_text(), ScalarStyle::Plain);
                    let scalar = Scalar::written(text.as_ref(), style, Dialect::GoV3);
                    manifesto_yaml::Value::Scalar(scalar).into()
                }
                data => self.node(&data, pretty, path, taint)?,
            },
        })
    }
}

/// A value that holds itself cannot be written; one that is merely deep is over budget.
fn enter(identity: usize, path: &mut Vec<usize>) -> Result<(), WriteError> {
    if path.len() >= DEPTH_MAX {
        return Err(if path.contains(&identity) {
            WriteError::Unsupported("json: unsupported value: encountered a cycle".to_owned())
        } else {
            Budget::ValueDepth.into()
        });
    }
    path.push(identity);
    Ok(())
}

/// The first document of a text, as JSON would have it.
pub(super) fn read(executor: &mut Executor<'_>, text: &[u8]) -> Result<Value, Failure> {
    executor.reserve(text.len() as u64)?;
    executor.step(text.len() as u64 >> 2)?;
    stacker::maybe_grow(YAML_RED_ZONE, YAML_STACK, || {
        let parsed = parse(text, Dialect::SigsV2, &Limits::default());
        match (parsed.documents.first(), parsed.error) {
            (Some(document), _) => Ok(value_of(&document.root)),
            (None, Some(error)) => {
                Err(Failure::text(format!("error converting YAML to JSON: yaml: {error}")))
            }
            (None, None) => Ok(Value::Nil),
        }
    })
}

/// A node as a template sees it: every number is a float.
pub fn value_of(node: &Node) -> Value {
    if let Some(items) = node.as_sequence() {
        return Value::List(List::decoded(items.iter().map(value_of).collect()));
    }
    if node.as_mapping().is_some() {
        let entry = |entry: &Entry| (Str::from(entry.key.text().unwrap_or_default()), value_of(&entry.value));
        let entries = node.entries().iter().map(entry);
        return Value::Map(Map::new(MapKind::Any, entries.collect()));
    }
    if node.is_null() {
        return Value::Nil;
    }
    match (node.as_bool(), node.as_number(), node.text()) {
        (Some(value), ..) => Value::Bool(value),
        (_, Some(number), _) => Value::Float(number.to_f64()),
        (_, _, text) => Value::str(text.unwrap_or_default()),
    }
}
