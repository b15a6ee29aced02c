//! Dates: sprig's `date.go`. The clock stands still at [`NOW`], and what comes of it is marked.

use super::{Answer, Args, fixed, object, text};
use crate::error::Failure;
use crate::exec::Executor;
use crate::host::Param::{Any, Named, Str as S};
use crate::library::Function;
use crate::placeholder::TaintKind;
use crate::strconv::parse_int;
use crate::text::Str;
use crate::time::{NANOS, Time, Zone, format_duration, parse_duration, parse_time};
use crate::value::Value;

const TIME: crate::host::Param = Named("time.Time");

/// The moment that stands for the clock's: 2001-02-03 04:05:06 UTC.
const NOW: i64 = 981_173_106;

pub(super) fn functions() -> Vec<Function> {
    let mut functions = vec![
        fixed("date", &[S, Any], |executor, args| {
            in_zone(executor, "date", args.str(0), args.get(1), "Local")
        }),
        fixed("htmlDate", &[Any], |executor, args| in_zone(executor, "htmlDate", DAY, args.get(0), "Local")),
        fixed("htmlDateInZone", &[Any, S], |executor, args| {
            in_zone(executor, "htmlDateInZone", DAY, args.get(0), &args.text(1).to_text())
        }),
        fixed("duration", &[Any], |_, args| {
            let seconds = match args.get(0) {
                Value::Int64(seconds) => *seconds,
                // What is too large is the largest: sprig drops the error and keeps the number.
                Value::Str(seconds) => parse_int(seconds, 10).unwrap_or_else(|_| saturated(seconds)),
                _ => 0,
            };
            text(format_duration(seconds.wrapping_mul(NANOS)))
        }),
        fixed("durationRound", &[Any], duration_round),
        fixed("toDate", &[S, S], |_, args| {
            Ok(object(parse_time(args.str(0), args.str(1)).unwrap_or_else(|_| Time::zero())))
        }),
        fixed("mustToDate", &[S, S], |_, args| {
            parse_time(args.str(0), args.str(1)).map(object).map_err(Failure::text)
        }),
        fixed("unixEpoch", &[TIME], |_, args| {
            let time = args.object::<Time>(0).cloned().unwrap_or_else(Time::zero);
            Ok(Value::Str(Str::tainted(time.seconds.to_string().into_bytes(), time.taint)))
        }),
    ];
    for name in ["dateInZone", "date_in_zone"] {
        functions.push(fixed(name, &[S, Any, S], |executor, args| {
            in_zone(executor, "dateInZone", args.str(0), args.get(1), &args.text(2).to_text())
        }));
    }
    for name in ["dateModify", "date_modify"] {
        functions.push(fixed(name, &[S, TIME], |_, args| {
            Ok(modified(args).unwrap_or_else(|_| args.get(1).clone()))
        }));
    }
    for name in ["mustDateModify", "must_date_modify"] {
        functions.push(fixed(name, &[S, TIME], |_, args| modified(args)));
    }
    functions
}

const DAY: &[u8] = b"2006-01-02";

fn saturated(digits: &[u8]) -> i64 {
    match parse_int(digits, 10) {
        Err(crate::strconv::NumberError::Range) if digits.starts_with(b"-") => i64::MIN,
        Err(crate::strconv::NumberError::Range) => i64::MAX,
        other => other.unwrap_or(0),
    }
}

/// The moment that a value stands for; what is no moment is the clock's.
fn moment(executor: &mut Executor<'_>, function: &'static str, value: &Value) -> Time {
    match value {
        Value::Int(seconds) | Value::Int64(seconds) => Time::unix(*seconds, Zone::Local),
        Value::Object(object) if object.as_any().is::<Time>() => {
            object.as_any().downcast_ref::<Time>().cloned().unwrap_or_else(Time::zero)
        }
        _ => clock(executor, function),
    }
}

fn clock(executor: &mut Executor<'_>, function: &'static str) -> Time {
    let (taint, _) = executor.add_taint(function, TaintKind::Value);
    Time { taint: Some(taint), ..Time::unix(NOW, Zone::Local) }
}

fn in_zone(
    executor: &mut Executor<'_>,
    function: &'static str,
    layout: &[u8],
    value: &Value,
    zone: &str,
) -> Answer {
    let time = moment(executor, function, value);
    let zone = Zone::load(zone).unwrap_or(Zone::Utc);
    let shown = time.with_zone(zone).format(layout);
    if let Some(taint) = shown.taint() {
        executor.placeholders.note(&shown, taint);
    }
    Ok(Value::Str(shown))
}

fn modified(args: Args<'_>) -> Answer {
    let nanos = parse_duration(args.str(0)).map_err(Failure::text)?;
    let time = args.object::<Time>(1).cloned().unwrap_or_else(Time::zero);
    Ok(object(time.add(nanos)))
}

pub(super) fn now(executor: &mut Executor<'_>, _: Args<'_>) -> Answer {
    Ok(object(clock(executor, "now")))
}

/// Nanoseconds from a moment to the clock's.
fn since(time: &Time) -> i64 {
    let seconds = i128::from(NOW) - i128::from(time.seconds);
    let nanos = seconds * i128::from(NANOS) - i128::from(time.nanos);
    i64::try_from(nanos.clamp(i128::from(i64::MIN), i128::from(i64::MAX))).unwrap_or(0)
}

pub(super) fn ago(executor: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let time = moment(executor, "ago", args.get(0));
    let shown = format_duration(since(&time) / NANOS * NANOS);
    Ok(Value::Str(executor.placeholder("ago", |_| shown.into_bytes())))
}

/// The largest unit of a duration that is more than one of it.
fn duration_round(executor: &mut Executor<'_>, args: Args<'_>) -> Answer {
    const HOUR: u64 = 3_600 * NANOS.unsigned_abs();
    const UNITS: [(u64, &str); 6] = [
        (HOUR * 24 * 365, "y"),
        (HOUR * 24 * 30, "mo"),
        (HOUR * 24, "d"),
        (HOUR, "h"),
        (HOUR / 60, "m"),
        (HOUR / 3600, "s"),
    ];
    let nanos = match args.get(0) {
        Value::Int64(nanos) => *nanos,
        Value::Str(duration) => parse_duration(duration).unwrap_or(0),
        Value::Object(_) => match args.object::<Time>(0) {
            Some(time) => {
                executor.add_taint("durationRound", TaintKind::Value);
                since(time)
            }
            None => 0,
        },
        _ => 0,
    };
    let size = nanos.unsigned_abs();
    let unit = UNITS.iter().find(|(unit, _)| size > *unit);
    text(unit.map_or_else(|| "0s".to_owned(), |(unit, name)| format!("{}{name}", size / unit)))
}
