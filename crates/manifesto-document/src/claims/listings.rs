//! `claim/component`: an enumeration of what the change touches names those that it touches.

use std::collections::BTreeSet;

use manifesto_evidence::{Subject, SubjectChange};

use super::kinds;
use super::objects::known_kinds;
use super::reading::{Reading, Sentence};
use super::{Claim, Judgement, Objection, quoted};
use crate::rules;
use crate::statements::{Token, bare};

/// From so many right names on, a wrong one among them is a slip and not another subject.
const RIGHT_MIN: usize = 3;

pub(super) fn claims(reading: &Reading<'_>) -> Vec<Claim> {
    let known = known_kinds(reading);
    let mut claims = Vec::new();
    for sentence in reading.sentences() {
        for list in lists(&sentence) {
            let names: Vec<(&Token, Vec<&Subject>)> = list
                .iter()
                .filter_map(|token| Some((*token, reading.scope_of_words(&[token.bare()])?.subjects)))
                .collect();
            if names.len() != list.len() {
                continue;
            }
            claims.extend(wrong(reading, &sentence, &known, &names).map(|(token, judgement)| {
                Claim {
                    rule: &rules::CLAIM_COMPONENT,
                    said: format!("the change touches {}", token.bare()),
                    span: token.span.clone(),
                    judgement: match judgement {
                        Judgement::Contradicted(_)
                            if sentence
                                .tokens
                                .iter()
                                .position(|own| own.span == token.span)
                                .is_some_and(|at| reading.is_hedged(&sentence, at)) =>
                        {
                            Judgement::Unverifiable
                        }
                        judgement => judgement,
                    },
                }
            }));
        }
    }
    claims
}

/// Runs of names with commas between them, within parentheses or without.
fn lists<'s>(sentence: &Sentence<'s>) -> Vec<Vec<&'s Token>> {
    let mut lists = Vec::new();
    let mut list: Vec<&Token> = Vec::new();
    for token in sentence.tokens {
        let text = token.text.trim_start_matches('(');
        if matches!(bare(text).to_lowercase().as_str(), "and" | "or" | "&") && !list.is_empty() {
            continue;
        }
        list.push(token);
        if !token.text.ends_with(',') {
            // The names before the last comma and the one behind it; what stands before the first name goes with it.
            let start = list.iter().rposition(|token| token.text.starts_with('(')).unwrap_or(0);
            lists.extend(list.get(start..).filter(|list| list.len() > RIGHT_MIN).map(<[_]>::to_vec));
            list.clear();
        }
    }
    lists
}

/// The one name of a list that the change does not touch in the way the sentence says, where it touches all others so,
/// and one more that the list leaves out.
fn wrong<'s>(
    reading: &Reading<'_>,
    sentence: &Sentence<'_>,
    known: &[&str],
    names: &[(&'s Token, Vec<&Subject>)],
) -> Option<(&'s Token, Judgement)> {
    let kinds = kinds_meant(sentence, known);
    let counts = |subject: &Subject| {
        subject.change != SubjectChange::Untouched
            && (kinds.is_empty() || kinds.contains(&subject.kind.as_str()))
    };
    let touched = |subjects: &[&Subject]| subjects.iter().any(|subject| counts(subject));
    let (right, wrong): (Vec<_>, Vec<_>) = names.iter().partition(|(_, subjects)| touched(subjects));
    let ([(token, untouched)], true) = (wrong.as_slice(), right.len() >= RIGHT_MIN) else { return None };
    let listed: BTreeSet<&str> =
        names.iter().flat_map(|(_, subjects)| subjects.iter().map(|s| s.namespace.as_str())).collect();
    // The component that the text is about is touched as well, and does not belong to the others.
    let about = reading.subject_matter();
    let own: BTreeSet<&str> = about.subjects.iter().map(|subject| subject.namespace.as_str()).collect();
    let mut left_out: Vec<&Subject> =
        reading.census.subjects.iter().filter(|subject| counts(subject)).collect();
    left_out.retain(|subject| {
        !listed.contains(subject.namespace.as_str()) && !own.contains(subject.namespace.as_str())
    });
    let namespaces: BTreeSet<&str> = left_out.iter().map(|subject| subject.namespace.as_str()).collect();
    let (Some(witness), 1, false) = (left_out.first(), namespaces.len(), reading.may_hide(untouched, None))
    else {
        return None;
    };
    let message =
        format!("the change does not touch {}, but {}", quoted(&token.bare()), quoted(&witness.namespace));
    let objection = Objection::new(message, "untouched")
        .witness(&witness.origin, format!("the change touches {} in {}", witness.short(), witness.namespace))
        .help(format!("did you mean {}?", quoted(&witness.namespace)));
    Some((token, objection.judged()))
}

/// The kinds that a sentence speaks of: "policies", "routes".
fn kinds_meant<'k>(sentence: &Sentence<'_>, known: &[&'k str]) -> Vec<&'k str> {
    const WORDS: &[(&[&str], &str)] = &[
        (&["policy", "policies", "egress", "ingress"], "NetworkPolicy"),
        (&["route", "routes", "httproute", "httproutes"], "Route"),
        (&["backup", "backups"], "Backup"),
    ];
    let ends: Vec<&str> = WORDS
        .iter()
        .filter(|(words, _)| sentence.tokens.iter().any(|token| words.contains(&token.bare().as_str())))
        .map(|(_, end)| *end)
        .collect();
    let named = sentence.tokens.iter().filter_map(|token| kinds::in_prose(bare(&token.text), known));
    let named: Vec<String> = named.collect();
    known
        .iter()
        .copied()
        .filter(|kind| ends.iter().any(|end| kind.ends_with(end)) || named.iter().any(|named| named == kind))
        .collect()
}
