//! What evidence says to a slot: the facts of its topics, in groups.

use manifesto_evidence::{ComponentEvidence, Evidence, Fact, Topic};

use super::content::{Group, data, fact_line};
use super::sections::ComponentSection;
use crate::binding::SlotBinding;

/// Chooses facts for slots so that each is told once.
#[derive(Debug)]
pub(super) struct Answers<'d> {
    pub(super) evidence: &'d Evidence,
    pub(super) bindings: &'d [SlotBinding],
    pub(super) sections: &'d [ComponentSection],
}

impl Answers<'_> {
    /// What to say in a slot; nothing where evidence is silent.
    pub(super) fn of(&self, slot: usize, binding: &SlotBinding) -> Vec<Group> {
        if binding.facts.is_empty() {
            return Vec::new();
        }
        if !binding.in_section {
            return self.of_whole(&binding.facts);
        }
        let section =
            self.section_of(slot).and_then(|section| self.evidence.components.get(section.component));
        section.map(|component| self.of_component(component, &binding.facts)).unwrap_or_default()
    }

    pub(super) fn section_of(&self, slot: usize) -> Option<&ComponentSection> {
        self.sections.iter().find(|section| section.heading == slot || section.below.contains(&slot))
    }

    /// What to say about one component, topic by topic.
    fn of_component(&self, component: &ComponentEvidence, topics: &[Topic]) -> Vec<Group> {
        let mut lines = Vec::new();
        for topic in topics {
            let mut facts: Vec<&Fact> =
                self.evidence.about(*topic).filter(|fact| is_about(fact, component)).collect();
            facts.sort_by_key(|fact| fact.weight);
            if *topic == Topic::Components && (facts.is_empty() || !component.proven) {
                lines.push(component_line(component));
            }
            lines.extend(facts.into_iter().map(line));
        }
        if lines.is_empty() { Vec::new() } else { vec![Group { head: None, lines }] }
    }

    /// What to say about the change, without what the sections say about their components.
    fn of_whole(&self, topics: &[Topic]) -> Vec<Group> {
        let untold = |fact: &&Fact| topics.contains(&fact.topic) && !self.is_told_in_section(fact);
        let mut facts: Vec<&Fact> = self.evidence.facts.iter().filter(untold).collect();
        facts.sort_by_key(|fact| fact.weight);
        let mut groups = Vec::new();
        if topics.contains(&Topic::Components) {
            let grouped =
                |fact: &&Fact| self.evidence.components.iter().any(|component| is_about(fact, component));
            let (of_components, of_whole): (Vec<&Fact>, Vec<&Fact>) = facts.into_iter().partition(grouped);
            facts = of_whole;
            groups.extend(self.by_component(&of_components));
        }
        let lines: Vec<String> = facts.into_iter().map(line).collect();
        if !lines.is_empty() {
            groups.insert(0, Group { head: None, lines });
        }
        groups
    }

    fn by_component(&self, facts: &[&Fact]) -> Vec<Group> {
        let has_section = |index: usize| self.sections.iter().any(|section| section.component == index);
        let homeless = self.evidence.components.iter().enumerate().filter(|(index, _)| !has_section(*index));
        let group = |(_, component): (usize, &ComponentEvidence)| Group {
            head: Some(component_line(component)),
            lines: facts.iter().filter(|fact| is_about(fact, component)).map(|fact| line(fact)).collect(),
        };
        homeless.map(group).collect()
    }

    /// Whether the section of the fact's component has a slot for its topic.
    fn is_told_in_section(&self, fact: &Fact) -> bool {
        let section = self.sections.iter().find(|section| {
            self.evidence.components.get(section.component).is_some_and(|component| is_about(fact, component))
        });
        section.is_some_and(|section| {
            let slots = self.bindings.get(section.heading..section.below.end).unwrap_or_default();
            slots.iter().any(|binding| binding.facts.contains(&fact.topic))
        })
    }

    /// The topics about which there is something to say that no slot asks for, with the number of facts.
    pub(super) fn untold(&self) -> Vec<(Topic, usize)> {
        let told = |fact: &Fact| {
            let asked = |binding: &SlotBinding| !binding.in_section && binding.facts.contains(&fact.topic);
            self.is_told_in_section(fact) || self.bindings.iter().any(asked)
        };
        let count = |topic: &Topic| (*topic, self.evidence.about(*topic).filter(|fact| !told(fact)).count());
        // What deserves a look has been said where it belongs.
        let topics = Topic::ALL.iter().filter(|topic| **topic != Topic::ReviewFocusAreas);
        topics.map(count).filter(|(_, count)| *count > 0).collect()
    }
}

fn is_about(fact: &Fact, component: &ComponentEvidence) -> bool {
    fact.component.as_deref() == Some(component.name.as_str())
}

/// A key file names its place itself.
fn line(fact: &Fact) -> String {
    fact_line(fact, fact.topic == Topic::KeyFiles)
}

fn component_line(component: &ComponentEvidence) -> String {
    let doubt = if component.proven { "" } else { "; not everything about it is known" };
    format!("{} is {} in {}{doubt}", data(&component.name), component.change.name(), data(&component.path))
}
