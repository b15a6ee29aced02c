//! Copying a section of the template.

use super::content;
use super::heading::hole;
use crate::document::{Document, PartKind};
use crate::draft::content::data;
use crate::pattern::Pattern;
use crate::source::{Eol, line_start, slice};

/// The section of the template behind this heading, with a name and a number filled in. Its hints stay away: whoever
/// reads them has read them before. Its lines end in `\n`, the last one does not end.
pub(super) fn copy(template: &Document, heading: usize, name: &str, number: u32) -> Option<String> {
    let slot = template.slots.get(heading)?;
    let source = template.slice(slot.head.clone());
    let hole = hole(source)?;
    let mut before = source.get(..hole.start)?.to_owned();
    if let Some(old) = Pattern::of(&slot.title).and_then(|pattern| pattern.number) {
        before = before.replacen(&old.to_string(), &number.to_string(), 1);
    }
    let mut text = format!("{before}{}{}", data(name), source.get(hole.end..)?);
    let mut at = slot.head.end;
    let (end, _) = content(template, heading);
    let slots = template.slots.get(heading..template.below(heading).end).unwrap_or_default();
    let parts = slots.iter().flat_map(|slot| &slot.parts).take_while(|part| part.span.start < end);
    for hint in parts.filter(|part| part.kind == PartKind::Comment) {
        let line = line_start(&template.text, hint.span.start);
        if slice(&template.text, line..hint.span.start).trim().is_empty() {
            text.push_str(slice(&template.text, at..hint.span.start));
            text.truncate(text.trim_end().len());
            at = hint.span.end;
        }
    }
    text.push_str(slice(&template.text, at..end.max(at)));
    Some(Eol::Lf.convert(text.trim_end()))
}
