//! The note at the end of a draft: where it comes from, and how much of the change it knows.

use manifesto_evidence::{Evidence, Gap};

use super::DraftOptions;
use super::content::{Content, clause, data};
use crate::region::FOOTER_START;

/// The most gaps that are listed.
const GAPS_MAX: usize = 5;
/// The most kinds of files not analysed that are named.
const KINDS_MAX: usize = 3;

/// The note.
pub(super) fn footer(evidence: &Evidence, options: &DraftOptions, bullet: char) -> Content {
    let mut text =
        format!("{FOOTER_START}{} to {}: {}", data(&options.base), data(&options.head), proven(evidence));
    text.push_str(&not_analysed(evidence));
    text.push_str(".\n");
    let mut lines: Vec<String> = evidence.gaps.iter().take(GAPS_MAX).map(gap_line).collect();
    if let Some(more) = evidence.gaps.len().checked_sub(GAPS_MAX).filter(|more| *more > 0) {
        lines.push(format!("and {more} more"));
    }
    if !lines.is_empty() {
        text.push('\n');
    }
    text.extend(lines.iter().map(|line| format!("{bullet} {line}\n")));
    Content { text, items: lines.len() }
}

fn gap_line(gap: &Gap) -> String {
    let place = gap.place.as_ref().map(|place| format!(" — {}", data(place)));
    format!("Not known: {}{}", clause(&gap.detail), place.unwrap_or_default())
}

/// How much of the change is known, as a clause.
pub(crate) fn proven(evidence: &Evidence) -> String {
    let completeness = &evidence.completeness;
    match completeness.components_affected {
        0 => "no component affected".to_owned(),
        1 => format!("{} of 1 component proven", completeness.components_proven),
        affected => format!("{} of {affected} components proven", completeness.components_proven),
    }
}

fn not_analysed(evidence: &Evidence) -> String {
    let files = &evidence.completeness.files_not_analysed;
    if files.is_empty() {
        return String::new();
    }
    let mut kinds: Vec<&str> =
        files.iter().map(|file| file.what.as_str()).filter(|what| !what.is_empty()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let more = kinds.len().saturating_sub(KINDS_MAX);
    let mut named: Vec<String> = kinds.iter().take(KINDS_MAX).map(|kind| clause(kind)).collect();
    if more > 0 {
        named.push(format!("{more} more kinds"));
    }
    let named = if named.is_empty() { String::new() } else { format!(" ({})", named.join(", ")) };
    format!(", {} {} not analysed{named}", files.len(), if files.len() == 1 { "file" } else { "files" })
}
