//! The last lines of a check: what was found, what was answered, and how complete the evidence is.

use std::fmt::Write as _;

use manifesto_document::Checked;
use manifesto_evidence::{Evidence, Level, Verdict};

use super::style::{ADDED, CHANGED, HEADING, REMOVED, inert, paint};
use crate::words;

/// So many gaps are named; the rest are counted.
const GAPS_SHOWN: usize = 5;

/// The verdict, the boxes, the slots and the completeness.
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
    let of = |verdict: Verdict| checked.boxes.iter().filter(|report| report.verdict == verdict).count();
    let _ = writeln!(
        text,
        "{} of {} answered; boxes: {} supported, {} contradicted, {} unverifiable.",
        checked.answered,
        words::count(checked.answered + checked.unanswered, "slot"),
        of(Verdict::Supported),
        of(Verdict::Contradicted),
        of(Verdict::Unverifiable),
    );
    for gap in evidence.gaps.iter().take(GAPS_SHOWN) {
        let _ = writeln!(text, "{} {}", paint(CHANGED, "not known:"), inert(gap));
    }
    if evidence.gaps.len() > GAPS_SHOWN {
        let _ = writeln!(text, "{} {} more", paint(CHANGED, "not known:"), evidence.gaps.len() - GAPS_SHOWN);
    }
    text
}
