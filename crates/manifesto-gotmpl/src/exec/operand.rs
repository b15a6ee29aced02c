//! What an expression evaluates to: a value, and whether Go would have it in an interface.

use crate::value::{Kind, Value};

/// Go's `reflect.Value`. An element of a `[]interface {}` is an interface that holds a value or nothing; "nothing
/// in an interface" has a type, `interface {}`, while "no value" has none. Errors and `eq` tell them apart.
#[derive(Debug, Clone, Default)]
pub(crate) struct Operand {
    pub(crate) value: Value,
    /// Whether it is an interface that holds `value`.
    pub(crate) boxed: bool,
}

impl Operand {
    /// No value.
    pub(crate) fn invalid() -> Self {
        Self::default()
    }

    /// A value outside of an interface; none when it is nil.
    pub(crate) fn concrete(value: Value) -> Self {
        Self { value, boxed: false }
    }

    /// A value outside of an interface, but nil in one.
    pub(crate) fn of(value: Value) -> Self {
        let boxed = value.is_nil();
        Self { value, boxed }
    }

    /// An index.
    pub(crate) fn index(index: usize) -> Self {
        Self::concrete(Value::Int(i64::try_from(index).unwrap_or(i64::MAX)))
    }

    /// Whether there is no value.
    pub(crate) fn is_invalid(&self) -> bool {
        !self.boxed && self.value.is_nil()
    }

    /// The name of the type, `interface {}` for what is in one.
    pub(crate) fn type_name(&self) -> &str {
        if self.boxed { "interface {}" } else { self.value.type_name() }
    }

    /// `isTrue`.
    pub(crate) fn truth(&self) -> bool {
        !is_zero(&self.value)
    }
}

/// Whether a value is what `if` takes for false and `default` for empty.
pub(crate) fn is_zero(value: &Value) -> bool {
    match value {
        Value::Nil => true,
        Value::Bool(value) => !value,
        Value::Int(value) | Value::Int64(value) => *value == 0,
        Value::Uint8(value) => *value == 0,
        Value::Uint32(value) => *value == 0,
        Value::Uint64(value) => *value == 0,
        Value::Float(value) => *value == 0.0,
        Value::Complex(value) => **value == (0.0, 0.0),
        Value::Str(text) => text.is_empty(),
        Value::List(list) => list.is_empty(),
        Value::Map(map) => map.is_empty(),
        Value::Object(object) => {
            matches!(object.kind(), Kind::Slice | Kind::Map) && object.entries().is_empty()
        }
    }
}
