//! `common.Values`: the type of the dot and of `.Values`, and its methods, which hide keys of their names.

#![allow(clippy::unnecessary_wraps, reason = "all methods of a type have one type")]

use manifesto_gotmpl::{Args, Executor, Failure, Map, MapKind, NamedMap, Param, Signature, Value};

use crate::values::{at_path, empty_table, table_at};

static VALUES: NamedMap = NamedMap {
    name: "common.Values",
    methods: &[
        ("AsMap", Signature::fixed(&[]), as_map),
        ("PathValue", Signature::fixed(&[Param::Str]).boxed(), path_value),
        ("Table", Signature::fixed(&[Param::Str]), table),
        ("YAML", Signature::fixed(&[]), yaml),
    ],
};

/// The same table as `common.Values`.
pub(super) fn typed(map: &Map) -> Value {
    Value::Map(map.typed(MapKind::Named(&VALUES)))
}

fn as_map(_: &mut Executor<'_>, map: &Map, _: Args<'_>) -> Result<Value, Failure> {
    Ok(Value::Map(if map.is_empty() { empty_table() } else { map.typed(MapKind::Any) }))
}

fn path_value(_: &mut Executor<'_>, map: &Map, args: Args<'_>) -> Result<Value, Failure> {
    let path = String::from_utf8_lossy(args.str(0)).into_owned();
    if path.is_empty() {
        return Err(Failure::text("YAML path cannot be empty"));
    }
    let key = path.rsplit('.').next().unwrap_or_default();
    at_path(map, &path).ok_or_else(|| Failure::text(format!("{key:?} is not a value")))
}

fn table(_: &mut Executor<'_>, map: &Map, args: Args<'_>) -> Result<Value, Failure> {
    let path = String::from_utf8_lossy(args.str(0)).into_owned();
    let missing = || {
        let prefix = |end: usize| path.split('.').take(end).collect::<Vec<_>>().join(".");
        let keys: Vec<&str> = path.split('.').collect();
        let failed =
            (1..=keys.len()).find(|&end| table_at(map, &prefix(end)).is_none()).unwrap_or(keys.len());
        let key = keys.get(failed - 1).copied().unwrap_or_default();
        Failure::text(format!("{key:?} is not a table"))
    };
    table_at(map, &path).map(|table| typed(&table)).ok_or_else(missing)
}

fn yaml(executor: &mut Executor<'_>, map: &Map, _: Args<'_>) -> Result<Value, Failure> {
    let text = executor.yaml_text(&Value::Map(map.typed(MapKind::Any)))?;
    match text {
        Value::Str(text) => {
            let mut bytes = text.to_vec();
            bytes.push(b'\n');
            Ok(Value::str(bytes))
        }
        other => Ok(other),
    }
}
