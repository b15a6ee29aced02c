//! Renders charts with the reference and with this crate, and compares the bytes.
//!
//! ```sh
//! cargo run --release -p manifesto-helm --example charts -- ORACLE OUT.tsv DIR...
//! ```
//!
//! `ORACLE` is the directory of the reference's `helm`. Each `DIR` is searched for charts. Every chart is rendered with
//! its own values and with variations of them; `OUT.tsv` gets a line for each render.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a tool that a developer runs and looks at")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use manifesto_yaml::{Dialect, Limits, Node, parse};
use support::command::template;
use support::{Reference, directory_tree};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let oracle = Reference::new(&arguments.next().expect("ORACLE"));
    let out = arguments.next().expect("OUT.tsv");
    let mut charts = Vec::new();
    for directory in arguments {
        find_charts(Path::new(&directory), &mut charts);
    }
    charts.sort();
    let mut table = String::new();
    let mut totals: BTreeMap<&str, usize> = BTreeMap::new();
    for chart in &charts {
        for (variation, set) in variations(chart) {
            let (verdict, why) = compare(&oracle, chart, &set);
            *totals.entry(verdict).or_default() += 1;
            if !matches!(verdict, "equal" | "refused" | "random") {
                println!(
                    "{verdict} {} [{variation}] {}",
                    chart.display(),
                    why.lines().next().unwrap_or_default()
                );
            }
            writeln!(
                table,
                "{}\t{variation}\t{verdict}\t{}",
                chart.display(),
                why.replace(['\n', '\t'], " ")
            )
            .unwrap();
        }
    }
    std::fs::write(out, table).unwrap();
    println!("{} charts: {totals:?}", charts.len());
}

/// Directories with a `Chart.yaml`, but not the charts inside of charts, and no link.
fn find_charts(directory: &Path, found: &mut Vec<PathBuf>) {
    if directory.join("Chart.yaml").is_file() {
        return found.push(directory.to_owned());
    }
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) && entry.file_name() != ".git" {
            find_charts(&entry.path(), found);
        }
    }
}

/// The chart's own values, all `enabled` switches on, and all of them turned round.
fn variations(chart: &Path) -> Vec<(&'static str, Vec<String>)> {
    let mut variations = vec![("defaults", Vec::new())];
    let text = std::fs::read(chart.join("values.yaml")).unwrap_or_default();
    let parsed = parse(&text, Dialect::SigsV2, &Limits::default());
    let Some(document) = parsed.documents.first() else { return variations };
    let mut switches = Vec::new();
    collect_switches(&document.root, "", &mut switches);
    let turned = |(path, on): &(String, bool)| format!("{path}={}", !on);
    let on = switches
        .iter()
        .filter(|(_, on)| !on)
        .filter(|(path, _)| path.ends_with("enabled") || path.ends_with("create"));
    let on: Vec<String> = on.map(turned).collect();
    let some: Vec<String> =
        switches.iter().enumerate().filter(|(at, _)| at % 3 == 0).map(|(_, switch)| turned(switch)).collect();
    let all: Vec<String> = switches.iter().map(turned).collect();
    for (name, set) in [("enabled", on), ("some", some), ("turned", all)] {
        if !set.is_empty() {
            variations.push((name, set));
        }
    }
    variations
}

fn collect_switches(node: &Node, path: &str, found: &mut Vec<(String, bool)>) {
    for entry in node.entries() {
        let Some(key) = entry.key.text() else { continue };
        let key = key
            .replace('\\', "\\\\")
            .replace('.', "\\.")
            .replace(',', "\\,")
            .replace('=', "\\=")
            .replace('[', "\\[");
        let path = if path.is_empty() { key } else { format!("{path}.{key}") };
        match entry.value.as_bool() {
            Some(on) => found.push((path, on)),
            None => collect_switches(&entry.value, &path, found),
        }
    }
}

fn compare(oracle: &Reference, chart: &Path, set: &[String]) -> (&'static str, String) {
    let mut own = vec!["--include-crds".to_owned()];
    own.extend(set.iter().flat_map(|set| ["--set".to_owned(), set.clone()]));
    let mut arguments: Vec<String> = ["template", "web", "."].map(str::to_owned).into();
    arguments.extend(own.iter().cloned());
    let expected = oracle.run(chart, &arguments);
    let ours = template(&directory_tree(chart), &own);
    match (expected, ours) {
        (Ok(expected), Ok(ours)) if expected == ours.text().as_bytes() => ("equal", String::new()),
        (Ok(expected), Ok(ours)) => {
            let again = oracle.run(chart, &arguments);
            if again.as_deref() != Ok(&*expected)
                || ours.taints.iter().any(|taint| taint.function != "lookup")
            {
                return (
                    "random",
                    format!("{:?}", ours.taints.iter().map(|taint| taint.function).collect::<Vec<_>>()),
                );
            }
            ("different", first_difference(&String::from_utf8_lossy(&expected), &ours.text()))
        }
        (Err(theirs), Err(ours)) => ("refused", format!("{theirs} || {ours}")),
        (Ok(_), Err(ours)) => ("ours-refused", ours.to_string()),
        (Err(theirs), Ok(ours)) if !ours.gaps.is_empty() => ("gap", theirs),
        (Err(theirs), Ok(_)) => ("theirs-refused", theirs),
    }
}

fn first_difference(expected: &str, ours: &str) -> String {
    for (number, pair) in expected.lines().zip(ours.lines()).enumerate() {
        if pair.0 != pair.1 {
            return format!("line {}: expected {:?}, got {:?}", number + 1, pair.0, pair.1);
        }
    }
    format!("expected {} lines, got {}", expected.lines().count(), ours.lines().count())
}
