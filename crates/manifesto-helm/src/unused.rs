//! Values that a chart is given and that nothing in it reads: most often a misspelt key.
//!
//! Helm says nothing about them. A key is named here only if no template asked for it, nobody saw the whole table that
//! it is in, and the key stands nowhere in the chart: a key that a template would read in another case is no mistake.

use manifesto_gotmpl::{Map, Str, Value};

use manifesto_tree::Place;

use crate::chart::Chart;
use crate::values::Values;

/// A key that nothing reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnusedValue {
    /// The keys that lead to it.
    pub path: Vec<String>,
    /// The key beside it that may have been meant.
    pub meant: Option<String>,
    /// Where it is given; none where that is no file of a tree.
    pub place: Option<Place>,
}

/// From so much on two keys are alike, of 1.
const LIKENESS_MIN: f64 = 0.75;

/// Starts to note what is asked of the tables that the user gave something into.
pub(crate) fn watch(values: &Map, given: &Map) {
    for (key, value) in given.entries() {
        if let (Some(Value::Map(inner)), Value::Map(value)) = (values.get(&key), value) {
            watch(&inner, &value);
        }
    }
    values.watch();
}

/// What of the given values nothing asked for since [`watch`].
pub(crate) fn unused(chart: &Chart, values: &Map, given: &Map, files: &Values) -> Vec<UnusedValue> {
    let mut search = Search { chart, files, found: Vec::new(), path: Vec::new() };
    search.table(values, given);
    search.found
}

struct Search<'c> {
    chart: &'c Chart,
    files: &'c Values,
    found: Vec<UnusedValue>,
    path: Vec<String>,
}

impl Search<'_> {
    fn table(&mut self, values: &Map, given: &Map) {
        // A table that nobody looked into may be for a case that is not this one.
        let Some(asked) = values.asked().filter(|asked| !asked.is_empty()) else { return };
        for (key, value) in given.entries() {
            let name = key.to_text().into_owned();
            let is_global = self.path.is_empty() && name == "global";
            if is_global || is_note(&name) || matches!(value, Value::Nil) {
                continue;
            }
            self.path.push(name);
            if !asked.contains(&key) {
                self.key(values, given, &key);
            } else if let (Some(Value::Map(inner)), Value::Map(value)) = (values.get(&key), value) {
                self.table(&inner, &value);
            }
            self.path.pop();
        }
    }

    fn key(&mut self, values: &Map, given: &Map, key: &Str) {
        if self.chart.mentions(key) {
            return;
        }
        let name = key.to_text();
        let likeness = |other: &str| strsim::normalized_damerau_levenshtein(other, &name);
        let beside = values.entries().into_iter().filter(|(other, _)| given.get(other).is_none());
        let alike = beside
            .map(|(other, _)| other.to_text().into_owned())
            .filter(|other| likeness(other) >= LIKENESS_MIN)
            .max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
        self.found.push(UnusedValue {
            path: self.path.clone(),
            meant: alike,
            place: self.files.place_of(&self.path),
        });
    }
}

/// Keys that their authors keep for anchors and remarks.
fn is_note(key: &str) -> bool {
    key.starts_with("x-") || !key.starts_with(|first: char| first.is_alphanumeric())
}
