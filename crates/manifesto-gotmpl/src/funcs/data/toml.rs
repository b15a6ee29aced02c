//! TOML: written as BurntSushi/toml does, read by the `toml` crate.

use toml::value::{Datetime, Value as Toml};

use super::WriteError;
use crate::error::Failure;
use crate::exec::Executor;
use crate::fmt::format_float;
use crate::funcs::object;
use crate::meter::Budget;
use crate::parse::{STACK_RED_ZONE, STACK_SEGMENT};
use crate::placeholder::TaintId;
use crate::text::Str;
use crate::time::parse_time;
use crate::value::{Map, Value};

/// Deeper tables are refused.
const DEPTH_MAX: usize = 200;

impl Executor<'_> {
    pub(super) fn toml(&mut self, value: &Value) -> Result<Str, WriteError> {
        let mut writer = Writer { executor: self, out: Vec::new(), taint: None };
        match value {
            Value::Map(map) if map.is_nil() => {}
            Value::Map(map) => writer.table(&mut Vec::new(), map)?,
            value if is_table_list(value)? => {
                return Err(unsupported("top-level values must be Go maps or structs"));
            }
            Value::Complex(_) => {
                return Err(WriteError::Unsupported("unsupported type for key '': complex128".to_owned()));
            }
            value => writer.element(value, 0)?,
        }
        Ok(Str::tainted(writer.out, writer.taint))
    }
}

fn unsupported(message: &str) -> WriteError {
    WriteError::Unsupported(format!("toml: {message}"))
}

struct Writer<'e, 'h> {
    executor: &'e mut Executor<'h>,
    out: Vec<u8>,
    taint: Option<TaintId>,
}

/// Whether a value is a table, or a list of nothing but tables.
fn is_table(value: &Value) -> Result<bool, WriteError> {
    Ok(matches!(value, Value::Map(map) if !map.is_nil()) || is_table_list(value)?)
}

fn is_table_list(value: &Value) -> Result<bool, WriteError> {
    let Value::List(list) = value else { return Ok(false) };
    let values = list.to_vec();
    if values.iter().any(Value::is_nil) {
        return Err(unsupported("cannot encode array with nil element"));
    }
    Ok(!values.is_empty() && values.iter().all(|value| matches!(value, Value::Map(map) if !map.is_nil())))
}

impl Writer<'_, '_> {
    fn push(&mut self, text: impl AsRef<[u8]>) -> Result<(), WriteError> {
        let text = text.as_ref();
        self.executor.meter.fits(self.out.len() + text.len())?;
        self.executor.meter.step(1 + (text.len() as u64 >> 8))?;
        self.out.extend_from_slice(text);
        Ok(())
    }

    /// Simple keys first, then the tables.
    fn table(&mut self, path: &mut Vec<Str>, map: &Map) -> Result<(), WriteError> {
        if path.len() > DEPTH_MAX {
            return Err(Budget::ValueDepth.into());
        }
        let mut tables = Vec::new();
        for (key, value) in map.entries() {
            if is_table(&value)? {
                tables.push((key, value));
            } else if !is_nil(&value) {
                self.push(indent(path.len()))?;
                self.key(&key)?;
                self.push(" = ")?;
                self.element(&value, 0)?;
                self.push("\n")?;
            }
        }
        for (key, value) in tables {
            path.push(key);
            self.sub_table(path, &value)?;
            path.pop();
        }
        Ok(())
    }

    fn sub_table(&mut self, path: &mut Vec<Str>, value: &Value) -> Result<(), WriteError> {
        let head = path.iter().map(|key| shown_key(key)).collect::<Vec<_>>().join(&b"."[..]);
        let step = indent(path.len() - 1);
        match value {
            Value::Map(map) => {
                if path.len() == 1 {
                    self.blank_line()?;
                }
                self.push([step.as_bytes(), b"[", &head, b"]\n"].concat())?;
                stacker::maybe_grow(STACK_RED_ZONE, STACK_SEGMENT, || self.table(path, map))
            }
            Value::List(list) => {
                for item in list.to_vec() {
                    let Value::Map(map) = item else { continue };
                    self.blank_line()?;
                    self.push([step.as_bytes(), b"[[", &head, b"]]\n"].concat())?;
                    stacker::maybe_grow(STACK_RED_ZONE, STACK_SEGMENT, || self.table(path, &map))?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn blank_line(&mut self) -> Result<(), WriteError> {
        if self.out.is_empty() { Ok(()) } else { self.push("\n") }
    }

    fn key(&mut self, key: &Str) -> Result<(), WriteError> {
        self.push(shown_key(key))
    }

    fn element(&mut self, value: &Value, depth: usize) -> Result<(), WriteError> {
        if depth > DEPTH_MAX {
            return Err(Budget::ValueDepth.into());
        }
        match value {
            Value::Str(text) => {
                self.taint = self.taint.or(text.taint());
                self.push(quoted(text))
            }
            Value::Bool(value) => self.push(if *value { "true" } else { "false" }),
            Value::Int(value) | Value::Int64(value) => self.push(value.to_string()),
            Value::Uint8(value) => self.push(value.to_string()),
            Value::Uint32(value) => self.push(value.to_string()),
            Value::Uint64(value) => self.push(value.to_string()),
            Value::Float(value) => self.push(float(*value)),
            Value::List(list) => {
                self.push("[")?;
                for (number, item) in list.to_vec().iter().enumerate() {
                    self.push(if number > 0 { ", " } else { "" })?;
                    self.element(item, depth + 1)?;
                }
                self.push("]")
            }
            Value::Map(map) => {
                let (tables, plain): (Vec<_>, Vec<_>) = map
                    .entries()
                    .into_iter()
                    .filter(|(_, value)| !is_nil(value))
                    .partition(|(_, value)| is_table(value).unwrap_or(false));
                self.push("{")?;
                for (number, (key, item)) in plain.iter().chain(&tables).enumerate() {
                    self.push(if number > 0 { ", " } else { "" })?;
                    self.key(key)?;
                    self.push(" = ")?;
                    self.element(item, depth + 1)?;
                }
                self.push("}")
            }
            Value::Object(object) => match (object.type_name(), object.to_data()) {
                // Moments are no strings.
                ("time.Time", Value::Str(text)) => self.push(&*text),
                (_, data) => self.element(&data, depth + 1),
            },
            Value::Nil => Err(unsupported("cannot encode array with nil element")),
            Value::Complex(_) => Err(WriteError::Unsupported("unsupported type: complex128".to_owned())),
        }
    }
}

fn is_nil(value: &Value) -> bool {
    crate::compare::is_nil(value)
}

fn indent(depth: usize) -> String {
    "  ".repeat(depth)
}

/// A bare key where it can be one.
fn shown_key(key: &[u8]) -> Vec<u8> {
    let bare =
        !key.is_empty() && key.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if bare { key.to_vec() } else { quoted(key) }
}

/// A basic string. What is no UTF-8 stays as it is.
fn quoted(text: &[u8]) -> Vec<u8> {
    let mut out = b"\"".to_vec();
    for &byte in text {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            0x8 => out.extend_from_slice(b"\\b"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            0xC => out.extend_from_slice(b"\\f"),
            b'\r' => out.extend_from_slice(b"\\r"),
            0..=0x1F | 0x7F => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            byte => out.push(byte),
        }
    }
    out.push(b'"');
    out
}

fn float(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value < 0.0 { "-inf" } else { "inf" }.to_owned();
    }
    let text = format_float(value, 'g', None);
    if text.contains(['e', '.']) { text } else { format!("{text}.0") }
}

/// Reads a document.
pub(super) fn read(executor: &mut Executor<'_>, text: &[u8]) -> Result<Value, Failure> {
    executor.reserve(text.len() as u64 * 4)?;
    executor.step(text.len() as u64 >> 2)?;
    let failed = |message: String| Failure::text(format!("toml: {message}"));
    let readable = std::str::from_utf8(text).map_err(|_| failed("invalid UTF-8".to_owned()))?;
    let table: toml::Table =
        readable.parse().map_err(|error: toml::de::Error| failed(error.message().to_owned()))?;
    Ok(value_of(&Toml::Table(table)))
}

fn value_of(value: &Toml) -> Value {
    match value {
        Toml::String(text) => Value::str(text.as_str()),
        Toml::Integer(value) => Value::Int64(*value),
        Toml::Float(value) => Value::Float(*value),
        Toml::Boolean(value) => Value::Bool(*value),
        Toml::Datetime(moment) => moment_of(moment),
        Toml::Array(values) => Value::list(values.iter().map(value_of).collect()),
        Toml::Table(table) => {
            Value::map(table.iter().map(|(key, value)| (Str::from(key.as_str()), value_of(value))))
        }
    }
}

fn moment_of(moment: &Datetime) -> Value {
    let text = moment.to_string();
    let layouts: [&[u8]; 4] =
        [b"2006-01-02T15:04:05Z07:00", b"2006-01-02T15:04:05", b"2006-01-02", b"15:04:05"];
    let parsed = layouts.iter().find_map(|layout| parse_time(layout, text.as_bytes()).ok());
    parsed.map_or_else(|| Value::str(text), object)
}
