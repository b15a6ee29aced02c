use manifesto_document::{Checked, rules};
use manifesto_evidence::{Finding, Level, Origin, Place, Side, TreePath};
use serde_json::Value;

use super::{Findings, code_quality, github, junit, sarif};

fn finding(message: &str, level: Level) -> Finding {
    Finding::new(&rules::CLAIM_PATH, message).level(level)
}

fn at(path: &str, line: u32, side: Side) -> Origin {
    Origin::direct(side, Place::line(TreePath::new(path).unwrap(), line))
}

fn checked(findings: Vec<Finding>) -> Checked {
    Checked { findings, ..Checked::default() }
}

fn shown(checked: &Checked) -> Findings<'_> {
    Findings { checked, home: ".github/pull_request_template.md", home_is_text: false }
}

fn hostile() -> Checked {
    let message = "a [link](x) <b> & \"q\" %0A ::error::x\n::warning::y \u{1b}[31m \u{202e} @all closes #1";
    let told = finding(message, Level::Error)
        .witness(at("old/a.yaml", 3, Side::Base), "gone")
        .witness(at("apps/web, 1/ü:x.yaml", 7, Side::Head), "is\n::stop-commands::z");
    checked(vec![finding("a note", Level::Note), told])
}

#[test]
fn every_result_is_on_a_path_of_the_repository() {
    let checked = hostile();
    let log: Value = serde_json::from_str(&sarif::text(&shown(&checked))).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let uri = |result: &Value| {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap().to_owned()
    };
    // The worst comes first, at the line of head; what no line speaks against is at the template.
    assert_eq!(uri(&results[0]), "apps/web,%201/%C3%BC%3Ax.yaml");
    assert_eq!(uri(&results[1]), ".github/pull_request_template.md");
    assert_eq!(results[0]["relatedLocations"].as_array().unwrap().len(), 1);
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(result["locations"][0]["physicalLocation"]["region"]["startLine"].as_u64().unwrap() >= 1);
    }
    let message = results[0]["message"]["text"].as_str().unwrap();
    assert!(message.contains("\\[link\\](x)") && !message.contains('\u{1b}'), "{message}");
}

#[test]
fn a_log_holds_as_many_results_as_are_shown() {
    for (count, results) in [(5_000, 5_000), (5_001, 5_000)] {
        let many = (0..count).map(|n| finding(&format!("{n}"), Level::Note));
        let checked = checked(many.chain([finding("worst", Level::Error)]).skip(1).collect());
        let log: Value = serde_json::from_str(&sarif::text(&shown(&checked))).unwrap();
        assert_eq!(log["runs"][0]["results"].as_array().unwrap().len(), results);
        assert_eq!(log["runs"][0]["results"][0]["level"], "error");
        let told = log["runs"][0]["invocations"][0]["toolExecutionNotifications"].as_array().unwrap().len();
        assert_eq!(told, usize::from(count > results));
    }
}

#[test]
fn findings_cannot_give_workflow_commands() {
    let checked = hostile();
    let text = github::text(&shown(&checked));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(
        lines[0].starts_with("::error file=apps/web%2C 1/ü%3Ax.yaml,line=7,title=claim/path::a "),
        "{text}"
    );
    assert!(lines[1].starts_with("::notice file=.github/pull_request_template.md,line=1,"), "{text}");
}

#[test]
fn there_are_fifty_annotations_at_most() {
    for (count, lines) in [(50, 50), (51, 50), (60, 50)] {
        let checked = checked((0..count).map(|n| finding(&format!("{n}"), Level::Warning)).collect());
        let text = github::text(&shown(&checked));
        assert_eq!(text.lines().count(), lines);
        assert_eq!(text.contains("more findings"), count > 50);
    }
}

#[test]
fn fingerprints_are_unique_and_stay_when_lines_move() {
    let fingerprints = |line: u32| -> Vec<String> {
        let told =
            |message: &str| finding(message, Level::Error).witness(at("a.yaml", line, Side::Head), "x");
        let checked = checked(vec![told("one"), told("one"), told("two")]);
        let issues: Value = serde_json::from_str(&code_quality::text(&shown(&checked))).unwrap();
        let issues = issues.as_array().unwrap().iter();
        issues.map(|issue| issue["fingerprint"].as_str().unwrap().to_owned()).collect()
    };
    let (before, mut unique) = (fingerprints(3), fingerprints(9));
    assert_eq!(before, unique);
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), 3);
}

#[test]
fn a_broken_rule_is_a_failed_test() {
    let checked = hostile();
    let text = junit::text(&shown(&checked));
    assert!(text.contains("failures=\"1\""), "{text}");
    assert_eq!(text.matches("<testcase").count(), rules::RULES.len());
    assert!(text.contains("&lt;b&gt; &amp; &quot;q&quot;") && !text.contains('\u{1b}'), "{text}");
}
