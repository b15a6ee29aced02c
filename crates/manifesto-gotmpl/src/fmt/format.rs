//! One basic value with one verb: padding, signs, bases, quoting. After Go's `fmt/format.go`.

use super::{Flags, Printed, Printer, format_float};
use crate::strconv::{can_backquote, quote_with};
use crate::unicode;

impl Printer<'_> {
    /// Appends text within the width, which counts runes.
    pub(super) fn pad(&mut self, bytes: &[u8]) -> Printed {
        let Flags { width, minus, zero, .. } = self.flags;
        let missing = width.map_or(0, |width| width.saturating_sub(unicode::runes(bytes).count()));
        self.room(bytes.len().saturating_add(missing))?;
        // Zeros go to the left only.
        let filler = if zero && !minus { b'0' } else { b' ' };
        if !minus {
            self.out.extend(std::iter::repeat_n(filler, missing));
        }
        self.out.extend_from_slice(bytes);
        if minus {
            self.out.extend(std::iter::repeat_n(b' ', missing));
        }
        Ok(())
    }

    pub(super) fn bool(&mut self, value: bool, verb: char) -> Option<Printed> {
        matches!(verb, 't' | 'v').then(|| self.pad(if value { b"true" } else { b"false" }))
    }

    /// An integer, as sign and magnitude.
    pub(super) fn integer(
        &mut self,
        negative: bool,
        magnitude: u64,
        signed: bool,
        verb: char,
    ) -> Option<Printed> {
        Some(match verb {
            'v' if self.flags.sharp_v && !signed => {
                let sharp = std::mem::replace(&mut self.flags.sharp, true);
                let printed = self.digits(negative, magnitude, 16, 'v');
                self.flags.sharp = sharp;
                printed
            }
            'v' | 'd' => self.digits(negative, magnitude, 10, verb),
            'b' => self.digits(negative, magnitude, 2, verb),
            'o' | 'O' => self.digits(negative, magnitude, 8, verb),
            'x' | 'X' => self.digits(negative, magnitude, 16, verb),
            'c' => {
                let rune = code(negative, magnitude);
                self.pad(rune.encode_utf8(&mut [0; 4]).as_bytes())
            }
            'q' => {
                let text = quote_with(
                    code(negative, magnitude).encode_utf8(&mut [0; 4]).as_bytes(),
                    '\'',
                    self.flags.plus,
                );
                self.pad(text.as_bytes())
            }
            'U' => {
                let bits = if negative { magnitude.wrapping_neg() } else { magnitude };
                let digits = self.flags.precision.unwrap_or(0).max(4);
                self.room(digits).ok()?;
                let mut text = format!("U+{bits:0digits$X}");
                if self.flags.sharp
                    && let Some(rune) = u32::try_from(bits).ok().and_then(char::from_u32)
                    && unicode::is_print(rune)
                {
                    text.push_str(&format!(" '{rune}'"));
                }
                let zero = std::mem::replace(&mut self.flags.zero, false);
                let printed = self.pad(text.as_bytes());
                self.flags.zero = zero;
                printed
            }
            _ => return None,
        })
    }

    fn digits(&mut self, negative: bool, magnitude: u64, base: u32, verb: char) -> Printed {
        let flags = self.flags;
        let signed = negative || flags.plus || flags.space;
        let mut precision = 0;
        if let Some(wanted) = flags.precision {
            precision = wanted;
            // Precision 0 of the value 0 is nothing at all, but for the padding.
            if wanted == 0 && magnitude == 0 {
                self.flags.zero = false;
                let printed = self.pad(b"");
                self.flags.zero = flags.zero;
                return printed;
            }
        } else if flags.zero
            && !flags.minus
            && let Some(width) = flags.width
        {
            precision = width.saturating_sub(usize::from(signed));
        }
        self.room(precision)?;
        let digits = match base {
            2 => format!("{magnitude:b}"),
            8 => format!("{magnitude:o}"),
            16 if verb == 'X' => format!("{magnitude:X}"),
            16 => format!("{magnitude:x}"),
            _ => magnitude.to_string(),
        };
        let zeros = precision.saturating_sub(digits.len());
        let prefix = match (base, flags.sharp, verb) {
            (2, true, _) => "0b",
            (8, false, 'O') => "0o",
            // One zero in front is enough.
            (8, true, 'O') if zeros > 0 || digits.starts_with('0') => "0o",
            (8, true, 'O') => "0o0",
            (8, true, _) if zeros == 0 && !digits.starts_with('0') => "0",
            (16, true, 'X') => "0X",
            (16, true, _) => "0x",
            _ => "",
        };
        let sign = match (negative, flags.plus, flags.space) {
            (true, ..) => "-",
            (_, true, _) => "+",
            (_, _, true) => " ",
            _ => "",
        };
        let text = format!("{sign}{prefix}{}{digits}", "0".repeat(zeros));
        self.flags.zero = false;
        let printed = self.pad(text.as_bytes());
        self.flags.zero = flags.zero;
        printed
    }

    pub(super) fn float(&mut self, value: f64, verb: char) -> Option<Printed> {
        let (letter, default) = match verb {
            'v' => ('g', None),
            'b' | 'g' | 'G' | 'x' | 'X' => (verb, None),
            'f' | 'e' | 'E' => (verb, Some(6)),
            'F' => ('f', Some(6)),
            _ => return None,
        };
        let flags = self.flags;
        let precision = flags.precision.or(default);
        if let Err(budget) = self.room(precision.unwrap_or(0).saturating_add(400)) {
            return Some(Err(budget));
        }
        let number = format_float(value, letter, precision);
        let (mut sign, mut body) = match number.strip_prefix('-') {
            Some(rest) => ("-", rest.to_owned()),
            None => ("+", number.trim_start_matches('+').to_owned()),
        };
        if flags.space && sign == "+" && !flags.plus {
            sign = " ";
        }
        let special = !value.is_finite();
        if flags.sharp && letter != 'b' && !special {
            body = sharpened(&body, letter, flags.precision);
        }
        // The infinities always have their sign, and what is no number has one only where it is asked for.
        let shown = flags.plus || sign != "+" || value.is_infinite();
        if special {
            self.flags.zero = false;
            if value.is_nan() && !flags.space && !flags.plus {
                sign = "";
            }
        }
        let printed = if shown { self.signed_number(sign, &body) } else { self.pad(body.as_bytes()) };
        self.flags.zero = flags.zero;
        Some(printed)
    }

    /// With zeros as filler, the sign goes before them.
    fn signed_number(&mut self, sign: &str, body: &str) -> Printed {
        let flags = self.flags;
        if flags.zero
            && !flags.minus
            && let Some(width) = flags.width
            && width > body.len() + sign.len()
        {
            self.push(sign.as_bytes())?;
            self.flags.width = Some(width - sign.len());
            let printed = self.pad(body.as_bytes());
            self.flags.width = flags.width;
            return printed;
        }
        self.pad(format!("{sign}{body}").as_bytes())
    }

    pub(super) fn complex(&mut self, (re, im): (f64, f64), verb: char) -> Option<Printed> {
        if !matches!(verb, 'v' | 'b' | 'g' | 'G' | 'x' | 'X' | 'f' | 'F' | 'e' | 'E') {
            return None;
        }
        let plus = self.flags.plus;
        self.out.push(b'(');
        let first = self.float(re, verb)?;
        // The imaginary part always has a sign.
        self.flags.plus = true;
        let second = self.float(im, verb)?;
        self.out.extend_from_slice(b"i)");
        self.flags.plus = plus;
        Some(first.and(second))
    }

    pub(super) fn string(&mut self, text: &[u8], verb: char) -> Option<Printed> {
        Some(match verb {
            'v' if self.flags.sharp_v => self.quoted(text),
            'v' | 's' => {
                let cut = self.cut(text);
                self.pad(cut)
            }
            'x' | 'X' => self.hex(text, verb == 'X'),
            'q' => self.quoted(text),
            _ => return None,
        })
    }

    /// The text cut to the precision, which counts runes.
    fn cut<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        let Some(precision) = self.flags.precision else { return text };
        let end = unicode::runes(text).nth(precision).map_or(text.len(), |(at, _)| at);
        text.get(..end).unwrap_or(text)
    }

    fn quoted(&mut self, text: &[u8]) -> Printed {
        let cut = self.cut(text);
        self.room(cut.len())?;
        if self.flags.sharp && can_backquote(cut) {
            return self.pad(&[b"`", cut, b"`"].concat());
        }
        let quoted = quote_with(cut, '"', self.flags.plus);
        self.pad(quoted.as_bytes())
    }

    /// Bytes in base 16; with a space between them when asked for, and `0x` before the whole or before each.
    fn hex(&mut self, text: &[u8], upper: bool) -> Printed {
        let Flags { precision, sharp, space, .. } = self.flags;
        let text = text.get(..precision.unwrap_or(text.len()).min(text.len())).unwrap_or_default();
        self.room(text.len().saturating_mul(5))?;
        let mut out = String::with_capacity(text.len() * 2);
        for (number, byte) in text.iter().enumerate() {
            if space && number > 0 {
                out.push(' ');
            }
            if sharp && (space || number == 0) {
                out.push_str(if upper { "0X" } else { "0x" });
            }
            out.push_str(&if upper { format!("{byte:02X}") } else { format!("{byte:02x}") });
        }
        self.pad(out.as_bytes())
    }
}

fn code(negative: bool, magnitude: u64) -> char {
    let code = if negative { None } else { u32::try_from(magnitude).ok() };
    code.and_then(char::from_u32).unwrap_or(unicode::ERROR)
}

/// The `#` flag: a point always, and for `%g` all the digits of the precision.
fn sharpened(body: &str, letter: char, precision: Option<usize>) -> String {
    let exponents: &[char] = if matches!(letter, 'x' | 'X') { &['p', 'P'] } else { &['e', 'E'] };
    let split = body.find(exponents).unwrap_or(body.len());
    let (number, tail) = body.split_at(split);
    let mut number = number.to_owned();
    let point = number.contains('.');
    if !point {
        number.push('.');
    }
    if matches!(letter, 'g' | 'G') {
        let wanted = precision.unwrap_or(6);
        let digits = number.trim_start_matches(['0', '.']).chars().filter(char::is_ascii_digit).count();
        let digits = if digits == 0 { 1 } else { digits };
        number.extend(std::iter::repeat_n('0', wanted.saturating_sub(digits)));
    }
    number + tail
}
