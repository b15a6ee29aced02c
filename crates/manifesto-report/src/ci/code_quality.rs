//! GitLab's Code Quality report.

use manifesto_evidence::Level;
use serde_json::{Value, json};

use super::fingerprint::Fingerprints;
use super::{Findings, sentence};

/// What a merge request shows without being slow.
const ISSUES_MAX: usize = 5_000;

/// The report, with a line break at the end.
pub fn text(findings: &Findings<'_>) -> String {
    let (shown, _) = findings.worst(ISSUES_MAX);
    let mut fingerprints = Fingerprints::default();
    let issues: Vec<Value> = shown
        .into_iter()
        .map(|finding| {
            let spot = findings.spot(finding);
            let severity = match finding.level {
                Level::Error => "critical",
                Level::Warning => "minor",
                Level::Note => "info",
            };
            json!({
                "description": sentence(finding),
                "check_name": finding.rule.id,
                "fingerprint": fingerprints.of(finding, &spot.path),
                "severity": severity,
                "location": { "path": spot.path, "lines": { "begin": spot.line } },
            })
        })
        .collect();
    format!("{:#}\n", Value::Array(issues))
}
