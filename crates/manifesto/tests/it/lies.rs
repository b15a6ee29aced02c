//! Real changes, honestly drafted; then twenty lies are written into each draft, and all of them are found.
//!
//! A file of `tests/lies` holds the lies about one case, a line each: a sentence, `sh` and a command, or `box` and the words
//! of a box that is ticked or cleared against the evidence.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::run::{git, run_in, shared, workspace};

const LIES: usize = 20;

#[test]
fn a_draft_has_no_finding_and_every_lie_in_it_is_found() {
    let (Some(bundle), Some(template)) = (shared("corpora/arcane.bundle"), shared("template/feature.md"))
    else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let clone = ["clone", "-q", "--bare", bundle.to_str().unwrap(), "arcane.git"];
    if git(directory.path(), &clone).is_none() {
        return;
    }
    let missed: Vec<String> = cases()
        .iter()
        .flat_map(|path| {
            let repository = directory.path().join("arcane.git");
            Case { repository, template: template.clone(), path: path.clone() }.missed()
        })
        .collect();
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

fn cases() -> Vec<PathBuf> {
    let directory = workspace().join("crates/manifesto/tests/lies");
    let mut cases: Vec<PathBuf> =
        std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert_eq!(cases.len(), 12);
    cases
}

struct Case {
    repository: PathBuf,
    template: PathBuf,
    path: PathBuf,
}

impl Case {
    fn run(&self, verb: &str, rest: &[&str], input: &str) -> String {
        let case = self.name();
        let range = format!("{case}/base..{case}/head");
        let usual = [verb, &range, "--template", self.template.to_str().unwrap()];
        let run = run_in(&self.repository, &[&usual[..], rest].concat(), input.as_bytes());
        assert!(matches!(run.code, 0 | 1), "{case}: {}", run.stderr);
        run.stdout
    }

    fn name(&self) -> &str {
        Path::file_stem(&self.path).unwrap().to_str().unwrap()
    }

    /// The lies that no finding is about, and findings that are about no lie.
    fn missed(&self) -> Vec<String> {
        let lies = std::fs::read_to_string(&self.path).unwrap();
        let lies: BTreeSet<&str> = lies.lines().collect();
        assert_eq!(lies.len(), LIES, "{}", self.name());
        let draft = self.run("draft", &[], "");
        let honest = self.accused(&draft);
        let (text, told) = lied(&draft, &lies);
        let accused = self.accused(&text);
        let mut missed: Vec<String> =
            honest.iter().map(|line| format!("{}: line {line} of the draft", self.name())).collect();
        let unseen = told.iter().filter(|(_, line)| !accused.contains(line));
        missed.extend(unseen.map(|(lie, _)| format!("{}: not found: {lie}", self.name())));
        let is_told = |line: &usize| told.iter().any(|(_, told)| told == line);
        let others = accused.iter().filter(|line| !is_told(line));
        missed.extend(others.map(|line| format!("{}: line {line} is no lie", self.name())));
        missed
    }

    /// The lines of a text that findings are about.
    fn accused(&self, text: &str) -> BTreeSet<usize> {
        let report = self.run("check", &["--text", "-", "--format", "json"], text);
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        let findings = report["text"]["findings"].as_array().unwrap();
        findings.iter().map(|finding| usize::try_from(finding["line"].as_u64().unwrap()).unwrap()).collect()
    }
}

/// A draft with the lies in it, each with its line.
fn lied<'l>(draft: &str, lies: &BTreeSet<&'l str>) -> (String, Vec<(&'l str, usize)>) {
    let mut lines: Vec<String> = draft.lines().map(str::to_owned).collect();
    let mut told = Vec::new();
    for lie in lies {
        let Some(label) = lie.strip_prefix("box ") else { continue };
        let is_it = |line: &String| line.contains(label) && (line.contains("[ ]") || line.contains("[x]"));
        let at = lines.iter().position(is_it).unwrap_or_else(|| panic!("no box {label}"));
        let ticked = lines[at].contains("[x]");
        lines[at] = if ticked { lines[at].replace("[x]", "[ ]") } else { lines[at].replace("[ ]", "[x]") };
        told.push((*lie, at + 1));
    }
    lines.extend(["", "## Implementation notes", ""].map(str::to_owned));
    for lie in lies.iter().filter(|lie| !lie.starts_with("box ")) {
        if let Some(command) = lie.strip_prefix("sh ") {
            lines.extend(["```sh", command, "```", ""].map(str::to_owned));
            told.push((*lie, lines.len() - 2));
        } else {
            lines.extend([lie, ""].map(str::to_owned));
            told.push((*lie, lines.len() - 1));
        }
    }
    (lines.join("\n"), told)
}
