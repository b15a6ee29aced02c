//! From bytes to text (go-yaml's readerc.go, the same in both versions).

use std::borrow::Cow;

use super::cursor::Place;
use crate::{Limits, Mark, YamlError};

/// The text without its byte-order mark, up to the first character that YAML does not allow, and the error for
/// that character.
pub(super) fn decode<'t>(
    bytes: &'t [u8],
    limits: &Limits,
) -> Result<(Cow<'t, str>, Option<YamlError>), YamlError> {
    if bytes.len() > limits.input_bytes_max {
        let problem = format!(
            "the text has {} bytes, more than the {} that are read",
            bytes.len(),
            limits.input_bytes_max
        );
        return Err(YamlError::new(Mark::default(), problem));
    }
    let (text, wrong_bytes) = match bytes {
        [0xFF, 0xFE, rest @ ..] => decode_utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => decode_utf16(rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => decode_utf8(rest),
        _ => decode_utf8(bytes),
    };
    let (end, problem) = match first_forbidden(&text) {
        Some((end, character)) => {
            (end, format!("the character {} is not allowed", character.escape_unicode()))
        }
        None if wrong_bytes => (text.len(), "the bytes are not UTF-8 or UTF-16".to_owned()),
        None => return Ok((text, None)),
    };
    let error = YamlError::new(mark_at(&text, end), problem);
    Ok((truncated(text, end), Some(error)))
}

fn decode_utf8(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), false),
        Err(error) => {
            let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
            (String::from_utf8_lossy(valid), true)
        }
    }
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> (Cow<'_, str>, bool) {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len());
    let mut wrong = !rest.is_empty();
    for character in char::decode_utf16(pairs.iter().copied().map(unit)) {
        let Ok(character) = character else {
            wrong = true;
            break;
        };
        text.push(character);
    }
    (Cow::Owned(text), wrong)
}

/// The first character outside `#x9 | #xA | #xD | [#x20-#x7E] | #x85 | [#xA0-#xD7FF] | [#xE000-#xFFFD] |
/// [#x10000-#x10FFFF]`, and where it starts.
fn first_forbidden(text: &str) -> Option<(usize, char)> {
    let suspect = |byte: u8| {
        byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r') || matches!(byte, 0x7F | 0xC2 | 0xEF)
    };
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(found) = bytes.get(from..)?.iter().position(|byte| suspect(*byte)) {
        let index = from + found;
        let character = text.get(index..)?.chars().next()?;
        let allowed = match character {
            '\u{85}' => true,
            '\0'..='\u{9F}' => false,
            _ => !matches!(character, '\u{FFFE}' | '\u{FFFF}'),
        };
        if !allowed {
            return Some((index, character));
        }
        from = index + character.len_utf8();
    }
    None
}

fn mark_at(text: &str, end: usize) -> Mark {
    let before = text.get(..end).unwrap_or_default();
    let line = before.bytes().filter(|byte| *byte == b'\n').count();
    let column = before.chars().rev().take_while(|character| *character != '\n').count();
    Place { line, column }.mark()
}

fn truncated(text: Cow<'_, str>, end: usize) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(..end).unwrap_or_default()),
        Cow::Owned(mut text) => {
            text.truncate(end);
            Cow::Owned(text)
        }
    }
}
