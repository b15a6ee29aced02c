//! Nodes that move: the same value with other marks.

use std::sync::Arc;

use crate::{Entry, Mark, Node, Value};

impl Node {
    /// The same value with other marks, those of keys too. What does not move is shared with this node.
    #[must_use = "the node is returned"]
    pub fn with_marks(&self, mut mark: impl FnMut(Mark) -> Mark) -> Self {
        remarked(self, &mut mark).unwrap_or_else(|| self.clone())
    }

    /// The same value, all of it at one place.
    #[must_use = "the node is returned"]
    pub fn all_at(&self, mark: Mark) -> Self {
        self.with_marks(|_| mark)
    }
}

/// The node with its new marks, if any of them is another one.
fn remarked(node: &Node, mark: &mut dyn FnMut(Mark) -> Mark) -> Option<Node> {
    let value = match &node.value {
        Value::Scalar(_) => None,
        Value::Sequence(items) => {
            changed(items, |item| remarked(item, mark)).map(|items| Value::Sequence(Arc::new(items)))
        }
        Value::Mapping(mapping) => changed(mapping.entries(), |entry| remarked_entry(entry, mark))
            .map(|entries| Value::Mapping(Arc::new(entries.into()))),
    };
    let moved = mark(node.mark);
    let is_moved = value.is_some() || moved != node.mark;
    is_moved.then(|| Node { value: value.unwrap_or_else(|| node.value.clone()), mark: moved })
}

fn remarked_entry(entry: &Entry, mark: &mut dyn FnMut(Mark) -> Mark) -> Option<Entry> {
    let (key, value) = (mark(entry.key.mark), remarked(&entry.value, mark));
    let is_moved = value.is_some() || key != entry.key.mark;
    is_moved.then(|| Entry {
        key: Node { value: entry.key.value.clone(), mark: key },
        value: value.unwrap_or_else(|| entry.value.clone()),
    })
}

/// The items with those that changed in their places, if any did.
fn changed<T: Clone>(items: &[T], mut change: impl FnMut(&T) -> Option<T>) -> Option<Vec<T>> {
    let mut all: Option<Vec<T>> = None;
    for (at, item) in items.iter().enumerate() {
        if let Some(new) = change(item)
            && let Some(slot) = all.get_or_insert_with(|| items.to_vec()).get_mut(at)
        {
            *slot = new;
        }
    }
    all
}
