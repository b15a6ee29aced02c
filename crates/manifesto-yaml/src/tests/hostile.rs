//! Texts that are made to hurt. Each of them would take minutes or gigabytes if its cost grew with its square.

#![allow(clippy::format_collect, reason = "the texts are small")]

use super::read;
use crate::{Dialect, Html, Limits, Writer, parse, parse_json, to_json, to_yaml};

const DIALECTS: [Dialect; 2] = [Dialect::SigsV2, Dialect::GoV3];

/// Why a text is refused.
fn problem(text: &str, dialect: Dialect, limits: &Limits) -> String {
    parse(text.as_bytes(), dialect, limits).error.map(|error| error.problem).unwrap_or_default()
}

/// `levels` lists, each of nine times the one before.
fn laughs(levels: usize) -> String {
    let line = |level: usize| match level {
        0 => "a0: &a0 [x]\n".to_owned(),
        level => format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 9].join(", ")),
    };
    (0..levels).map(line).collect()
}

#[test]
fn aliases_repeat_only_so_much() {
    for dialect in DIALECTS {
        let limits = Limits::default();
        assert_eq!(read(&laughs(4), dialect).error, None);
        let refused = problem(&laughs(10), dialect, &limits);
        assert!(
            refused.contains("aliases repeat more") || refused.contains("excessive aliasing"),
            "{refused}"
        );
        let text = format!("a: &a {}\nb: [{}]\n", "x".repeat(100_000), "*a, ".repeat(1_000));
        assert_eq!(problem(&text, dialect, &limits), "aliases repeat more than 67108864 bytes of text");
    }
}

#[test]
fn the_ratio_of_aliases_is_that_of_go_yaml() {
    let text = |aliases: usize| format!("a: &a [{}]\nb: [{}]\n", "x, ".repeat(300), "*a, ".repeat(aliases));
    assert_eq!(read(&text(90), Dialect::SigsV2).error, None);
    assert_eq!(
        problem(&text(200), Dialect::SigsV2, &Limits::default()),
        "the document contains excessive aliasing"
    );
    // kyaml inflates aliases itself, and has no such rule.
    assert_eq!(read(&text(200), Dialect::GoV3).error, None);
}

#[test]
fn an_alias_inside_of_its_own_value_is_refused() {
    for dialect in DIALECTS {
        for text in ["&a [*a]", "a: &a {b: *a}", "&a {<<: *a}", "&a {*a : b}"] {
            assert!(
                problem(text, dialect, &Limits::default()).contains("stands inside of the value"),
                "{text}"
            );
        }
        // The inner node takes the name over.
        assert_eq!(read("[&a [&a 1, *a], *a]", dialect).error, None);
    }
}

#[test]
fn depth_is_limited_however_it_comes_about() {
    let deep = 100_000;
    let chain: String = (1..2_000).map(|level| format!("- &a{level} [*a{}]\n", level - 1)).collect();
    let texts = [
        "[".repeat(deep),
        "{a: ".repeat(deep),
        "- ".repeat(deep),
        "? ".repeat(deep),
        (0..2_000).map(|level| format!("{:level$}a:\n", "")).collect(),
        format!("- &a0 x\n{chain}"),
    ];
    for dialect in DIALECTS {
        for text in &texts {
            let refused = problem(text, dialect, &Limits::default());
            // The chain of aliases repeats much before it is deep.
            let too_much =
                dialect == Dialect::SigsV2 && refused == "the document contains excessive aliasing";
            assert!(too_much || refused == "more than 512 collections are inside each other", "{refused}");
        }
        let nested = format!("{}{}", "[".repeat(512), "]".repeat(512));
        assert_eq!(read(&nested, dialect).error, None);
        let unlimited = Limits { depth_max: usize::MAX, ..Limits::default() };
        assert_eq!(
            problem(&texts[0], dialect, &unlimited),
            "more than 512 collections are inside each other"
        );
    }
    assert!(parse_json("[".repeat(deep).as_bytes(), &Limits::default()).is_err());
}

#[test]
fn size_is_limited() {
    let limits = Limits { input_bytes_max: 100, nodes_max: 10, ..Limits::default() };
    assert_eq!(
        problem(&"x".repeat(101), Dialect::GoV3, &limits),
        "the text has 101 bytes, more than the 100 that are read"
    );
    assert_eq!(
        problem("[a, b, c, d, e, f, g, h, i, j]", Dialect::GoV3, &limits),
        "the text has more than 10 values"
    );
    assert_eq!(problem("[a, b, c, d, e, f, g, h, i]", Dialect::GoV3, &limits), "");
}

#[test]
fn cost_grows_with_size() {
    let many = 10_000;
    let keys: String = (0..many).map(|key| format!("key{key}: {key}\n")).collect();
    let base: String = (0..300).map(|key| format!("  key{key}: {key}\n")).collect();
    let merges: String = (0..300).map(|map| format!("m{map}:\n  <<: *base\n  own: {map}\n")).collect();
    let texts = [
        keys.clone(),
        format!("{{{}}}", keys.replace('\n', ", ")),
        "- a\n".repeat(many),
        format!("[{}]", "a, ".repeat(many)),
        (0..many).map(|anchor| format!("- &a{anchor} x\n- *a{anchor}\n")).collect(),
        "--- a\n".repeat(many),
        "---\n".repeat(many),
        "# comment\n".repeat(many),
        format!("base: &base\n{base}{merges}"),
        format!("a: {}", "word ".repeat(many)),
        format!("a: \"{}\"", "word\\n ".repeat(many)),
        format!("a: '{}'", "it''s ".repeat(many)),
        format!("a: '{}", "\n ".repeat(many)),
        format!("a: |\n{}", "  line\n\n".repeat(many)),
        format!("a: >\n{}", "  line\n   more\n".repeat(many)),
        format!("a: {}", "é\u{2028}".repeat(many)),
        format!("a: {}", "x".repeat(many * 10)),
        format!("? {}\n: b", "x".repeat(many * 10)),
        format!("a:{}b", " ".repeat(many * 10)),
        format!("[{}", "a\n".repeat(many)),
        ":\n".repeat(many),
        "'".repeat(many),
        "\u{feff}".repeat(many),
    ];
    for (index, text) in texts.iter().enumerate() {
        for dialect in DIALECTS {
            for document in read(text, dialect).documents {
                let written = to_yaml(&document.root, Writer::Sigs).unwrap_or_default();
                let json = to_json(&document.root, Html::Escaped).unwrap_or_default();
                assert!(written.len() < 100 * text.len() + 100, "text {index}");
                assert!(
                    json.is_empty() || parse_json(json.as_bytes(), &Limits::default()).is_ok(),
                    "text {index}"
                );
                assert!(document.root == document.root.clone());
            }
        }
    }
}
