mod hostile;
mod input;
mod nodes;
mod places;
mod random;

use crate::{Dialect, Html, Limits, Node, Parsed, Writer, parse, to_json, to_yaml, to_yaml_stream};

fn read(text: &str, dialect: Dialect) -> Parsed {
    parse(text.as_bytes(), dialect, &Limits::default())
}

fn json(text: &str, dialect: Dialect) -> String {
    let parsed = read(text, dialect);
    if let Some(error) = parsed.error {
        return format!("error: {error}");
    }
    let documents: Vec<String> = parsed
        .documents
        .iter()
        .map(|document| {
            to_json(&document.root, Html::Plain).unwrap_or_else(|error| format!("error: {error}"))
        })
        .collect();
    documents.join("\n")
}

#[test]
fn dialects_differ_in_words_keys_and_dates() {
    let text = "a: yes\non: 1\n1: x\nd: 2001-12-14\n";
    assert_eq!(json(text, Dialect::SigsV2), r#"{"1":"x","a":true,"d":"2001-12-14","true":1}"#);
    assert_eq!(json(text, Dialect::GoV3), r#"{"1":"x","a":"yes","d":"2001-12-14T00:00:00Z","on":1}"#);
}

#[test]
fn merge_keys_follow_each_reader() {
    let text = "{q: 3, <<: {q: 2, r: 1}}";
    assert_eq!(json(text, Dialect::SigsV2), r#"{"q":2,"r":1}"#);
    assert_eq!(json(text, Dialect::GoV3), r#"{"q":3,"r":1}"#);
}

#[test]
fn sigs_writes_as_kustomize_prints() {
    let text = "b: [1, {c: {}}]\na10: \"true\"\na9: |\n  x\n  y\ne: []\n";
    let node = read(text, Dialect::GoV3).documents.remove(0).root;
    assert_eq!(
        to_yaml(&node, Writer::Sigs).unwrap(),
        "a9: |\n  x\n  y\na10: \"true\"\nb:\n- 1\n- c: {}\ne: []\n"
    );
    assert_eq!(
        to_yaml(&node, Writer::GoV3 { indent: 2 }).unwrap(),
        "a9: |\n  x\n  y\na10: \"true\"\nb:\n  - 1\n  - c: {}\ne: []\n"
    );
    assert_eq!(to_yaml_stream([&Node::int(1), &Node::null()], Writer::Sigs).unwrap(), "1\n---\nnull\n");
}
