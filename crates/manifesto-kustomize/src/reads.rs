//! What a build depends on.

use std::collections::BTreeMap;

use manifesto_tree::{BlobId, Tree, TreePath};

/// The paths that a build looked at, each with what it held, or with none where nothing was. As long as a tree has the
/// same there, the build comes out the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadSet {
    paths: BTreeMap<TreePath, Seen>,
}

/// What a build found at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    File(BlobId),
    Directory,
    Nothing,
}

impl Seen {
    fn at(tree: &Tree, path: &TreePath) -> Self {
        match tree.entry(path) {
            Some(entry) => Self::File(entry.id),
            None if tree.is_directory(path) => Self::Directory,
            None => Self::Nothing,
        }
    }
}

impl ReadSet {
    /// Notes a path of the tree.
    pub(crate) fn note(&mut self, tree: &Tree, path: &TreePath) {
        if !self.paths.contains_key(path) {
            self.paths.insert(path.clone(), Seen::at(tree, path));
        }
    }

    /// Notes all that another build looked at.
    pub(crate) fn extend(&mut self, other: &Self) {
        for (path, seen) in &other.paths {
            self.paths.entry(path.clone()).or_insert(*seen);
        }
    }

    /// The paths in order, and the files that they held.
    pub fn iter(&self) -> impl Iterator<Item = (&TreePath, Option<&BlobId>)> {
        self.paths.iter().map(|(path, seen)| match seen {
            Seen::File(id) => (path, Some(id)),
            Seen::Directory | Seen::Nothing => (path, None),
        })
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
        self.paths.iter().all(|(path, seen)| Seen::at(tree, path) == *seen)
    }
}
