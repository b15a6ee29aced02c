//! `manifesto check`: the author's text, held against the evidence.

use std::path::Path;

use manifesto_document::{CheckOptions as Checking, Checked, Policy, Profile, check};
use manifesto_evidence::{Level, Origin, TreePath};
use manifesto_report::ci::{self, Findings};
use manifesto_report::json::{self, Reported};
use manifesto_report::{markdown, terminal};

use crate::configuration::{Configuration, Setting};
use crate::failure::Failure;
use crate::input::{self, Subject};
use crate::options::{CheckFormat, CheckOptions, Global, Severity};
use crate::output::Output;
use crate::today::today;
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
    let template = input::template_or_none(&options.text, &subject, &text, output)?;
    let mut checked = check(&template.text, &text, &subject.evidence, &Checking::default());
    let policy = policy(&subject, options)?;
    policy.apply(&mut checked);
    let path = options.text.text.as_deref();
    let name = path.map_or_else(|| "description.md".into(), |path| path.display().to_string());
    let home = path.and_then(|path| in_repository(&subject, path));
    let findings = Findings {
        checked: &checked,
        home: home.as_deref().unwrap_or_else(|| fallback(&subject, &template.path)),
        home_is_text: home.is_some(),
    };
    match options.format {
        CheckFormat::Terminal => output.print(&diagnostics(&subject, &checked, &name, &text))?,
        CheckFormat::Markdown => output.print_exactly(&markdown::check(&checked, &subject.evidence))?,
        CheckFormat::Json => {
            let Subject { change, evidence, range, .. } = &subject;
            let report = Reported { verb: "check", range, change, evidence, checked: Some(&checked) }.into();
            output.print_exactly(&json::text(&report))?;
        }
        CheckFormat::Sarif => output.print_exactly(&ci::sarif::text(&findings))?,
        CheckFormat::Github => output.print_exactly(&ci::github::text(&findings))?,
        CheckFormat::CodeQuality => output.print_exactly(&ci::code_quality::text(&findings))?,
        CheckFormat::Junit => output.print_exactly(&ci::junit::text(&findings))?,
    }
    if fails(options, &policy, &checked) {
        return Ok(exit_code::FINDINGS);
    }
    Ok(subject.completeness_code(&options.change))
}

/// Whether a finding fails the run. Reports that a forge judges by itself fail nothing.
fn fails(options: &CheckOptions, policy: &Policy, checked: &Checked) -> bool {
    let threshold = match options.min_severity {
        Severity::Note => Level::Note,
        Severity::Warning => Level::Warning,
        Severity::Error => Level::Error,
    };
    let is_judged = matches!(options.format, CheckFormat::Sarif | CheckFormat::CodeQuality);
    let advises = policy.profile == Profile::Advise;
    !is_judged && !advises && checked.findings.iter().any(|finding| finding.level >= threshold)
}

/// What the file at base says, and over it the arguments.
fn policy(subject: &Subject, options: &CheckOptions) -> Result<Policy, Failure> {
    let mut policy = Configuration::read(&subject.change.base)?.policy();
    if let Some(profile) = options.profile {
        policy.profile = profile.into();
    }
    let given = [
        (&options.allow, Setting::Allow),
        (&options.warn, Setting::Warning),
        (&options.deny, Setting::Error),
    ];
    for (rules, setting) in given {
        policy.levels.extend(rules.iter().map(|rule| (rule.clone(), setting.level())));
    }
    if let Some(unknown) = policy.unknown_rules().first() {
        return Err(
            Failure::usage(format!("there is no rule {unknown:?}")).hint("`manifesto explain` lists them")
        );
    }
    policy.today = today();
    Ok(policy)
}

/// The path of a text that is a file of the repository at head.
fn in_repository(subject: &Subject, path: &Path) -> Option<String> {
    let path = TreePath::new(path.to_str()?).ok()?;
    subject.change.head.entry(&path).map(|entry| entry.path.to_string())
}

/// A path of the repository for what no line of it speaks against: the template, else the first file that differs.
fn fallback<'s>(subject: &'s Subject, template: &'s TreePath) -> &'s str {
    let of_head = |path: &TreePath| subject.change.head.entry(path).is_some();
    let mut files = subject.evidence.files.iter().map(|file| &file.path).filter(|path| of_head(path));
    let path = if *template == TreePath::root() { files.next().unwrap_or(template) } else { template };
    path.as_str()
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
