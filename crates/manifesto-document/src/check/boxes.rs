//! Rules about boxes: ticked against the evidence, left open against it, ticked against each other.

use std::collections::BTreeSet;

use manifesto_evidence::{Answer, BoxClass, Finding, Predicate, Prose, Reason, TextSpan, Truth, Verdict};

use super::{BoxReport, Case, Checked};
use crate::binding::boxes::{Questions, denies};
use crate::document::{Checkbox, Slot, SlotKind};
use crate::draft::proven;
use crate::groups::{BoxGroup, GroupKind, groups};
use crate::rules;

/// The most places that speak against a box.
const WITNESSES_MAX: usize = 3;
/// The longest label that a message quotes, in characters.
const LABEL_CHARS_MAX: usize = 80;

pub(super) fn check(case: &Case<'_>, checked: &mut Checked) {
    let questions = Questions::new(&case.evidence.answers);
    let mut bound: Vec<Bound<'_>> = Vec::new();
    for (index, slot) in case.text.slots.iter().enumerate() {
        let Some(binding) = case.bindings.get(index) else { continue };
        let groups = groups(&slot.boxes);
        for group in &groups {
            checked.findings.extend(group_finding(case, index, slot, group));
        }
        for (at, checkbox) in slot.boxes.iter().enumerate() {
            let answer = questions.asked_by(checkbox, binding);
            bound.push(Bound {
                slot: index,
                at,
                checkbox,
                answer,
                span: case.lines.span(checkbox.span.clone()),
            });
        }
    }
    let disclosed: BTreeSet<&str> =
        bound.iter().filter(|b| b.checkbox.ticked).filter_map(|b| Some(b.answer?.predicate.id)).collect();
    for bound in &bound {
        let finding = bound.finding(case, &disclosed, &questions);
        checked.boxes.push(bound.report(finding.is_some()));
        checked.findings.extend(finding);
    }
    checked.findings.extend(deleted(case, &bound, &questions));
}

/// A box and the question that it puts.
struct Bound<'d> {
    slot: usize,
    at: usize,
    checkbox: &'d Checkbox,
    answer: Option<&'d Answer>,
    span: TextSpan,
}

impl Bound<'_> {
    fn report(&self, is_wrong: bool) -> BoxReport {
        let ticked = self.checkbox.ticked;
        let verdict = match (self.answer.map(|answer| &answer.truth), ticked) {
            _ if is_wrong => Verdict::Contradicted,
            (Some(Truth::Yes(_)), true) | (Some(Truth::No), false) => Verdict::Supported,
            (None | Some(Truth::Yes(_)), false) => Verdict::Unanswered,
            _ => Verdict::Unverifiable,
        };
        BoxReport {
            label: self.checkbox.label.clone(),
            span: self.span.clone(),
            ticked,
            predicate: self.answer.map(|answer| answer.predicate),
            verdict,
        }
    }

    fn finding(
        &self,
        case: &Case<'_>,
        disclosed: &BTreeSet<&str>,
        questions: &Questions<'_>,
    ) -> Option<Finding> {
        let answer = self.answer?;
        let label = quoted(&self.checkbox.label);
        match (&answer.truth, self.checkbox.ticked) {
            (Truth::No, true) => Some(self.refuted(case, answer)),
            (Truth::Yes(reasons), false) if is_demanded(answer.predicate) => {
                if disclosed.contains(answer.predicate.id) || self.is_denied_by_truth(case, questions) {
                    return None;
                }
                let finding = Finding::new(
                    &rules::BOX_UNDISCLOSED,
                    format!("the box {label} is open, but {}", answer.predicate.question),
                );
                Some(witnessed(
                    finding
                        .level(answer.predicate.undisclosed)
                        .at(self.span.clone(), "open here")
                        .help("tick the box"),
                    reasons,
                ))
            }
            _ => None,
        }
    }

    /// A ticked box to which evidence says no. Where the box itself denies something, what speaks against it is what
    /// evidence affirms about the same topic.
    fn refuted(&self, case: &Case<'_>, answer: &Answer) -> Finding {
        let affirmed: Vec<(&Answer, &[Reason])> =
            case.evidence.answers.iter().filter_map(|other| affirmed(other, answer)).collect();
        let because = match affirmed.first() {
            Some((other, _)) if denies(answer.predicate) => other.predicate.question.to_owned(),
            _ => format!("it is not true that {}", answer.predicate.question),
        };
        let label = quoted(&self.checkbox.label);
        let finding = Finding::new(&rules::BOX_FALSE, format!("the box {label} is ticked, but {because}"))
            .at(self.span.clone(), "ticked here");
        if denies(answer.predicate) {
            let reasons: Vec<Reason> = affirmed.iter().flat_map(|(_, reasons)| reasons.to_vec()).collect();
            return witnessed(finding.help("clear the box"), &reasons);
        }
        finding
            .note(format!("all that could make it true was read: {}", proven(case.evidence)))
            .help("clear the box, or say below it what it refers to")
    }

    /// Whether a box that excludes this one is ticked, and evidence says yes to that one too: then evidence contradicts
    /// itself, and no verdict may rest on it.
    fn is_denied_by_truth(&self, case: &Case<'_>, questions: &Questions<'_>) -> bool {
        let (Some(slot), Some(binding)) = (case.text.slots.get(self.slot), case.bindings.get(self.slot))
        else {
            return false;
        };
        let is_true = |index: usize| {
            let Some(rival) = slot.boxes.get(index).filter(|rival| rival.ticked) else { return false };
            questions.asked_by(rival, binding).is_some_and(|answer| matches!(answer.truth, Truth::Yes(_)))
        };
        groups(&slot.boxes).iter().any(|group| group.rival_is_ticked(self.at, is_true))
    }
}

/// Another answer about the topic, if it is yes to a question that does not deny.
fn affirmed<'e>(other: &'e Answer, answer: &Answer) -> Option<(&'e Answer, &'e [Reason])> {
    let same_topic = other.predicate.topic == answer.predicate.topic && !denies(other.predicate);
    match &other.truth {
        Truth::Yes(reasons) if same_topic => Some((other, reasons)),
        _ => None,
    }
}

/// Only a question that evidence can answer with yes demands a tick.
fn is_demanded(predicate: &Predicate) -> bool {
    predicate.class == BoxClass::Derivable
}

/// The boxes of the template that the text does not have, although evidence says yes to them.
fn deleted(case: &Case<'_>, bound: &[Bound<'_>], questions: &Questions<'_>) -> Vec<Finding> {
    if !case.follows_template {
        return Vec::new();
    }
    let mut asked: BTreeSet<&str> = bound.iter().filter_map(|b| Some(b.answer?.predicate.id)).collect();
    let mut findings = Vec::new();
    for (index, (prompt, binding)) in case.template.slots.iter().zip(case.prompts).enumerate() {
        for checkbox in &prompt.boxes {
            let Some(answer) = questions.asked_by(checkbox, binding) else { continue };
            let Truth::Yes(reasons) = &answer.truth else { continue };
            if !is_demanded(answer.predicate) || !asked.insert(answer.predicate.id) {
                continue;
            }
            let message = format!(
                "the template's box {} was deleted, but {}",
                quoted(&checkbox.label),
                answer.predicate.question
            );
            let finding = Finding::new(&rules::BOX_UNDISCLOSED, message).level(answer.predicate.undisclosed);
            let slot = case.alignment.prompts.iter().position(|prompt| *prompt == Some(index));
            let finding = match slot.and_then(|slot| case.text.slots.get(slot)) {
                Some(slot) => finding.at(case.lines.span(slot.head.clone()), "it belongs here"),
                None => finding.note(format!("its place is under {}", quoted(&prompt.title))),
            };
            findings.push(witnessed(finding.help("put the box back and tick it"), reasons));
        }
    }
    findings
}

fn witnessed(finding: Finding, reasons: &[Reason]) -> Finding {
    let shown = reasons.iter().take(WITNESSES_MAX);
    let finding = shown
        .fold(finding, |finding, reason| finding.witness(reason.origin.clone(), reason.text.to_string()));
    match reasons.len().saturating_sub(WITNESSES_MAX) {
        0 => finding,
        1 => finding.note("1 more place says so"),
        more => finding.note(format!("{more} more places say so")),
    }
}

/// Boxes that exclude each other are ticked together, or none of them where one must be.
fn group_finding(case: &Case<'_>, index: usize, slot: &Slot, group: &BoxGroup) -> Option<Finding> {
    let is_ticked = |at: &&usize| slot.boxes.get(**at).is_some_and(|checkbox| checkbox.ticked);
    let mut ticked: Vec<usize> =
        group.sides.iter().filter_map(|side| side.iter().find(is_ticked)).copied().collect();
    ticked.sort_unstable();
    let span = |at: usize| slot.boxes.get(at).map(|checkbox| case.lines.span(checkbox.span.clone()));
    if let [first, .., last] = ticked.as_slice() {
        let label =
            |at: &usize| slot.boxes.get(*at).map(|checkbox| quoted(&checkbox.label)).unwrap_or_default();
        let message = format!("{} and {} exclude each other, and both are ticked", label(first), label(last));
        return Some(
            Finding::new(&rules::BOX_GROUP, message)
                .at(span(*last)?, "ticked as well")
                .help("leave the one that is true"),
        );
    }
    let open = group.kind == GroupKind::YesNo && ticked.is_empty();
    let due = !case.is_draft || !case.is_untouched(index, slot);
    if !open || !due {
        return None;
    }
    let title = if slot.kind == SlotKind::Preamble {
        String::new()
    } else {
        format!(" under {}", quoted(&slot.title))
    };
    let first = *group.sides.iter().flatten().min()?;
    Some(
        Finding::new(&rules::BOX_GROUP, format!("neither yes nor no is ticked{title}"))
            .at(span(first)?, "not answered")
            .help("tick one of them"),
    )
}

/// Words of the author's in a message: short, and harmless on a terminal.
fn quoted(label: &str) -> String {
    let short: String = label.chars().take(LABEL_CHARS_MAX).collect();
    let cut = if short.len() < label.len() { "…" } else { "" };
    format!("“{}{cut}”", Prose::new().code(short))
}
