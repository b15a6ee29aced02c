//! Numbers: sprig's `numeric.go` and the conversions of spf13/cast.

use super::decimal::Decimal;
use super::{Answer, Args, fixed, text, variadic};
use crate::error::Failure;
use crate::exec::Executor;
use crate::host::Param::{Any, Float, Int, Str as S};
use crate::library::Function;
use crate::strconv::{float_to_int, parse_float, parse_int, times_power_of_two};
use crate::value::{List, ListKind, Value};

pub(super) fn functions() -> Vec<Function> {
    vec![
        fixed("atoi", &[S], |_, args| Ok(Value::Int(atoi(args.str(0))))),
        fixed("int64", &[Any], |_, args| Ok(Value::Int64(to_int64(args.get(0))))),
        fixed("int", &[Any], |_, args| Ok(Value::Int(to_int64(args.get(0))))),
        fixed("float64", &[Any], |_, args| Ok(Value::Float(to_float64(args.get(0))))),
        fixed("toDecimal", &[Any], |executor, args| {
            let text = executor.text_of(args.get(0))?;
            Ok(Value::Int64(parse_int(&text, 8).unwrap_or(0)))
        }),
        variadic("seq", &[Int], seq),
        fixed("until", &[Int], |executor, args| {
            let count = args.int(0);
            steps(executor, 0, count, if count < 0 { -1 } else { 1 }).map(ints)
        }),
        fixed("untilStep", &[Int, Int, Int], |executor, args| {
            steps(executor, args.int(0), args.int(1), args.int(2)).map(ints)
        }),
        fixed("add1", &[Any], |_, args| Ok(Value::Int64(to_int64(args.get(0)).wrapping_add(1)))),
        variadic("add", &[Any], |_, args| Ok(Value::Int64(fold(0, args.all(), i64::wrapping_add)))),
        fixed("sub", &[Any, Any], |_, args| {
            Ok(Value::Int64(to_int64(args.get(0)).wrapping_sub(to_int64(args.get(1)))))
        }),
        fixed("div", &[Any, Any], |_, args| divided(args, i64::wrapping_div)),
        fixed("mod", &[Any, Any], |_, args| divided(args, i64::wrapping_rem)),
        variadic("mul", &[Any, Any], |_, args| {
            Ok(Value::Int64(fold(to_int64(args.get(0)), args.from(1), i64::wrapping_mul)))
        }),
        variadic("max", &[Any, Any], |_, args| {
            Ok(Value::Int64(fold(to_int64(args.get(0)), args.from(1), i64::max)))
        }),
        variadic("biggest", &[Any, Any], |_, args| {
            Ok(Value::Int64(fold(to_int64(args.get(0)), args.from(1), i64::max)))
        }),
        variadic("min", &[Any, Any], |_, args| {
            Ok(Value::Int64(fold(to_int64(args.get(0)), args.from(1), i64::min)))
        }),
        variadic("maxf", &[Any, Any], |_, args| Ok(Value::Float(fold_float(args, go_max)))),
        variadic("minf", &[Any, Any], |_, args| Ok(Value::Float(fold_float(args, |a, b| -go_max(-a, -b))))),
        fixed("add1f", &[Any], |_, args| {
            exact(to_float64(args.get(0)), &[Value::Int(1)], |a, b| Ok(a.add(&b)))
        }),
        variadic("addf", &[Any], |_, args| exact(0.0, args.all(), |a, b| Ok(a.add(&b)))),
        variadic("subf", &[Any, Any], |_, args| {
            exact(to_float64(args.get(0)), args.from(1), |a, b| Ok(a.subtract(&b)))
        }),
        variadic("mulf", &[Any, Any], |_, args| {
            exact(to_float64(args.get(0)), args.from(1), |a, b| Ok(a.multiply(&b)))
        }),
        variadic("divf", &[Any, Any], |_, args| {
            exact(to_float64(args.get(0)), args.from(1), |a, b| {
                a.divide(&b).ok_or_else(|| Failure::text("decimal division by 0"))
            })
        }),
        fixed("ceil", &[Any], |_, args| Ok(Value::Float(to_float64(args.get(0)).ceil()))),
        fixed("floor", &[Any], |_, args| Ok(Value::Float(to_float64(args.get(0)).floor()))),
        variadic("round", &[Any, Int, Float], round),
    ]
}

/// `cast.ToInt64`: what is no number is 0.
pub(super) fn to_int64(value: &Value) -> i64 {
    match value {
        Value::Int(value) | Value::Int64(value) => *value,
        Value::Uint8(value) => i64::from(*value),
        Value::Uint32(value) => i64::from(*value),
        Value::Uint64(value) => value.cast_signed(),
        Value::Float(value) => float_to_int(*value),
        Value::Bool(value) => i64::from(*value),
        Value::Str(text) => parse_int(without_zero_decimals(text), 0).unwrap_or(0),
        _ => 0,
    }
}

/// `1.00` reads as `1`.
fn without_zero_decimals(text: &[u8]) -> &[u8] {
    let zeros = text.iter().rev().take_while(|&&byte| byte == b'0').count();
    let head = text.get(..text.len() - zeros).unwrap_or_default();
    match head.strip_suffix(b".") {
        Some(whole) if zeros > 0 => whole,
        _ => text,
    }
}

/// `cast.ToFloat64`.
#[allow(clippy::cast_precision_loss, reason = "Go converts the same way")]
pub(super) fn to_float64(value: &Value) -> f64 {
    match value {
        Value::Int(value) | Value::Int64(value) => *value as f64,
        Value::Uint8(value) => f64::from(*value),
        Value::Uint32(value) => f64::from(*value),
        Value::Uint64(value) => *value as f64,
        Value::Float(value) => *value,
        Value::Bool(value) => f64::from(u8::from(*value)),
        Value::Str(text) => parse_float(text).unwrap_or(0.0),
        _ => 0.0,
    }
}

/// `strconv.Atoi` without its error: what is too large is the largest.
fn atoi(text: &[u8]) -> i64 {
    match parse_int(text, 10) {
        Ok(value) => value,
        Err(crate::strconv::NumberError::Syntax) => 0,
        Err(crate::strconv::NumberError::Range) if text.starts_with(b"-") => i64::MIN,
        Err(crate::strconv::NumberError::Range) => i64::MAX,
    }
}

fn fold(start: i64, values: &[Value], step: fn(i64, i64) -> i64) -> i64 {
    values.iter().fold(start, |sum, value| step(sum, to_int64(value)))
}

fn fold_float(args: Args<'_>, step: fn(f64, f64) -> f64) -> f64 {
    args.from(1).iter().fold(to_float64(args.get(0)), |sum, value| step(sum, to_float64(value)))
}

/// `math.Max`: infinity before NaN before anything.
fn go_max(one: f64, other: f64) -> f64 {
    if one == f64::INFINITY || other == f64::INFINITY {
        f64::INFINITY
    } else if one.is_nan() || other.is_nan() {
        f64::NAN
    } else if one == 0.0 && other == 0.0 {
        if one.is_sign_negative() { other } else { one }
    } else if one > other {
        one
    } else {
        other
    }
}

fn divided(args: Args<'_>, divide: fn(i64, i64) -> i64) -> Answer {
    match to_int64(args.get(1)) {
        0 => Err(Failure::text("runtime error: integer divide by zero")),
        divisor => Ok(Value::Int64(divide(to_int64(args.get(0)), divisor))),
    }
}

/// sprig's `execDecimalOp`: floats by way of exact decimals, so that 0.1 and 0.2 are 0.3.
fn exact(start: f64, values: &[Value], step: fn(Decimal, Decimal) -> Result<Decimal, Failure>) -> Answer {
    let decimal = |value: f64| {
        Decimal::from_float(value)
            .ok_or_else(|| Failure::text(format!("Cannot create a Decimal from {}", special(value))))
    };
    let mut sum = decimal(start)?;
    for value in values {
        sum = step(sum, decimal(to_float64(value))?)?;
    }
    Ok(Value::Float(sum.to_float()))
}

fn special(value: f64) -> String {
    crate::fmt::format_float(value, 'g', None)
}

fn round(_: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let (value, places) = (to_float64(args.get(0)), args.int(1));
    let threshold = if args.all().len() > 2 { args.float(2) } else { 0.5 };
    let power = power_of_ten(places);
    let scaled = power * value;
    let rounded = if scaled.fract() >= threshold { scaled.ceil() } else { scaled.floor() };
    Ok(Value::Float(rounded / power))
}

/// Go's `math.Pow(10, places)`, which is not always the nearest number (math/pow.go).
fn power_of_ten(places: i64) -> f64 {
    /// The exponent of ten as a fraction of a power of two: 0.625 times 2 to the 4.
    const TEN: (f64, i64) = (0.625, 4);
    let (mut result, mut exponent) = (1.0_f64, 0_i64);
    let (mut factor, mut step) = TEN;
    let mut left = places.unsigned_abs();
    while left != 0 {
        if step > 1 << 12 {
            exponent = exponent.saturating_add(step);
            break;
        }
        if left & 1 == 1 {
            result *= factor;
            exponent += step;
        }
        factor *= factor;
        step <<= 1;
        if factor < 0.5 {
            factor += factor;
            step -= 1;
        }
        left >>= 1;
    }
    if places < 0 {
        (result, exponent) = (1.0 / result, -exponent);
    }
    let shift = exponent.clamp(-5000, 5000);
    times_power_of_two(result, i32::try_from(shift).unwrap_or_default())
}

/// sprig's `untilStep`. Where a step overflows, it goes on at the other end, as Go's integers do.
fn steps(executor: &mut Executor<'_>, start: i64, stop: i64, step: i64) -> Result<Vec<i64>, Failure> {
    if stop < start && step >= 0 || stop >= start && step <= 0 {
        return Ok(Vec::new());
    }
    let mut values = Vec::new();
    let mut at = start;
    while if step < 0 { at > stop } else { at < stop } {
        if values.len() % PAID_AT_ONCE == 0 {
            executor.meter.fits((values.len() + PAID_AT_ONCE) * 24)?;
            executor.step(PAID_AT_ONCE as u64)?;
        }
        values.push(at);
        at = at.wrapping_add(step);
    }
    Ok(values)
}

/// So many numbers are paid for before they are made.
const PAID_AT_ONCE: usize = 1024;

fn ints(values: Vec<i64>) -> Value {
    Value::List(List::new(ListKind::Int, values.into_iter().map(Value::Int).collect()))
}

/// sprig's `seq`: like the command, but the last number of three is stepped over by one in the direction of the end.
fn seq(executor: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let towards = |start: i64, end: i64| if end < start { -1 } else { 1 };
    let values = match args.all().len() {
        1 => {
            let end = args.int(0);
            steps(executor, 1, end.wrapping_add(towards(1, end)), towards(1, end))?
        }
        2 => {
            let (start, end) = (args.int(0), args.int(1));
            steps(executor, start, end.wrapping_add(towards(start, end)), towards(start, end))?
        }
        3 => {
            let (start, step, end) = (args.int(0), args.int(1), args.int(2));
            if end < start && step > 0 {
                return text("");
            }
            steps(executor, start, end.wrapping_add(towards(start, end)), step)?
        }
        _ => return text(""),
    };
    executor.reserve(values.len() as u64 * 21)?;
    let mut out = String::new();
    for (number, value) in values.iter().enumerate() {
        if number > 0 {
            out.push(' ');
        }
        out.push_str(&value.to_string());
    }
    text(out)
}
