//! What a draft changes in a text.

use std::fmt::Write as _;

use similar::{ChangeTag, TextDiff};

use super::style::{ADDED, DIM, REMOVED, paint};

/// So many unchanged lines are shown around each change.
const CONTEXT: usize = 2;

/// The lines that differ between two texts, with a little context.
pub fn text_diff(before: &str, after: &str) -> String {
    let diff = TextDiff::from_lines(before, after);
    let mut text = String::new();
    for (index, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if index > 0 {
            let _ = writeln!(text, "{}", paint(DIM, "  ⋮"));
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let line = change.value().trim_end_matches(['\n', '\r']);
            let _ = match change.tag() {
                ChangeTag::Delete => writeln!(text, "{}", paint(REMOVED, format!("- {line}"))),
                ChangeTag::Insert => writeln!(text, "{}", paint(ADDED, format!("+ {line}"))),
                ChangeTag::Equal => writeln!(text, "  {line}"),
            };
        }
    }
    text
}
