//! The functions of `text/template` itself.

use crate::compare::{self, Incomparable};
use crate::error::Failure;
use crate::exec::{Executor, Operand};
use crate::fmt::Printer;
use crate::funcs::Args;
use crate::host::{Param, Signature};
use crate::lex::code_point;
use crate::library::{Body, Function, Reflective};
use crate::meter::Budget;
use crate::text::Str;
use crate::unicode;
use crate::value::{Kind, MapKind, Value};

/// All of them.
pub(crate) fn functions() -> Vec<Function> {
    const ONE: Signature = Signature::fixed(&[Param::Any]);
    const TWO: Signature = Signature::fixed(&[Param::Any, Param::Any]);
    const ONE_AND_MORE: Signature = Signature::variadic(&[Param::Any, Param::Any]);
    const MANY: Signature = Signature::variadic(&[Param::Any]);
    const PRINTF: Signature = Signature::variadic(&[Param::Str, Param::Any]);
    let reflective =
        |name, signature, body: Reflective| Function { name, signature, body: Body::Reflective(body) };
    vec![
        Function { name: "and", signature: ONE_AND_MORE, body: Body::And },
        Function { name: "or", signature: ONE_AND_MORE, body: Body::Or },
        Function { name: "call", signature: ONE_AND_MORE, body: Body::Call },
        reflective("index", ONE_AND_MORE, index),
        reflective("slice", ONE_AND_MORE, slice),
        reflective("len", ONE, len),
        reflective("not", ONE, |_, operands| Ok(boolean(!operand(operands, 0).truth()))),
        reflective("eq", ONE_AND_MORE, eq),
        reflective("ne", TWO, |executor, operands| {
            eq(executor, operands).map(|result| boolean(!result.truth()))
        }),
        reflective("lt", TWO, |executor, operands| less(executor, operands).map(boolean)),
        reflective("le", TWO, |executor, operands| less_or_equal(executor, operands).map(boolean)),
        reflective("gt", TWO, |executor, operands| less_or_equal(executor, operands).map(|it| boolean(!it))),
        reflective("ge", TWO, |executor, operands| less(executor, operands).map(|it| boolean(!it))),
        Function::new("print", MANY, |executor, args| printed(executor, |printer| printer.print(args.all()))),
        Function::new("println", MANY, |executor, args| {
            printed(executor, |printer| printer.println(args.all()))
        }),
        Function::new("printf", PRINTF, |executor, args| {
            printed(executor, |printer| printer.printf(args.str(0), args.from(1)))
        }),
        Function::new("html", MANY, |executor, args| escaped(executor, args, html_escape)),
        Function::new("js", MANY, |executor, args| escaped(executor, args, js_escape)),
        Function::new("urlquery", MANY, |executor, args| escaped(executor, args, crate::funcs::query_escape)),
    ]
}

fn boolean(value: bool) -> Operand {
    Operand::concrete(Value::Bool(value))
}

fn operand(operands: &[Operand], index: usize) -> &Operand {
    const NONE: &Operand = &Operand { value: Value::Nil, boxed: false };
    operands.get(index).unwrap_or(NONE)
}

/// What `call` answers: templates can get at no function that it could call.
pub(crate) fn call_failure(name: &str, callee: Option<&Operand>) -> Failure {
    match callee {
        Some(callee) if !callee.value.is_nil() => {
            Failure::text(format!("non-function {name} of type {}", callee.value.type_name()))
        }
        _ => Failure::text("call of nil"),
    }
}

/// Runs a printer and takes its text.
pub(crate) fn printed(
    executor: &mut Executor<'_>,
    work: impl FnOnce(&mut Printer<'_>) -> Result<(), Budget>,
) -> Result<Value, Failure> {
    let mut printer = Printer::new(&mut executor.meter);
    work(&mut printer)?;
    let (text, taint) = printer.finish();
    Ok(Value::Str(Str::tainted(text, taint)))
}

/// One string as it is, anything else as `print` gives it, then escaped.
fn escaped(
    executor: &mut Executor<'_>,
    args: Args<'_>,
    escape: fn(&[u8]) -> Vec<u8>,
) -> Result<Value, Failure> {
    // Nothing prints as `<no value>` here, a string.
    let shown = |value: &Value| if value.is_nil() { Value::str("<no value>") } else { value.clone() };
    let values: Vec<Value> = args.all().iter().map(shown).collect();
    let text = match printed(executor, |printer| printer.print(&values))? {
        Value::Str(text) => text,
        _ => Str::default(),
    };
    executor.reserve(text.len() as u64 * 2)?;
    Ok(Value::Str(Str::tainted(escape(&text), text.taint())))
}

fn eq(executor: &mut Executor<'_>, operands: &[Operand]) -> Result<Operand, Failure> {
    let first = operand(operands, 0);
    if operands.len() < 2 {
        return Err(Failure::text("missing argument for comparison"));
    }
    for other in operands.iter().skip(1) {
        match compare::equal(first, other) {
            Ok(true) => return Ok(boolean(true)),
            Ok(false) => {}
            Err(why) => return Err(incomparable(executor, &why, first, other)?),
        }
    }
    Ok(boolean(false))
}

fn less(executor: &mut Executor<'_>, operands: &[Operand]) -> Result<bool, Failure> {
    let (left, right) = (operand(operands, 0), operand(operands, 1));
    match compare::less(left, right) {
        Ok(less) => Ok(less),
        Err(why) => Err(incomparable(executor, &why, left, right)?),
    }
}

fn less_or_equal(executor: &mut Executor<'_>, operands: &[Operand]) -> Result<bool, Failure> {
    Ok(less(executor, operands)? || eq(executor, operands)?.truth())
}

/// The message of a failed comparison.
fn incomparable(
    executor: &mut Executor<'_>,
    why: &Incomparable,
    left: &Operand,
    right: &Operand,
) -> Result<Failure, Failure> {
    let (left_type, right_type) = (left.value.type_name(), right.value.type_name());
    Ok(Failure::text(match why {
        Incomparable::Invalid => "invalid type for comparison".to_owned(),
        Incomparable::Types => format!("incompatible types for comparison: {left_type} and {right_type}"),
        Incomparable::Kind if left.value.kind() == right.value.kind() => {
            let shown = as_string(executor, &right.value)?;
            format!("non-comparable type {}: {right_type}", shown.to_text())
        }
        Incomparable::Kind => {
            let (left_shown, right_shown) =
                (as_string(executor, &left.value)?, executor.text_of(&right.value)?);
            let (left_shown, right_shown) = (left_shown.to_text(), right_shown.to_text());
            format!("non-comparable types {left_shown}: {left_type}, {right_type}: {right_shown}")
        }
    }))
}

/// `%s`.
fn as_string(executor: &mut Executor<'_>, value: &Value) -> Result<Str, Failure> {
    match printed(executor, |printer| printer.printf(b"%s", std::slice::from_ref(value)))? {
        Value::Str(text) => Ok(text),
        _ => Ok(Str::default()),
    }
}

fn len(_: &mut Executor<'_>, operands: &[Operand]) -> Result<Operand, Failure> {
    let operand = operand(operands, 0);
    if operand.is_invalid() {
        return Err(Failure::text("reflect: call of reflect.Value.Type on zero Value"));
    }
    match &operand.value {
        Value::Nil => Err(Failure::text("len of nil pointer")),
        Value::Str(text) => Ok(Operand::index(text.len())),
        Value::List(list) => Ok(Operand::index(list.len())),
        Value::Map(map) => Ok(Operand::index(map.len())),
        Value::Object(object) if matches!(object.kind(), Kind::Slice | Kind::Map) => {
            Ok(Operand::index(object.entries().len()))
        }
        // Pointers are followed first.
        other => Err(Failure::text(format!("len of type {}", other.type_name().trim_start_matches('*')))),
    }
}

/// The position that an operand names in something of `len`, which is allowed itself.
fn position(index: &Operand, len: usize) -> Result<usize, Failure> {
    let number = match &index.value {
        Value::Int(number) | Value::Int64(number) => *number,
        Value::Uint8(number) => i64::from(*number),
        Value::Uint32(number) => i64::from(*number),
        Value::Uint64(number) => number.cast_signed(),
        Value::Nil => return Err(Failure::text("cannot index slice/array with nil")),
        other => {
            return Err(Failure::text(format!("cannot index slice/array with type {}", other.type_name())));
        }
    };
    usize::try_from(number)
        .ok()
        .filter(|&position| position <= len)
        .ok_or_else(|| Failure::text(format!("index out of range: {number}")))
}

fn index(_: &mut Executor<'_>, operands: &[Operand]) -> Result<Operand, Failure> {
    let mut item = operand(operands, 0).clone();
    if item.value.is_nil() {
        return Err(Failure::text("index of untyped nil"));
    }
    for index in operands.iter().skip(1) {
        item = match &item.value {
            Value::Nil => return Err(Failure::text("index of nil pointer")),
            Value::Str(text) => {
                let position = position(index, text.len())?;
                let byte =
                    text.get(position).ok_or_else(|| Failure::text("reflect: string index out of range"))?;
                Operand::concrete(Value::Uint8(*byte))
            }
            Value::List(list) => {
                let position = position(index, list.len())?;
                let value =
                    list.get(position).ok_or_else(|| Failure::text("reflect: slice index out of range"))?;
                Operand { value, boxed: list.kind.boxes() }
            }
            Value::Map(map) => {
                let key = map_key(index)?;
                let missing = if matches!(map.kind, MapKind::Str) { Value::str("") } else { Value::Nil };
                Operand { value: map.get(key).unwrap_or(missing), boxed: map.kind.boxes() }
            }
            Value::Object(object) if object.kind() == Kind::Map => {
                let key = String::from_utf8_lossy(map_key(index)?).into_owned();
                Operand::of(object.field(&key).unwrap_or_default())
            }
            Value::Object(object) if object.kind() == Kind::Slice => {
                let entries = object.entries();
                let position = position(index, entries.len())?;
                let entry = entries.into_iter().nth(position);
                Operand::of(entry.ok_or_else(|| Failure::text("reflect: slice index out of range"))?.1)
            }
            other => return Err(Failure::text(format!("can't index item of type {}", other.type_name()))),
        };
    }
    Ok(item)
}

fn map_key(index: &Operand) -> Result<&[u8], Failure> {
    match &index.value {
        Value::Str(key) => Ok(key),
        Value::Nil => Err(Failure::text("value is nil; should be of type string")),
        other => Err(Failure::text(format!("value has type {}; should be string", other.type_name()))),
    }
}

fn slice(_: &mut Executor<'_>, operands: &[Operand]) -> Result<Operand, Failure> {
    let item = operand(operands, 0);
    let indexes = operands.get(1..).unwrap_or_default();
    if item.value.is_nil() {
        let what = if item.is_invalid() { "slice of untyped nil" } else { "slice of nil pointer" };
        return Err(Failure::text(what));
    }
    if indexes.len() > 3 {
        return Err(Failure::text(format!("too many slice indexes: {}", indexes.len())));
    }
    let (len, capacity) = match &item.value {
        Value::Str(_) if indexes.len() == 3 => return Err(Failure::text("cannot 3-index slice a string")),
        Value::Str(text) => (text.len(), text.len()),
        Value::List(list) => (list.len(), list.capacity()),
        other => return Err(Failure::text(format!("can't slice item of type {}", other.type_name()))),
    };
    let mut bounds = [0, len, capacity];
    for (bound, index) in bounds.iter_mut().zip(indexes) {
        *bound = position(index, capacity)?;
    }
    let [start, end, limit] = bounds;
    if start > end || end > limit {
        let (one, other) = if start > end { (start, end) } else { (end, limit) };
        return Err(Failure::text(format!("invalid slice index: {one} > {other}")));
    }
    Ok(Operand::concrete(match &item.value {
        Value::Str(text) => Value::str(text.get(start..end).unwrap_or_default()),
        Value::List(list) => list.slice(start, end).map_or(Value::Nil, Value::List),
        _ => Value::Nil,
    }))
}

/// `HTMLEscape`.
fn html_escape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 8);
    for &byte in text {
        match byte {
            0 => out.extend_from_slice("\u{FFFD}".as_bytes()),
            b'"' => out.extend_from_slice(b"&#34;"),
            b'\'' => out.extend_from_slice(b"&#39;"),
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            byte => out.push(byte),
        }
    }
    out
}

/// `JSEscape`.
fn js_escape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 8);
    let mut rest = text;
    loop {
        let (rune, size) = unicode::decode(rest);
        match rune {
            _ if size == 0 => return out,
            '\\' => out.extend_from_slice(b"\\\\"),
            '\'' => out.extend_from_slice(b"\\'"),
            '"' => out.extend_from_slice(b"\\\""),
            '<' | '>' | '&' | '=' | '\0'..=' ' if rune != ' ' => {
                out.extend_from_slice(format!("\\u{:04X}", u32::from(rune)).as_bytes());
            }
            rune if rune.is_ascii() || unicode::is_print(rune) => {
                out.extend_from_slice(rest.get(..size).unwrap_or_default());
            }
            rune => {
                out.extend_from_slice(format!("\\u{}", code_point(rune).trim_start_matches("U+")).as_bytes());
            }
        }
        rest = rest.get(size..).unwrap_or_default();
    }
}
