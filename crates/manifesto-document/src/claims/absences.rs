//! `claim/absence`: what the text says is not there, or not done, is not.

use std::collections::BTreeMap;

use manifesto_evidence::{Property, PropertyKind, Subject, SubjectChange};

use super::reading::{Reading, Sentence};
use super::{Claim, Judgement, Objection, quoted};
use crate::rules;
use crate::statements::Token;

/// Something that a text denies.
struct Denial {
    /// The words that deny it, one after the other.
    phrases: &'static [&'static str],
    /// In a normal form.
    said: &'static str,
    judge: fn(&Reading<'_>, &Sentence<'_>) -> Judgement,
}

static DENIALS: &[Denial] = &[
    Denial {
        phrases: &[
            "nothing is removed",
            "nothing was removed",
            "nothing gets removed",
            "no resources are removed",
            "no resources removed",
            "no removals",
            "no deletions",
            "nothing is deleted",
            "no resource is removed",
        ],
        said: "nothing is removed",
        judge: nothing_removed,
    },
    Denial {
        phrases: &[
            "no internet egress",
            "no egress to the internet",
            "no external egress",
            "no outbound internet access",
        ],
        said: "no internet egress",
        judge: no_internet_egress,
    },
    Denial {
        phrases: &[
            "no storage requirements",
            "no persistent storage",
            "no storage required",
            "no storage needed",
        ],
        said: "no storage",
        judge: no_storage,
    },
    Denial {
        phrases: &["no new secrets", "no secrets required", "no secrets needed", "no secrets are required"],
        said: "no secrets",
        judge: no_secrets,
    },
    Denial {
        phrases: &[
            "no observable change",
            "no observable changes",
            "no user-facing change",
            "no user-facing changes",
            "no user-visible change",
            "no user-visible changes",
            "no visible change",
            "no impact on users",
            "no user impact",
            "no downtime",
            "without downtime",
            "zero downtime",
            "zero-downtime",
            "no service interruption",
        ],
        said: "nothing is interrupted",
        judge: nothing_interrupted,
    },
];

pub(super) fn claims(reading: &Reading<'_>) -> Vec<Claim> {
    let mut claims = Vec::new();
    for sentence in reading.all_sentences() {
        let words: Vec<String> = sentence.tokens.iter().map(Token::bare).collect();
        for denial in DENIALS {
            let Some((at, length)) = denial.phrases.iter().find_map(|phrase| position(&words, phrase)) else {
                continue;
            };
            let (Some(first), Some(last)) = (sentence.tokens.get(at), sentence.tokens.get(at + length - 1))
            else {
                continue;
            };
            claims.push(Claim {
                rule: &rules::CLAIM_ABSENCE,
                said: denial.said.to_owned(),
                span: first.span.start..last.span.end,
                judgement: (denial.judge)(reading, &sentence),
            });
        }
    }
    claims
}

fn position(words: &[String], phrase: &str) -> Option<(usize, usize)> {
    let phrase: Vec<&str> = phrase.split(' ').collect();
    let at = words
        .windows(phrase.len())
        .position(|window| window.iter().map(String::as_str).eq(phrase.iter().copied()))?;
    Some((at, phrase.len()))
}

fn nothing_removed(reading: &Reading<'_>, _: &Sentence<'_>) -> Judgement {
    let removed = removed_for_good(&reading.census.subjects);
    if removed.is_empty() {
        return Judgement::Unverifiable;
    }
    let message = match removed.as_slice() {
        [only] => format!("the change removes {}", quoted(&only.short())),
        [first, ..] => {
            format!("the change removes {} objects, such as {}", removed.len(), quoted(&first.short()))
        }
        [] => return Judgement::Unverifiable,
    };
    let objection = Objection::new(message, "something is removed").help("say what is removed, and why");
    removed
        .iter()
        .fold(objection, |objection, gone| {
            objection.witness(&gone.origin, format!("{} is not in head", gone.short()))
        })
        .judged()
}

/// What is renamed is removed and added, and the author may count it as neither: of one kind in one namespace, as many are
/// gone as there are fewer, and those that are least like what is added.
fn removed_for_good(all: &[Subject]) -> Vec<&Subject> {
    let mut groups: BTreeMap<(&str, &str), [Vec<&Subject>; 2]> = BTreeMap::new();
    for subject in all {
        let [gone, new] = groups.entry((&subject.kind, &subject.namespace)).or_default();
        match subject.change {
            SubjectChange::Removed => gone.push(subject),
            SubjectChange::Added => new.push(subject),
            SubjectChange::Changed | SubjectChange::Untouched => {}
        }
    }
    let surplus = groups.into_values().flat_map(|[mut gone, new]| {
        let likeness = |subject: &Subject| {
            let all = new.iter().map(|new| strsim::normalized_levenshtein(&new.name, &subject.name));
            all.fold(0.0_f64, f64::max)
        };
        gone.sort_by(|a, b| likeness(a).total_cmp(&likeness(b)));
        gone.truncate(gone.len().saturating_sub(new.len()));
        gone
    });
    surplus.collect()
}

fn nothing_interrupted(reading: &Reading<'_>, _: &Sentence<'_>) -> Judgement {
    let interruptions = &reading.census.interruptions;
    let Some(first) = interruptions.first() else { return Judgement::Unverifiable };
    let more = match interruptions.len() - 1 {
        0 => String::new(),
        more => format!(", nor do {more} more"),
    };
    let message = format!("{} leads nowhere any more{more}", quoted(&first.host));
    let objection = Objection::new(message, "something is interrupted")
        .help("let it through, or say what is not reachable, and for how long");
    interruptions
        .iter()
        .fold(objection, |objection, cut| {
            objection.witness(&cut.origin, format!("{} is published, but {}", cut.host, cut.why))
        })
        .judged()
}

/// A connection out of the cluster that the text discloses elsewhere, by its name and its port, is not what it denies.
fn no_internet_egress(reading: &Reading<'_>, sentence: &Sentence<'_>) -> Judgement {
    let scope = reading.scope(sentence);
    let touched = reading.census.subjects.iter().filter(|subject| subject.change != SubjectChange::Untouched);
    let touched: Vec<&Subject> = touched.collect();
    let named =
        scope.subjects.iter().any(|subject| subject.properties(PropertyKind::Outside).next().is_some());
    let subjects = if named { scope.subjects } else { touched };
    let outside = subjects
        .iter()
        .filter(|subject| subject.change != SubjectChange::Untouched)
        .flat_map(|subject| subject.properties(PropertyKind::Outside).map(move |own| (*subject, own)));
    let text = reading.case.text.text.as_str();
    let undisclosed: Vec<(&Subject, &Property)> = outside
        .filter(|(_, own)| own.origin.side == manifesto_evidence::Side::Head && !discloses(text, &own.value))
        .collect();
    let Some((first, own)) = undisclosed.first() else { return Judgement::Unverifiable };
    let message = format!("{} lets traffic out to {}", quoted(&first.short()), quoted(&own.value));
    let objection = Objection::new(message, "there is egress").help("say what is let out, and why");
    undisclosed
        .iter()
        .fold(objection, |objection, (subject, own)| {
            objection.witness(&own.origin, format!("{} admits {}", subject.short(), own.value))
        })
        .judged()
}

fn discloses(text: &str, connection: &str) -> bool {
    connection.split(' ').all(|part| {
        let number = part.split('/').next().unwrap_or(part);
        text.contains(number)
    })
}

fn no_storage(reading: &Reading<'_>, sentence: &Sentence<'_>) -> Judgement {
    let scope = reading.scope(sentence);
    let subjects: Vec<&Subject> =
        if scope.subjects.is_empty() { reading.census.subjects.iter().collect() } else { scope.subjects };
    let added =
        subjects.iter().find(|subject| subject.change == SubjectChange::Added && subject.keeps_data());
    let Some(added) = added else { return Judgement::Unverifiable };
    Objection::new(format!("{} keeps data", quoted(&added.short())), "there is storage")
        .witness(&added.origin, format!("the change adds {}", added.short()))
        .help("say how much, and how it is saved")
        .judged()
}

fn no_secrets(reading: &Reading<'_>, _: &Sentence<'_>) -> Judgement {
    let subjects = reading.census.subjects.iter();
    let is_secret =
        |subject: &&Subject| matches!(subject.kind.as_str(), "ExternalSecret" | "SealedSecret" | "Secret");
    let added = subjects.filter(is_secret).find(|subject| subject.change == SubjectChange::Added);
    let Some(added) = added else { return Judgement::Unverifiable };
    Objection::new(format!("the change adds {}", quoted(&added.short())), "there is a secret")
        .witness(&added.origin, format!("the change adds {}", added.short()))
        .help("say where it comes from")
        .judged()
}
