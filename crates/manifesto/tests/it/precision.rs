//! How often `check` is right about real texts: each finding was judged by hand once, and `tests/precision/labels.tsv` says why.
//!
//! The texts are in the material beside the workspace. The repository that they belong to is not: with its clone named in
//! `MANIFESTO_CORPUS`, every text is checked against its change, and a finding that nobody has judged fails the test.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use crate::claims::unwrapped;
use crate::run::{run_in, shared, workspace};

/// As issue 8 asks.
const PRECISION_MIN: f64 = 0.97;
const PRECISION_OF_ERRORS_MIN: f64 = 0.95;

/// A finding that was judged.
struct Label {
    text: String,
    rule: String,
    /// What of the message tells it from others.
    value: String,
    is_true: bool,
    reason: String,
}

fn labels() -> Vec<Label> {
    let path = workspace().join("crates/manifesto/tests/precision/labels.tsv");
    let file = std::fs::read_to_string(path).unwrap();
    let label = |line: &str| {
        let fields: Vec<&str> = line.split('\t').collect();
        let [text, rule, value, verdict, reason] = fields[..] else { panic!("{line:?}") };
        assert!(matches!(verdict, "true" | "false") && !reason.is_empty(), "{line:?}");
        Label {
            text: text.to_owned(),
            rule: rule.to_owned(),
            value: value.to_owned(),
            is_true: verdict == "true",
            reason: reason.to_owned(),
        }
    };
    file.lines().skip(1).map(label).collect()
}

#[test]
fn the_page_of_precision_is_made_of_the_labels() {
    let labels = labels();
    let mut rules: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for label in &labels {
        rules.entry(&label.rule).or_default()[usize::from(label.is_true)] += 1;
    }
    let texts: BTreeSet<&str> = labels.iter().map(|label| label.text.as_str()).collect();
    let right = labels.iter().filter(|label| label.is_true).count();
    let mut page = format!(
        "# Precision\n\nReal descriptions of pull requests, written before Manifesto was, were held against their changes; each finding was \
         judged by hand once.\nThe rules were mended on these same texts, so the figures say what is right about these, not about texts that nobody has seen.\nThis page is made from the labels in `crates/manifesto/tests/precision/labels.tsv`, which say why; a test \
         keeps it so.\n\n{right} of {} findings in {} texts with findings are right.\n\n| rule | level | right | wrong |\n|---|---|---|---|\n",
        labels.len(),
        texts.len(),
    );
    for (id, [wrong, right]) in &rules {
        let rule = manifesto_document::rules::RULES.iter().find(|rule| rule.id == *id).unwrap();
        let _ = writeln!(page, "| {id} | {} | {right} | {wrong} |", rule.level);
        let precision = share(*right, right + wrong);
        let is_error = rule.level == manifesto_evidence::Level::Error;
        assert!(!is_error || precision >= PRECISION_OF_ERRORS_MIN, "{id}: {precision}");
    }
    page.push_str("\n## What was judged\n\n| text | rule | about | right | why |\n|---|---|---|---|---|\n");
    for label in &labels {
        let verdict = if label.is_true { "yes" } else { "no" };
        let _ = writeln!(
            page,
            "| {} | {} | {} | {verdict} | {} |",
            label.text, label.rule, label.value, label.reason
        );
    }
    let failure = manifesto_case::check_text(&workspace().join("docs/precision.md"), &page);
    assert!(failure.is_none(), "{}", failure.unwrap());
    assert!(share(right, labels.len()) >= PRECISION_MIN);
}

#[expect(clippy::cast_precision_loss, reason = "a few dozen")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

#[test]
fn every_finding_in_real_texts_was_judged() {
    let Some(bodies) = shared("corpora/pr-bodies") else { return };
    let Some(repository) = std::env::var_os("MANIFESTO_CORPUS") else {
        println!("skipped: MANIFESTO_CORPUS names no clone of the repository of these texts");
        return;
    };
    let labels = labels();
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(bodies).unwrap() {
        let path = entry.unwrap().path();
        let number = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let own: Vec<&Label> = labels.iter().filter(|label| label.text == number).collect();
        let found = findings(Path::new(&repository), &path);
        let is_it = |label: &Label, (rule, message): &(String, String)| {
            label.rule == *rule && message.contains(&label.value)
        };
        let news = found.iter().filter(|finding| !own.iter().any(|label| is_it(label, finding)));
        wrong.extend(news.map(|finding| format!("{number}: not judged: {finding:?}")));
        let lost = own.iter().filter(|label| label.is_true && !found.iter().any(|own| is_it(label, own)));
        wrong.extend(lost.map(|label| format!("{number}: not found: {} {}", label.rule, label.value)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is wrong with a text, whose first line says which commits it describes.
fn findings(repository: &Path, path: &Path) -> Vec<(String, String)> {
    let file = std::fs::read_to_string(path).unwrap();
    let (head, body) = file.split_once('\n').unwrap();
    let after = |word: &str| head.split_once(word).unwrap().1.split(';').next().unwrap().trim().to_owned();
    let range = format!("{}..{}", after(" base "), after(" merge "));
    let arguments = ["check", &range, "--text", "-", "--format", "json"];
    let run = run_in(repository, &arguments, unwrapped(body).as_bytes());
    let report: serde_json::Value =
        serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr));
    let findings = report["text"]["findings"].as_array().unwrap().iter();
    let word = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    findings.map(|finding| (word(&finding["rule"]), word(&finding["message"]))).collect()
}
