//! Values as JSON, as `encoding/json` writes them.

use super::WriteError;
use crate::exec::Executor;
use crate::fmt::format_float;
use crate::funcs::encoding::{BASE64, encode};
use crate::funcs::list_bytes;
use crate::meter::Budget;
use crate::parse::{STACK_RED_ZONE, STACK_SEGMENT};
use crate::placeholder::TaintId;
use crate::text::Str;
use crate::unicode;
use crate::value::{ListKind, Value};

/// How JSON is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// In one line, with `<`, `>` and `&` escaped.
    Escaped,
    /// In one line.
    Raw,
    /// A line for each element, escaped.
    Pretty,
}

/// So deep Go looks for cycles.
const CYCLE_DEPTH: usize = 1000;

impl Executor<'_> {
    pub(super) fn json(&mut self, value: &Value, style: Style) -> Result<Str, WriteError> {
        let mut writer = Writer { executor: self, out: Vec::new(), style, path: Vec::new(), taint: None };
        writer.value(value)?;
        Ok(Str::tainted(writer.out, writer.taint))
    }
}

struct Writer<'e, 'h> {
    executor: &'e mut Executor<'h>,
    out: Vec<u8>,
    style: Style,
    /// The maps and lists around the value being written.
    path: Vec<usize>,
    taint: Option<TaintId>,
}

impl Writer<'_, '_> {
    fn value(&mut self, value: &Value) -> Result<(), WriteError> {
        self.executor.meter.step(1 + (self.out.len() as u64 >> 30))?;
        match value {
            Value::Nil => self.out.extend_from_slice(b"null"),
            Value::Bool(value) => self.out.extend_from_slice(if *value { b"true" } else { b"false" }),
            Value::Int(value) | Value::Int64(value) => {
                self.out.extend_from_slice(value.to_string().as_bytes());
            }
            Value::Uint8(value) => self.out.extend_from_slice(value.to_string().as_bytes()),
            Value::Uint32(value) => self.out.extend_from_slice(value.to_string().as_bytes()),
            Value::Uint64(value) => self.out.extend_from_slice(value.to_string().as_bytes()),
            Value::Float(value) if value.is_finite() => {
                self.out.extend_from_slice(json_float(*value).as_bytes());
            }
            Value::Float(value) => {
                let shown = format_float(*value, 'g', None);
                return Err(WriteError::Unsupported(format!("json: unsupported value: {shown}")));
            }
            Value::Complex(_) => {
                return Err(WriteError::Unsupported("json: unsupported type: complex128".to_owned()));
            }
            Value::Str(text) => {
                self.taint = self.taint.or(text.taint());
                self.string(text)?;
            }
            Value::List(list) if list.is_nil() => self.out.extend_from_slice(b"null"),
            Value::List(list) if list.kind == ListKind::Byte => {
                let encoded = encode(&list_bytes(list), &BASE64);
                self.string(&encoded)?;
            }
            Value::Map(map) if map.is_nil() => self.out.extend_from_slice(b"null"),
            Value::List(list) => {
                let values = list.to_vec();
                self.inside(list.identity().0, |writer| writer.items(b'[', b']', &values, Writer::value))?;
            }
            Value::Map(map) => {
                let entries = map.entries();
                self.inside(map.identity(), |writer| writer.items(b'{', b'}', &entries, Writer::entry))?;
            }
            Value::Object(object) => {
                if let Some(fields) = object.json_fields() {
                    let identity = std::ptr::from_ref(object.as_ref()).addr();
                    return self.inside(identity, |writer| writer.items(b'{', b'}', &fields, Writer::entry));
                }
                let data = object.to_data();
                if matches!(data, Value::Object(_)) {
                    return Err(WriteError::Unsupported(format!(
                        "json: unsupported type: {}",
                        object.type_name()
                    )));
                }
                self.value(&data)?;
            }
        }
        Ok(())
    }

    /// Writes what a list or a map holds, unless it holds itself.
    fn inside(
        &mut self,
        identity: usize,
        write: impl FnOnce(&mut Self) -> Result<(), WriteError>,
    ) -> Result<(), WriteError> {
        if self.path.len() > CYCLE_DEPTH && self.path.contains(&identity) {
            let message = "json: unsupported value: encountered a cycle via map[string]interface {}";
            return Err(WriteError::Unsupported(message.to_owned()));
        }
        if self.path.len() >= self.executor.limits().value_depth as usize {
            return Err(Budget::ValueDepth.into());
        }
        self.path.push(identity);
        let result = stacker::maybe_grow(STACK_RED_ZONE, STACK_SEGMENT, || write(self));
        self.path.pop();
        result
    }

    fn items<T>(
        &mut self,
        open: u8,
        close: u8,
        items: &[T],
        mut write: impl FnMut(&mut Self, &T) -> Result<(), WriteError>,
    ) -> Result<(), WriteError> {
        self.out.push(open);
        for (number, item) in items.iter().enumerate() {
            if number > 0 {
                self.out.push(b',');
            }
            self.line(self.path.len())?;
            write(self, item)?;
        }
        if !items.is_empty() {
            self.line(self.path.len().saturating_sub(1))?;
        }
        self.out.push(close);
        Ok(())
    }

    fn entry(&mut self, (key, value): &(Str, Value)) -> Result<(), WriteError> {
        self.string(key)?;
        self.out.extend_from_slice(if self.style == Style::Pretty { b": " } else { b":" });
        self.value(value)
    }

    fn line(&mut self, depth: usize) -> Result<(), WriteError> {
        if self.style == Style::Pretty {
            self.executor.meter.fits(self.out.len() + depth * 2)?;
            self.out.push(b'\n');
            self.out.extend(std::iter::repeat_n(b' ', depth * 2));
        }
        Ok(())
    }

    fn string(&mut self, text: &[u8]) -> Result<(), WriteError> {
        self.executor.meter.pass_over(text.len())?;
        self.executor.meter.fits(self.out.len() + text.len())?;
        self.out.push(b'"');
        let mut rest = text;
        loop {
            let plain = rest.iter().position(|&byte| needs_care(byte)).unwrap_or(rest.len());
            self.out.extend_from_slice(rest.get(..plain).unwrap_or_default());
            rest = rest.get(plain..).unwrap_or_default();
            let (rune, size) = unicode::decode(rest);
            if size == 0 {
                break;
            }
            self.rune(rune, rest.get(..size).unwrap_or_default());
            rest = rest.get(size..).unwrap_or_default();
        }
        self.out.push(b'"');
        Ok(())
    }

    fn rune(&mut self, rune: char, bytes: &[u8]) {
        let short = match rune {
            '"' | '\\' => rune,
            '\u{8}' => 'b',
            '\u{C}' => 'f',
            '\n' => 'n',
            '\r' => 'r',
            '\t' => 't',
            '<' | '>' | '&' if self.style == Style::Raw => return self.out.extend_from_slice(bytes),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1F}' => {
                return self.out.extend_from_slice(format!("\\u{:04x}", u32::from(rune)).as_bytes());
            }
            // A byte that is not UTF-8.
            unicode::ERROR if bytes.len() == 1 => return self.out.extend_from_slice(b"\\ufffd"),
            _ => return self.out.extend_from_slice(bytes),
        };
        self.out.push(b'\\');
        unicode::push(&mut self.out, short);
    }
}

fn needs_care(byte: u8) -> bool {
    !(b' '..0x80).contains(&byte) || matches!(byte, b'"' | b'\\' | b'<' | b'>' | b'&')
}

/// A float as ES6 writes it: exponents only for what is very small or very large, and without a zero in front.
fn json_float(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let text = format_float(value, 'e', None);
        return match text.split_once("e-0") {
            Some((mantissa, digit)) => format!("{mantissa}e-{digit}"),
            None => text,
        };
    }
    format_float(value, 'f', None)
}
