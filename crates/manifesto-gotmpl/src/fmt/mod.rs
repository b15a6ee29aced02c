//! Values as text, as Go's `fmt` prints them.

mod float;
mod format;
mod scan;
mod verbs;

use crate::meter::{Budget, Meter};
use crate::placeholder::TaintId;
use crate::value::{Kind, Value};

pub(crate) use float::format_float;

/// Prints into a buffer, within the budgets.
pub(crate) struct Printer<'m> {
    out: Vec<u8>,
    taint: Option<TaintId>,
    meter: &'m mut Meter,
    depth: u32,
    flags: Flags,
    /// Set while an error about a verb prints its argument: then methods are not called.
    erroring: bool,
}

/// The flags of one verb.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Flags {
    width: Option<usize>,
    precision: Option<usize>,
    minus: bool,
    plus: bool,
    sharp: bool,
    space: bool,
    zero: bool,
    /// `%+v`.
    plus_v: bool,
    /// `%#v`.
    sharp_v: bool,
}

type Printed = Result<(), Budget>;

impl<'m> Printer<'m> {
    pub(crate) fn new(meter: &'m mut Meter) -> Self {
        Self { out: Vec::new(), taint: None, meter, depth: 0, flags: Flags::default(), erroring: false }
    }

    /// The text, and the placeholder that is somewhere in it.
    pub(crate) fn finish(self) -> (Vec<u8>, Option<TaintId>) {
        (self.out, self.taint)
    }

    /// `Sprint`: a space between two operands of which none is a string.
    pub(crate) fn print(&mut self, values: &[Value]) -> Printed {
        let mut string_before = true;
        for value in values {
            let string = value.kind() == Kind::Str;
            if !string && !string_before {
                self.out.push(b' ');
            }
            self.show(value)?;
            string_before = string;
        }
        Ok(())
    }

    /// `Sprintln`.
    pub(crate) fn println(&mut self, values: &[Value]) -> Printed {
        for (number, value) in values.iter().enumerate() {
            if number > 0 {
                self.out.push(b' ');
            }
            self.show(value)?;
        }
        self.out.push(b'\n');
        Ok(())
    }

    /// `%v`.
    pub(crate) fn show(&mut self, value: &Value) -> Printed {
        self.flags = Flags::default();
        self.argument(value, 'v')
    }

    /// Appends text as it is.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Printed {
        self.room(bytes.len())?;
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    fn room(&mut self, bytes: usize) -> Printed {
        self.meter.fits(self.out.len().saturating_add(bytes))?;
        self.meter.step(1 + (bytes as u64 >> 8))
    }
}
