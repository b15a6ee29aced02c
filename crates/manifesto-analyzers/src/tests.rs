use std::fmt::Write as _;
use std::path::PathBuf;

use manifesto_case::{Case, check_page};
use manifesto_evidence::{Evidence, Topic, Truth};
use manifesto_gitops::Change;

use crate::{ANALYZERS, analyze};

const HEADINGS: [&str; 5] =
    ["## Question", "## What counts as evidence", "## What it cannot see", "## Example", "## Configuration"];

fn page_path(topic: Topic) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("src")
        .join(topic.slug().replace('-', "_"))
        .join("README.md")
}

/// Runs the analyzers over a case and prints what one topic has to say.
fn run(case: &Case, topic: Topic, kind: &str) -> String {
    let files = manifesto_tree::file_changes(&case.base, &case.head);
    let evidence = analyze(&Change::between(&case.base, &case.head, files));
    match kind {
        "evidence" => facts(&evidence, topic),
        _ => answers(&evidence, topic),
    }
}

fn facts(evidence: &Evidence, topic: Topic) -> String {
    evidence.about(topic).fold(String::new(), |mut text, fact| {
        let component = fact.component.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
        let origin =
            fact.origins.first().map(|origin| format!("  <- {} {origin}", origin.side)).unwrap_or_default();
        let _ = writeln!(text, "{:?} {component}{}{origin}", fact.weight, fact.text);
        text
    })
}

fn answers(evidence: &Evidence, topic: Topic) -> String {
    let own = evidence.answers.iter().filter(|answer| answer.predicate.topic == topic);
    own.fold(String::new(), |mut text, answer| {
        let (truth, why) = match &answer.truth {
            Truth::Yes(reasons) => ("yes", reasons.iter().map(|reason| reason.text.to_string()).collect()),
            Truth::Arguable(reasons) => {
                ("arguable", reasons.iter().map(|reason| reason.text.to_string()).collect())
            }
            Truth::Unknown(gaps) => {
                ("unknown", gaps.iter().map(|gap| gap.detail.clone()).collect::<Vec<_>>())
            }
            Truth::No => ("no", Vec::new()),
        };
        let why = if why.is_empty() { String::new() } else { format!(": {}", why.join("; ")) };
        let _ = writeln!(text, "{} {truth}{why}", answer.predicate.id);
        text
    })
}

/// The page of a topic is its test: what it shows is what comes out.
#[test]
fn pages_tell_the_truth() {
    let failures: Vec<String> = ANALYZERS
        .iter()
        .flat_map(|analyzer| {
            let run = |case: &Case, kind: &str| run(case, analyzer.topic, kind);
            check_page(&page_path(analyzer.topic), &["evidence", "answers"], &[], run)
        })
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_page_has_the_same_headings_and_a_case() {
    for analyzer in ANALYZERS {
        let found: Vec<&str> = analyzer.page.lines().filter(|line| line.starts_with("## ")).collect();
        assert_eq!(found, HEADINGS, "{}", analyzer.topic);
        assert!(
            analyzer.page.contains(analyzer.question),
            "{}: the page asks another question",
            analyzer.topic
        );
        assert!(
            analyzer.page.contains("```evidence") || analyzer.page.contains("```answers"),
            "{}",
            analyzer.topic
        );
    }
}

#[test]
#[allow(clippy::disallowed_methods, reason = "the test looks at the folders of the crate itself")]
fn every_folder_is_in_the_table() {
    let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src");
    let folders = std::fs::read_dir(source).unwrap().filter_map(|entry| {
        let entry = entry.unwrap();
        // A folder without a page serves the others.
        let is_topic = entry.path().join("README.md").exists();
        is_topic.then(|| entry.file_name().into_string().unwrap().replace('_', "-"))
    });
    let mut folders: Vec<String> = folders.collect();
    folders.sort();
    let mut topics: Vec<&str> = ANALYZERS.iter().map(|analyzer| analyzer.topic.slug()).collect();
    topics.sort_unstable();
    assert_eq!(folders, topics);
}

#[test]
fn the_table_is_in_the_order_of_the_template() {
    let order: Vec<Topic> = ANALYZERS.iter().map(|analyzer| analyzer.topic).collect();
    let mut sorted = order.clone();
    sorted.sort();
    assert_eq!(order, sorted);
}

#[test]
fn an_analyzer_answers_for_no_other_topic() {
    let case = manifesto_tree::MemTree::new()
        .file("a.yaml", "{apiVersion: v1, kind: Service, metadata: {name: a}}")
        .build();
    let empty = manifesto_tree::MemTree::new().build();
    let change = Change::between(&empty, &case, manifesto_tree::file_changes(&empty, &case));
    let evidence = analyze(&change);
    let known = |topic: Topic| ANALYZERS.iter().any(|analyzer| analyzer.topic == topic);
    assert!(evidence.facts.iter().all(|fact| known(fact.topic)));
    assert!(evidence.answers.iter().all(|answer| known(answer.predicate.topic)));
    assert!(!evidence.facts.is_empty() && !evidence.answers.is_empty());
}
