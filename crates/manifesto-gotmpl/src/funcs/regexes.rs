//! Regular expressions: sprig's `regex.go`.

use std::collections::HashMap;
use std::rc::Rc;

use regex::bytes::{Regex, RegexBuilder};

use super::regex_syntax::translate;
use super::{Answer, Args, fixed, text};
use crate::error::Failure;
use crate::exec::Executor;
use crate::host::Param::{self, Int, Str as S};
use crate::library::{Function, Native};
use crate::meter::Budget;
use crate::strconv::quote;
use crate::unicode;
use crate::value::{List, ListKind, Value};

pub(super) fn functions() -> Vec<Function> {
    let mut functions = vec![
        fixed("regexMatch", &[S, S], |executor, args| match executor.regex(args.str(0)) {
            Err(failure) if failure.budget().is_none() => Ok(Value::Bool(false)),
            Ok(regex) => matches(executor, &regex, args),
            Err(failure) => Err(failure),
        }),
        fixed("mustRegexMatch", &[S, S], |executor, args| {
            let regex = executor.regex(args.str(0))?;
            matches(executor, &regex, args)
        }),
        fixed("regexQuoteMeta", &[S], |_, args| text(quote_meta(args.str(0)))),
    ];
    // Without "must" the panic of `MustCompile` names the pattern.
    let twins: [(&'static str, &'static str, &'static [Param], Native, Native); 5] = [
        (
            "regexFindAll",
            "mustRegexFindAll",
            &[S, S, Int],
            |e, a| find_all(e, a, true),
            |e, a| find_all(e, a, false),
        ),
        ("regexFind", "mustRegexFind", &[S, S], |e, a| find(e, a, true), |e, a| find(e, a, false)),
        (
            "regexReplaceAll",
            "mustRegexReplaceAll",
            &[S, S, S],
            |e, a| replace(e, a, true, true),
            |e, a| replace(e, a, false, true),
        ),
        (
            "regexReplaceAllLiteral",
            "mustRegexReplaceAllLiteral",
            &[S, S, S],
            |e, a| replace(e, a, true, false),
            |e, a| replace(e, a, false, false),
        ),
        ("regexSplit", "mustRegexSplit", &[S, S, Int], |e, a| split(e, a, true), |e, a| split(e, a, false)),
    ];
    for (name, must, params, body, must_body) in twins {
        functions.push(fixed(name, params, body));
        functions.push(fixed(must, params, must_body));
    }
    functions
}

/// Patterns that a render has compiled.
#[derive(Debug, Default)]
pub(crate) struct RegexCache(HashMap<Vec<u8>, Rc<Regex>>);

/// More patterns than any chart has; a hostile one starts anew.
const CACHE_MAX: usize = 64;
/// Longer patterns are not compiled.
const PATTERN_BYTES_MAX: usize = 64 << 10;

impl Executor<'_> {
    fn regex(&mut self, pattern: &[u8]) -> Result<Rc<Regex>, Failure> {
        if let Some(regex) = self.regexes.0.get(pattern) {
            return Ok(Rc::clone(regex));
        }
        if pattern.len() > PATTERN_BYTES_MAX {
            return Err(Budget::Regex.into());
        }
        self.step(200 + pattern.len() as u64 * 20)?;
        let failed = |why: &str| Failure::text(format!("error parsing regexp: {why}"));
        let readable = std::str::from_utf8(pattern).map_err(|_| failed("invalid UTF-8"))?;
        let translated = translate(readable).map_err(|why| failed(&why))?;
        let bytes = self.limits().regex_bytes;
        let built =
            RegexBuilder::new(&translated).size_limit(bytes).dfa_size_limit(bytes).nest_limit(250).build();
        let regex = match built {
            Ok(regex) => Rc::new(regex),
            Err(regex::Error::CompiledTooBig(_)) => return Err(Budget::Regex.into()),
            Err(_) => return Err(failed(&format!("invalid syntax: `{readable}`"))),
        };
        if self.regexes.0.len() >= CACHE_MAX {
            self.regexes.0.clear();
        }
        self.regexes.0.insert(pattern.to_vec(), Rc::clone(&regex));
        Ok(regex)
    }

    /// The compiled first argument; with `panics` an error is worded as `MustCompile` does.
    fn regex_argument(&mut self, args: Args<'_>, panics: bool) -> Result<Rc<Regex>, Failure> {
        self.step(args.str(1).len() as u64 >> 4)?;
        match self.regex(args.str(0)) {
            Err(failure) if panics && failure.budget().is_none() => {
                let (message, ..) = failure.into_parts();
                let pattern = args.str(0);
                let shown = if crate::strconv::can_backquote(pattern) {
                    format!("`{}`", String::from_utf8_lossy(pattern))
                } else {
                    quote(pattern)
                };
                Err(Failure::text(format!("regexp: Compile({shown}): {message}")))
            }
            other => other,
        }
    }
}

fn matches(executor: &mut Executor<'_>, regex: &Regex, args: Args<'_>) -> Answer {
    executor.step(args.str(1).len() as u64 >> 4)?;
    Ok(Value::Bool(regex.is_match(args.str(1))))
}

/// What matches, but for nothing inside of a rune: Go looks at runes, not at bytes.
fn found<'t>(regex: &'t Regex, all: &'t [u8]) -> impl Iterator<Item = regex::bytes::Match<'t>> {
    regex.find_iter(all).filter(|found| !found.is_empty() || is_boundary(all, found.start()))
}

fn is_boundary(all: &[u8], at: usize) -> bool {
    (1..4).filter_map(|back| at.checked_sub(back)).all(|start| {
        let (_, size) = unicode::decode(all.get(start..).unwrap_or_default());
        start + size <= at
    })
}

/// A count of Go, in which what is negative is all.
fn limit(count: i64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

fn find_all(executor: &mut Executor<'_>, args: Args<'_>, panics: bool) -> Answer {
    let regex = executor.regex_argument(args, panics)?;
    let parts: Vec<Value> = found(&regex, args.str(1))
        .take(limit(args.int(2)))
        .map(|found| Value::str(found.as_bytes()))
        .collect();
    executor.reserve(parts.len() as u64 * 80)?;
    if parts.is_empty() {
        return Ok(Value::List(List::nil(ListKind::Str)));
    }
    Ok(Value::List(List::new(ListKind::Str, parts)))
}

fn find(executor: &mut Executor<'_>, args: Args<'_>, panics: bool) -> Answer {
    let regex = executor.regex_argument(args, panics)?;
    text(found(&regex, args.str(1)).next().map_or(&b""[..], |found| found.as_bytes()))
}

fn replace(executor: &mut Executor<'_>, args: Args<'_>, panics: bool, expands: bool) -> Answer {
    let regex = executor.regex_argument(args, panics)?;
    let (all, template) = (args.str(1), args.str(2));
    let mut out = Vec::with_capacity(all.len());
    let mut done = 0;
    if expands {
        let names: Vec<Option<&str>> = regex.capture_names().collect();
        for captures in regex.captures_iter(all) {
            let Some(whole) =
                captures.get(0).filter(|whole| !whole.is_empty() || is_boundary(all, whole.start()))
            else {
                continue;
            };
            out.extend_from_slice(all.get(done..whole.start()).unwrap_or_default());
            done = whole.end();
            expand(&mut out, template, &captures, &names);
            executor.meter.fits(out.len())?;
            executor.step(1)?;
        }
    } else {
        for found in found(&regex, all) {
            out.extend_from_slice(all.get(done..found.start()).unwrap_or_default());
            done = found.end();
            executor.meter.fits(out.len() + template.len())?;
            executor.step(1)?;
            out.extend_from_slice(template);
        }
    }
    out.extend_from_slice(all.get(done..).unwrap_or_default());
    text(out)
}

/// Go's `expand`: `$1`, `${name}`, `$$`; the longest name counts, and an unknown one is nothing.
fn expand(out: &mut Vec<u8>, template: &[u8], captures: &regex::bytes::Captures<'_>, names: &[Option<&str>]) {
    let mut rest = template;
    while let Some(dollar) = rest.iter().position(|&byte| byte == b'$') {
        out.extend_from_slice(rest.get(..dollar).unwrap_or_default());
        rest = rest.get(dollar + 1..).unwrap_or_default();
        if let Some(after) = rest.strip_prefix(b"$") {
            out.push(b'$');
            rest = after;
            continue;
        }
        let Some((name, after)) = group_name(rest) else {
            out.push(b'$');
            continue;
        };
        rest = after;
        let number =
            name.parse::<usize>().ok().filter(|_| name == "0" || !name.starts_with('0') || name.len() == 1);
        let group = match number {
            Some(number) => captures.get(number),
            // Names carry a letter of ours in front.
            None => names
                .iter()
                .enumerate()
                .filter(|(_, known)| known.and_then(|known| known.strip_prefix('g')) == Some(name))
                .find_map(|(index, _)| captures.get(index)),
        };
        out.extend_from_slice(group.map_or(&b""[..], |group| group.as_bytes()));
    }
    out.extend_from_slice(rest);
}

fn group_name(rest: &[u8]) -> Option<(&str, &[u8])> {
    let braced = rest.strip_prefix(b"{");
    let text = braced.unwrap_or(rest);
    let end = unicode::runes(text)
        .find(|&(_, rune)| rune != '_' && !unicode::is_letter(rune) && !unicode::is_digit(rune))
        .map_or(text.len(), |(at, _)| at);
    let (name, after) = text.split_at_checked(end)?;
    let name = std::str::from_utf8(name).ok().filter(|name| !name.is_empty())?;
    match braced {
        Some(_) => Some((name, after.strip_prefix(b"}")?)),
        None => Some((name, after)),
    }
}

/// `Regexp.Split`.
fn split(executor: &mut Executor<'_>, args: Args<'_>, panics: bool) -> Answer {
    let regex = executor.regex_argument(args, panics)?;
    let (all, count) = (args.str(1), args.int(2));
    if count == 0 {
        return Ok(Value::List(List::nil(ListKind::Str)));
    }
    if !args.str(0).is_empty() && all.is_empty() {
        return Ok(Value::List(List::new(ListKind::Str, vec![Value::str("")])));
    }
    let mut parts = Vec::new();
    let (mut start, mut end) = (0, 0);
    for found in found(&regex, all).take(limit(count)) {
        if count > 0 && parts.len() + 1 == limit(count) {
            break;
        }
        end = found.start();
        if found.end() != 0 {
            parts.push(Value::str(all.get(start..end).unwrap_or_default()));
        }
        start = found.end();
    }
    if end != all.len() {
        parts.push(Value::str(all.get(start..).unwrap_or_default()));
    }
    executor.reserve(parts.len() as u64 * 80)?;
    Ok(Value::List(List::new(ListKind::Str, parts)))
}

fn quote_meta(all: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(all.len() * 2);
    for &byte in all {
        if b"\\.+*?()|[]{}^$".contains(&byte) {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out
}
