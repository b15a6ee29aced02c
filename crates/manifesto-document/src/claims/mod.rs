//! Claims: what the author's words say of paths, objects, namespaces, ports, versions and so on, held against what is
//! known to exist.
//!
//! The grammar is closed: only typed mentions are claims, and prose outside it is never judged. A claim is contradicted
//! only by something that is there in its place, and never where something unseen could make it true.

mod absences;
mod amounts;
mod commands;
mod hedges;
mod hosts;
mod intervals;
mod kinds;
mod listings;
mod namespaces;
mod objects;
mod paths;
mod ports;
mod quantities;
mod reading;
mod rollback;
mod secrets;
mod shell;
mod versions;

use std::collections::BTreeMap;
use std::ops::Range;

use manifesto_evidence::{Finding, Origin, Prose, Rule, TextSpan, Verdict, Witness};

use crate::check::{Case, Checked};
use reading::Reading;

/// The most places that speak against a claim.
const WITNESSES_MAX: usize = 3;
/// The most lines that are named which say the same.
const LINES_MAX: usize = 5;

/// A claim, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimReport {
    /// The rule that it would break.
    pub rule: &'static Rule,
    /// What is claimed, in a normal form: `namespace web`.
    pub claim: String,
    /// Where the text says it.
    pub span: TextSpan,
    /// What is known of it.
    pub verdict: Verdict,
}

/// Something that the text claims.
struct Claim {
    rule: &'static Rule,
    /// What is claimed, in a normal form.
    said: String,
    span: Range<usize>,
    judgement: Judgement,
}

/// What is known of a claim.
enum Judgement {
    Supported,
    Unverifiable,
    Contradicted(Box<Objection>),
}

/// What speaks against a claim.
#[derive(Default)]
struct Objection {
    message: String,
    label: String,
    witnesses: Vec<Witness>,
    notes: Vec<String>,
    help: Option<String>,
}

impl Objection {
    fn new(message: String, label: &str) -> Self {
        Self { message, label: label.to_owned(), ..Self::default() }
    }

    fn witness(mut self, origin: &Origin, says: impl Into<String>) -> Self {
        if self.witnesses.len() < WITNESSES_MAX {
            self.witnesses.push(Witness { origin: origin.clone(), says: says.into() });
        }
        self
    }

    fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    fn judged(self) -> Judgement {
        Judgement::Contradicted(Box::new(self))
    }
}

/// Every family of claims.
const FAMILIES: &[fn(&Reading<'_>) -> Vec<Claim>] = &[
    paths::claims,
    objects::claims,
    namespaces::claims,
    hosts::claims,
    ports::claims,
    versions::claims,
    secrets::claims,
    quantities::claims,
    intervals::claims,
    listings::claims,
    absences::claims,
    commands::claims,
    rollback::claims,
];

/// Holds the claims of a text against the census.
pub(crate) fn check(case: &Case<'_>, checked: &mut Checked) {
    if case.evidence.census.head_files.is_empty() {
        return;
    }
    let reading = Reading::new(case);
    let mut claims: Vec<Claim> = FAMILIES.iter().flat_map(|family| family(&reading)).collect();
    claims.sort_by_key(|claim| claim.span.start);
    // What is said twice is one claim: the first place shows it, and the others are named.
    let mut said: BTreeMap<(&str, String), Vec<Claim>> = BTreeMap::new();
    for claim in claims {
        said.entry((claim.rule.id, claim.said.clone())).or_default().push(claim);
    }
    for ((_, text), claims) in said {
        checked.claims.extend(claims.iter().map(|claim| ClaimReport {
            rule: claim.rule,
            claim: text.clone(),
            span: case.lines.span(claim.span.clone()),
            verdict: match claim.judgement {
                Judgement::Supported => Verdict::Supported,
                Judgement::Unverifiable => Verdict::Unverifiable,
                Judgement::Contradicted(_) => Verdict::Contradicted,
            },
        }));
        checked.findings.extend(finding(case, claims));
    }
    checked.claims.sort_by_key(|claim| (claim.span.bytes.start, claim.rule.id));
}

/// The finding about claims that say the same.
fn finding(case: &Case<'_>, claims: Vec<Claim>) -> Option<Finding> {
    let wrong = claims.into_iter().filter_map(|claim| match claim.judgement {
        Judgement::Contradicted(objection) => Some((claim.rule, case.lines.span(claim.span), *objection)),
        _ => None,
    });
    let mut wrong = wrong.collect::<Vec<_>>().into_iter();
    let (rule, span, objection) = wrong.next()?;
    let mut finding = Finding::new(rule, objection.message).at(span.clone(), objection.label);
    finding.witnesses = objection.witnesses;
    finding.notes = objection.notes;
    finding.help = objection.help;
    let mut lines: Vec<u32> = wrong.map(|(_, span, _)| span.line).filter(|line| *line != span.line).collect();
    lines.dedup();
    if !lines.is_empty() {
        let shown: Vec<String> = lines.iter().take(LINES_MAX).map(u32::to_string).collect();
        let more = lines.len() - shown.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let says = if lines.len() == 1 { "so does line" } else { "so do lines" };
        finding = finding.note(format!("{says} {}{more}", shown.join(", ")));
    }
    Some(finding)
}

/// Words of the author's or of the change's in a message: short, and harmless on a terminal.
fn quoted(text: &str) -> String {
    const CHARS_MAX: usize = 100;
    let short: String = text.chars().take(CHARS_MAX).collect();
    let cut = if short.len() < text.len() { "…" } else { "" };
    format!("`{}{cut}`", Prose::new().code(short))
}

/// An enumeration for a message: `a`, `b` and 2 more.
fn listed<'t>(items: impl IntoIterator<Item = &'t str>) -> String {
    const SHOWN_MAX: usize = 4;
    let mut items: Vec<&str> = items.into_iter().collect();
    items.dedup();
    let shown: Vec<String> = items.iter().take(SHOWN_MAX).map(|item| quoted(item)).collect();
    let hidden = items.len() - shown.len();
    match (shown.split_last(), hidden) {
        (Some((last, [])), 0) => last.clone(),
        (Some((last, first)), 0) => format!("{} and {last}", first.join(", ")),
        (Some(_), hidden) => format!("{} and {hidden} more", shown.join(", ")),
        (None, _) => String::new(),
    }
}
