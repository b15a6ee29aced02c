//! `claim/host`: a name that the text says is published is one that something has.

use manifesto_evidence::{PropertyKind, Subject, SubjectChange};

use super::paths::EXTENSIONS;
use super::reading::Reading;
use super::{Claim, Judgement, Objection, listed, quoted};
use crate::rules;
use crate::statements::{Token, bare};

/// Kinds that publish names.
const PUBLISHERS: &[&str] = &[
    "DNSEndpoint",
    "GRPCRoute",
    "Gateway",
    "HTTPRoute",
    "Ingress",
    "IngressRoute",
    "TLSRoute",
    "VirtualService",
];
/// Words of a sentence that says where something is published.
const CUES: &[&str] = &[
    "accessible",
    "available",
    "endpoint",
    "expose",
    "exposed",
    "exposes",
    "gateway",
    "host",
    "hostname",
    "hostnames",
    "httproute",
    "ingress",
    "published",
    "publishes",
    "reachable",
    "route",
    "served",
    "url",
];

pub(super) fn claims(reading: &Reading<'_>) -> Vec<Claim> {
    let mut claims = Vec::new();
    for sentence in reading.sentences() {
        let is_about_hosts = sentence.tokens.iter().any(|token| CUES.contains(&token.bare().as_str()));
        for (at, token) in sentence.tokens.iter().enumerate() {
            let Some(host) = host_of(reading, token) else { continue };
            let scope = reading.scope(&sentence);
            let judgement = match judge(reading, &host, &scope.subjects) {
                Judgement::Contradicted(_) if !is_about_hosts || reading.is_hedged(&sentence, at) => {
                    Judgement::Unverifiable
                }
                judgement => judgement,
            };
            claims.push(Claim { rule: &rules::CLAIM_HOST, said: host, span: token.span.clone(), judgement });
        }
    }
    claims
}

/// The host in a token: `notes.example.org`, `https://notes.example.org/path`.
fn host_of(reading: &Reading<'_>, token: &Token) -> Option<String> {
    let text = bare(&token.text);
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    let host = text.split(['/', ':']).next()?;
    let labels: Vec<&str> = host.split('.').collect();
    let is_label = |label: &&str| {
        !label.is_empty()
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !label.starts_with('-')
    };
    let last = labels.last()?;
    let is_host =
        labels.len() >= 3 && labels.iter().all(is_label) && last.bytes().all(|b| b.is_ascii_alphabetic());
    // `deploy.example.sh` is a script, unless `example.sh` is a domain of something.
    let is_known_domain = || {
        let domain = host.split_once('.').map_or("", |(_, domain)| domain);
        let hosts = reading.census.subjects.iter().flat_map(|subject| subject.properties(PropertyKind::Host));
        hosts.into_iter().any(|known| known.value.split_once('.').is_some_and(|(_, own)| own == domain))
    };
    (is_host && (!EXTENSIONS.contains(last) || is_known_domain())).then(|| host.to_owned())
}

/// A host is contradicted only by others of the same domain, which the objects of the sentence publish.
fn judge(reading: &Reading<'_>, host: &str, meant: &[&Subject]) -> Judgement {
    let hosts = |subject: &'_ Subject| -> Vec<String> {
        subject.properties(PropertyKind::Host).map(|property| property.value.clone()).collect()
    };
    let covers = |known: &str| {
        known == host
            || known.strip_prefix("*.").is_some_and(|domain| {
                host.strip_suffix(domain).and_then(|label| label.strip_suffix('.')).is_some()
            })
    };
    let all = || reading.census.subjects.iter();
    if all().flat_map(|subject| subject.properties(PropertyKind::Host)).any(|known| known.value == host) {
        return Judgement::Supported;
    }
    let domain = host.split_once('.').map_or("", |(_, domain)| domain);
    let publishers: Vec<&Subject> = meant
        .iter()
        .copied()
        .filter(|subject| {
            PUBLISHERS.contains(&subject.kind.as_str()) && subject.change != SubjectChange::Untouched
        })
        .collect();
    let published: Vec<String> = publishers.iter().flat_map(|subject| hosts(subject)).collect();
    let rivals: Vec<&str> = published
        .iter()
        .map(String::as_str)
        .filter(|known| known.split_once('.').is_some_and(|(_, own)| own == domain))
        .collect();
    let is_open =
        published.iter().any(|known| covers(known)) || reading.may_hide(&publishers, Some("HTTPRoute"));
    let (Some(witness), false, false) = (publishers.first(), rivals.is_empty(), is_open) else {
        return Judgement::Unverifiable;
    };
    Objection::new(format!("nothing publishes {}", quoted(host)), "neither in base nor in head")
        .witness(&witness.origin, format!("{} publishes {}", witness.short(), rivals.join(", ")))
        .help(format!("did you mean {}?", listed(rivals.iter().copied())))
        .judged()
}
