//! Workflow commands of GitHub Actions: `::error file=…,line=…,title=…::…`.

use std::fmt::Write as _;

use manifesto_evidence::Level;

use super::{Findings, sentence};

/// GitHub takes so many annotations at once; of each level it shows ten for a step.
const ANNOTATIONS_MAX: usize = 50;

/// A command for each finding, the worst first.
pub fn text(findings: &Findings<'_>) -> String {
    let most =
        if findings.checked.findings.len() > ANNOTATIONS_MAX { ANNOTATIONS_MAX - 1 } else { ANNOTATIONS_MAX };
    let (shown, hidden) = findings.worst(most);
    let mut text = String::new();
    for finding in shown {
        let spot = findings.spot(finding);
        let command = match finding.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "notice",
        };
        let (file, title) = (property(&spot.path), property(finding.rule.id));
        let _ = writeln!(
            text,
            "::{command} file={file},line={},title={title}::{}",
            spot.line,
            data(&sentence(finding))
        );
    }
    if hidden > 0 {
        let _ = writeln!(text, "::notice title=manifesto::{hidden} more findings are in the summary");
    }
    text
}

/// Text in which no line ends and no command starts (actions/toolkit, `escapeData`).
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property (actions/toolkit, `escapeProperty`).
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
