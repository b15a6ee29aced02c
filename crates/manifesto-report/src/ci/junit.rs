//! JUnit's XML: a test for each rule, which fails where an error breaks it.

use std::fmt::Write as _;

use manifesto_document::rules;
use manifesto_evidence::{Finding, Level};

use super::{Findings, sentence};

/// The report.
pub fn text(findings: &Findings<'_>) -> String {
    let of = |id: &str| -> Vec<&Finding> {
        findings.checked.findings.iter().filter(|finding| finding.rule.id == id).collect()
    };
    let is_error = |finding: &&&Finding| finding.level == Level::Error;
    let failures =
        rules::RULES.iter().filter(|rule| of(rule.id).iter().any(|finding| is_error(&finding))).count();
    let count = rules::RULES.len();
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(text, "<testsuites tests=\"{count}\" failures=\"{failures}\">");
    let _ = writeln!(
        text,
        "  <testsuite name=\"manifesto check\" tests=\"{count}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\">"
    );
    for rule in rules::RULES {
        let (errors, others): (Vec<&Finding>, Vec<&Finding>) =
            of(rule.id).into_iter().partition(|finding| finding.level == Level::Error);
        let _ = write!(text, "    <testcase classname=\"manifesto\" name=\"{}\"", xml(rule.id));
        if errors.is_empty() && others.is_empty() {
            text.push_str("/>\n");
            continue;
        }
        text.push_str(">\n");
        if !errors.is_empty() {
            let _ = writeln!(
                text,
                "      <failure message=\"{}\">{}</failure>",
                xml(rule.summary),
                lines(findings, &errors)
            );
        }
        if !others.is_empty() {
            let _ = writeln!(text, "      <system-out>{}</system-out>", lines(findings, &others));
        }
        text.push_str("    </testcase>\n");
    }
    text.push_str("  </testsuite>\n</testsuites>\n");
    text
}

fn lines(findings: &Findings<'_>, own: &[&Finding]) -> String {
    let line = |finding: &&Finding| {
        let spot = findings.spot(finding);
        xml(&format!("{}: {}:{}: {}", finding.level, spot.path, spot.line, sentence(finding)))
    };
    own.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Text that is no markup, and has no character that XML 1.0 does not have.
fn xml(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' | '\t' => out.push(c),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
        out
    })
}
