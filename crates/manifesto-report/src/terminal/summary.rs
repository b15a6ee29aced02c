//! The last lines of a check: what was found, what was answered, and how complete the evidence is.

use std::fmt::Write as _;

use manifesto_document::Checked;
use manifesto_evidence::{Evidence, Level, Verdict};

use super::remedies::remedies;
use super::style::{ADDED, CHANGED, HEADING, REMOVED, inert, paint};
use crate::words;

/// So many gaps are named; the rest are counted.
const GAPS_SHOWN: usize = 5;

/// The verdict, the slots, the boxes, the claims and the completeness.
pub fn check_summary(checked: &Checked, evidence: &Evidence) -> String {
    let number = |level: Level| checked.findings.iter().filter(|finding| finding.level == level).count();
    let parts = [(Level::Error, REMOVED), (Level::Warning, CHANGED), (Level::Note, HEADING)];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(level, _)| number(*level) > 0)
        .map(|(level, style)| paint(style, words::count(number(level), level.name())))
        .collect();
    let verdict = if parts.is_empty() { paint(ADDED, "nothing is wrong") } else { parts.join(", ") };
    let mut text = format!("{verdict}; {}.\n", words::completeness(&evidence.completeness));
    let boxes: Vec<Verdict> = checked.boxes.iter().map(|report| report.verdict).collect();
    let claims: Vec<Verdict> = checked.claims.iter().map(|report| report.verdict).collect();
    let slots = words::count(checked.answered + checked.unanswered, "slot");
    let _ = write!(text, "{} of {slots} answered; boxes: {}", checked.answered, verdicts(&boxes));
    if !claims.is_empty() {
        let _ = write!(text, "; claims: {}", verdicts(&claims));
    }
    text.push_str(".\n");
    for gap in evidence.gaps.iter().take(GAPS_SHOWN) {
        let _ = writeln!(text, "{} {}", paint(CHANGED, "not known:"), inert(gap));
    }
    if evidence.gaps.len() > GAPS_SHOWN {
        let _ = writeln!(text, "{} {} more", paint(CHANGED, "not known:"), evidence.gaps.len() - GAPS_SHOWN);
    }
    text.push_str(&remedies(&evidence.gaps));
    text
}

fn verdicts(verdicts: &[Verdict]) -> String {
    let of = |verdict: Verdict| verdicts.iter().filter(|own| **own == verdict).count();
    let (supported, contradicted) = (of(Verdict::Supported), of(Verdict::Contradicted));
    format!("{supported} supported, {contradicted} contradicted, {} unverifiable", of(Verdict::Unverifiable))
}
