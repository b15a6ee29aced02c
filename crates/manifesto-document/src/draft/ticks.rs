//! Ticking the boxes that evidence answers with yes.

use manifesto_evidence::{BoxClass, Evidence, Truth};

use crate::binding::SlotBinding;
use crate::binding::boxes::Questions;
use crate::document::{Document, PartKind, Slot};
use crate::edit::{Purpose, Splice};
use crate::groups::groups;

/// The ticks, each with the label of its box, and the labels of the boxes that were left open because a box that excludes them is ticked.
#[derive(Debug, Default)]
pub(super) struct Ticks {
    pub(super) ticks: Vec<(String, Splice)>,
    pub(super) excluded: Vec<String>,
}

/// The boxes to tick: open, decided by evidence alone, and answered with yes. Nothing is ever unticked.
pub(super) fn ticks(document: &Document, bindings: &[SlotBinding], evidence: &Evidence) -> Ticks {
    let questions = Questions::new(evidence);
    let mut ticks = Ticks::default();
    for (slot, binding) in document.slots.iter().zip(bindings) {
        if slot.damage.is_none() && !slot.boxes.is_empty() {
            ticks.add(slot, binding, &questions);
        }
    }
    ticks
}

impl Ticks {
    fn add(&mut self, slot: &Slot, binding: &SlotBinding, questions: &Questions<'_>) {
        let groups = groups(&slot.boxes);
        let mut ticked: Vec<bool> = slot.boxes.iter().map(|checkbox| checkbox.ticked).collect();
        for (index, checkbox) in slot.boxes.iter().enumerate() {
            let in_region = |part: &&crate::document::Part| {
                matches!(part.kind, PartKind::Region(_)) && part.span.contains(&checkbox.mark)
            };
            if checkbox.ticked || slot.parts.iter().any(|part| in_region(&part)) {
                continue;
            }
            let answer = questions.answer_to(checkbox, binding);
            let yes = answer.is_some_and(|answer| {
                answer.predicate.class == BoxClass::Derivable && matches!(answer.truth, Truth::Yes(_))
            });
            if !yes {
                continue;
            }
            let is_ticked = |index: usize| ticked.get(index).copied().unwrap_or_default();
            if groups.iter().any(|group| group.rival_is_ticked(index, is_ticked)) {
                self.excluded.push(checkbox.label.clone());
                continue;
            }
            let range = checkbox.mark..checkbox.mark + 1;
            let tick = Splice { range, text: "x".to_owned(), purpose: Purpose::Tick };
            self.ticks.push((checkbox.label.clone(), tick));
            if let Some(ticked) = ticked.get_mut(index) {
                *ticked = true;
            }
        }
    }
}
