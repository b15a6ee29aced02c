//! What a slot asks about, and which question a box puts, told from their words alone.

pub(crate) mod boxes;
mod topics;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use manifesto_evidence::Topic;

use crate::align::Alignment;
use crate::document::{Document, Slot, SlotKind};
use crate::words::{outside_parentheses, stems};
use topics::{QUESTIONS, Question};

/// What a slot asks about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SlotBinding {
    /// The topics whose facts answer it and that no other slot asks for more precisely.
    pub facts: Vec<Topic>,
    /// The topics that its boxes ask about.
    pub boxes: &'static [Topic],
    /// Whether it is known that only the author can answer it. A slot of which nothing is known is the author's too,
    /// but its boxes may still ask what evidence can answer.
    pub is_author_only: bool,
    /// Whether it stands in a section that is repeated for each component.
    pub in_section: bool,
}

impl SlotBinding {
    /// Whether evidence has nothing to do with it.
    pub fn is_author(&self) -> bool {
        self.facts.is_empty() && self.boxes.is_empty()
    }
}

/// Small words that carry no meaning of their own.
const SMALL_WORDS: &[&str] = &[
    "a", "an", "and", "any", "are", "for", "if", "in", "of", "on", "or", "our", "the", "this", "to", "with",
    "your", "auf", "das", "der", "die", "für", "und", "von", "zu", "au", "aux", "d", "de", "des", "du", "et",
    "l", "la", "le", "les", "el", "los", "del", "y",
];

/// A phrase, ready to be looked for.
struct Phrase {
    stems: Vec<String>,
    /// Its place in the table: of two that are as long, the earlier decides.
    place: usize,
    question: &'static Question,
}

/// The phrases by their first words.
static PHRASES: LazyLock<BTreeMap<String, Vec<Phrase>>> = LazyLock::new(|| {
    let mut phrases: BTreeMap<String, Vec<Phrase>> = BTreeMap::new();
    let all =
        QUESTIONS.iter().flat_map(|question| question.phrases.iter().map(move |phrase| (question, phrase)));
    for (place, (question, phrase)) in all.enumerate() {
        let stems = significant(phrase);
        if let Some(first) = stems.first().cloned() {
            phrases.entry(first).or_default().push(Phrase { stems, place, question });
        }
    }
    phrases
});

/// The words of a title that carry meaning.
fn significant(title: &str) -> Vec<String> {
    let counts =
        |word: &String| !SMALL_WORDS.contains(&word.as_str()) && !word.bytes().all(|b| b.is_ascii_digit());
    stems(title).into_iter().filter(counts).collect()
}

/// The question that a title asks: that of the longest phrase that stands in it and makes up at least half of it.
fn question(title: &str) -> Option<&'static Question> {
    let (outside, _) = outside_parentheses(title);
    let words = significant(&outside);
    let starting = |at: usize| words.get(at).and_then(|word| PHRASES.get(word)).into_iter().flatten();
    let stands = |at: usize, phrase: &Phrase| words.get(at..).unwrap_or_default().starts_with(&phrase.stems);
    let found = (0..words.len()).flat_map(|at| starting(at).filter(move |phrase| stands(at, phrase)));
    let fitting = found.filter(|phrase| phrase.stems.len() * 2 >= words.len());
    fitting.max_by_key(|phrase| (phrase.stems.len(), Reverse(phrase.place))).map(|phrase| phrase.question)
}

/// From so much on a title is a phrase that was misspelt, of 1.
const LIKENESS_MIN: f64 = 0.8;

/// The phrase that evidence answers and that a title nearly is; none where it is none at all, or one that authors answer.
pub(crate) fn misspelt(title: &str) -> Option<&'static str> {
    let title = title.to_lowercase();
    let is_answered = |question: &Question| !question.facts.is_empty() || !question.boxes.is_empty();
    let phrases =
        QUESTIONS.iter().flat_map(|question| question.phrases.iter().map(move |phrase| (question, *phrase)));
    let likeness = |phrase: &str| strsim::normalized_damerau_levenshtein(phrase, &title);
    let alike = phrases.map(|(question, phrase)| (likeness(phrase), phrase, question));
    let (likeness, phrase, question) = alike.max_by(|(a, ..), (b, ..)| a.total_cmp(b))?;
    // What is written just so is answered, if in another slot.
    ((LIKENESS_MIN..1.0).contains(&likeness) && is_answered(question)).then_some(phrase)
}

/// The question of a slot in a section that is repeated for each component, where some words mean more than elsewhere.
fn section_question(title: &str) -> Option<&'static Question> {
    static DETAILS: Question =
        Question { facts: &[Topic::Components, Topic::Images], boxes: &[], phrases: &[] };
    const NAMES: &[&str] =
        &["technical detail", "detail", "change", "what changed", "implementation detail", "einzelheiten"];
    let words = significant(title).join(" ");
    if NAMES.contains(&words.as_str()) { Some(&DETAILS) } else { question(title) }
}

/// What each slot of a template asks about.
pub fn bind(template: &Document) -> Vec<SlotBinding> {
    let alignment = crate::align::align(template, template);
    bind_text(template, template, &alignment)
}

/// What each slot of a text asks about: what the slot of the template does that it answers, else what its own words say.
pub(crate) fn bind_text(text: &Document, template: &Document, alignment: &Alignment) -> Vec<SlotBinding> {
    let mut bindings: Vec<SlotBinding> = Vec::with_capacity(text.slots.len());
    for (index, slot) in text.slots.iter().enumerate() {
        let prompt =
            alignment.prompts.get(index).copied().flatten().and_then(|prompt| template.slots.get(prompt));
        let in_section = in_section(text, slot, alignment);
        bindings.push(bind_slot(prompt.unwrap_or(slot), in_section));
    }
    Allotment { text, template, alignment, bindings }.run()
}

fn in_section(text: &Document, slot: &Slot, alignment: &Alignment) -> bool {
    let mut above = slot.parent;
    while let Some(index) = above {
        if alignment.is_section(index) {
            return true;
        }
        above = text.slots.get(index).and_then(|slot| slot.parent);
    }
    false
}

fn bind_slot(slot: &Slot, in_section: bool) -> SlotBinding {
    if slot.kind == SlotKind::Preamble {
        return SlotBinding::default();
    }
    let found = if in_section { section_question(&slot.title) } else { question(&slot.title) };
    let Some(found) = found else { return SlotBinding { in_section, ..SlotBinding::default() } };
    let is_author_only = found.facts.is_empty() && found.boxes.is_empty();
    SlotBinding { facts: found.facts.to_vec(), boxes: found.boxes, is_author_only, in_section }
}

/// Where the facts of a topic go that no slot asks for by name: to the first of these topics that has a slot.
const NEXT_OF_KIN: &[(Topic, &[Topic])] = &[
    (Topic::KeyFiles, &[Topic::Components]),
    (Topic::Images, &[Topic::Components]),
    (Topic::IntegrationPoints, &[Topic::InfrastructureImpact]),
    (Topic::SecurityMeasures, &[Topic::AttackSurface, Topic::NetworkIsolation]),
    (Topic::AttackSurface, &[Topic::SecurityMeasures, Topic::NetworkIsolation]),
    (Topic::SecretsManagement, &[Topic::SecurityMeasures, Topic::AttackSurface]),
    (Topic::NetworkIsolation, &[Topic::AttackSurface, Topic::SecurityMeasures]),
    (Topic::Permissions, &[Topic::AttackSurface, Topic::SecurityMeasures, Topic::NetworkIsolation]),
    (Topic::DeploymentPrerequisites, &[Topic::DeploymentSteps, Topic::DeploymentMethod]),
    (Topic::DeploymentSteps, &[Topic::DeploymentMethod, Topic::DeploymentPrerequisites]),
    (Topic::DeploymentMethod, &[Topic::DeploymentSteps]),
    (Topic::Storage, &[Topic::ResourceRequirements, Topic::RollbackProcedure, Topic::InfrastructureImpact]),
    (
        Topic::DnsAndCertificates,
        &[Topic::AttackSurface, Topic::IntegrationPoints, Topic::InfrastructureImpact],
    ),
    (Topic::Deprecations, &[Topic::BreakingChanges]),
];

/// Gives each topic to one slot, so that no fact is told twice.
struct Allotment<'d> {
    text: &'d Document,
    template: &'d Document,
    alignment: &'d Alignment,
    bindings: Vec<SlotBinding>,
}

impl Allotment<'_> {
    fn run(mut self) -> Vec<SlotBinding> {
        let in_sections = self.sections();
        let asked: Vec<Vec<Topic>> = self.bindings.iter().map(|binding| binding.facts.clone()).collect();
        for binding in self.bindings.iter_mut().filter(|binding| !binding.in_section) {
            binding.facts.clear();
        }
        let homes: Vec<Option<usize>> = Topic::ALL.iter().map(|topic| self.home(*topic, &asked)).collect();
        let home = |topic: Topic| {
            Topic::ALL.iter().position(|t| *t == topic).and_then(|i| homes.get(i).copied().flatten())
        };
        for topic in Topic::ALL {
            let kin = NEXT_OF_KIN.iter().find(|(of, _)| of == topic).map_or(&[][..], |(_, kin)| kin);
            let parent = in_sections.contains(topic).then(|| self.parent_of_sections()).flatten();
            let slot = home(*topic).or(parent).or_else(|| kin.iter().find_map(|kin| home(*kin)));
            if let Some(binding) = slot.and_then(|slot| self.bindings.get_mut(slot)) {
                binding.facts.push(*topic);
            }
        }
        self.bindings
    }

    /// The slot that asks for a topic most precisely: for the fewest others besides, with boxes about it rather than as
    /// a side effect, by a label rather than by a heading, the first of those.
    fn home(&self, topic: Topic, asked: &[Vec<Topic>]) -> Option<usize> {
        let slots = self.text.slots.iter().zip(asked).zip(&self.bindings).enumerate();
        let asking = slots.filter(|(index, ((slot, asked), binding))| {
            asked.contains(&topic)
                && !binding.in_section
                && !self.alignment.is_section(*index)
                && !self.is_container(*index, slot)
        });
        asking
            .min_by_key(|(_, ((slot, asked), binding))| {
                (asked.len(), binding.boxes.is_empty(), slot.kind != SlotKind::Label)
            })
            .map(|(index, _)| index)
    }

    /// The slot of the template that a slot answers; the slot itself where there is none.
    fn prompt<'s>(&'s self, index: usize, slot: &'s Slot) -> &'s Slot {
        let prompt = self.alignment.prompts.get(index).copied().flatten();
        prompt.and_then(|prompt| self.template.slots.get(prompt)).unwrap_or(slot)
    }

    /// Whether a heading asks nothing itself: others stand below it, and it has not even a hint.
    fn is_container(&self, index: usize, slot: &Slot) -> bool {
        let has_below = self.text.slots.get(index + 1).is_some_and(|next| next.parent == Some(index));
        has_below && self.prompt(index, slot).parts.is_empty()
    }

    /// Lets the heading of a component's section answer what no label in it asks for; the topics of all sections.
    fn sections(&mut self) -> Vec<Topic> {
        const TOPICS: [Topic; 3] = [Topic::Components, Topic::Images, Topic::KeyFiles];
        let mut asked = Vec::new();
        for section in &self.alignment.sections {
            let below = self.text.below(section.heading);
            let labels = self.bindings.get(below.clone()).unwrap_or_default();
            let below_asks: Vec<Topic> = labels.iter().flat_map(|binding| binding.facts.clone()).collect();
            let Some(slot) = self.text.slots.get(section.heading) else { continue };
            // Some slot of a section must tell about its component.
            let is_silent =
                self.is_container(section.heading, slot) && below_asks.contains(&Topic::Components);
            let own = if is_silent { &[][..] } else { &TOPICS[..] };
            let own: Vec<Topic> = own.iter().copied().filter(|topic| !below_asks.contains(topic)).collect();
            asked.extend(below_asks);
            asked.extend(own.iter().copied());
            if let Some(binding) = self.bindings.get_mut(section.heading) {
                *binding = SlotBinding { facts: own, in_section: true, ..SlotBinding::default() };
            }
        }
        asked
    }

    /// The heading above the sections: it answers for the components that have no section, and for the whole.
    fn parent_of_sections(&self) -> Option<usize> {
        let first = self.alignment.sections.first()?;
        self.text.slots.get(first.heading)?.parent
    }
}
