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
use std::time::Duration;

use manifesto_helm::{Chart, render};
use manifesto_tree::{Tree, TreePath};
use manifesto_yaml::{Dialect, Limits, Node, parse};
use support::command::parse as parse_arguments;
use support::{Reference, directory_tree};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let oracle = Reference::new(&arguments.next().expect("ORACLE"));
    let out = arguments.next().expect("OUT.tsv");
    let mut table = String::new();
    let mut totals: BTreeMap<&str, usize> = BTreeMap::new();
    let mut count = 0;
    for directory in arguments.map(PathBuf::from) {
        let mut charts = Vec::new();
        find_charts(&directory, &mut charts);
        charts.sort();
        count += charts.len();
        let tree = directory_tree(&directory);
        for chart in &charts {
            let inside = chart.strip_prefix(&directory).unwrap().to_string_lossy();
            let path = TreePath::new(&inside).unwrap();
            for (variation, set) in variations(chart) {
                let (verdict, why) = compare(&oracle, (&tree, &path), chart, &set);
                *totals.entry(verdict).or_default() += 1;
                if !matches!(verdict, "equal" | "refused" | "random") {
                    let line = why.lines().next().unwrap_or_default();
                    println!("{verdict} {} [{variation}] {line}", chart.display());
                }
                let why = why.replace(['\n', '\t'], " ");
                writeln!(table, "{}\t{variation}\t{verdict}\t{why}", chart.display()).unwrap();
            }
        }
    }
    std::fs::write(out, table).unwrap();
    println!("{count} charts: {totals:?}");
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

fn compare(
    oracle: &Reference,
    (tree, path): (&Tree, &TreePath),
    chart: &Path,
    set: &[String],
) -> (&'static str, String) {
    let mut own = vec!["--include-crds".to_owned()];
    own.extend(set.iter().flat_map(|set| ["--set".to_owned(), set.clone()]));
    let mut arguments: Vec<String> = ["template", "web", "."].map(str::to_owned).into();
    arguments.extend(own.iter().cloned());
    let (values, options) = parse_arguments(tree, &own);
    let ours = Chart::load(tree, path).chart.and_then(|chart| render(&chart, &values, &options));
    match (oracle.run(chart, &arguments), ours) {
        (Ok(expected), Ok(ours)) if expected == ours.text().as_bytes() => ("equal", String::new()),
        (Ok(expected), Ok(ours)) => {
            // Of the clock: two runs in one second are alike.
            std::thread::sleep(Duration::from_millis(1100));
            let again = oracle.run(chart, &arguments).unwrap_or_default();
            let (expected, again) = (String::from_utf8_lossy(&expected), String::from_utf8_lossy(&again));
            match different_line(&expected, &again, &ours.text()) {
                None => ("random", String::new()),
                Some(why) => ("different", why),
            }
        }
        (Err(theirs), Err(ours)) if reason(&theirs) == reason(&ours.to_string()) => {
            ("refused", format!("{theirs} || {ours}"))
        }
        (Err(theirs), Err(ours)) => ("refused-otherwise", format!("{theirs} || {ours}")),
        (Ok(_), Err(ours)) => ("ours-refused", ours.to_string()),
        (Err(theirs), Ok(ours)) if !ours.gaps.is_empty() => ("gap", theirs),
        (Err(theirs), Ok(_)) => ("theirs-refused", theirs),
    }
}

/// The place in a template where a render ends, or the first words of why it does.
fn reason(error: &str) -> String {
    let place = error.split_whitespace().find(|word| word.matches(':').count() >= 2 && word.contains('/'));
    let place = place.map(|place| place.trim_matches(|letter: char| "():".contains(letter)).to_owned());
    place.unwrap_or_else(|| error.split_whitespace().take(4).collect::<Vec<_>>().join(" "))
}

/// The first line that differs although two runs of the reference agree on it.
fn different_line(expected: &str, again: &str, ours: &str) -> Option<String> {
    let counts = [expected, again, ours].map(|text| text.lines().count());
    if counts[0] != counts[2] {
        return Some(format!("expected {} lines, got {}", counts[0], counts[2]));
    }
    let lines = expected.lines().zip(again.lines()).zip(ours.lines()).enumerate();
    let mut wrong = lines.filter(|(_, ((expected, again), ours))| expected == again && expected != ours);
    wrong.next().map(|(number, ((expected, _), ours))| {
        format!("line {}: expected {expected:?}, got {ours:?}", number + 1)
    })
}
