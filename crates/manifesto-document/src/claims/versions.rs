//! `claim/version`: a version that the text gives to a chart or an image is the one that is there.

use manifesto_evidence::{ChartUse, Origin, PropertyKind, SubjectChange};

use super::reading::{Reading, Sentence};
use super::{Claim, Judgement, Objection, listed, quoted};
use crate::rules;
use crate::statements::{Token, bare};
use crate::words::words;

/// Words of a sentence that says what the change runs; others may tell of a version in general.
const CUES: &[&str] = &[
    "bump",
    "bumped",
    "bumps",
    "chart",
    "deploy",
    "deployed",
    "deploying",
    "deploys",
    "image",
    "install",
    "installed",
    "installs",
    "pin",
    "pinned",
    "run",
    "running",
    "runs",
    "tag",
    "update",
    "updated",
    "updates",
    "upgrade",
    "upgraded",
    "upgrades",
    "uses",
    "using",
    "version",
];

/// A version with the place that says it.
type Known<'d> = (&'d str, &'d Origin);

pub(super) fn claims(reading: &Reading<'_>) -> Vec<Claim> {
    let mut claims = Vec::new();
    for sentence in reading.sentences() {
        let says_so = sentence.tokens.iter().any(|token| CUES.contains(&token.bare().as_str()));
        for (index, token) in sentence.tokens.iter().enumerate() {
            let Some(version) = version_of(token) else { continue };
            let Some((name, known)) = known_versions(reading, &sentence, index) else { continue };
            let judgement = match judge(&name, version, &known) {
                Judgement::Contradicted(_) if !says_so || reading.is_hedged(&sentence, index) => {
                    Judgement::Unverifiable
                }
                judgement => judgement,
            };
            let said = format!("{name} {version}");
            claims.push(Claim { rule: &rules::CLAIM_VERSION, said, span: token.span.clone(), judgement });
        }
    }
    claims
}

/// `v2.1.7`, `1.1.0`, `0.1.9-rc.1`; a number with one dot only behind a `v`, since it may be anything.
fn version_of(token: &Token) -> Option<&str> {
    let text = bare(&token.text);
    let digits = text.strip_prefix('v').unwrap_or(text);
    let core = digits.split(['-', '+']).next()?;
    let parts: Vec<&str> = core.split('.').collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let enough = parts.len() == 3 || (parts.len() == 2 && text.starts_with('v'));
    // Four numbers are an address.
    (enough && parts.iter().all(is_number)).then_some(text)
}

/// What the version before or behind is of, with the versions that it has on both sides: the chart, where the sentence
/// says so, else the image whose name stands right before it.
fn known_versions<'d>(
    reading: &Reading<'d>,
    sentence: &Sentence<'_>,
    index: usize,
) -> Option<(String, Vec<Known<'d>>)> {
    let before =
        |back: usize| index.checked_sub(back).and_then(|at| sentence.tokens.get(at)).map(Token::bare);
    if (1..=3).filter_map(before).any(|word| word == "chart") || is_of_chart(sentence, index) {
        return chart(reading, sentence);
    }
    image(reading, &before(1)?)
}

/// Whether a sentence gives its only version to a chart: "the chart `web` is bumped to 1.2.0".
fn is_of_chart(sentence: &Sentence<'_>, index: usize) -> bool {
    let before = sentence.tokens.get(..index).unwrap_or_default();
    let is_introduced = before.last().is_some_and(|word| matches!(word.bare().as_str(), "to" | "at"));
    let says_chart = before.iter().any(|token| token.bare() == "chart");
    let versions = sentence.tokens.iter().filter(|token| version_of(token).is_some()).count();
    is_introduced && says_chart && versions == 1
}

fn chart<'d>(reading: &Reading<'d>, sentence: &Sentence<'_>) -> Option<(String, Vec<Known<'d>>)> {
    let charts = &reading.census.charts;
    let own: Vec<String> = sentence.tokens.iter().map(Token::bare).collect();
    let titles: Vec<String> = reading.titles(sentence.statement.slot).flat_map(words).collect();
    let named = |words: &[String]| -> Option<&'d str> {
        let mut names =
            charts.iter().map(|chart| chart.name.as_str()).filter(|name| words.iter().any(|w| w == name));
        names.next()
    };
    let only = || {
        let mut names: Vec<&str> = charts.iter().map(|chart| chart.name.as_str()).collect();
        names.dedup();
        names.first().copied().filter(|_| names.len() == 1)
    };
    let name = named(&own).or_else(|| named(&titles)).or_else(only)?;
    let known = |chart: &&'d ChartUse| chart.name == name;
    let versions = charts.iter().filter(known).map(|chart| (chart.version.as_str(), &chart.origin)).collect();
    Some((format!("chart {name}"), versions))
}

/// The tags of the images of this name, where the change touches what runs one of them.
fn image<'d>(reading: &Reading<'d>, name: &str) -> Option<(String, Vec<Known<'d>>)> {
    let subjects = reading.census.subjects.iter();
    let uses = subjects.flat_map(|subject| {
        subject.properties(PropertyKind::Image).map(move |image| (subject.change, image))
    });
    let named: Vec<_> = uses
        .filter_map(|(change, image)| {
            let (reference, _) = image.value.split_once('@').unwrap_or((&image.value, ""));
            let last = reference.rsplit('/').next()?;
            let (own, tag) = last.split_once(':')?;
            (own == name).then_some((change, (tag, &image.origin)))
        })
        .collect();
    let is_touched = named.iter().any(|(change, _)| *change != SubjectChange::Untouched);
    // A chart is often called like what it runs.
    let charts = reading.census.charts.iter().filter(|chart| chart.name == name);
    let charts = charts.map(|chart| (chart.version.as_str(), &chart.origin));
    is_touched.then(|| (name.to_owned(), named.into_iter().map(|(_, known)| known).chain(charts).collect()))
}

fn judge(name: &str, version: &str, known: &[Known<'_>]) -> Judgement {
    if known.iter().any(|(own, _)| is_it(version, own)) {
        return Judgement::Supported;
    }
    // A tag that is no version says nothing about versions.
    let comparable: Vec<&Known<'_>> = known
        .iter()
        .filter(|(own, _)| own.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit()))
        .collect();
    let Some((actual, origin)) = comparable.first().filter(|_| comparable.len() == known.len()) else {
        return Judgement::Unverifiable;
    };
    let message = format!("{} has no version {}", quoted(name), quoted(version));
    Objection::new(message, "another version")
        .witness(origin, format!("{name} is {actual}"))
        .help(format!("the change has {}", listed(known.iter().map(|(own, _)| *own))))
        .judged()
}

/// Whether a known version is the one that is said, or a closer one: `2.1` is also `2.1.7`, and `2.1.7` also `2.1.7-r1`.
fn is_it(said: &str, known: &str) -> bool {
    let (said, known) = (said.trim_start_matches('v'), known.trim_start_matches('v'));
    known.strip_prefix(said).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '+']))
        || said.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '+']))
}
