//! Strings to lists and back.

use memchr::memmem;

use super::{Answer, Args, fixed};
use crate::error::Failure;
use crate::exec::Executor;
use crate::host::Param::{Any, Int, Str as S};
use crate::library::Function;
use crate::text::Str;
use crate::unicode;
use crate::value::{List, ListKind, Map, MapKind, Value};

pub(super) fn functions() -> Vec<Function> {
    vec![
        fixed("split", &[S, S], |executor, args| numbered(executor, args.str(1), args.str(0), None)),
        fixed("splitn", &[S, Int, S], |executor, args| {
            numbered(executor, args.str(2), args.str(0), Some(args.int(1)))
        }),
        fixed("splitList", &[S, S], |executor, args| {
            let parts = split(executor, args.str(1), args.str(0), None)?;
            Ok(Value::List(List::new(ListKind::Str, parts.into_iter().map(Value::str).collect())))
        }),
        fixed("toStrings", &[Any], |executor, args| match args.get(0) {
            Value::List(list) if list.kind == ListKind::Str => Ok(Value::List(list.clone())),
            other => Ok(Value::strings(strings(executor, other)?)),
        }),
        fixed("join", &[S, Any], join),
        fixed("sortAlpha", &[Any], sort_alpha),
    ]
}

/// `strings.SplitN`; without a count all parts.
fn split<'t>(
    executor: &mut Executor<'_>,
    all: &'t [u8],
    separator: &[u8],
    count: Option<i64>,
) -> Result<Vec<&'t [u8]>, Failure> {
    let limit = match count {
        Some(0) => return Ok(Vec::new()),
        None | Some(..0) => usize::MAX,
        Some(count) => usize::try_from(count).unwrap_or(usize::MAX),
    };
    let ends: Box<dyn Iterator<Item = usize>> = if separator.is_empty() {
        // Nothing separates runes; the start is no place to split.
        Box::new(unicode::runes(all).map(|(at, _)| at).skip(1))
    } else {
        Box::new(memmem::find_iter(all, separator))
    };
    if separator.is_empty() && all.is_empty() {
        return Ok(Vec::new());
    }
    let mut parts = Vec::new();
    let mut start = 0;
    for end in ends {
        if parts.len() + 1 >= limit {
            break;
        }
        parts.push(all.get(start..end).unwrap_or_default());
        start = end + separator.len();
    }
    parts.push(all.get(start..).unwrap_or_default());
    executor.reserve(parts.len() as u64 * 64)?;
    Ok(parts)
}

/// A dict of `_0`, `_1`, ….
fn numbered(executor: &mut Executor<'_>, all: &[u8], separator: &[u8], count: Option<i64>) -> Answer {
    let parts = split(executor, all, separator, count)?;
    let entries = parts.into_iter().enumerate();
    let entries = entries.map(|(number, part)| (Str::from(format!("_{number}")), Value::str(part))).collect();
    Ok(Value::Map(Map::new(MapKind::Str, entries)))
}

/// sprig's `strslice`: the elements that are not nil as strings; one value alone is a list of one.
fn strings(executor: &mut Executor<'_>, value: &Value) -> Result<Vec<Str>, Failure> {
    let values = match value {
        Value::Nil => return Ok(Vec::new()),
        Value::List(list) => list.to_vec(),
        Value::Object(object) if object.kind() == crate::value::Kind::Slice => {
            object.entries().into_iter().map(|(_, value)| value).collect()
        }
        other => vec![other.clone()],
    };
    values.iter().filter(|value| !value.is_nil()).map(|value| executor.text_of(value)).collect()
}

fn join(executor: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let separator = args.str(0);
    let parts = strings(executor, args.get(1))?;
    let bytes: u64 = parts.iter().map(|part| part.len() as u64 + separator.len() as u64).sum();
    executor.reserve(bytes)?;
    let mut out = Vec::with_capacity(usize::try_from(bytes).unwrap_or(0));
    let mut taint = None;
    for (number, part) in parts.iter().enumerate() {
        if number > 0 {
            out.extend_from_slice(separator);
        }
        out.extend_from_slice(part);
        taint = taint.or(part.taint());
    }
    Ok(Value::Str(Str::tainted(out, taint)))
}

fn sort_alpha(executor: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let value = args.get(0);
    let mut parts = match value {
        // A nil has no kind: it is a list of its text.
        Value::Nil => return Ok(Value::strings([executor.text_of(value)?])),
        value => strings(executor, value)?,
    };
    executor.step(parts.len() as u64)?;
    parts.sort();
    let Value::List(list) = value else { return Ok(Value::strings(parts)) };
    if list.kind != ListKind::Str {
        return Ok(Value::strings(parts));
    }
    // A list of strings is sorted where it stands: its other names see that.
    list.replace(parts.into_iter().map(Value::Str).collect());
    Ok(Value::List(list.clone()))
}
