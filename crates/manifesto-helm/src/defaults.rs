//! Defaults that differ between two versions of a chart.

use manifesto_gotmpl::{Map, Value};
use manifesto_yaml::{Html, Limits, Node, to_json};

use crate::chart::Chart;
use crate::values::{Values, empty_table};

/// A default that is another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedDefault {
    /// The keys that lead to it.
    pub path: Vec<String>,
    /// What it was, as JSON; none where there was no such key.
    pub base: Option<String>,
    /// What it is.
    pub head: Option<String>,
}

/// Keys whose values tell which version of a program runs: they differ with every version of a chart.
const VERSIONS: &[&str] = &["tag", "digest", "sha", "version", "appVersion", "checksum", "image"];

/// The defaults that differ and that the given values leave as they are. Tables count by their keys, lists as one.
pub fn changed_defaults(base: &Chart, head: &Chart, given: &Values) -> Vec<ChangedDefault> {
    let given = given.merged(&Limits::default()).unwrap_or_else(|_| empty_table());
    let mut search = Search { given, path: Vec::new(), found: Vec::new() };
    search.compare(Some(&base.values), Some(&head.values));
    search.found
}

struct Search {
    given: Map,
    path: Vec<String>,
    found: Vec<ChangedDefault>,
}

impl Search {
    fn compare(&mut self, base: Option<&Node>, head: Option<&Node>) {
        let table = |node: Option<&Node>| node.is_none_or(|node| node.as_mapping().is_some());
        if !table(base) || !table(head) {
            return self.leaf(base, head);
        }
        let entries = |node: Option<&Node>| node.map(Node::entries).unwrap_or_default().to_vec();
        let (before, after) = (entries(base), entries(head));
        if before.is_empty() && after.is_empty() {
            return self.leaf(base, head);
        }
        let known = |key: &str| before.iter().any(|entry| entry.key.text() == Some(key));
        let new = after.iter().filter(|entry| entry.key.text().is_some_and(|key| !known(key)));
        for key in before.iter().chain(new).filter_map(|entry| entry.key.text()) {
            self.path.push(key.to_owned());
            self.compare(base.and_then(|node| node.get(key)), head.and_then(|node| node.get(key)));
            self.path.pop();
        }
    }

    fn leaf(&mut self, base: Option<&Node>, head: Option<&Node>) {
        let is_version = self.path.last().is_some_and(|key| VERSIONS.contains(&&**key));
        if base == head || is_version || self.is_given() {
            return;
        }
        let shown = |node: Option<&Node>| node.and_then(|node| to_json(node, Html::Plain).ok());
        self.found.push(ChangedDefault { path: self.path.clone(), base: shown(base), head: shown(head) });
    }

    /// Whether the user said something else, or took the key away.
    fn is_given(&self) -> bool {
        let mut table = self.given.clone();
        for key in &self.path {
            match table.get(key.as_bytes()) {
                Some(Value::Map(inner)) => table = inner,
                said => return said.is_some(),
            }
        }
        !table.is_empty()
    }
}
