//! Reports as Markdown, for a comment or a job summary.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use manifesto_document::Checked;
use manifesto_evidence::{Evidence, Finding, Gap, Level, Prose};
use manifesto_gitops::Change;
use manifesto_objects::{ChangeKind, ObjectChange};

use crate::words;

/// So many objects of a component are listed; the rest are folded.
const OBJECTS_SHOWN: usize = 12;
/// GitHub takes so many characters in a comment.
const COMMENT_CHARS_MAX: usize = 65_536;
/// What the first and the last lines of a comment may take of them.
const RESERVED_CHARS: usize = 1_024;

/// What changes in the cluster.
pub fn diff(change: &Change, evidence: &Evidence) -> String {
    let kinds: Vec<&ChangeKind> = change.objects.real().map(|object| &object.kind).collect();
    let tally = words::tally(&kinds);
    let mut text = format!("**{tally}**; {}.\n", words::completeness(&evidence.completeness));
    for ranked in &evidence.components {
        let Some(index) = change.components.iter().position(|component| component.name == ranked.name) else {
            continue;
        };
        let own: Vec<&ObjectChange> =
            change.objects.real().filter(|object| object.component == index).collect();
        let _ = writeln!(
            text,
            "\n#### {} {}\n",
            Prose::new().code(manifesto_gitops::spelled_out(&ranked.name)).to_markdown(),
            ranked.change.name()
        );
        let lines: Vec<String> = own.iter().map(|object| object_line(object)).collect();
        list(&mut text, &lines);
    }
    gaps(&mut text, &evidence.gaps);
    text
}

fn list(text: &mut String, lines: &[String]) {
    let (shown, hidden) = lines.split_at(lines.len().min(OBJECTS_SHOWN));
    for line in shown {
        let _ = writeln!(text, "- {line}");
    }
    if !hidden.is_empty() {
        let _ = write!(text, "\n<details><summary>{} more</summary>\n\n", hidden.len());
        for line in hidden {
            let _ = writeln!(text, "- {line}");
        }
        text.push_str("\n</details>\n");
    }
}

fn object_line(object: &ObjectChange) -> String {
    let prose = Prose::new().words(object.kind.name()).words(" ");
    let prose = match (&object.kind, &object.base) {
        (ChangeKind::Renamed, Some(base)) => prose.code(base.id.short()).words(" to "),
        _ => prose,
    };
    let fields: Vec<String> = object.fields.iter().map(|field| field.path.to_string()).collect();
    let prose = prose.code(object.id());
    let prose = if fields.is_empty() { prose } else { prose.words(": ").list(&fields, 4) };
    prose.map_code(manifesto_gitops::spelled_out).to_markdown()
}

fn gaps(text: &mut String, gaps: &[Gap]) {
    if gaps.is_empty() {
        return;
    }
    text.push_str("\nNot known:\n\n");
    let lines: Vec<String> = gaps.iter().map(known).collect();
    list(text, &lines);
}

fn known(gap: &Gap) -> String {
    Prose::new().code(gap).map_code(manifesto_gitops::spelled_out).to_markdown()
}

/// What is wrong with the author's text.
pub fn check(checked: &Checked, evidence: &Evidence) -> String {
    let mut text = format!("**{}**\n", verdict(&checked.findings));
    if !checked.findings.is_empty() {
        text.push('\n');
    }
    let (parts, hidden) = fitting(&checked.findings);
    text.extend(parts);
    if hidden > 0 {
        let _ = writeln!(text, "\n{hidden} more are left out: a comment cannot be longer.");
    }
    let _ = writeln!(text, "\n{}.", capitalised(&words::completeness(&evidence.completeness)));
    let mut unknown = String::new();
    gaps(&mut unknown, &evidence.gaps);
    if text.chars().count() + unknown.chars().count() <= COMMENT_CHARS_MAX {
        text.push_str(&unknown);
    } else {
        let _ = writeln!(text, "\n{} are left out, too.", words::count(evidence.gaps.len(), "gap"));
    }
    text
}

/// The findings that fit a comment, in the order of the text, and how many do not: of those that do not all fit, the worst
/// are kept whole.
fn fitting(findings: &[Finding]) -> (Vec<String>, usize) {
    let parts: Vec<String> = findings.iter().map(finding_part).collect();
    let mut worst: Vec<(usize, &Finding)> = findings.iter().enumerate().collect();
    worst.sort_by_key(|(_, finding)| std::cmp::Reverse(finding.level));
    let mut room = COMMENT_CHARS_MAX - RESERVED_CHARS;
    let mut kept = BTreeSet::new();
    for (index, _) in worst {
        let length = parts.get(index).map_or(0, |part| part.chars().count());
        let Some(rest) = room.checked_sub(length) else { break };
        room = rest;
        kept.insert(index);
    }
    let hidden = parts.len() - kept.len();
    let parts = parts.into_iter().enumerate().filter(|(index, _)| kept.contains(index));
    (parts.map(|(_, part)| part).collect(), hidden)
}

/// "2 errors, 1 warning", or that nothing is wrong.
fn verdict(findings: &[Finding]) -> String {
    let number = |level: Level| findings.iter().filter(|finding| finding.level == level).count();
    let parts: Vec<String> = [Level::Error, Level::Warning, Level::Note]
        .into_iter()
        .filter(|level| number(*level) > 0)
        .map(|level| words::count(number(level), level.name()))
        .collect();
    if parts.is_empty() { "Nothing in the text contradicts the change".to_owned() } else { parts.join(", ") }
}

fn finding_part(finding: &Finding) -> String {
    let mut text = String::new();
    let line = finding.text.as_ref().map(|span| format!(" (line {})", span.line)).unwrap_or_default();
    let message = Prose::clause(&finding.message).to_markdown();
    let _ = writeln!(text, "- {} `{}`{line}: {message}", finding.level, finding.rule.id);
    for witness in &finding.witnesses {
        let prose = Prose::new().code(&witness.origin).words(": ").prose(Prose::clause(&witness.says));
        let _ = writeln!(text, "  - {}", prose.to_markdown());
    }
    if let Some(help) = &finding.help {
        let _ = writeln!(text, "  - {}", Prose::clause(help).to_markdown());
    }
    text
}

fn capitalised(clause: &str) -> String {
    let mut chars = clause.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
