//! Paths: the facts of crossplane-runtime, pkg/fieldpath, and ours.

use super::support::{json, node};
use crate::crossplane::field_path::{Segment, expand, get, parse, set};

fn field(name: &str) -> Segment {
    Segment::Field(name.to_owned())
}

#[test]
fn paths_are_read() {
    let cases: Vec<(&str, Vec<Segment>)> = vec![
        ("spec", vec![field("spec")]),
        ("metadata.name", vec![field("metadata"), field("name")]),
        ("items[0][1].key", vec![field("items"), Segment::Index(0), Segment::Index(1), field("key")]),
        ("[0]", vec![Segment::Index(0)]),
        ("spec[key]", vec![field("spec"), field("key")]),
        ("annotations[example.org/a.b]", vec![field("annotations"), field("example.org/a.b")]),
        ("annotations['a]b'].c", vec![field("annotations"), field("a]b"), field("c")]),
        ("data[\"a.b\"]", vec![field("data"), field("a.b")]),
        ("items[*].name", vec![field("items"), Segment::Every, field("name")]),
    ];
    for (path, expected) in cases {
        assert_eq!(parse(path).as_ref(), Ok(&expected), "{path}");
    }
    for path in ["spec.", "spec[]", "spec[0", "spec]", ".spec", "spec..name", "spec['a", "a['b'c]"] {
        assert!(parse(path).is_err(), "{path}");
    }
}

#[test]
fn what_is_missing_on_the_way_is_made() {
    let mut root = node("{a: {b: 1}}");
    let mark = root.mark;
    for (path, value) in [("a.c.d", "x"), ("a.list[1].name", "w"), ("a.b", "z")] {
        set(&mut root, &parse(path).unwrap(), node(value), mark).unwrap();
    }
    assert_eq!(json(&root), r#"{"a":{"b":"z","c":{"d":"x"},"list":[null,{"name":"w"}]}}"#);
    assert!(set(&mut root, &parse("a.b.c").unwrap(), node("x"), mark).is_err());
    assert!(set(&mut root, &parse("a.list[99999]").unwrap(), node("x"), mark).is_err());
    assert_eq!(get(&root, &parse("a.list[1].name").unwrap()).and_then(|node| node.as_str()), Some("w"));
}

#[test]
fn wildcards_stand_for_what_is_there() {
    let root = node("{a: [{k: 1}, {m: 2}, {k: 3}], b: {x: {k: 1}, w: {k: 2}}}");
    let count = |path: &str| expand(&root, &parse(path).unwrap()).len();
    assert_eq!(
        (count("a[*].k"), count("b[*].k"), count("a[*]"), count("c[*]"), count("a[*].z")),
        (2, 2, 3, 0, 0)
    );
}
