//! Recorded answers of the reference programs. They mean something without the programs.
//!
//! Each line of a fixture is one case. With MANIFESTO_ORACLE and MANIFESTO_BLESS set, the answers are recorded anew.

use std::fmt::Write as _;
use std::fs;

use serde_json::{Value, json};

use crate::answers;
use crate::oracle::Oracle;

fn path(name: &str) -> String {
    format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn lines(name: &str) -> Vec<Value> {
    fs::read_to_string(path(name)).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn bless(name: &str, lines: impl Iterator<Item = Value>) {
    let lines: Vec<String> = lines.map(|line| line.to_string()).collect();
    fs::write(path(name), lines.join("\n") + "\n").unwrap();
}

fn blessing_oracle(user: &str) -> Option<Oracle> {
    std::env::var_os("MANIFESTO_BLESS")?;
    Oracle::find(user)
}

/// Adds to `report` when the answers differ.
fn compare(report: &mut String, case: &Value, name: &str, expected: &Value, ours: &Value) {
    if expected != ours {
        writeln!(report, "{case}\n  {name}:\n    reference {expected}\n    ours      {ours}").unwrap();
    }
}

#[test]
fn texts_are_read_as_the_references_read_them() {
    let cases = lines("reading.jsonl");
    if let Some(oracle) = blessing_oracle("reading") {
        let texts: Vec<String> = cases.iter().map(|case| case["text"].as_str().unwrap().to_owned()).collect();
        let sigs = oracle.read_sigs(&texts);
        let answers = texts.iter().zip(sigs).map(|(text, sigs)| {
            let kyaml = oracle.kustomize(std::slice::from_ref(text)).remove(0);
            json!({ "text": text, "sigs": sigs, "kyaml": kyaml })
        });
        return bless("reading.jsonl", answers);
    }
    assert!(cases.len() >= 100);
    let mut report = String::new();
    for case in &cases {
        let text = case["text"].as_str().unwrap();
        compare(&mut report, &case["text"], "sigs", &case["sigs"], &json!(answers::sigs(text)));
        compare(&mut report, &case["text"], "kyaml", &case["kyaml"], &json!(answers::kyaml(text)));
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn values_are_written_as_the_references_write_them() {
    let cases = lines("writing.jsonl");
    if let Some(oracle) = blessing_oracle("writing") {
        let values: Vec<Value> = cases.iter().map(|case| case["value"].clone()).collect();
        let answers = values.iter().zip(oracle.write(&values)).map(|(value, [yaml, pretty, json, json_pretty])| {
            json!({ "value": value, "toYaml": yaml, "toYamlPretty": pretty, "toJson": json, "toPrettyJson": json_pretty })
        });
        return bless("writing.jsonl", answers);
    }
    assert!(cases.len() >= 100);
    let mut report = String::new();
    for case in &cases {
        let ours = answers::written(&answers::node(&case["value"]));
        for (name, ours) in ["toYaml", "toYamlPretty", "toJson", "toPrettyJson"].into_iter().zip(ours) {
            compare(&mut report, &case["value"], name, &case[name], &json!(ours));
        }
    }
    assert!(report.is_empty(), "{report}");
}
