//! JSON to values, as `encoding/json` reads it into an interface; errors have its words.

use std::collections::BTreeMap;

use crate::error::Failure;
use crate::exec::Executor;
use crate::parse::{STACK_RED_ZONE, STACK_SEGMENT};
use crate::strconv::{parse_float, quote};
use crate::text::Str;
use crate::unicode;
use crate::value::{List, Map, MapKind, Value};

/// How deep Go reads.
const DEPTH_MAX: u32 = 10_000;

/// Reads one value, which must be all there is.
pub(super) fn read(executor: &mut Executor<'_>, text: &[u8]) -> Result<Value, Failure> {
    executor.reserve(text.len() as u64)?;
    let mut reader = Reader { executor, text, at: 0, depth: 0, problem: None };
    let value = reader.value()?;
    reader.space();
    if reader.at < text.len() {
        return Err(reader.invalid("after top-level value"));
    }
    // What is well-formed but does not fit is an error all the same.
    match reader.problem {
        Some(problem) => Err(Failure::text(problem)),
        None => Ok(value),
    }
}

struct Reader<'e, 'h, 't> {
    executor: &'e mut Executor<'h>,
    text: &'t [u8],
    at: usize,
    depth: u32,
    problem: Option<String>,
}

impl Reader<'_, '_, '_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn invalid(&self, context: &str) -> Failure {
        let Some(byte) = self.peek() else { return Failure::text("unexpected end of JSON input") };
        let shown = match byte {
            b'\'' => "'\\''".to_owned(),
            b'"' => "'\"'".to_owned(),
            byte => {
                let quoted = quote(char::from(byte).to_string().as_bytes());
                format!("'{}'", quoted.trim_start_matches('"').trim_end_matches('"'))
            }
        };
        Failure::text(format!("invalid character {shown} {context}"))
    }

    fn value(&mut self) -> Result<Value, Failure> {
        self.space();
        self.executor.step(1)?;
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => Ok(Value::Str(self.string()?)),
            Some(b't') => self.literal(b"true", Value::Bool(true)),
            Some(b'f') => self.literal(b"false", Value::Bool(false)),
            Some(b'n') => self.literal(b"null", Value::Nil),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(self.invalid("looking for beginning of value")),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value, Failure>) -> Result<Value, Failure> {
        if self.depth >= DEPTH_MAX {
            return Err(Failure::text("exceeded max depth"));
        }
        self.depth += 1;
        self.at += 1;
        let value = stacker::maybe_grow(STACK_RED_ZONE, STACK_SEGMENT, || read(self));
        self.depth -= 1;
        value
    }

    fn object(&mut self) -> Result<Value, Failure> {
        let mut entries = BTreeMap::new();
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::Map(Map::new(MapKind::Any, entries)));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err(self.invalid("looking for beginning of object key string"));
            }
            let key = self.string()?;
            self.space();
            if self.peek() != Some(b':') {
                return Err(self.invalid("after object key"));
            }
            self.at += 1;
            entries.insert(key, self.value()?);
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Value::Map(Map::new(MapKind::Any, entries)));
                }
                _ => return Err(self.invalid("after object key:value pair")),
            }
        }
    }

    fn array(&mut self) -> Result<Value, Failure> {
        let mut values = Vec::new();
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::List(List::decoded(values)));
        }
        loop {
            values.push(self.value()?);
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Value::List(List::decoded(values)));
                }
                _ => return Err(self.invalid("after array element")),
            }
        }
    }

    fn literal(&mut self, word: &[u8], value: Value) -> Result<Value, Failure> {
        for &byte in word {
            if self.peek() != Some(byte) {
                let (word, wanted) = (String::from_utf8_lossy(word), char::from(byte));
                return Err(self.invalid(&format!("in literal {word} (expecting '{wanted}')")));
            }
            self.at += 1;
        }
        Ok(value)
    }

    fn digits(&mut self, context: &str) -> Result<(), Failure> {
        if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return Err(self.invalid(context));
        }
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Value, Failure> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        // A zero in front stands alone.
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits("in numeric literal")?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits("after decimal point in numeric literal")?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits("in exponent of numeric literal")?;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        Ok(parse_float(text).map_or_else(
            |_| {
                let number = String::from_utf8_lossy(text);
                let problem = format!("json: cannot unmarshal number {number} into Go value of type float64");
                self.problem.get_or_insert(problem);
                Value::Nil
            },
            Value::Float,
        ))
    }

    fn string(&mut self) -> Result<Str, Failure> {
        self.at += 1;
        let mut out = Vec::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let plain =
                rest.iter().position(|&byte| !(b' '..0x80).contains(&byte) || byte == b'"' || byte == b'\\');
            let plain = plain.unwrap_or(rest.len());
            out.extend_from_slice(rest.get(..plain).unwrap_or_default());
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Str::from(out));
                }
                Some(b'\\') => self.escape(&mut out)?,
                Some(0x80..) => {
                    let (rune, size) = unicode::decode(self.text.get(self.at..).unwrap_or_default());
                    unicode::push(&mut out, rune);
                    self.at += size;
                }
                _ => return Err(self.invalid("in string literal")),
            }
        }
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> Result<(), Failure> {
        self.at += 1;
        let byte = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => byte,
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'u') => {
                self.at += 1;
                let rune = self.code_unit()?;
                unicode::push(out, rune);
                return Ok(());
            }
            _ => return Err(self.invalid("in string escape code")),
        };
        self.at += 1;
        out.push(byte);
        Ok(())
    }

    /// The four digits behind `\u`, with those of a second half when the first is one of a pair.
    fn code_unit(&mut self) -> Result<char, Failure> {
        let high = self.hex()?;
        if let Some(rune) = char::from_u32(high) {
            return Ok(rune);
        }
        let before = self.at;
        if high < 0xDC00 && self.text.get(self.at..).is_some_and(|rest| rest.starts_with(b"\\u")) {
            self.at += 2;
            let low = self.hex()?;
            if (0xDC00..0xE000).contains(&low) {
                let code = 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                return Ok(char::from_u32(code).unwrap_or(unicode::ERROR));
            }
            self.at = before;
        }
        Ok(unicode::ERROR)
    }

    fn hex(&mut self) -> Result<u32, Failure> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            let Some(digit) = digit else { return Err(self.invalid("in \\u hexadecimal character escape")) };
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }
}
