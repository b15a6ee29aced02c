//! `merge` and `mergeOverwrite`: what dario.cat/mergo's `deepMerge` does to maps of interfaces.

use super::{Answer, Args};
use crate::exec::{Executor, is_zero};
use crate::meter::Budget;
use crate::parse::{STACK_RED_ZONE, STACK_SEGMENT};
use crate::value::{Kind, Map, MapKind, Value};

/// Merges the other dicts into the first, which is changed.
pub(super) fn merge(executor: &mut Executor<'_>, args: Args<'_>, overwrite: bool) -> Answer {
    let mut target = args.dict(0);
    for index in 1..args.all().len() {
        let source = args.dict(index);
        if target.is_nil() && !source.is_nil() {
            target = Map::new(MapKind::Any, std::collections::BTreeMap::new());
        }
        into(executor, &target, &source, overwrite, 0)?;
    }
    Ok(Value::Map(target))
}

fn into(
    executor: &mut Executor<'_>,
    target: &Map,
    source: &Map,
    overwrite: bool,
    depth: u32,
) -> Result<(), Budget> {
    if depth > executor.limits().value_depth {
        return Err(Budget::ValueDepth);
    }
    for (key, value) in source.entries() {
        executor.meter.step(2)?;
        let before = target.get(&key);
        // An interface that holds nothing is not merged, but does overwrite.
        if value.is_nil() {
            if overwrite {
                target.set(key, value);
            }
            continue;
        }
        // An empty value gives way like a missing one, whatever its type.
        let occupied = before.as_ref().is_some_and(|before| !is_zero(before));
        match (&before, &value) {
            (Some(Value::Map(inner)), Value::Map(more)) if !inner.is_nil() => {
                stacker::maybe_grow(STACK_RED_ZONE, STACK_SEGMENT, || {
                    into(executor, inner, more, overwrite, depth + 1)
                })?;
                // Without entries of its own the inner map is then replaced by the source's, which both share.
                if occupied {
                    continue;
                }
            }
            // Lists are not merged: the one there stays, unless it is to be overwritten.
            (_, list) if occupied && list.kind() == Kind::Slice && !overwrite => continue,
            _ => {}
        }
        if overwrite || !occupied {
            executor.suspect(target, &value);
            target.set(key, value);
        }
    }
    Ok(())
}
