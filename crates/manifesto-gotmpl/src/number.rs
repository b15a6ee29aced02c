//! Numeric constants of templates: every form in which a constant fits, as `newNumber` of `text/template/parse`.

use crate::ast::Number;
use crate::lex::ItemKind;
use crate::strconv::{
    Unit, float_to_int, float_to_uint, parse_float, parse_int, parse_uint, quote, unquote_char,
};

/// Reads the text of a number, a complex number or a character.
pub(crate) fn parse_number(text: &[u8], kind: ItemKind) -> Result<Number, String> {
    let mut number = match kind {
        ItemKind::CharConstant => character(text)?,
        ItemKind::Complex => {
            complex(text).ok_or_else(|| "syntax error scanning complex number".to_owned())?
        }
        _ => real(text)?,
    };
    number.text = String::from_utf8_lossy(text).into_owned();
    Ok(number)
}

fn character(text: &[u8]) -> Result<Number, String> {
    let inner = text.get(1..).unwrap_or_default();
    let (unit, size) = unquote_char(inner, b'\'').ok_or("invalid syntax")?;
    if inner.get(size..) != Some(b"'") {
        return Err(format!("malformed character constant: {}", String::from_utf8_lossy(text)));
    }
    let code = match unit {
        Unit::Byte(byte) => u32::from(byte),
        Unit::Rune(rune) => u32::from(rune),
    };
    Ok(Number {
        int: Some(i64::from(code)),
        uint: Some(u64::from(code)),
        float: Some(f64::from(code)),
        ..Number::default()
    })
}

fn complex(text: &[u8]) -> Option<Number> {
    let text = text.strip_suffix(b"i")?;
    // The sign of the imaginary part is the last one that is not the sign of an exponent.
    let split = text.iter().enumerate().skip(1).rposition(|(at, &byte)| {
        matches!(byte, b'+' | b'-')
            && !text.get(at - 1).is_some_and(|before| matches!(before, b'e' | b'E' | b'p' | b'P'))
    })? + 1;
    let (re, im) = text.split_at_checked(split)?;
    Some(simplified(parse_float(re).ok()?, parse_float(im).ok()?))
}

/// A complex number that is real fits the other forms too.
fn simplified(re: f64, im: f64) -> Number {
    let mut number = Number { complex: Some((re, im)), ..Number::default() };
    if im == 0.0 {
        number.float = Some(re);
        number.int = exact_int(re);
        number.uint = exact_uint(re);
    }
    number
}

#[allow(clippy::cast_precision_loss, clippy::float_cmp, reason = "exactly what Go compares")]
fn exact_int(value: f64) -> Option<i64> {
    let int = float_to_int(value);
    (int as f64 == value).then_some(int)
}

#[allow(clippy::cast_precision_loss, clippy::float_cmp, reason = "exactly what Go compares")]
fn exact_uint(value: f64) -> Option<u64> {
    let uint = float_to_uint(value);
    (uint as f64 == value).then_some(uint)
}

#[allow(clippy::cast_precision_loss, reason = "Go promotes integers the same way")]
fn real(text: &[u8]) -> Result<Number, String> {
    if let Some(imaginary) = text.strip_suffix(b"i")
        && let Ok(imaginary) = parse_float(imaginary)
    {
        return Ok(simplified(0.0, imaginary));
    }
    let mut number =
        Number { uint: parse_uint(text, 0).ok(), int: parse_int(text, 0).ok(), ..Number::default() };
    if text.starts_with(b"+") || text.starts_with(b"-") {
        // ParseUint takes no sign, but minus zero is an unsigned number all the same.
        number.uint = (number.int == Some(0)).then_some(0);
    }
    number.float = number.int.map(|int| int as f64).or(number.uint.map(|uint| uint as f64));
    if number.float.is_none()
        && let Ok(float) = parse_float(text)
    {
        if !text.iter().any(|byte| b".eEpP".contains(byte)) {
            return Err(format!("integer overflow: {}", quote(text)));
        }
        number.float = Some(float);
        number.int = exact_int(float);
        number.uint = exact_uint(float);
    }
    if number.float.is_none() {
        return Err(format!("illegal number syntax: {}", quote(text)));
    }
    Ok(number)
}
