//! `claim/secret`: a path in a secret store and the keys of a secret are those that something reads.

use manifesto_evidence::{Property, PropertyKind, Subject, SubjectChange};

use super::reading::{Reading, Sentence};
use super::{Claim, Judgement, Objection, listed, quoted};
use crate::rules;
use crate::statements::{Token, TokenKind};

/// Words that say that a path is one of a secret store.
const STORES: &[&str] =
    &["vault", "openbao", "bao", "kv", "secretstore", "externalsecret", "secrets", "secret"];
/// Kinds that read or write a secret store.
const READERS: &[&str] = &["ExternalSecret", "PushSecret"];

pub(super) fn claims(reading: &Reading<'_>) -> Vec<Claim> {
    let mut claims = Vec::new();
    for sentence in reading.sentences() {
        let has_keys = speaks_of_keys(&sentence);
        for (at, token) in sentence.tokens.iter().enumerate() {
            let found = match path(reading, &sentence, token) {
                Some(judgement) => Some((token.text.clone(), judgement)),
                None if has_keys && (is_key(token) || is_listed_key(&sentence, at)) => {
                    let key = token.bare();
                    Some((format!("key {key}"), judge_key(reading, &sentence, &token.text, &key)))
                }
                None => None,
            };
            let Some((said, judgement)) = found else { continue };
            let judgement = match judgement {
                Judgement::Contradicted(_) if reading.is_hedged(&sentence, at) => Judgement::Unverifiable,
                judgement => judgement,
            };
            claims.push(Claim { rule: &rules::CLAIM_SECRET, said, span: token.span.clone(), judgement });
        }
    }
    claims
}

/// A path in code in a sentence, or under a lead, that speaks of a secret store.
fn path(reading: &Reading<'_>, sentence: &Sentence<'_>, token: &Token) -> Option<Judgement> {
    let path = token.text.trim();
    let is_path = token.kind == TokenKind::Code
        && !token.in_link
        && path.matches('/').count() >= 2
        && !path
            .contains(|c: char| c.is_whitespace() || matches!(c, ':' | '*' | '{' | '<' | '$' | '@' | '#'))
        && !path.starts_with(['/', '.', '~']);
    let speaks = |tokens: &[Token]| tokens.iter().any(|token| STORES.contains(&token.bare().as_str()));
    if !is_path || !speaks(sentence.tokens) || is_file(reading, path) {
        return None;
    }
    let subjects = &reading.census.subjects;
    let known = subjects.iter().flat_map(|subject| subject.properties(PropertyKind::SecretPath));
    if known.into_iter().any(|known| is_it(path, &known.value)) {
        return Some(Judgement::Supported);
    }
    let segments: Vec<String> = path.split('/').map(str::to_lowercase).collect();
    let named = reading.scope_of_words(&segments).unwrap_or_else(|| reading.scope(sentence)).subjects;
    Some(rival(reading, &named).map_or(Judgement::Unverifiable, |rivals| {
        let paths: Vec<&str> = rivals.iter().map(|(_, path)| path.value.as_str()).collect();
        let message = format!("nothing reads {} in the secret store", quoted(path));
        let objection = Objection::new(message, "neither in base nor in head")
            .help(format!("did you mean {}?", listed(paths)));
        rivals
            .iter()
            .fold(objection, |objection, (subject, path)| {
                objection.witness(&path.origin, format!("{} reads {}", subject.short(), path.value))
            })
            .judged()
    }))
}

fn is_file(reading: &Reading<'_>, path: &str) -> bool {
    manifesto_evidence::TreePath::new(path).is_ok_and(|path| {
        path.segments()
            .next()
            .and_then(|first| manifesto_evidence::TreePath::new(first).ok())
            .is_some_and(|first| reading.census.has_path(&first))
    })
}

/// Whether a known path is the one that is said; the mount and the `data/` of the second version of the store's API may
/// be there or not.
fn is_it(said: &str, known: &str) -> bool {
    let plain = |path: &str| path.replace("/data/", "/");
    let (said, known) = (plain(said), plain(known));
    let ends = |whole: &str, end: &str| {
        whole.strip_suffix(end).is_some_and(|above| above.is_empty() || above.ends_with('/'))
    };
    ends(&said, &known) || ends(&known, &said)
}

/// The paths that what is meant reads instead: those of the objects that the change touches, among the ones named, else
/// of the only one that it touches.
fn rival<'d>(reading: &Reading<'d>, named: &[&'d Subject]) -> Option<Vec<(&'d Subject, &'d Property)>> {
    let is_reader = |subject: &Subject| READERS.contains(&subject.kind.as_str());
    let named: Vec<&Subject> = named
        .iter()
        .copied()
        .filter(|subject| is_reader(subject) && subject.change != SubjectChange::Untouched)
        .collect();
    let readers = if named.is_empty() { reading.the_only(is_reader) } else { named };
    if readers.is_empty() || reading.may_hide(&readers, Some("ExternalSecret")) {
        return None;
    }
    let mut paths: Vec<(&Subject, &Property)> = readers
        .into_iter()
        .flat_map(|subject| subject.properties(PropertyKind::SecretPath).map(move |path| (subject, path)))
        .collect();
    paths.dedup_by(|a, b| a.1.value == b.1.value);
    (!paths.is_empty()).then_some(paths)
}

/// Whether a sentence says that a secret has keys.
fn speaks_of_keys(sentence: &Sentence<'_>) -> bool {
    let says = |words: &[&str]| sentence.tokens.iter().any(|token| words.contains(&token.bare().as_str()));
    says(&["secret", "externalsecret"]) && says(&["contains", "key", "keys", "properties", "fields", "with"])
}

/// Whether a token can be the name of a key: `client_id`, in code or not.
fn is_key(token: &Token) -> bool {
    let key = crate::statements::bare(&token.text);
    let is_char = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    key.contains('_')
        && key.bytes().all(is_char)
        && key.bytes().next().is_some_and(|b| b.is_ascii_alphabetic())
}

/// Whether a token is one of a list of names in code right behind the word: "the keys `id` and `token`".
fn is_listed_key(sentence: &Sentence<'_>, at: usize) -> bool {
    let before = sentence.tokens.get(..at).unwrap_or_default();
    let Some(token) = sentence.tokens.get(at) else { return false };
    let is_char = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let is_word = token.kind == TokenKind::Code && token.text.bytes().all(is_char);
    let mut rest = before.iter().rev();
    let lead = rest.find(|other| other.kind != TokenKind::Code && other.bare() != "and");
    is_word && lead.is_some_and(|word| matches!(word.bare().as_str(), "key" | "keys"))
}

fn judge_key(reading: &Reading<'_>, sentence: &Sentence<'_>, written: &str, key: &str) -> Judgement {
    let is_reader = |subject: &Subject| READERS.contains(&subject.kind.as_str());
    let is_touched = |subject: &&Subject| is_reader(subject) && subject.change != SubjectChange::Untouched;
    let by_name: Vec<&Subject> = reading.named_by(sentence).into_iter().filter(is_touched).collect();
    let in_scope = || reading.scope(sentence).subjects.into_iter().filter(is_touched).collect();
    let named: Vec<&Subject> = if by_name.is_empty() { in_scope() } else { by_name };
    let readers = if named.len() == 1 { named } else { reading.the_only(is_reader) };
    let keys: Vec<&Property> =
        readers.iter().flat_map(|subject| subject.properties(PropertyKind::SecretKey)).collect();
    if keys.iter().any(|known| known.value.eq_ignore_ascii_case(key)) {
        return Judgement::Supported;
    }
    let (Some(reader), Some(first)) = (readers.first(), keys.first()) else { return Judgement::Unverifiable };
    if reading.may_hide(&readers, Some("ExternalSecret")) {
        return Judgement::Unverifiable;
    }
    let key = crate::statements::bare(written);
    Objection::new(format!("{} has no key {}", quoted(&reader.short()), quoted(key)), "no such key")
        .witness(&first.origin, format!("{} has {}", reader.short(), first.value))
        .help(format!("its keys are {}", listed(keys.iter().map(|key| key.value.as_str()))))
        .judged()
}
