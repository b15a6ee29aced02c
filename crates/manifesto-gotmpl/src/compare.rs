//! Comparing values: the builtins' rules for basic kinds, and `reflect.DeepEqual`.

use std::cmp::Ordering;

use crate::exec::{Executor, Operand};
use crate::meter::Budget;
use crate::parse::{STACK_RED_ZONE, STACK_SEGMENT};
use crate::value::{Kind, List, Map, Value};

/// Go's basic kinds: only values of one kind can be compared, but for signed and unsigned integers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Basic<'v> {
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Complex(f64, f64),
    Str(&'v [u8]),
}

impl<'v> Basic<'v> {
    pub(crate) fn of(value: &'v Value) -> Option<Self> {
        Some(match value {
            Value::Bool(value) => Self::Bool(*value),
            Value::Int(value) | Value::Int64(value) => Self::Int(*value),
            Value::Uint8(value) => Self::Uint(u64::from(*value)),
            Value::Uint32(value) => Self::Uint(u64::from(*value)),
            Value::Uint64(value) => Self::Uint(*value),
            Value::Float(value) => Self::Float(*value),
            Value::Complex(value) => Self::Complex(value.0, value.1),
            Value::Str(text) => Self::Str(text),
            _ => return None,
        })
    }
}

/// Why two values cannot be compared.
#[derive(Debug)]
pub(crate) enum Incomparable {
    /// `invalid type for comparison`.
    Invalid,
    /// `incompatible types for comparison`.
    Types,
    /// A list, a map or a struct that holds one.
    Kind,
}

/// One comparison of `eq`.
pub(crate) fn equal(left: &Operand, right: &Operand) -> Result<bool, Incomparable> {
    match (Basic::of(&left.value), Basic::of(&right.value)) {
        (Some(Basic::Int(int)), Some(Basic::Uint(uint)))
        | (Some(Basic::Uint(uint)), Some(Basic::Int(int))) => Ok(u64::try_from(int) == Ok(uint)),
        (Some(one), Some(other)) => {
            if std::mem::discriminant(&one) == std::mem::discriminant(&other) {
                Ok(one == other)
            } else {
                Err(Incomparable::Types)
            }
        }
        (None, None) => equal_other(&left.value, &right.value),
        _ if left.value.is_nil() || right.value.is_nil() => Ok(false),
        _ => Err(Incomparable::Types),
    }
}

/// `eq` of what is not basic: nil is equal to nil, lists and maps to nothing.
fn equal_other(left: &Value, right: &Value) -> Result<bool, Incomparable> {
    let kinds = (left.kind(), right.kind());
    if kinds.0 != kinds.1 && kinds.0 != Kind::Invalid && kinds.1 != Kind::Invalid {
        return Err(Incomparable::Kind);
    }
    match (is_nil(left), is_nil(right)) {
        (true, true) => Ok(true),
        (true, false) | (false, true) => Ok(false),
        _ => match (left, right) {
            (Value::Object(one), Value::Object(other)) if !matches!(kinds.1, Kind::Slice | Kind::Map) => {
                let same = std::ptr::addr_eq(std::rc::Rc::as_ptr(one), std::rc::Rc::as_ptr(other));
                Ok(same
                    || kinds.0 == Kind::Struct
                        && one.type_name() == other.type_name()
                        && one.hidden_fields() == other.hidden_fields()
                        && same_fields(&one.entries(), &other.entries()))
            }
            _ => Err(Incomparable::Kind),
        },
    }
}

fn same_fields(one: &[(Value, Value)], other: &[(Value, Value)]) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).all(|((_, one), (_, other))| Basic::of(one) == Basic::of(other))
}

/// A nil of any type.
pub(crate) fn is_nil(value: &Value) -> bool {
    match value {
        Value::Nil => true,
        Value::List(list) => list.is_nil(),
        Value::Map(map) => map.is_nil(),
        _ => false,
    }
}

/// `lt`.
pub(crate) fn less(left: &Operand, right: &Operand) -> Result<bool, Incomparable> {
    let left = Basic::of(&left.value).ok_or(Incomparable::Invalid)?;
    let right = Basic::of(&right.value).ok_or(Incomparable::Invalid)?;
    match (left, right) {
        (Basic::Int(left), Basic::Uint(right)) => {
            Ok(u64::try_from(left).is_ok_and(|left| left < right) || left < 0)
        }
        (Basic::Uint(left), Basic::Int(right)) => Ok(u64::try_from(right).is_ok_and(|right| left < right)),
        (Basic::Int(left), Basic::Int(right)) => Ok(left < right),
        (Basic::Uint(left), Basic::Uint(right)) => Ok(left < right),
        (Basic::Float(left), Basic::Float(right)) => Ok(left.partial_cmp(&right) == Some(Ordering::Less)),
        (Basic::Str(left), Basic::Str(right)) => Ok(left < right),
        (Basic::Bool(_), Basic::Bool(_)) | (Basic::Complex(..), Basic::Complex(..)) => {
            Err(Incomparable::Invalid)
        }
        _ => Err(Incomparable::Types),
    }
}

impl Executor<'_> {
    /// `reflect.DeepEqual`: the types must be the same too.
    pub(crate) fn deep_equal(&mut self, left: &Value, right: &Value) -> Result<bool, Budget> {
        self.deep_equal_at(left, right, 0)
    }

    fn deep_equal_at(&mut self, left: &Value, right: &Value, depth: u32) -> Result<bool, Budget> {
        self.meter.step(1)?;
        if depth > self.meter.limits().value_depth {
            return Err(Budget::ValueDepth);
        }
        match (left, right) {
            (Value::Nil, Value::Nil) => Ok(true),
            (Value::List(one), Value::List(other)) => {
                stacker::maybe_grow(STACK_RED_ZONE, STACK_SEGMENT, || self.equal_lists(one, other, depth))
            }
            (Value::Map(one), Value::Map(other)) => {
                stacker::maybe_grow(STACK_RED_ZONE, STACK_SEGMENT, || self.equal_maps(one, other, depth))
            }
            (Value::Object(one), Value::Object(other)) => Ok(one.type_name() == other.type_name()
                && one.text().is_none_or(|text| other.text() == Some(text))
                && same_fields(&one.entries(), &other.entries())),
            _ => Ok(left.type_name() == right.type_name()
                && Basic::of(left).is_some()
                && Basic::of(left) == Basic::of(right)),
        }
    }

    fn equal_lists(&mut self, one: &List, other: &List, depth: u32) -> Result<bool, Budget> {
        if one.kind != other.kind || one.is_nil() != other.is_nil() || one.len() != other.len() {
            return Ok(false);
        }
        if one.identity() == other.identity() {
            return Ok(true);
        }
        for (one, other) in one.to_vec().iter().zip(&other.to_vec()) {
            if !self.deep_equal_at(one, other, depth + 1)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn equal_maps(&mut self, one: &Map, other: &Map, depth: u32) -> Result<bool, Budget> {
        let same_type = one.kind.type_name() == other.kind.type_name();
        if !same_type || one.is_nil() != other.is_nil() || one.len() != other.len() {
            return Ok(false);
        }
        if one.identity() == other.identity() {
            return Ok(true);
        }
        for ((key, value), (other_key, other_value)) in one.entries().iter().zip(&other.entries()) {
            if key != other_key || !self.deep_equal_at(value, other_value, depth + 1)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
