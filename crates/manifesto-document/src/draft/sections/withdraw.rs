//! Taking sections back.

use super::Sections;
use super::heading::hole;
use crate::align::Section;
use crate::document::Document;
use crate::draft::restore::restored;
use crate::edit::{Purpose, Splice, apply};
use crate::region::Role;
use crate::source::{Eol, line_stop, slice};

/// A text without the sections that are ours alone.
#[derive(Debug)]
pub(in crate::draft) struct Withdrawn {
    pub(in crate::draft) document: Document,
    /// Whether any section was ours, alone or not: then sections were laid out before, and may be again.
    pub(in crate::draft) had_ours: bool,
}

/// Takes back the sections that are ours alone: those that we added go, those that we named get the template's name and
/// samples again.
pub(in crate::draft) fn withdraw(document: Document, template: &Document, eol: Eol) -> Withdrawn {
    let sections = Sections::new(&document, template);
    let had_ours = sections.run.iter().any(|section| sections.role(section) != Role::Answer);
    let mut splices: Vec<Splice> = Vec::new();
    for section in &sections.alignment.sections {
        match sections.role(section) {
            // An author who puts the bracket back wants nothing said about the component.
            _ if sections.is_nameless(section) => splices.extend(sections.reset(section, eol)),
            _ if !sections.is_ours(section) => {}
            Role::NamedSection => splices.extend(sections.reset(section, eol)),
            // A tick may be the author's, and would be lost.
            Role::AddedSection if !sections.has_tick(section) => {
                let removal = sections.removal(section);
                // Those beside each other go together or stay together: where the line behind them must not follow the
                // one before them, one would stay to part the two, and each draft would keep another one.
                match splices
                    .last_mut()
                    .filter(|last| last.is_removal() && last.range.end == removal.range.start)
                {
                    Some(last) => last.range.end = removal.range.end,
                    None => splices.push(removal),
                }
            }
            _ => {}
        }
    }
    let ended_line = document.text.ends_with(['\n', '\r']);
    let document = apply(document, &splices).document;
    Withdrawn { document: if ended_line { document } else { without_final_line_end(document) }, had_ours }
}

/// A text that ended without a line end did so before anything was drafted into it: where the last section goes, the
/// line before it has one left.
fn without_final_line_end(document: Document) -> Document {
    let text = &document.text;
    match text.strip_suffix("\r\n").or_else(|| text.strip_suffix(['\n', '\r'])) {
        Some(text) => Document::parse(text),
        None => document,
    }
}

impl Sections<'_> {
    /// The removal of a section that we added, with the blank line before it.
    fn removal(&self, section: &Section) -> Splice {
        let text = &self.document.text;
        let start = self.document.slots.get(section.heading).map_or(0, |slot| slot.head.start);
        let before = slice(text, 0..start).trim_end().len();
        let end = line_stop(text, self.content_end(section));
        Splice {
            range: line_stop(text, before).min(start)..end,
            text: String::new(),
            purpose: Purpose::Template,
        }
    }

    fn reset(&self, section: &Section, eol: Eol) -> Vec<Splice> {
        let prompt =
            self.template.slots.get(section.prompt).map(|prompt| self.template.slice(prompt.head.clone()));
        let bracket = prompt.and_then(|heading| heading.get(hole(heading)?));
        let naming = self.name_of(section).zip(bracket);
        let mut splices: Vec<Splice> = naming
            .map(|(range, text)| Splice { range, text: text.to_owned(), purpose: Purpose::Template })
            .into_iter()
            .collect();
        for (index, slot) in self.slots(section) {
            let answers = slot.regions.iter().filter(|region| !region.is_footer);
            let prompt = self.prompt(index);
            splices.extend(answers.map(|region| restored(self.document, region, self.template, prompt, eol)));
        }
        splices
    }
}
