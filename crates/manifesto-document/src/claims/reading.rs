//! A text as its claims are read: what it says, and what each sentence is about.

use std::collections::{BTreeMap, BTreeSet};

use manifesto_evidence::{Census, CensusComponent, PropertyKind, Subject, SubjectChange, TreePath};

use super::hedges;
use crate::check::Case;
use crate::document::Slot;
use crate::statements::{Code, Speech, Statement, Token, bare, speech};
use crate::words::words;

/// Names that say nothing: words of every text.
const COMMON: &[&str] = &[
    "api",
    "app",
    "apps",
    "application",
    "applications",
    "base",
    "cluster",
    "config",
    "data",
    "database",
    "databases",
    "default",
    "docs",
    "gateway",
    "home",
    "infrastructure",
    "kubernetes",
    "main",
    "monitoring",
    "network",
    "production",
    "security",
    "server",
    "service",
    "services",
    "staging",
    "storage",
    "system",
    "test",
    "web",
];

/// What a sentence is about.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope<'d> {
    /// What names it: the words of the text.
    pub(super) name: String,
    /// The objects that it may be about.
    pub(super) subjects: Vec<&'d Subject>,
}

/// A sentence of a statement.
pub(super) struct Sentence<'r> {
    pub(super) statement: &'r Statement,
    pub(super) tokens: &'r [Token],
}

/// A text with what it is held against.
pub(super) struct Reading<'d> {
    pub(super) case: &'d Case<'d>,
    pub(super) census: &'d Census,
    pub(super) speech: Speech,
    /// What each name means: indexes of subjects.
    names: BTreeMap<String, Vec<usize>>,
}

impl<'d> Reading<'d> {
    pub(super) fn new(case: &'d Case<'d>) -> Self {
        let census = &case.evidence.census;
        Self { case, census, speech: speech(case.text), names: names(census) }
    }

    /// The sentences that claim that something is there: not those about what was removed.
    pub(super) fn sentences(&self) -> impl Iterator<Item = Sentence<'_>> {
        let is_gone = |slot: usize| self.titles(slot).any(hedges::is_about_removal);
        self.all_sentences().filter(move |sentence| !is_gone(sentence.statement.slot))
    }

    /// The sentences that claim something: not those of asides, nor the labels of open boxes.
    pub(super) fn all_sentences(&self) -> impl Iterator<Item = Sentence<'_>> {
        let statements = self.speech.statements.iter();
        let claimed = statements.filter(|statement| !statement.is_open_box && !self.is_aside(statement.slot));
        claimed.flat_map(|statement| {
            statement.sentences().into_iter().map(move |tokens| Sentence { statement, tokens })
        })
    }

    /// The code in which something can be claimed.
    pub(super) fn codes(&self) -> impl Iterator<Item = &Code> {
        self.speech.codes.iter().filter(|code| !self.is_aside(code.slot))
    }

    /// Whether what stands at this place of a sentence is only mentioned, by its own words or by what introduces it.
    pub(super) fn is_hedged(&self, sentence: &Sentence<'_>, at: usize) -> bool {
        let label_ends = sentence.statement.tokens.iter().position(|token| token.text.ends_with(':'));
        // "Alternatives: one; two": the label of an item is before all its sentences.
        let label = label_ends.and_then(|end| sentence.statement.tokens.get(..=end));
        hedges::hedged(sentence.tokens, at)
            || label.is_some_and(hedges::hedging_lead)
            || self.leads(sentence.statement).any(|lead| hedges::hedging_lead(&lead.tokens))
    }

    /// The titles above a place, the nearest first.
    pub(super) fn titles(&self, slot: usize) -> impl Iterator<Item = &'d str> {
        let slots = &self.case.text.slots;
        let first: Option<&Slot> = slots.get(slot);
        std::iter::successors(first, |slot| slots.get(slot.parent?)).map(|slot| slot.title.as_str())
    }

    fn is_aside(&self, slot: usize) -> bool {
        self.titles(slot).any(hedges::is_aside)
    }

    /// The statements that introduce a statement, the nearest first.
    pub(super) fn leads<'r>(&'r self, statement: &'r Statement) -> impl Iterator<Item = &'r Statement> {
        let lead = |statement: &&'r Statement| self.speech.statements.get(statement.lead?);
        std::iter::successors(lead(&statement), move |statement| lead(statement))
    }

    /// What a sentence is about: a file that it or a label before it names, since that says more than a name; else what it
    /// names itself, else what introduces it names, else the titles above it.
    pub(super) fn scope(&self, sentence: &Sentence<'_>) -> Scope<'d> {
        let own = || [sentence.tokens, &sentence.statement.tokens].into_iter();
        let leads = || self.leads(sentence.statement).map(|lead| lead.tokens.as_slice());
        let labels = leads().filter(|lead| hedges::is_label(lead));
        own()
            .chain(labels)
            .find_map(|tokens| self.scope_of_files(tokens))
            .or_else(|| own().find_map(|tokens| self.scope_of_tokens(tokens)))
            .or_else(|| {
                leads().find_map(|lead| self.scope_of_files(lead).or_else(|| self.scope_of_tokens(lead)))
            })
            .or_else(|| {
                self.titles(sentence.statement.slot).find_map(|title| self.scope_of_words(&words(title)))
            })
            .unwrap_or_default()
    }

    /// What tokens name, by words of their own or on the way to a file.
    pub(super) fn scope_of_tokens(&self, tokens: &[Token]) -> Option<Scope<'d>> {
        let words: Vec<String> = tokens.iter().map(Token::bare).collect();
        let on_the_way = || -> Vec<String> {
            let paths = words.iter().filter(|word| word.contains('/') && !word.contains("://"));
            paths.flat_map(|path| path.split('/').map(str::to_owned)).collect()
        };
        self.scope_of_words(&words).or_else(|| self.scope_of_words(&on_the_way()))
    }

    /// The objects whose own name a sentence has, or the name of what they make.
    pub(super) fn named_by(&self, sentence: &Sentence<'_>) -> Vec<&'d Subject> {
        let words: BTreeSet<String> = sentence.tokens.iter().map(Token::bare).collect();
        let makes = |subject: &Subject| {
            let mut made = subject.properties(PropertyKind::Makes).map(|own| own.value.as_str());
            made.any(|made| made.split_once('/').is_some_and(|(_, name)| words.contains(name)))
        };
        let subjects = self.census.subjects.iter();
        subjects.filter(|subject| words.contains(&subject.name) || makes(subject)).collect()
    }

    /// The objects of the first file that tokens name and that holds some.
    fn scope_of_files(&self, tokens: &[Token]) -> Option<Scope<'d>> {
        tokens.iter().find_map(|token| self.scope_of_file(bare(&token.text)))
    }

    /// The objects of a file, by its path or the end of it. What was rendered beforehand counts to the file that it was
    /// rendered from.
    fn scope_of_file(&self, written: &str) -> Option<Scope<'d>> {
        let path =
            written.split(':').next().filter(|path| matches!(extension(path), Some("yaml" | "yml")))?;
        let is_it = |own: &TreePath| {
            own.as_str().strip_suffix(path).is_some_and(|above| above.is_empty() || above.ends_with('/'))
        };
        let file = |subject: &'d Subject| {
            let via = subject.origin.via.iter().map(|place| &place.path);
            std::iter::once(&subject.origin.place.path).chain(via).find(|own| is_it(own))
        };
        let found: Vec<(&Subject, &TreePath)> = self
            .census
            .subjects
            .iter()
            .filter(|subject| !path.ends_with("kustomization.yaml") && subject.kind != "Kustomization")
            .filter_map(|subject| Some((subject, file(subject)?)))
            .collect();
        let files: BTreeSet<&TreePath> = found.iter().map(|(_, file)| *file).collect();
        let subjects = found.into_iter().map(|(subject, _)| subject).collect();
        (files.len() == 1).then(|| Scope { name: path.to_owned(), subjects })
    }

    /// What words name together.
    pub(super) fn scope_of_words(&self, words: &[String]) -> Option<Scope<'d>> {
        let mut found: BTreeSet<usize> = BTreeSet::new();
        let mut named: Vec<&str> = Vec::new();
        for word in words {
            if let Some(subjects) = self.names.get(word.trim_end_matches("'s")) {
                found.extend(subjects);
                named.push(word);
            }
        }
        named.dedup();
        let subjects = found.into_iter().filter_map(|index| self.census.subjects.get(index)).collect();
        (!named.is_empty()).then(|| Scope { name: named.join(", "), subjects })
    }

    /// What the headings and labels of the whole text name: what it is about as a whole.
    pub(super) fn subject_matter(&self) -> Scope<'d> {
        let titles: Vec<String> = self.case.text.slots.iter().flat_map(|slot| words(&slot.title)).collect();
        self.scope_of_words(&titles).unwrap_or_default()
    }

    /// The only objects of some kinds that the change touches, where it touches one or two of them and no more: then the
    /// text need not say which one it means.
    pub(super) fn the_only(&self, is_meant: impl Fn(&Subject) -> bool) -> Vec<&'d Subject> {
        let touched = |subject: &&Subject| subject.change != SubjectChange::Untouched && is_meant(subject);
        let found: Vec<&Subject> = self.census.subjects.iter().filter(touched).collect();
        let names: BTreeSet<&str> = found.iter().map(|subject| subject.name.as_str()).collect();
        if names.len() == 1 { found } else { Vec::new() }
    }

    /// Whether an object of this kind may be among what nobody has seen, where these objects come from. No kind means
    /// any.
    pub(super) fn may_hide(&self, near: &[&Subject], kind: Option<&str>) -> bool {
        let directories: BTreeSet<TreePath> =
            near.iter().filter_map(|subject| subject.origin.place.path.parent()).collect();
        self.census.hidden.iter().any(|hidden| {
            let surely_not = kind.is_some_and(|kind| hidden.never.contains(&kind));
            let is_near = hidden.directory.as_ref().is_none_or(|hidden| {
                directories
                    .iter()
                    .any(|directory| directory.starts_with(hidden) || hidden.starts_with(directory))
            });
            is_near && !surely_not
        })
    }
}

fn extension(path: &str) -> Option<&str> {
    path.rsplit_once('.').map(|(_, extension)| extension)
}

/// Whether a component's directory holds an object, or what it was rendered from beforehand.
pub(super) fn comes_from(subject: &Subject, component: &CensusComponent) -> bool {
    let via = subject.origin.via.iter().map(|place| &place.path);
    std::iter::once(&subject.origin.place.path).chain(via).any(|path| path.starts_with(&component.path))
}

/// The names of components, of namespaces and of what runs in them, with the subjects that each means.
fn names(census: &Census) -> BTreeMap<String, Vec<usize>> {
    let mut names: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut add = |name: &str, index: usize| {
        let name = name.trim_start_matches('*').to_lowercase();
        if name.len() > 2 && !COMMON.contains(&name.as_str()) {
            names.entry(name).or_default().push(index);
        }
    };
    for (index, subject) in census.subjects.iter().enumerate() {
        for component in census.components.iter().filter(|component| comes_from(subject, component)) {
            add(&component.name, index);
            add(component.path.file_name(), index);
        }
        let namespace = &subject.namespace;
        add(namespace, index);
        if let Some(short) = namespace.strip_suffix("-system") {
            add(short, index);
        }
        if subject.kind == "Namespace" {
            add(&subject.name, index);
        }
    }
    for subjects in names.values_mut() {
        subjects.sort_unstable();
        subjects.dedup();
    }
    names
}
