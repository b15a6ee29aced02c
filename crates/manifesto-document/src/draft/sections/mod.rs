//! One section per component, where the template has a pattern for it.
//!
//! A draft first takes back the sections that it named or added itself and that nobody has written into, and then lays
//! the sections out anew: so that the result does not depend on what an earlier draft knew.

mod copy;
mod heading;
mod lay_out;
mod withdraw;

use std::ops::Range;

use manifesto_evidence::ComponentEvidence;

use super::content::data;
use crate::align::{Alignment, Section, align};
use crate::document::{Document, Part, PartKind, Slot};
use crate::pattern::Pattern;
use crate::region::Role;
use crate::shown::shown_in;
use crate::state::is_untouched;
use crate::words::words;

pub(super) use lay_out::lay_out;
pub(super) use withdraw::withdraw;

/// A section of the text and the component it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ComponentSection {
    /// The heading's slot.
    pub(super) heading: usize,
    /// The slots below it.
    pub(super) below: Range<usize>,
    /// The index of the component in the evidence.
    pub(super) component: usize,
    /// Whether we named or added it.
    pub(super) role: Role,
}

/// A text, its template, and the sections that repeat the template's pattern.
struct Sections<'d> {
    document: &'d Document,
    template: &'d Document,
    alignment: Alignment,
    /// The sections under the same heading as the first.
    run: Vec<Section>,
}

impl<'d> Sections<'d> {
    fn new(document: &'d Document, template: &'d Document) -> Self {
        let alignment = align(document, template);
        let parent = |section: &Section| document.slots.get(section.heading).map(|slot| slot.parent);
        let first = alignment.sections.first().and_then(parent);
        let run = alignment.sections.iter().filter(|section| parent(section) == first).cloned().collect();
        Self { document, template, alignment, run }
    }

    /// The slots of a section, its heading's first.
    fn slots(&self, section: &Section) -> impl Iterator<Item = (usize, &'d Slot)> {
        let all = section.heading..self.document.below(section.heading).end;
        all.filter_map(|index| Some((index, self.document.slots.get(index)?)))
    }

    /// The slot of the template that a slot answers.
    fn prompt(&self, slot: usize) -> Option<&'d Slot> {
        let prompt = self.alignment.prompts.get(slot).copied().flatten()?;
        self.template.slots.get(prompt)
    }

    fn is_untouched(&self, index: usize, slot: &Slot) -> bool {
        is_untouched(self.document, slot, self.prompt(index).map(|prompt| (self.template, prompt)))
    }

    /// How we came by a section: told by the regions in it.
    fn role(&self, section: &Section) -> Role {
        let regions = self.slots(section).flat_map(|(_, slot)| &slot.regions);
        let mut roles = regions.filter_map(|region| region.seal).map(|seal| seal.role);
        roles.find(|role| matches!(role, Role::NamedSection | Role::AddedSection)).unwrap_or(Role::Answer)
    }

    /// Whether a section holds nothing that its author wrote, the name in its heading included.
    fn is_ours(&self, section: &Section) -> bool {
        self.name_of(section).is_some() && self.slots(section).all(|(index, slot)| self.is_blank(index, slot))
    }

    /// Whether a section holds nothing that its author wrote, and has no name.
    fn is_nameless(&self, section: &Section) -> bool {
        self.hole_of(section).is_some() && self.slots(section).all(|(index, slot)| self.is_blank(index, slot))
    }

    /// Whether a slot holds at most what the template and we put there.
    fn is_blank(&self, index: usize, slot: &Slot) -> bool {
        let is_intact =
            slot.damage.is_none() && slot.regions.iter().all(|region| region.is_intact() || region.is_footer);
        is_intact && self.prompt(index).is_some() && self.is_untouched(index, slot)
    }

    /// Whether a box of a section is ticked. The note at the end of the text is in no section, wherever it stands.
    fn has_tick(&self, section: &Section) -> bool {
        let in_note = |slot: &Slot, at: usize| {
            slot.regions.iter().any(|region| region.is_footer && region.span.contains(&at))
        };
        self.slots(section).any(|(_, slot)| {
            slot.boxes.iter().any(|checkbox| checkbox.ticked && !in_note(slot, checkbox.mark))
        })
    }

    /// Which sections are named after which component: by the exact name as we write it, else by its words.
    fn named(&self, components: &[ComponentEvidence]) -> Vec<(&Section, usize)> {
        let mut named: Vec<(&Section, usize)> = Vec::new();
        for is_named in [is_named_exactly as fn(&Document, &Slot, &str) -> bool, is_named_in_words] {
            for section in &self.run {
                let slot = self.document.slots.get(section.heading);
                let Some(slot) = slot.filter(|slot| Pattern::of(&slot.title).is_none()) else { continue };
                if named.iter().any(|(taken, _)| taken.heading == section.heading) {
                    continue;
                }
                let is_free = |index: usize| !named.iter().any(|(_, taken)| *taken == index);
                let mut fitting = components.iter().enumerate().filter(|(index, _)| is_free(*index));
                let found = fitting.find(|(_, component)| is_named(self.document, slot, &component.name));
                named.extend(found.map(|(index, _)| (section, index)));
            }
        }
        named
    }

    /// Where the content of a section ends. A thematic break and what follows it belong to the text as a whole, if they
    /// are those of the template's last section.
    fn content_end(&self, section: &Section) -> usize {
        let (end, tail) = content(self.document, section.heading);
        let last = Sections::new(self.template, self.template).alignment.sections.pop();
        let prompted = last.map(|last| content(self.template, last.heading).1);
        if tail.is_empty() || prompted.is_some_and(|prompted| prompted == tail) {
            return end;
        }
        self.slots(section).map(|(_, slot)| last_end(self.document, slot, usize::MAX)).max().unwrap_or(end)
    }
}

fn is_named_exactly(document: &Document, heading: &Slot, name: &str) -> bool {
    document.slice(heading.head.clone()).contains(&data(name))
}

fn is_named_in_words(_: &Document, heading: &Slot, name: &str) -> bool {
    let (title, name) = (words(&heading.title), words(name));
    !name.is_empty() && name.iter().all(|word| title.contains(word))
}

/// Where what stands in a slot before `limit` ends; the note at the end of the text never counts. Lines count that are
/// no blocks too: definitions of links.
fn last_end(document: &Document, slot: &Slot, limit: usize) -> usize {
    let start = slot.head.end;
    let trimmed = |end: usize| start + document.slice(start..end).trim_end().len();
    let end = trimmed(slot.body.end.min(limit).max(start));
    let footer = slot.regions.iter().find(|region| region.is_footer && region.span.end == end);
    footer.map_or(end, |footer| trimmed(footer.span.start))
}

/// Where a section ends before its first thematic break, and the lines that it shows from there on.
fn content(document: &Document, heading: usize) -> (usize, Vec<String>) {
    let slots = document.slots.get(heading..document.below(heading).end).unwrap_or_default();
    let is_rule = |part: &&Part| part.kind == PartKind::Rule;
    let rule = slots.iter().flat_map(|slot| &slot.parts).find(is_rule).map(|rule| rule.span.start);
    let limit = rule.unwrap_or(usize::MAX);
    let before = slots.iter().take_while(|slot| slot.head.start < limit);
    let end = before.map(|slot| last_end(document, slot, limit)).max().unwrap_or_default();
    let Some(rule) = rule else { return (end, Vec::new()) };
    let behind =
        slots.iter().flat_map(|slot| shown_in(document, slot, slot.body.start.max(rule)..slot.body.end));
    (end, behind.map(|line| line.shown).collect())
}
