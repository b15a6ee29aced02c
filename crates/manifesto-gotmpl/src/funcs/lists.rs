//! Lists: sprig's `list.go`. Each function has a twin with `must`, which fails the same way here: Go turns the panics of
//! the one and the errors of the other into the same message.

use super::{Answer, Args, elements, fixed, fixed_any, nil_dereference, variadic, variadic_any};
use crate::error::Failure;
use crate::exec::{Executor, is_zero};
use crate::host::Param::{Any, Int};
use crate::library::Function;
use crate::value::{List, ListKind, Value};

pub(super) fn functions() -> Vec<Function> {
    let mut functions = vec![
        variadic("list", &[Any], |_, args| Ok(Value::list(args.all().to_vec()))),
        variadic("tuple", &[Any], |_, args| Ok(Value::list(args.all().to_vec()))),
        variadic_any("concat", &[Any], concat),
    ];
    for name in ["append", "push", "mustAppend", "mustPush"] {
        functions.push(fixed(name, &[Any, Any], append));
    }
    for name in ["prepend", "mustPrepend"] {
        functions.push(fixed(name, &[Any, Any], prepend));
    }
    for name in ["first", "mustFirst"] {
        functions.push(fixed_any(name, &[Any], first));
    }
    for name in ["last", "mustLast"] {
        functions.push(fixed_any(name, &[Any], last));
    }
    for name in ["rest", "mustRest"] {
        functions.push(fixed(name, &[Any], rest));
    }
    for name in ["initial", "mustInitial"] {
        functions.push(fixed(name, &[Any], initial));
    }
    for name in ["reverse", "mustReverse"] {
        functions.push(fixed(name, &[Any], reverse));
    }
    for name in ["uniq", "mustUniq"] {
        functions.push(fixed(name, &[Any], uniq));
    }
    for name in ["compact", "mustCompact"] {
        functions.push(fixed(name, &[Any], compact));
    }
    for name in ["without", "mustWithout"] {
        functions.push(variadic(name, &[Any, Any], without));
    }
    for name in ["has", "mustHas"] {
        functions.push(fixed(name, &[Any, Any], has));
    }
    for name in ["slice", "mustSlice"] {
        functions.push(variadic_any(name, &[Any, Any], slice));
    }
    for name in ["chunk", "mustChunk"] {
        functions.push(fixed(name, &[Int, Any], chunk));
    }
    functions
}

fn append(_: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let mut values = elements(args.get(0), "Cannot push on type")?;
    values.push(args.get(1).clone());
    Ok(Value::list(values))
}

fn prepend(_: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let mut values = elements(args.get(0), "Cannot prepend on type")?;
    values.insert(0, args.get(1).clone());
    Ok(Value::list(values))
}

fn first(_: &mut Executor<'_>, args: Args<'_>) -> Answer {
    if let Value::List(list) = args.get(0) {
        return Ok(list.get(0).unwrap_or_default());
    }
    Ok(elements(args.get(0), "Cannot find first on type")?.into_iter().next().unwrap_or_default())
}

fn last(_: &mut Executor<'_>, args: Args<'_>) -> Answer {
    if let Value::List(list) = args.get(0) {
        return Ok(list.len().checked_sub(1).and_then(|last| list.get(last)).unwrap_or_default());
    }
    Ok(elements(args.get(0), "Cannot find last on type")?.pop().unwrap_or_default())
}

/// Of an empty list Go returns a nil slice.
fn rest(_: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let mut values = elements(args.get(0), "Cannot find rest on type")?;
    if values.is_empty() {
        return Ok(Value::List(List::nil(ListKind::Any)));
    }
    values.remove(0);
    Ok(Value::list(values))
}

fn initial(_: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let mut values = elements(args.get(0), "Cannot find initial on type")?;
    if values.pop().is_none() {
        return Ok(Value::List(List::nil(ListKind::Any)));
    }
    Ok(Value::list(values))
}

fn reverse(_: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let mut values = elements(args.get(0), "Cannot find reverse on type")?;
    values.reverse();
    Ok(Value::list(values))
}

fn compact(_: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let values = elements(args.get(0), "Cannot compact on type")?;
    Ok(Value::list(values.into_iter().filter(|value| !is_zero(value)).collect()))
}

fn is_in(executor: &mut Executor<'_>, values: &[Value], wanted: &Value) -> Result<bool, Failure> {
    for value in values {
        if executor.deep_equal(wanted, value)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn uniq(executor: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let mut kept = Vec::new();
    for value in elements(args.get(0), "Cannot find uniq on type")? {
        if !is_in(executor, &kept, &value)? {
            kept.push(value);
        }
    }
    Ok(Value::list(kept))
}

fn without(executor: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let mut kept = Vec::new();
    for value in elements(args.get(0), "Cannot find without on type")? {
        if !is_in(executor, args.from(1), &value)? {
            kept.push(value);
        }
    }
    Ok(Value::list(kept))
}

fn has(executor: &mut Executor<'_>, args: Args<'_>) -> Answer {
    if args.get(1).is_nil() {
        return Ok(Value::Bool(false));
    }
    let values = elements(args.get(1), "Cannot find has on type")?;
    Ok(Value::Bool(is_in(executor, &values, args.get(0))?))
}

/// A window on the same elements. It can reach behind the end, as far as Go's allocator made room.
fn slice(_: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let list = match args.get(0) {
        Value::List(list) => list.clone(),
        other => List::new(ListKind::Any, elements(other, "list should be type of slice or array but")?),
    };
    if list.is_empty() {
        return Ok(Value::Nil);
    }
    let bound = |index: usize, default: usize| match args.from(1).get(index) {
        Some(value) => usize::try_from(super::numbers::to_int64(value)).ok(),
        None => Some(default),
    };
    let window = bound(0, 0).zip(bound(1, list.len())).and_then(|(start, end)| list.slice(start, end));
    let window = window.ok_or_else(|| Failure::text("reflect.Value.Slice: slice index out of bounds"))?;
    Ok(Value::List(window))
}

fn concat(executor: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let mut values: Option<Vec<Value>> = None;
    for list in args.all() {
        let more = match list {
            Value::Nil => return Err(nil_dereference()),
            list => elements(list, "Cannot concat type")
                .map_err(|_| Failure::text(format!("Cannot concat type {} as list", list.kind().name())))?,
        };
        executor.reserve(more.len() as u64 * 24)?;
        if !more.is_empty() {
            values.get_or_insert_default().extend(more);
        }
    }
    Ok(Value::List(values.map_or(List::nil(ListKind::Any), |values| List::new(ListKind::Any, values))))
}

fn chunk(_: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let values = elements(args.get(1), "Cannot chunk type")?;
    let chunks = match usize::try_from(args.int(0)) {
        Ok(size @ 1..) => values.chunks(size).map(|chunk| Value::list(chunk.to_vec())).collect(),
        // Go computes with floats how many chunks there are, and then makes them as long as asked: of a negative
        // length it can make none.
        _ => match (values.len() as u64, args.int(0).unsigned_abs()) {
            (1, 2..) => vec![Value::list(values)],
            (len @ 2.., size @ 1..) if len - 1 <= size => Vec::new(),
            _ => return Err(Failure::text("runtime error: makeslice: len out of range")),
        },
    };
    Ok(Value::List(List::new(ListKind::List, chunks)))
}
