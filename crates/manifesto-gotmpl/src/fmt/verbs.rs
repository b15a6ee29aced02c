//! Any value with one verb. After Go's `fmt/print.go`.

use std::fmt::Write as _;

use super::{Flags, Printed, Printer};
use crate::meter::Budget;
use crate::parse::{STACK_RED_ZONE, STACK_SEGMENT};
use crate::value::{Kind, List, ListKind, Map, Value};

impl Printer<'_> {
    /// `printArg`.
    pub(super) fn argument(&mut self, value: &Value, verb: char) -> Printed {
        match (value, verb) {
            (Value::Nil, 'T' | 'v') => self.pad(b"<nil>"),
            (_, 'T') if !value.is_nil() => {
                let name = value.type_name().to_owned();
                self.string(name.as_bytes(), 's').unwrap_or(Ok(()))
            }
            (Value::Nil, _) | (_, 'p') => self.bad_verb(value, verb),
            _ => self.value(value, verb),
        }
    }

    fn value(&mut self, value: &Value, verb: char) -> Printed {
        self.meter.step(1)?;
        let printed = match value {
            Value::Nil => return self.push(if self.flags.sharp_v { b"interface {}(nil)" } else { b"<nil>" }),
            Value::Bool(value) => self.bool(*value, verb),
            Value::Int(value) | Value::Int64(value) => {
                self.integer(*value < 0, value.unsigned_abs(), true, verb)
            }
            Value::Uint8(value) => self.integer(false, u64::from(*value), false, verb),
            Value::Uint32(value) => self.integer(false, u64::from(*value), false, verb),
            Value::Uint64(value) => self.integer(false, *value, false, verb),
            Value::Float(value) => self.float(*value, verb),
            Value::Complex(value) => self.complex(**value, verb),
            Value::Str(text) => {
                self.taint = self.taint.or(text.taint());
                self.string(text, verb)
            }
            Value::List(_) | Value::Map(_) | Value::Object(_) => return self.deeper(value, verb),
        };
        match printed {
            Some(printed) => printed,
            None => self.bad_verb(value, verb),
        }
    }

    /// What holds other values, one level deeper.
    fn deeper(&mut self, value: &Value, verb: char) -> Printed {
        if self.depth >= self.meter.limits().value_depth {
            return Err(Budget::ValueDepth);
        }
        self.depth += 1;
        let printed = stacker::maybe_grow(STACK_RED_ZONE, STACK_SEGMENT, || match value {
            Value::List(list) => self.list(list, verb),
            Value::Map(map) => self.map(map, verb),
            _ => self.object(value, verb),
        });
        self.depth -= 1;
        printed
    }

    /// `%!verb(type=value)`.
    fn bad_verb(&mut self, value: &Value, verb: char) -> Printed {
        let erroring = std::mem::replace(&mut self.erroring, true);
        self.push(format!("%!{verb}(").as_bytes())?;
        if value.is_nil() {
            self.push(b"<nil>")?;
        } else {
            let name = format!("{}=", value.type_name());
            self.push(name.as_bytes())?;
            self.argument(value, 'v')?;
        }
        self.erroring = erroring;
        self.push(b")")
    }

    fn list(&mut self, list: &List, verb: char) -> Printed {
        if list.kind == ListKind::Byte {
            return self.bytes(list, verb);
        }
        let (open, between, close): (&[u8], &[u8], &[u8]) =
            if self.flags.sharp_v { (b"{", b", ", b"}") } else { (b"[", b" ", b"]") };
        if self.flags.sharp_v {
            self.push(list.kind.type_name().as_bytes())?;
            if list.is_nil() {
                return self.push(b"(nil)");
            }
        }
        self.push(open)?;
        for (number, value) in list.to_vec().iter().enumerate() {
            if number > 0 {
                self.push(between)?;
            }
            self.value(value, verb)?;
        }
        self.push(close)
    }

    fn bytes(&mut self, list: &List, verb: char) -> Printed {
        let bytes: Vec<u8> = list
            .to_vec()
            .iter()
            .map(|value| if let Value::Uint8(byte) = value { *byte } else { 0 })
            .collect();
        if matches!(verb, 's' | 'x' | 'X' | 'q') {
            return self.string(&bytes, verb).unwrap_or(Ok(()));
        }
        if !matches!(verb, 'v' | 'd') {
            return self.bad_verb(&Value::List(list.clone()), verb);
        }
        let (open, between, close): (&[u8], &[u8], &[u8]) =
            if self.flags.sharp_v { (b"[]byte{", b", ", b"}") } else { (b"[", b" ", b"]") };
        self.push(open)?;
        if self.flags == Flags::default() {
            self.plain_bytes(&bytes)?;
            return self.push(close);
        }
        for (number, byte) in bytes.into_iter().enumerate() {
            if number > 0 {
                self.push(between)?;
            }
            let _ = self.integer(false, u64::from(byte), false, 'v').transpose_printed()?;
        }
        self.push(close)
    }

    /// Numbers with spaces between them. Charts print whole files like this, by printing all that they know.
    fn plain_bytes(&mut self, bytes: &[u8]) -> Printed {
        let mut text = String::new();
        for (number, chunk) in bytes.chunks(64).enumerate() {
            text.clear();
            for (at, byte) in chunk.iter().enumerate() {
                let space = if number + at > 0 { " " } else { "" };
                let _ = write!(text, "{space}{byte}");
            }
            self.push(text.as_bytes())?;
        }
        Ok(())
    }

    fn map(&mut self, map: &Map, verb: char) -> Printed {
        if self.flags.sharp_v {
            self.push(map.kind.type_name().as_bytes())?;
            if map.is_nil() {
                return self.push(b"(nil)");
            }
        }
        let (open, between, close): (&[u8], &[u8], &[u8]) =
            if self.flags.sharp_v { (b"{", b", ", b"}") } else { (b"map[", b" ", b"]") };
        self.push(open)?;
        for (number, (key, value)) in map.entries().into_iter().enumerate() {
            if number > 0 {
                self.push(between)?;
            }
            self.value(&Value::Str(key), verb)?;
            self.push(b":")?;
            self.value(&value, verb)?;
        }
        self.push(close)
    }

    fn object(&mut self, value: &Value, verb: char) -> Printed {
        let Value::Object(object) = value else { return Ok(()) };
        let strings = matches!(verb, 'v' | 's' | 'x' | 'X' | 'q');
        if !self.erroring
            && !self.flags.sharp_v
            && strings
            && let Some(text) = object.text()
        {
            return self.string(&text, verb).unwrap_or(Ok(()));
        }
        let Flags { sharp_v, plus_v, .. } = self.flags;
        if sharp_v
            && !self.erroring
            && let Some(text) = object.go_text()
        {
            return self.push(&text);
        }
        if verb == 'v'
            && self.flags == Flags::default()
            && let Some(text) = object.plain_text()
        {
            return self.push(&text);
        }
        if object.kind() == Kind::Ptr {
            self.push(b"&")?;
        }
        if sharp_v {
            let name = object.type_name().trim_start_matches('*').to_owned();
            self.push(name.as_bytes())?;
        }
        let (open, close): (&[u8], &[u8]) = match object.kind() {
            Kind::Slice if !sharp_v => (b"[", b"]"),
            Kind::Map if !sharp_v => (b"map[", b"]"),
            _ => (b"{", b"}"),
        };
        let names = plus_v || sharp_v || object.kind() == Kind::Map;
        self.push(open)?;
        for (number, (name, field)) in object.entries().iter().enumerate() {
            if number > 0 {
                self.push(if sharp_v { b", " } else { b" " })?;
            }
            if names && object.kind() != Kind::Slice {
                if let Value::Str(name) = name {
                    self.push(name)?;
                }
                self.push(b":")?;
            }
            self.value(field, verb)?;
        }
        self.push(close)
    }
}

/// A verb that may not fit, and printing that may fail.
trait TransposePrinted {
    fn transpose_printed(self) -> Result<bool, Budget>;
}

impl TransposePrinted for Option<Printed> {
    fn transpose_printed(self) -> Result<bool, Budget> {
        self.map_or(Ok(false), |printed| printed.map(|()| true))
    }
}
