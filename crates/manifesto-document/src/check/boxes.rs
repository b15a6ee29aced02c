//! Rules about boxes: ticked against the evidence, left open against it, ticked against each other.

use std::borrow::Cow;
use std::collections::BTreeSet;

use manifesto_evidence::{Answer, BoxClass, Finding, Predicate, Prose, Reason, TextSpan, Truth, Verdict};

use super::{BoxReport, Case, Checked};
use crate::binding::SlotBinding;
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
    let questions = Questions::new(case.evidence);
    let mut bound: Vec<Bound<'_>> = Vec::new();
    for (index, (slot, binding)) in case.text.slots.iter().zip(case.bindings).enumerate() {
        let groups = groups(&slot.boxes);
        checked.findings.extend(groups.iter().filter_map(|group| group_finding(case, index, slot, group)));
        bound.extend(bind(case, slot, binding, &groups, &questions));
    }
    let disclosed = bound.iter().filter(|bound| bound.checkbox.ticked);
    let mut settled: BTreeSet<&str> =
        disclosed.filter_map(|bound| Some(bound.answer.as_ref()?.predicate.id)).collect();
    for bound in &bound {
        let finding = bound.finding(case, &mut settled);
        checked.boxes.push(bound.report(finding.is_some()));
        checked.findings.extend(finding);
    }
    checked.findings.extend(deleted(case, &bound, &questions));
}

/// The boxes of a slot with the questions that they put.
fn bind<'d>(
    case: &Case<'d>,
    slot: &'d Slot,
    binding: &SlotBinding,
    groups: &[BoxGroup],
    questions: &Questions<'d>,
) -> Vec<Bound<'d>> {
    let answers: Vec<Option<Cow<'d, Answer>>> =
        slot.boxes.iter().map(|checkbox| questions.answer_to(checkbox, binding)).collect();
    let is_true = |index: usize| {
        let ticked = slot.boxes.get(index).is_some_and(|rival| rival.ticked);
        let answer = answers.get(index).and_then(Option::as_ref);
        ticked && answer.is_some_and(|answer| matches!(answer.truth, Truth::Yes(_)))
    };
    let bound = slot.boxes.iter().zip(&answers).enumerate().map(|(index, (checkbox, answer))| Bound {
        checkbox,
        answer: answer.clone(),
        is_disputed: groups.iter().any(|group| group.rival_is_ticked(index, is_true)),
        span: case.lines.span(checkbox.span.clone()),
    });
    bound.collect()
}

/// A box and the question that it puts.
struct Bound<'d> {
    checkbox: &'d Checkbox,
    answer: Option<Cow<'d, Answer>>,
    /// Whether a box that excludes this one is ticked and evidence says yes to it. If evidence says yes to this one too,
    /// it contradicts itself, and no verdict may rest on it.
    is_disputed: bool,
    span: TextSpan,
}

impl Bound<'_> {
    fn report(&self, is_wrong: bool) -> BoxReport {
        let ticked = self.checkbox.ticked;
        let verdict = match (self.answer.as_ref().map(|answer| &answer.truth), ticked) {
            _ if is_wrong => Verdict::Contradicted,
            (Some(Truth::Yes(_)), true) | (Some(Truth::No), false) => Verdict::Supported,
            (None | Some(Truth::Yes(_)), false) => Verdict::Unanswered,
            _ => Verdict::Unverifiable,
        };
        BoxReport {
            label: self.checkbox.label.clone(),
            span: self.span.clone(),
            ticked,
            predicate: self.answer.as_ref().map(|answer| answer.predicate),
            verdict,
        }
    }

    /// What is wrong with the box. A question to which the answer is yes needs one ticked box, and is asked for once.
    fn finding(&self, case: &Case<'_>, settled: &mut BTreeSet<&str>) -> Option<Finding> {
        let answer = self.answer.as_deref()?;
        match (&answer.truth, self.checkbox.ticked) {
            (Truth::No, true) => self.refuted(case, answer),
            (Truth::Yes(reasons), false) if is_demanded(answer.predicate) && !self.is_disputed => {
                settled.insert(answer.predicate.id).then(|| self.undisclosed(answer.predicate, reasons))
            }
            _ => None,
        }
    }

    fn undisclosed(&self, predicate: &Predicate, reasons: &[Reason]) -> Finding {
        let message = format!("the box {} is open, but {}", quoted(&self.checkbox.label), predicate.question);
        let finding = Finding::new(&rules::BOX_UNDISCLOSED, message).level(predicate.undisclosed);
        witnessed(finding.at(self.span.clone(), "open here").help("tick the box"), reasons)
    }

    /// A ticked box to which evidence says no. Where the box itself denies something, what speaks against it is what
    /// evidence affirms about the same topic; where it affirms nothing, how the words are read decides, and nobody is accused.
    fn refuted(&self, case: &Case<'_>, answer: &Answer) -> Option<Finding> {
        let affirmed: Vec<(&Answer, &[Reason])> =
            case.evidence.answers.iter().filter_map(|other| affirmed(other, answer)).collect();
        let because = match affirmed.first() {
            Some((other, _)) if denies(answer.predicate) => other.predicate.question.to_owned(),
            None if denies(answer.predicate) => return None,
            _ => format!("it is not true that {}", answer.predicate.question),
        };
        let label = quoted(&self.checkbox.label);
        let finding = Finding::new(&rules::BOX_FALSE, format!("the box {label} is ticked, but {because}"))
            .at(self.span.clone(), "ticked here");
        if denies(answer.predicate) {
            let reasons: Vec<Reason> = affirmed.iter().flat_map(|(_, reasons)| reasons.to_vec()).collect();
            return Some(witnessed(finding.help("clear the box"), &reasons));
        }
        Some(
            finding
                .note(format!("all that could make it true was read: {}", proven(case.evidence)))
                .help("clear the box, or say below it what it refers to"),
        )
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
    let mut asked: BTreeSet<&str> =
        bound.iter().filter_map(|b| Some(b.answer.as_ref()?.predicate.id)).collect();
    let mut findings = Vec::new();
    for (index, (prompt, binding)) in case.template.slots.iter().zip(case.prompts).enumerate() {
        for checkbox in &prompt.boxes {
            let Some(answer) = questions.answer_to(checkbox, binding) else { continue };
            let Truth::Yes(reasons) = &answer.truth else { continue };
            if !is_demanded(answer.predicate) || !asked.insert(answer.predicate.id) {
                continue;
            }
            let (label, question) = (quoted(&checkbox.label), answer.predicate.question);
            let message = format!("the template's box {label} was deleted, but {question}");
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
