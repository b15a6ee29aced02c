//! `claim/interval`: how often the text says that something is refreshed is what the manifest says.

use manifesto_evidence::{Property, PropertyKind, Subject, SubjectChange};

use super::amounts::seconds;
use super::reading::{Reading, Sentence};
use super::{Claim, Judgement, Objection, listed, quoted};
use crate::rules;
use crate::statements::Token;

/// Words beside which a time is an interval.
const CUES: &[&str] = &["interval", "refresh", "refreshinterval", "refreshes", "refreshed"];

pub(super) fn claims(reading: &Reading<'_>) -> Vec<Claim> {
    let mut claims = Vec::new();
    for sentence in reading.sentences() {
        for (index, token) in sentence.tokens.iter().enumerate() {
            let written = written_time(sentence.tokens, index);
            let Some(time) = seconds(&written).filter(|_| is_interval(sentence.tokens, index)) else {
                continue;
            };
            let judgement = match judge(reading, &sentence, time, &written) {
                Judgement::Contradicted(_) if reading.is_hedged(&sentence, index) => Judgement::Unverifiable,
                judgement => judgement,
            };
            let said = format!("interval {time} s");
            claims.push(Claim { rule: &rules::CLAIM_INTERVAL, said, span: token.span.clone(), judgement });
        }
    }
    claims
}

/// A token, with its unit where that is a word of its own: `5 minutes`.
fn written_time(tokens: &[Token], index: usize) -> String {
    let word = |at: usize| tokens.get(at).map(Token::bare).unwrap_or_default();
    let own = word(index);
    let is_number = !own.is_empty() && own.bytes().all(|b| b.is_ascii_digit());
    if is_number { format!("{own}-{}", word(index + 1)) } else { own }
}

fn is_interval(tokens: &[Token], index: usize) -> bool {
    let near = index.saturating_sub(2)..index + 3;
    near.filter_map(|at| tokens.get(at)).any(|token| CUES.contains(&token.bare().as_str()))
}

fn judge(reading: &Reading<'_>, sentence: &Sentence<'_>, time: u64, written: &str) -> Judgement {
    let is_secret = |subject: &Subject| subject.kind == "ExternalSecret";
    let is_touched = |subject: &&Subject| is_secret(subject) && subject.change != SubjectChange::Untouched;
    let named: Vec<&Subject> = reading.named_by(sentence).into_iter().filter(is_touched).collect();
    let in_scope = || reading.scope(sentence).subjects.into_iter().filter(is_touched).collect();
    let touched = if named.is_empty() { in_scope() } else { named };
    let meant = if touched.is_empty() { reading.the_only(is_secret) } else { touched };
    let known: Vec<(&Subject, &Property)> = meant
        .iter()
        .flat_map(|subject| subject.properties(PropertyKind::Interval).map(move |own| (*subject, own)))
        .collect();
    if known.iter().any(|(_, own)| seconds(&own.value) == Some(time)) {
        return Judgement::Supported;
    }
    let is_whole = known.iter().all(|(_, own)| seconds(&own.value).is_some())
        && !reading.may_hide(&meant, Some("ExternalSecret"));
    let Some((subject, own)) = known.first().filter(|_| is_whole) else { return Judgement::Unverifiable };
    Objection::new(
        format!("{} is not refreshed every {}", quoted(&subject.short()), quoted(written)),
        "another interval",
    )
    .witness(&own.origin, format!("{} says {}", subject.short(), own.value))
    .help(format!("the manifests say {}", listed(known.iter().map(|(_, own)| own.value.as_str()))))
    .judged()
}
