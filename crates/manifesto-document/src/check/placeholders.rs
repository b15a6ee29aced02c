//! `doc/placeholder-left`: what the template shows only so that the author replaces it.

use manifesto_evidence::{Finding, Level, Prose, TextSpan};

use super::Case;
use crate::document::{Slot, SlotKind};
use crate::pattern::Pattern;
use crate::placeholder::left_in;
use crate::rules;
use crate::source::slice;

/// The most lines of a slot that are named.
const LINES_MAX: usize = 5;

pub(super) fn check(case: &Case<'_>, findings: &mut Vec<Finding>) {
    findings.extend(top_comment(case));
    for (index, slot) in case.text.slots.iter().enumerate() {
        findings.extend(in_heading(case, index, slot));
        findings.extend(in_slot(case, index, slot));
    }
}

/// While a text is being drafted, a slot that nobody has written into is unanswered, not forgotten.
fn in_slot(case: &Case<'_>, index: usize, slot: &Slot) -> Option<Finding> {
    let prompt = case.prompt(index)?;
    if case.is_draft && case.is_untouched(index, slot) {
        return None;
    }
    let left = left_in(case.text, slot, case.template, prompt);
    let spans: Vec<TextSpan> = left.iter().map(|(line, _)| case.lines.span(line.span.clone())).collect();
    finding(slot, &spans)
}

/// A heading that still has the template's bracket.
fn in_heading(case: &Case<'_>, index: usize, slot: &Slot) -> Option<Finding> {
    let prompt = case.prompt(index).filter(|_| matches!(slot.kind, SlotKind::Heading(_)))?;
    let unnumbered = |title: &str| title.replace(|c: char| c.is_ascii_digit(), "");
    let is_same = unnumbered(&prompt.title) == unnumbered(&slot.title);
    if !is_same || Pattern::of(&slot.title).is_none() {
        return None;
    }
    let mut section =
        (index..case.text.below(index).end).filter_map(|index| Some((index, case.text.slots.get(index)?)));
    if case.is_draft && section.all(|(index, slot)| case.is_untouched(index, slot)) {
        return None;
    }
    finding(slot, &[case.lines.span(slot.head.clone())])
}

fn finding(slot: &Slot, spans: &[TextSpan]) -> Option<Finding> {
    let first = spans.first()?;
    let title = Prose::new().code(&slot.title);
    let message = if slot.kind == SlotKind::Preamble {
        "the text still holds what the template only shows as an example".to_owned()
    } else {
        format!("“{title}” still holds what the template only shows as an example")
    };
    let mut finding = Finding::new(&rules::DOC_PLACEHOLDER_LEFT, message)
        .at(first.clone(), "the template's placeholder")
        .help("replace it with your answer, or delete it if it does not apply");
    if spans.len() > 1 {
        let lines: Vec<String> =
            spans.iter().skip(1).take(LINES_MAX).map(|span| span.line.to_string()).collect();
        let more = spans.len() - 1 - lines.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let says = if spans.len() == 2 { "so does line" } else { "so do lines" };
        finding = finding.note(format!("{says} {}{more}", lines.join(", ")));
    }
    Some(finding)
}

/// The comment with which the template explains itself: invisible, but it has no place in a finished text.
fn top_comment(case: &Case<'_>) -> Option<Finding> {
    if case.is_draft {
        return None;
    }
    let (slot, prompt) = (case.text.slots.first()?, case.template.slots.first()?);
    let words = |document: &crate::document::Document, span: std::ops::Range<usize>| {
        slice(&document.text, span).split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    let explained: Vec<Vec<String>> = case
        .template
        .comments(&prompt.body)
        .iter()
        .map(|comment| words(case.template, comment.span.clone()))
        .collect();
    let left = case
        .text
        .comments(&slot.body)
        .iter()
        .find(|comment| explained.contains(&words(case.text, comment.span.clone())))?;
    Some(
        Finding::new(&rules::DOC_PLACEHOLDER_LEFT, "the template's own explanation is still at the top")
            .level(Level::Note)
            .at(case.lines.span(left.span.clone()), "meant for the author")
            .help("delete it"),
    )
}
