//! What a template shows only so that the author replaces it.
//!
//! The template itself says what its placeholders are: a line is one only where the text still has it word for word.
//! What remains to tell is which of a template's lines are meant to stay, and that is told by their form.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::document::{Document, Part, PartKind, Slot};
use crate::shown::{Line, shown, shown_in, split_bullet};
use crate::source::line_start;

/// How a placeholder is meant to be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Placeholder {
    /// It gives way to an answer: `*`, `* [Name]`, `...`, a sample path.
    Sample,
    /// Something belongs behind or into it, and the rest stays: `* CPU:`, `Closes #`, an empty box, an empty alert.
    Frame,
}

/// The openings of an instruction that a template shows where the answer belongs.
const INSTRUCTIONS: &[&str] = &[
    "add ",
    "brief ",
    "briefly ",
    "describe ",
    "enter ",
    "explain ",
    "fill in ",
    "insert ",
    "list ",
    "paste ",
    "provide ",
    "replace ",
    "short description",
    "summarise ",
    "summarize ",
    "write ",
    "beschreib",
    "kurze ",
    "décri",
    "ajoute",
    "brève ",
    "describa",
    "añad",
    "breve ",
];

/// Words of courtesy before an instruction.
const COURTESY: &[&str] = &["please ", "bitte ", "veuillez ", "por favor "];

/// The placeholder that `line` is, where it stands: `next` is the next line that shows something.
pub(crate) fn classify(line: &Line, next: Option<&Line>) -> Option<Placeholder> {
    if line.code {
        let asks = line.shown.ends_with(" here") || has_bracket(&line.shown);
        return asks.then_some(Placeholder::Frame);
    }
    let quoted = line.shown.trim_start_matches(['>', ' ']);
    let (is_item, words) = match split_bullet(quoted) {
        Some((_, words)) => (true, words),
        None => (false, quoted),
    };
    if let Some(label) = words.strip_prefix("[ ]").filter(|_| is_item) {
        return (label.trim().is_empty() || has_bracket(label)).then_some(Placeholder::Frame);
    }
    let is_sample =
        words.is_empty() || matches!(words, "..." | "…") || words.contains("path/to/") || has_bracket(words);
    if is_sample {
        return Some(Placeholder::Sample);
    }
    let has_children = next.is_some_and(|next| next.indent > line.indent);
    let is_label = is_item && words.ends_with(':') && !has_children;
    let is_row = words.starts_with('|') && words.bytes().all(|b| matches!(b, b'|' | b' '));
    let is_frame = line.hole || is_label || is_row || words.ends_with(" #") || is_instruction(words);
    is_frame.then_some(Placeholder::Frame)
}

/// Whether words tell the author what to write. They may stand behind bold words of their own: `**Summary**: Brief …`.
fn is_instruction(words: &str) -> bool {
    let words = match words.strip_prefix("**").and_then(|rest| rest.split_once("**")) {
        Some((_, behind)) => behind.trim_start_matches([':', ' ']),
        None => words,
    };
    let lower = words.trim_start_matches(['_', '*', '(']).to_lowercase();
    let lower = COURTESY.iter().find_map(|please| lower.strip_prefix(please)).unwrap_or(&lower);
    INSTRUCTIONS.iter().any(|opening| lower.starts_with(opening))
}

/// Whether words hold a name in brackets, `[Component name]`, that is no link, no footnote and no box, or one in
/// angles, `<Component name>`, that is no tag: a tag's attributes have values.
fn has_bracket(words: &str) -> bool {
    bracket(words).is_some()
}

/// The bytes of the first such name, with its brackets.
pub(crate) fn bracket(words: &str) -> Option<Range<usize>> {
    let bytes = words.as_bytes();
    let mut at = 0;
    while let Some(found) = words.get(at..).unwrap_or_default().find(['[', '<']) {
        let start = at + found;
        at = start + 1;
        let close = if bytes.get(start) == Some(&b'[') { ']' } else { '>' };
        let Some(length) = words.get(at..).unwrap_or_default().find(['[', ']', '<', '>']) else { continue };
        let end = at + length;
        if words.get(end..).unwrap_or_default().starts_with(close) && is_name(words, start, end) {
            return Some(start..end + 1);
        }
    }
    None
}

fn is_name(words: &str, start: usize, end: usize) -> bool {
    let name = words.get(start + 1..end).unwrap_or_default();
    let before = words.get(..start).unwrap_or_default().chars().next_back();
    let after = words.get(end + 1..).unwrap_or_default().chars().next();
    if !name.starts_with(char::is_alphabetic) || name.chars().count() < 2 {
        return false;
    }
    if words.get(start..).unwrap_or_default().starts_with('[') {
        let joined = before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '!' | ']' | '`' | '$'));
        return !joined && !after.is_some_and(|c| matches!(c, '(' | '[' | ':'));
    }
    name.contains(' ') && !name.contains(['=', '/', ':'])
}

/// The placeholders that a slot of the text still shows, because the template's slot shows them.
pub(crate) fn left_in(
    text: &Document,
    slot: &Slot,
    template: &Document,
    prompt: &Slot,
) -> Vec<(Line, Placeholder)> {
    let prompts = shown(template, prompt);
    let holes: BTreeMap<&str, bool> = prompts.iter().map(|line| (line.shown.as_str(), line.hole)).collect();
    let lines = shown(text, slot);
    let mut left = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let Some(hole) = holes.get(line.shown.as_str()) else { continue };
        let line = Line { hole: line.hole || *hole, ..line.clone() };
        if let Some(placeholder) = classify(&line, lines.get(index + 1)) {
            left.push((line, placeholder));
        }
    }
    left.extend(empty_alerts(text, slot));
    left.extend(sample_code(text, slot, template, prompt));
    left.sort_by_key(|(line, _)| line.span.start);
    left.dedup_by(|a, b| a.0.span.start == b.0.span.start);
    left
}

/// The alerts that show nothing but their own name.
fn empty_alerts(document: &Document, slot: &Slot) -> Vec<(Line, Placeholder)> {
    let alerts = slot.parts.iter().filter(|part| part.kind == PartKind::Alert);
    let shown = alerts.map(|alert| shown_in(document, slot, alert.span.clone()));
    let empty = shown.filter(|lines| lines.len() == 1);
    empty.flatten().map(|line| (line, Placeholder::Frame)).collect()
}

/// The code blocks that are the template's, word for word, and say nothing: comments, labels without values, samples.
fn sample_code(text: &Document, slot: &Slot, template: &Document, prompt: &Slot) -> Vec<(Line, Placeholder)> {
    let words = |lines: &[Line]| lines.iter().map(|line| line.shown.clone()).collect::<Vec<String>>();
    let samples = code_of(template, prompt).filter(|lines| is_sample_code(lines));
    let samples: BTreeSet<Vec<String>> = samples.map(|lines| words(&lines)).collect();
    let left = code_of(text, slot).filter(|lines| samples.contains(&words(lines)));
    // The fence itself is a line; the code starts behind it.
    left.filter_map(|lines| lines.into_iter().nth(1)).map(|line| (line, Placeholder::Frame)).collect()
}

fn code_of(document: &Document, slot: &Slot) -> impl Iterator<Item = Vec<Line>> {
    let code = slot.parts.iter().filter(|part| part.kind == PartKind::Code);
    code.map(move |part| shown_in(document, slot, part.span.clone()))
}

fn is_sample_code(lines: &[Line]) -> bool {
    let Some((_fence, [code @ .., _])) = lines.split_first() else { return false };
    let says_nothing = |line: &Line| {
        let words = line.shown.as_str();
        words.starts_with(['#', '/'])
            || words.ends_with([':', '.'])
            || words.ends_with(" here")
            || has_bracket(words)
    };
    !code.is_empty() && code.iter().all(says_nothing)
}

/// The blocks of a slot that give way to an answer: the first run of blocks that show nothing but samples.
pub(crate) fn sample_run(document: &Document, slot: &Slot) -> Option<Range<usize>> {
    let gives_way = |part: &&Part| {
        let own_line = line_start(&document.text, part.span.start) >= slot.head.end;
        matches!(part.kind, PartKind::List | PartKind::Prose) && own_line && {
            let lines = shown_in(document, slot, part.span.clone());
            let sample = |(index, line)| classify(line, lines.get(index + 1)) == Some(Placeholder::Sample);
            !lines.is_empty() && lines.iter().enumerate().all(sample)
        }
    };
    let mut run = slot.parts.iter().skip_while(|part| !gives_way(part)).take_while(gives_way);
    let first = run.next()?;
    let last = run.last().unwrap_or(first);
    Some(first.span.start..last.span.end)
}
