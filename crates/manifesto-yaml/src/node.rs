//! A value and where it stands.

use std::sync::Arc;

use crate::number::Number;
use crate::{Entry, Mapping, Scalar, ScalarKind, SmolStr};

/// A place in a file. The default stands for no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Mark {
    /// The line, from 1; 0 where the value was not read from a file.
    pub line: u32,
    /// The column in characters, from 1; 65,535 stands for any larger one.
    pub column: u16,
    /// The file, an index into a table that the caller keeps. [`parse`](crate::parse) sets 0.
    pub file: u16,
}

/// A value and where it stands. Cheap to clone; a change copies what is shared.
#[derive(Debug, Clone)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it stands. What came through an alias stands where its anchor is.
    pub mark: Mark,
}

/// A value. Nodes are compared by what JSON has for them: order of keys, style and place do not count.
#[derive(Debug, Clone)]
pub enum Value {
    /// A value without parts.
    Scalar(Scalar),
    /// A list.
    Sequence(Arc<Vec<Node>>),
    /// Keys and their values.
    Mapping(Arc<Mapping>),
}

impl From<Value> for Node {
    fn from(value: Value) -> Self {
        Self { value, mark: Mark::default() }
    }
}

/// Nodes that are not read from a file.
impl Node {
    /// Text.
    pub fn string(text: impl Into<SmolStr>) -> Self {
        Value::Scalar(Scalar::string(text)).into()
    }

    /// A whole number.
    pub fn int(value: i64) -> Self {
        Value::Scalar(Scalar::number(Number::Int(value))).into()
    }

    /// A number.
    pub fn number(value: Number) -> Self {
        Value::Scalar(Scalar::number(value)).into()
    }

    /// True or false.
    pub fn bool(value: bool) -> Self {
        Value::Scalar(Scalar::bool(value)).into()
    }

    /// Nothing.
    pub fn null() -> Self {
        Value::Scalar(Scalar::null()).into()
    }

    /// A list.
    pub fn sequence(items: impl IntoIterator<Item = Self>) -> Self {
        Value::Sequence(Arc::new(items.into_iter().collect())).into()
    }

    /// Keys and their values.
    pub fn mapping(mapping: impl Into<Mapping>) -> Self {
        Value::Mapping(Arc::new(mapping.into())).into()
    }

    /// The same value at another place.
    #[must_use = "the node is returned"]
    pub fn at(mut self, mark: Mark) -> Self {
        self.mark = mark;
        self
    }
}

/// Looking into a node. What is not there, or is of another kind, is none.
impl Node {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_mapping()?.get(key)
    }

    /// The value of a key of a value of a key, and so on.
    pub fn path(&self, keys: &[&str]) -> Option<&Self> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The scalar.
    pub fn as_scalar(&self) -> Option<&Scalar> {
        if let Value::Scalar(scalar) = &self.value { Some(scalar) } else { None }
    }

    /// The list.
    pub fn as_sequence(&self) -> Option<&[Self]> {
        if let Value::Sequence(items) = &self.value { Some(items) } else { None }
    }

    /// The keys and their values.
    pub fn as_mapping(&self) -> Option<&Mapping> {
        if let Value::Mapping(mapping) = &self.value { Some(mapping) } else { None }
    }

    /// The items of a list; none at all where this is no list.
    pub fn items(&self) -> &[Self] {
        self.as_sequence().unwrap_or_default()
    }

    /// The entries of a mapping; none at all where this is no mapping.
    pub fn entries(&self) -> &[Entry] {
        self.as_mapping().map(Mapping::entries).unwrap_or_default()
    }

    /// The text of any scalar, as written.
    pub fn text(&self) -> Option<&str> {
        self.as_scalar().map(|scalar| scalar.text().as_str())
    }

    /// The text, when it is a string.
    pub fn as_str(&self) -> Option<&str> {
        self.as_scalar().filter(|s| s.kind() == ScalarKind::String).map(|s| s.text().as_str())
    }

    /// The value, when it is true or false.
    pub fn as_bool(&self) -> Option<bool> {
        self.as_scalar()?.as_bool()
    }

    /// The value, when it is a number.
    pub fn as_number(&self) -> Option<Number> {
        self.as_scalar()?.as_number()
    }

    /// The value, when it is a whole number within 64 bits with a sign; `2.0` is one.
    pub fn as_i64(&self) -> Option<i64> {
        self.as_number()?.to_i64()
    }

    /// The value, when it is a number; whole ones beyond 2^53 lose digits.
    pub fn as_f64(&self) -> Option<f64> {
        self.as_number().map(Number::to_f64)
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        self.as_scalar().is_some_and(|scalar| scalar.kind() == ScalarKind::Null)
    }

    /// What it is, in the words of JSON.
    pub fn kind_name(&self) -> &'static str {
        match &self.value {
            Value::Mapping(_) => "object",
            Value::Sequence(_) => "array",
            Value::Scalar(scalar) => match scalar.kind() {
                ScalarKind::Null => "null",
                ScalarKind::Bool => "boolean",
                ScalarKind::Int | ScalarKind::Float => "number",
                ScalarKind::String | ScalarKind::Timestamp | ScalarKind::Binary => "string",
            },
        }
    }
}

/// Changing a node. What is shared with other nodes is copied first.
impl Node {
    /// The keys and their values, to change.
    pub fn as_mapping_mut(&mut self) -> Option<&mut Mapping> {
        if let Value::Mapping(mapping) = &mut self.value { Some(Arc::make_mut(mapping)) } else { None }
    }

    /// The list, to change.
    pub fn as_sequence_mut(&mut self) -> Option<&mut Vec<Self>> {
        if let Value::Sequence(items) = &mut self.value { Some(Arc::make_mut(items)) } else { None }
    }

    /// The value of a key, to change.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        self.as_mapping_mut()?.get_mut(key)
    }

    /// The value of a key of a value of a key, and so on, to change.
    pub fn path_mut(&mut self, keys: &[&str]) -> Option<&mut Self> {
        keys.iter().try_fold(self, |node, key| node.get_mut(key))
    }
}
