//! Holding an author's text against the evidence.

mod boxes;
mod placeholders;
mod text;

use std::collections::BTreeSet;

use manifesto_evidence::{Evidence, Finding, Predicate, TextSpan, Topic, Verdict};

use crate::align::{Alignment, align};
use crate::binding::{SlotBinding, bind, bind_text};
use crate::claims::{self, ClaimReport};
use crate::document::{Document, Slot, SlotKind};
use crate::draft::GITHUB_CHARS_MAX;
use crate::policy::Waived;
use crate::source::LineIndex;
use crate::state::is_untouched;

/// What a text is held against besides the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckOptions {
    /// The most characters that the forge takes.
    pub limit_chars: usize,
}

impl Default for CheckOptions {
    fn default() -> Self {
        Self { limit_chars: GITHUB_CHARS_MAX }
    }
}

/// What came of a check.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// What is wrong, in the order of the text.
    pub findings: Vec<Finding>,
    /// What is wrong and was accepted.
    pub waived: Vec<Waived>,
    /// Every box of the text.
    pub boxes: Vec<BoxReport>,
    /// Every claim of the text that can be held against something, in the order of the text.
    pub claims: Vec<ClaimReport>,
    /// Every slot that the template asks for, in the template's order.
    pub slots: Vec<SlotReport>,
    /// How many of the slots are answered.
    pub answered: usize,
    /// How many are not.
    pub unanswered: usize,
    /// Whether the text holds something that Manifesto drafted: then what is still open counts as unanswered, not as
    /// forgotten.
    pub is_draft: bool,
}

/// A box, and what evidence says about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoxReport {
    /// Its label.
    pub label: String,
    /// Where it is.
    pub span: TextSpan,
    /// Whether it is ticked.
    pub ticked: bool,
    /// The question that it puts, if evidence can answer one.
    pub predicate: Option<&'static Predicate>,
    /// What is known of the tick, or of its absence.
    pub verdict: Verdict,
}

/// A slot of the template, and what the text makes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotReport {
    /// Its id in the template.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Where the text has it.
    pub span: Option<TextSpan>,
    /// What it asks about.
    pub topics: Vec<Topic>,
    /// What the text makes of it.
    pub state: SlotState,
}

/// What a text makes of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SlotState {
    /// The author has written there.
    Answered,
    /// It holds what Manifesto drafted.
    Drafted,
    /// Nobody has written there.
    Unanswered,
    /// The text does not have it.
    Missing,
}

/// Everything that a rule may look at.
pub(crate) struct Case<'d> {
    pub(crate) text: &'d Document,
    template: &'d Document,
    alignment: &'d Alignment,
    bindings: &'d [SlotBinding],
    /// What the slots of the template ask about.
    prompts: &'d [SlotBinding],
    pub(crate) evidence: &'d Evidence,
    options: &'d CheckOptions,
    pub(crate) lines: LineIndex<'d>,
    is_draft: bool,
    follows_template: bool,
}

/// Holds `text` against the evidence and against the template that it should follow.
pub fn check(template: &str, text: &str, evidence: &Evidence, options: &CheckOptions) -> Checked {
    let (template, text) = (Document::parse(template), Document::parse(text));
    let alignment = align(&text, &template);
    let (bindings, prompts) = (bind_text(&text, &template, &alignment), bind(&template));
    let case = Case {
        text: &text,
        template: &template,
        alignment: &alignment,
        bindings: &bindings,
        prompts: &prompts,
        evidence,
        options,
        lines: LineIndex::new(&text.text),
        is_draft: text.is_draft(),
        follows_template: text::follows(&text, &template, &alignment),
    };
    let mut checked = Checked { is_draft: case.is_draft, ..Checked::default() };
    boxes::check(&case, &mut checked);
    placeholders::check(&case, &mut checked.findings);
    text::check(&case, &mut checked.findings);
    claims::check(&case, &mut checked);
    checked.slots = case.slots();
    checked.answered = checked.slots.iter().filter(|slot| slot.state <= SlotState::Drafted).count();
    checked.unanswered = checked.slots.len() - checked.answered;
    checked.findings.sort_by_key(|finding| {
        (finding.text.as_ref().map(|span| (span.bytes.start, span.bytes.end)), finding.rule.id)
    });
    checked
}

impl<'d> Case<'d> {
    /// The slot of the template that a slot of the text answers.
    fn prompt(&self, slot: usize) -> Option<&'d Slot> {
        let prompt = self.alignment.prompts.get(slot).copied().flatten()?;
        self.template.slots.get(prompt)
    }

    /// Whether nobody has written into a slot of the text; ticks do not count.
    fn is_untouched(&self, index: usize, slot: &Slot) -> bool {
        is_untouched(self.text, slot, self.prompt(index).map(|prompt| (self.template, prompt)))
    }

    /// A slot of the template asks something unless it is a heading that only holds others.
    fn slots(&self) -> Vec<SlotReport> {
        let asks = |index: usize, slot: &Slot| match slot.kind {
            SlotKind::Preamble => false,
            SlotKind::Label => true,
            SlotKind::Heading(_) => !slot.parts.is_empty() || self.template.below(index).is_empty(),
        };
        let mut answers = vec![None; self.template.slots.len()];
        for (index, prompt) in self.alignment.prompts.iter().enumerate().rev() {
            if let Some(answer) = prompt.and_then(|prompt| answers.get_mut(prompt)) {
                *answer = Some(index);
            }
        }
        let asked = self.template.slots.iter().enumerate().filter(|(index, slot)| asks(*index, slot));
        let repeated = self.repeated_prompts();
        let report = |(index, prompt): (usize, &Slot)| {
            let answer = answers.get(index).copied().flatten();
            let slot = answer.and_then(|answer| Some((answer, self.text.slots.get(answer)?)));
            SlotReport {
                id: prompt.id.clone(),
                title: prompt.title.clone(),
                span: slot.map(|(_, slot)| self.lines.span(slot.head.clone())),
                topics: self.prompts.get(index).map(|binding| binding.facts.clone()).unwrap_or_default(),
                state: slot.map_or(SlotState::Missing, |(index, slot)| self.state(index, slot)),
            }
        };
        // Only the first section for a component must be there.
        let reports = asked.map(|(index, prompt)| (index, report((index, prompt))));
        let counts = |(index, report): &(usize, SlotReport)| {
            report.state != SlotState::Missing || !repeated.contains(index)
        };
        reports.filter(counts).map(|(_, report)| report).collect()
    }

    /// The slots of the template in its sections for components, without the first section.
    fn repeated_prompts(&self) -> BTreeSet<usize> {
        let sections = align(self.template, self.template).sections;
        let further = sections.iter().skip(1).map(|section| section.heading);
        further.flat_map(|heading| heading..self.template.below(heading).end).collect()
    }

    fn state(&self, index: usize, slot: &Slot) -> SlotState {
        let answer = |region: &crate::region::Region| {
            !region.is_footer && region.is_intact() && !region.content.is_empty()
        };
        let ticked = slot.boxes.iter().any(|checkbox| checkbox.ticked);
        if !self.is_untouched(index, slot) {
            SlotState::Answered
        } else if slot.regions.iter().any(answer) {
            SlotState::Drafted
        } else if ticked {
            SlotState::Answered
        } else {
            SlotState::Unanswered
        }
    }
}
