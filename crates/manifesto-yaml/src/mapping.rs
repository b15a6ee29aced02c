//! Keys and their values, in order.

use crate::{Node, SmolStr};

/// One key and its value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key. A string unless [`GoV3`](crate::Dialect::GoV3) read something else.
    pub key: Node,
    /// The value.
    pub value: Node,
}

/// Keys and their values, in the order of the file. Keys are found by their text, as kyaml does; the first one
/// is found where a text holds a key twice.
#[derive(Debug, Clone, Default)]
pub struct Mapping(Vec<Entry>);

impl Mapping {
    /// A mapping without keys.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The entries, in order.
    pub fn entries(&self) -> &[Entry] {
        &self.0
    }

    /// The entries, in order, to change or reorder.
    pub fn entries_mut(&mut self) -> &mut Vec<Entry> {
        &mut self.0
    }

    /// Keys and values, in order; only those whose key is a scalar.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&str, &Node)> {
        self.0.iter().filter_map(|entry| Some((entry.key.text()?, &entry.value)))
    }

    /// The place of a key.
    pub fn position(&self, key: &str) -> Option<usize> {
        self.0.iter().position(|entry| entry.key.text() == Some(key))
    }

    /// The entry of a key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.0.iter().find(|entry| entry.key.text() == Some(key))
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The value of a key, to change.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.0.iter_mut().find(|entry| entry.key.text() == Some(key)).map(|entry| &mut entry.value)
    }

    /// Sets the value of a key, at its place or at the end. Returns the value that was there.
    pub fn insert(&mut self, key: impl Into<SmolStr>, value: Node) -> Option<Node> {
        let key = key.into();
        if let Some(old) = self.get_mut(&key) {
            return Some(std::mem::replace(old, value));
        }
        self.push(key, value);
        None
    }

    /// Adds a key that is known to be new.
    pub fn push(&mut self, key: impl Into<SmolStr>, value: Node) {
        self.0.push(Entry { key: Node::string(key), value });
    }

    /// Takes a key out; the others keep their order.
    pub fn remove(&mut self, key: &str) -> Option<Node> {
        self.position(key).map(|index| self.0.remove(index).value)
    }
}

impl From<Vec<Entry>> for Mapping {
    fn from(entries: Vec<Entry>) -> Self {
        Self(entries)
    }
}

impl<K: Into<SmolStr>> FromIterator<(K, Node)> for Mapping {
    /// A mapping of keys that are known to differ.
    fn from_iter<I: IntoIterator<Item = (K, Node)>>(entries: I) -> Self {
        Self(entries.into_iter().map(|(key, value)| Entry { key: Node::string(key), value }).collect())
    }
}
