//! When two values are the same: when JSON has the same for them.

use std::sync::Arc;

use crate::{Entry, Mapping, Node, Number, Scalar, ScalarKind, Value};

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Scalar(a), Self::Scalar(b)) => a == b,
            (Self::Sequence(a), Self::Sequence(b)) => Arc::ptr_eq(a, b) || a == b,
            (Self::Mapping(a), Self::Mapping(b)) => Arc::ptr_eq(a, b) || a == b,
            _ => false,
        }
    }
}

impl PartialEq for Scalar {
    fn eq(&self, other: &Self) -> bool {
        match (self.kind(), other.kind()) {
            (ScalarKind::String, ScalarKind::String) | (ScalarKind::Null, ScalarKind::Null) => {
                self.json_string() == other.json_string()
            }
            (ScalarKind::Bool, ScalarKind::Bool) => self.as_bool() == other.as_bool(),
            (ScalarKind::Int | ScalarKind::Float, ScalarKind::Int | ScalarKind::Float) => {
                same_number(self, other)
            }
            _ => self.json_string().is_some_and(|text| other.json_string() == Some(text)),
        }
    }
}

fn same_number(a: &Scalar, b: &Scalar) -> bool {
    if a.kind() == b.kind() && a.text() == b.text() {
        return true;
    }
    let text = |scalar: &Scalar| match scalar.as_number().and_then(Number::json_text) {
        Some(text) if text == "-0" => Some("0".to_owned()),
        text => text,
    };
    text(a) == text(b)
}

/// The order of the keys does not count, and a key is its text: JSON knows no other keys.
impl PartialEq for Mapping {
    fn eq(&self, other: &Self) -> bool {
        if self.len() != other.len() {
            return false;
        }
        let pairs = || self.entries().iter().zip(other.entries());
        if pairs().all(|(a, b)| a.key.text() == b.key.text()) {
            return pairs().all(|(a, b)| same_entry(a, b));
        }
        let (ours, theirs) = (by_key(self), by_key(other));
        ours.into_iter().zip(theirs).all(|(a, b)| same_entry(a, b))
    }
}

fn same_entry(a: &Entry, b: &Entry) -> bool {
    let same_key = match (a.key.text(), b.key.text()) {
        (None, None) => a.key == b.key,
        (a, b) => a == b,
    };
    same_key && a.value == b.value
}

fn by_key(mapping: &Mapping) -> Vec<&Entry> {
    let mut entries: Vec<_> = mapping.entries().iter().collect();
    entries.sort_by_key(|entry| entry.key.text());
    entries
}
