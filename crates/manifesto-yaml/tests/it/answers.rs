//! Our own answers to what the reference programs are asked.

use manifesto_yaml::{
    Dialect, Html, Limits, Mapping, Node, Number, Value, Writer, parse, to_json, to_json_pretty, to_yaml,
    to_yaml_stream,
};

/// What Helm's `fromYaml | toJson` gives for a text; none when it is an error.
pub(crate) fn sigs(text: &str) -> Option<String> {
    let parsed = parse(text.as_bytes(), Dialect::SigsV2, &Limits::default());
    match parsed.documents.into_iter().next() {
        Some(document) if document.root.as_mapping().is_some() => {
            to_json(&floats(&document.root), Html::Escaped).ok()
        }
        // Helm decodes into a map: null leaves it empty, all else is refused.
        Some(document) => document.root.is_null().then(|| "{}".to_owned()),
        None => parsed.error.is_none().then(|| "{}".to_owned()),
    }
}

/// What kustomize prints for a text that is a resource; none when it is an error.
pub(crate) fn kyaml(text: &str) -> Option<String> {
    let parsed = parse(text.as_bytes(), Dialect::GoV3, &Limits::default());
    if parsed.error.is_some() {
        return None;
    }
    to_yaml_stream(parsed.documents.iter().map(|document| &document.root), Writer::Sigs).ok()
}

/// What Helm's `toYaml`, `toYamlPretty`, `toJson` and `toPrettyJson` write; Helm leaves the text empty on an error.
pub(crate) fn written(node: &Node) -> [String; 4] {
    let node = floats(node);
    // Helm cuts the line break at the end off, and only that of YAML.
    let yaml = |writer| {
        let text = to_yaml(&node, writer).unwrap_or_default();
        text.strip_suffix('\n').unwrap_or(&text).to_owned()
    };
    [
        yaml(Writer::Sigs),
        yaml(Writer::GoV3 { indent: 2 }),
        to_json(&node, Html::Escaped).unwrap_or_default(),
        to_json_pretty(&node, Html::Escaped, "  ").unwrap_or_default(),
    ]
}

/// The same value with each number as encoding/json reads it: a float.
fn floats(node: &Node) -> Node {
    match &node.value {
        Value::Scalar(scalar) => match scalar.as_number() {
            Some(number) => Node::number(Number::Float(number.to_f64())),
            None => node.clone(),
        },
        Value::Sequence(items) => Node::sequence(items.iter().map(floats)),
        Value::Mapping(mapping) => {
            let entries = mapping.iter().map(|(key, value)| (key.to_owned(), floats(value)));
            Node::mapping(entries.collect::<Mapping>())
        }
    }
}

/// A value of serde_json as a node.
pub(crate) fn node(value: &serde_json::Value) -> Node {
    match value {
        serde_json::Value::Null => Node::null(),
        serde_json::Value::Bool(value) => Node::bool(*value),
        serde_json::Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(int), ..) => Node::int(int),
            (None, Some(uint), _) => Node::number(Number::Uint(uint)),
            (None, None, float) => Node::number(Number::Float(float.unwrap_or(f64::NAN))),
        },
        serde_json::Value::String(text) => Node::string(text.as_str()),
        serde_json::Value::Array(items) => Node::sequence(items.iter().map(node)),
        serde_json::Value::Object(entries) => {
            Node::mapping(entries.iter().map(|(key, value)| (key.as_str(), node(value))).collect::<Mapping>())
        }
    }
}
