//! What happens to text where upstream writes it and reads it again.
//!
//! sigs.k8s.io/yaml reads its JSON with go-yaml version 2, as YAML (JSONToYAML). Most text comes back as it was; a
//! few characters that JSON leaves bare mean something to YAML. kyaml writes its nodes as YAML.

use std::borrow::Cow;

use super::Writer;
use super::analysis::analyse;
use super::emitter::Output;
use super::json::{Html, needs_escape};
use crate::{Dialect, Limits, Mark, ScalarStyle, YamlError, parse};

/// Text behind `|` or `>` as kyaml reads it once it has written it; none when it cannot.
pub(crate) fn by_kyaml(text: &str, style: ScalarStyle) -> Option<String> {
    let writer = Writer::GoV3 { indent: 2 };
    if !analyse(text, writer).block {
        // It is written in quotes, which keep all.
        return Some(text.to_owned());
    }
    let mut output = Output::new(writer);
    output.raw("text:");
    output.end_token();
    output.indent = Some(2);
    if style == ScalarStyle::Folded {
        output.folded(text);
    } else {
        output.literal(text);
    }
    output.indent = None;
    output.new_line();
    let document = parse(output.text.as_bytes(), Dialect::SigsV2, &Limits::default()).documents.pop()?;
    document.root.get("text")?.as_str().map(str::to_owned)
}

/// libyaml looks no further for the colon behind a key.
const KEY_CHARACTERS_MAX: usize = 1024;

/// The text as YAML reads it between JSON's quotes.
pub(super) fn value(text: &str, mark: Mark) -> Result<Cow<'_, str>, YamlError> {
    let suspect = |byte: u8| matches!(byte, 0x7F | 0xC2 | 0xEF);
    if !text.bytes().any(suspect) {
        return Ok(Cow::Borrowed(text));
    }
    // The reader allows them nowhere, and encoding/json does not escape them (readerc.go).
    if let Some(refused) = text
        .chars()
        .find(|c| matches!(c, '\u{7F}'..='\u{84}' | '\u{86}'..='\u{9F}' | '\u{FFFE}' | '\u{FFFF}'))
    {
        let problem = format!("the character {} cannot be written", refused.escape_unicode());
        return Err(YamlError::new(mark, problem));
    }
    Ok(if text.contains('\u{85}') { Cow::Owned(fold(text)) } else { Cow::Borrowed(text) })
}

/// The same for a key, which must end on its line and soon.
pub(super) fn key(text: &str, mark: Mark) -> Result<Cow<'_, str>, YamlError> {
    let read = value(text, mark)?;
    if matches!(read, Cow::Owned(_)) {
        return Err(YamlError::new(mark, "a key with a line break in it cannot be written"));
    }
    if text.len() * 6 > KEY_CHARACTERS_MAX && 2 + json_characters(text) > KEY_CHARACTERS_MAX {
        return Err(YamlError::new(
            mark,
            format!("a key of more than {KEY_CHARACTERS_MAX} characters cannot be written"),
        ));
    }
    Ok(read)
}

fn json_characters(text: &str) -> usize {
    let width = |character: char| match character {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{C}' => 2,
        _ if needs_escape(character, Html::Escaped) => 6,
        _ => 1,
    };
    text.chars().map(width).sum()
}

/// U+0085 is a line break: the blanks around it go, one of them becomes a space, each further one a line feed.
/// Tabs are no blanks here, JSON has escaped them.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut lines = text.split('\u{85}');
    folded.push_str(lines.next().unwrap_or_default());
    let mut breaks = 0;
    for line in lines {
        breaks += 1;
        let content = line.trim_start_matches(' ');
        if breaks == 1 {
            folded.truncate(folded.trim_end_matches(' ').len());
        }
        if content.is_empty() {
            continue;
        }
        push_breaks(&mut folded, breaks);
        folded.push_str(content);
        breaks = 0;
    }
    push_breaks(&mut folded, breaks);
    folded
}

fn push_breaks(folded: &mut String, breaks: usize) {
    match breaks {
        0 => {}
        1 => folded.push(' '),
        _ => (1..breaks).for_each(|_| folded.push('\n')),
    }
}
