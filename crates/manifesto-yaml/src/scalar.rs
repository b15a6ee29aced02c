//! Values without parts.

use std::borrow::Cow;

use smol_str::SmolStr;

use crate::number::{self, Number};
use crate::resolve::{decode_base64, decode_base64_bytes, resolve_plain};
use crate::write::reread;
use crate::{Dialect, timestamp};

/// What a scalar is, as the dialect that read it decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScalarKind {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`; in [`SigsV2`](crate::Dialect::SigsV2) also `yes`, `on`, `n` and the like.
    Bool,
    /// A whole number within 64 bits, in any base.
    Int,
    /// Any other number.
    Float,
    /// Text.
    String,
    /// A date, or a date with a time, which JSON writes as RFC 3339 text. Only [`GoV3`](crate::Dialect::GoV3)
    /// has these: the other reader keeps the text.
    Timestamp,
    /// Base64 that was tagged `!!binary`, which JSON writes decoded. Only [`GoV3`](crate::Dialect::GoV3).
    Binary,
}

/// How a scalar was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ScalarStyle {
    /// Without quotes.
    #[default]
    Plain,
    /// In `'` quotes.
    SingleQuoted,
    /// In `"` quotes.
    DoubleQuoted,
    /// After `|`.
    Literal,
    /// After `>`.
    Folded,
}

/// Where kyaml writes a scalar in its own style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Position {
    /// In a block.
    Block,
    /// In a flow collection: between brackets or braces.
    Flow,
}

/// A value without parts: a text, and what it stands for.
#[derive(Debug, Clone)]
pub struct Scalar {
    text: SmolStr,
    kind: ScalarKind,
    style: ScalarStyle,
    /// None unless kyaml read it.
    position: Option<Position>,
}

impl Scalar {
    /// A scalar whose text is known to fit its kind.
    pub(crate) fn new(text: SmolStr, kind: ScalarKind, style: ScalarStyle) -> Self {
        Self { text, kind, style, position: None }
    }

    /// Where kyaml has it; none for what kyaml did not read, and for what keeps a tag.
    pub(crate) fn position(&self) -> Option<Position> {
        self.position
    }

    /// The same scalar where kyaml has it.
    pub(crate) fn at(mut self, position: Option<Position>) -> Self {
        self.position = position;
        self
    }

    /// Text. It stays text whatever it looks like.
    pub fn string(text: impl Into<SmolStr>) -> Self {
        Self::new(text.into(), ScalarKind::String, ScalarStyle::Plain)
    }

    /// What a reader finds where `text` is written in this style without a tag: quoted text is a string, plain
    /// text is whatever it looks like.
    pub fn written(text: impl Into<SmolStr>, style: ScalarStyle, dialect: Dialect) -> Self {
        let text = text.into();
        let kind =
            if style == ScalarStyle::Plain { resolve_plain(&text, dialect) } else { ScalarKind::String };
        let position = (dialect == Dialect::GoV3).then_some(Position::Block);
        Self::new(text, kind, style).at(position)
    }

    /// A number.
    pub fn number(number: Number) -> Self {
        let kind = if matches!(number, Number::Float(_)) { ScalarKind::Float } else { ScalarKind::Int };
        Self::new(number.yaml_text().into(), kind, ScalarStyle::Plain)
    }

    /// True or false.
    pub fn bool(value: bool) -> Self {
        Self::new(
            SmolStr::new_static(if value { "true" } else { "false" }),
            ScalarKind::Bool,
            ScalarStyle::Plain,
        )
    }

    /// Bytes that are no text, in base 64.
    pub fn binary(base64: impl Into<SmolStr>) -> Self {
        Self::new(base64.into(), ScalarKind::Binary, ScalarStyle::Plain)
    }

    /// Nothing.
    pub fn null() -> Self {
        Self::new(SmolStr::new_static("null"), ScalarKind::Null, ScalarStyle::Plain)
    }

    /// Whether these are bytes that are no UTF-8.
    pub(crate) fn is_no_text(&self) -> bool {
        let bytes = || decode_base64_bytes(&self.text);
        self.kind == ScalarKind::Binary && bytes().is_some_and(|bytes| std::str::from_utf8(&bytes).is_err())
    }

    /// The text as written, without quotes, escapes and folds.
    pub fn text(&self) -> &SmolStr {
        &self.text
    }

    /// What it is.
    pub fn kind(&self) -> ScalarKind {
        self.kind
    }

    /// How it was written; plain when it was not read from a file.
    pub fn style(&self) -> ScalarStyle {
        self.style
    }

    /// Its value, when it is a number: `0x1F` is 31, `0777` is 511, `1_000` is 1000.
    pub fn as_number(&self) -> Option<Number> {
        match self.kind {
            ScalarKind::Int => number::resolve_int(&self.text),
            // A whole number that was tagged `!!float` keeps its text.
            ScalarKind::Float => number::resolve_float(&self.text)
                .map(Number::Float)
                .or_else(|| number::resolve_int(&self.text).map(|int| Number::Float(int.to_f64()))),
            _ => None,
        }
    }

    /// Its value, when it is true or false.
    pub fn as_bool(&self) -> Option<bool> {
        let letter = |index: usize| self.text.as_bytes().get(index).map(u8::to_ascii_lowercase);
        (self.kind == ScalarKind::Bool)
            .then(|| matches!((letter(0), letter(1)), (Some(b't' | b'y'), _) | (Some(b'o'), Some(b'n'))))
    }

    /// The string that JSON has for it, when JSON has a string: text, dates and binary data; also what kyaml makes
    /// a string of on the way to JSON.
    ///
    /// kyaml writes its nodes as YAML in their own style, and reads that to make JSON of it (kyaml/yaml/rnode.go,
    /// MarshalJSON). Not all survives. In a flow collection, what cannot stand there without quotes gets some, and
    /// is text from then on: nothing (`{a: }`), and times. In a block, some folded text gets other line breaks.
    pub fn json_string(&self) -> Option<Cow<'_, str>> {
        use ScalarStyle::{Folded, Literal, Plain};
        match (self.kind, self.style, self.position) {
            (ScalarKind::Null, Plain, Some(Position::Flow)) if self.text.is_empty() => {
                Some(Cow::Borrowed(""))
            }
            (ScalarKind::Timestamp, Plain, Some(Position::Flow)) if self.text.contains(':') => {
                Some(Cow::Borrowed(&self.text))
            }
            (ScalarKind::String, Folded, Some(Position::Block)) => {
                reread::by_kyaml(&self.text, self.style).map(Cow::Owned)
            }
            (ScalarKind::String, Literal, Some(Position::Block)) if self.text.starts_with('\t') => {
                reread::by_kyaml(&self.text, self.style).map(Cow::Owned)
            }
            (ScalarKind::String, ..) => Some(Cow::Borrowed(&self.text)),
            (ScalarKind::Timestamp, ..) => timestamp::json_text(&self.text).map(Cow::Owned),
            (ScalarKind::Binary, ..) => decode_base64(&self.text).map(Cow::Owned),
            (ScalarKind::Null | ScalarKind::Bool | ScalarKind::Int | ScalarKind::Float, ..) => None,
        }
    }
}
