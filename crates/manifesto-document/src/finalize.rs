//! Taking out what only a draft needs: markers, the note at the end, hints that the template gives its authors.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::document::Document;
use crate::source::{line_start, line_stop, slice};

/// A text without what only a draft needs. Every other byte of it stays.
pub fn finalize(template: &str, text: &str) -> String {
    let (template, document) = (Document::parse(template), Document::parse(text));
    let mut cuts: Vec<Range<usize>> = Vec::new();
    for region in document.slots.iter().flat_map(|slot| &slot.regions) {
        if region.is_footer && region.is_intact() {
            cuts.push(whole_lines(text, &region.span));
        } else {
            cuts.push(whole_lines(text, &(region.span.start..region.content.start)));
            cuts.push(whole_lines(text, &(region.content.end..region.span.end)));
        }
    }
    let hints: BTreeSet<Vec<&str>> =
        template.outline.comments.iter().map(|hint| words(&template.text, &hint.span)).collect();
    let given = document.outline.comments.iter().filter(|comment| comment.closed);
    let given = given.filter(|comment| hints.contains(&words(text, &comment.span)));
    cuts.extend(given.map(|comment| whole_lines(text, &comment.span)));
    without(text, cuts)
}

fn words<'t>(text: &'t str, span: &Range<usize>) -> Vec<&'t str> {
    slice(text, span.clone()).split_whitespace().collect()
}

/// The lines of a range that holds all that they show, their ends included; else the range and the blanks before it.
fn whole_lines(text: &str, range: &Range<usize>) -> Range<usize> {
    let (start, last) = (line_start(text, range.start), range.end.saturating_sub(1).max(range.start));
    let stop = line_stop(text, last);
    let before = slice(text, start..range.start);
    let after = slice(text, range.end..stop.max(range.end));
    if before.trim().is_empty() && after.trim().is_empty() {
        return start..stop.max(range.end);
    }
    let blanks = before.len() - before.trim_end().len();
    range.start - blanks..range.end
}

/// The text without the cuts. Where a cut leaves two blank lines, or one at the start, one of them goes with it.
fn without(text: &str, mut cuts: Vec<Range<usize>>) -> String {
    cuts.sort_by_key(|cut| cut.start);
    let (mut kept, mut at) = (String::with_capacity(text.len()), 0);
    for cut in cuts {
        kept.push_str(slice(text, at..cut.start.max(at)));
        at = at.max(cut.end);
        let is_line = kept.is_empty() || kept.ends_with(['\n', '\r']);
        let stop = line_stop(text, at);
        let is_blank_behind = stop > at && slice(text, at..stop).trim().is_empty();
        if is_line && is_blank_behind && ends_blank(&kept) {
            at = stop;
        }
    }
    kept.push_str(slice(text, at..text.len()));
    kept
}

/// Whether a text is empty or ends in a blank line.
fn ends_blank(text: &str) -> bool {
    let last = line_start(text, text.len().saturating_sub(1));
    text.is_empty() || slice(text, last..text.len()).trim().is_empty()
}
