//! Defaults that differ between two versions of a chart.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::sync::Arc;

use manifesto_helm::{ChangedDefault, Chart, Values, changed_defaults};
use manifesto_tree::{MemTree, TreePath};

fn chart(values: &str) -> Arc<Chart> {
    let tree = MemTree::new()
        .file("Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n")
        .file("values.yaml", values)
        .build();
    Chart::load(&tree, &TreePath::root()).chart.unwrap()
}

fn changed(base: &str, head: &str, given: &str) -> Vec<String> {
    let given = Values::from_file("mine.yaml", given.as_bytes());
    let line = |change: &ChangedDefault| {
        let [from, to] = [&change.base, &change.head].map(|side| side.as_deref().unwrap_or("-"));
        format!("{}: {from} to {to}", change.path.join("."))
    };
    changed_defaults(&chart(base), &chart(head), &given).iter().map(line).collect()
}

#[test]
fn defaults_are_compared_key_by_key() {
    let base = "a: 1\nold: x\nlist: [1]\nin: {b: false, same: 1}\nfree: {}\nimage: {tag: 1.0.0}\n";
    let head = "a: 2\nnew: null\nlist: [1, 2]\nin: {b: true, same: 1}\nfree: {c: 1}\nimage: {tag: 2.0.0}\n";
    assert_eq!(
        changed(base, head, ""),
        [
            "a: 1 to 2",
            "old: \"x\" to -",
            "list: [1] to [1,2]",
            "in.b: false to true",
            "free.c: - to 1",
            "new: - to null"
        ]
    );
}

#[test]
fn what_is_given_stays_as_it_is() {
    assert_eq!(
        changed("a: 1\nin: {b: 1, c: 1}\n", "a: 2\nin: {b: 2, c: 2}\n", "a: 3\nin: {b: 9}\n"),
        ["in.c: 1 to 2"]
    );
    assert_eq!(changed("in: {b: 1}\n", "in: {b: 2}\n", "in: null\n"), [""; 0]);
    assert_eq!(changed("in: {b: 1}\n", "in: 5\n", "in: {b: 1}\n"), [""; 0]);
}
