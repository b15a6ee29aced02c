//! The globs of `.Files.Glob`: those of gobwas/glob with `/` between names, as regular expressions.

use std::iter::Peekable;
use std::str::Chars;

use regex::bytes::{Regex, RegexBuilder};

/// A compiled pattern.
#[derive(Debug)]
pub(super) enum Glob {
    /// All names, which is what Helm takes where it cannot read the pattern.
    All,
    Pattern(Regex),
}

/// A pattern that cannot be read.
struct Broken;

const REGEX_BYTES_MAX: usize = 1 << 20;

impl Glob {
    pub(super) fn parse(pattern: &str) -> Self {
        let compiled = translate(pattern).and_then(|text| {
            RegexBuilder::new(&text)
                .dot_matches_new_line(true)
                .size_limit(REGEX_BYTES_MAX)
                .build()
                .map_err(|_| Broken)
        });
        compiled.map_or(Self::All, Self::Pattern)
    }

    pub(super) fn matches(&self, name: &[u8]) -> bool {
        match self {
            Self::All => true,
            Self::Pattern(regex) => regex.is_match(name),
        }
    }
}

fn translate(pattern: &str) -> Result<String, Broken> {
    let mut out = "^(?:".to_owned();
    let mut chars = pattern.chars().peekable();
    let mut terms = 0u32;
    while let Some(char) = chars.next() {
        match char {
            '*' if chars.next_if_eq(&'*').is_some() => out.push_str(".*"),
            '*' => out.push_str("[^/]*"),
            '?' => out.push_str("[^/]"),
            '[' => class(&mut chars, &mut out)?,
            '{' => {
                terms += 1;
                out.push_str("(?:");
            }
            ',' if terms > 0 => out.push('|'),
            '}' if terms > 0 => {
                terms -= 1;
                out.push(')');
            }
            '\\' => {
                if let Some(escaped) = chars.next() {
                    literal(escaped, &mut out);
                }
            }
            char => literal(char, &mut out),
        }
    }
    // What is left open ends with the pattern.
    (0..terms).for_each(|_| out.push(')'));
    out.push_str(")$");
    Ok(out)
}

fn literal(char: char, out: &mut String) {
    out.push_str(&regex::escape(char.encode_utf8(&mut [0; 4])));
}

/// One range (`a-z`) or one list of characters, which may hold slashes.
fn class(chars: &mut Peekable<Chars<'_>>, out: &mut String) -> Result<(), Broken> {
    let negated = chars.next_if_eq(&'!').is_some();
    let first = chars.next().ok_or(Broken)?;
    let mut members = String::new();
    if chars.next_if_eq(&'-').is_some() {
        let last = chars.next().ok_or(Broken)?;
        if last < first || chars.next() != Some(']') {
            return Err(Broken);
        }
        literal(first, &mut members);
        members.push('-');
        literal(last, &mut members);
    } else {
        let mut next = Some(first);
        loop {
            match next.ok_or(Broken)? {
                ']' => break,
                '\\' => literal(chars.next().ok_or(Broken)?, &mut members),
                char => literal(char, &mut members),
            }
            next = chars.next();
        }
    }
    if members.is_empty() {
        return Err(Broken);
    }
    out.push_str(if negated { "[^" } else { "[" });
    out.push_str(&members);
    out.push(']');
    Ok(())
}
