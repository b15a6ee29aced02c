//! The files of one revision.

use std::sync::Arc;

use crate::{BlobId, Blobs, ReadError, TreePath};

/// What a path of the tree is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// A file.
    File,
    /// A file with the executable bit.
    Executable,
    /// A symbolic link; its content is the target.
    Symlink,
    /// A commit of another repository; its files are not here.
    Submodule,
}

/// One path of the tree. Directories are not listed: they are the prefixes of what is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    /// Where it is.
    pub path: TreePath,
    /// What it is.
    pub kind: EntryKind,
    /// What it holds.
    pub id: BlobId,
}

impl Entry {
    /// Whether this is a file proper, executable or not.
    pub fn is_file(&self) -> bool {
        matches!(self.kind, EntryKind::File | EntryKind::Executable)
    }
}

/// The files of one revision: a sorted list, and the place to read them from. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Tree {
    entries: Arc<[Entry]>,
    blobs: Arc<dyn Blobs>,
}

impl Tree {
    /// A tree of these entries, in any order; the later one wins where two have the same path.
    pub fn new(mut entries: Vec<Entry>, blobs: Arc<dyn Blobs>) -> Self {
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        entries.reverse();
        entries.dedup_by(|a, b| a.path == b.path);
        entries.reverse();
        Self { entries: entries.into(), blobs }
    }

    /// Every path, sorted by bytes.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What is listed at exactly this path; links are not followed (see [`Tree::lookup`]).
    pub fn entry(&self, path: &TreePath) -> Option<&Entry> {
        let index = self.entries.binary_search_by(|entry| entry.path.cmp(path)).ok()?;
        self.entries.get(index)
    }

    /// Everything below `directory`, at any depth, sorted.
    pub fn below(&self, directory: &TreePath) -> &[Entry] {
        if directory.is_root() {
            return &self.entries;
        }
        let prefix = format!("{directory}/");
        let start = self.entries.partition_point(|entry| entry.path.as_str() < prefix.as_str());
        let rest = self.entries.get(start..).unwrap_or_default();
        let length = rest.partition_point(|entry| entry.path.as_str().starts_with(&prefix));
        rest.get(..length).unwrap_or_default()
    }

    /// The files, links and submodules directly in `directory`, sorted.
    pub fn files_in<'t>(&'t self, directory: &TreePath) -> impl Iterator<Item = &'t Entry> + use<'t> {
        let below = self.below(directory);
        let skip = if directory.is_root() { 0 } else { directory.as_str().len() + 1 };
        below
            .iter()
            .filter(move |entry| !entry.path.as_str().as_bytes().iter().skip(skip).any(|b| *b == b'/'))
    }

    /// The directories directly in `directory`, sorted.
    pub fn directories_in(&self, directory: &TreePath) -> Vec<TreePath> {
        let mut names: Vec<&str> = self
            .below(directory)
            .iter()
            .filter_map(|entry| entry.path.strip_prefix(directory)?.split_once('/').map(|(name, _)| name))
            .collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter().map(|name| directory.child(name)).collect()
    }

    /// Whether anything lies below `path`.
    pub fn is_directory(&self, path: &TreePath) -> bool {
        path.is_root() || !self.below(path).is_empty()
    }

    /// The content of an entry.
    pub fn read(&self, entry: &Entry) -> Result<Arc<[u8]>, ReadError> {
        self.blobs.read(&entry.id)
    }

    /// The place this tree's contents are read from.
    pub fn blobs(&self) -> &Arc<dyn Blobs> {
        &self.blobs
    }
}
