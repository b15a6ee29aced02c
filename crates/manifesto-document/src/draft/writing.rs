//! Answers as splices, within the length that the forge takes.

use std::ops::Range;

use super::TARGET_CHARS;
use super::content::{ROOMS, Room, write};
use super::footer::footer;
use super::restore::restored;
use super::slots::{Filler, Place, Task};
use super::work::Target;
use crate::edit::{Purpose, Splice, insertion};
use crate::region::{self, FOOTER_START, Seal};
use crate::source::line_stop;
use crate::state::is_untouched;

/// A byte order mark.
const BOM: char = '\u{feff}';

/// The length of a text, and the same as a reader feels it: how lines end and a byte order mark make no difference to
/// that.
#[derive(Debug, Clone, Copy, Default)]
struct Length {
    chars: usize,
    felt: usize,
}

impl Length {
    fn of(text: &str) -> Self {
        let chars = text.chars().count();
        Self { chars, felt: text.chars().filter(|char| !matches!(*char, '\r' | BOM)).count() }
    }
}

impl Filler<'_> {
    /// Writes the answers with as much room as the length of the text allows; nothing if not even the least fits.
    pub(super) fn fit(&self, tasks: &[Task]) -> Option<Vec<(Target, Splice)>> {
        let before = Length::of(&self.document.text);
        ROOMS.iter().find_map(|room| {
            let edits = self.write(tasks, Some(*room));
            let (mut added, mut removed) = (before, Length::default());
            for (_, splice) in &edits {
                let (new, old) =
                    (Length::of(&splice.text), Length::of(self.document.slice(splice.range.clone())));
                (added.chars, added.felt) = (added.chars + new.chars, added.felt + new.felt);
                (removed.chars, removed.felt) = (removed.chars + old.chars, removed.felt + old.felt);
            }
            let is_taken = added.chars <= removed.chars + self.options.limit_chars;
            let is_comfortable = room.folded == 0 || added.felt <= removed.felt + TARGET_CHARS;
            (is_taken && is_comfortable).then_some(edits)
        })
    }

    /// The splices of all answers; without room for any, those that take back what was drafted.
    pub(super) fn write(&self, tasks: &[Task], room: Option<Room>) -> Vec<(Target, Splice)> {
        let answer = |task: &Task| Some((Target::Slot(task.slot), self.answer(task, room)?));
        let mut edits: Vec<(Target, Splice)> = tasks.iter().filter_map(answer).collect();
        edits.extend(room.and_then(|_| self.footer()).map(|splice| (Target::Footer, splice)));
        edits
    }

    fn answer(&self, task: &Task, room: Option<Room>) -> Option<Splice> {
        let Some(room) = room.filter(|_| !task.groups.is_empty()) else { return self.take_back(task) };
        let content = write(&task.groups, room, self.style.bullet);
        let purpose = Purpose::Region { items: content.items };
        let block = region::write(task.seal(), &content.text);
        let splice = match &task.place {
            Place::Region(region) => self.replacement(&region.span, &block, purpose),
            Place::Samples(range) => self.replacement(range, &block, purpose),
            Place::Behind(at) => insertion(&self.document.text, *at, &block, self.style.eol, purpose),
        };
        self.unless_same(splice)
    }

    /// Takes an answer back. Where the author has written around it, an empty region keeps its place.
    fn take_back(&self, task: &Task) -> Option<Splice> {
        let Place::Region(region) = &task.place else { return None };
        let slot = self.document.slots.get(task.slot)?;
        let prompt = self.prompt(task.slot);
        if is_untouched(self.document, slot, prompt) {
            let prompt = prompt.map(|(_, prompt)| prompt);
            return Some(restored(self.document, region, self.template, prompt, self.style.eol));
        }
        let block = region::write(task.seal(), "");
        self.unless_same(self.replacement(&region.span, &block, Purpose::Region { items: 0 }))
    }

    /// The note at the end: written anew where it is intact, left alone where it is edited, or where another tool has
    /// stripped its markers.
    fn footer(&self) -> Option<Splice> {
        let content = footer(self.evidence, self.options, self.style.bullet);
        let purpose = Purpose::Region { items: content.items };
        let block = region::write(Seal::FOOTER, &content.text);
        let regions = self.document.slots.iter().flat_map(|slot| &slot.regions);
        let mut footers = regions.filter(|region| region.is_footer);
        match (footers.next(), footers.next()) {
            (Some(footer), None) if footer.is_intact() => {
                self.unless_same(self.replacement(&footer.span, &block, purpose))
            }
            (None, _) if !self.has_stripped_footer() => {
                let text = &self.document.text;
                let end = line_stop(text, text.trim_end().len());
                Some(insertion(text, end, &block, self.style.eol, purpose))
            }
            _ => None,
        }
    }

    fn has_stripped_footer(&self) -> bool {
        self.document.text.split(['\n', '\r']).any(|line| line.trim_start().starts_with(FOOTER_START))
    }

    fn replacement(&self, range: &Range<usize>, block: &str, purpose: Purpose) -> Splice {
        Splice { range: range.clone(), text: self.style.eol.convert(block), purpose }
    }

    fn unless_same(&self, splice: Splice) -> Option<Splice> {
        (self.document.slice(splice.range.clone()) != splice.text).then_some(splice)
    }
}
