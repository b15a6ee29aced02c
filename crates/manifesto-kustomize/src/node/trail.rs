//! The way from a node down to one of its parts.

use manifesto_yaml::{Node, Value};

/// Positions of entries and items, from the root down. It stays valid while nothing before it is taken out.
pub(crate) type Trail = Vec<usize>;

/// The part that a trail leads to.
pub(crate) fn at<'n>(root: &'n Node, trail: &[usize]) -> Option<&'n Node> {
    trail.iter().try_fold(root, |node, position| match &node.value {
        Value::Mapping(mapping) => mapping.entries().get(*position).map(|entry| &entry.value),
        Value::Sequence(items) => items.get(*position),
        Value::Scalar(_) => None,
    })
}

/// The part that a trail leads to, to change.
pub(crate) fn at_mut<'n>(root: &'n mut Node, trail: &[usize]) -> Option<&'n mut Node> {
    let mut node = root;
    for position in trail {
        node = match &node.value {
            Value::Mapping(_) => &mut node.as_mapping_mut()?.entries_mut().get_mut(*position)?.value,
            Value::Sequence(_) => node.as_sequence_mut()?.get_mut(*position)?,
            Value::Scalar(_) => return None,
        };
    }
    Some(node)
}
