//! What a build depends on.

use std::collections::BTreeMap;

use manifesto_tree::{BlobId, Tree, TreePath};

/// The paths that a build looked at, each with what it held, or with none where nothing was. As long as a tree has the
/// same there, the build comes out the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadSet {
    paths: BTreeMap<TreePath, Option<BlobId>>,
}

impl ReadSet {
    /// Notes a path.
    pub(crate) fn note(&mut self, path: &TreePath, id: Option<BlobId>) {
        if !self.paths.contains_key(path) {
            self.paths.insert(path.clone(), id);
        }
    }

    /// Notes all that another build looked at.
    pub(crate) fn extend(&mut self, other: &Self) {
        for (path, id) in &other.paths {
            self.note(path, *id);
        }
    }

    /// The paths in order, and what they held.
    pub fn iter(&self) -> impl Iterator<Item = (&TreePath, Option<&BlobId>)> {
        self.paths.iter().map(|(path, id)| (path, id.as_ref()))
    }

    /// Whether the build looked at the path.
    pub fn contains(&self, path: &TreePath) -> bool {
        self.paths.contains_key(path)
    }

    /// How many paths there are.
    pub fn len(&self) -> usize {
        self.paths.len()
    }

    /// Whether the build looked at nothing.
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// Whether a tree has the same at all of these paths.
    pub fn holds_in(&self, tree: &Tree) -> bool {
        self.paths.iter().all(|(path, id)| tree.entry(path).map(|entry| entry.id) == *id)
    }
}
