//! `claim/object`: an object that the text names by its kind and its name is there on one of the sides.

use manifesto_evidence::{PropertyKind, Subject, SubjectChange};

use super::kinds::{self, WORKLOADS};
use super::reading::{Reading, Sentence};
use super::{Claim, Judgement, Objection, listed, quoted};
use crate::rules;
use crate::statements::TokenKind;

/// So many objects of one kind that the change adds may be what was meant; of more, nobody can tell which.
const RIVALS_MAX: usize = 3;

/// Kinds that controllers make in a running cluster: that none is in the repository says nothing.
const MADE_BY_OTHERS: &[&str] = &[
    "Application",
    "Certificate",
    "CertificateRequest",
    "CiliumEndpoint",
    "ConfigMap",
    "CronJob",
    "Endpoints",
    "HelmRelease",
    "Job",
    "Kustomization",
    "Lease",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Pod",
    "ReplicaSet",
    "Role",
    "RoleBinding",
    "Secret",
    "Service",
    "ServiceAccount",
];
/// A name that is so much like another is a slip of the pen.
const LIKENESS_MIN: f64 = 0.6;

pub(super) fn claims(reading: &Reading<'_>) -> Vec<Claim> {
    let known = known_kinds(reading);
    let mut claims = Vec::new();
    for sentence in reading.sentences() {
        for (kind, at, name) in named(&sentence, &known) {
            let Some(token) = sentence.tokens.get(at) else { continue };
            let said = format!("{kind}/{name}");
            let meant = Meant { kind: &kind, name: &name, namespace: None };
            let judgement = match judge(reading, &meant) {
                Judgement::Contradicted(_) if reading.is_hedged(&sentence, at) => Judgement::Unverifiable,
                judgement => judgement,
            };
            claims.push(Claim { rule: &rules::CLAIM_OBJECT, said, span: token.span.clone(), judgement });
        }
    }
    claims
}

/// The kinds that are known to exist.
pub(super) fn known_kinds<'d>(reading: &Reading<'d>) -> Vec<&'d str> {
    let mut kinds: Vec<&str> = reading.census.subjects.iter().map(|subject| subject.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// What a sentence names, with the place: `Kind/name`, a kind beside a name in code.
fn named(sentence: &Sentence<'_>, known: &[&str]) -> Vec<(String, usize, String)> {
    let mut found = Vec::new();
    let tokens = sentence.tokens;
    for (index, token) in tokens.iter().enumerate() {
        if let Some((kind, name)) = crate::statements::bare(&token.text).split_once('/')
            && let Some(kind) = kinds::in_prose(kind, known).filter(|_| is_name(name))
        {
            found.push((kind, index, name.to_owned()));
            continue;
        }
        let name = token.text.trim();
        if token.kind != TokenKind::Code || token.in_link || !is_name(name) {
            continue;
        }
        let beside = |at: Option<usize>| {
            let word = at.and_then(|at| tokens.get(at)).filter(|word| word.kind == TokenKind::Word)?;
            kinds::in_prose(crate::statements::bare(&word.text), known)
        };
        // "the ExternalSecret `x`" before "`x` ExternalSecret".
        let ends =
            |at: usize| tokens.get(at).is_some_and(|word| word.text.ends_with([',', ':', ';', '.', ')']));
        let before = index.checked_sub(1).filter(|at| !ends(*at));
        if let Some(kind) = beside(before).or_else(|| beside(Some(index + 1))) {
            found.push((kind, index, name.to_owned()));
        }
    }
    found
}

/// A name as Kubernetes takes it, that is not a word with which a kind may be described.
pub(super) fn is_name(text: &str) -> bool {
    let is_char = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.';
    text.len() > 2
        && text.bytes().all(is_char)
        && text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
        && text.contains(|c: char| c.is_ascii_alphabetic())
        && !text.ends_with(['-', '.'])
}

/// An object that a text or a command means.
pub(super) struct Meant<'m> {
    pub(super) kind: &'m str,
    pub(super) name: &'m str,
    pub(super) namespace: Option<&'m str>,
}

/// Whether it exists. It is contradicted only by what was probably meant: a workload of the same name and another kind,
/// or the few of its kind that the change adds where the text's component is.
pub(super) fn judge(reading: &Reading<'_>, meant: &Meant<'_>) -> Judgement {
    let subjects = &reading.census.subjects;
    let same_name: Vec<&Subject> = subjects.iter().filter(|subject| subject.name == meant.name).collect();
    let made = format!("{}/{}", meant.kind, meant.name);
    let makes =
        |subject: &Subject| subject.properties(PropertyKind::Makes).any(|made_by| made_by.value == made);
    if same_name.iter().any(|subject| subject.kind == meant.kind) || subjects.iter().any(makes) {
        return Judgement::Supported;
    }
    if WORKLOADS.contains(&meant.kind) {
        return other_workload(reading, meant, &same_name);
    }
    let added: Vec<&Subject> = subjects.iter().filter(|subject| is_rival(subject, meant)).collect();
    let is_clear = (1..=RIVALS_MAX).contains(&added.len()) && shares_a_word(&added, meant.name);
    if !is_clear && !MADE_BY_OTHERS.contains(&meant.kind) {
        return unlike(reading, meant);
    }
    if !is_clear || reading.may_hide(&added, Some(kind_that_makes(meant.kind))) {
        return Judgement::Unverifiable;
    }
    let names = listed(added.iter().map(|subject| subject.name.as_str()));
    let message = format!("there is no {} {}", meant.kind, quoted(meant.name));
    let says = |subject: &Subject| format!("the change adds {}", subject.short());
    added
        .iter()
        .fold(Objection::new(message, "neither in base nor in head"), |objection, subject| {
            objection.witness(&subject.origin, says(subject))
        })
        .help(format!("did you mean {names}?"))
        .judged()
}

/// An object of a kind that nobody makes but who writes manifests, where the change touches one of the kind whose name is
/// almost the same.
fn unlike(reading: &Reading<'_>, meant: &Meant<'_>) -> Judgement {
    let is_meant = |subject: &&Subject| {
        subject.kind == meant.kind
            && subject.change != SubjectChange::Untouched
            && meant.namespace.is_none_or(|own| subject.namespace.is_empty() || subject.namespace == own)
    };
    let likeness = |subject: &&Subject| strsim::normalized_levenshtein(&subject.name, meant.name);
    let touched = reading.census.subjects.iter().filter(is_meant);
    let Some(nearest) = touched.max_by(|a, b| likeness(a).total_cmp(&likeness(b))) else {
        return Judgement::Unverifiable;
    };
    if likeness(&nearest) < LIKENESS_MIN || reading.may_hide(&[nearest], Some(meant.kind)) {
        return Judgement::Unverifiable;
    }
    let message = format!("there is no {} {}", meant.kind, quoted(meant.name));
    Objection::new(message, "neither in base nor in head")
        .witness(&nearest.origin, format!("the change touches {}", nearest.short()))
        .help(format!("did you mean {}?", quoted(&nearest.name)))
        .judged()
}

/// A Secret that another object makes is found by that object.
fn kind_that_makes(kind: &str) -> &str {
    if kind == "Secret" { "ExternalSecret" } else { kind }
}

fn is_rival(subject: &Subject, meant: &Meant<'_>) -> bool {
    subject.change == SubjectChange::Added
        && subject.kind == kind_that_makes(meant.kind)
        && meant
            .namespace
            .is_none_or(|namespace| subject.namespace.is_empty() || subject.namespace.starts_with(namespace))
}

/// Whether the names have a word in common, or are all alike: otherwise something else may be meant.
fn shares_a_word(rivals: &[&Subject], name: &str) -> bool {
    let words: Vec<&str> = name.split(['-', '.']).filter(|word| word.len() > 2).collect();
    rivals.iter().any(|rival| rival.name.split(['-', '.']).any(|word| words.contains(&word)))
}

fn other_workload(reading: &Reading<'_>, meant: &Meant<'_>, same_name: &[&Subject]) -> Judgement {
    let rival = same_name.iter().find(|subject| {
        WORKLOADS.contains(&subject.kind.as_str())
            && meant.namespace.is_none_or(|namespace| subject.namespace == namespace)
    });
    let Some(rival) = rival.filter(|rival| !reading.may_hide(&[rival], None)) else {
        return Judgement::Unverifiable;
    };
    let message = format!("there is no {} {}: it is a {}", meant.kind, quoted(meant.name), rival.kind);
    Objection::new(message, "another kind")
        .witness(&rival.origin, format!("{} is a {}", rival.name, rival.kind))
        .help(format!("write {}", quoted(&format!("{}/{}", rival.kind.to_lowercase(), rival.name))))
        .judged()
}
