//! Tables of values: Go's `map[string]interface {}`.

use std::collections::BTreeMap;

use manifesto_gotmpl::{List, Map, MapKind, Str, Value};

/// A fresh table.
pub(crate) fn empty_table() -> Map {
    Map::new(MapKind::Any, BTreeMap::new())
}

/// The table, if the value is one.
pub(crate) fn as_table(value: &Value) -> Option<Map> {
    match value {
        Value::Map(map) if matches!(map.kind, MapKind::Any) => Some(map.clone()),
        _ => None,
    }
}

/// `Values.Table`: the table at a path with dots.
pub(crate) fn table_at(values: &Map, path: &str) -> Option<Map> {
    path.split('.').try_fold(values.clone(), |table, key| as_table(&table.get(key.as_bytes())?))
}

/// `Values.PathValue`: what stands at a path with dots and is no table.
pub(crate) fn at_path(values: &Map, path: &str) -> Option<Value> {
    let value = match path.rsplit_once('.') {
        Some((table, key)) => table_at(values, table)?.get(key.as_bytes()),
        None => values.get(path.as_bytes()),
    }?;
    as_table(&value).is_none().then_some(value)
}

/// A copy that shares no table and no list. Depth is that of what YAML may hold.
pub(crate) fn deep_copy(value: &Value) -> Value {
    match value {
        Value::Map(map) => {
            let copied: BTreeMap<Str, Value> =
                map.entries().into_iter().map(|(key, value)| (key, deep_copy(&value))).collect();
            Value::Map(Map::new(map.kind, copied))
        }
        Value::List(list) if !list.is_nil() => {
            Value::List(List::new(list.kind, list.to_vec().iter().map(deep_copy).collect()))
        }
        other => other.clone(),
    }
}
