//! Which question a box puts, told from the words of its label.

use std::borrow::Cow;

use manifesto_evidence::{
    Answer, BoxClass, Evidence, FileChange, Level, Origin, Place, Predicate, Prose, Reason, Side, Topic,
    Truth,
};

use super::SlotBinding;
use crate::document::Checkbox;
use crate::glob;
use crate::words::{outside_parentheses, position_of, stems, words};

/// How much a label shares with a question: words that it says itself and that say something, words that it says
/// itself, words that it adds in parentheses or code. The first decide: "Manual sync (without the auto-sync prefix)" is
/// manual, and "Security infrastructure" is about security.
type Shared = (usize, usize, usize);

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
    files: &'e [FileChange],
}

/// What a box asks whose label names files, and no question of an analyzer.
static NAMED_FILES: Predicate = Predicate {
    id: "documentation.named-files",
    topic: Topic::Documentation,
    question: "the change touches the files that the label names",
    words: &[],
    class: BoxClass::Derivable,
    undisclosed: Level::Note,
};

#[derive(Debug)]
struct AskedWords<'e> {
    answer: &'e Answer,
    words: Vec<Vec<String>>,
    denies: bool,
}

impl<'e> Questions<'e> {
    pub(crate) fn new(evidence: &'e Evidence) -> Self {
        let asked = |answer: &'e Answer| AskedWords {
            answer,
            words: answer
                .predicate
                .words
                .iter()
                .map(|word| stems(word))
                .filter(|word| !word.is_empty())
                .collect(),
            denies: denies(answer.predicate),
        };
        Self { questions: evidence.answers.iter().map(asked).collect(), files: &evidence.files }
    }

    /// The answer to what a box in a slot asks: by its words, and by the files that its label names
    /// (`docs/decisions/XXX-title.md`). Files can make it a yes; that they are missing never makes it a no, since a label
    /// may name them as an example.
    pub(crate) fn answer_to(&self, checkbox: &Checkbox, binding: &SlotBinding) -> Option<Cow<'e, Answer>> {
        let asked = self.asked_by(checkbox, binding);
        if asked.is_some_and(|answer| matches!(answer.truth, Truth::Yes(_))) || binding.is_author_only {
            return asked.map(Cow::Borrowed);
        }
        let reasons = self.named_files(checkbox);
        if reasons.is_empty() || asked.is_some_and(|answer| denies(answer.predicate)) {
            return asked.map(Cow::Borrowed);
        }
        if asked.is_none() && !asks_for_files(checkbox, binding) {
            return None;
        }
        let predicate = asked.map_or(&NAMED_FILES, |answer| answer.predicate);
        Some(Cow::Owned(Answer { predicate, truth: Truth::Yes(reasons) }))
    }

    /// The files of head that differ and that the label names.
    fn named_files(&self, checkbox: &Checkbox) -> Vec<Reason> {
        let globs: Vec<&String> = checkbox.globs.iter().filter(|glob| glob.contains('/')).collect();
        let files = self.files.iter().filter_map(FileChange::head_path);
        let named = files.filter(|path| globs.iter().any(|glob| glob::matches_sample(glob, path.as_str())));
        let reason = |path: &manifesto_evidence::TreePath| Reason {
            text: Prose::from("touches ").code(path),
            origin: Origin::direct(Side::Head, Place::file(path.clone())),
        };
        named.map(reason).collect()
    }

    /// The question that a box in a slot puts: of those about the slot's topics, the one that shares most with the
    /// label. In a slot of which nothing is known, every word of the label must be one of the question's.
    fn asked_by(&self, checkbox: &Checkbox, binding: &SlotBinding) -> Option<&'e Answer> {
        if binding.is_author_only {
            return None;
        }
        let label = LabelWords::new(checkbox);
        let fits = |topic: Topic| binding.boxes.is_empty() || binding.boxes.contains(&topic);
        let mut best: Option<(Shared, &AskedWords<'e>)> = None;
        let mut tied = false;
        for question in &self.questions {
            if question.denies != label.denies || !fits(question.answer.predicate.topic) {
                continue;
            }
            let shared =
                if binding.boxes.is_empty() { label.all_in(question) } else { label.shared_with(question) };
            let Some(shared) = shared else { continue };
            match best {
                Some((most, _)) if shared < most => {}
                Some((most, _)) if shared == most => tied = true,
                _ => (best, tied) = (Some((shared, question)), false),
            }
        }
        best.filter(|_| !tied).map(|(_, question)| question.answer)
    }
}

/// Whether a box asks for the files that its label names. Outside what is about documentation only a pattern does: "Read
/// `docs/web.md`" asks for something else.
fn asks_for_files(checkbox: &Checkbox, binding: &SlotBinding) -> bool {
    let is_sample = |glob: &String| glob::is_pattern(glob) || glob.contains("XXX");
    binding.boxes.contains(&Topic::Documentation) || checkbox.globs.iter().any(is_sample)
}

/// Whether a question denies: "the change breaks nothing".
pub(crate) fn denies(predicate: &Predicate) -> bool {
    predicate.words.iter().any(|word| DENIALS.contains(word))
}

/// The words of a label: those that it says itself, and those that it adds.
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

    /// What the label shares with a question. A label that shares none of its own words asks something else, unless its
    /// own words say nothing: "Infrastructure changes (Kubernetes manifests)".
    fn shared_with(&self, question: &AskedWords<'_>) -> Option<Shared> {
        let (own, added) = (count_covered(&self.own, question), count_covered(&self.added, question));
        let is_shared = own > 0 || (added > 0 && says(&self.own).is_empty());
        is_shared.then(|| (count_covered(&says(&self.own), question), own, added))
    }

    /// The same, if the question has every word of the label that says something, and there is one.
    fn all_in(&self, question: &AskedWords<'_>) -> Option<Shared> {
        let (own, added) = (says(&self.own), says(&self.added));
        let all =
            count_covered(&own, question) == own.len() && count_covered(&added, question) == added.len();
        if all && !own.is_empty() { self.shared_with(question) } else { None }
    }
}

/// The words that say something.
fn says(words: &[String]) -> Vec<String> {
    words.iter().filter(|word| !EMPTY_WORDS.contains(&word.as_str())).cloned().collect()
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
