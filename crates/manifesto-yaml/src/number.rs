//! Numbers as Go reads and prints them (strconv, encoding/json).

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// A number, as go-yaml holds it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// A whole number that fits 64 bits with a sign.
    Int(i64),
    /// A whole number that only fits 64 bits without a sign.
    Uint(u64),
    /// Any other number.
    Float(f64),
}

impl Number {
    /// The nearest float.
    #[expect(clippy::cast_precision_loss, reason = "what a conversion to float64 does in Go")]
    pub fn to_f64(self) -> f64 {
        match self {
            Self::Int(int) => int as f64,
            Self::Uint(uint) => uint as f64,
            Self::Float(float) => float,
        }
    }

    /// The whole number, when it is one within 64 bits with a sign.
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked first")]
    pub fn to_i64(self) -> Option<i64> {
        match self {
            Self::Int(int) => Some(int),
            Self::Uint(_) => None,
            Self::Float(float) => {
                // 2^63
                const LIMIT: f64 = 9_223_372_036_854_775_808.0;
                let whole = float.fract() == 0.0 && (-LIMIT..LIMIT).contains(&float);
                whole.then_some(float as i64)
            }
        }
    }

    /// The number as encoding/json writes it; none for infinities and what is no number.
    pub fn json_text(self) -> Option<String> {
        match self {
            Self::Int(int) => Some(int.to_string()),
            Self::Uint(uint) => Some(uint.to_string()),
            Self::Float(float) => float.is_finite().then(|| json_float(float)),
        }
    }

    /// The number as go-yaml writes it.
    pub fn yaml_text(self) -> String {
        match self {
            Self::Int(int) => int.to_string(),
            Self::Uint(uint) => uint.to_string(),
            Self::Float(float) => general_float(&Digits::of(float)),
        }
    }

    /// The number as sigs.k8s.io/yaml writes it: go-yaml reads the JSON text again, so `1.0` and `1e6` become
    /// whole.
    pub fn sigs_text(self) -> Option<String> {
        let json = self.json_text()?;
        let reread = resolve_int(&json).or_else(|| resolve_float(&json).map(Self::Float))?;
        Some(reread.yaml_text())
    }
}

/// The shortest digits that give a float back, and the power of ten of the first one.
struct Digits {
    sign: &'static str,
    shortest: String,
    exponent: i32,
    special: Option<&'static str>,
}

impl Digits {
    fn of(float: f64) -> Self {
        let special = match float {
            f64::INFINITY => Some(".inf"),
            f64::NEG_INFINITY => Some("-.inf"),
            _ if float.is_nan() => Some(".nan"),
            _ => None,
        };
        Self::split(float.is_sign_negative(), &shortest(float.abs()), special)
    }

    /// The same of a float of 32 bits; sigs.k8s.io/yaml prints keys so.
    fn of_32(float: f32) -> Self {
        let special = Self::of(f64::from(float)).special;
        Self::split(float.is_sign_negative(), &shortest(float.abs()), special)
    }

    fn split(negative: bool, scientific: &str, special: Option<&'static str>) -> Self {
        let (digits, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
        Self {
            sign: if negative { "-" } else { "" },
            shortest: digits.replace('.', ""),
            exponent: exponent.parse().unwrap_or(0),
            special,
        }
    }

    /// `1.5e+07`; at least two digits of exponent, as Go prints it.
    fn scientific(&self) -> String {
        let (first, rest) = self.shortest.split_at_checked(1).unwrap_or((&self.shortest, ""));
        let point = if rest.is_empty() { "" } else { "." };
        let sign = if self.exponent < 0 { '-' } else { '+' };
        format!("{}{first}{point}{rest}e{sign}{:02}", self.sign, self.exponent.unsigned_abs())
    }

    /// `15000000`.
    fn positional(&self) -> String {
        let Ok(before_point) = usize::try_from(self.exponent + 1) else {
            let zeros = usize::try_from(-1 - self.exponent).unwrap_or(0);
            return format!("{}0.{}{}", self.sign, "0".repeat(zeros), self.shortest);
        };
        match self.shortest.split_at_checked(before_point) {
            Some((whole, "")) => format!("{}{whole}", self.sign),
            Some(("", fraction)) => format!("{}0.{fraction}", self.sign),
            Some((whole, fraction)) => format!("{}{whole}.{fraction}", self.sign),
            None => {
                format!("{}{}{}", self.sign, self.shortest, "0".repeat(before_point - self.shortest.len()))
            }
        }
    }
}

/// The shortest digits that give the float back. Where two are equally near, Go takes the even one and Rust the
/// upper one; Rust's rounding to a given number of digits is to even as well.
fn shortest<F: Copy + fmt::LowerExp + FromStr + PartialEq>(float: F) -> String {
    let upper = format!("{float:e}");
    let digits = upper.split('e').next().unwrap_or_default().bytes().filter(u8::is_ascii_digit).count();
    let even = format!("{float:.*e}", digits.saturating_sub(1));
    if even.parse().is_ok_and(|back: F| back == float) { even } else { upper }
}

/// strconv.FormatFloat with format `g` and the shortest digits: the exponent form below 1e-4 and from 1e6 up
/// (ftoa.go: "if precision was the shortest possible, use precision 6 for this decision").
fn general_float(digits: &Digits) -> String {
    match digits.special {
        Some(special) => special.to_owned(),
        None if (-4..6).contains(&digits.exponent) => digits.positional(),
        None => digits.scientific(),
    }
}

/// A float that is a key, as sigs.k8s.io/yaml turns it into text (yaml.go, convertToJSONableObject).
#[expect(clippy::cast_possible_truncation, reason = "upstream prints keys with 32 bits")]
pub(crate) fn sigs_key(float: f64) -> String {
    general_float(&Digits::of_32(float as f32))
}

/// encoding/json floatEncoder: like JavaScript, positional from 1e-6 up to 1e21.
fn json_float(float: f64) -> String {
    let digits = Digits::of(float);
    let magnitude = float.abs();
    if magnitude == 0.0 || (1e-6..1e21).contains(&magnitude) {
        return digits.positional();
    }
    let text = digits.scientific();
    // It shortens e-09 to e-9, and only that.
    match text.split_once("e-0") {
        Some((mantissa, exponent)) => format!("{mantissa}e-{exponent}"),
        None => text,
    }
}

/// A whole number, as go-yaml reads a plain scalar that starts with a sign or a digit (resolve.go of version 3).
pub(crate) fn resolve_int(text: &str) -> Option<Number> {
    resolve_int_v2(text).or_else(|| signed_behind_prefix(&without_underscores(text), "0o", 8))
}

/// The same in version 2, which lacks the last fallback.
pub(crate) fn resolve_int_v2(text: &str) -> Option<Number> {
    let plain = without_underscores(text);
    parse_int(&plain, 0).or_else(|| signed_behind_prefix(&plain, "0b", 2))
}

/// The fallbacks behind what strconv takes. All they add is a sign behind the prefix: `0b-1` is -1.
fn signed_behind_prefix(plain: &str, prefix: &str, base: u32) -> Option<Number> {
    if let Some(digits) = plain.strip_prefix(prefix) {
        return parse_int(digits, base);
    }
    let digits = plain.strip_prefix('-')?.strip_prefix(prefix)?;
    match parse_int(&format!("-{digits}"), base)? {
        Number::Uint(_) => None,
        int => Some(int),
    }
}

/// strconv.ParseInt, then strconv.ParseUint, of 64 bits. Base 0 takes the base from the prefix.
fn parse_int(text: &str, base: u32) -> Option<Number> {
    let (negative, unsigned) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let (digits, base) = if base == 0 { split_base(unsigned) } else { (unsigned, base) };
    if digits.is_empty() || !digits.bytes().all(|byte| char::from(byte).is_digit(base)) {
        return None;
    }
    let magnitude = u64::from_str_radix(digits, base).ok()?;
    match i64::try_from(magnitude) {
        Ok(int) => Some(Number::Int(if negative { -int } else { int })),
        Err(_) if negative => (magnitude == i64::MIN.unsigned_abs()).then_some(Number::Int(i64::MIN)),
        // ParseUint takes no sign at all.
        Err(_) => (unsigned.len() == text.len()).then_some(Number::Uint(magnitude)),
    }
}

fn split_base(text: &str) -> (&str, u32) {
    let prefix = |index: usize| text.as_bytes().get(index).map(u8::to_ascii_lowercase);
    let (skip, base) = match (prefix(0), prefix(1)) {
        (Some(b'0'), Some(b'x')) => (2, 16),
        (Some(b'0'), Some(b'o')) => (2, 8),
        (Some(b'0'), Some(b'b')) => (2, 2),
        (Some(b'0'), Some(_)) => (1, 8),
        _ => (0, 10),
    };
    (text.get(skip..).unwrap_or_default(), base)
}

/// A number with a point or an exponent, or one of the words for infinity and no number; also a whole number
/// beyond 64 bits. What overflows is none: it stays text.
pub(crate) fn resolve_float(text: &str) -> Option<f64> {
    match text {
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Some(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Some(f64::NEG_INFINITY),
        ".nan" | ".NaN" | ".NAN" => return Some(f64::NAN),
        _ => {}
    }
    let plain = if text.starts_with('.') { go_float_underscores(text)? } else { without_underscores(text) };
    if !is_float_syntax(&plain) {
        return None;
    }
    plain.parse().ok().filter(|float: &f64| float.is_finite())
}

/// go-yaml's `^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`.
fn is_float_syntax(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let at = |index: usize| bytes.get(index).copied();
    let mut index = usize::from(matches!(at(0), Some(b'-' | b'+')));
    let whole = digits(index);
    index += whole;
    if at(index) == Some(b'.') {
        let fraction = digits(index + 1);
        if whole == 0 && fraction == 0 {
            return false;
        }
        index += 1 + fraction;
    } else if whole == 0 {
        return false;
    }
    if matches!(at(index), Some(b'e' | b'E')) {
        index += 1 + usize::from(matches!(at(index + 1), Some(b'-' | b'+')));
        let exponent = digits(index);
        if exponent == 0 {
            return false;
        }
        index += exponent;
    }
    index == bytes.len()
}

fn without_underscores(text: &str) -> Cow<'_, str> {
    if text.contains('_') { Cow::Owned(text.replace('_', "")) } else { Cow::Borrowed(text) }
}

/// What starts with a point goes to strconv.ParseFloat as it is, which takes underscores between digits only.
fn go_float_underscores(text: &str) -> Option<Cow<'_, str>> {
    let bytes = text.as_bytes();
    let digit_at = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_digit);
    let fits = |(index, byte): (usize, &u8)| {
        *byte != b'_' || (index > 0 && digit_at(index - 1) && digit_at(index + 1))
    };
    bytes.iter().enumerate().all(fits).then(|| without_underscores(text))
}
