//! Looking into values, changing and comparing them.

use std::sync::Arc;

use super::read;
use crate::{
    Dialect, Html, Limits, Mapping, Mark, Node, Number, Scalar, ScalarKind, ScalarStyle, Value, json_value,
    parse_json, to_json,
};

fn node(text: &str, dialect: Dialect) -> Node {
    read(text, dialect).documents.remove(0).root
}

#[test]
fn values_are_looked_into() {
    let root = node(
        "s: text\ni: 0x10\nf: 1e3\nb: true\nn:\nl: [1, {m: {k: v}}]\nu: 18446744073709551615\n",
        Dialect::GoV3,
    );
    let get = |key| root.get(key).unwrap();
    assert_eq!((get("s").as_str(), get("i").as_str(), get("i").text()), (Some("text"), None, Some("0x10")));
    assert_eq!((get("i").as_i64(), get("f").as_i64(), get("u").as_i64()), (Some(16), Some(1000), None));
    assert_eq!((get("f").as_f64(), get("s").as_f64()), (Some(1000.0), None));
    assert_eq!(get("u").as_number(), Some(Number::Uint(u64::MAX)));
    assert_eq!((get("b").as_bool(), get("i").as_bool(), get("n").is_null()), (Some(true), None, true));
    assert_eq!(get("l").items()[1].path(&["m", "k"]).and_then(Node::as_str), Some("v"));
    assert!(root.get("absent").is_none() && get("s").get("k").is_none() && get("s").items().is_empty());
    let kinds: Vec<_> = root.entries().iter().map(|entry| entry.value.kind_name()).collect();
    assert_eq!(kinds, ["string", "number", "number", "boolean", "null", "array", "number"]);
}

#[test]
fn old_words_for_true_and_false_are_told_apart() {
    for (word, truth) in
        [("y", true), ("YES", true), ("On", true), ("n", false), ("No", false), ("OFF", false)]
    {
        assert_eq!(node(word, Dialect::SigsV2).as_bool(), Some(truth), "{word}");
        assert_eq!(node(word, Dialect::GoV3).as_str(), Some(word));
    }
}

#[test]
fn a_change_does_not_reach_a_copy() {
    let mut root = node("a: {b: [1, 2]}\nc: d\n", Dialect::GoV3);
    let copy = root.clone();
    root.path_mut(&["a", "b"]).and_then(Node::as_sequence_mut).unwrap().push(Node::int(3));
    let mapping = root.as_mapping_mut().unwrap();
    assert_eq!(mapping.insert("c", Node::null()), Some(Node::string("d")));
    assert_eq!(mapping.insert("e", Node::bool(true)), None);
    assert_eq!(mapping.remove("absent"), None);
    assert_eq!(to_json(&root, Html::Plain).unwrap(), r#"{"a":{"b":[1,2,3]},"c":null,"e":true}"#);
    assert_eq!(to_json(&copy, Html::Plain).unwrap(), r#"{"a":{"b":[1,2]},"c":"d"}"#);
    root.as_mapping_mut().unwrap().remove("a");
    let keys: Vec<_> = root.as_mapping().unwrap().iter().map(|(key, _)| key).collect();
    assert_eq!(keys, ["c", "e"]);
}

#[test]
fn values_are_the_same_when_json_has_the_same() {
    let same = [
        ("1", "0x1"),
        ("1", "1.0"),
        ("1000", "1e3"),
        ("0.0", "-0.0"),
        ("a", "'a'"),
        ("[null]", "[~]"),
        ("yes", "yes"),
        ("2001-12-14", "'2001-12-14T00:00:00Z'"),
        ("!!binary aGk=", "hi"),
        ("{a: 1, b: [2]}", "{\"b\": [2], \"a\": 1.0}"),
        ("{1: a}", "{\"1\": a}"),
        ("[{}, []]", "- {}\n- []"),
    ];
    let different = [
        ("1", "'1'"),
        ("1", "2"),
        ("[null]", "['null']"),
        ("true", "'true'"),
        ("[]", "{}"),
        ("[1]", "[1, 1]"),
        ("{a: 1}", "{a: 2}"),
        ("{a: 1}", "{b: 1}"),
        ("{a: 1}", "{a: 1, b: 2}"),
        ("9007199254740993", "9007199254740992"),
        ("a", "b"),
    ];
    for (a, b) in same {
        assert_eq!(node(a, Dialect::GoV3), node(b, Dialect::GoV3));
    }
    for (a, b) in different {
        assert_ne!(node(a, Dialect::GoV3), node(b, Dialect::GoV3));
    }
}

#[test]
fn made_values_are_what_they_were_made_as() {
    assert_eq!(Node::string("1").as_str(), Some("1"));
    assert_eq!(Node::int(-5).as_i64(), Some(-5));
    assert_eq!(Node::number(Number::Float(f64::NAN)).as_scalar().map(Scalar::kind), Some(ScalarKind::Float));
    assert!(to_json(&Node::number(Number::Float(f64::INFINITY)), Html::Plain).is_err());
    assert_eq!(Scalar::written("1", ScalarStyle::Plain, Dialect::GoV3).kind(), ScalarKind::Int);
    assert_eq!(Scalar::written("1", ScalarStyle::DoubleQuoted, Dialect::GoV3).kind(), ScalarKind::String);
    let mapping: Mapping = [("a", Node::int(1)), ("b", Node::null())].into_iter().collect();
    assert_eq!(Node::mapping(mapping), node("{b: , a: 1}", Dialect::SigsV2));
}

#[test]
fn values_become_what_json_has() {
    let root =
        node("1: 0777\nd: 2001-12-14\nb: !!binary aGk=\nl: [{a: , b: ~}]\nf: >\n  a\n    b\n", Dialect::GoV3);
    let value = json_value(&root).unwrap();
    assert_eq!(
        to_json(&value, Html::Plain).unwrap(),
        r#"{"1":511,"b":"hi","d":"2001-12-14T00:00:00Z","f":"a\n\n  b\n","l":[{"a":"","b":null}]}"#
    );
    assert_eq!(value, root);
    let refused = |text: &str| json_value(&node(text, Dialect::GoV3)).unwrap_err().to_string();
    assert_eq!(refused("a: .inf"), "line 1, column 4: JSON has no `.inf`");
    assert_eq!(refused("a: {1: b}"), "line 1, column 5: the key `1` is not text");
    assert_eq!(refused("a: 1\nb: 2\na: 3"), "line 3, column 1: the key `a` is already defined");
    assert_eq!(refused("[a]: b"), "line 1, column 1: a key is a list or a mapping");
}

#[test]
fn json_is_read_as_go_reads_it() {
    let read = |text: &[u8]| {
        parse_json(text, &Limits::default()).map(|node| to_json(&node, Html::Plain).unwrap()).map_err(|_| ())
    };
    let good: [(&[u8], &str); 8] = [
        (br#" {"b":[1,-0,1.5e3,0.10,1e-9] , "a" : {} , "b" : true} "#, r#"{"a":{},"b":true}"#),
        (
            b"[1,-0,1.5e3,0.10,1e-9,12345678901234567890,123456789012345678901]",
            "[1,-0,1500,0.1,1e-9,12345678901234567890,123456789012345680000]",
        ),
        (br#""\/\b\f\n\r\t\u00e9\ud83d\ude00""#, "\"/\\b\\f\\n\\r\\t\u{e9}\u{1f600}\""),
        (br#""\ud83d\u0041\ude00\ud83d""#, "\"\u{fffd}A\u{fffd}\u{fffd}\""),
        (b"\"\xFF\xC3\"", "\"\u{fffd}\u{fffd}\""),
        (b"\"\x7F\"", "\"\u{7f}\""),
        (b"null", "null"),
        (b"\t\r\n[ ]", "[]"),
    ];
    for (text, expected) in good {
        assert_eq!(read(text).as_deref(), Ok(expected));
    }
    let bad: [&[u8]; 18] = [
        b"",
        b"{",
        b"[1,]",
        b"{,}",
        b"{\"a\":1,}",
        b"01",
        b"+1",
        b".5",
        b"1.",
        b"1e",
        b"1e400",
        b"-",
        b"'a'",
        b"\"\\q\"",
        b"\"\\u12\"",
        b"\"\x01\"",
        b"tru",
        b"{a: 1}",
    ];
    for text in bad {
        assert_eq!(read(text), Err(()), "{}", String::from_utf8_lossy(text));
    }
}

#[test]
fn what_does_not_move_is_shared() {
    let root = read("a: {b: 1}\nc:\n- d\n", Dialect::SigsV2).documents.remove(0).root;
    let third = |mark: Mark| if mark.line == 3 { Mark { line: 30, ..mark } } else { mark };
    let moved = root.with_marks(third);
    assert_eq!(moved, root);
    let shared = |key: &str| match (&moved.get(key).unwrap().value, &root.get(key).unwrap().value) {
        (Value::Mapping(one), Value::Mapping(other)) => Arc::ptr_eq(one, other),
        (Value::Sequence(one), Value::Sequence(other)) => Arc::ptr_eq(one, other),
        _ => panic!("other kinds"),
    };
    assert_eq!((shared("a"), shared("c")), (true, false));
    assert_eq!(moved.get("c").unwrap().items()[0].mark.line, 30);
    let mark = Mark { line: 7, column: 0, file: 2 };
    let entry_marks = |node: &Node| node.entries().iter().map(|entry| entry.key.mark).collect::<Vec<_>>();
    assert_eq!(entry_marks(&root.all_at(mark)), [mark, mark]);
}
