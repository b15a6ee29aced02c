//! Dicts: sprig's `dict.go`. They are references: `set` and `unset` change them for everybody.

use std::collections::BTreeMap;

use super::{Answer, Args, conversion, fixed, fixed_any, merge, variadic, variadic_any};
use crate::error::Failure;
use crate::exec::Executor;
use crate::host::Param::{Any, Dict, Str as S};
use crate::library::Function;
use crate::meter::Budget;
use crate::parse::{STACK_RED_ZONE, STACK_SEGMENT};
use crate::placeholder::TaintKind;
use crate::text::Str;
use crate::value::{List, Map, MapKind, Value};

pub(super) fn functions() -> Vec<Function> {
    let mut functions = vec![
        variadic("dict", &[Any], dict),
        fixed_any("get", &[Dict, S], |_, args| {
            Ok(args.dict(0).get(args.str(1)).unwrap_or_else(|| Value::str("")))
        }),
        fixed("set", &[Dict, S, Any], set),
        fixed("unset", &[Dict, S], |_, args| {
            args.dict(0).remove(args.str(1));
            Ok(args.get(0).clone())
        }),
        fixed("hasKey", &[Dict, S], |_, args| Ok(Value::Bool(args.dict(0).get(args.str(1)).is_some()))),
        variadic("pluck", &[S, Dict], |_, args| {
            let dicts = (1..args.all().len()).map(|index| args.dict(index));
            Ok(Value::list(dicts.filter_map(|dict| dict.get(args.str(0))).collect()))
        }),
        variadic("keys", &[Dict], keys),
        fixed("values", &[Dict], |executor, args| {
            let entries = args.dict(0).entries();
            executor.step(entries.len() as u64)?;
            executor.order_taint("values", entries.len());
            Ok(Value::list(entries.into_iter().map(|(_, value)| value).collect()))
        }),
        variadic("pick", &[Dict, S], |_, args| {
            let keys = (1..args.all().len()).map(|index| args.text(index));
            let dict = args.dict(0);
            Ok(Value::map(keys.filter_map(|key| dict.get(&key).map(|value| (key, value)))))
        }),
        variadic("omit", &[Dict, S], |executor, args| {
            let keys: Vec<&[u8]> = (1..args.all().len()).map(|index| args.str(index)).collect();
            let entries = args.dict(0).entries();
            executor.step(entries.len() as u64)?;
            Ok(Value::map(entries.into_iter().filter(|(key, _)| !keys.contains(&&**key))))
        }),
        variadic_any("dig", &[Any], dig),
    ];
    for name in ["merge", "mustMerge"] {
        functions
            .push(variadic_any(name, &[Dict, Dict], |executor, args| merge::merge(executor, args, false)));
    }
    for name in ["mergeOverwrite", "mustMergeOverwrite"] {
        functions
            .push(variadic_any(name, &[Dict, Dict], |executor, args| merge::merge(executor, args, true)));
    }
    for name in ["deepCopy", "mustDeepCopy"] {
        functions.push(fixed_any(name, &[Any], |executor, args| match args.get(0) {
            Value::Nil => Err(super::nil_dereference()),
            value => Ok(executor.deep_copy(value)?),
        }));
    }
    functions
}

/// A key without a value gets the empty string.
fn dict(executor: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let mut entries = BTreeMap::new();
    for pair in args.all().chunks(2) {
        let [key, rest @ ..] = pair else { continue };
        let value = rest.first().cloned().unwrap_or_else(|| Value::str(""));
        entries.insert(executor.text_of(key)?, value);
    }
    Ok(Value::Map(Map::new(MapKind::Any, entries)))
}

fn set(executor: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let (map, value) = (args.dict(0), args.get(2));
    executor.suspect(&map, value);
    if !map.set(args.text(1), value.clone()) {
        return Err(Failure::text("assignment to entry in nil map"));
    }
    Ok(args.get(0).clone())
}

fn keys(executor: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let mut keys: Vec<Str> = Vec::new();
    for index in 0..args.all().len() {
        executor.step(args.dict(index).len() as u64)?;
        keys.extend(args.dict(index).entries().into_iter().map(|(key, _)| key));
    }
    executor.order_taint("keys", keys.len());
    Ok(Value::strings(keys))
}

fn dig(_: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let [keys @ .., default, last] = args.all() else {
        return Err(Failure::text("dig needs at least three arguments"));
    };
    if keys.is_empty() {
        return Err(Failure::text("dig needs at least three arguments"));
    }
    let plain = |value: &Value| match value {
        Value::Map(map) if matches!(map.kind, MapKind::Any) => Ok(map.clone()),
        other => Err(conversion(other, "map[string]interface {}")),
    };
    let mut dict = plain(last)?;
    let mut path = Vec::new();
    for key in keys {
        match key {
            Value::Str(key) => path.push(key),
            other => return Err(conversion(other, "string")),
        }
    }
    for (number, key) in path.iter().enumerate() {
        let Some(step) = dict.get(key) else { return Ok(default.clone()) };
        if number + 1 == path.len() {
            return Ok(step);
        }
        dict = plain(&step)?;
    }
    Ok(default.clone())
}

impl Executor<'_> {
    /// Lists and maps all the way down.
    pub fn deep_copy(&mut self, value: &Value) -> Result<Value, Failure> {
        Ok(self.deep_copy_at(value, 0)?)
    }

    fn deep_copy_at(&mut self, value: &Value, depth: u32) -> Result<Value, Budget> {
        self.meter.step(1)?;
        if depth > self.meter.limits().value_depth {
            return Err(Budget::ValueDepth);
        }
        stacker::maybe_grow(STACK_RED_ZONE, STACK_SEGMENT, || match value {
            Value::List(list) if !list.is_nil() => {
                self.meter.reserve(list.len() as u64 * 24)?;
                let values = list.to_vec();
                let copies = values.iter().map(|value| self.deep_copy_at(value, depth + 1));
                let copy = List::new(list.kind, copies.collect::<Result<_, _>>()?);
                let bytes = 64 + list.len() as u64 * 24;
                copy.charge(|| self.meter.charge(bytes));
                Ok(Value::List(copy))
            }
            Value::Map(map) if !map.is_nil() => {
                let mut copies = BTreeMap::new();
                for (key, value) in map.entries() {
                    copies.insert(key, self.deep_copy_at(&value, depth + 1)?);
                }
                let bytes = 64 + copies.len() as u64 * crate::meter::ENTRY_COST;
                self.meter.reserve(bytes)?;
                let copy = Map::new(map.kind, copies);
                copy.charge(|| self.meter.charge(bytes));
                Ok(Value::Map(copy))
            }
            Value::Object(object) => Ok(object.deep_copy().unwrap_or_else(|| value.clone())),
            other => Ok(other.clone()),
        })
    }

    /// The reference walks maps in a random order: where there are two entries, ours is only one of the orders.
    fn order_taint(&mut self, function: &'static str, count: usize) {
        if count > 1 {
            self.add_taint(function, TaintKind::Order);
        }
    }
}
