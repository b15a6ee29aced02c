//! Which values a template read, and where each of them is written.

use std::collections::BTreeSet;

use manifesto_gotmpl::{Map, Str, Value};
use manifesto_tree::Place;
use manifesto_yaml::{Limits, Node};

use crate::chart::Chart;
use crate::dependencies::Release;
use crate::values::{Values, documents};

/// A value that a template asked for. Of a table that it saw as a whole only the table is named.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReadValue {
    /// The keys that lead to it from `.Values` of the outermost chart.
    pub path: Vec<String>,
    /// Who says what it is.
    pub source: ValueSource,
}

/// Who says what a value is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ValueSource {
    /// Nobody: a template that asks for it gets nothing.
    Nobody,
    /// The chart, or a chart in it, by default; where, unless it is packed.
    Default(Option<Place>),
    /// The user; where, unless that is no file of a tree.
    Given(Option<Place>),
}

/// The tables of a release and of the charts in it, and the keys that lead to each. All of them are watched.
pub(crate) struct Watched(Vec<(Vec<String>, Map)>);

impl Watched {
    /// Starts to note what is asked of all values.
    pub(crate) fn start(release: &Release, values: &Map) -> Self {
        watch(values);
        let mut tables = Vec::new();
        collect(release, values, &mut Vec::new(), &mut tables);
        Self(tables)
    }

    /// What was asked since the last time.
    pub(crate) fn taken(&self) -> BTreeSet<Vec<String>> {
        let mut found = BTreeSet::new();
        for (path, table) in &self.0 {
            take(table, &mut path.clone(), &mut found);
        }
        found.into_iter().map(without_chart_of_global).collect()
    }
}

fn watch(values: &Map) {
    for (_, value) in values.peek() {
        if let Value::Map(inner) = value {
            watch(&inner);
        }
    }
    values.watch();
}

/// Inner charts first: what they ask of their values is no question of the outer chart.
fn collect(release: &Release, values: &Map, path: &mut Vec<String>, tables: &mut Vec<(Vec<String>, Map)>) {
    let entries = values.peek();
    for inner in &release.charts {
        let named = entries.iter().find(|(key, _)| **key == *inner.name.as_bytes());
        let Some((_, Value::Map(table))) = named else { continue };
        path.push(inner.name.clone());
        collect(inner, table, path, tables);
        path.pop();
    }
    tables.push((path.clone(), values.clone()));
}

/// Says whether anything was asked of the table.
fn take(table: &Map, path: &mut Vec<String>, found: &mut BTreeSet<Vec<String>>) -> bool {
    let Some((asked, sees_all)) = table.take_asked() else { return false };
    let entries = table.peek();
    for (key, value) in entries.iter().filter(|(key, _)| sees_all || asked.contains(key)) {
        path.push(key.to_text().into_owned());
        let goes_deeper = match value {
            Value::Map(inner) => take(inner, path, found),
            _ => false,
        };
        if !sees_all && !goes_deeper {
            found.insert(path.clone());
        }
        path.pop();
    }
    let is_missing = |key: &&Str| !entries.iter().any(|(known, _)| known == *key);
    for key in asked.iter().filter(is_missing) {
        path.push(key.to_text().into_owned());
        found.insert(path.clone());
        path.pop();
    }
    if sees_all && !path.is_empty() {
        found.insert(path.clone());
    }
    sees_all || !asked.is_empty()
}

/// `global` is the same for all charts of a release.
fn without_chart_of_global(path: Vec<String>) -> Vec<String> {
    match path.iter().position(|key| key == "global") {
        Some(at) if at > 0 => path.into_iter().skip(at).collect(),
        _ => path,
    }
}

/// Finds out who says what values are.
pub(crate) struct Sources<'s> {
    chart: &'s Chart,
    files: Vec<(Node, &'s crate::values::ValuesFile)>,
    given: Map,
}

impl<'s> Sources<'s> {
    pub(crate) fn of(chart: &'s Chart, values: &'s Values, given: Map) -> Self {
        let read = |file: &'s crate::values::ValuesFile| {
            Some((documents(&file.content, &Limits::default()).ok()?, file))
        };
        Self { chart, files: values.files.iter().rev().filter_map(read).collect(), given }
    }

    pub(crate) fn read(&self, path: Vec<String>) -> ReadValue {
        ReadValue { source: self.source(&path), path }
    }

    fn source(&self, path: &[String]) -> ValueSource {
        let in_file = |(root, file): &(Node, &crate::values::ValuesFile)| {
            Some(Place::line(file.path.clone()?, line_of(root, path)?))
        };
        if is_in(&self.given, path) {
            return ValueSource::Given(self.files.iter().find_map(in_file));
        }
        default(self.chart, path)
    }
}

fn is_in(table: &Map, path: &[String]) -> bool {
    let Some((first, rest)) = path.split_first() else { return true };
    match table.get(first.as_bytes()) {
        Some(Value::Map(inner)) => is_in(&inner, rest),
        said => said.is_some() && rest.is_empty(),
    }
}

/// The line of the last of these keys; none where the value has no such key.
fn line_of(root: &Node, path: &[String]) -> Option<u32> {
    let (last, above) = path.split_last()?;
    let table = above.iter().try_fold(root, |node, key| node.get(key))?;
    let entry = table.entries().iter().find(|entry| entry.key.text() == Some(last))?;
    Some(entry.key.mark.line)
}

/// Where a chart, or else the chart in it that the first key names, has a default.
fn default(chart: &Chart, path: &[String]) -> ValueSource {
    if let Some(line) = line_of(&chart.values, path) {
        return ValueSource::Default(chart.values_place(line));
    }
    let Some((name, rest)) = path.split_first() else { return ValueSource::Nobody };
    let needs = chart.metadata.dependencies.iter().flatten();
    let aliased = needs.into_iter().find(|need| need.alias == *name).map(|need| &need.name);
    let inner = chart.charts.iter().find(|inner| inner.name() == aliased.unwrap_or(name));
    inner.map_or(ValueSource::Nobody, |inner| default(inner, rest))
}
