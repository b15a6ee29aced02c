//! Values as functions of Crossplane see them: they come as JSON, where whole numbers are `int64`.

use std::any::Any;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use manifesto_gotmpl::{
    Executor, Functions, HostObject, Kind, Library, Limits, List, Map, MapKind, MissingKey, Str, Value,
    sprig_functions,
};
use manifesto_yaml::{Mapping, Node, Number};

use super::unknown::unknown;

/// The key of a mapping that stands for an object that the repository does not have.
const UNKNOWN: &str = "\u{0}unknown";

/// A node that stands for an object that the repository does not have; `name` is what to call it.
pub(super) fn unknown_object(kind: &str, name: &str) -> Node {
    let mut mapping = Mapping::new();
    mapping.insert(UNKNOWN, Node::string(format!("{kind}-{name}")));
    Node::mapping(mapping)
}

/// A node as a value.
pub(super) fn go_value(node: &Node) -> Value {
    if let Some(items) = node.as_sequence() {
        return Value::List(List::decoded(items.iter().map(go_value).collect()));
    }
    if let Some(mapping) = node.as_mapping() {
        if let Some(name) = mapping.get(UNKNOWN).and_then(Node::as_str) {
            return Value::Object(Rc::new(Unknown { name: name.to_owned(), shape: Shape::Object }));
        }
        let entries = mapping.iter().map(|(key, value)| (Str::from(key), go_value(value)));
        return Value::Map(Map::new(MapKind::Any, entries.collect()));
    }
    if node.is_null() {
        return Value::Nil;
    }
    match (node.as_bool(), node.as_number(), node.text()) {
        (Some(value), ..) => Value::Bool(value),
        (_, Some(number), _) => match whole(number) {
            Some(number) => Value::Int64(number),
            None => Value::Float(number.to_f64()),
        },
        (_, _, text) => Value::str(text.unwrap_or_default()),
    }
}

/// JSON does not tell 1.0 from 1.
pub(super) fn whole(number: Number) -> Option<i64> {
    number.to_i64()
}

/// `fmt.Sprintf`.
pub(super) fn sprintf(format: &str, values: &[Node]) -> Result<String, String> {
    let arguments: Vec<String> = (1..=values.len()).map(|at| format!(" (index . {at})")).collect();
    let arguments = arguments.concat();
    let data = std::iter::once(Value::str(format)).chain(values.iter().map(go_value)).collect();
    call(&format!("{{{{ printf (index . 0){arguments} }}}}"), data)
}

/// A function of templates that takes one text and gives one: `sha256sum`.
pub(super) fn call_text(function: &str, text: &str) -> Result<String, String> {
    call(&format!("{{{{ {function} (index . 0) }}}}"), vec![Value::str(text)])
}

fn call(template: &str, data: Vec<Value>) -> Result<String, String> {
    static FUNCTIONS: OnceLock<Arc<Functions>> = OnceLock::new();
    let functions = FUNCTIONS.get_or_init(|| Arc::new(sprig_functions()));
    let limits = Limits { steps: 100_000, output_bytes: 1 << 20, ..Limits::default() };
    let mut library = Library::new("", Arc::clone(functions));
    let unit = library.parse("", template.as_bytes(), &limits).map_err(|error| error.to_string())?;
    library.add(&unit);
    let mut host = ();
    let mut executor = Executor::new(Arc::new(library), MissingKey::Invalid, limits, &mut host);
    let text = executor.execute(b"", Value::list(data)).map_err(|error| error.to_string())?;
    String::from_utf8(text.as_bytes().to_vec()).map_err(|_| "the result is no text".to_owned())
}

/// An object of the cluster: every field that is asked for is there and not known.
#[derive(Debug)]
struct Unknown {
    name: String,
    shape: Shape,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Object,
    /// Texts by any key.
    Texts,
    /// Texts in base64 by any key.
    Encoded,
}

/// Fields of any object that are texts.
const TEXTS: &[&str] =
    &["apiVersion", "kind", "name", "namespace", "uid", "resourceVersion", "creationTimestamp"];

impl HostObject for Unknown {
    fn type_name(&self) -> &'static str {
        "map[string]interface {}"
    }

    fn kind(&self) -> Kind {
        Kind::Map
    }

    fn field(&self, field: &str) -> Option<Value> {
        let name = format!("{}-{field}", self.name);
        let shape = match field {
            _ if self.shape == Shape::Texts => return Some(Value::str(unknown(&name))),
            _ if self.shape == Shape::Encoded => return Some(Value::str(STANDARD.encode(unknown(&name)))),
            field if TEXTS.contains(&field) => return Some(Value::str(unknown(&name))),
            "data" if self.name.starts_with("Secret-") => Shape::Encoded,
            "labels" | "annotations" | "stringData" | "data" => Shape::Texts,
            _ => Shape::Object,
        };
        Some(Value::Object(Rc::new(Self { name, shape })))
    }

    fn text(&self) -> Option<Str> {
        Some(Str::from(unknown(&self.name).as_str()))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
