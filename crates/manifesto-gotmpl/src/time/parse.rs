//! Text to moments.

use super::civil::{days_in, days_to};
use super::layout::{Element, Offset, OffsetParts, find_month, find_weekday, next};
use super::{Time, Zone, quote};

/// What a text has said so far.
#[derive(Default)]
struct Seen {
    year: i64,
    month: Option<u32>,
    day: Option<u32>,
    year_day: Option<u32>,
    hour: u32,
    minute: u32,
    second: u32,
    nanos: u32,
    pm: Option<bool>,
    utc: bool,
    offset: Option<i32>,
    zone: String,
}

/// Why an element could not be read: it is not there, or out of its range.
enum Bad {
    Missing,
    Range(&'static str),
}

/// `ParseInLocation` with the local zone; an error's text is Go's.
pub(crate) fn parse_time(layout: &[u8], text: &[u8]) -> Result<Time, String> {
    let failed = |element: &[u8], rest: &[u8], why: &str| {
        let (text, layout) = (quote(text), quote(layout));
        if why.is_empty() {
            let (rest, element) = (quote(rest), quote(element));
            format!("parsing time {text} as {layout}: cannot parse {rest} as {element}")
        } else {
            format!("parsing time {text}: {why}")
        }
    };
    let mut seen = Seen::default();
    let (mut rest, mut layout_rest) = (text, layout);
    loop {
        let (prefix, element, after) = next(layout_rest);
        rest = skip(rest, prefix).map_err(|rest| failed(prefix, rest, ""))?;
        let Some(element) = element else { break };
        let written = layout_rest.get(prefix.len()..layout_rest.len() - after.len()).unwrap_or_default();
        layout_rest = after;
        rest = seen.read(element, rest, layout_rest).map_err(|bad| match bad {
            Bad::Missing => failed(written, rest, ""),
            Bad::Range(what) => failed(written, rest, &format!("{what} out of range")),
        })?;
    }
    if !rest.is_empty() {
        return Err(failed(b"", rest, &format!("extra text: {}", quote(rest))));
    }
    seen.into_time().map_err(|why| failed(b"", rest, why))
}

/// Skips what a layout has as text; a space there stands for any number of them.
fn skip<'t>(text: &'t [u8], prefix: &[u8]) -> Result<&'t [u8], &'t [u8]> {
    let (mut text, mut prefix) = (text, prefix);
    while let Some(&first) = prefix.first() {
        if first == b' ' {
            if text.first().is_some_and(|&byte| byte != b' ') {
                return Err(text);
            }
            (prefix, text) = (without_spaces(prefix), without_spaces(text));
            continue;
        }
        if text.first() != Some(&first) {
            return Err(text);
        }
        (prefix, text) = (prefix.get(1..).unwrap_or_default(), text.get(1..).unwrap_or_default());
    }
    Ok(text)
}

fn without_spaces(text: &[u8]) -> &[u8] {
    let spaces = text.iter().take_while(|&&byte| byte == b' ').count();
    text.get(spaces..).unwrap_or_default()
}

/// Exactly `count` digits.
fn digits(text: &[u8], count: usize) -> Result<(u32, &[u8]), Bad> {
    let (number, rest) = text.split_at_checked(count).ok_or(Bad::Missing)?;
    if !number.iter().all(u8::is_ascii_digit) {
        return Err(Bad::Missing);
    }
    Ok((number.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')), rest))
}

/// One or two digits; with `fixed` two.
fn number(text: &[u8], fixed: bool) -> Result<(u32, &[u8]), Bad> {
    match text {
        [first, second, ..] if first.is_ascii_digit() && second.is_ascii_digit() => digits(text, 2),
        [first, ..] if first.is_ascii_digit() && !fixed => digits(text, 1),
        _ => Err(Bad::Missing),
    }
}

fn in_range<'t>(
    read: (u32, &'t [u8]),
    allowed: std::ops::Range<u32>,
    what: &'static str,
) -> Result<(u32, &'t [u8]), Bad> {
    if allowed.contains(&read.0) { Ok(read) } else { Err(Bad::Range(what)) }
}

impl Seen {
    fn read<'t>(&mut self, element: Element, text: &'t [u8], layout_rest: &[u8]) -> Result<&'t [u8], Bad> {
        let name = |found: Option<(u32, usize)>| {
            let (index, len) = found.ok_or(Bad::Missing)?;
            Ok((index, text.get(len..).unwrap_or_default()))
        };
        let unpadded =
            if element == Element::UnderDay { text.strip_prefix(b" ").unwrap_or(text) } else { text };
        let rest;
        match element {
            Element::Year => {
                let (year, after) = digits(text, 2)?;
                self.year = i64::from(year) + if year >= 69 { 1900 } else { 2000 };
                rest = after;
            }
            Element::LongYear => {
                let (year, after) = digits(text, 4)?;
                (self.year, rest) = (i64::from(year), after);
            }
            Element::Month | Element::LongMonth => {
                let (month, after) = name(find_month(text, element == Element::LongMonth))?;
                (self.month, rest) = (Some(month), after);
            }
            Element::NumMonth | Element::ZeroMonth => {
                let (month, after) = in_range(number(text, element == Element::ZeroMonth)?, 1..13, "month")?;
                (self.month, rest) = (Some(month), after);
            }
            Element::Weekday | Element::LongWeekday => {
                (_, rest) = name(find_weekday(text, element == Element::LongWeekday))?;
            }
            Element::Day | Element::UnderDay | Element::ZeroDay => {
                let (day, after) = number(unpadded, element == Element::ZeroDay)?;
                (self.day, rest) = (Some(day), after);
            }
            Element::UnderYearDay | Element::ZeroYearDay => {
                let spaces = if element == Element::UnderYearDay { 2 } else { 0 };
                let skipped = text.iter().take(spaces).take_while(|&&byte| byte == b' ').count();
                let (day, after) = digits(text.get(skipped..).unwrap_or_default(), 3 - skipped)?;
                (self.year_day, rest) = (Some(day), after);
            }
            Element::Hour => (self.hour, rest) = in_range(number(text, false)?, 0..24, "hour")?,
            Element::Hour12 | Element::ZeroHour12 => {
                (self.hour, rest) = in_range(number(text, element == Element::ZeroHour12)?, 0..13, "hour")?;
            }
            Element::Minute | Element::ZeroMinute => {
                (self.minute, rest) =
                    in_range(number(text, element == Element::ZeroMinute)?, 0..60, "minute")?;
            }
            Element::Second | Element::ZeroSecond => {
                let (second, after) =
                    in_range(number(text, element == Element::ZeroSecond)?, 0..60, "second")?;
                self.second = second;
                rest = self.fraction_unasked(after, layout_rest);
            }
            Element::UpperPm | Element::LowerPm => rest = self.half(text, element == Element::UpperPm)?,
            Element::ZoneName => rest = self.zone(text)?,
            Element::Offset(Offset { z: true, .. }) if text.first() == Some(&b'Z') => {
                self.utc = true;
                rest = text.get(1..).unwrap_or_default();
            }
            Element::Offset(layout) => rest = self.read_offset(text, layout)?,
            Element::Fraction { digits, trimmed: false, .. } => {
                let (fraction, after) = text.split_at_checked(digits + 1).ok_or(Bad::Missing)?;
                self.nanos = nanos(fraction).ok_or(Bad::Missing)?;
                rest = after;
            }
            Element::Fraction { .. } => rest = self.fraction(text),
        }
        Ok(rest)
    }

    /// Seconds may have a fraction that the layout does not name.
    fn fraction_unasked<'t>(&mut self, text: &'t [u8], layout_rest: &[u8]) -> &'t [u8] {
        let (_, following, _) = next(layout_rest);
        if matches!(following, Some(Element::Fraction { .. })) { text } else { self.fraction(text) }
    }

    fn fraction<'t>(&mut self, text: &'t [u8]) -> &'t [u8] {
        let [b'.' | b',', digits @ ..] = text else { return text };
        let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if count == 0 {
            return text;
        }
        let (fraction, rest) = text.split_at_checked(count + 1).unwrap_or((text, b""));
        self.nanos = nanos(fraction).unwrap_or(0);
        rest
    }

    fn half<'t>(&mut self, text: &'t [u8], upper: bool) -> Result<&'t [u8], Bad> {
        let (half, rest) = text.split_at_checked(2).ok_or(Bad::Missing)?;
        self.pm = Some(match (half, upper) {
            (b"PM", true) | (b"pm", false) => true,
            (b"AM", true) | (b"am", false) => false,
            _ => return Err(Bad::Missing),
        });
        Ok(rest)
    }

    fn zone<'t>(&mut self, text: &'t [u8]) -> Result<&'t [u8], Bad> {
        if let Some(rest) = text.strip_prefix(b"UTC") {
            self.utc = true;
            return Ok(rest);
        }
        let len = zone_len(text).ok_or(Bad::Missing)?;
        let (zone, rest) = text.split_at_checked(len).ok_or(Bad::Missing)?;
        self.zone = String::from_utf8_lossy(zone).into_owned();
        Ok(rest)
    }

    fn read_offset<'t>(&mut self, text: &'t [u8], layout: Offset) -> Result<&'t [u8], Bad> {
        let colon = |text: &'t [u8]| {
            if layout.colons { text.strip_prefix(b":").ok_or(Bad::Missing) } else { Ok(text) }
        };
        let (&sign, rest) = text.split_first().ok_or(Bad::Missing)?;
        let (hour, mut rest) = number(rest, true)?;
        let (mut minute, mut second) = (0, 0);
        if layout.parts != OffsetParts::Hours {
            (minute, rest) = number(colon(rest)?, true)?;
        }
        if layout.parts == OffsetParts::Seconds {
            (second, rest) = number(colon(rest)?, true)?;
        }
        for (part, allowed, what) in [
            (hour, 0..25, "time zone offset hour"),
            (minute, 0..61, "time zone offset minute"),
            (second, 0..61, "time zone offset second"),
        ] {
            if !allowed.contains(&part) {
                return Err(Bad::Range(what));
            }
        }
        let offset = i32::try_from((hour * 60 + minute) * 60 + second).unwrap_or(0);
        self.offset = Some(match sign {
            b'+' => offset,
            b'-' => -offset,
            _ => return Err(Bad::Missing),
        });
        Ok(rest)
    }

    fn into_time(mut self) -> Result<Time, &'static str> {
        match self.pm {
            Some(true) if self.hour < 12 => self.hour += 12,
            Some(false) if self.hour == 12 => self.hour = 0,
            _ => {}
        }
        if let Some(year_day) = self.year_day {
            self.place_year_day(year_day)?;
        }
        let (month, day) = (self.month.unwrap_or(1), self.day.unwrap_or(1));
        if day < 1 || day > days_in(self.year, month) {
            return Err("day out of range");
        }
        let clock = i64::from(self.hour * 3600 + self.minute * 60 + self.second);
        let seconds = days_to(self.year, month, day) * 86_400 + clock;
        let (seconds, zone) = self.locate(seconds);
        Ok(Time { nanos: self.nanos, ..Time::unix(seconds, zone) })
    }

    /// The moment and the zone, which the local one stands for where it has the same name or offset.
    fn locate(&self, seconds: i64) -> (i64, Zone) {
        if self.utc {
            return (seconds, Zone::Utc);
        }
        if let Some(offset) = self.offset {
            let local = offset == 0 && (self.zone.is_empty() || self.zone == "UTC");
            let zone = if local { Zone::Local } else { Zone::Fixed(offset, self.zone.clone()) };
            return (seconds - i64::from(offset), zone);
        }
        if self.zone.is_empty() {
            return (seconds, Zone::Local);
        }
        // A name alone tells nothing: it is kept, with no offset. Only GMT+3 says what it means.
        let hours = self.zone.strip_prefix("GMT").and_then(|hours| hours.parse::<i32>().ok()).unwrap_or(0);
        (seconds, Zone::Fixed(hours * 3600, self.zone.clone()))
    }

    fn place_year_day(&mut self, year_day: u32) -> Result<(), &'static str> {
        let last = 337 + days_in(self.year, 2);
        if year_day < 1 || year_day > last {
            return Err("day-of-year out of range");
        }
        let (mut month, mut left) = (1, year_day);
        while left > days_in(self.year, month) {
            left -= days_in(self.year, month);
            month += 1;
        }
        if self.month.is_some_and(|known| known != month) {
            return Err("day-of-year does not match month");
        }
        if self.day.is_some_and(|known| known != left) {
            return Err("day-of-year does not match day");
        }
        (self.month, self.day) = (Some(month), Some(left));
        Ok(())
    }
}

/// The nanoseconds of a fraction with its point; digits beyond the ninth do not count.
fn nanos(fraction: &[u8]) -> Option<u32> {
    let [b'.' | b',', digits @ ..] = fraction else { return None };
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let padded = digits.iter().copied().chain(std::iter::repeat(b'0')).take(9);
    Some(padded.fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')))
}

/// How long the abbreviation of a zone is.
fn zone_len(text: &[u8]) -> Option<usize> {
    if text.starts_with(b"ChST") || text.starts_with(b"MeST") {
        return Some(4);
    }
    if text.len() >= 3 && text.starts_with(b"GMT") {
        return Some(3 + signed_len(text.get(3..).unwrap_or_default()).unwrap_or(0));
    }
    if text.len() >= 3 && matches!(text.first(), Some(b'+' | b'-')) {
        return signed_len(text);
    }
    match text.iter().take(6).take_while(|byte| byte.is_ascii_uppercase()).count() {
        5 if text.get(4) == Some(&b'T') => Some(5),
        4 if text.get(3) == Some(&b'T') || text.starts_with(b"WITA") => Some(4),
        3 => Some(3),
        _ => None,
    }
}

fn signed_len(text: &[u8]) -> Option<usize> {
    let [b'+' | b'-', digits @ ..] = text else { return None };
    let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = std::str::from_utf8(digits.get(..count)?).ok()?.parse::<u32>().ok()?;
    (number <= 23).then_some(count + 1)
}
