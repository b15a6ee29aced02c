//! `manifesto check`: the author's text, held against the evidence.

use manifesto_document::{CheckOptions as Checking, Checked, check};
use manifesto_evidence::{Level, Origin};
use manifesto_report::json::{self, Reported};
use manifesto_report::{markdown, terminal};

use crate::failure::Failure;
use crate::input::{self, Subject};
use crate::options::{CheckOptions, Format, Global, Severity};
use crate::output::Output;
use crate::{examples, exit_code};

pub(crate) fn run(global: &Global, options: &CheckOptions, output: &Output) -> Result<u8, Failure> {
    if options.change.example.as_deref() == Some("list") {
        return examples::list(output);
    }
    let mut subject = Subject::read(global, &options.change, output)?;
    subject.evidence.census = manifesto_analyzers::census(&subject.change);
    let text = input::text(&options.text, &subject)?.ok_or_else(|| {
        Failure::input("there is no text to check")
            .hint("name it with --text FILE, or --text - for standard input")
    })?;
    let template = input::template(&options.text, &subject, &text)?;
    let checked = check(&template.text, &text, &subject.evidence, &Checking::default());
    let name =
        options.text.text.as_ref().map_or_else(|| "description.md".into(), |path| path.display().to_string());
    match options.format {
        Format::Terminal => output.print(&diagnostics(&subject, &checked, &name, &text))?,
        Format::Markdown => output.print_exactly(&markdown::check(&checked, &subject.evidence))?,
        Format::Json => {
            let Subject { change, evidence, range, .. } = &subject;
            let report = Reported { verb: "check", range, change, evidence, checked: Some(&checked) }.into();
            output.print_exactly(&json::text(&report))?;
        }
    }
    let threshold = match options.min_severity {
        Severity::Note => Level::Note,
        Severity::Warning => Level::Warning,
        Severity::Error => Level::Error,
    };
    if checked.findings.iter().any(|finding| finding.level >= threshold) {
        return Ok(exit_code::FINDINGS);
    }
    Ok(subject.completeness_code(&options.change))
}

fn diagnostics(subject: &Subject, checked: &Checked, name: &str, text: &str) -> String {
    let line = |origin: &Origin| line_of(subject, origin);
    let name = if name == "-" { "standard input" } else { name };
    let sources = terminal::Sources { text_name: name, text, line: &line };
    let findings = terminal::findings(&checked.findings, &sources);
    format!("{findings}{}", terminal::check_summary(checked, &subject.evidence))
}

/// The line that an origin points at.
fn line_of(subject: &Subject, origin: &Origin) -> Option<String> {
    let tree = subject.change.tree(origin.side);
    let content = tree.read(tree.entry(&origin.place.path)?).ok()?;
    let index = (origin.place.line as usize).saturating_sub(1);
    let line = content.split(|b| *b == b'\n').nth(index)?;
    Some(String::from_utf8_lossy(line).into_owned())
}
