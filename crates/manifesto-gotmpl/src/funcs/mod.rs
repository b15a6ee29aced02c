//! The functions of sprig 3.3.0, and the data formats that Helm adds.

#![allow(clippy::unnecessary_wraps, reason = "all functions of templates have one type")]

mod crypto;
mod data;
mod dates;
mod decimal;
mod defaults;
mod dicts;
mod encoding;
mod lists;
mod merge;
mod numbers;
mod paths;
mod random;
mod reflect;
mod regex_syntax;
mod regexes;
mod semver;
mod split;
mod strings;
mod urls;
mod words;

use std::rc::Rc;

use crate::builtin;
use crate::error::Failure;
use crate::exec::Executor;
use crate::fmt::Printer;
use crate::host::{HostObject, Param, Signature};
use crate::library::{Function, Functions, Native};
use crate::text::Str;
use crate::value::{Kind, List, Map, MapKind, Value};

pub use data::{data_functions, value_of};
pub(crate) use regexes::RegexCache;
pub use semver::{Constraint, Version};
pub(crate) use urls::query_escape;

/// The functions of Go's `text/template` and of sprig, without the two that read the environment: what Helm registers
/// before its own.
pub fn sprig_functions() -> Functions {
    let mut functions = builtin::functions();
    functions.extend(strings::functions());
    functions.extend(words::functions());
    functions.extend(split::functions());
    functions.extend(lists::functions());
    functions.extend(dicts::functions());
    functions.extend(numbers::functions());
    functions.extend(defaults::functions());
    functions.extend(reflect::functions());
    functions.extend(dates::functions());
    functions.extend(regexes::functions());
    functions.extend(semver::functions());
    functions.extend(encoding::functions());
    functions.extend(paths::functions());
    functions.extend(urls::functions());
    functions.extend(crypto::functions());
    functions.extend(random::functions());
    functions.extend(data::functions());
    Functions::default().with(functions)
}

/// The arguments of a call: they fit the signature of the function.
#[derive(Debug, Clone, Copy)]
pub struct Args<'a>(pub(crate) &'a [Value]);

impl<'a> Args<'a> {
    /// All of them.
    pub fn all(self) -> &'a [Value] {
        self.0
    }

    /// Those from `start` on.
    pub fn from(self, start: usize) -> &'a [Value] {
        self.0.get(start..).unwrap_or_default()
    }

    /// One of them; nil when there are fewer.
    pub fn get(self, index: usize) -> &'a Value {
        self.0.get(index).unwrap_or(&Value::Nil)
    }

    /// A string parameter's bytes.
    pub fn str(self, index: usize) -> &'a [u8] {
        if let Value::Str(text) = self.get(index) { text } else { b"" }
    }

    /// A string parameter, shared.
    pub fn text(self, index: usize) -> Str {
        if let Value::Str(text) = self.get(index) { text.clone() } else { Str::default() }
    }

    /// An `int` parameter.
    pub fn int(self, index: usize) -> i64 {
        if let Value::Int(value) = self.get(index) { *value } else { 0 }
    }

    /// A `bool` parameter.
    pub fn bool(self, index: usize) -> bool {
        matches!(self.get(index), Value::Bool(true))
    }

    /// A `float64` parameter.
    pub fn float(self, index: usize) -> f64 {
        if let Value::Float(value) = self.get(index) { *value } else { 0.0 }
    }

    /// A `map[string]interface {}` parameter.
    pub fn dict(self, index: usize) -> Map {
        if let Value::Map(map) = self.get(index) { map.clone() } else { Map::nil(MapKind::Any) }
    }

    /// An object of a type that the caller knows.
    pub fn object<T: 'static>(self, index: usize) -> Option<&'a T> {
        match self.get(index) {
            Value::Object(object) => object.as_any().downcast_ref(),
            _ => None,
        }
    }
}

pub(crate) type Answer = Result<Value, Failure>;

pub(crate) const fn fixed(name: &'static str, params: &'static [Param], body: Native) -> Function {
    Function::new(name, Signature::fixed(params), body)
}

/// A function whose result is an interface.
pub(crate) const fn fixed_any(name: &'static str, params: &'static [Param], body: Native) -> Function {
    Function::new(name, Signature::fixed(params).boxed(), body)
}

pub(crate) const fn variadic(name: &'static str, params: &'static [Param], body: Native) -> Function {
    Function::new(name, Signature::variadic(params), body)
}

pub(crate) const fn variadic_any(name: &'static str, params: &'static [Param], body: Native) -> Function {
    Function::new(name, Signature::variadic(params).boxed(), body)
}

/// Text as a result.
pub(crate) fn text(text: impl Into<Str>) -> Answer {
    Ok(Value::str(text))
}

/// An object as a result.
pub(crate) fn object(object: impl HostObject + 'static) -> Value {
    Value::Object(Rc::new(object))
}

/// What Go says when a nil interface is asked for its type.
pub(crate) fn nil_dereference() -> Failure {
    Failure::text("runtime error: invalid memory address or nil pointer dereference")
}

/// What Go says when an interface does not hold the asserted type.
pub(crate) fn conversion(value: &Value, wanted: &str) -> Failure {
    let is = if value.is_nil() { "nil" } else { value.type_name() };
    Failure::text(format!("interface conversion: interface {{}} is {is}, not {wanted}"))
}

/// The elements of a list or of a host's slice; otherwise the failure that sprig's list functions give.
pub(crate) fn elements(value: &Value, complaint: &str) -> Result<Vec<Value>, Failure> {
    match value {
        Value::List(list) => Ok(list.to_vec()),
        Value::Nil => Err(nil_dereference()),
        Value::Object(object) if object.kind() == Kind::Slice => {
            Ok(object.entries().into_iter().map(|(_, value)| value).collect())
        }
        other => Err(Failure::text(format!("{complaint} {}", other.kind().name()))),
    }
}

impl Executor<'_> {
    /// `strval` of sprig: a string as it is, bytes as a string, what has a text as that, anything else as `%v`.
    pub fn text_of(&mut self, value: &Value) -> Result<Str, Failure> {
        match value {
            Value::Str(text) => Ok(text.clone()),
            Value::List(list) if list.kind == crate::value::ListKind::Byte => Ok(Str::from(list_bytes(list))),
            value => {
                let mut printer = Printer::new(&mut self.meter);
                printer.show(value)?;
                let (bytes, taint) = printer.finish();
                Ok(Str::tainted(bytes, taint))
            }
        }
    }
}

/// The bytes of a `[]uint8`.
pub(crate) fn list_bytes(list: &List) -> Vec<u8> {
    list.to_vec().iter().map(|value| if let Value::Uint8(byte) = value { *byte } else { 0 }).collect()
}
