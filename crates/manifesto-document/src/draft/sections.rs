//! One section per component, where the template has a pattern for it.
//!
//! A draft first takes back the sections that it named or added itself and that nobody has written into, and then lays
//! the sections out anew: so that the result does not depend on what an earlier draft knew.

use std::ops::Range;

use manifesto_evidence::{ComponentEvidence, Evidence};

use super::content::data;
use super::restore::restored;
use crate::align::{Alignment, Section, align};
use crate::document::{Document, PartKind, Slot};
use crate::edit::{Purpose, Splice, apply, insertion};
use crate::pattern::Pattern;
use crate::placeholder::bracket;
use crate::region::{Region, Seal};
use crate::source::{Eol, line_start, line_stop, slice};
use crate::state::is_untouched;
use crate::words::words;

/// The most sections for components; the others are listed above them.
const SECTIONS_MAX: usize = 6;

/// A section of the text and the component it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ComponentSection {
    /// The heading's slot.
    pub(crate) heading: usize,
    /// The slots below it.
    pub(crate) below: Range<usize>,
    /// The index of the component in the evidence.
    pub(crate) component: usize,
    /// Whether we named or added it.
    pub(crate) seal: Seal,
}

/// Takes back the sections that are ours alone.
pub(crate) fn withdraw(document: Document, template: &Document, eol: Eol) -> Document {
    let alignment = align(&document, template);
    let mut splices = Vec::new();
    for section in &alignment.sections {
        match seal_of(&document, section.heading) {
            Seal::AddedSection if is_ours(&document, template, &alignment, section) => {
                splices.push(removal(&document, section.heading));
            }
            Seal::NamedSection if is_ours(&document, template, &alignment, section) => {
                splices.extend(reset(&document, template, &alignment, section, eol));
            }
            _ => {}
        }
    }
    if splices.is_empty() { document } else { apply(&document, &splices).document }
}

/// How we came by a section: told by the regions in it.
fn seal_of(document: &Document, heading: usize) -> Seal {
    let slots = document.slots.get(heading..document.below(heading).end).unwrap_or_default();
    let seals = slots.iter().flat_map(|slot| &slot.regions).filter_map(|region| region.seal);
    seals
        .filter(|seal| matches!(seal, Seal::NamedSection | Seal::AddedSection))
        .last()
        .unwrap_or(Seal::Answer)
}

/// Whether a section holds nothing that its author wrote, the name in its heading included.
fn is_ours(document: &Document, template: &Document, alignment: &Alignment, section: &Section) -> bool {
    let all = section.heading..document.below(section.heading).end;
    let is_ours = |index: usize| {
        let Some(slot) = document.slots.get(index) else { return false };
        let prompt =
            alignment.prompts.get(index).copied().flatten().and_then(|prompt| template.slots.get(prompt));
        let ticked = slot.boxes.iter().any(|checkbox| checkbox.ticked);
        let intact = slot.damage.is_none() && slot.regions.iter().all(Region::is_intact);
        intact
            && !ticked
            && prompt.is_some()
            && is_untouched(document, slot, prompt.map(|prompt| (template, prompt)))
    };
    name_of(document, template, section).is_some() && all.into_iter().all(is_ours)
}

/// The bytes of the name that stands in a heading where the template's has its bracket: a name that we wrote, in code.
fn name_of(document: &Document, template: &Document, section: &Section) -> Option<Range<usize>> {
    let heading = document.slots.get(section.heading)?;
    let source = document.slice(heading.head.clone());
    let (start, end) = (source.find('`')?, source.rfind('`')? + 1);
    let prompt = template.slots.get(section.prompt)?;
    let pattern = template.slice(prompt.head.clone());
    let hole = placeholder_in(pattern)?;
    let digits_aside = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "");
    let same = |a: &str, b: &str| digits_aside(a) == digits_aside(b);
    let is_named = same(source.get(..start)?, pattern.get(..hole.start)?)
        && source.get(end..)?.trim_end() == pattern.get(hole.end..)?.trim_end();
    is_named.then(|| heading.head.start + start..heading.head.start + end)
}

/// The bytes of the bracket in a heading, with the backslash that a formatter put before it.
fn placeholder_in(heading: &str) -> Option<Range<usize>> {
    let found = bracket(heading)?;
    let escaped = heading.get(..found.start)?.ends_with('\\');
    Some(found.start - usize::from(escaped)..found.end)
}

/// The removal of a section that we added, with the blank line before it.
fn removal(document: &Document, heading: usize) -> Splice {
    let start = document.slots.get(heading).map_or(0, |slot| slot.head.start);
    let before = slice(&document.text, 0..start).trim_end().len();
    let end = line_stop(&document.text, content_end(document, heading));
    let start = line_stop(&document.text, before).min(start);
    Splice { range: start..end, text: String::new(), purpose: Purpose::Template }
}

/// Puts the template's name and samples back into a section that we named.
fn reset(
    document: &Document,
    template: &Document,
    alignment: &Alignment,
    section: &Section,
    eol: Eol,
) -> Vec<Splice> {
    let prompt = template.slots.get(section.prompt).map(|prompt| template.slice(prompt.head.clone()));
    let name = prompt.and_then(|heading| heading.get(placeholder_in(heading)?));
    let mut splices = Vec::new();
    if let (Some(range), Some(name)) = (name_of(document, template, section), name) {
        splices.push(Splice { range, text: name.to_owned(), purpose: Purpose::Template });
    }
    for index in section.heading..document.below(section.heading).end {
        let Some(slot) = document.slots.get(index) else { continue };
        let prompt =
            alignment.prompts.get(index).copied().flatten().and_then(|prompt| template.slots.get(prompt));
        let answers = slot.regions.iter().filter(|region| !region.is_footer);
        splices.extend(answers.map(|region| restored(document, region, template, prompt, eol)));
    }
    splices
}

/// What came of laying out the sections.
#[derive(Debug)]
pub(crate) struct LaidOut {
    pub(crate) document: Document,
    pub(crate) sections: Vec<ComponentSection>,
}

/// Gives each component its section: the one that names it, else a free one, else a new one behind the last.
pub(crate) fn lay_out(document: Document, template: &Document, evidence: &Evidence, eol: Eol) -> LaidOut {
    let alignment = align(&document, template);
    let run = first_run(&document, &alignment);
    let named = named_sections(&document, &run, &evidence.components);
    let is_free = |section: &&Section| {
        document.slots.get(section.heading).is_some_and(|slot| Pattern::of(&slot.title).is_some())
    };
    let mut free = run.iter().filter(is_free).peekable();
    let ours = run.iter().any(|section| seal_of(&document, section.heading) != Seal::Answer);
    let may_add = free.peek().is_some() || ours;
    let room = SECTIONS_MAX.saturating_sub(named.len());
    let homeless =
        (0..evidence.components.len()).filter(|index| !named.iter().any(|(_, named)| named == index));
    let (mut splices, mut seals, mut added) = (Vec::new(), Vec::new(), Vec::new());
    for index in homeless.take(room) {
        let Some(component) = evidence.components.get(index) else { continue };
        if let Some(splice) = free.next().and_then(|section| naming(&document, section, component)) {
            splices.push(splice);
            seals.push((index, Seal::NamedSection));
        } else if may_add {
            added.push(component);
            seals.push((index, Seal::AddedSection));
        }
    }
    splices.extend(adding(&document, template, &run, &added, eol));
    splices.sort_by_key(|splice| splice.range.start);
    let document = if splices.is_empty() { document } else { apply(&document, &splices).document };
    let sections = find(&document, template, &evidence.components, &seals);
    LaidOut { document, sections }
}

/// The sections under the same heading as the first.
fn first_run(document: &Document, alignment: &Alignment) -> Vec<Section> {
    let parent = |section: &Section| document.slots.get(section.heading).map(|slot| slot.parent);
    let first = alignment.sections.first().and_then(parent);
    alignment.sections.iter().filter(|section| parent(section) == first).cloned().collect()
}

/// Which sections are named after which component: by the exact name as we write it, else by its words.
fn named_sections(
    document: &Document,
    run: &[Section],
    components: &[ComponentEvidence],
) -> Vec<(usize, usize)> {
    let mut named: Vec<(usize, usize)> = Vec::new();
    let slots =
        run.iter().filter_map(|section| Some((section.heading, document.slots.get(section.heading)?)));
    let slots: Vec<(usize, &Slot)> = slots.filter(|(_, slot)| Pattern::of(&slot.title).is_none()).collect();
    let exact = |slot: &Slot, component: &ComponentEvidence| {
        document.slice(slot.head.clone()).contains(&data(&component.name))
    };
    let by_words = |slot: &Slot, component: &ComponentEvidence| {
        let (title, name) = (words(&slot.title), words(&component.name));
        !name.is_empty() && name.iter().all(|word| title.contains(word))
    };
    let matchers: [&dyn Fn(&Slot, &ComponentEvidence) -> bool; 2] = [&exact, &by_words];
    for matches in matchers {
        for (heading, slot) in &slots {
            if named.iter().any(|(taken, _)| taken == heading) {
                continue;
            }
            let free = |index: &usize| !named.iter().any(|(_, taken)| taken == index);
            let mut fitting = (0..components.len()).filter(free);
            let found = fitting
                .find(|index| components.get(*index).is_some_and(|component| matches(slot, component)));
            named.extend(found.map(|index| (*heading, index)));
        }
    }
    named
}

/// Writes a component's name into a free section's heading.
fn naming(document: &Document, section: &Section, component: &ComponentEvidence) -> Option<Splice> {
    let head = document.slots.get(section.heading)?.head.clone();
    let hole = placeholder_in(document.slice(head.clone()))?;
    let range = head.start + hole.start..head.start + hole.end;
    Some(Splice { range, text: data(&component.name), purpose: Purpose::Template })
}

/// Adds sections behind the last: copies of the template's last, without its hints.
fn adding(
    document: &Document,
    template: &Document,
    run: &[Section],
    components: &[&ComponentEvidence],
    eol: Eol,
) -> Option<Splice> {
    let last = run.last().filter(|_| !components.is_empty())?;
    let prompt = align(template, template)
        .sections
        .iter()
        .map(|section| section.heading)
        .filter(|heading| {
            let of_run = |section: &Section| template.slots.get(section.prompt).map(|slot| slot.parent);
            template.slots.get(*heading).map(|slot| slot.parent) == of_run(last)
        })
        .last()?;
    let numbers =
        run.iter().filter_map(|section| Pattern::number_of(&document.slots.get(section.heading)?.title));
    let mut number = numbers.max().unwrap_or(0);
    let mut copies = Vec::new();
    for component in components {
        number = number.saturating_add(1);
        copies.push(copy(template, prompt, &component.name, number)?);
    }
    let at = line_stop(&document.text, content_end(document, last.heading));
    Some(insertion(&document.text, at, &copies.join("\n\n"), eol, Purpose::Template))
}

/// The template's section with a name and a number filled in, lines ending in `\n`.
fn copy(template: &Document, prompt: usize, name: &str, number: u32) -> Option<String> {
    let heading = template.slots.get(prompt)?;
    let source = template.slice(heading.head.clone());
    let hole = placeholder_in(source)?;
    let mut before = source.get(..hole.start)?.to_owned();
    if let Some(old) = Pattern::of(&heading.title).and_then(|pattern| pattern.number) {
        before = before.replacen(&old.to_string(), &number.to_string(), 1);
    }
    let mut text = format!("{before}{}{}", data(name), source.get(hole.end..)?);
    let mut at = heading.head.end;
    let slots = template.slots.get(prompt..template.below(prompt).end).unwrap_or_default();
    for part in slots.iter().flat_map(|slot| &slot.parts).take_while(|part| part.kind != PartKind::Rule) {
        let own_line = slice(&template.text, line_start(&template.text, part.span.start)..part.span.start)
            .trim()
            .is_empty();
        if part.kind == PartKind::Comment && own_line {
            text.push_str(slice(&template.text, at..part.span.start));
            text.truncate(text.trim_end().len());
            at = part.span.end;
        }
    }
    let end = content_end(template, prompt).max(at);
    text.push_str(slice(&template.text, at..end));
    Some(Eol::Lf.convert(text.trim_end()))
}

/// Where the content of a section ends: a thematic break and what follows it belong to the text as a whole.
fn content_end(document: &Document, heading: usize) -> usize {
    let slots = document.slots.get(heading..document.below(heading).end).unwrap_or_default();
    let mut end = slots.first().map_or(0, |slot| slot.head.end);
    for slot in slots {
        if slot.parts.iter().any(|part| part.kind == PartKind::Rule) {
            let before = slot.parts.iter().take_while(|part| part.kind != PartKind::Rule).last();
            return before.map_or(slot.head.end.max(end), |part| part.span.end);
        }
        let footer =
            |span: &Range<usize>| slot.regions.iter().any(|region| region.is_footer && region.span == *span);
        let last = slot.parts.iter().rfind(|part| !footer(&part.span));
        end = last.map_or(slot.head.end, |part| part.span.end).max(end);
    }
    end
}

/// The sections of the finished layout, each with its component.
fn find(
    document: &Document,
    template: &Document,
    components: &[ComponentEvidence],
    seals: &[(usize, Seal)],
) -> Vec<ComponentSection> {
    let alignment = align(document, template);
    let run = first_run(document, &alignment);
    let mut sections: Vec<ComponentSection> = named_sections(document, &run, components)
        .into_iter()
        .map(|(heading, component)| {
            let fresh = seals.iter().find(|(index, _)| *index == component).map(|(_, seal)| *seal);
            let seal = fresh.unwrap_or_else(|| seal_of(document, heading));
            ComponentSection { heading, below: document.below(heading), component, seal }
        })
        .collect();
    sections.sort_by_key(|section| section.heading);
    sections
}
