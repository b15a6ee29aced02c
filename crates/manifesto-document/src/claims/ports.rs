//! `claim/port`: a port that the text gives to something is one of its ports.

use manifesto_evidence::{Property, PropertyKind, Subject};

use super::reading::{Reading, Scope, Sentence};
use super::{Claim, Judgement, Objection, listed, quoted};
use crate::rules;
use crate::statements::{Token, bare};

const PROTOCOLS: &[&str] = &["TCP", "UDP", "SCTP"];

/// A port as the text says it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Said<'t> {
    number: u16,
    protocol: Option<&'t str>,
    /// The token that says it, by its place in the sentence.
    at: usize,
}

pub(super) fn claims(reading: &Reading<'_>) -> Vec<Claim> {
    let mut claims = Vec::new();
    for sentence in reading.sentences() {
        for said in ports(sentence.tokens) {
            let scope = scope_of(reading, &sentence, &said);
            let Some(token) = sentence.tokens.get(said.at) else { continue };
            let judgement = match judge(reading, &said, &scope) {
                Judgement::Contradicted(_) if reading.is_hedged(&sentence, said.at) => {
                    Judgement::Unverifiable
                }
                judgement => judgement,
            };
            let protocol = said.protocol.map(|protocol| format!("/{protocol}")).unwrap_or_default();
            let claim = format!("port {}{protocol} of {}", said.number, scope.name);
            claims.push(Claim { rule: &rules::CLAIM_PORT, said: claim, span: token.span.clone(), judgement });
        }
    }
    claims
}

/// The ports that a sentence names: `80/TCP`, `TCP 1207`, `port 3000`, and the numbers between a port and `for`.
fn ports(tokens: &[Token]) -> Vec<Said<'static>> {
    let mut found = Vec::new();
    let mut is_list = false;
    for (index, token) in tokens.iter().enumerate() {
        let text = bare(&token.text);
        let before = index.checked_sub(1).and_then(|at| tokens.get(at)).map(|before| bare(&before.text));
        let cue = before.is_some_and(|word| matches!(word.to_lowercase().as_str(), "port" | "ports"));
        let named = before.and_then(protocol);
        let numbers: Vec<u16> = text.split('/').filter_map(number).collect();
        let own = text.split('/').find_map(protocol);
        let parts = text.split('/').count();
        let is_written = numbers.len() + usize::from(own.is_some()) == parts && !numbers.is_empty();
        let goes_on = is_list && is_followed_by_for(tokens, index);
        if is_written && (cue || named.is_some() || own.is_some() || goes_on) {
            let protocol = own.or(named);
            found.extend(numbers.into_iter().map(|number| Said { number, protocol, at: index }));
            is_list = true;
        }
    }
    found
}

fn protocol(word: &str) -> Option<&'static str> {
    PROTOCOLS.iter().find(|protocol| protocol.eq_ignore_ascii_case(word)).copied()
}

fn number(text: &str) -> Option<u16> {
    text.parse().ok().filter(|port| *port > 0 && !text.starts_with('0'))
}

fn is_followed_by_for(tokens: &[Token], index: usize) -> bool {
    tokens.get(index + 1).is_some_and(|next| next.text.eq_ignore_ascii_case("for"))
}

/// What has the port: what `for` names right behind it, else what the sentence is about.
fn scope_of<'d>(reading: &Reading<'d>, sentence: &Sentence<'_>, said: &Said<'_>) -> Scope<'d> {
    let named = || {
        let name =
            sentence.tokens.get(said.at + 2).filter(|_| is_followed_by_for(sentence.tokens, said.at))?;
        Some(reading.scope_of_words(&[name.bare()]).unwrap_or_default())
    };
    named().unwrap_or_else(|| reading.scope(sentence))
}

fn judge(reading: &Reading<'_>, said: &Said<'_>, scope: &Scope<'_>) -> Judgement {
    let known: Vec<(&Subject, &Property)> = scope
        .subjects
        .iter()
        .flat_map(|subject| subject.properties(PropertyKind::Port).map(move |port| (*subject, port)))
        .collect();
    if known.iter().any(|(_, port)| is_it(said, &port.value)) {
        return Judgement::Supported;
    }
    // What a policy's file holds is all there; a component may have more than is seen.
    let is_open = scope.subjects.len() != 1 && reading.may_hide(&scope.subjects, None);
    let mut written: Vec<(&Subject, &Property)> =
        known.into_iter().filter(|(_, port)| port.value.contains('/')).collect();
    // What the change touches says more about the change.
    written.sort_by_key(|(subject, _)| subject.change == manifesto_evidence::SubjectChange::Untouched);
    let Some((subject, first)) = written.first().filter(|_| !is_open) else { return Judgement::Unverifiable };
    let mut ports: Vec<&str> = written
        .iter()
        .filter(|(other, _)| other.change == subject.change)
        .map(|(_, port)| port.value.as_str())
        .collect();
    ports.sort_unstable();
    ports.dedup();
    let shown = said.protocol.map_or_else(|| said.number.to_string(), |p| format!("{}/{p}", said.number));
    let message = format!("{} has no port {}", quoted(&scope.name), quoted(&shown));
    Objection::new(message, "no such port")
        .witness(&first.origin, format!("{} has {}", subject.short(), first.value))
        .help(format!("the ports of {} are {}", quoted(&scope.name), listed(ports)))
        .judged()
}

/// Whether a known port, `443/TCP` or `443`, is the one that is said.
fn is_it(said: &Said<'_>, known: &str) -> bool {
    let (known_number, known_protocol) = known.split_once('/').map_or((known, None), |(n, p)| (n, Some(p)));
    let same_protocol = match (said.protocol, known_protocol) {
        (Some(said), Some(known)) => said.eq_ignore_ascii_case(known) || known.eq_ignore_ascii_case("ANY"),
        _ => true,
    };
    known_number.parse() == Ok(said.number) && same_protocol
}
