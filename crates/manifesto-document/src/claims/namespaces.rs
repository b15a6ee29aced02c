//! `claim/namespace`: a namespace that the text names is one that something is in.

use manifesto_evidence::{CensusComponent, Subject, SubjectChange};

use super::objects::is_name;
use super::reading::{Reading, Sentence, comes_from};
use super::{Claim, Judgement, Objection, quoted};
use crate::rules;
use crate::statements::{Token, TokenKind};

/// Words of a sentence that says where something runs.
const DEPLOYED: &[&str] = &["deployed", "deploys", "installed", "installs", "lives", "runs"];

pub(super) fn claims(reading: &Reading<'_>) -> Vec<Claim> {
    let mut claims = Vec::new();
    for sentence in reading.sentences() {
        for (at, token) in named(sentence.tokens) {
            let name = token.text.trim();
            let judgement = match judge(reading, name) {
                Judgement::Unverifiable => judge_deployed(reading, &sentence, name),
                judgement => judgement,
            };
            let judgement = match judgement {
                Judgement::Contradicted(_) if reading.is_hedged(&sentence, at) => Judgement::Unverifiable,
                judgement => judgement,
            };
            let said = format!("namespace {name}");
            claims.push(Claim { rule: &rules::CLAIM_NAMESPACE, said, span: token.span.clone(), judgement });
        }
    }
    claims
}

/// Names in code beside the word: "namespace `web`", "the `web` namespace".
fn named(tokens: &[Token]) -> impl Iterator<Item = (usize, &Token)> {
    let is_word = |at: Option<usize>| {
        let word = at.and_then(|at| tokens.get(at)).map(Token::bare);
        word.is_some_and(|word| word == "namespace")
    };
    tokens.iter().enumerate().filter_map(move |(index, token)| {
        let is_name = token.kind == TokenKind::Code && is_name(token.text.trim());
        (is_name && (is_word(index.checked_sub(1)) || is_word(Some(index + 1)))).then_some((index, token))
    })
}

/// Whether anything is in a namespace of this name. It is contradicted only where a component of that name has all its
/// objects elsewhere: then that is what was meant.
pub(super) fn judge(reading: &Reading<'_>, name: &str) -> Judgement {
    let subjects = &reading.census.subjects;
    let is_known = subjects
        .iter()
        .any(|subject| subject.namespace == name || (subject.kind == "Namespace" && subject.name == name));
    if is_known {
        return Judgement::Supported;
    }
    let named = |component: &&CensusComponent| {
        component.path.file_name().trim_start_matches('*') == name || component.name == name
    };
    let Some(component) = reading.census.components.iter().find(named) else {
        return Judgement::Unverifiable;
    };
    let own: Vec<_> = subjects.iter().filter(|subject| comes_from(subject, component)).collect();
    // What a chart that nobody has seen puts elsewhere, a kustomization's namespace brings back.
    let is_open = component.namespace.is_none() && reading.may_hide(&own, None);
    let namespaces: Vec<&str> = own
        .iter()
        .map(|subject| subject.namespace.as_str())
        .filter(|namespace| !namespace.is_empty())
        .collect();
    let (Some(actual), false) = (namespaces.first(), is_open) else { return Judgement::Unverifiable };
    if namespaces.iter().any(|namespace| namespace != actual) {
        return Judgement::Unverifiable;
    }
    let Some(witness) = own.iter().find(|subject| subject.namespace == *actual) else {
        return Judgement::Unverifiable;
    };
    elsewhere(&component.name, name, actual, witness)
}

/// Whether what a sentence says is deployed to a namespace is there. It is contradicted only where all objects of what it
/// names are in one other namespace.
fn judge_deployed(reading: &Reading<'_>, sentence: &Sentence<'_>, name: &str) -> Judgement {
    let says = |token: &Token| DEPLOYED.contains(&token.bare().as_str());
    let Some(scope) = reading.scope_of_tokens(sentence.tokens).filter(|_| sentence.tokens.iter().any(says))
    else {
        return Judgement::Unverifiable;
    };
    let namespaced: Vec<_> = scope.subjects.iter().filter(|subject| !subject.namespace.is_empty()).collect();
    let Some(first) = namespaced.first() else { return Judgement::Unverifiable };
    let is_one = namespaced.iter().all(|subject| subject.namespace == first.namespace)
        && namespaced.iter().any(|subject| subject.change != SubjectChange::Untouched);
    if !is_one || reading.may_hide(&scope.subjects, None) {
        return Judgement::Unverifiable;
    }
    elsewhere(&scope.name, name, &first.namespace, first)
}

fn elsewhere(what: &str, name: &str, actual: &str, witness: &Subject) -> Judgement {
    let message = format!("{} is not deployed to the namespace {}", quoted(what), quoted(name));
    Objection::new(message, "nothing is in this namespace")
        .witness(&witness.origin, format!("{} is in the namespace {actual}", witness.short()))
        .help(format!("did you mean {}?", quoted(actual)))
        .judged()
}
