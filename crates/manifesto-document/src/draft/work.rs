//! The edits of a draft, and what comes of them.

use super::{Drafted, Outcome, SlotOutcome};
use crate::edit::{Edited, Splice};

/// What an edit is for.
#[derive(Debug, Clone)]
pub(super) enum Target {
    /// It answers the slot at this index.
    Slot(usize),
    /// It ticks the box with this label.
    Box(String),
    /// It writes the note at the end.
    Footer,
}

/// The edits of a draft, and what is known of their outcome before they are made.
#[derive(Debug, Default)]
pub(super) struct Work {
    pub(super) edits: Vec<(Target, Splice)>,
    /// For each slot but the first, which starts the text, what comes of it if every edit can be made.
    pub(super) slots: Vec<SlotOutcome>,
    pub(super) notes: Vec<String>,
}

impl Work {
    /// The splices in the order of the text; the answer of the last slot stays before the note at the end.
    pub(super) fn splices(&mut self) -> Vec<Splice> {
        self.edits.sort_by_key(|(target, splice)| (splice.range.start, matches!(target, Target::Footer)));
        self.edits.iter().map(|(_, splice)| splice.clone()).collect()
    }

    /// What came of the splices.
    pub(super) fn finish(mut self, edited: Edited) -> Drafted {
        let mut ticked = Vec::new();
        for ((target, _), accepted) in std::mem::take(&mut self.edits).into_iter().zip(edited.accepted) {
            match target {
                Target::Box(label) if accepted => ticked.push(label),
                _ if accepted => {}
                Target::Box(label) => self.notes.push(format!("The box “{label}” could not be ticked.")),
                Target::Footer => self.notes.push("The note at the end could not be written.".to_owned()),
                Target::Slot(slot) => self.refuse(slot),
            }
        }
        Drafted { text: edited.document.text, slots: self.slots, ticked, notes: self.notes }
    }

    fn refuse(&mut self, slot: usize) {
        if let Some(refused) = slot.checked_sub(1).and_then(|index| self.slots.get_mut(index)) {
            refused.outcome = Outcome::Refused("the text around it would change its meaning".to_owned());
        }
    }
}
