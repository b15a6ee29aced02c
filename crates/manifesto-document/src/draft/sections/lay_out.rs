//! Giving each component its section.

use manifesto_evidence::{ComponentEvidence, Evidence, Topic};

use super::copy::copy;
use super::withdraw::Withdrawn;
use super::{ComponentSection, Sections};
use crate::align::Section;
use crate::binding::{SlotBinding, bind_text};
use crate::document::Document;
use crate::draft::content::data;
use crate::edit::{Purpose, Splice, apply, insertion};
use crate::pattern::Pattern;
use crate::region::Role;
use crate::source::{Eol, line_stop};

/// The most sections for components; the others are listed above them.
const SECTIONS_MAX: usize = 6;

/// What came of laying out the sections.
#[derive(Debug)]
pub(in crate::draft) struct LaidOut {
    pub(in crate::draft) document: Document,
    pub(in crate::draft) sections: Vec<ComponentSection>,
}

/// Gives each component its section: the one that names it, else a free one, else a new one behind the last. Nothing is
/// added where every section is the author's.
pub(in crate::draft) fn lay_out(
    withdrawn: Withdrawn,
    template: &Document,
    evidence: &Evidence,
    eol: Eol,
) -> LaidOut {
    let Withdrawn { document, had_ours } = withdrawn;
    let sections = Sections::new(&document, template);
    let components = &evidence.components;
    let named: Vec<usize> = sections.named(components).into_iter().map(|(_, component)| component).collect();
    let bindings = bind_text(&document, template, &sections.alignment);
    let mut free = sections.run.iter().filter(|section| sections.is_free(section, &bindings)).peekable();
    let may_add = had_ours || free.peek().is_some();
    let homeless = components.iter().enumerate().filter(|(index, _)| !named.contains(index));
    let (mut splices, mut roles, mut added) = (Vec::new(), Vec::new(), Vec::new());
    for (index, component) in homeless.take(SECTIONS_MAX.saturating_sub(named.len())) {
        if let Some(range) = free.next().and_then(|section| sections.hole_of(section)) {
            splices.push(Splice { range, text: data(&component.name), purpose: Purpose::Template });
            roles.push((index, Role::NamedSection));
        } else if may_add {
            added.push(component);
            roles.push((index, Role::AddedSection));
        }
    }
    splices.extend(sections.addition(&added, eol));
    splices.sort_by_key(|splice| splice.range.start);
    let document = apply(document, &splices).document;
    let sections = found(&document, template, components, &roles);
    LaidOut { document, sections }
}

/// The sections of the finished layout, each with its component.
fn found(
    document: &Document,
    template: &Document,
    components: &[ComponentEvidence],
    roles: &[(usize, Role)],
) -> Vec<ComponentSection> {
    let sections = Sections::new(document, template);
    let found = sections.named(components).into_iter().map(|(section, component)| {
        let fresh = roles.iter().find(|(index, _)| *index == component).map(|(_, role)| *role);
        let role = fresh.unwrap_or_else(|| sections.role(section));
        ComponentSection { heading: section.heading, below: document.below(section.heading), component, role }
    });
    let mut found: Vec<ComponentSection> = found.collect();
    found.sort_by_key(|section| section.heading);
    found
}

impl Sections<'_> {
    /// Whether a section is the template's, and has a slot that tells about its component. Of a section in which the
    /// author has written, nobody knows which component it is about. And one that stays silent would keep its name for
    /// ever: it is by what we wrote into it that we know it for ours.
    fn is_free(&self, section: &Section, bindings: &[SlotBinding]) -> bool {
        let tells = |index: usize| {
            bindings.get(index).is_some_and(|binding| binding.facts.contains(&Topic::Components))
        };
        self.is_nameless(section) && self.slots(section).any(|(index, _)| tells(index))
    }

    /// New sections behind the last of the run: copies of the template's last in its place.
    fn addition(&self, components: &[&ComponentEvidence], eol: Eol) -> Option<Splice> {
        let last = self.run.last().filter(|_| !components.is_empty())?;
        let title =
            |section: &Section| self.document.slots.get(section.heading).map(|slot| slot.title.as_str());
        let numbers = self.run.iter().filter_map(|section| Pattern::number_of(title(section)?));
        let number = numbers.max().unwrap_or(0);
        let pattern = self.last_pattern(last)?;
        let copies = components.iter().zip(1_u32..).map(|(component, nth)| {
            copy(self.template, pattern, &component.name, number.saturating_add(nth))
        });
        let copies: Vec<String> = copies.collect::<Option<_>>()?;
        let at = line_stop(&self.document.text, self.content_end(last));
        Some(insertion(&self.document.text, at, &copies.join("\n\n"), eol, Purpose::Template))
    }

    /// The last section of the template's run that a section repeats.
    fn last_pattern(&self, section: &Section) -> Option<usize> {
        let parent = |slot: usize| self.template.slots.get(slot).map(|slot| slot.parent);
        let patterns = Sections::new(self.template, self.template).alignment.sections;
        let beside = |pattern: &&Section| parent(pattern.heading) == parent(section.prompt);
        patterns.iter().rfind(beside).map(|pattern| pattern.heading)
    }
}
