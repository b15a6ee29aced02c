//! Keys and values of generated objects (api/kv/kv.go).

use manifesto_tree::TreePath;
use manifesto_yaml::{Mark, SmolStr};

/// A key, its value, and where the value is written.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub(crate) key: SmolStr,
    pub(crate) value: Vec<u8>,
    pub(crate) file: TreePath,
    pub(crate) mark: Mark,
}

/// Why there is no pair.
pub(crate) type PairError = String;

/// `key=value`, the value with or without quotes around it.
pub(crate) fn literal(source: &str) -> Result<(&str, &str), PairError> {
    match source.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key, unquoted(value))),
        _ => Err(format!("the literal `{source}` has to be key=value")),
    }
}

/// One pair of quotes goes, when both ends have the same.
fn unquoted(text: &str) -> &str {
    let inner = |quote| text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}

/// Key and path of a file source: `path`, or `key=path`.
pub(crate) fn file_source(source: &str) -> Result<(&str, &str), PairError> {
    match source.split_once('=') {
        None => Ok((base_name(source), source)),
        Some((_, path)) if path.contains('=') => Err(format!("the file `{source}` has more than one `=`")),
        Some(("", _)) => Err(format!("the file `{source}` has no key before `=`")),
        Some((_, "")) => Err(format!("the file `{source}` has no path behind `=`")),
        Some(pair) => Ok(pair),
    }
}

/// Go's path.Base.
fn base_name(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    match trimmed.rsplit('/').next() {
        Some("") | None => {
            if path.is_empty() {
                "."
            } else {
                "/"
            }
        }
        Some(name) => name,
    }
}

/// The longest line of a file of pairs that Go's bufio.Scanner takes.
const LINE_BYTES_MAX: usize = 64 * 1024;

/// The pairs of a file with a `KEY=VALUE` in each line, and their lines, from 1. A key without a value has the empty one.
pub(crate) fn lines(content: &[u8]) -> Result<Vec<(u32, String, String)>, PairError> {
    let mut pairs = Vec::new();
    let content = content.strip_suffix(b"\n").unwrap_or(content);
    for (number, line) in (1_u32..).zip(content.split(|byte| *byte == b'\n')) {
        if line.len() >= LINE_BYTES_MAX {
            return Err(format!("line {number} has more than {LINE_BYTES_MAX} bytes"));
        }
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let text = std::str::from_utf8(line).map_err(|_| format!("line {number} is not UTF-8"))?;
        let text = if number == 1 { text.strip_prefix('\u{FEFF}').unwrap_or(text) } else { text };
        let text = text.trim_start_matches(is_go_space);
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let (key, value) = text.split_once('=').unwrap_or((text, ""));
        // What has no key counts as an empty line.
        if !key.is_empty() {
            pairs.push((number, key.to_owned(), value.to_owned()));
        }
    }
    Ok(pairs)
}

/// Go's unicode.IsSpace.
fn is_go_space(character: char) -> bool {
    character.is_whitespace()
}
