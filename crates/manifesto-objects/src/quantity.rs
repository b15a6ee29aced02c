//! Quantities: `100m`, `1.5Gi`, `2e3`.

use std::cmp::Ordering;
use std::fmt;

/// An amount, exact to the nano. Kubernetes rounds smaller fractions up (apimachinery, `resource.Quantity`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Quantity {
    nanos: i128,
}

const NANOS: i128 = 1_000_000_000;

/// Why a text is not a quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuantityError {
    /// There is no number.
    NoNumber,
    /// The suffix is unknown.
    Suffix,
    /// It is larger than any amount.
    TooLarge,
}

impl fmt::Display for QuantityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoNumber => "no number",
            Self::Suffix => "an unknown suffix",
            Self::TooLarge => "too large",
        })
    }
}

impl std::error::Error for QuantityError {}

impl Quantity {
    /// A whole amount.
    pub fn from_units(units: i64) -> Self {
        Self { nanos: i128::from(units) * NANOS }
    }

    /// Reads a quantity by the grammar of apimachinery `resource.ParseQuantity`.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        let (negative, unsigned) = match text.as_bytes().first() {
            Some(b'-') => (true, text.get(1..).unwrap_or_default()),
            Some(b'+') => (false, text.get(1..).unwrap_or_default()),
            _ => (false, text),
        };
        let length = unsigned.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
        let (number, suffix) = unsigned.split_at(length);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
            return Err(QuantityError::NoNumber);
        }
        let scale = Scale::parse(suffix)?;
        let digits = format!("{whole}{fraction}");
        let digits = digits.trim_start_matches('0');
        if digits.len() > 36 {
            return Err(QuantityError::TooLarge);
        }
        let value: i128 =
            if digits.is_empty() { 0 } else { digits.parse().map_err(|_| QuantityError::TooLarge)? };
        let fraction_digits = i32::try_from(fraction.len()).map_err(|_| QuantityError::TooLarge)?;
        let nanos = scale.apply(value, fraction_digits).ok_or(QuantityError::TooLarge)?;
        Ok(Self { nanos: if negative { -nanos } else { nanos } })
    }

    /// The amount in thousandths, rounded up: `1500` for `1.5`.
    pub fn millis(self) -> i128 {
        div_up(self.nanos, NANOS / 1000)
    }

    /// The amount in units, rounded up: bytes for memory.
    pub fn units(self) -> i128 {
        div_up(self.nanos, NANOS)
    }

    /// Whether it is nothing.
    pub fn is_zero(self) -> bool {
        self.nanos == 0
    }

    /// This amount a number of times.
    #[must_use = "the product is returned"]
    pub fn times(self, count: i64) -> Self {
        Self { nanos: self.nanos.saturating_mul(i128::from(count)) }
    }

    /// The amount as CPU: `100m`, `2`.
    pub fn as_cpu(self) -> String {
        let millis = self.millis();
        if millis % 1000 == 0 { (millis / 1000).to_string() } else { format!("{millis}m") }
    }

    /// The amount as bytes, in the largest binary unit that divides it, else rounded to one decimal: `256Mi`, `1.5Gi`.
    pub fn as_bytes(self) -> String {
        const UNITS: [&str; 7] = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
        let bytes = self.units();
        let exact = UNITS.iter().enumerate().rev().find(|(power, _)| bytes % (1_i128 << (10 * power)) == 0);
        if let Some((power, unit)) = exact.filter(|(power, _)| *power > 0 || bytes.abs() < 1024) {
            return if bytes == 0 { "0".to_owned() } else { format!("{}{unit}", bytes >> (10 * power)) };
        }
        let power = (0..UNITS.len()).rev().find(|power| bytes.abs() >= 1_i128 << (10 * power)).unwrap_or(0);
        let tenths = (bytes * 10 + (1_i128 << (10 * power)) / 2) >> (10 * power);
        let unit = UNITS.get(power).copied().unwrap_or_default();
        if tenths % 10 == 0 {
            format!("{}{unit}", tenths / 10)
        } else {
            format!("{}.{}{unit}", tenths / 10, tenths.abs() % 10)
        }
    }
}

impl std::ops::Add for Quantity {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { nanos: self.nanos.saturating_add(other.nanos) }
    }
}

impl std::ops::Sub for Quantity {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self { nanos: self.nanos.saturating_sub(other.nanos) }
    }
}

impl std::iter::Sum for Quantity {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), |sum, amount| sum + amount)
    }
}

/// What a suffix multiplies by.
enum Scale {
    Decimal(i32),
    Binary(u32),
}

impl Scale {
    fn parse(suffix: &str) -> Result<Self, QuantityError> {
        Ok(match suffix {
            "n" => Self::Decimal(-9),
            "u" => Self::Decimal(-6),
            "m" => Self::Decimal(-3),
            "" => Self::Decimal(0),
            "k" => Self::Decimal(3),
            "M" => Self::Decimal(6),
            "G" => Self::Decimal(9),
            "T" => Self::Decimal(12),
            "P" => Self::Decimal(15),
            "E" => Self::Decimal(18),
            "Ki" => Self::Binary(10),
            "Mi" => Self::Binary(20),
            "Gi" => Self::Binary(30),
            "Ti" => Self::Binary(40),
            "Pi" => Self::Binary(50),
            "Ei" => Self::Binary(60),
            _ => {
                let exponent = suffix.strip_prefix(['e', 'E']).ok_or(QuantityError::Suffix)?;
                let exponent: i32 = exponent.parse().map_err(|_| QuantityError::Suffix)?;
                Self::Decimal(exponent)
            }
        })
    }

    /// `value` has `fraction_digits` digits after the point.
    fn apply(&self, value: i128, fraction_digits: i32) -> Option<i128> {
        match self {
            Self::Decimal(exponent) => {
                power_of_ten(value, exponent.checked_sub(fraction_digits)?.checked_add(9)?)
            }
            Self::Binary(bits) => {
                power_of_ten(value.checked_mul(1_i128 << bits)?, 9_i32.checked_sub(fraction_digits)?)
            }
        }
    }
}

fn power_of_ten(value: i128, exponent: i32) -> Option<i128> {
    if value == 0 {
        return Some(0);
    }
    match exponent.cmp(&0) {
        Ordering::Less => {
            Some(10_i128.checked_pow(exponent.unsigned_abs()).map_or(1, |by| div_up(value, by)))
        }
        Ordering::Equal => Some(value),
        Ordering::Greater => value.checked_mul(10_i128.checked_pow(exponent.unsigned_abs())?),
    }
}

fn div_up(value: i128, by: i128) -> i128 {
    let quotient = value / by;
    if value % by > 0 { quotient + 1 } else { quotient }
}
