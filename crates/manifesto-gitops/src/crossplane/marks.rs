//! Marks of nodes that come from several files.

use manifesto_yaml::{Mark, Node};

/// The node in a table of files where its own begin at `first`.
pub(super) fn shifted(node: &Node, first: usize) -> Node {
    let first = u16::try_from(first).unwrap_or(u16::MAX);
    node.with_marks(|mark| Mark { file: mark.file.saturating_add(first), ..mark })
}
