//! What must hold for any bytes, tried on some.

use proptest::collection::vec;
use proptest::prelude::{BoxedStrategy, Just, ProptestConfig, Strategy as _, any, prop_oneof, proptest};
use proptest::sample::select;

use crate::{Html, Mapping, Node, Number, round_trip, to_json};

/// Pieces that decide what YAML is, so that random texts are more than noise.
const PIECES: &[&str] = &[
    "a",
    "b: ",
    "- ",
    "? ",
    ": ",
    "\n",
    "\n  ",
    "\n- ",
    " ",
    "\t",
    "{",
    "}",
    "[",
    "]",
    ",",
    "'",
    "\"",
    "|\n",
    ">-\n ",
    "#c",
    "&a ",
    "*a",
    "!!str ",
    "!x ",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "\\",
    "é",
    "yes",
    "0x1F",
    "1e3",
    "~",
    "<<: ",
    "\r\n",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\u{7f}",
    "2001-01-01",
    "\\u263a",
    "null",
    "-0.0",
    "1.5",
    "true",
    "word ",
    "😀",
    "@",
    "`",
    "=",
    "<<",
    ".inf",
    "12:30",
    "|2",
    ">+",
    "  ",
];

fn text() -> BoxedStrategy<String> {
    vec(select(PIECES), 0..12).prop_map(|pieces| pieces.concat()).boxed()
}

fn value() -> BoxedStrategy<Node> {
    let scalar = prop_oneof![
        6 => text().prop_map(Node::string),
        1 => any::<i64>().prop_map(Node::int),
        1 => any::<f64>().prop_filter("JSON has it", |float| float.is_finite()).prop_map(|float| Node::number(Number::Float(float))),
        1 => any::<bool>().prop_map(Node::bool),
        1 => Just(Node::null()),
    ];
    let collection = |part: BoxedStrategy<Node>| {
        prop_oneof![
            vec(part.clone(), 0..4).prop_map(Node::sequence),
            vec((text(), part), 0..4).prop_map(|entries| {
                let mut mapping = Mapping::new();
                for (key, value) in entries {
                    mapping.insert(key, value);
                }
                Node::mapping(mapping)
            }),
        ]
    };
    scalar.prop_recursive(4, 24, 4, move |part| collection(part.boxed())).boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn texts_are_read_and_what_is_written_is_read_again(pieces in vec(select(PIECES), 0..24)) {
        round_trip::check(pieces.concat().as_bytes());
    }

    #[test]
    fn values_are_written_and_read_again(value in value()) {
        round_trip::check(to_json(&value, Html::Plain).unwrap().as_bytes());
    }

    #[test]
    fn bytes_are_read_without_a_panic(bytes in vec(any::<u8>(), 0..200)) {
        round_trip::check(&bytes);
    }
}
