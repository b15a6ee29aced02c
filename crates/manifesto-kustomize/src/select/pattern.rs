//! Regular expressions as Go's regexp has them.

use regex::{Regex, RegexBuilder};

use crate::node::Why;

/// As much as a pattern of a target may have.
const PATTERN_BYTES_MAX: usize = 4096;
/// As much memory as a compiled pattern may take.
const COMPILED_BYTES_MAX: usize = 1 << 20;

/// A pattern that must match the whole of a text. Most are plain names, which need no compiling.
#[derive(Debug)]
pub(crate) enum WholePattern {
    Name(String),
    Regex(Regex),
}

impl WholePattern {
    pub(crate) fn new(pattern: &str) -> Why<Self> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'/' | b':');
        if pattern.bytes().all(is_plain) {
            return Ok(Self::Name(pattern.to_owned()));
        }
        go_regex(&format!("^(?:{pattern})$")).map(Self::Regex)
    }

    pub(crate) fn is_match(&self, text: &str) -> bool {
        match self {
            Self::Name(name) => name == text,
            Self::Regex(regex) => regex.is_match(text),
        }
    }
}

/// Compiles a pattern of Go's RE2 syntax. Matching takes linear time, as it does in Go.
pub(crate) fn go_regex(pattern: &str) -> Why<Regex> {
    if pattern.len() > PATTERN_BYTES_MAX {
        return Err(format!("the pattern has more than {PATTERN_BYTES_MAX} bytes"));
    }
    RegexBuilder::new(&translate(pattern))
        .size_limit(COMPILED_BYTES_MAX)
        .dfa_size_limit(COMPILED_BYTES_MAX)
        .build()
        .map_err(|error| format!("the pattern `{pattern}` is refused: {}", last_line(&error.to_string())))
}

fn last_line(text: &str) -> &str {
    text.lines().next_back().unwrap_or(text).trim_start_matches("error: ")
}

/// The pattern in the syntax of the regex crate, which differs in a few corners: classes like `\d` are ASCII in Go,
/// a brace that is no repetition is a brace, and classes have no set operations.
fn translate(pattern: &str) -> String {
    let mut translated = String::with_capacity(pattern.len() + 8);
    let mut rest = pattern;
    let mut in_class = false;
    while let Some(character) = rest.chars().next() {
        let behind = rest.get(character.len_utf8()..).unwrap_or_default();
        rest = match character {
            '\\' => escape(behind, in_class, &mut translated),
            '[' if in_class && behind.starts_with(':') => posix_class(rest, &mut translated),
            '[' if in_class => literal("\\[", behind, &mut translated),
            '[' => {
                in_class = true;
                class_start(behind, &mut translated)
            }
            ']' if in_class => {
                in_class = false;
                literal("]", behind, &mut translated)
            }
            '&' | '~' if in_class => {
                translated.push('\\');
                translated.push(character);
                behind
            }
            '{' if !in_class && !is_repetition(behind) => literal("\\{", behind, &mut translated),
            other => {
                translated.push(other);
                behind
            }
        };
    }
    translated
}

fn literal<'p>(text: &str, behind: &'p str, translated: &mut String) -> &'p str {
    translated.push_str(text);
    behind
}

fn escape<'p>(behind: &'p str, in_class: bool, translated: &mut String) -> &'p str {
    let Some(character) = behind.chars().next() else { return literal("\\", behind, translated) };
    let after = behind.get(character.len_utf8()..).unwrap_or_default();
    let ascii = match (character, in_class) {
        ('d', false) => "[0-9]",
        ('D', false) => "[^0-9]",
        ('w', false) => "[0-9A-Za-z_]",
        ('W', false) => "[^0-9A-Za-z_]",
        ('s', false) => "[\\t\\n\\f\\r ]",
        ('S', false) => "[^\\t\\n\\f\\r ]",
        ('d', true) => "0-9",
        ('w', true) => "0-9A-Za-z_",
        ('s', true) => "\\t\\n\\f\\r ",
        ('b', false) => "(?-u:\\b)",
        ('B', false) => "(?-u:\\B)",
        ('<', _) => "<",
        ('>', _) => ">",
        ('Q', _) => {
            let (quoted, after) = after.split_once("\\E").unwrap_or((after, ""));
            return literal(&regex::escape(quoted), after, translated);
        }
        _ => {
            translated.push('\\');
            translated.push(character);
            return after;
        }
    };
    literal(ascii, after, translated)
}

/// A `]` that comes first in a class stands for itself.
fn class_start<'p>(behind: &'p str, translated: &mut String) -> &'p str {
    let (start, rest) = match behind.strip_prefix('^') {
        Some(rest) => ("[^", rest),
        None => ("[", behind),
    };
    translated.push_str(start);
    match rest.strip_prefix(']') {
        Some(rest) => literal("\\]", rest, translated),
        None => rest,
    }
}

fn posix_class<'p>(rest: &'p str, translated: &mut String) -> &'p str {
    match rest.find(":]").and_then(|end| rest.split_at_checked(end + 2)) {
        Some((class, after)) => literal(class, after, translated),
        None => literal("\\[", rest.get(1..).unwrap_or_default(), translated),
    }
}

/// Whether what stands behind a `{` is `n}`, `n,}` or `n,m}`.
fn is_repetition(behind: &str) -> bool {
    let Some((inner, _)) = behind.split_once('}') else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match inner.split_once(',') {
        Some((low, high)) => digits(low) && (high.is_empty() || digits(high)),
        None => digits(inner),
    }
}
