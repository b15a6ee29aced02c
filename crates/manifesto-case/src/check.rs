//! Comparing what came out with what a page expects, or rewriting the page.

use std::path::Path;

use similar::{ChangeTag, TextDiff};

use crate::page::{Case, cases};

/// Whether expectations are rewritten instead of compared: `MANIFESTO_BLESS=1`.
pub fn blessing() -> bool {
    std::env::var_os("MANIFESTO_BLESS").is_some_and(|value| value == "1")
}

/// Checks every case of the page at `path`: `run` makes the text for an expectation's kind. Returns the differences, one
/// text per case; rewrites the page and returns nothing when blessing.
pub fn check_page(
    path: &Path,
    kinds: &[&str],
    inputs: &[&str],
    run: impl Fn(&Case, &str) -> String,
) -> Vec<String> {
    let page = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut blessed = page.clone();
    let mut failures = Vec::new();
    for case in cases(&page, kinds, inputs).iter().rev() {
        for expectation in case.expectations.iter().rev() {
            let mut actual = run(case, &expectation.kind);
            if !actual.is_empty() && !actual.ends_with('\n') {
                actual.push('\n');
            }
            if actual == expectation.text {
                continue;
            }
            if blessing() {
                blessed.replace_range(expectation.bytes.clone(), &actual);
            } else {
                let title = format!("{} § {} ({})", path.display(), case.name, expectation.kind);
                failures.push(difference(&title, &expectation.text, &actual));
            }
        }
    }
    if blessed != page {
        std::fs::write(path, blessed).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
    failures.reverse();
    failures
}

/// Checks that the file at `path` holds exactly this text; rewrites it when blessing.
pub fn check_text(path: &Path, actual: &str) -> Option<String> {
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    if expected == actual {
        return None;
    }
    if !blessing() {
        return Some(difference(&path.display().to_string(), &expected, actual));
    }
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    }
    std::fs::write(path, actual).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    None
}

fn difference(title: &str, expected: &str, actual: &str) -> String {
    let diff = TextDiff::from_lines(expected, actual);
    let lines = diff.iter_all_changes().map(|change| {
        let sign = match change.tag() {
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
            ChangeTag::Equal => ' ',
        };
        format!("{sign}{}", change.to_string_lossy().trim_end_matches('\n'))
    });
    let lines: Vec<String> = lines.collect();
    format!("{title}\n(- expected, + actual; MANIFESTO_BLESS=1 accepts)\n{}\n", lines.join("\n"))
}
