//! Which files differ, and which of them moved.

use manifesto_tree::{FileChange, Tree, file_changes};

/// The files that differ between two revisions, sorted by path.
pub fn changes(base: &Tree, head: &Tree) -> Vec<FileChange> {
    file_changes(base, head)
}
