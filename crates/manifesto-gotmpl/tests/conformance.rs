//! The reference's answers, where its data stand beside the workspace.

#![allow(clippy::unwrap_used, clippy::format_collect, reason = "a test that panics has failed, as it should")]

mod support;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use manifesto_gotmpl::Limits;
use manifesto_yaml::{Dialect, Node};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/conformance/gotmpl");
const PASSING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance.passing");

/// What Helm adds to errors whatever they are.
const DEBUG_HINT: &str = "\n\nUse --debug flag";

struct Case {
    id: String,
    tpl: String,
    expected: Result<String, String>,
}

fn read(path: &str) -> Vec<Case> {
    let text = std::fs::read_to_string(path).unwrap();
    let text_of = |node: &Node, key: &str| node.get(key).and_then(Node::as_str).map(str::to_owned);
    text.lines()
        .enumerate()
        .map(|(number, line)| {
            let parsed =
                manifesto_yaml::parse(line.as_bytes(), Dialect::SigsV2, &manifesto_yaml::Limits::default());
            let node = &parsed.documents[0].root;
            // Long errors are stored without their end: the hint may be cut too.
            let error = || text_of(node, "err").unwrap().split(DEBUG_HINT).next().unwrap().to_owned();
            Case {
                id: text_of(node, "id").unwrap_or_else(|| format!("trap-{}", number + 1)),
                tpl: text_of(node, "tpl").unwrap(),
                expected: text_of(node, "out").ok_or_else(error),
            }
        })
        .collect()
}

#[test]
fn answers_are_the_references() {
    if !Path::new(DATA).exists() {
        println!("skipped: no conformance data beside the workspace");
        return;
    }
    let functions = Arc::new(support::functions());
    let json = std::fs::read(format!("{DATA}/data.json")).unwrap();
    let mut passing = BTreeSet::new();
    let mut failing = Vec::new();
    for file in ["open.jsonl", "traps.jsonl"] {
        for case in read(&format!("{DATA}/{file}")) {
            let result = support::render(
                &functions,
                case.tpl.as_bytes(),
                support::read_values(&json),
                Limits::default(),
            );
            let result =
                result.map(|out| String::from_utf8_lossy(&out).into_owned()).map_err(|(text, _)| text);
            if result == case.expected {
                passing.insert(case.id);
            } else {
                failing.push(format!(
                    "{}\n  tpl: {:?}\n  expected: {:?}\n  got:      {:?}",
                    case.id, case.tpl, case.expected, result
                ));
            }
        }
    }
    if std::env::var_os("MANIFESTO_SHOW").is_some() {
        println!("{}", failing.join("\n"));
    }
    println!("{} pass, {} fail", passing.len(), failing.len());
    if std::env::var_os("MANIFESTO_BLESS").is_some() {
        let lines: String = passing.iter().map(|id| format!("{id}\n")).collect();
        std::fs::write(PASSING, lines).unwrap();
    }
    let known = std::fs::read_to_string(PASSING).unwrap_or_default();
    let lost: Vec<&str> = known.lines().filter(|id| !passing.contains(*id)).collect();
    assert!(lost.is_empty(), "passed before: {lost:?}");
}
