//! `claim/quantity`: what the text says of CPU, memory, storage and replicas is what the manifests say.

use std::collections::BTreeSet;

use manifesto_evidence::{Property, PropertyKind, Subject, SubjectChange};

use super::amounts::{Amount, amount, known_bytes, known_cpu};
use super::reading::{Reading, Sentence};
use super::{Claim, Judgement, Objection, listed, quoted};
use crate::rules;
use crate::statements::{Token, bare};

/// What an amount is of, with the words that say so.
const RESOURCES: &[(PropertyKind, &[&str])] = &[
    (PropertyKind::Cpu, &["cpu", "cpus", "cores"]),
    (PropertyKind::Memory, &["memory", "ram"]),
    (PropertyKind::Storage, &["storage", "pvc", "volume", "disk", "persistent", "longhorn"]),
];

pub(super) fn claims(reading: &Reading<'_>) -> Vec<Claim> {
    let mut claims = Vec::new();
    for sentence in reading.sentences() {
        for (kind, at, written) in said(&sentence) {
            let Some(token) = sentence.tokens.get(at) else { continue };
            let judgement = match judge(reading, &sentence, kind, &written) {
                Judgement::Contradicted(_) if reading.is_hedged(&sentence, at) => Judgement::Unverifiable,
                judgement => judgement,
            };
            let said = format!("{} {written}", name(kind));
            claims.push(Claim { rule: &rules::CLAIM_QUANTITY, said, span: token.span.clone(), judgement });
        }
    }
    claims
}

fn name(kind: PropertyKind) -> &'static str {
    match kind {
        PropertyKind::Cpu => "CPU",
        PropertyKind::Memory => "memory",
        PropertyKind::Storage => "storage",
        _ => "replicas",
    }
}

/// The amounts of a sentence with what they are of, and the replicas.
fn said(sentence: &Sentence<'_>) -> Vec<(PropertyKind, usize, String)> {
    let mut found = Vec::new();
    for (index, token) in sentence.tokens.iter().enumerate() {
        let text = bare(&token.text);
        for part in text.split(['-', '–', '/', '+']) {
            let resource = match amount(part) {
                Some(Amount::Cpu(_)) => {
                    resource_at(sentence.tokens, index).filter(|kind| *kind == PropertyKind::Cpu)
                }
                Some(Amount::Bytes(_)) => {
                    resource_at(sentence.tokens, index).filter(|kind| *kind != PropertyKind::Cpu)
                }
                None => None,
            };
            found.extend(resource.map(|kind| (kind, index, part.to_owned())));
        }
        let next = sentence.tokens.get(index + 1).map(Token::bare);
        let counts = next.is_some_and(|next| matches!(next.as_str(), "replica" | "replicas"));
        if counts && text.parse::<u32>().is_ok() {
            found.push((PropertyKind::Replicas, index, text.to_owned()));
        }
    }
    found
}

/// The resource whose word stands nearest; one that stands right behind the amount before one that stands in front.
fn resource_at(tokens: &[Token], index: usize) -> Option<PropertyKind> {
    let distance = |at: usize| if at > index { 2 * (at - index) - 1 } else { 2 * (index - at) };
    let words = tokens.iter().enumerate().filter_map(|(at, token)| {
        let word = token.bare();
        let (kind, _) = RESOURCES.iter().find(|(_, words)| words.contains(&word.as_str()))?;
        Some((distance(at), *kind))
    });
    let unit = amount(bare(&tokens.get(index)?.text).split(['-', '–', '/', '+']).next()?)?;
    let fits = |kind: PropertyKind| matches!(unit, Amount::Cpu(_)) == (kind == PropertyKind::Cpu);
    words.filter(|(_, kind)| fits(*kind)).min().map(|(_, kind)| kind)
}

/// An amount is contradicted by one workload's amounts; where there are several, nobody can tell which are added up.
fn judge(reading: &Reading<'_>, sentence: &Sentence<'_>, kind: PropertyKind, written: &str) -> Judgement {
    let scope = reading.scope(sentence);
    let has = |subject: &&Subject| {
        subject.properties(kind).next().is_some() && subject.change != SubjectChange::Untouched
    };
    let named: Vec<&Subject> = scope.subjects.iter().copied().filter(|subject| has(subject)).collect();
    let meant = if named.is_empty() && scope.subjects.is_empty() {
        reading.the_only(|subject| subject.properties(kind).next().is_some())
    } else {
        named
    };
    let known: Vec<(&Subject, &Property)> = meant
        .iter()
        .flat_map(|subject| subject.properties(kind).map(move |property| (*subject, property)))
        .collect();
    let values: Vec<u64> = known.iter().filter_map(|(_, property)| value(kind, &property.value)).collect();
    let Some(claimed) = claimed(kind, written) else { return Judgement::Unverifiable };
    if sums(&values).contains(&claimed) {
        return Judgement::Supported;
    }
    let holders: BTreeSet<&str> = meant.iter().map(|subject| subject.name.as_str()).collect();
    let is_whole = values.len() == known.len() && holders.len() == 1 && !reading.may_hide(&meant, None);
    let Some((subject, first)) = known.first().filter(|_| is_whole) else { return Judgement::Unverifiable };
    let what = name(kind);
    let message = format!("{} does not have {written} of {what}", quoted(&subject.short()));
    let message = if kind == PropertyKind::Replicas {
        format!("{} does not have {written} replicas", quoted(&subject.short()))
    } else {
        message
    };
    Objection::new(message, "another amount")
        .witness(&first.origin, format!("{} says {}", subject.short(), first.value))
        .help(format!(
            "the manifests say {}",
            listed(known.iter().map(|(_, property)| property.value.as_str()))
        ))
        .judged()
}

fn value(kind: PropertyKind, text: &str) -> Option<u64> {
    match kind {
        PropertyKind::Cpu => known_cpu(text),
        PropertyKind::Replicas => text.parse().ok(),
        _ => known_bytes(text),
    }
}

fn claimed(kind: PropertyKind, text: &str) -> Option<u64> {
    if kind == PropertyKind::Replicas {
        return text.parse().ok();
    }
    amount(text).map(|amount| match amount {
        Amount::Cpu(value) | Amount::Bytes(value) => value,
    })
}

/// The values, and all that they can add up to, as far as there are few.
fn sums(values: &[u64]) -> BTreeSet<u64> {
    const VALUES_MAX: usize = 8;
    let mut sums: BTreeSet<u64> = [0].into();
    for value in values.iter().take(VALUES_MAX) {
        let more: Vec<u64> = sums.iter().map(|sum| sum.saturating_add(*value)).collect();
        sums.extend(more);
    }
    sums.remove(&0);
    sums.extend(values);
    sums
}
