//! Dates and times, as go-yaml recognises them and Go prints them.
//!
//! The layouts are those of `allowedTimestampFormats` in go-yaml's resolve.go, read with the rules of Go's
//! time.Parse: one or two digits, fractions after a point or a comma, a run of blanks where the layout has one.

/// Whether it starts as every date does: with a year and a dash.
pub(crate) fn looks_like(text: &str) -> bool {
    matches!(text.as_bytes(), [a, b, c, d, b'-', ..] if [a, b, c, d].iter().all(|digit| digit.is_ascii_digit()))
}

/// The text that encoding/json writes for it; none when it is no date, or one that JSON refuses: time.Parse takes
/// zones of 24 hours and more, Time.MarshalJSON does not.
pub(crate) fn json_text(text: &str) -> Option<String> {
    let text = to_rfc3339(text)?;
    let zone = text.split_at_checked(text.len().saturating_sub(6)).map(|(_, zone)| zone);
    let refused = zone.is_some_and(|zone| zone.starts_with(['+', '-']) && zone.get(1..3) >= Some("24"));
    (!refused).then_some(text)
}

/// The moment as RFC 3339 has it; none when it is no date.
pub(crate) fn to_rfc3339(text: &str) -> Option<String> {
    let mut rest = text;
    let year = fixed_digits(&mut rest, 4)?;
    literal(&mut rest, '-')?;
    let month = short_number(&mut rest, 1..=12)?;
    literal(&mut rest, '-')?;
    let day = short_number(&mut rest, 1..=31)?;
    if day > days_in(month, year) {
        return None;
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    if rest.is_empty() {
        return Some(format!("{date}T00:00:00Z"));
    }
    let zoned = rest.starts_with(['T', 't']);
    if zoned {
        rest = rest.get(1..)?;
    } else {
        rest = rest.strip_prefix(' ')?.trim_start_matches(' ');
    }
    let time = time_of_day(&mut rest)?;
    let zone = if zoned { zone(&mut rest)? } else { "Z".to_owned() };
    rest.is_empty().then(|| format!("{date}T{time}{zone}"))
}

fn time_of_day(rest: &mut &str) -> Option<String> {
    let hour = short_number(rest, 0..=23)?;
    literal(rest, ':')?;
    let minute = short_number(rest, 0..=59)?;
    literal(rest, ':')?;
    let second = short_number(rest, 0..=59)?;
    let fraction = fraction(rest);
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{hour:02}:{minute:02}:{second:02}{point}{fraction}"))
}

/// Digits after a point or a comma: at most nine, without zeros at the end.
fn fraction(rest: &mut &str) -> String {
    let Some(after) = rest.strip_prefix(['.', ',']) else { return String::new() };
    let length = after.bytes().take_while(u8::is_ascii_digit).count();
    let Some((digits, behind)) = after.split_at_checked(length).filter(|_| length > 0) else {
        return String::new();
    };
    *rest = behind;
    digits.get(..9).unwrap_or(digits).trim_end_matches('0').to_owned()
}

/// `Z`, or hours and minutes with a sign. Go reads up to 24:60, and JSON refuses 24 hours and more.
fn zone(rest: &mut &str) -> Option<String> {
    if literal(rest, 'Z').is_some() {
        return Some("Z".to_owned());
    }
    let sign = rest.chars().next().filter(|c| matches!(c, '+' | '-'))?;
    *rest = rest.get(1..)?;
    let hours = fixed_digits(rest, 2)?;
    literal(rest, ':')?;
    let minutes = fixed_digits(rest, 2)?;
    let total = hours * 60 + minutes;
    if hours > 24 || minutes > 60 {
        return None;
    }
    match total {
        0 => Some("Z".to_owned()),
        _ => Some(format!("{sign}{:02}:{:02}", total / 60, total % 60)),
    }
}

fn literal(rest: &mut &str, expected: char) -> Option<()> {
    *rest = rest.strip_prefix(expected)?;
    Some(())
}

fn fixed_digits(rest: &mut &str, count: usize) -> Option<u32> {
    let (digits, behind) = rest.split_at_checked(count)?;
    *rest = behind;
    digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// One or two digits.
fn short_number(rest: &mut &str, range: std::ops::RangeInclusive<u32>) -> Option<u32> {
    let length = rest.bytes().take(2).take_while(u8::is_ascii_digit).count();
    let number = fixed_digits(rest, length)?;
    range.contains(&number).then_some(number)
}

fn days_in(month: u32, year: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
