//! Values that the host brings along: structs and named maps with fields and methods.

use std::any::Any;
use std::fmt;

use crate::error::Failure;
use crate::exec::Executor;
use crate::funcs::Args;
use crate::text::Str;
use crate::value::{Kind, Map, Value};

/// The Go type that a function wants for an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Param {
    /// `interface {}`.
    Any,
    /// `string`.
    Str,
    /// `bool`.
    Bool,
    /// `int`.
    Int,
    /// `uint32`.
    Uint32,
    /// `float64`.
    Float,
    /// `map[string]interface {}`.
    Dict,
    /// `[]interface {}`.
    List,
    /// A type that only an object of the host can have, by name.
    Named(&'static str),
}

impl Param {
    /// Go's name of the type.
    pub fn type_name(self) -> &'static str {
        match self {
            Self::Any => "interface {}",
            Self::Str => "string",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Uint32 => "uint32",
            Self::Float => "float64",
            Self::Dict => "map[string]interface {}",
            Self::List => "[]interface {}",
            Self::Named(name) => name,
        }
    }
}

/// How a function or method may be called.
#[derive(Debug, Clone, Copy)]
pub struct Signature {
    /// The parameters; with `variadic` the last one repeats.
    pub params: &'static [Param],
    /// Whether the last parameter may come any number of times.
    pub variadic: bool,
    /// Whether the result is an interface: it can hold nothing, and errors name `interface {}`.
    pub boxed: bool,
}

impl Signature {
    /// A signature with a fixed number of parameters and a concrete result.
    pub const fn fixed(params: &'static [Param]) -> Self {
        Self { params, variadic: false, boxed: false }
    }

    /// A signature whose last parameter repeats.
    pub const fn variadic(params: &'static [Param]) -> Self {
        Self { params, variadic: true, boxed: false }
    }

    /// The same with a result that is an interface.
    pub const fn boxed(self) -> Self {
        Self { boxed: true, ..self }
    }
}

/// Something with a Go type of its own. Fields and methods are looked up by name when a template names them.
pub trait HostObject: fmt::Debug {
    /// Go's type name, as `%T` gives it.
    fn type_name(&self) -> &str;

    /// Go's kind: mostly a struct or a pointer to one; a map or a slice where templates may range over it.
    fn kind(&self) -> Kind {
        Kind::Struct
    }

    /// A field of a struct, or the value of a key.
    fn field(&self, _name: &str) -> Option<Value> {
        None
    }

    /// The fields or elements in the order in which Go prints them or ranges over them.
    fn entries(&self) -> Vec<(Value, Value)> {
        Vec::new()
    }

    /// What `==` compares of a struct beside its entries: fields that templates do not see.
    fn hidden_fields(&self) -> Option<String> {
        None
    }

    /// What `String()` or `Error()` returns, for a type that has it.
    fn text(&self) -> Option<Str> {
        None
    }

    /// What `String()` of a pointer to it returns: templates print that where they can take the address.
    fn address_text(&self) -> Option<Str> {
        None
    }

    /// What `GoString()` returns, for a type that has it: `%#v` prints it.
    fn go_text(&self) -> Option<Str> {
        None
    }

    /// What `%v` prints, of an object that is large and stays as it is: it need not be made of the entries every time.
    fn plain_text(&self) -> Option<Str> {
        None
    }

    /// How a method may be called.
    fn method(&self, _name: &str) -> Option<Signature> {
        None
    }

    /// Calls a method that [`Self::method`] names.
    fn call(&self, name: &str, _executor: &mut Executor<'_>, _args: Args<'_>) -> Result<Value, Failure> {
        Err(Failure::text(format!("method {name} cannot be called")))
    }

    /// The fields of a struct under the names that JSON has for them, in their order.
    fn json_fields(&self) -> Option<Vec<(Str, Value)>> {
        None
    }

    /// What encoders (`toYaml`, `toJson`) see; by default the text if there is one, else the entries.
    fn to_data(&self) -> Value {
        if let Some(text) = self.text() {
            return Value::Str(text);
        }
        if let Some(fields) = self.json_fields() {
            return Value::map(fields);
        }
        let entries = self.entries();
        if self.kind() == Kind::Slice {
            return Value::list(entries.into_iter().map(|(_, value)| value).collect());
        }
        Value::map(entries.into_iter().filter_map(|(key, value)| match key {
            Value::Str(key) => Some((key, value)),
            _ => None,
        }))
    }

    /// What `deepCopy` makes of it; by default itself. It sees exported fields only.
    fn deep_copy(&self) -> Option<Value> {
        None
    }

    /// The value itself, for functions that know its type.
    fn as_any(&self) -> &dyn Any;
}

/// A named Go type over `map[string]interface {}`.
#[derive(Debug)]
pub struct NamedMap {
    /// Go's type name.
    pub name: &'static str,
    /// Its methods: they hide entries of the same name.
    pub methods: &'static [(&'static str, Signature, MapMethod)],
}

/// The body of a method of a [`NamedMap`].
pub type MapMethod = fn(&mut Executor<'_>, &Map, Args<'_>) -> Result<Value, Failure>;
