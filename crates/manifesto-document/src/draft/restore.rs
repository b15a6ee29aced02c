//! Taking back what Manifesto wrote.

use crate::document::{Document, Slot};
use crate::edit::{Purpose, Splice};
use crate::placeholder::sample_run;
use crate::region::Region;
use crate::source::{Eol, line_start, line_stop, slice};

/// Puts the template's samples back where a region stands in their place; else removes the region.
pub(crate) fn restored(
    document: &Document,
    region: &Region,
    template: &Document,
    prompt: Option<&Slot>,
    eol: Eol,
) -> Splice {
    let replaced = region.seal.is_some_and(|seal| seal.replaced_samples);
    let samples = prompt.filter(|_| replaced).and_then(|prompt| sample_run(template, prompt));
    match samples {
        Some(samples) => {
            let text = eol.convert(template.slice(samples));
            Splice { range: region.span.clone(), text, purpose: Purpose::Template }
        }
        None => removed(&document.text, region),
    }
}

/// The removal of a region, with the blank line that was put before it.
fn removed(text: &str, region: &Region) -> Splice {
    let end = line_stop(text, region.span.end);
    let mut start = line_start(text, region.span.start);
    let ends_text = end == text.len() && !slice(text, start..end).ends_with(['\n', '\r']);
    if ends_text {
        start = slice(text, 0..start).trim_end().len();
    } else {
        let before = slice(text, 0..start);
        let blank = line_start(text, before.len().saturating_sub(line_end_length(before)));
        if slice(text, blank..start).trim().is_empty() {
            start = blank;
        }
    }
    Splice { range: start..end, text: String::new(), purpose: Purpose::Template }
}

fn line_end_length(text: &str) -> usize {
    if text.ends_with("\r\n") { 2 } else { usize::from(text.ends_with(['\n', '\r'])) }
}
