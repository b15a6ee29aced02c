//! Exact decimals, as shopspring/decimal computes them for sprig.

use num_bigint::BigInt;
use num_traits::{Signed as _, Zero as _};

/// shopspring/decimal divides to so many digits behind the point.
const DIVISION_DIGITS: i64 = 16;

/// `value` times ten to the `exponent`.
#[derive(Debug, Clone)]
pub(super) struct Decimal {
    value: BigInt,
    exponent: i64,
}

impl Decimal {
    /// The shortest decimal that reads back as the float; none for what is no number.
    pub(super) fn from_float(float: f64) -> Option<Self> {
        if !float.is_finite() {
            return None;
        }
        let text = format!("{float:e}");
        let (mantissa, exponent) = text.split_once('e')?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let value = format!("{whole}{fraction}").parse().ok()?;
        let exponent: i64 = exponent.parse().ok()?;
        Some(Self { value, exponent: exponent - i64::try_from(fraction.len()).ok()? })
    }

    /// The nearest float.
    pub(super) fn to_float(&self) -> f64 {
        format!("{}e{}", self.value, self.exponent).parse().unwrap_or(f64::NAN)
    }

    fn scaled(&self, exponent: i64) -> BigInt {
        &self.value * ten_to(self.exponent - exponent)
    }

    pub(super) fn add(&self, other: &Self) -> Self {
        let exponent = self.exponent.min(other.exponent);
        Self { value: self.scaled(exponent) + other.scaled(exponent), exponent }
    }

    pub(super) fn subtract(&self, other: &Self) -> Self {
        let exponent = self.exponent.min(other.exponent);
        Self { value: self.scaled(exponent) - other.scaled(exponent), exponent }
    }

    pub(super) fn multiply(&self, other: &Self) -> Self {
        Self { value: &self.value * &other.value, exponent: self.exponent + other.exponent }
    }

    /// Rounded half away from zero; none when divided by nothing.
    pub(super) fn divide(&self, other: &Self) -> Option<Self> {
        if other.value.is_zero() {
            return None;
        }
        // self / other = quotient times ten to the minus DIVISION_DIGITS.
        let shift = self.exponent - other.exponent + DIVISION_DIGITS;
        let (numerator, denominator) = if shift >= 0 {
            (&self.value * ten_to(shift), other.value.clone())
        } else {
            (self.value.clone(), &other.value * ten_to(-shift))
        };
        let quotient = &numerator / &denominator;
        let rest = (&numerator % &denominator).abs() * 2;
        let away = if numerator.is_negative() == denominator.is_negative() { 1 } else { -1 };
        let value = if rest >= denominator.abs() { quotient + away } else { quotient };
        Some(Self { value, exponent: -DIVISION_DIGITS })
    }
}

/// Exponents of floats differ by less than 700, and each operation adds no more: far from what could hurt.
fn ten_to(exponent: i64) -> BigInt {
    BigInt::from(10).pow(u32::try_from(exponent).unwrap_or(0))
}
