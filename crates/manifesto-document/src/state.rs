//! Whether anyone has written into a slot.

use crate::document::{Document, Slot};
use crate::placeholder::sample_run;
use crate::shown::{Line, shown, shown_in};

/// Whether a slot of the text shows nothing that its author wrote: it is empty, or it is the template's, with or without
/// the samples that give way to an answer. What Manifesto wrote, ticks and comments do not count.
pub(crate) fn is_untouched(text: &Document, slot: &Slot, prompt: Option<(&Document, &Slot)>) -> bool {
    let lines = shown(text, slot);
    let Some((template, prompt)) = prompt else { return lines.is_empty() };
    if lines.is_empty() || same(&lines, &shown(template, prompt)) {
        return true;
    }
    let Some(run) = sample_run(template, prompt) else { return false };
    let mut kept = shown_in(template, prompt, prompt.body.start..run.start);
    kept.extend(shown_in(template, prompt, run.end..prompt.body.end));
    same(&lines, &kept)
}

fn same(a: &[Line], b: &[Line]) -> bool {
    a.iter().map(|line| &line.shown).eq(b.iter().map(|line| &line.shown))
}
