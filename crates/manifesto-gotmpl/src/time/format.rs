//! Moments to text.

use super::Civil;
use super::layout::{Element, Offset, OffsetParts, month_name, next, weekday_name};

/// `Time.Format`.
pub(super) fn format(civil: &Civil, layout: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(layout.len() + 16);
    let mut rest = layout;
    loop {
        let (text, element, after) = next(rest);
        out.extend_from_slice(text);
        let Some(element) = element else { return out };
        out.extend_from_slice(write(civil, element).as_bytes());
        rest = after;
    }
}

fn write(civil: &Civil, element: Element) -> String {
    let short = |name: &str| name.get(..3).unwrap_or(name).to_owned();
    let hour12 = if civil.hour.is_multiple_of(12) { 12 } else { civil.hour % 12 };
    match element {
        Element::LongMonth => month_name(civil.month).to_owned(),
        Element::Month => short(month_name(civil.month)),
        Element::NumMonth => civil.month.to_string(),
        Element::ZeroMonth => format!("{:02}", civil.month),
        Element::LongWeekday => weekday_name(civil.weekday).to_owned(),
        Element::Weekday => short(weekday_name(civil.weekday)),
        Element::Day => civil.day.to_string(),
        Element::UnderDay => format!("{:2}", civil.day),
        Element::ZeroDay => format!("{:02}", civil.day),
        Element::UnderYearDay => format!("{:3}", civil.year_day),
        Element::ZeroYearDay => format!("{:03}", civil.year_day),
        Element::Hour => format!("{:02}", civil.hour),
        Element::Hour12 => hour12.to_string(),
        Element::ZeroHour12 => format!("{hour12:02}"),
        Element::Minute => civil.minute.to_string(),
        Element::ZeroMinute => format!("{:02}", civil.minute),
        Element::Second => civil.second.to_string(),
        Element::ZeroSecond => format!("{:02}", civil.second),
        Element::LongYear if civil.year < 0 => format!("-{:04}", civil.year.unsigned_abs()),
        Element::LongYear => format!("{:04}", civil.year),
        Element::Year => format!("{:02}", civil.year.max(0) % 100),
        Element::UpperPm => if civil.hour >= 12 { "PM" } else { "AM" }.to_owned(),
        Element::LowerPm => if civil.hour >= 12 { "pm" } else { "am" }.to_owned(),
        Element::ZoneName => zone_name(civil),
        Element::Offset(layout) => offset(civil.offset, layout),
        Element::Fraction { digits, trimmed, separator } => fraction(civil.nanos, digits, trimmed, separator),
    }
}

/// A zone without a name is its offset.
fn zone_name(civil: &Civil) -> String {
    if !civil.abbreviation.is_empty() {
        return civil.abbreviation.clone();
    }
    let minutes = civil.offset / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    let hours = minutes.unsigned_abs() / 60;
    let minutes = minutes.unsigned_abs() % 60;
    if minutes == 0 { format!("{sign}{hours:02}") } else { format!("{sign}{hours:02}{minutes:02}") }
}

fn offset(offset: i32, layout: Offset) -> String {
    if layout.z && offset == 0 {
        return "Z".to_owned();
    }
    let sign = if offset < 0 { '-' } else { '+' };
    let whole = offset.unsigned_abs();
    let (hour, minute, second) = (whole / 3600, whole / 60 % 60, whole % 60);
    let colon = if layout.colons { ":" } else { "" };
    match layout.parts {
        OffsetParts::Hours => format!("{sign}{hour:02}"),
        OffsetParts::Minutes => format!("{sign}{hour:02}{colon}{minute:02}"),
        OffsetParts::Seconds => format!("{sign}{hour:02}{colon}{minute:02}{colon}{second:02}"),
    }
}

fn fraction(nanos: u32, digits: usize, trimmed: bool, separator: u8) -> String {
    let all = format!("{nanos:09}");
    let mut shown = all.get(..digits.min(9)).unwrap_or(&all).to_owned();
    if trimmed {
        shown.truncate(shown.trim_end_matches('0').len());
        if shown.is_empty() {
            return shown;
        }
    }
    format!("{}{shown}", char::from(separator))
}
