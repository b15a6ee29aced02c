//! Scalars as kyaml writes them: the style of what was there stays, and decides what the new text is.

use manifesto_yaml::{
    Dialect, Limits, Node, Scalar, ScalarKind, ScalarStyle, SmolStr, Value, Writer, parse, to_yaml,
};

/// What a new scalar says of its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    /// It is text.
    Text,
    /// Nothing: without quotes it is what it looks like.
    None,
}

/// The text of a scalar whatever it is; empty for lists and mappings (a yaml.Node's Value).
pub(crate) fn raw_text(node: &Node) -> &str {
    node.text().unwrap_or_default()
}

/// The text of a scalar that is not null (kyaml's GetValue).
pub(crate) fn value_text(node: &Node) -> &str {
    if node.is_null() { "" } else { raw_text(node) }
}

/// Whether it is null, `{}` or `[]` (kyaml's IsYNodeNilOrEmpty).
pub(crate) fn is_nil_or_empty(node: &Node) -> bool {
    match &node.value {
        Value::Scalar(scalar) => scalar.kind() == ScalarKind::Null,
        Value::Sequence(items) => items.is_empty(),
        Value::Mapping(mapping) => mapping.is_empty(),
    }
}

/// Whether it is text (kyaml's IsYNodeString).
pub(crate) fn is_string(node: &Node) -> bool {
    node.as_scalar().is_some_and(|scalar| scalar.kind() == ScalarKind::String)
}

/// The style of a scalar; plain for anything else.
pub(crate) fn style_of(node: &Node) -> ScalarStyle {
    node.as_scalar().map_or(ScalarStyle::Plain, Scalar::style)
}

/// The scalar that FieldSetter (kyaml/yaml/fns.go) puts in the place of `old`, or makes where nothing was.
pub(crate) fn scalar_over(old: Option<&Node>, text: impl Into<SmolStr>, tag: Tag) -> Scalar {
    let text = text.into();
    let style = match old {
        Some(old) => style_of(old),
        None if is_old_non_string(&text) => ScalarStyle::DoubleQuoted,
        None => ScalarStyle::Plain,
    };
    written(text, style, tag)
}

/// A scalar in a style: quotes make text of anything, and so does a tag, which forces quotes.
pub(crate) fn written(text: impl Into<SmolStr>, style: ScalarStyle, tag: Tag) -> Scalar {
    if tag == Tag::Text && style == ScalarStyle::Plain {
        return Scalar::string(text);
    }
    Scalar::written(text, style, Dialect::GoV3)
}

/// A key that the reference adds. It has no tag, so that `123` becomes a number, which JSON then refuses as a key.
pub(crate) fn new_key(text: &str) -> Node {
    Value::Scalar(written(text, ScalarStyle::Plain, Tag::None)).into()
}

/// A scalar of a patch in the style of what it replaces: `9090` over `"8080"` is text, as it takes the quotes.
pub(crate) fn restyled(new: &Scalar, old: &Node) -> Scalar {
    match style_of(old) {
        ScalarStyle::Plain if new.kind() == ScalarKind::String => Scalar::string(new.text().clone()),
        // The text of a number that was tagged may not look like one: it stays what it is.
        ScalarStyle::Plain => new.clone(),
        quoted => written(new.text().clone(), quoted, Tag::Text),
    }
}

/// The scalar with another text and the same tag and style, which replacements write.
pub(crate) fn retexted(old: &Scalar, text: impl Into<SmolStr>) -> Result<Scalar, Misfit> {
    if old.kind() == ScalarKind::String || old.style() != ScalarStyle::Plain {
        return Ok(written(text, old.style(), Tag::Text));
    }
    tagged(old.kind(), old.text(), text)
}

/// The same for a scalar in quotes with a tag that is not that of text.
pub(crate) fn retexted_in_quotes(
    old: &Scalar,
    kind: ScalarKind,
    text: impl Into<SmolStr>,
) -> Result<Scalar, Misfit> {
    let text = text.into();
    tagged(kind, old.text(), text.clone()).map(|_| written(text, old.style(), Tag::Text))
}

/// A plain scalar with the tag of this kind, which stood at `old`.
fn tagged(kind: ScalarKind, old: &SmolStr, text: impl Into<SmolStr>) -> Result<Scalar, Misfit> {
    let text = text.into();
    let plain = written(text.clone(), ScalarStyle::Plain, Tag::None);
    if plain.kind() == kind {
        return Ok(plain);
    }
    match (kind, plain.as_number()) {
        (ScalarKind::Float, Some(number)) => {
            Ok(Scalar::number(manifesto_yaml::Number::Float(number.to_f64())))
        }
        _ => Err(Misfit { kind, old: old.clone(), text }),
    }
}

/// A text that is not of the kind that its tag says. The reference keeps it, and fails when it prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Misfit {
    kind: ScalarKind,
    old: SmolStr,
    text: SmolStr,
}

impl Misfit {
    /// The text.
    pub(crate) fn text(&self) -> &SmolStr {
        &self.text
    }

    /// Another text under the same tag.
    pub(crate) fn retexted(&self, text: impl Into<SmolStr>) -> Result<Scalar, Self> {
        tagged(self.kind, &self.old, text)
    }

    /// Why it cannot be printed.
    pub(crate) fn words(&self) -> String {
        format!("`{}` cannot become `{}`, which is no {}", self.old, self.text, word(self.kind))
    }
}

fn word(kind: ScalarKind) -> &'static str {
    match kind {
        ScalarKind::Null => "null",
        ScalarKind::Bool => "boolean",
        ScalarKind::Int => "whole number",
        ScalarKind::Float => "number",
        ScalarKind::Timestamp => "date",
        ScalarKind::String | ScalarKind::Binary => "text",
    }
}

/// Whether YAML 1.1 takes the bare text for anything but text (kyaml/yaml/compatibility.go, IsValueNonString).
pub(crate) fn is_old_non_string(text: &str) -> bool {
    if text.is_empty() || text.contains('\n') {
        return false;
    }
    if Scalar::written(text, ScalarStyle::Plain, Dialect::SigsV2).kind() != ScalarKind::String {
        return true;
    }
    let structured = text.starts_with(['[', '{', '#', '!', '&', '-', '?', '%'])
        || text.contains(": ")
        || text.ends_with(':');
    structured && {
        let parsed = parse(text.as_bytes(), Dialect::SigsV2, &Limits::default());
        parsed.error.is_none() && parsed.documents.first().is_none_or(|document| !is_string(&document.root))
    }
}

/// A node as kyaml's String prints it, without the blanks around it: what patterns of replacements see.
pub(crate) fn encoded(node: &Node) -> String {
    let Some(scalar) = node.as_scalar() else {
        return to_yaml(node, Writer::GoV3 { indent: 2 }).unwrap_or_default().trim().to_owned();
    };
    let text = scalar.text();
    let plain = scalar.style() == ScalarStyle::Plain;
    match scalar.style() {
        ScalarStyle::SingleQuoted => format!("'{}'", text.replace('\'', "''")),
        ScalarStyle::DoubleQuoted => double_quoted(text),
        _ if plain && scalar.kind() == ScalarKind::String && !text.contains('\n') && looks_typed(text) => {
            double_quoted(text)
        }
        _ if text.contains('\n') => format!("|\n{text}").trim().to_owned(),
        _ => text.trim().to_owned(),
    }
}

fn looks_typed(text: &str) -> bool {
    Scalar::written(text, ScalarStyle::Plain, Dialect::GoV3).kind() != ScalarKind::String
}

fn double_quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
