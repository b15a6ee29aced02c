//! Findings for the machines of forges: SARIF, GitHub's workflow commands, GitLab's Code Quality, JUnit.
//!
//! These show findings beside lines of the repository, and a pull-request text is no file of it: a finding stands at the
//! manifest's line that speaks against the text, and at the template where no line does. Each format keeps to the limits
//! of its forge by leaving out whole findings, the least first.

pub mod code_quality;
mod fingerprint;
pub mod github;
pub mod junit;
pub mod sarif;

use manifesto_document::Checked;
use manifesto_evidence::{Finding, Origin, Side};

/// What came of a check, and where findings go that no line of the repository speaks against.
#[derive(Debug, Clone, Copy)]
pub struct Findings<'r> {
    /// What came of the check.
    pub checked: &'r Checked,
    /// The path of the text, if it is a file of the repository, else of its template.
    pub home: &'r str,
    /// Whether that is the text itself: then its lines are the text's.
    pub home_is_text: bool,
}

/// A line of the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) path: String,
    /// From 1.
    pub(crate) line: u32,
}

impl Findings<'_> {
    /// The findings, the worst first, at most so many, and how many were left out.
    pub(crate) fn worst(&self, most: usize) -> (Vec<&Finding>, usize) {
        let mut findings: Vec<&Finding> = self.checked.findings.iter().collect();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
        let hidden = findings.len().saturating_sub(most);
        findings.truncate(most);
        (findings, hidden)
    }

    /// Where a finding is shown: at the first line of head that speaks against the text.
    pub(crate) fn spot(&self, finding: &Finding) -> Spot {
        let is_head = |origin: &&Origin| origin.side == Side::Head;
        if let Some(origin) = finding.witnesses.iter().map(|witness| &witness.origin).find(is_head) {
            return Spot { path: origin.place.path.to_string(), line: origin.place.line.max(1) };
        }
        let line = finding.text.as_ref().filter(|_| self.home_is_text).map_or(1, |span| span.line);
        Spot { path: self.home.to_owned(), line }
    }
}

/// A finding in one paragraph: what is wrong, where the text says it, and what to do.
pub(crate) fn sentence(finding: &Finding) -> String {
    let line = finding.text.as_ref().map(|span| format!(" (line {} of the description)", span.line));
    let help = finding.help.as_ref().map(|help| format!("; {help}"));
    crate::terminal::inert(format!(
        "{}{}{}",
        finding.message,
        line.unwrap_or_default(),
        help.unwrap_or_default()
    ))
}

#[cfg(test)]
mod tests;
