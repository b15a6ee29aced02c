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

/// What a directory holds directly.
enum Child<'t> {
    File(&'t Entry),
    Directory(TreePath),
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
        self.children(directory).filter_map(|child| match child {
            Child::File(entry) => Some(entry),
            Child::Directory(_) => None,
        })
    }

    /// The directories directly in `directory`, sorted.
    pub fn directories_in(&self, directory: &TreePath) -> Vec<TreePath> {
        let directories = self.children(directory).filter_map(|child| match child {
            Child::File(_) => None,
            Child::Directory(path) => Some(path),
        });
        let mut directories: Vec<TreePath> = directories.collect();
        directories.sort_unstable();
        directories
    }

    /// What is directly in `directory`. What lies in one directory lies together, so it is passed over as a whole: the cost
    /// does not grow with what is deep down.
    fn children<'t>(&'t self, directory: &TreePath) -> impl Iterator<Item = Child<'t>> + use<'t> {
        let directory = directory.clone();
        let mut rest = self.below(&directory);
        std::iter::from_fn(move || {
            let (first, behind) = rest.split_first()?;
            let way = first.path.strip_prefix(&directory).unwrap_or_default();
            let Some((name, _)) = way.split_once('/') else {
                rest = behind;
                return Some(Child::File(first));
            };
            let child = directory.child(name);
            let length = behind.partition_point(|entry| entry.path.starts_with(&child));
            rest = behind.get(length..).unwrap_or_default();
            Some(Child::Directory(child))
        })
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
