//! Writing answers into slots.

use std::ops::Range;

use manifesto_evidence::Evidence;

use super::answers::Answers;
use super::content::{Content, Group, ROOMS, Room, write};
use super::footer::footer;
use super::restore::restored;
use super::sections::ComponentSection;
use super::ticks::{Ticks, ticks};
use super::{DraftOptions, Drafted, Outcome, SlotOutcome, Style, TARGET_CHARS};
use crate::align::Alignment;
use crate::binding::SlotBinding;
use crate::document::{Document, PartKind, Slot, SlotKind};
use crate::edit::{Edited, Purpose, Splice, insertion};
use crate::placeholder::sample_run;
use crate::region::{self, FOOTER_START, Region, Role, Seal};
use crate::source::line_stop;
use crate::state::is_untouched;

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

/// The splices of a draft, and what is known of its outcome before they are applied.
#[derive(Debug, Default)]
pub(super) struct Work {
    pub(super) splices: Vec<Splice>,
    /// For each splice, the slot that it answers or the box that it ticks.
    targets: Vec<Target>,
    slots: Vec<SlotOutcome>,
    notes: Vec<String>,
}

#[derive(Debug, Clone)]
enum Target {
    Slot(usize),
    Box(String),
    Footer,
}

/// What is to be done in a slot.
#[derive(Debug)]
struct Task {
    slot: usize,
    place: Place,
    groups: Vec<Group>,
    role: Role,
}

impl Task {
    fn seal(&self) -> Seal {
        let replaced_samples = match &self.place {
            Place::Region(region) => region.seal.is_some_and(|seal| seal.replaced_samples),
            Place::Samples(_) => true,
            Place::Behind(_) => false,
        };
        Seal { role: self.role, replaced_samples }
    }
}

/// Where an answer goes.
#[derive(Debug)]
enum Place {
    /// Into the region that is there.
    Region(Region),
    /// In the place of samples.
    Samples(Range<usize>),
    /// Behind this line.
    Behind(usize),
}

impl Filler<'_> {
    pub(super) fn plan(&self) -> Work {
        let answers = Answers { evidence: self.evidence, bindings: self.bindings, sections: self.sections };
        let mut work = Work::default();
        let mut tasks = Vec::new();
        for (index, slot) in self.document.slots.iter().enumerate() {
            let Some(binding) = self.bindings.get(index) else { continue };
            let groups = answers.of(index, binding);
            let (outcome, task) = self.task(index, slot, binding, groups, &answers);
            tasks.extend(task);
            if slot.kind != SlotKind::Preamble {
                work.slots.push(SlotOutcome { slot: slot.id.clone(), title: slot.title.clone(), outcome });
            }
        }
        let ticks = ticks(self.document, self.bindings, self.evidence);
        work.notes = self.notes(&answers, &ticks);
        self.fit(&mut work, &tasks);
        work.targets.extend(ticks.labels.into_iter().map(Target::Box));
        work.splices.extend(ticks.splices);
        work.sort();
        work
    }

    /// What to do in a slot, and what comes of it if nothing goes wrong.
    fn task(
        &self,
        index: usize,
        slot: &Slot,
        binding: &SlotBinding,
        groups: Vec<Group>,
        answers: &Answers<'_>,
    ) -> (Outcome, Option<Task>) {
        if let Some(damage) = slot.damage {
            return (Outcome::Refused(damage.to_string()), None);
        }
        let role = answers
            .section_of(index)
            .filter(|_| binding.in_section)
            .map_or(Role::Answer, |section| section.role);
        let outcome = if groups.is_empty() { Outcome::NothingToSay } else { Outcome::Filled };
        if let Some(region) = slot.regions.iter().find(|region| !region.is_footer) {
            if !region.is_intact() {
                return (Outcome::KeptEdited, None);
            }
            return (outcome, Some(Task { slot: index, place: Place::Region(region.clone()), groups, role }));
        }
        let untouched = is_untouched(self.document, slot, self.prompt(index));
        match (groups.is_empty(), untouched) {
            (true, _) if binding.facts.is_empty() => (Outcome::Author, None),
            (true, true) => (Outcome::NothingToSay, None),
            (_, false) => (Outcome::Kept, None),
            (false, true) => {
                let place = self.place(slot);
                (outcome, Some(Task { slot: index, place, groups, role }))
            }
        }
    }

    fn prompt(&self, slot: usize) -> Option<(&Document, &Slot)> {
        let prompt = self.alignment.prompts.get(slot).copied().flatten()?;
        Some((self.template, self.template.slots.get(prompt)?))
    }

    /// Where a slot's first answer goes: in the place of its samples, else behind its hints, its boxes and its own
    /// lines, and before its code and its alerts.
    fn place(&self, slot: &Slot) -> Place {
        if let Some(samples) = sample_run(self.document, slot) {
            return Place::Samples(samples);
        }
        let leads = |kind: PartKind| matches!(kind, PartKind::Comment | PartKind::List | PartKind::Prose);
        let last = slot.parts.iter().take_while(|part| leads(part.kind)).last();
        let end = last.map_or(slot.head.end, |part| part.span.end);
        Place::Behind(line_stop(&self.document.text, end))
    }

    /// Writes the answers with as much room as the length of the text allows.
    fn fit(&self, work: &mut Work, tasks: &[Task]) {
        let length = |splices: &[(Target, Splice)], counts: fn(&str) -> usize| {
            let added: usize = splices.iter().map(|(_, splice)| counts(&splice.text)).sum();
            let removed = splices.iter().map(|(_, splice)| counts(self.document.slice(splice.range.clone())));
            (counts(&self.document.text) + added).saturating_sub(removed.sum())
        };
        let levels: Vec<Vec<(Target, Splice)>> =
            ROOMS.iter().map(|room| self.write(tasks, Some(*room))).collect();
        let unfolded = ROOMS.iter().position(|room| room.folded == 0).unwrap_or_default();
        let fits = |level: usize, counts, most| {
            levels.get(level).is_some_and(|splices| length(splices, counts) <= most)
        };
        let limit = self.options.limit_chars;
        // The forge counts every character; what is comfortable to read does not depend on how lines end.
        let is_short =
            |level: &usize| fits(*level, visible_chars, TARGET_CHARS) && fits(*level, chars, limit);
        let level = (0..unfolded)
            .find(is_short)
            .or_else(|| (unfolded..ROOMS.len()).find(|level| fits(*level, chars, limit)));
        let splices = match level.and_then(|level| levels.into_iter().nth(level)) {
            Some(splices) => splices,
            None => {
                work.notes.push("The text is too long for any answer: nothing was drafted.".to_owned());
                self.write(tasks, None)
            }
        };
        for (target, splice) in splices {
            work.targets.push(target);
            work.splices.push(splice);
        }
    }

    /// The splices of all answers; without room for any, those that take back what was drafted.
    fn write(&self, tasks: &[Task], room: Option<Room>) -> Vec<(Target, Splice)> {
        let answer = |task: &Task| Some((Target::Slot(task.slot), self.answer(task, room)?));
        let mut splices: Vec<(Target, Splice)> = tasks.iter().filter_map(answer).collect();
        if room.is_some() {
            splices.extend(self.footer().map(|splice| (Target::Footer, splice)));
        }
        splices
    }

    fn answer(&self, task: &Task, room: Option<Room>) -> Option<Splice> {
        let content = room
            .filter(|_| !task.groups.is_empty())
            .map(|room| write(task.groups.clone(), room, self.style.bullet));
        let Some(content) = content else { return self.take_back(task) };
        let purpose = Purpose::Region { items: content.items };
        let block = region::write(task.seal(), &content.text);
        let replace = |range: &Range<usize>| {
            let text = self.style.eol.convert(&block);
            Splice { range: range.clone(), text, purpose }
        };
        let splice = match &task.place {
            Place::Region(region) => replace(&region.span),
            Place::Samples(range) => replace(range),
            Place::Behind(at) => insertion(&self.document.text, *at, &block, self.style.eol, purpose),
        };
        (self.document.slice(splice.range.clone()) != splice.text).then_some(splice)
    }

    /// Takes an answer back: the template's samples return. Where the author has written around it, an empty region
    /// keeps its place.
    fn take_back(&self, task: &Task) -> Option<Splice> {
        let Place::Region(region) = &task.place else { return None };
        let slot = self.document.slots.get(task.slot)?;
        let prompt = self.prompt(task.slot);
        if is_untouched(self.document, slot, prompt) {
            let prompt = prompt.map(|(_, prompt)| prompt);
            return Some(restored(self.document, region, self.template, prompt, self.style.eol));
        }
        let text = self.style.eol.convert(&region::write(task.seal(), ""));
        let is_empty = self.document.slice(region.span.clone()) == text;
        (!is_empty).then(|| Splice {
            range: region.span.clone(),
            text,
            purpose: Purpose::Region { items: 0 },
        })
    }

    /// The note at the end: written anew where it is intact, left alone where it is edited.
    fn footer(&self) -> Option<Splice> {
        let Content { text, items } = footer(self.evidence, self.options, self.style.bullet);
        let purpose = Purpose::Region { items };
        let block = region::write(Seal::FOOTER, &text);
        let mut footers =
            self.document.slots.iter().flat_map(|slot| &slot.regions).filter(|region| region.is_footer);
        let splice = match (footers.next(), footers.next()) {
            (Some(footer), None) if footer.is_intact() => {
                Splice { range: footer.span.clone(), text: self.style.eol.convert(&block), purpose }
            }
            (None, _) if !self.has_stripped_footer() => {
                let end = line_stop(&self.document.text, self.document.text.trim_end().len());
                insertion(&self.document.text, end, &block, self.style.eol, purpose)
            }
            _ => return None,
        };
        (self.document.slice(splice.range.clone()) != splice.text).then_some(splice)
    }

    /// Whether the note is there without its markers, which another tool has stripped.
    fn has_stripped_footer(&self) -> bool {
        self.document.text.split(['\n', '\r']).any(|line| line.trim_start().starts_with(FOOTER_START))
    }

    fn notes(&self, answers: &Answers<'_>, ticks: &Ticks) -> Vec<String> {
        let mut notes = Vec::new();
        for (topic, count) in answers.untold() {
            let facts = if count == 1 { "1 fact is".to_owned() } else { format!("{count} facts are") };
            notes.push(format!("No slot asks about {}: {facts} not told.", topic.title()));
        }
        for label in &ticks.excluded {
            let label = manifesto_evidence::Prose::new().code(label);
            notes.push(format!("The box “{label}” stays open, because a box that excludes it is ticked."));
        }
        notes
    }
}

fn chars(text: &str) -> usize {
    text.chars().count()
}

fn visible_chars(text: &str) -> usize {
    text.chars().filter(|c| *c != '\r').count()
}

impl Work {
    /// Puts the splices in the order of the text; the answer of the last slot stays before the note at the end.
    fn sort(&mut self) {
        let mut order: Vec<(Target, Splice)> = self.targets.drain(..).zip(self.splices.drain(..)).collect();
        order.sort_by_key(|(target, splice)| (splice.range.start, matches!(target, Target::Footer)));
        (self.targets, self.splices) = order.into_iter().unzip();
    }

    pub(super) fn finish(mut self, edited: Edited) -> Drafted {
        let mut ticked = Vec::new();
        for (target, accepted) in self.targets.into_iter().zip(edited.accepted) {
            match (target, accepted) {
                (Target::Box(label), true) => ticked.push(label),
                (Target::Box(label), false) => {
                    self.notes.push(format!("The box “{label}” could not be ticked."))
                }
                (Target::Footer, false) => {
                    self.notes.push("The note at the end could not be written.".to_owned())
                }
                (Target::Slot(slot), false) => {
                    // The preamble has no outcome: the first slot is at index 0.
                    if let Some(outcome) = slot.checked_sub(1).and_then(|slot| self.slots.get_mut(slot)) {
                        let reason = "the text around it would change its meaning";
                        outcome.outcome = Outcome::Refused(reason.to_owned());
                    }
                }
                (Target::Slot(_) | Target::Footer, true) => {}
            }
        }
        Drafted { text: edited.document.text, slots: self.slots, ticked, notes: self.notes }
    }
}
