//! Entries with their keys found fast, while a mapping is put together.

use std::collections::HashMap;

use crate::{Entry, Mapping, Node, SmolStr};

/// From this many keys on, an index is worth its cost.
const INDEXED_FROM: usize = 24;

/// A mapping whose keys all differ. A key that comes again replaces its entry.
#[derive(Default)]
pub(super) struct UniqueKeys {
    entries: Vec<Entry>,
    index: HashMap<SmolStr, usize>,
}

impl UniqueKeys {
    /// An empty mapping with room for `capacity` entries.
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self { entries: Vec::with_capacity(capacity), index: HashMap::new() }
    }

    /// Sets an entry, at the place of the key or at the end.
    pub(super) fn set(&mut self, key: Node, value: Node) {
        match self.position(&key) {
            Some(index) => {
                if let Some(entry) = self.entries.get_mut(index) {
                    *entry = Entry { key, value };
                }
            }
            None => self.push(key, value),
        }
    }

    /// Adds an entry without a look at its key; the first one of equal keys is found.
    pub(super) fn push(&mut self, key: Node, value: Node) {
        let place = self.entries.len();
        if place >= INDEXED_FROM
            && let Some(scalar) = key.as_scalar()
        {
            self.index.entry(scalar.text().clone()).or_insert(place);
        }
        self.entries.push(Entry { key, value });
        if place + 1 == INDEXED_FROM {
            self.build_index();
        }
    }

    fn build_index(&mut self) {
        for (place, entry) in self.entries.iter().enumerate() {
            if let Some(scalar) = entry.key.as_scalar() {
                self.index.entry(scalar.text().clone()).or_insert(place);
            }
        }
    }

    fn position(&self, key: &Node) -> Option<usize> {
        let text = key.text()?;
        if self.entries.len() < INDEXED_FROM {
            self.entries.iter().position(|entry| entry.key.text() == Some(text))
        } else {
            self.index.get(text).copied()
        }
    }

    /// The finished mapping.
    pub(super) fn finish(self) -> Mapping {
        Mapping::from(self.entries)
    }
}
