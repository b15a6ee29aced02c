//! What to do in each slot.

use std::ops::Range;

use manifesto_evidence::{Evidence, Prose};

use super::answers::Answers;
use super::content::Group;
use super::sections::ComponentSection;
use super::ticks::{Ticks, ticks};
use super::work::{Target, Work};
use super::{DraftOptions, Outcome, SlotOutcome, Style};
use crate::align::Alignment;
use crate::binding::SlotBinding;
use crate::document::{Document, PartKind, Slot, SlotKind};
use crate::placeholder::sample_run;
use crate::region::{Region, Role, Seal};
use crate::source::line_stop;
use crate::state::{is_untouched, is_whole_run};

/// All that an answer depends on.
#[derive(Debug)]
pub(super) struct Filler<'d> {
    pub(super) document: &'d Document,
    pub(super) template: &'d Document,
    pub(super) alignment: &'d Alignment,
    pub(super) bindings: &'d [SlotBinding],
    pub(super) sections: &'d [ComponentSection],
    pub(super) evidence: &'d Evidence,
    pub(super) options: &'d DraftOptions,
    pub(super) style: Style,
}

/// What is to be done in a slot.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) slot: usize,
    pub(super) place: Place,
    pub(super) groups: Vec<Group>,
    role: Role,
}

/// Where an answer goes.
#[derive(Debug)]
pub(super) enum Place {
    /// Into the region that is there.
    Region(Region),
    /// In the place of samples.
    Samples(Range<usize>),
    /// Behind this line.
    Behind(usize),
}

impl Task {
    pub(super) fn seal(&self) -> Seal {
        let replaced_samples = match &self.place {
            Place::Region(region) => region.seal.is_some_and(|seal| seal.replaced_samples),
            Place::Samples(_) => true,
            Place::Behind(_) => false,
        };
        Seal { role: self.role, replaced_samples }
    }
}

impl Filler<'_> {
    pub(super) fn plan(&self) -> Work {
        let answers = Answers { evidence: self.evidence, bindings: self.bindings, sections: self.sections };
        let mut work = Work::default();
        let mut tasks = Vec::new();
        for (index, slot) in self.document.slots.iter().enumerate() {
            let Some(binding) = self.bindings.get(index) else { continue };
            let (outcome, task) = self.task(index, slot, binding, &answers);
            tasks.extend(task);
            if slot.kind != SlotKind::Preamble {
                work.slots.push(SlotOutcome { slot: slot.id.clone(), title: slot.title.clone(), outcome });
            }
        }
        let ticks = ticks(self.document, self.bindings, self.evidence);
        work.notes = notes(&answers, &ticks);
        work.edits = self.fit(&tasks).unwrap_or_else(|| {
            work.notes.push("The text is too long for any answer: nothing was drafted.".to_owned());
            self.write(&tasks, None)
        });
        work.edits.extend(ticks.ticks.into_iter().map(|(label, splice)| (Target::Box(label), splice)));
        work
    }

    /// What to do in a slot, and what comes of it if nothing goes wrong.
    fn task(
        &self,
        index: usize,
        slot: &Slot,
        binding: &SlotBinding,
        answers: &Answers<'_>,
    ) -> (Outcome, Option<Task>) {
        if let Some(damage) = slot.damage {
            return (Outcome::Refused(damage.to_string()), None);
        }
        let groups = answers.of(index, binding);
        let own = slot.regions.iter().find(|region| !region.is_footer);
        let section = answers.section_of(index).filter(|_| binding.in_section).map(|section| section.role);
        let role =
            section.or(own.and_then(|region| region.seal).map(|seal| seal.role)).unwrap_or(Role::Answer);
        let outcome = if groups.is_empty() { Outcome::NothingToSay } else { Outcome::Filled };
        if let Some(region) = own {
            let place = Place::Region(region.clone());
            let task = Task { slot: index, place, groups, role };
            return if region.is_intact() { (outcome, Some(task)) } else { (Outcome::KeptEdited, None) };
        }
        if groups.is_empty() && binding.facts.is_empty() {
            return (Outcome::Author, None);
        }
        match (groups.is_empty(), is_untouched(self.document, slot, self.prompt(index))) {
            (true, true) => (Outcome::NothingToSay, None),
            (_, false) => (Outcome::Kept, None),
            (false, true) => {
                (outcome, Some(Task { slot: index, place: self.place(index, slot), groups, role }))
            }
        }
    }

    /// The slot of the template that a slot answers, with the template.
    pub(super) fn prompt(&self, slot: usize) -> Option<(&Document, &Slot)> {
        let prompt = self.alignment.prompts.get(slot).copied().flatten()?;
        Some((self.template, self.template.slots.get(prompt)?))
    }

    /// Where a slot's first answer goes: in the place of its samples, else behind its hints, its boxes and its own
    /// lines, and before its code and its alerts.
    fn place(&self, index: usize, slot: &Slot) -> Place {
        let gives_way = |samples: &Range<usize>| {
            self.is_prompted(index, samples) && is_whole_run(self.document, slot, samples, self.prompt(index))
        };
        if let Some(samples) = sample_run(self.document, slot).filter(gives_way) {
            return Place::Samples(samples);
        }
        let leads = |kind: PartKind| matches!(kind, PartKind::Comment | PartKind::List | PartKind::Prose);
        let last = slot.parts.iter().take_while(|part| leads(part.kind)).last();
        let end = last.map_or(slot.head.end, |part| part.span.end);
        Place::Behind(line_stop(&self.document.text, end))
    }
}

impl Filler<'_> {
    /// Whether every comment in these samples is the template's: one of the author's would be lost with them.
    fn is_prompted(&self, slot: usize, samples: &Range<usize>) -> bool {
        let words = |document: &Document, range: &Range<usize>| {
            let comments = document
                .comments(range)
                .iter()
                .map(|comment| document.slice(comment.span.clone()).to_owned());
            comments.collect::<Vec<String>>()
        };
        let prompted =
            self.prompt(slot).map(|(template, prompt)| words(template, &prompt.body)).unwrap_or_default();
        words(self.document, samples).iter().all(|comment| prompted.contains(comment))
    }
}

/// What the author should know besides.
fn notes(answers: &Answers<'_>, ticks: &Ticks) -> Vec<String> {
    let untold = answers.untold().into_iter().map(|(topic, count)| {
        let facts = if count == 1 { "1 fact is".to_owned() } else { format!("{count} facts are") };
        format!("No slot asks about {}: {facts} not told.", topic.title())
    });
    let excluded = ticks.excluded.iter().map(|label| {
        let label = Prose::new().code(label);
        format!("The box “{label}” stays open, because a box that excludes it is ticked.")
    });
    untold.chain(excluded).collect()
}
