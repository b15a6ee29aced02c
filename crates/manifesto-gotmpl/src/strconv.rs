//! Numbers and quoted strings as text, by the rules of Go's `strconv`.

use crate::unicode;

/// `strconv.Quote`.
pub fn quote(bytes: &[u8]) -> String {
    quote_with(bytes, '"', false)
}

/// Quotes with `mark`; with `ascii` everything else is escaped.
pub(crate) fn quote_with(bytes: &[u8], mark: char, ascii: bool) -> String {
    let mut out = String::with_capacity(bytes.len() + 2);
    out.push(mark);
    let mut rest = bytes;
    loop {
        let (rune, size) = unicode::decode(rest);
        if size == 0 {
            break;
        }
        if rune == unicode::ERROR && size == 1 {
            out.push_str(&format!("\\x{:02x}", rest.first().copied().unwrap_or_default()));
        } else {
            escape(&mut out, rune, mark, ascii);
        }
        rest = rest.get(size..).unwrap_or_default();
    }
    out.push(mark);
    out
}

fn escape(out: &mut String, rune: char, mark: char, ascii: bool) {
    let short = match rune {
        '\\' => '\\',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\u{C}' => 'f',
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '\u{B}' => 'v',
        rune if rune == mark => mark,
        rune => return escape_long(out, rune, ascii),
    };
    out.push('\\');
    out.push(short);
}

fn escape_long(out: &mut String, rune: char, ascii: bool) {
    if (rune.is_ascii() || !ascii) && unicode::is_print(rune) {
        return out.push(rune);
    }
    match u32::from(rune) {
        code @ (0..0x20 | 0x7F) => out.push_str(&format!("\\x{code:02x}")),
        code @ 0..0x10000 => out.push_str(&format!("\\u{code:04x}")),
        code => out.push_str(&format!("\\U{code:08x}")),
    }
}

/// `strconv.CanBackquote`.
pub(crate) fn can_backquote(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| {
        text.chars().all(|rune| {
            rune != '`' && rune != '\u{7F}' && rune != '\u{FEFF}' && (rune >= ' ' || rune == '\t')
        })
    })
}

/// `strconv.Unquote` of a string literal, quotes included.
pub(crate) fn unquote(literal: &[u8]) -> Option<Vec<u8>> {
    let (&mark, &last) = (literal.first()?, literal.last()?);
    let inner = literal.get(1..literal.len().checked_sub(1)?)?;
    if mark != last {
        return None;
    }
    match mark {
        b'`' if memchr::memchr(b'\r', inner).is_none() => Some(inner.to_vec()),
        b'`' => Some(inner.iter().copied().filter(|&byte| byte != b'\r').collect()),
        b'"' if memchr::memchr3(b'\\', b'"', b'\n', inner).is_none() => Some(inner.to_vec()),
        b'"' => {
            let mut out = Vec::with_capacity(inner.len());
            let mut rest = inner;
            while !rest.is_empty() {
                let (unit, size) = unquote_char(rest, b'"')?;
                match unit {
                    Unit::Byte(byte) => out.push(byte),
                    Unit::Rune(rune) => unicode::push(&mut out, rune),
                }
                rest = rest.get(size..)?;
            }
            Some(out)
        }
        _ => None,
    }
}

/// What one element of a literal stands for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Unit {
    /// A byte, from `\x` or `\123`.
    Byte(u8),
    /// A character.
    Rune(char),
}

/// `strconv.UnquoteChar`: one element of a literal that is quoted with `mark`, and its length.
pub(crate) fn unquote_char(rest: &[u8], mark: u8) -> Option<(Unit, usize)> {
    let &first = rest.first()?;
    if first == mark || first == b'\n' {
        return None;
    }
    if first != b'\\' {
        let (rune, size) = unicode::decode(rest);
        // A byte that is not UTF-8 stays as it is.
        let unit = if rune == unicode::ERROR && size == 1 { Unit::Byte(first) } else { Unit::Rune(rune) };
        return Some((unit, size));
    }
    let &kind = rest.get(1)?;
    let simple = match kind {
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'\\' => b'\\',
        b'\'' | b'"' if kind == mark => kind,
        b'x' => {
            return digits(rest, 2, 2, 16)
                .and_then(|(code, size)| Some((Unit::Byte(u8::try_from(code).ok()?), size)));
        }
        b'u' => {
            return digits(rest, 2, 4, 16)
                .and_then(|(code, size)| Some((Unit::Rune(char::from_u32(code)?), size)));
        }
        b'U' => {
            return digits(rest, 2, 8, 16)
                .and_then(|(code, size)| Some((Unit::Rune(char::from_u32(code)?), size)));
        }
        b'0'..=b'7' => {
            return digits(rest, 1, 3, 8)
                .and_then(|(code, size)| Some((Unit::Byte(u8::try_from(code).ok()?), size)));
        }
        _ => return None,
    };
    Some((Unit::Rune(char::from(simple)), 2))
}

fn digits(rest: &[u8], start: usize, count: usize, base: u32) -> Option<(u32, usize)> {
    let mut code = 0;
    for &digit in rest.get(start..start + count)? {
        code = code * base + char::from(digit).to_digit(base)?;
    }
    Some((code, start + count))
}

/// Why a number could not be read, in the words of `strconv`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NumberError {
    /// It is not a number.
    Syntax,
    /// It does not fit.
    Range,
}

/// `strconv.ParseUint`; base 0 reads the prefix.
pub(crate) fn parse_uint(text: &[u8], base: u32) -> Result<u64, NumberError> {
    let (digits, radix) = match (base, text) {
        (0, [b'0', b'x' | b'X', rest @ ..]) => (rest, 16),
        (0, [b'0', b'b' | b'B', rest @ ..]) => (rest, 2),
        (0, [b'0', b'o' | b'O', rest @ ..]) => (rest, 8),
        (0, [b'0', rest @ ..]) if !rest.is_empty() => (rest, 8),
        (0, all) => (all, 10),
        (base, all) => (all, base),
    };
    if digits.is_empty() || base == 0 && digits.contains(&b'_') && !underscores_fit(text) {
        return Err(NumberError::Syntax);
    }
    let mut value: Option<u64> = Some(0);
    for &digit in digits.iter().filter(|&&digit| base != 0 || digit != b'_') {
        let digit = char::from(digit).to_digit(radix).ok_or(NumberError::Syntax)?;
        value = value.and_then(|value| value.checked_mul(u64::from(radix))?.checked_add(u64::from(digit)));
    }
    value.ok_or(NumberError::Range)
}

/// `strconv.ParseInt`.
pub(crate) fn parse_int(text: &[u8], base: u32) -> Result<i64, NumberError> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        all => (false, all),
    };
    let value = parse_uint(digits, base)?;
    let signed = if negative { 0_i128 - i128::from(value) } else { i128::from(value) };
    i64::try_from(signed).map_err(|_| NumberError::Range)
}

/// `strconv.ParseFloat` with 64 bits.
pub(crate) fn parse_float(text: &[u8]) -> Result<f64, NumberError> {
    let text = std::str::from_utf8(text).map_err(|_| NumberError::Syntax)?;
    let lower = text.to_ascii_lowercase();
    match lower.trim_start_matches(['+', '-']) {
        "inf" | "infinity" if lower.len() - lower.trim_start_matches(['+', '-']).len() <= 1 => {
            return Ok(if lower.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY });
        }
        "nan" if lower == "nan" => return Ok(f64::NAN),
        _ => {}
    }
    if lower.contains('_') && !underscores_fit(lower.as_bytes()) {
        return Err(NumberError::Syntax);
    }
    let plain = lower.replace('_', "");
    let unsigned = plain.trim_start_matches(['+', '-']);
    if plain.len() - unsigned.len() > 1 || unsigned.starts_with(|first: char| first.is_alphabetic()) {
        return Err(NumberError::Syntax);
    }
    let value = match unsigned.strip_prefix("0x") {
        Some(hex) => parse_hex_float(hex).map(|value| if plain.starts_with('-') { -value } else { value })?,
        None => plain.parse::<f64>().map_err(|_| NumberError::Syntax)?,
    };
    if value.is_infinite() { Err(NumberError::Range) } else { Ok(value) }
}

/// The part of a hexadecimal float after `0x`; Go requires the exponent.
fn parse_hex_float(text: &str) -> Result<f64, NumberError> {
    let (mantissa, exponent) = text.split_once('p').ok_or(NumberError::Syntax)?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return Err(NumberError::Syntax);
    }
    let exponent_digits = exponent.trim_start_matches(['+', '-']);
    if exponent.len() - exponent_digits.len() > 1 || exponent_digits.is_empty() {
        return Err(NumberError::Syntax);
    }
    let mut shift: i32 =
        exponent.parse::<i32>().unwrap_or(if exponent.starts_with('-') { -100_000 } else { 100_000 });
    shift = shift.clamp(-100_000, 100_000) - 4 * i32::try_from(fraction.len()).unwrap_or(i32::MAX / 8);
    let mut value = 0_u128;
    for digit in whole.chars().chain(fraction.chars()) {
        let digit = digit.to_digit(16).ok_or(NumberError::Syntax)?;
        if value >> 120 == 0 {
            value = value << 4 | u128::from(digit);
        } else {
            shift += 4;
        }
    }
    Ok(scale(value, shift))
}

fn scale(value: u128, shift: i32) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "rounding to the nearest is what is wanted")]
    times_power_of_two(value as f64, shift)
}

/// `value` times two to the `shift`, in steps that neither overflow nor underflow early.
pub(crate) fn times_power_of_two(value: f64, shift: i32) -> f64 {
    let (mut result, mut left) = (value, shift);
    while left != 0 && result != 0.0 && result.is_finite() {
        let step = left.clamp(-1000, 1000);
        result *= 2_f64.powi(step);
        left -= step;
    }
    result
}

/// `underscoreOK`: underscores stand between digits, or between the base prefix and a digit.
fn underscores_fit(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    let (hex, mut digit_before, rest) = match text {
        [b'0', b'x' | b'X', rest @ ..] => (true, true, rest),
        [b'0', b'b' | b'B' | b'o' | b'O', rest @ ..] => (false, true, rest),
        all => (false, false, all),
    };
    let mut underscore_before = false;
    for &byte in rest {
        let digit = byte.is_ascii_digit() || hex && byte.is_ascii_hexdigit();
        if byte == b'_' && !digit_before || underscore_before && !digit && byte != b'_' {
            return false;
        }
        (digit_before, underscore_before) = (digit, byte == b'_');
    }
    !underscore_before
}

/// Go's conversion of a float to `int64` on amd64: what does not fit is the smallest number.
pub(crate) fn float_to_int(value: f64) -> i64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    #[allow(clippy::cast_possible_truncation, reason = "the range is checked")]
    if (-LIMIT..LIMIT).contains(&value) { value as i64 } else { i64::MIN }
}

/// Go's conversion of a float to `uint64` on amd64.
pub(crate) fn float_to_uint(value: f64) -> u64 {
    const HALF: f64 = 9_223_372_036_854_775_808.0;
    if value < HALF {
        return float_to_int(value).cast_unsigned();
    }
    float_to_int(value - HALF).cast_unsigned() ^ (1 << 63)
}
