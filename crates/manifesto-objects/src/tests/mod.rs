use std::fmt::Write as _;
use std::sync::Arc;

use manifesto_tree::TreePath;
use manifesto_yaml::{Dialect, Limits, Node, parse};

use crate::{ChangeSet, Object, Placed, objects_of};

mod change_set;
mod fields;
mod quantity;
mod selector;

/// The documents of a text.
fn nodes(yaml: &str) -> Vec<Node> {
    let parsed = parse(yaml.as_bytes(), Dialect::SigsV2, &Limits::default());
    assert!(parsed.error.is_none(), "{:?} in {yaml}", parsed.error);
    parsed.documents.into_iter().map(|document| document.root).collect()
}

fn node(yaml: &str) -> Node {
    nodes(yaml).pop().unwrap_or_else(Node::null)
}

/// The objects of a text, all in one component.
fn placed(yaml: &str) -> Vec<Placed> {
    let (files, via) = (Arc::from([TreePath::new("test.yaml").unwrap()]), Arc::from([]));
    let objects = nodes(yaml).into_iter().flat_map(move |root| objects_of(&root, &files, &via));
    let objects: Vec<Object> = objects.map(|object| object.unwrap_or_else(|why| panic!("{why:?}"))).collect();
    objects.into_iter().map(|object| Placed { component: 0, object: Arc::new(object) }).collect()
}

/// What becomes of the objects, a line each, with the fields below.
fn changes(base: &str, head: &str) -> String {
    let mut text = String::new();
    for change in &ChangeSet::between(&placed(base), &placed(head)).changes {
        let _ = writeln!(text, "{} {}", change.kind.name(), change.id());
        for field in &change.fields {
            let show = |node: &Option<Node>| node.as_ref().map_or("-".to_owned(), shown);
            let _ = writeln!(text, "  {}: {} > {}", field.path, show(&field.base), show(&field.head));
        }
        for (field, why) in &change.noise {
            let _ = writeln!(text, "  ({}: {})", field.path, why.name());
        }
    }
    text
}

fn shown(node: &Node) -> String {
    manifesto_yaml::to_json(node, manifesto_yaml::Html::Plain).unwrap()
}

/// Compares what becomes of two texts with what is expected, both without their common indentation.
#[track_caller]
fn check(base: &str, head: &str, expected: &str) {
    let lines = || expected.lines().filter(|line| !line.trim().is_empty());
    let indent = lines().map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
    let expected: Vec<&str> = lines().filter_map(|line| line.get(indent..)).collect();
    assert_eq!(changes(base, head).trim_end(), expected.join("\n"));
}
