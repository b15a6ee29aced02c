//! Marks of nodes that come from several files.

use std::sync::Arc;

use manifesto_yaml::{Mark, Node, Value};

/// The node with other marks.
pub(super) fn remarked(node: &Node, mark: &mut dyn FnMut(Mark) -> Mark) -> Node {
    let value = match &node.value {
        Value::Scalar(_) => node.value.clone(),
        Value::Sequence(items) => {
            Value::Sequence(Arc::new(items.iter().map(|item| remarked(item, mark)).collect()))
        }
        Value::Mapping(mapping) => {
            let mut mapping = (**mapping).clone();
            for entry in mapping.entries_mut() {
                entry.key.mark = mark(entry.key.mark);
                entry.value = remarked(&entry.value, mark);
            }
            Value::Mapping(Arc::new(mapping))
        }
    };
    Node { value, mark: mark(node.mark) }
}

/// The node in a table of files where its own begin at `first`.
pub(super) fn shifted(node: &Node, first: usize) -> Node {
    let first = u16::try_from(first).unwrap_or(u16::MAX);
    remarked(node, &mut |mark| Mark { file: mark.file.saturating_add(first), ..mark })
}
