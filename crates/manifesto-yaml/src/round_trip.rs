//! What must hold for any bytes. The fuzz target and a property test share it.

use crate::resolve::resolve_plain;
use crate::{
    Dialect, Html, Limits, Node, ScalarKind, Value, Writer, json_value, parse, parse_json, to_json,
    to_json_pretty, to_yaml,
};

/// Reads the bytes in both dialects and as JSON, writes what is read in all ways, and reads that again.
///
/// # Panics
///
/// When what is read again is not the same.
pub fn check(bytes: &[u8]) {
    let limits = Limits { alias_nodes_max: 10_000, alias_bytes_max: 1 << 20, ..Limits::default() };
    for dialect in [Dialect::SigsV2, Dialect::GoV3] {
        let parsed = parse(bytes, dialect, &limits);
        for document in &parsed.documents {
            check_document(&document.root, &limits);
        }
        if let Some(error) = parsed.error {
            assert!(!error.problem.is_empty());
        }
    }
    if let Ok(node) = parse_json(bytes, &limits) {
        let json = to_json(&node, Html::Plain).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(parse_json(json.as_bytes(), &limits).as_ref(), Ok(&node));
        check_document(&node, &limits);
    }
}

fn check_document(root: &Node, limits: &Limits) {
    let Ok(value) = json_value(root) else {
        assert!(to_json(root, Html::Plain).is_err());
        return;
    };
    assert_eq!(&value, root);
    for json in
        [to_json(root, Html::Plain), to_json(root, Html::Escaped), to_json_pretty(root, Html::Plain, "  ")]
    {
        let json = json.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(parse_json(json.as_bytes(), limits).as_ref(), Ok(root), "{json}");
    }
    for writer in [Writer::Sigs, Writer::GoV3 { indent: 2 }] {
        if let Ok(yaml) = to_yaml(root, writer) {
            check_yaml(&value, &yaml, writer, limits);
        }
    }
    // Upstream cannot read back all that it writes so: it hints at four columns of indentation where it writes two.
    let _ = to_yaml(root, Writer::GoV3 { indent: 4 });
}

/// What was written is read as the same value, but for what upstream itself does not read back.
fn check_yaml(value: &Node, yaml: &str, writer: Writer, limits: &Limits) {
    if !any_text(value, &|text| !comes_back(text, writer)) {
        let again = parse(yaml.as_bytes(), Dialect::SigsV2, limits);
        assert_eq!(again.error, None, "{yaml}");
        let root = again.documents.first().map(|document| &document.root);
        assert_eq!(root, Some(value), "{yaml}");
        // A moment is text to JSON, and version 3 quotes text that looks like one.
        let is_moment = writer != Writer::Sigs && any_text(value, &|text| is_moment(text));
        assert!(is_moment || to_yaml(value, writer).as_deref() == Ok(yaml), "{yaml}");
    }
}

fn is_moment(text: &str) -> bool {
    resolve_plain(text, Dialect::GoV3) == ScalarKind::Timestamp
}

fn comes_back(text: &str, writer: Writer) -> bool {
    // It is written without quotes, and as a key it merges.
    let merge = text == "<<";
    // A line break to YAML, which is folded.
    let next_line = text.contains('\u{85}');
    // Version 3 writes tabs behind `|`, where none may stand first.
    let tab = writer != Writer::Sigs && text.contains('\t');
    !(merge || next_line || tab)
}

fn any_text(node: &Node, test: &impl Fn(&str) -> bool) -> bool {
    match &node.value {
        Value::Scalar(scalar) => test(scalar.text()),
        Value::Sequence(items) => items.iter().any(|item| any_text(item, test)),
        Value::Mapping(mapping) => {
            mapping.entries().iter().any(|entry| any_text(&entry.key, test) || any_text(&entry.value, test))
        }
    }
}
