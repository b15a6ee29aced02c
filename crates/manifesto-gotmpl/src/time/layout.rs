//! Layouts: how Go's reference moment, Mon Jan 2 15:04:05 MST 2006, is written stands for how any is.

/// An element of a layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    LongMonth,
    Month,
    NumMonth,
    ZeroMonth,
    LongWeekday,
    Weekday,
    Day,
    UnderDay,
    ZeroDay,
    UnderYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    LongYear,
    Year,
    UpperPm,
    LowerPm,
    ZoneName,
    /// A numeric zone.
    Offset(Offset),
    /// So many digits of the second's fraction, and whether zeros at the end are left out; after a point or a comma.
    Fraction {
        digits: usize,
        trimmed: bool,
        separator: u8,
    },
}

/// How a numeric zone is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Offset {
    /// `Z` instead of an offset of nothing.
    pub(super) z: bool,
    pub(super) colons: bool,
    pub(super) parts: OffsetParts,
}

/// How exactly an offset is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OffsetParts {
    Hours,
    Minutes,
    Seconds,
}

/// Offsets behind their sign, the longer ones first.
const OFFSETS: [(&[u8], bool, OffsetParts); 5] = [
    (b"070000", false, OffsetParts::Seconds),
    (b"07:00:00", true, OffsetParts::Seconds),
    (b"0700", false, OffsetParts::Minutes),
    (b"07:00", true, OffsetParts::Minutes),
    (b"07", false, OffsetParts::Hours),
];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// The name of a month, from 1.
pub(super) fn month_name(month: u32) -> &'static str {
    MONTHS.get((month as usize).wrapping_sub(1)).copied().unwrap_or("")
}

/// The name of a weekday, from 0, Sunday.
pub(super) fn weekday_name(weekday: u32) -> &'static str {
    WEEKDAYS.get(weekday as usize).copied().unwrap_or("")
}

/// The number of the month whose name, or its first three letters, stands at the start, whatever its case.
pub(super) fn find_month(text: &[u8], long: bool) -> Option<(u32, usize)> {
    find(&MONTHS, text, long).map(|(index, len)| (index + 1, len))
}

/// The same for a weekday.
pub(super) fn find_weekday(text: &[u8], long: bool) -> Option<(u32, usize)> {
    find(&WEEKDAYS, text, long)
}

fn find(names: &[&str], text: &[u8], long: bool) -> Option<(u32, usize)> {
    names.iter().zip(0..).find_map(|(name, index)| {
        let name = if long { name } else { name.get(..3).unwrap_or(name) };
        let head = text.get(..name.len())?;
        head.eq_ignore_ascii_case(name.as_bytes()).then_some((index, name.len()))
    })
}

/// Elements that nothing else can be read as, the longer ones first.
const FIXED: [(&[u8], Element); 21] = [
    (b"January", Element::LongMonth),
    (b"Monday", Element::LongWeekday),
    (b"MST", Element::ZoneName),
    (b"002", Element::ZeroYearDay),
    (b"01", Element::ZeroMonth),
    (b"02", Element::ZeroDay),
    (b"03", Element::ZeroHour12),
    (b"04", Element::ZeroMinute),
    (b"05", Element::ZeroSecond),
    (b"06", Element::Year),
    (b"15", Element::Hour),
    (b"1", Element::NumMonth),
    (b"2006", Element::LongYear),
    (b"2", Element::Day),
    (b"__2", Element::UnderYearDay),
    (b"_2", Element::UnderDay),
    (b"3", Element::Hour12),
    (b"4", Element::Minute),
    (b"5", Element::Second),
    (b"PM", Element::UpperPm),
    (b"pm", Element::LowerPm),
];

/// The text before the first element, the element, and what follows it.
pub(super) fn next(layout: &[u8]) -> (&[u8], Option<Element>, &[u8]) {
    for at in 0..layout.len() {
        let rest = layout.get(at..).unwrap_or_default();
        if let Some((element, len)) = element(rest) {
            // The underscore of `_2006` is text.
            let at = if rest.starts_with(b"_2006") { at + 1 } else { at };
            let end = at + len;
            return (
                layout.get(..at).unwrap_or_default(),
                Some(element),
                layout.get(end..).unwrap_or_default(),
            );
        }
    }
    (layout, None, b"")
}

/// The element at the start of a layout.
fn element(rest: &[u8]) -> Option<(Element, usize)> {
    let lower_after = |len: usize| rest.get(len).is_some_and(u8::is_ascii_lowercase);
    match rest {
        [b'J', b'a', b'n', ..] if !rest.starts_with(b"January") => {
            (!lower_after(3)).then_some((Element::Month, 3))
        }
        [b'M', b'o', b'n', ..] if !rest.starts_with(b"Monday") => {
            (!lower_after(3)).then_some((Element::Weekday, 3))
        }
        [b'_', b'2', b'0', b'0', b'6', ..] => Some((Element::LongYear, 4)),
        [sign @ (b'-' | b'Z'), b'0', b'7', ..] => Some(offset(rest, *sign == b'Z')),
        [separator @ (b'.' | b','), digit @ (b'0' | b'9'), ..] => {
            let digits = rest.iter().skip(1).take_while(|byte| *byte == digit).count();
            // Other digits behind make it something else.
            let ends = !rest.get(1 + digits).is_some_and(u8::is_ascii_digit);
            let fraction = Element::Fraction { digits, trimmed: *digit == b'9', separator: *separator };
            ends.then_some((fraction, 1 + digits))
        }
        _ => FIXED
            .iter()
            .find(|(text, _)| rest.starts_with(text))
            .map(|(text, element)| (*element, text.len())),
    }
}

fn offset(rest: &[u8], z: bool) -> (Element, usize) {
    let after = rest.get(1..).unwrap_or_default();
    let (text, colons, parts) = OFFSETS.into_iter().find(|(text, ..)| after.starts_with(text)).unwrap_or((
        b"07",
        false,
        OffsetParts::Hours,
    ));
    (Element::Offset(Offset { z, colons, parts }), 1 + text.len())
}
