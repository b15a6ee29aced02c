//! Texts and values made by chance, from pieces that are easy to get wrong.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// A source of chance (splitmix64): the same seed gives the same pieces.
pub(crate) struct Chance(pub u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).unwrap()).unwrap()
    }

    fn pick<'p>(&mut self, pieces: &[&'p str]) -> &'p str {
        pieces[self.below(pieces.len())]
    }

    fn joined(&mut self, pieces: &[&str], count_max: usize) -> String {
        let count = self.below(count_max + 1);
        (0..count).map(|_| self.pick(pieces)).collect()
    }
}

const PLAIN: &[&str] = &[
    "0",
    "1",
    "2",
    "7",
    "8",
    "9",
    "_",
    ".",
    "e",
    "E",
    "+",
    "-",
    "x",
    "o",
    "b",
    "0x",
    "0o",
    "0b",
    ":",
    "inf",
    ".inf",
    ".nan",
    "y",
    "n",
    "T",
    " ",
    "Z",
    "2001-01-02",
    "1:2:3",
    "12:30:45.5",
    "f",
    "a",
    "true",
    "~",
    "null",
    "on",
    "No",
];

const LINES: &[&str] = &[
    "a:",
    "b: 1",
    "c: 'x",
    "d: \"y\"",
    "e",
    "- f",
    "g: |",
    "h: >-",
    "i: [1,",
    "2]",
    "j: {k: l}",
    "m: &x n",
    "o: *x",
    "# c",
    "",
    "p: q r",
    "s: t #u",
    "v: !!str 1",
    "'w': \"",
    "\"",
    "'",
    "x:\ty",
    "\tz: 1",
    "}",
    "aa: - b",
    "{a: b}",
    "[x, y]",
    "? zz",
    ": yy",
    "<<: *x",
    "<<: {q: r}",
    "r: &x {s: t}",
    "ab: {c, d}",
    "ac: [e: ]",
    "a: 2",
    "ad: !x",
    "1: k",
    "yes: l",
    "~: m",
    "ae: 2001-01-02",
    "af: !!binary aGk=",
    "ag: |2-",
    "ah: >+",
    "  ai",
    "aj: &y",
    "ak: *y",
    "<<: [*x, {al: 1}]",
    "\"<<\": am",
    "an: ! 1",
    "!!str 2: ao",
    "ap: \"\\u263a\\",
    "aq: 'it''s'",
    "ar: \u{85}as",
];

const WORDS: &[&str] = &[
    "a",
    "yes",
    "no",
    "null",
    "~",
    "true",
    "1",
    "0x1",
    "1e3",
    "1_000",
    "- a",
    "a: b",
    "a:",
    "a #b",
    "#c",
    "'q'",
    "\"d\"",
    "é",
    "中",
    "😀",
    "\n",
    " ",
    "  ",
    "\t",
    "\r",
    "\u{2028}",
    "\u{85}",
    "\u{a0}",
    "\u{7f}",
    "\u{feff}",
    "---",
    "...",
    "?",
    "-",
    "!",
    "&x",
    "*y",
    "|",
    ">",
    "%",
    "@",
    "`",
    "{",
    "}",
    "[",
    "]",
    ",",
    "\\",
    "12:30:45",
    "2001-01-01",
    ".inf",
    "=",
    "<",
    "&",
    "word",
    "longerword",
    "\u{1}",
    "\u{1b}",
    "\u{8}",
    "0o7",
    "08",
    "+1",
    ".5",
    "y",
    "N",
    "\u{2029}",
    "\n\n",
    " \n",
    "\n ",
    " #",
    ": ",
    "/",
];

const KEYS: &[&str] = &["a", "b", "1", "2", ".", "-", "_", "A", "0"];

/// A resource with a name of its own.
pub(crate) fn resource(chance: &mut Chance, index: usize) -> String {
    let mut text = format!("apiVersion: probe/v1\nkind: Probe\nmetadata:\n  name: n{index}\n");
    match chance.below(3) {
        0 => {
            let value = chance.joined(PLAIN, 6);
            writeln!(text, "spec: {value}").unwrap();
        }
        1 => {
            let (key, value) = (chance.joined(PLAIN, 3), chance.joined(PLAIN, 3));
            write!(text, "spec:\n  {key}: {value}\n").unwrap();
        }
        _ => {
            text.push_str("spec:\n");
            for _ in 0..=chance.below(7) {
                let indent = [2, 2, 2, 4, 4, 6, 3, 1][chance.below(8)];
                let head = chance.pick(&["- ", "", "", "", "? ", ": "]);
                let line = chance.pick(LINES);
                writeln!(text, "{:indent$}{head}{line}", "").unwrap();
            }
        }
    }
    text
}

/// A value of JSON.
pub(crate) fn value(chance: &mut Chance, depth: usize) -> Value {
    match chance.below(12) {
        0..=5 => Value::String(string(chance)),
        6 | 7 => number(chance),
        8 => [Value::Null, Value::Bool(true), Value::Bool(false), Value::Array(vec![])][chance.below(4)]
            .clone(),
        _ if depth == 0 => Value::Object(Map::new()),
        9 => Value::Array((0..chance.below(4)).map(|_| value(chance, depth - 1)).collect()),
        _ => Value::Object((0..chance.below(5)).map(|_| (key(chance), value(chance, depth - 1))).collect()),
    }
}

fn string(chance: &mut Chance) -> String {
    match chance.below(5) {
        0 => chance.pick(WORDS).to_owned(),
        1 => chance.joined(WORDS, 4),
        2 => (0..chance.below(30)).map(|_| chance.pick(WORDS)).collect::<Vec<_>>().join(" "),
        3 => chance.joined(&["word ", "a", "  ", "b c\n", "x: y "], 60),
        _ => (0..chance.below(6)).map(|_| chance.pick(WORDS)).collect::<Vec<_>>().join("\n"),
    }
}

/// Letters only, or one symbol: the order of version 2 is no order for some other keys, and Go prints one by chance.
fn key(chance: &mut Chance) -> String {
    match chance.below(3) {
        0 => string(chance),
        1 => chance.joined(&["a", "b", "C", "d"], 5),
        _ => chance.joined(KEYS, 5),
    }
}

#[expect(clippy::cast_precision_loss, reason = "any float will do")]
fn number(chance: &mut Chance) -> Value {
    let integer = chance.next();
    match chance.below(5) {
        0 => Value::from(integer % 1000),
        1 => Value::from(integer.cast_signed()),
        2 => Value::from(f64::from_bits(integer)),
        3 => Value::from((integer % 1_000_000) as f64 * [0.001, 1.0, 1e3, 1e9, 1e16][chance.below(5)]),
        _ => Value::from([-0.0, 1e21, 1e20, 1e-6, 1e-7, 123_456.0, 1_234_567.5, 0.1][chance.below(8)]),
    }
}
