//! Whether anyone has written into a slot.

use std::ops::Range;

use crate::document::{Document, Slot};
use crate::placeholder::sample_run;
use crate::shown::{Line, shown, shown_in};

/// Whether a slot of the text shows nothing that its author wrote: it is empty, or it is the template's, with or without
/// the samples that give way to an answer. What Manifesto wrote, ticks and comments do not count.
pub(crate) fn is_untouched(text: &Document, slot: &Slot, prompt: Option<(&Document, &Slot)>) -> bool {
    let lines = shown(text, slot);
    let Some((template, prompt)) = prompt else { return lines.is_empty() };
    lines.is_empty()
        || same(&lines, &shown(template, prompt))
        || same(&lines, &beside_samples(template, prompt))
}

/// Whether these samples of a slot are all that its template has: beside them stands what stands beside the template's.
/// A run that a comment of the author's cuts short is not.
pub(crate) fn is_whole_run(
    text: &Document,
    slot: &Slot,
    samples: &Range<usize>,
    prompt: Option<(&Document, &Slot)>,
) -> bool {
    let lines = outside(text, slot, samples);
    match prompt {
        Some((template, prompt)) => same(&lines, &beside_samples(template, prompt)),
        None => lines.is_empty(),
    }
}

/// What the template shows in a slot beside the samples that give way to an answer.
fn beside_samples(template: &Document, prompt: &Slot) -> Vec<Line> {
    match sample_run(template, prompt) {
        Some(run) => outside(template, prompt, &run),
        None => shown(template, prompt),
    }
}

fn outside(document: &Document, slot: &Slot, range: &Range<usize>) -> Vec<Line> {
    let mut lines = shown_in(document, slot, slot.body.start..range.start);
    lines.extend(shown_in(document, slot, range.end..slot.body.end));
    lines
}

fn same(a: &[Line], b: &[Line]) -> bool {
    a.iter().map(|line| &line.shown).eq(b.iter().map(|line| &line.shown))
}
