//! The values that differ between two releases, as their templates see them.

use std::collections::BTreeSet;
use std::sync::Arc;

use manifesto_gotmpl::Map;
use manifesto_tree::Side;
use serde_json::Value as Json;

use crate::chart::Chart;
use crate::dependencies::Release;
use crate::error::HelmError;
use crate::release::Options;
use crate::schema;
use crate::value_reads::{ReadValue, Sources, ValueSource};
use crate::values::{Values, coalesce_values};

/// A chart with what it is told.
#[derive(Debug, Clone, Copy)]
pub struct Told<'t> {
    /// The chart.
    pub chart: &'t Arc<Chart>,
    /// What it is told.
    pub values: &'t Values,
    /// How it is rendered.
    pub options: &'t Options,
}

/// A value that differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChangedValue {
    /// The value, and who says it.
    pub value: ReadValue,
    /// Where it is said: in head, unless only base says anything.
    pub side: Side,
}

impl ChangedValue {
    /// Whether a template that read this value, or one above or below it, can have made something else of it.
    pub fn concerns(&self, read: &ReadValue) -> bool {
        let (own, other) = (&self.value.path, &read.path);
        own.starts_with(other) || other.starts_with(own)
    }
}

/// What differs in all that the templates of two releases see: what is given, and the defaults where nothing is. A list
/// counts as one value.
pub fn changed_values(base: Told<'_>, head: Told<'_>) -> Result<Vec<ChangedValue>, HelmError> {
    let (base, head) = (Seen::of(base)?, Seen::of(head)?);
    let mut paths = BTreeSet::new();
    differences(&base.values, &head.values, &mut Vec::new(), &mut paths);
    let changed = |path: Vec<String>| match head.sources.read(path) {
        ReadValue { path, source: ValueSource::Nobody } => {
            ChangedValue { value: base.sources.read(path), side: Side::Base }
        }
        value => ChangedValue { value, side: Side::Head },
    };
    Ok(paths.into_iter().map(changed).collect())
}

struct Seen<'t> {
    values: Json,
    sources: Sources<'t>,
}

impl<'t> Seen<'t> {
    fn of(told: Told<'t>) -> Result<Self, HelmError> {
        let given: Map = told.values.merged(&told.options.limits.yaml)?;
        let mut release = Release::new(told.chart);
        release.process(&given)?;
        let values = coalesce_values(&release, &given)?;
        Ok(Self { values: schema::json_of(&values), sources: Sources::of(told.chart, told.values, given) })
    }
}

fn differences(base: &Json, head: &Json, path: &mut Vec<String>, found: &mut BTreeSet<Vec<String>>) {
    let (Json::Object(before), Json::Object(after)) = (base, head) else {
        if base != head {
            found.insert(path.clone());
        }
        return;
    };
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for key in keys {
        // Charts get it from the chart above.
        if key == "global" && !path.is_empty() {
            continue;
        }
        path.push(key.clone());
        let of = |table: &serde_json::Map<String, Json>| table.get(key).cloned().unwrap_or(Json::Null);
        differences(&of(before), &of(after), path, found);
        path.pop();
    }
}
