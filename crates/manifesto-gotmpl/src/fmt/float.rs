//! Floats as text, as `strconv.AppendFloat` writes them.

/// No double has more digits behind the point; what is asked for beyond is zeros.
const DIGITS_MAX: usize = 1100;

/// The decimal digits of a number: 0.`digits` times ten to the `point`.
struct Decimal {
    digits: Vec<u8>,
    point: i32,
}

impl Decimal {
    /// The digits of a finite number: as few as identify it, or rounded to `count`.
    fn new(value: f64, count: Option<usize>) -> Self {
        let text = match count {
            None => format!("{:e}", value.abs()),
            Some(count) => format!("{:.*e}", count.saturating_sub(1).min(DIGITS_MAX), value.abs()),
        };
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let mut digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        let point = if digits.is_empty() { 0 } else { exponent.parse().unwrap_or(0) + 1 };
        Self { digits, point }
    }

    fn digit(&self, index: usize) -> char {
        self.digits.get(index).map_or('0', |&digit| char::from(digit))
    }

    /// `d.ddde±dd` with `precision` digits behind the point.
    fn exponential(&self, precision: usize, letter: char) -> String {
        let mut out = String::from(self.digit(0));
        if precision > 0 {
            out.push('.');
            out.extend((1..=precision).map(|index| self.digit(index)));
        }
        let exponent = if self.digits.is_empty() { 0 } else { self.point - 1 };
        let sign = if exponent < 0 { '-' } else { '+' };
        out.push_str(&format!("{letter}{sign}{:02}", exponent.unsigned_abs()));
        out
    }

    /// `ddd.ddd` with `precision` digits behind the point.
    fn plain(&self, precision: usize) -> String {
        let mut out = String::new();
        if self.point > 0 {
            out.extend((0..self.point.unsigned_abs() as usize).map(|index| self.digit(index)));
        } else {
            out.push('0');
        }
        if precision > 0 {
            out.push('.');
            out.extend((0..precision).map(|index| {
                let at = i64::from(self.point) + i64::try_from(index).unwrap_or(i64::MAX);
                usize::try_from(at).map_or('0', |at| self.digit(at))
            }));
        }
        out
    }
}

/// `AppendFloat` with 64 bits. Without a precision, as many digits as identify the number.
pub(crate) fn format_float(value: f64, verb: char, precision: Option<usize>) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if value.is_infinite() {
        return format!("{}Inf", if sign.is_empty() { "+" } else { sign });
    }
    let body = match verb {
        'e' | 'E' => exponential(value, verb, precision),
        'f' => plain(value, precision),
        'b' => binary(value),
        'x' | 'X' => hexadecimal(value, verb, precision),
        _ => general(value, if verb == 'G' { 'E' } else { 'e' }, precision),
    };
    format!("{sign}{body}")
}

fn exponential(value: f64, letter: char, precision: Option<usize>) -> String {
    let decimal = Decimal::new(value, precision.map(|precision| precision + 1));
    decimal.exponential(precision.unwrap_or(decimal.digits.len().saturating_sub(1)), letter)
}

fn plain(value: f64, precision: Option<usize>) -> String {
    match precision {
        None => {
            let decimal = Decimal::new(value, None);
            let behind = i64::try_from(decimal.digits.len()).unwrap_or(0) - i64::from(decimal.point);
            decimal.plain(usize::try_from(behind).unwrap_or(0))
        }
        Some(precision) => {
            let mut out = format!("{:.*}", precision.min(DIGITS_MAX), value.abs());
            out.extend(std::iter::repeat_n('0', precision.saturating_sub(DIGITS_MAX)));
            out
        }
    }
}

fn general(value: f64, letter: char, precision: Option<usize>) -> String {
    let wanted = precision.map(|precision| precision.max(1));
    let decimal = Decimal::new(value, wanted);
    let count = decimal.digits.len();
    let mut limit = wanted.unwrap_or(6);
    if wanted.is_some() && limit > count && i64::try_from(count).unwrap_or(0) >= i64::from(decimal.point) {
        limit = count;
    }
    let exponent = decimal.point - 1;
    if exponent < -4 || i64::from(exponent) >= i64::try_from(limit).unwrap_or(i64::MAX) {
        let digits = wanted.map_or(count, |wanted| wanted.min(count));
        return decimal.exponential(digits.saturating_sub(1), letter);
    }
    let behind = i64::try_from(count).unwrap_or(0) - i64::from(decimal.point);
    decimal.plain(usize::try_from(behind).unwrap_or(0))
}

/// The mantissa and the exponent of two of a finite double.
fn parts(value: f64) -> (u64, i32) {
    let bits = value.to_bits();
    let exponent = i32::try_from(bits >> 52 & 0x7FF).unwrap_or(0);
    let mantissa = bits & ((1 << 52) - 1);
    if exponent == 0 { (mantissa, -1074) } else { (mantissa | 1 << 52, exponent - 1075) }
}

fn binary(value: f64) -> String {
    let (mantissa, exponent) = parts(value);
    format!("{mantissa}p{exponent:+}")
}

/// `0x1.hhhp±dd`, rounded half to even when digits are limited.
fn hexadecimal(value: f64, letter: char, precision: Option<usize>) -> String {
    let (mut mantissa, mut exponent) = parts(value);
    if mantissa == 0 {
        exponent = -60;
    }
    // Sixty bits of fraction below a one.
    let shift = mantissa.leading_zeros().saturating_sub(3);
    if mantissa != 0 {
        mantissa <<= shift;
        exponent -= i32::try_from(shift).unwrap_or(0);
    }
    if let Some(precision) = precision
        && precision < 15
    {
        let drop = u32::try_from(60 - 4 * precision).unwrap_or(0);
        let (kept, rest) = (mantissa >> drop, mantissa & ((1 << drop) - 1));
        let half = 1_u64 << (drop - 1);
        let up = rest > half || rest == half && kept & 1 == 1;
        mantissa = (kept + u64::from(up)) << drop;
        if mantissa >> 61 != 0 {
            mantissa >>= 1;
            exponent += 1;
        }
    }
    let mut digits = format!("{:015x}", mantissa & ((1 << 60) - 1));
    match precision {
        None => digits.truncate(digits.trim_end_matches('0').len()),
        Some(precision) if precision <= 15 => digits.truncate(precision),
        Some(precision) => digits.extend(std::iter::repeat_n('0', precision - 15)),
    }
    let point = if digits.is_empty() { "" } else { "." };
    let exponent = exponent + 60;
    let sign = if exponent < 0 { '-' } else { '+' };
    let text = format!("0x{}{point}{digits}p{sign}{:02}", mantissa >> 60, exponent.unsigned_abs());
    if letter == 'X' { text.to_uppercase() } else { text }
}
