//! Parameters of generated Applications: nested values for Go templates, flat texts otherwise.

use std::sync::Arc;

use manifesto_objects::LabelSelector;
use manifesto_yaml::{Mapping, Node, Number, Scalar, Value};

use super::template::sanitized;

/// What one generated Application is filled with.
#[derive(Debug, Clone, Default)]
pub(super) struct Element {
    pub(super) params: Mapping,
    /// What an unknown value was in a path that matched: a cluster is recognised by it where its name is not known.
    pub(super) hint: Option<String>,
}

impl Element {
    pub(super) fn new(params: Mapping) -> Self {
        Self { params, hint: None }
    }
}

/// The parameters that name a path: `path`, `path.basename` and so on, below `prefix` if there is one.
pub(super) fn path_params(is_go: bool, prefix: Option<&str>, path: &str, file: Option<&str>) -> Mapping {
    let basename = path.rsplit('/').next().unwrap_or_default();
    let mut named = vec![("basename", basename.to_owned()), ("basenameNormalized", sanitized(basename))];
    if let Some(file) = file {
        named.push(("filename", file.to_owned()));
        named.push(("filenameNormalized", sanitized(file)));
    }
    let mut params = Mapping::new();
    if is_go {
        let mut parts = Mapping::new();
        parts.insert("path", Node::string(path));
        parts.insert("segments", Node::sequence(path.split('/').map(Node::string)));
        for (name, value) in named {
            parts.insert(name, Node::string(value));
        }
        params.insert("path", Node::mapping(parts));
        return match prefix {
            Some(prefix) => std::iter::once((prefix, Node::mapping(params))).fold(Mapping::new(), with),
            None => params,
        };
    }
    let key = prefix.map_or_else(|| "path".to_owned(), |prefix| format!("{prefix}.path"));
    params.insert(key.as_str(), Node::string(path));
    for (name, value) in named {
        params.insert(format!("{key}.{name}"), Node::string(value));
    }
    for (index, segment) in path.split('/').enumerate().filter(|(_, segment)| !segment.is_empty()) {
        params.insert(format!("{key}[{index}]"), Node::string(segment));
    }
    params
}

fn with(mut mapping: Mapping, (key, value): (&str, Node)) -> Mapping {
    mapping.insert(key, value);
    mapping
}

/// Nested values as flat texts: `a.b.0` (jeremywohl/flatten, dotted).
pub(super) fn flattened(mapping: &Mapping) -> Mapping {
    let mut flat = Mapping::new();
    let mut rest: Vec<(String, &Node)> =
        mapping.entries().iter().rev().filter_map(|e| Some((e.key.text()?.to_owned(), &e.value))).collect();
    while let Some((key, node)) = rest.pop() {
        match &node.value {
            Value::Mapping(below) if !below.is_empty() => {
                let below = below.entries().iter().rev();
                rest.extend(below.filter_map(|e| Some((format!("{key}.{}", e.key.text()?), &e.value))));
            }
            Value::Sequence(items) if !items.is_empty() => {
                rest.extend(items.iter().enumerate().rev().map(|(at, item)| (format!("{key}.{at}"), item)));
            }
            _ => {
                flat.insert(key, Node::string(printed(node)));
            }
        }
    }
    flat
}

/// A value as Go's `%v` prints what JSON gives.
fn printed(node: &Node) -> String {
    match &node.value {
        Value::Mapping(_) => "map[]".to_owned(),
        Value::Sequence(_) => "[]".to_owned(),
        Value::Scalar(scalar) => printed_scalar(scalar),
    }
}

fn printed_scalar(scalar: &Scalar) -> String {
    match (scalar.as_number(), scalar.as_bool()) {
        // Every number is a float64 here.
        (Some(Number::Int(value)), _) if value.unsigned_abs() < 1_000_000 << 1 => value.to_string(),
        (Some(number), _) => go_float(number.to_f64()),
        (None, Some(value)) => value.to_string(),
        (None, None) if scalar.text().is_empty() && Node::from(Value::Scalar(scalar.clone())).is_null() => {
            "<nil>".to_owned()
        }
        (None, None) => scalar.text().to_string(),
    }
}

/// `%v` of a float64: the shortest digits, with an exponent below 1e-4 and from 1e21 on.
fn go_float(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e21).contains(&size) {
        let text = format!("{value:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |rest| ('-', rest));
        return format!("{digits}e{sign}{exponent:0>2}");
    }
    value.to_string()
}

/// Whether `spec.generators[].selector` takes these parameters.
pub(super) fn selected(selector: &LabelSelector, params: &Mapping) -> bool {
    let flat = flattened(params);
    selector.matches(|key| flat.get(key).and_then(Node::as_str))
}

/// `over` on top of `below`: maps are merged, and what is empty does not override (dario.cat/mergo, `WithOverride`).
pub(super) fn merged(below: &Mapping, over: &Mapping) -> Mapping {
    let mut merged = below.clone();
    for entry in over.entries() {
        let Some(key) = entry.key.text() else { continue };
        let value = match (merged.get(key).map(|node| &node.value), &entry.value.value) {
            (Some(Value::Mapping(below)), Value::Mapping(over)) => {
                let value = Value::Mapping(Arc::new(self::merged(below, over)));
                Node { value, mark: entry.value.mark }
            }
            (Some(_), _) if is_empty(&entry.value) => continue,
            _ => entry.value.clone(),
        };
        merged.insert(key, value);
    }
    merged
}

fn is_empty(node: &Node) -> bool {
    match &node.value {
        Value::Mapping(mapping) => mapping.is_empty(),
        Value::Sequence(items) => items.is_empty(),
        Value::Scalar(scalar) => {
            node.is_null()
                || node.as_str() == Some("")
                || scalar.as_bool() == Some(false)
                || scalar.as_number().is_some_and(|number| number.to_f64() == 0.0)
        }
    }
}

/// The gaps of `own` filled from `base`: what a generator's own template does not say, the set's template says (mergo
/// without override).
pub(super) fn completed(own: &Mapping, base: &Mapping) -> Mapping {
    let mut completed = own.clone();
    for entry in base.entries() {
        let Some(key) = entry.key.text() else { continue };
        let value = match (completed.get(key), &entry.value.value) {
            (Some(Node { value: Value::Mapping(own), mark }), Value::Mapping(base)) => {
                Node { value: Value::Mapping(Arc::new(self::completed(own, base))), mark: *mark }
            }
            (Some(node), _) if !is_empty(node) => continue,
            _ => entry.value.clone(),
        };
        completed.insert(key, value);
    }
    completed
}
