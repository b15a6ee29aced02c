//! Differences between two nodes, field by field.

use std::fmt;
use std::sync::Arc;

use manifesto_yaml::{Entry, Node, Value};

use crate::lists::{self, Pairing};

/// One step of a [`FieldPath`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// A key of a mapping.
    Key(String),
    /// The item of a list whose field `key` has this value: `containers[name=web]`.
    Item {
        /// The field that tells the items apart.
        key: &'static str,
        /// Its value.
        value: String,
    },
    /// An item of a list of scalars, named by what comes before its `=`: `args[--level]`.
    Element(String),
    /// The item at this position, where nothing tells the items apart.
    Index(usize),
}

/// The way to a field: `spec.template.spec.containers[name=web].image`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldPath(pub Vec<Segment>);

impl FieldPath {
    /// The keys on the way, items of lists left out: what a rule about a field compares.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &str> + Clone {
        self.0.iter().filter_map(|segment| match segment {
            Segment::Key(key) => Some(key.as_str()),
            _ => None,
        })
    }

    /// Whether the keys on the way start with these.
    pub fn starts_with(&self, keys: &[&str]) -> bool {
        let mut own = self.keys();
        keys.iter().all(|key| own.next() == Some(key))
    }

    /// The last key on the way.
    pub fn last_key(&self) -> Option<&str> {
        self.keys().next_back()
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Key(key) if key.is_empty() || key.contains(['.', '[', ' ', '"']) => {
                    write!(f, "[{key:?}]")?;
                }
                Segment::Key(key) if index == 0 => f.write_str(key)?,
                Segment::Key(key) => write!(f, ".{key}")?,
                Segment::Item { key, value } => write!(f, "[{key}={value}]")?,
                Segment::Element(name) => write!(f, "[{name}]")?,
                Segment::Index(position) => write!(f, "[{position}]")?,
            }
        }
        Ok(())
    }
}

/// One field that differs: present on one side only, or with another value.
#[derive(Debug, Clone)]
pub struct FieldChange {
    /// Where in the object.
    pub path: FieldPath,
    /// The value in base, unless the field is new.
    pub base: Option<Node>,
    /// The value in head, unless the field is gone.
    pub head: Option<Node>,
}

/// The fields that differ between two nodes, in the order of head, what is gone first at each level.
pub fn compare_fields(base: &Node, head: &Node) -> Vec<FieldChange> {
    let mut comparison = Comparison { path: FieldPath::default(), changes: Vec::new() };
    comparison.nodes(base, head);
    comparison.changes
}

struct Comparison {
    path: FieldPath,
    changes: Vec<FieldChange>,
}

impl Comparison {
    fn nodes(&mut self, base: &Node, head: &Node) {
        match (&base.value, &head.value) {
            (Value::Mapping(b), Value::Mapping(h)) if !Arc::ptr_eq(b, h) => self.mappings(base, head),
            (Value::Sequence(b), Value::Sequence(h)) if !Arc::ptr_eq(b, h) => self.sequences(base, head),
            (Value::Mapping(_), Value::Mapping(_)) | (Value::Sequence(_), Value::Sequence(_)) => {}
            _ if base == head => {}
            _ => self.record(Some(base), Some(head)),
        }
    }

    fn mappings(&mut self, base: &Node, head: &Node) {
        for Entry { key, value } in base.entries() {
            let text = key_text(key);
            if head.get(&text).is_none() {
                self.within(Segment::Key(text), |this| this.record(Some(value), None));
            }
        }
        for Entry { key, value } in head.entries() {
            let text = key_text(key);
            let before = base.get(&text);
            self.within(Segment::Key(text), |this| match before {
                Some(before) => this.nodes(before, value),
                None => this.record(None, Some(value)),
            });
        }
    }

    fn sequences(&mut self, base: &Node, head: &Node) {
        let (b, h) = (base.as_sequence().unwrap_or_default(), head.as_sequence().unwrap_or_default());
        match lists::pair(b, h) {
            Pairing::Same => {}
            // The items are the same in another order; only the list as a whole can show it.
            Pairing::Reordered => self.record(Some(base), Some(head)),
            Pairing::Items(items) => {
                for item in items {
                    self.within(item.segment, |this| match (item.base, item.head) {
                        (Some(before), Some(after)) => this.nodes(before, after),
                        (before, after) => this.record(before, after),
                    });
                }
            }
        }
    }

    fn within(&mut self, segment: Segment, compare: impl FnOnce(&mut Self)) {
        self.path.0.push(segment);
        compare(self);
        self.path.0.pop();
    }

    fn record(&mut self, base: Option<&Node>, head: Option<&Node>) {
        self.changes.push(FieldChange { path: self.path.clone(), base: base.cloned(), head: head.cloned() });
    }
}

fn key_text(key: &Node) -> String {
    key.text().unwrap_or_default().to_owned()
}
