//! What scalars become by their tags and in their places.

use std::borrow::Cow;

use super::Dialect;
use super::grammar::Tag;
use crate::number::{self, Number};
use crate::resolve::{decode_base64, resolve_plain, resolve_tagged};
use crate::{Mark, Node, Scalar, ScalarKind, ScalarStyle, SmolStr, Value, YamlError};

/// What a scalar is where it is a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A key.
    Plain,
    /// `<<`.
    Merge,
    /// A key with a tag that nobody knows.
    UnknownTag,
}

/// What a scalar is, if it is a key.
pub(super) fn role(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Role {
    match tag {
        Some(Tag::Other) => Role::UnknownTag,
        None | Some(Tag::NonSpecific) if text == "<<" && style == ScalarStyle::Plain => Role::Merge,
        Some(Tag::Core(name)) if text == "<<" && name == "merge" => Role::Merge,
        _ => Role::Plain,
    }
}

/// A scalar as its dialect resolves it.
pub(super) fn scalar(
    text: Cow<'_, str>,
    style: ScalarStyle,
    tag: Option<&Tag>,
    mark: Mark,
    dialect: Dialect,
) -> Result<Scalar, YamlError> {
    let kind = match (tag, style) {
        (None, ScalarStyle::Plain) => resolve_plain(&text, dialect),
        // Version 2 takes the lone `!` for a tag that it does not know, version 3 for none.
        (Some(Tag::NonSpecific), ScalarStyle::Plain) if dialect == Dialect::GoV3 => {
            resolve_plain(&text, dialect)
        }
        (Some(Tag::Core(name)), _) => return core(&text, style, name, mark, dialect),
        (None | Some(Tag::Other | Tag::NonSpecific), _) => ScalarKind::String,
    };
    Ok(Scalar::new(SmolStr::from(text), known(kind, dialect), style))
}

/// Version 2 recognises dates, and keeps their text all the same.
fn known(kind: ScalarKind, dialect: Dialect) -> ScalarKind {
    match (dialect, kind) {
        (Dialect::SigsV2, ScalarKind::Timestamp) => ScalarKind::String,
        _ => kind,
    }
}

/// A scalar with one of YAML's own tags.
fn core(
    text: &str,
    style: ScalarStyle,
    tag: &str,
    mark: Mark,
    dialect: Dialect,
) -> Result<Scalar, YamlError> {
    let scalar = |text: &str, kind| Scalar::new(SmolStr::from(text), kind, style);
    match tag {
        "null" | "bool" | "int" | "float" | "timestamp" => {
            let kind = resolve_tagged(text, tag, dialect)
                .ok_or_else(|| YamlError::new(mark, format!("`{text}` does not fit its tag !!{tag}")))?;
            Ok(scalar(text, known(kind, dialect)))
        }
        "binary" => {
            let decoded = decode_base64(text)
                .ok_or_else(|| YamlError::new(mark, "the value is tagged !!binary and is not base64"))?;
            Ok(match dialect {
                Dialect::SigsV2 => scalar(&decoded, ScalarKind::String),
                Dialect::GoV3 => scalar(text, ScalarKind::Binary),
            })
        }
        _ => Ok(scalar(text, ScalarKind::String)),
    }
}

/// Refuses a value that JSON does not have, where all goes through JSON: the words for infinity and for what is no
/// number, which are the only floats that end in a letter.
pub(super) fn check_value(node: Node, dialect: Dialect) -> Result<Node, YamlError> {
    match node.as_scalar() {
        Some(scalar)
            if dialect == Dialect::SigsV2
                && scalar.kind() == ScalarKind::Float
                && scalar.text().ends_with(|last: char| last.is_ascii_alphabetic()) =>
        {
            Err(YamlError::new(node.mark, format!("JSON has no `{}`", scalar.text())))
        }
        _ => Ok(node),
    }
}

/// A node as a key of a mapping that is `depth` collections deep.
pub(super) fn key(node: Node, role: Role, dialect: Dialect, depth: usize) -> Result<Node, YamlError> {
    match (dialect, role) {
        // To JSON it is no string. At the root kyaml asks for strings, and gets one.
        (Dialect::GoV3, Role::UnknownTag) if depth > 1 => {
            Err(YamlError::new(node.mark, "a key has a tag that is not known"))
        }
        (Dialect::GoV3, _) | (_, Role::Merge) => Ok(node),
        (Dialect::SigsV2, _) => sigs_key(node),
    }
}

/// A key as the text that sigs.k8s.io/yaml makes of it (yaml.go, convertToJSONableObject).
fn sigs_key(key: Node) -> Result<Node, YamlError> {
    let Node { value: Value::Scalar(scalar), mark } = key else {
        return Err(YamlError::new(key.mark, "a key is a list or a mapping"));
    };
    let text = match scalar.kind() {
        ScalarKind::String => return Ok(Node { value: Value::Scalar(scalar), mark }),
        ScalarKind::Bool => if scalar.as_bool() == Some(true) { "true" } else { "false" }.to_owned(),
        ScalarKind::Null => return Err(YamlError::new(mark, "a key is null")),
        _ => match scalar.as_number() {
            Some(Number::Int(int)) => int.to_string(),
            Some(Number::Float(float)) => number::sigs_key(float),
            Some(Number::Uint(_)) | None => {
                return Err(YamlError::new(mark, format!("the key {} is beyond 64 bits", scalar.text())));
            }
        },
    };
    Ok(Node { value: Value::Scalar(Scalar::new(text.into(), ScalarKind::String, scalar.style())), mark })
}
