//! What a scalar stands for, as go-yaml resolves it (resolve.go of versions 2 and 3).

use crate::number::{resolve_float, resolve_int, resolve_int_v2};
use crate::timestamp;
use crate::{Dialect, ScalarKind};

/// The kind of a scalar that is neither quoted nor tagged.
pub(crate) fn resolve_plain(text: &str, dialect: Dialect) -> ScalarKind {
    let Some(first) = text.as_bytes().first() else { return ScalarKind::Null };
    match first {
        // The words are all shorter than this.
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' if text.len() <= 5 => {
            resolve_word(text, dialect)
        }
        b'.' | b'+' | b'-' | b'0'..=b'9' => resolve_number(text, dialect, true),
        _ => ScalarKind::String,
    }
}

/// The kind of a scalar with one of the tags that go-yaml resolves, given by its short name. None when the text
/// does not fit the tag.
pub(crate) fn resolve_tagged(text: &str, tag: &str, dialect: Dialect) -> Option<ScalarKind> {
    let kind = match text.as_bytes().first() {
        Some(b'.' | b'+' | b'-' | b'0'..=b'9') => resolve_number(text, dialect, tag == "timestamp"),
        _ => resolve_plain(text, dialect),
    };
    match (tag, kind) {
        ("int", ScalarKind::Int)
        | ("float", ScalarKind::Float)
        | ("bool", ScalarKind::Bool)
        | ("null", ScalarKind::Null)
        | ("timestamp", ScalarKind::Timestamp) => Some(kind),
        // Only what fits 64 bits with a sign is converted.
        ("float", ScalarKind::Int) => match resolve_int(text)? {
            crate::Number::Int(_) => Some(ScalarKind::Float),
            _ => None,
        },
        _ => None,
    }
}

fn resolve_word(text: &str, dialect: Dialect) -> ScalarKind {
    match text {
        "~" | "null" | "Null" | "NULL" => ScalarKind::Null,
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => ScalarKind::Bool,
        _ if dialect == Dialect::SigsV2 && is_old_bool(text) => ScalarKind::Bool,
        _ => ScalarKind::String,
    }
}

/// The words that are true or false only in YAML 1.1.
pub(crate) fn is_old_bool(text: &str) -> bool {
    matches!(
        text,
        "y" | "Y"
            | "yes"
            | "Yes"
            | "YES"
            | "on"
            | "On"
            | "ON"
            | "n"
            | "N"
            | "no"
            | "No"
            | "NO"
            | "off"
            | "Off"
            | "OFF"
    )
}

fn resolve_number(text: &str, dialect: Dialect, timestamps: bool) -> ScalarKind {
    if timestamps && timestamp::looks_like(text) && timestamp::to_rfc3339(text).is_some() {
        return ScalarKind::Timestamp;
    }
    let int = if dialect == Dialect::GoV3 { resolve_int } else { resolve_int_v2 };
    // What starts with a point is only tried as a float.
    if !text.starts_with('.') && int(text).is_some() {
        ScalarKind::Int
    } else if resolve_float(text).is_some() {
        ScalarKind::Float
    } else {
        ScalarKind::String
    }
}

/// A number to the base of 60, as YAML 1.1 had them. Never read as one, but quoted when written (encode.go):
/// `^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$`.
pub(crate) fn is_base60(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !unsigned.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let mut parts = whole.split(':');
    let digits_or_underscores = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let first_fits = parts.next().is_some_and(digits_or_underscores);
    let mut sixtieths = parts.peekable();
    first_fits && sixtieths.peek().is_some() && sixtieths.all(is_sixtieth) && digits_or_underscores(fraction)
}

fn is_sixtieth(part: &str) -> bool {
    match part.as_bytes() {
        [ones] => ones.is_ascii_digit(),
        [tens, ones] => (b'0'..=b'5').contains(tens) && ones.is_ascii_digit(),
        _ => false,
    }
}

/// Base64 as Go's StdEncoding decodes it, then as encoding/json writes the bytes: each one that is not UTF-8
/// becomes U+FFFD. None when it is not base64.
pub(crate) fn decode_base64(text: &str) -> Option<String> {
    decode_base64_bytes(text).map(|bytes| lossy(&bytes))
}

/// The bytes themselves.
pub(crate) fn decode_base64_bytes(text: &str) -> Option<Vec<u8>> {
    let symbols: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    let padding = symbols.iter().rev().take_while(|byte| **byte == b'=').count();
    if !symbols.len().is_multiple_of(4) || padding > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(symbols.len() / 4 * 3);
    for group in symbols.chunks(4) {
        let mut bits = 0;
        for symbol in group {
            bits = bits << 6 | sextet(*symbol)?;
        }
        bytes.extend_from_slice(bits.to_be_bytes().get(1..)?);
    }
    if symbols.iter().take(symbols.len() - padding).any(|symbol| *symbol == b'=') {
        return None;
    }
    bytes.truncate(bytes.len() - padding);
    Some(bytes)
}

fn sextet(symbol: u8) -> Option<u32> {
    match symbol {
        b'A'..=b'Z' => Some(u32::from(symbol - b'A')),
        b'a'..=b'z' => Some(u32::from(symbol - b'a') + 26),
        b'0'..=b'9' => Some(u32::from(symbol - b'0') + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        b'=' => Some(0),
        _ => None,
    }
}

/// One U+FFFD for each wrong byte, as Go has it; Rust's own conversion has one for several.
pub(crate) fn lossy(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    text
}
