//! What a reader sees of a slot, line by line, in a form in which two writers' habits compare equal.

use std::ops::Range;

use crate::document::{Document, PartKind, Slot};
use crate::source::{lines, slice};

/// A line of a slot that shows something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its bytes, without indentation and line end.
    pub(crate) span: Range<usize>,
    /// What it shows: bullets as `*`, boxes open, escapes undone, blanks as one.
    pub(crate) shown: String,
    /// How far it is indented, in bytes.
    pub(crate) indent: usize,
    /// Whether it is code.
    pub(crate) code: bool,
    /// Whether it holds a comment: a hole that the author is asked to fill.
    pub(crate) hole: bool,
}

/// The lines that a slot shows to a reader, in what the author or the template wrote: no comments, no intact regions, and
/// not the note at the end, which belongs to no slot even where the author has edited it.
pub(crate) fn shown(document: &Document, slot: &Slot) -> Vec<Line> {
    shown_in(document, slot, slot.body.clone())
}

/// The same for a part of the slot's body.
pub(crate) fn shown_in(document: &Document, slot: &Slot, range: Range<usize>) -> Vec<Line> {
    let comments = document.comments(&(slot.body.start..range.end));
    let comments = comments.iter().rev().take_while(|comment| comment.span.end > range.start);
    let mut hidden: Vec<(Range<usize>, bool)> =
        comments.map(|comment| (comment.span.clone(), true)).collect();
    let ours = slot.regions.iter().filter(|region| region.is_intact() || region.is_footer);
    hidden.extend(ours.map(|region| (region.span.clone(), false)));
    hidden.sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
    let from = slot.parts.partition_point(|part| part.span.end <= range.start);
    let parts =
        slot.parts.get(from..).unwrap_or_default().iter().take_while(|part| part.span.start < range.end);
    let mut code = parts.filter(|part| part.kind == PartKind::Code).map(|part| &part.span).peekable();
    let (mut first, mut shown) = (0, Vec::new());
    for line in lines(&document.text, range.clone()) {
        while hidden.get(first).is_some_and(|(span, _)| span.end <= line.start) {
            first += 1;
        }
        while code.next_if(|span| span.end <= line.start).is_some() {}
        let is_code = code.peek().is_some_and(|span| span.start <= line.start);
        shown.extend(visible(document, line, hidden.get(first..).unwrap_or_default(), is_code));
    }
    shown
}

/// What is left of a line when the hidden ranges are cut out of it; none when that is nothing.
fn visible(
    document: &Document,
    line: Range<usize>,
    hidden: &[(Range<usize>, bool)],
    code: bool,
) -> Option<Line> {
    let (mut text, mut at, mut hole) = (String::new(), line.start, false);
    for (span, comment) in hidden.iter().take_while(|(span, _)| span.start < line.end) {
        text.push_str(slice(&document.text, at..span.start.max(at)));
        at = at.max(span.end.min(line.end));
        hole |= comment;
    }
    text.push_str(slice(&document.text, at..line.end));
    let whole = slice(&document.text, line.clone());
    let indent = whole.len() - whole.trim_start().len();
    let shown = if code { text.trim().to_owned() } else { normal_line(&text) };
    let span = line.start + indent..line.start + whole.trim_end().len();
    (!shown.is_empty()).then_some(Line { span, shown, indent, code, hole })
}

/// A line without the habits of its writer: `-`, `+` and `*` are one bullet, `1)` is `1.`, a box is open, `\[` is `[`,
/// any thematic break is `***`, and blanks are single.
fn normal_line(line: &str) -> String {
    let line = line.trim();
    if is_break(line) {
        return "***".to_owned();
    }
    let mut normal = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(quoted) = rest.strip_prefix('>') {
        normal.push_str("> ");
        rest = quoted.trim_start();
    }
    if let Some((bullet, after)) = split_bullet(rest) {
        normal.push_str(&bullet);
        rest = after;
        for open in ["[ ]", "[x]", "[X]"] {
            if let Some(after) = rest.strip_prefix(open) {
                normal.push_str("[ ] ");
                rest = after.trim_start();
            }
        }
    }
    let mut chars = rest.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_whitespace() {
            if !normal.ends_with(' ') {
                normal.push(' ');
            }
        } else if c != '\\' || !chars.peek().is_some_and(char::is_ascii_punctuation) {
            normal.push(c);
        }
    }
    let is_empty_quote = normal.bytes().all(|b| matches!(b, b'>' | b' '));
    normal.truncate(if is_empty_quote { 0 } else { normal.trim_end().len() });
    normal
}

fn is_break(line: &str) -> bool {
    let mut marks = line.chars().filter(|c| !c.is_whitespace());
    let Some(first) = marks.next().filter(|c| matches!(c, '*' | '-' | '_')) else { return false };
    let count = marks.try_fold(1_usize, |count, c| (c == first).then_some(count + 1));
    count.is_some_and(|count| count >= 3)
}

/// The list marker at the start of a line, in its normal form, and what follows it.
pub(crate) fn split_bullet(line: &str) -> Option<(String, &str)> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let mark = line.get(digits..)?.chars().next()?;
    let after = line.get(digits + mark.len_utf8()..)?;
    if !after.is_empty() && !after.starts_with([' ', '\t']) {
        return None;
    }
    let bullet = match (digits, mark) {
        (0, '-' | '+' | '*') => "* ".to_owned(),
        (1..=9, '.' | ')') => format!("{}. ", line.get(..digits)?),
        _ => return None,
    };
    Some((bullet, after.trim_start()))
}
