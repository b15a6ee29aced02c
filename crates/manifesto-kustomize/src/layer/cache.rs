//! Bases that are built once for all that use them.

use manifesto_tree::Tree;

use super::Accumulated;
use super::context::Notes;
use crate::load::Root;
use crate::reads::ReadSet;
use crate::session::same_tree;

/// A base with all that it left.
#[derive(Debug)]
pub(crate) struct CachedBase {
    pub(crate) tree: Tree,
    pub(crate) accumulated: Accumulated,
    pub(crate) notes: Notes,
    pub(crate) reads: ReadSet,
    /// The work that it took.
    pub(crate) work: u64,
}

impl CachedBase {
    /// Whether it comes out the same in a tree.
    pub(crate) fn holds_in(&self, tree: &Tree) -> bool {
        same_tree(&self.tree, tree) || self.reads.holds_in(tree)
    }

    /// Whether it can be used below a directory: none of its own directories holds one that led there.
    pub(crate) fn fits_below(&self, root: &Root) -> bool {
        self.notes.directories.iter().all(|directory| root.check_cycle(directory).is_ok())
    }
}
