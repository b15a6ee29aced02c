//! Which slot of the template a slot of the text answers.

use std::collections::BTreeMap;

use crate::document::{Document, Slot, SlotKind};
use crate::pattern::Pattern;
use crate::state::is_untouched;

/// The most patterns under one heading; a template that has more is none.
const PATTERNS_MAX: usize = 16;

/// The slots of a text beside those of its template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alignment {
    /// For each slot of the text, the slot of the template that it answers.
    pub(crate) prompts: Vec<Option<usize>>,
    /// The sections of the text that repeat the template's pattern for a component, in their order.
    pub(crate) sections: Vec<Section>,
}

/// A section of the text about one component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Section {
    /// Its heading in the text.
    pub(crate) heading: usize,
    /// The heading of the template that it repeats.
    pub(crate) prompt: usize,
}

impl Alignment {
    /// Whether the heading at this index is that of a section about a component.
    pub(crate) fn is_section(&self, heading: usize) -> bool {
        self.sections.binary_search_by_key(&heading, |section| section.heading).is_ok()
    }

    /// How many slots of the text answer the template, and how much the two resemble each other: what they share of
    /// what either has (Jaccard). Repeated sections say little about which template it is, and do not count.
    pub(crate) fn resemblance(&self, text: &Document, template: &Document) -> (usize, f64) {
        let section = |heading| self.is_section(heading);
        let counts = |(index, slot): &(usize, &Slot)| {
            slot.kind != SlotKind::Preamble && !section(*index) && !slot.parent.is_some_and(section)
        };
        let own = text.slots.iter().enumerate().filter(counts).count();
        let counted = text.slots.iter().enumerate().filter(counts);
        let shared = counted.filter(|(index, _)| matches!(self.prompts.get(*index), Some(Some(_)))).count();
        let asked = template.slots.iter().filter(|slot| is_asked_once(template, slot)).count();
        let either = own + asked.saturating_sub(shared);
        let ratio = |part: usize, whole: usize| {
            f64::from(u32::try_from(part).unwrap_or(u32::MAX))
                / f64::from(u32::try_from(whole).unwrap_or(u32::MAX))
        };
        (shared, if either == 0 { 0.0 } else { ratio(shared, either) })
    }
}

fn is_asked_once(template: &Document, slot: &Slot) -> bool {
    let repeated =
        |slot: &Slot| matches!(slot.kind, SlotKind::Heading(_)) && Pattern::of(&slot.title).is_some();
    let above = slot.parent.and_then(|parent| template.slots.get(parent));
    slot.kind != SlotKind::Preamble && !repeated(slot) && !above.is_some_and(repeated)
}

/// Finds for every slot of the text the slot of the template that it answers: the one with the same name under the
/// same heading; else the section whose pattern it repeats; else the only one with that name anywhere.
pub(crate) fn align(text: &Document, template: &Document) -> Alignment {
    let mut aligner = Aligner::new(text, template);
    for (index, slot) in text.slots.iter().enumerate() {
        aligner.in_place(index, slot);
    }
    for (index, slot) in text.slots.iter().enumerate() {
        aligner.elsewhere(index, slot);
    }
    aligner.alignment.sections.sort_by_key(|section| section.heading);
    aligner.alignment
}

struct Aligner<'d> {
    text: &'d Document,
    template: &'d Document,
    /// The slots of the template by the heading above and by name; those of the same name in their order.
    children: BTreeMap<(Option<usize>, &'d str), Vec<usize>>,
    named: BTreeMap<&'d str, Vec<usize>>,
    /// The sections with a pattern, by the heading above.
    patterns: BTreeMap<Option<usize>, Vec<(usize, Pattern)>>,
    /// How many slots of the text with this name and place were aligned.
    seen: BTreeMap<(Option<usize>, &'d str), usize>,
    taken: Vec<bool>,
    /// How many sections were found under each heading of the text.
    lengths: BTreeMap<Option<usize>, usize>,
    alignment: Alignment,
}

impl<'d> Aligner<'d> {
    fn new(text: &'d Document, template: &'d Document) -> Self {
        let (mut children, mut named, mut patterns) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for (index, slot) in template.slots.iter().enumerate() {
            children.entry((slot.parent, slot.key.as_str())).or_insert_with(Vec::new).push(index);
            named.entry(slot.key.as_str()).or_insert_with(Vec::new).push(index);
            let heading = matches!(slot.kind, SlotKind::Heading(_));
            if let Some(pattern) = Pattern::of(&slot.title).filter(|_| heading) {
                let beside: &mut Vec<(usize, Pattern)> = patterns.entry(slot.parent).or_default();
                if beside.len() < PATTERNS_MAX {
                    beside.push((index, pattern));
                }
            }
        }
        let alignment = Alignment { prompts: vec![None; text.slots.len()], sections: Vec::new() };
        let taken = vec![false; template.slots.len()];
        Self {
            text,
            template,
            children,
            named,
            patterns,
            seen: BTreeMap::new(),
            taken,
            lengths: BTreeMap::new(),
            alignment,
        }
    }

    fn in_place(&mut self, index: usize, slot: &'d Slot) {
        let above = slot.parent.and_then(|parent| self.alignment.prompts.get(parent).copied().flatten());
        if slot.parent.is_some() && above.is_none() {
            return;
        }
        let count = self.seen.entry((slot.parent, slot.key.as_str())).or_default();
        let nth = std::mem::replace(count, *count + 1);
        let same = self.children.get(&(above, slot.key.as_str())).and_then(|slots| slots.get(nth)).copied();
        match same {
            Some(prompt) => self.pair(index, prompt),
            None => self.repeat(index, slot, above),
        }
    }

    /// Pairs a heading with the pattern that it repeats: the one of the same number; else one of which the text has
    /// nothing but the template's words, or at least its hints; else the one at the same place of its run. What the text
    /// has there decides before the place does, so that a section stays with its pattern when another is put before it.
    fn repeat(&mut self, index: usize, slot: &Slot, above: Option<usize>) {
        if !matches!(slot.kind, SlotKind::Heading(_)) {
            return;
        }
        let patterns = self.patterns.get(&above).map(Vec::as_slice).unwrap_or_default();
        let is_repeated =
            |pattern: &Pattern| pattern.matches(&slot.title) && (above.is_some() || !pattern.is_bare());
        let repeats: Vec<&(usize, Pattern)> =
            patterns.iter().filter(|(_, pattern)| is_repeated(pattern)).collect();
        let number = Pattern::number_of(&slot.title);
        let numbered = repeats.iter().find(|(_, pattern)| number.is_some() && pattern.number == number);
        let place =
            self.lengths.get(&slot.parent).copied().unwrap_or_default().min(repeats.len().saturating_sub(1));
        let rank = |(nth, (prompt, _)): &(usize, &&(usize, Pattern))| {
            let prompt = self.template.slots.get(*prompt);
            let is_blank =
                prompt.is_some_and(|prompt| is_untouched(self.text, slot, Some((self.template, prompt))));
            let has_hints =
                prompt.is_some_and(|prompt| hints(self.text, slot) == hints(self.template, prompt));
            (!is_blank, !has_hints, *nth != place)
        };
        let fitting = repeats.iter().enumerate().min_by_key(rank).map(|(_, repeated)| repeated);
        if let Some((prompt, _)) = numbered.or(fitting) {
            self.pair(index, *prompt);
        }
    }

    fn pair(&mut self, index: usize, prompt: usize) {
        if let Some(place) = self.alignment.prompts.get_mut(index) {
            *place = Some(prompt);
        }
        if let Some(taken) = self.taken.get_mut(prompt) {
            *taken = true;
        }
        let slot = self.template.slots.get(prompt);
        let is_heading = slot.is_some_and(|slot| matches!(slot.kind, SlotKind::Heading(_)));
        let pattern = slot.and_then(|slot| Pattern::of(&slot.title));
        if is_heading && pattern.is_some_and(|pattern| pattern.is_component) {
            self.alignment.sections.push(Section { heading: index, prompt });
            let above = self.text.slots.get(index).and_then(|slot| slot.parent);
            *self.lengths.entry(above).or_default() += 1;
        }
    }

    /// For slots that moved: to the only free slot of the template with the same name.
    fn elsewhere(&mut self, index: usize, slot: &'d Slot) {
        if self.alignment.prompts.get(index).is_some_and(Option::is_some) {
            return;
        }
        let moved =
            slot.parent.is_some_and(|parent| self.alignment.prompts.get(parent).is_some_and(Option::is_some));
        if moved {
            self.in_place(index, slot);
        }
        if self.alignment.prompts.get(index).is_some_and(Option::is_some) || slot.key.is_empty() {
            return;
        }
        if let Some([prompt]) = self.named.get(slot.key.as_str()).map(Vec::as_slice)
            && self.taken.get(*prompt) == Some(&false)
            // A heading with a bracket is known by its place: once the bracket is filled, its words are others.
            && self.template.slots.get(*prompt).is_some_and(|slot| Pattern::of(&slot.title).is_none())
        {
            self.pair(index, *prompt);
        }
    }
}

/// The comments of a slot.
fn hints<'d>(document: &'d Document, slot: &Slot) -> Vec<&'d str> {
    document.comments(&slot.body).iter().map(|comment| document.slice(comment.span.clone())).collect()
}
