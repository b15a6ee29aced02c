//! How kyaml cuts a text into documents before it parses any (kyaml/kio/byteio_reader.go, splitDocuments).

use super::{Dialect, Parsed, compose};
use crate::{Limits, Mark, YamlError};

/// The documents of a text: of each part between `---` lines, the first one.
pub(super) fn parse(text: &str, limits: &Limits) -> Parsed {
    // kyaml replaces the ends of lines before all else, so that `\r\n` inside of quotes is gone too.
    let unix = if text.contains("\r\n") { &text.replace("\r\n", "\n") } else { text };
    let mut parsed = Parsed::default();
    let chunks = match split(unix) {
        Ok(chunks) => chunks,
        Err(error) => return Parsed { documents: Vec::new(), error: Some(error) },
    };
    let mut budget = compose::Budget::new(limits);
    for (line_before, chunk) in chunks {
        match compose::first(chunk, Dialect::GoV3, line_before, &mut budget) {
            Ok(document) => parsed.documents.extend(document),
            Err(error) => {
                parsed.error = Some(error);
                break;
            }
        }
    }
    parsed
}

/// The parts, each with the number of lines before it. Only a line that starts with `---` and is not the first
/// one separates, and only a comment may stand behind the dashes.
fn split(text: &str) -> Result<Vec<(u32, &str)>, YamlError> {
    let mut chunks = Vec::new();
    let (mut start, mut start_line) = (0, 0);
    let mut offset = 0;
    for (line, whole_line) in (0..).zip(text.split_inclusive('\n')) {
        let end = offset + whole_line.len();
        // The pattern is `\n---.*\n`: the line break before it must not belong to the separator before it, and
        // the last line needs one of its own.
        if offset > start && whole_line.starts_with("---") && whole_line.ends_with('\n') {
            check_separator(whole_line, line)?;
            chunks.push((start_line, text.get(start..offset).unwrap_or_default()));
            (start, start_line) = (end, line + 1);
        }
        offset = end;
    }
    chunks.push((start_line, text.get(start..).unwrap_or_default()));
    Ok(chunks)
}

fn check_separator(line: &str, lines_before: u32) -> Result<(), YamlError> {
    let behind = line.get(3..).unwrap_or_default().trim();
    if behind.is_empty() || behind.starts_with('#') {
        return Ok(());
    }
    let mark = Mark { line: lines_before.saturating_add(1), column: 1, file: 0 };
    Err(YamlError::new(
        mark,
        format!("the line `{}` separates documents and has more than a comment behind it", line.trim()),
    ))
}
