//! Format strings. After `doPrintf` of Go's `fmt/print.go`.

use super::{Flags, Printed, Printer};
use crate::unicode;
use crate::value::Value;

/// Go ignores wider widths and longer precisions.
const NUMBER_MAX: i64 = 1_000_000;

/// Where the scan of a format stands.
struct Scan<'f> {
    format: &'f [u8],
    at: usize,
    argument: usize,
    count: usize,
    /// Whether the last index in brackets was one.
    good_index: bool,
    /// Whether any index in brackets was met: then surplus operands are no error.
    reordered: bool,
    after_index: bool,
}

impl Printer<'_> {
    /// `Sprintf`.
    pub(crate) fn printf(&mut self, format: &[u8], values: &[Value]) -> Printed {
        let mut scan = Scan {
            format,
            at: 0,
            argument: 0,
            count: values.len(),
            good_index: true,
            reordered: false,
            after_index: false,
        };
        while let Some(rest) = format.get(scan.at..).filter(|rest| !rest.is_empty()) {
            scan.good_index = true;
            let text = rest.iter().position(|&byte| byte == b'%').unwrap_or(rest.len());
            self.push(rest.get(..text).unwrap_or_default())?;
            scan.at += text;
            if scan.at >= format.len() {
                break;
            }
            scan.at += 1;
            self.directive(&mut scan, values)?;
        }
        self.surplus(&scan, values)
    }

    /// What stands behind a percent sign.
    fn directive(&mut self, scan: &mut Scan<'_>, values: &[Value]) -> Printed {
        self.flags = Flags::default();
        self.read_flags(scan);
        scan.index();
        self.read_width(scan, values)?;
        self.read_precision(scan, values)?;
        if !scan.after_index {
            scan.index();
        }
        let (verb, size) = unicode::decode(scan.rest());
        if size == 0 {
            return self.push(b"%!(NOVERB)");
        }
        scan.at += size;
        match values.get(scan.argument) {
            // The percent sign takes no operand and no width.
            _ if verb == '%' => self.push(b"%"),
            _ if !scan.good_index => self.push(format!("%!{verb}(BADINDEX)").as_bytes()),
            None => self.push(format!("%!{verb}(MISSING)").as_bytes()),
            Some(value) => {
                if verb == 'v' {
                    self.flags.sharp_v = std::mem::take(&mut self.flags.sharp);
                    self.flags.plus_v = std::mem::take(&mut self.flags.plus);
                }
                scan.argument += 1;
                self.argument(value, verb)
            }
        }
    }

    fn read_flags(&mut self, scan: &mut Scan<'_>) {
        loop {
            match scan.rest().first() {
                Some(b'#') => self.flags.sharp = true,
                Some(b'0') => self.flags.zero = true,
                Some(b'+') => self.flags.plus = true,
                Some(b'-') => self.flags.minus = true,
                Some(b' ') => self.flags.space = true,
                _ => return,
            }
            scan.at += 1;
        }
    }

    fn read_width(&mut self, scan: &mut Scan<'_>, values: &[Value]) -> Printed {
        if scan.rest().first() == Some(&b'*') {
            scan.at += 1;
            match scan.star(values) {
                None => self.push(b"%!(BADWIDTH)")?,
                Some(width) => {
                    self.flags.minus |= width < 0;
                    self.flags.width = usize::try_from(width.unsigned_abs()).ok();
                }
            }
            scan.after_index = false;
        } else {
            let width = scan.number();
            // The number after an index: "%[3]2d".
            if width.is_some() && scan.after_index {
                scan.good_index = false;
            }
            self.flags.width = width;
        }
        Ok(())
    }

    fn read_precision(&mut self, scan: &mut Scan<'_>, values: &[Value]) -> Printed {
        // A point at the very end is the verb.
        if scan.rest().first() != Some(&b'.') || scan.rest().len() < 2 {
            return Ok(());
        }
        scan.at += 1;
        if scan.after_index {
            scan.good_index = false;
        }
        scan.index();
        if scan.rest().first() == Some(&b'*') {
            scan.at += 1;
            match scan.star(values) {
                Some(precision @ 0..) => self.flags.precision = usize::try_from(precision).ok(),
                _ => self.push(b"%!(BADPREC)")?,
            }
            scan.after_index = false;
        } else {
            self.flags.precision = Some(scan.number().unwrap_or(0));
        }
        Ok(())
    }

    /// `%!(EXTRA type=value, …)`.
    fn surplus(&mut self, scan: &Scan<'_>, values: &[Value]) -> Printed {
        let Some(rest) = values.get(scan.argument..).filter(|rest| !rest.is_empty() && !scan.reordered)
        else {
            return Ok(());
        };
        self.flags = Flags::default();
        self.push(b"%!(EXTRA ")?;
        for (number, value) in rest.iter().enumerate() {
            if number > 0 {
                self.push(b", ")?;
            }
            if value.is_nil() {
                self.push(b"<nil>")?;
            } else {
                let name = format!("{}=", value.type_name());
                self.push(name.as_bytes())?;
                self.argument(value, 'v')?;
            }
        }
        self.push(b")")
    }
}

impl<'f> Scan<'f> {
    fn rest(&self) -> &'f [u8] {
        self.format.get(self.at..).unwrap_or_default()
    }

    /// Digits; none when there are none or the number is too large.
    fn number(&mut self) -> Option<usize> {
        let rest = self.rest();
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let digits = rest.get(..count).unwrap_or_default();
        let number = parse(digits);
        // A number that is too large takes the rest of the format with it.
        self.at = if count > 0 && number.is_none() { self.format.len() } else { self.at + count };
        number
    }

    /// The operand that `*` takes.
    fn star(&mut self, values: &[Value]) -> Option<i64> {
        let value = values.get(self.argument)?;
        self.argument += 1;
        let number = match value {
            Value::Int(number) | Value::Int64(number) => *number,
            Value::Uint8(number) => i64::from(*number),
            Value::Uint32(number) => i64::from(*number),
            Value::Uint64(number) => i64::try_from(*number).ok()?,
            _ => return None,
        };
        (-NUMBER_MAX..=NUMBER_MAX).contains(&number).then_some(number)
    }

    /// `argNumber`: an index in brackets.
    fn index(&mut self) {
        self.after_index = false;
        let rest = self.rest();
        if rest.first() != Some(&b'[') {
            return;
        }
        self.reordered = true;
        let end = rest.iter().position(|&byte| byte == b']').filter(|_| rest.len() >= 3);
        let Some(end) = end else {
            self.good_index = false;
            self.at += 1;
            return;
        };
        self.at += end + 1;
        let number = parse(rest.get(1..end).unwrap_or_default());
        self.after_index = number.is_some();
        match number {
            Some(number) if (1..=self.count).contains(&number) => self.argument = number - 1,
            _ => self.good_index = false,
        }
    }
}

fn parse(digits: &[u8]) -> Option<usize> {
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number: i64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    usize::try_from(number).ok().filter(|_| number <= NUMBER_MAX)
}
