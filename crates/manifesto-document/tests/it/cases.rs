//! Literate cases: a file with a template, a text and evidence, and what must come of them.
//!
//! `MANIFESTO_BLESS=1 cargo test` rewrites the expectations.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use manifesto_document::{CheckOptions, Checked, DraftOptions, Drafted, check, draft};
use manifesto_evidence::Finding;

use crate::literal;

const SECTION: &str = "=== ";

/// A case: named sections of text, in their order.
struct Case {
    path: PathBuf,
    sections: Vec<(String, String)>,
}

impl Case {
    fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let mut sections: Vec<(String, String)> = Vec::new();
        for line in text.split_inclusive('\n') {
            match (line.strip_prefix(SECTION), sections.last_mut()) {
                (Some(name), _) => sections.push((name.trim().to_owned(), String::new())),
                (None, Some((_, body))) => body.push_str(line),
                (None, None) => {}
            }
        }
        Self { path: path.to_owned(), sections }
    }

    fn section(&self, name: &str) -> Option<&str> {
        self.sections.iter().find(|(section, _)| section == name).map(|(_, body)| body.as_str())
    }

    /// The template: written out, or named after a file beside the cases.
    fn template(&self) -> String {
        let body = self.section("template").unwrap_or_default();
        match body.strip_prefix("file ") {
            Some(name) => std::fs::read_to_string(self.path.with_file_name(name.trim())).unwrap(),
            None => body.to_owned(),
        }
    }

    fn answer(&self, name: &str) -> Option<String> {
        let (template, text) = (self.template(), self.section("text").unwrap_or_default());
        let evidence = literal::evidence(self.section("evidence").unwrap_or_default());
        let options = DraftOptions::new("a1b2c3d", "e4f5a6b");
        match name {
            "draft" => Some(draft(&template, text, &evidence, &options).text),
            "outcomes" => Some(outcomes(&draft(&template, text, &evidence, &options))),
            "findings" => Some(findings(text, &check(&template, text, &evidence, &CheckOptions::default()))),
            "claims" => Some(claims(&check(&template, text, &evidence, &CheckOptions::default()))),
            "boxes" => Some(boxes(&check(&template, text, &evidence, &CheckOptions::default()))),
            "draft findings" => {
                let text = draft(&template, text, &evidence, &options).text;
                Some(findings(&text, &check(&template, &text, &evidence, &CheckOptions::default())))
            }
            _ => None,
        }
    }
}

fn outcomes(drafted: &Drafted) -> String {
    let mut text = String::new();
    for slot in &drafted.slots {
        writeln!(text, "{}: {}", slot.slot, slot.outcome).unwrap();
    }
    for label in &drafted.ticked {
        writeln!(text, "ticked: {label}").unwrap();
    }
    for note in &drafted.notes {
        writeln!(text, "note: {note}").unwrap();
    }
    text
}

fn boxes(checked: &Checked) -> String {
    checked.boxes.iter().fold(String::new(), |mut text, report| {
        let mark = if report.ticked { 'x' } else { ' ' };
        let question = report.predicate.map_or("-", |predicate| predicate.id);
        writeln!(text, "[{mark}] {} | {question} | {}", report.label, report.verdict.name()).unwrap();
        text
    })
}

fn claims(checked: &Checked) -> String {
    checked.claims.iter().fold(String::new(), |mut text, report| {
        let (verdict, line) = (report.verdict.name(), report.span.line);
        writeln!(text, "{line}: {} | {} | {verdict}", report.rule.id, report.claim).unwrap();
        text
    })
}

fn findings(body: &str, checked: &Checked) -> String {
    let mut text = String::new();
    checked.findings.iter().for_each(|found| write_finding(&mut text, body, found));
    writeln!(text, "{} answered, {} unanswered", checked.answered, checked.unanswered).unwrap();
    text
}

fn write_finding(text: &mut String, body: &str, found: &Finding) {
    writeln!(text, "{}[{}]: {}", found.level, found.rule.id, found.message).unwrap();
    if let Some(span) = &found.text {
        writeln!(text, "  {}:{} {:?} ({})", span.line, span.column, &body[span.bytes.clone()], found.label)
            .unwrap();
    }
    for witness in &found.witnesses {
        writeln!(text, "  {}: {}", witness.origin, witness.says).unwrap();
    }
    for note in &found.notes {
        writeln!(text, "  note: {note}").unwrap();
    }
    if let Some(help) = &found.help {
        writeln!(text, "  help: {help}").unwrap();
    }
}

#[test]
fn cases_come_out_as_written() {
    let directory = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases"));
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "case"));
    paths.sort();
    assert!(paths.len() > 15, "cases are missing");
    let bless = std::env::var_os("MANIFESTO_BLESS").is_some();
    let mut wrong = Vec::new();
    for path in paths {
        let mut case = Case::read(&path);
        for index in 0..case.sections.len() {
            let (name, expected) = &case.sections[index];
            let Some(actual) = case.answer(name) else { continue };
            // A section ends with a line end, whatever the text in it does.
            let actual = if actual.ends_with('\n') { actual } else { actual + "\n" };
            if actual == *expected {
                continue;
            }
            wrong.push(format!("{} {name}\n--- expected\n{expected}\n--- actual\n{actual}", path.display()));
            case.sections[index].1 = actual;
        }
        if bless {
            let write = |text: String, (name, body): &(String, String)| text + SECTION + name + "\n" + body;
            std::fs::write(&path, case.sections.iter().fold(String::new(), write)).unwrap();
        }
    }
    assert!(bless || wrong.is_empty(), "{}", wrong.join("\n"));
}
