//! What becomes of a node that goes through JSON and back, which the reference does in some places.

use std::collections::BTreeSet;
use std::sync::Arc;

use manifesto_yaml::{
    Dialect, Entry, Mapping, Node, Number, Scalar, ScalarKind, ScalarStyle, SmolStr, Value, Writer, to_yaml,
};

use super::Why;

/// Which way through JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    /// Printed as JSON and read as YAML: strings are in quotes from then on (api/resource/factory.go,
    /// convertObjectSliceToNodeSlice).
    Quoted,
    /// Read as JSON into Go values and printed by go-yaml: every number becomes a float64, so that 1234567 is written
    /// `1.234567e+06` (kyaml/yaml/rnode.go, UnmarshalJSON and FromMap).
    Floats,
}

/// The node as it comes back; marks are kept. Refused is what JSON cannot hold.
pub(crate) fn through(node: &Node, route: Route) -> Why<Node> {
    convert(node, route, true)
}

fn convert(node: &Node, route: Route, root: bool) -> Why<Node> {
    let value = match &node.value {
        Value::Scalar(scalar) => Value::Scalar(convert_scalar(scalar, route)?),
        Value::Sequence(items) => Value::Sequence(Arc::new(
            items.iter().map(|item| convert(item, route, false)).collect::<Why<_>>()?,
        )),
        Value::Mapping(mapping) => Value::Mapping(Arc::new(convert_mapping(mapping, route, root)?)),
    };
    Ok(Node { value, mark: node.mark })
}

fn convert_mapping(mapping: &Mapping, route: Route, root: bool) -> Why<Mapping> {
    let mut entries = Vec::with_capacity(mapping.len());
    let mut seen = BTreeSet::new();
    for entry in mapping.entries() {
        let key = entry.key.as_scalar().ok_or("a key is a list or a mapping")?;
        match key.kind() {
            // The root is decoded into a map of strings, which takes any key by its text and leaves null out.
            ScalarKind::Null if root => continue,
            ScalarKind::String => {}
            _ if root => {}
            _ => return Err(format!("line {}: the key `{}` is not text", entry.key.mark.line, key.text())),
        }
        if !seen.insert(key.text().as_str()) {
            return Err(format!("line {}: the key `{}` is already defined", entry.key.mark.line, key.text()));
        }
        let key = Node::string(key.text().clone()).at(entry.key.mark);
        entries.push(Entry { key, value: convert(&entry.value, route, false)? });
    }
    Ok(entries.into())
}

fn convert_scalar(scalar: &Scalar, route: Route) -> Why<Scalar> {
    if let Some(text) = scalar.json_string() {
        return Ok(match route {
            Route::Quoted => Scalar::written(text, ScalarStyle::DoubleQuoted, Dialect::GoV3),
            Route::Floats => marshalled(text.into()),
        });
    }
    let Some(number) = scalar.as_number() else {
        return Ok(match scalar.as_bool() {
            Some(value) => Scalar::bool(value),
            None => Scalar::null(),
        });
    };
    let json = number.json_text().ok_or_else(|| format!("JSON has no `{}`", scalar.text()))?;
    let text = match route {
        Route::Quoted => json,
        Route::Floats => Number::Float(number.to_f64()).yaml_text(),
    };
    Ok(Scalar::written(text, ScalarStyle::Plain, Dialect::GoV3))
}

/// The style in which the emitter writes text that nobody asks quotes for: single quotes where it cannot stand bare.
fn printed_style(text: &SmolStr) -> ScalarStyle {
    let is_simple = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/' | b'_');
    if text.bytes().all(is_simple) {
        return ScalarStyle::Plain;
    }
    let field = Node::mapping(Mapping::from_iter([("a", Node::string(text.clone()))]));
    let printed = to_yaml(&field, Writer::GoV3 { indent: 2 }).unwrap_or_default();
    match printed.as_bytes().get("a: ".len()) {
        Some(b'\'') => ScalarStyle::SingleQuoted,
        Some(b'"') => ScalarStyle::DoubleQuoted,
        _ => ScalarStyle::Plain,
    }
}

/// Text as go-yaml's Marshal styles it (version 3, encode.go, stringv), and as it is read again.
fn marshalled(text: SmolStr) -> Scalar {
    let is =
        |dialect| Scalar::written(text.clone(), ScalarStyle::Plain, dialect).kind() == ScalarKind::String;
    let style = if text.contains('\n') {
        ScalarStyle::Literal
    } else if is(Dialect::GoV3) && is(Dialect::SigsV2) {
        printed_style(&text)
    } else {
        ScalarStyle::DoubleQuoted
    };
    Scalar::written(text, style, Dialect::GoV3)
}
