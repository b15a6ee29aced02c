//! Strings as bytes and runes: sprig's `strings.go` over Go's `strings`.

use memchr::memmem;

use super::{Answer, Args, fixed, text, variadic};
use crate::error::Failure;
use crate::exec::Executor;
use crate::fmt::Printer;
use crate::host::Param::{Any, Int, Str as S};
use crate::library::Function;
use crate::strconv::quote;
use crate::text::Str;
use crate::unicode;
use crate::value::Value;

pub(super) fn functions() -> Vec<Function> {
    vec![
        fixed("hello", &[], |_, _| text("Hello!")),
        fixed("trunc", &[Int, S], trunc),
        fixed("trim", &[S], |_, args| text(trim_space(args.str(0)))),
        fixed("upper", &[S], |_, args| {
            text(map_ascii_fast(args.str(0), u8::to_ascii_uppercase, unicode::to_upper))
        }),
        fixed("lower", &[S], |_, args| {
            text(map_ascii_fast(args.str(0), u8::to_ascii_lowercase, unicode::to_lower))
        }),
        fixed("title", &[S], |_, args| text(title(args.str(0)))),
        fixed("substr", &[Int, Int, S], substr),
        fixed("repeat", &[Int, S], repeat),
        fixed("trimall", &[S, S], trim_all),
        fixed("trimAll", &[S, S], trim_all),
        fixed("trimSuffix", &[S, S], |_, args| {
            let all = args.str(1);
            text(all.strip_suffix(args.str(0)).unwrap_or(all))
        }),
        fixed("trimPrefix", &[S, S], |_, args| {
            let all = args.str(1);
            text(all.strip_prefix(args.str(0)).unwrap_or(all))
        }),
        fixed("contains", &[S, S], |_, args| {
            Ok(Value::Bool(memmem::find(args.str(1), args.str(0)).is_some()))
        }),
        fixed("hasPrefix", &[S, S], |_, args| Ok(Value::Bool(args.str(1).starts_with(args.str(0))))),
        fixed("hasSuffix", &[S, S], |_, args| Ok(Value::Bool(args.str(1).ends_with(args.str(0))))),
        variadic("quote", &[Any], quote_all),
        variadic("squote", &[Any], squote_all),
        variadic("cat", &[Any], cat),
        fixed("indent", &[Int, S], |executor, args| indent(executor, b"", args)),
        fixed("nindent", &[Int, S], |executor, args| indent(executor, b"\n", args)),
        fixed("replace", &[S, S, S], |executor, args| {
            replace(executor, args.str(2), args.str(0), args.str(1))
        }),
        fixed("plural", &[S, S, Int], |_, args| text(args.text(usize::from(args.int(2) != 1)))),
        fixed("toString", &[Any], |executor, args| Ok(Value::Str(executor.text_of(args.get(0))?))),
    ]
}

/// A slice of a string that Go refuses.
fn out_of_bounds(what: &str) -> Failure {
    Failure::text(format!("runtime error: slice bounds out of range {what}"))
}

/// A length as Go's `int`.
pub(super) fn len(text: &[u8]) -> i64 {
    i64::try_from(text.len()).unwrap_or(i64::MAX)
}

/// The part between two positions that are known to be inside.
pub(super) fn part(text: &[u8], start: i64, end: i64) -> &[u8] {
    let (start, end) = (usize::try_from(start).unwrap_or(0), usize::try_from(end).unwrap_or(0));
    text.get(start..end).unwrap_or_default()
}

fn trunc(_: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let (count, all) = (args.int(0), args.str(1));
    let len = len(all);
    if count < 0 && len.saturating_add(count) > 0 {
        return text(part(all, len + count, len));
    }
    if count >= 0 && len > count {
        return text(part(all, 0, count));
    }
    Ok(Value::Str(args.text(1)))
}

/// `strings.TrimSpace`.
pub(super) fn trim_space(all: &[u8]) -> &[u8] {
    trim_where(all, unicode::is_space)
}

fn trim_where(all: &[u8], cut: impl Fn(char) -> bool) -> &[u8] {
    let mut rest = all;
    while let (rune, size @ 1..) = unicode::decode(rest)
        && cut(rune)
    {
        rest = rest.get(size..).unwrap_or_default();
    }
    while let (rune, size @ 1..) = unicode::decode_last(rest)
        && cut(rune)
    {
        rest = rest.get(..rest.len() - size).unwrap_or_default();
    }
    rest
}

fn trim_all(_: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let set: Vec<char> = unicode::runes(args.str(0)).map(|(_, rune)| rune).collect();
    text(trim_where(args.str(1), |rune| set.contains(&rune)))
}

/// Go changes the case of ASCII byte by byte, which leaves bytes that are not UTF-8 out of it only when all is ASCII.
fn map_ascii_fast(all: &[u8], ascii: fn(&u8) -> u8, rune: fn(char) -> char) -> Vec<u8> {
    if all.is_ascii() { all.iter().map(ascii).collect() } else { unicode::map(all, rune) }
}

/// `strings.Title`: what follows a separator is put in title case.
fn title(all: &[u8]) -> Vec<u8> {
    let mut before = ' ';
    unicode::map(all, |rune| {
        let starts = is_separator(before);
        before = rune;
        if starts { unicode::to_title(rune) } else { rune }
    })
}

fn is_separator(rune: char) -> bool {
    if rune.is_ascii() {
        return !(rune.is_ascii_alphanumeric() || rune == '_');
    }
    !unicode::is_letter(rune) && !unicode::is_digit(rune) && unicode::is_space(rune)
}

fn substr(_: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let (start, end, all) = (args.int(0), args.int(1), args.str(2));
    let len = len(all);
    if start < 0 {
        return match end {
            end if end < 0 => Err(out_of_bounds(&format!("[:{end}]"))),
            end if end > len => Err(out_of_bounds(&format!("[:{end}] with length {len}"))),
            end => text(part(all, 0, end)),
        };
    }
    let end = if end < 0 || end > len { len } else { end };
    if start > end {
        return Err(out_of_bounds(&format!("[{start}:{end}]")));
    }
    text(part(all, start, end))
}

/// `strings.Repeat`, within the budget.
pub(super) fn repeated(executor: &mut Executor<'_>, all: &[u8], count: i64) -> Result<Vec<u8>, Failure> {
    let count = usize::try_from(count).map_err(|_| Failure::text("strings: negative Repeat count"))?;
    let bytes = all.len().checked_mul(count).filter(|&bytes| i64::try_from(bytes).is_ok());
    let bytes = bytes.ok_or_else(|| Failure::text("strings: Repeat output length overflow"))?;
    executor.reserve(bytes as u64)?;
    Ok(if all.is_empty() { Vec::new() } else { all.repeat(count) })
}

fn repeat(executor: &mut Executor<'_>, args: Args<'_>) -> Answer {
    text(repeated(executor, args.str(1), args.int(0))?)
}

fn quote_all(executor: &mut Executor<'_>, args: Args<'_>) -> Answer {
    joined(executor, args, |executor, value| {
        let value = executor.text_of(value)?;
        executor.reserve(value.len() as u64 * 2)?;
        Ok(Str::tainted(quote(&value).into_bytes(), value.taint()))
    })
}

fn squote_all(executor: &mut Executor<'_>, args: Args<'_>) -> Answer {
    joined(executor, args, |executor, value| {
        let shown = shown(executor, value)?;
        Ok(Str::tainted([b"'", shown.as_bytes(), b"'"].concat(), shown.taint()))
    })
}

fn cat(executor: &mut Executor<'_>, args: Args<'_>) -> Answer {
    joined(executor, args, shown)
}

/// `%v`.
fn shown(executor: &mut Executor<'_>, value: &Value) -> Result<Str, Failure> {
    let mut printer = Printer::new(&mut executor.meter);
    printer.show(value)?;
    let (bytes, taint) = printer.finish();
    Ok(Str::tainted(bytes, taint))
}

/// What `each` makes of the arguments that are not nil, with spaces between.
fn joined(
    executor: &mut Executor<'_>,
    args: Args<'_>,
    mut each: impl FnMut(&mut Executor<'_>, &Value) -> Result<Str, Failure>,
) -> Answer {
    let (mut out, mut taint) = (Vec::new(), None);
    for (number, value) in args.all().iter().filter(|value| !value.is_nil()).enumerate() {
        if number > 0 {
            out.push(b' ');
        }
        let part = each(executor, value)?;
        executor.meter.fits(out.len() + part.len())?;
        taint = taint.or(part.taint());
        out.extend_from_slice(&part);
    }
    Ok(Value::Str(Str::tainted(out, taint)))
}

fn indent(executor: &mut Executor<'_>, before: &[u8], args: Args<'_>) -> Answer {
    let pad = repeated(executor, b" ", args.int(0))?;
    let all = args.str(1);
    let lines = memchr::memchr_iter(b'\n', all).count() + 1;
    executor.reserve(all.len() as u64 + (pad.len() as u64).saturating_mul(lines as u64))?;
    let mut out = Vec::with_capacity(before.len() + all.len() + pad.len() * lines);
    out.extend_from_slice(before);
    for (number, line) in all.split(|&byte| byte == b'\n').enumerate() {
        if number > 0 {
            out.push(b'\n');
        }
        out.extend_from_slice(&pad);
        out.extend_from_slice(line);
    }
    text(out)
}

/// `strings.ReplaceAll`: nothing is found before each rune and at the end.
pub(super) fn replace(executor: &mut Executor<'_>, all: &[u8], old: &[u8], new: &[u8]) -> Answer {
    let at: Vec<usize> = if old.is_empty() {
        unicode::runes(all).map(|(at, _)| at).chain([all.len()]).collect()
    } else {
        memmem::find_iter(all, old).collect()
    };
    executor.reserve(all.len() as u64 + (new.len() as u64).saturating_mul(at.len() as u64))?;
    let mut out = Vec::with_capacity(all.len());
    let mut done = 0;
    for found in at {
        out.extend_from_slice(all.get(done..found).unwrap_or_default());
        out.extend_from_slice(new);
        done = found + old.len();
    }
    out.extend_from_slice(all.get(done..).unwrap_or_default());
    text(out)
}
