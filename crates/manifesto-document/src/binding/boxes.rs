//! Which question a box puts, told from the words of its label.

use manifesto_evidence::{Answer, Topic};

use super::SlotBinding;
use crate::document::Checkbox;
use crate::words::{outside_parentheses, position_of, stems, words};

/// How much a word counts that the label says itself, and one that it adds in parentheses or code.
const OWN_WORD: usize = 2;
const ADDED_WORD: usize = 1;
/// The least that a label must share with a question.
const SHARED_MIN: usize = 2;

/// Labels that start so deny: they ask only questions whose words deny too.
const DENIALS: &[&str] = &[
    "no", "none", "not", "without", "kein", "keine", "nein", "non", "aucun", "aucune", "ningún", "ninguno",
    "sin",
];
/// Words with which a label says nothing about what it asks.
const EMPTY_WORDS: &[&str] = &[
    "a",
    "add",
    "addition",
    "an",
    "and",
    "applicable",
    "architectural",
    "architecture",
    "change",
    "config",
    "configuration",
    "for",
    "if",
    "infrastructure",
    "ja",
    "management",
    "needed",
    "new",
    "no",
    "none",
    "not",
    "of",
    "or",
    "other",
    "oui",
    "required",
    "si",
    "sí",
    "the",
    "to",
    "update",
    "updated",
    "with",
    "yes",
];

/// The questions that evidence answers, ready to be compared with labels.
#[derive(Debug)]
pub(crate) struct Questions<'e> {
    questions: Vec<AskedWords<'e>>,
}

#[derive(Debug)]
struct AskedWords<'e> {
    answer: &'e Answer,
    words: Vec<Vec<String>>,
    denies: bool,
}

impl<'e> Questions<'e> {
    pub(crate) fn new(answers: &'e [Answer]) -> Self {
        let asked = |answer: &'e Answer| AskedWords {
            answer,
            words: answer
                .predicate
                .words
                .iter()
                .map(|word| stems(word))
                .filter(|word| !word.is_empty())
                .collect(),
            denies: answer.predicate.words.iter().any(|word| DENIALS.contains(word)),
        };
        Self { questions: answers.iter().map(asked).collect() }
    }

    /// The question that a box in a slot puts: of those about the slot's topics, the one that shares most with the
    /// label. In a slot of which nothing is known, every word of the label must be one of the question's.
    pub(crate) fn asked_by(&self, checkbox: &Checkbox, binding: &SlotBinding) -> Option<&'e Answer> {
        if binding.is_author_only {
            return None;
        }
        let label = LabelWords::new(checkbox);
        let fits = |topic: Topic| binding.boxes.is_empty() || binding.boxes.contains(&topic);
        let mut best: Option<(usize, &AskedWords<'e>)> = None;
        let mut tied = false;
        for question in &self.questions {
            if question.denies != label.denies || !fits(question.answer.predicate.topic) {
                continue;
            }
            let shared =
                if binding.boxes.is_empty() { label.all_in(question) } else { label.shared_with(question) };
            let most = best.as_ref().map_or(SHARED_MIN - 1, |(most, _)| *most);
            tied = if shared > most { false } else { tied || shared == most };
            if shared > most {
                best = Some((shared, question));
            }
        }
        best.filter(|_| !tied).map(|(_, question)| question.answer)
    }
}

/// The words of a label, each with what it counts.
struct LabelWords {
    own: Vec<String>,
    added: Vec<String>,
    denies: bool,
}

impl LabelWords {
    fn new(checkbox: &Checkbox) -> Self {
        let mut text = checkbox.label.clone();
        let mut codes = String::new();
        for code in &checkbox.codes {
            text = text.replacen(code.as_str(), " ", 1);
            codes.push_str(code);
            codes.push(' ');
        }
        let (own, inside) = outside_parentheses(&text);
        let denies = words(&own).first().is_some_and(|word| DENIALS.contains(&word.as_str()));
        let mut added = stems(&inside);
        added.extend(stems(&codes));
        Self { own: stems(&own), added, denies }
    }

    /// How much the label shares with a question: each of its words counts once.
    fn shared_with(&self, question: &AskedWords<'_>) -> usize {
        count_covered(&self.own, question) * OWN_WORD + count_covered(&self.added, question) * ADDED_WORD
    }

    /// The same, if the question has every word of the label that says something, and there is one.
    fn all_in(&self, question: &AskedWords<'_>) -> usize {
        let says = |words: &[String]| {
            words.iter().filter(|word| !EMPTY_WORDS.contains(&word.as_str())).cloned().collect()
        };
        let (own, added): (Vec<String>, Vec<String>) = (says(&self.own), says(&self.added));
        let all =
            count_covered(&own, question) == own.len() && count_covered(&added, question) == added.len();
        if all && !own.is_empty() { self.shared_with(question).max(SHARED_MIN) } else { 0 }
    }
}

/// How many of these words stand in the question's words, phrases counted whole.
fn count_covered(words: &[String], question: &AskedWords<'_>) -> usize {
    let mut covered = vec![false; words.len()];
    for phrase in &question.words {
        let Some(at) = position_of(phrase, words) else { continue };
        covered.iter_mut().skip(at).take(phrase.len()).for_each(|word| *word = true);
    }
    covered.iter().filter(|word| **word).count()
}
