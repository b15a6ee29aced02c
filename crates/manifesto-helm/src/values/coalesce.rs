//! How values of a release, of charts and of the charts in them come together (pkg/chart/common/util/coalesce.go).
//!
//! Tables are shared and changed in place as upstream does it, since templates can see that.

use manifesto_gotmpl::{Map, MapKind, Str, Value};

use super::table::{as_table, deep_copy, empty_table};
use crate::dependencies::Release;
use crate::error::{ErrorKind, HelmError};

const GLOBAL: &[u8] = b"global";

/// What nothing does to a default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nulls {
    /// It takes the key away.
    Delete,
    /// It stays, so that a later step can see it.
    Keep,
}

/// Values with the defaults of a chart; nothing takes a default away. `values` stay as they are.
pub(crate) fn coalesce_values(chart: &Release, values: &Map) -> Result<Map, HelmError> {
    combined(chart, values, Nulls::Delete)
}

/// The same, but nothing stays nothing.
pub(crate) fn merge_values(chart: &Release, values: &Map) -> Result<Map, HelmError> {
    combined(chart, values, Nulls::Keep)
}

fn combined(chart: &Release, values: &Map, nulls: Nulls) -> Result<Map, HelmError> {
    let copy = as_table(&deep_copy(&Value::Map(values.typed(MapKind::Any)))).unwrap_or_else(empty_table);
    coalesce(chart, &copy, nulls)?;
    Ok(copy)
}

fn coalesce(chart: &Release, target: &Map, nulls: Nulls) -> Result<(), HelmError> {
    take_defaults(chart, target, nulls);
    for inner in &chart.charts {
        let key = inner.name.as_bytes();
        let table = match target.get(key) {
            None => {
                let table = empty_table();
                target.set(Str::from(key), Value::Map(table.clone()));
                table
            }
            Some(value) => as_table(&value).ok_or_else(|| {
                let found = value.type_name();
                let message = format!("type mismatch on {}: {found}", inner.name);
                HelmError::new(ErrorKind::Dependency, message)
            })?,
        };
        take_globals(&table, target);
        coalesce(inner, &table, nulls)?;
    }
    Ok(())
}

/// `coalesceGlobals`: tables are copied one level deep, so deeper ones are shared by parent and child.
fn take_globals(target: &Map, source: &Map) {
    let globals = match target.get(GLOBAL) {
        None => empty_table(),
        Some(value) => match as_table(&value) {
            Some(globals) => globals,
            None => return,
        },
    };
    let given = match source.get(GLOBAL) {
        None => empty_table(),
        Some(value) => match as_table(&value) {
            Some(given) => given,
            None => return,
        },
    };
    for (key, value) in given.entries() {
        let known = globals.get(&key);
        if let Some(table) = as_table(&value) {
            let copy = Map::new(MapKind::Any, table.entries().into_iter().collect());
            match known {
                None => {
                    globals.set(key, Value::Map(copy));
                }
                Some(known) => {
                    if let Some(known) = as_table(&known) {
                        // The other way round: what the parent says wins.
                        coalesce_tables(&copy, &known, Nulls::Keep);
                        globals.set(key, Value::Map(copy));
                    }
                }
            }
        } else if known.is_none_or(|known| as_table(&known).is_none()) {
            globals.set(key, value);
        }
    }
    target.set(Str::from(GLOBAL), Value::Map(globals));
}

/// `coalesceValues`: the chart's own values where nothing was given.
fn take_defaults(chart: &Release, target: &Map, nulls: Nulls) {
    let Some(defaults) = as_table(&deep_copy(&Value::Map(chart.values.clone()))) else { return };
    for (key, default) in defaults.entries() {
        match target.get(&key) {
            None => {
                target.set(key, default);
            }
            Some(Value::Nil) if nulls == Nulls::Delete => target.remove(&key),
            Some(given) => {
                if let (Some(given), Some(default)) = (as_table(&given), as_table(&default)) {
                    let of_chart = chart.charts.iter().any(|inner| *inner.name.as_bytes() == *key);
                    let nulls = if of_chart { Nulls::Keep } else { nulls };
                    coalesce_tables(&given, &default, nulls);
                }
            }
        }
    }
}

/// Tables where the target wins and nothing stays nothing.
pub(crate) fn merge_tables(target: &Map, source: &Map) {
    coalesce_tables(target, source, Nulls::Keep);
}

/// `coalesceTablesFullKey`.
fn coalesce_tables(target: &Map, source: &Map, nulls: Nulls) {
    let before = source.entries();
    let had_value = |key: &[u8]| {
        let index = before.binary_search_by(|(known, _)| known.as_bytes().cmp(key));
        index.is_ok_and(|index| before.get(index).is_some_and(|(_, value)| !value.is_nil()))
    };
    for (key, value) in target.entries() {
        if value.is_nil() {
            source.set(key, Value::Nil);
        }
    }
    for (key, value) in source.entries() {
        match target.get(&key) {
            Some(Value::Nil) if nulls == Nulls::Delete && had_value(&key) => target.remove(&key),
            None => {
                target.set(key, value);
            }
            Some(known) => {
                if let (Some(known), Some(value)) = (as_table(&known), as_table(&value)) {
                    coalesce_tables(&known, &value, nulls);
                }
            }
        }
    }
}
