//! The files of a revision.

use std::fmt;
use std::sync::Arc;

use gix::objs::{Kind, TreeRefIter, tree};
use manifesto_tree::{BlobId, Blobs, Entry, EntryKind, ReadError, Tree, TreePath};

use crate::blobs::{GitBlobs, blob_id, object};
use crate::handles::reason;
use crate::worktree::{WorktreeBlobs, worktree_files};
use crate::{CommitId, Repository, Revision, RevisionKind};

/// More paths than this are no repository of manifests, but a few bytes can list billions: a tree that holds one
/// other tree ten times, ten levels deep.
const ENTRIES_MAX: usize = 1_000_000;

/// Paths longer than this cannot be checked out on Linux (`PATH_MAX`).
const PATH_BYTES_MAX: usize = 4096;

/// All paths together: deep directories of long names are the other way to say much with little.
const PATHS_BYTES_MAX: usize = 512 << 20;

/// The directories from the root to the one that is being listed, as git stores them.
const OPEN_BYTES_MAX: usize = 256 << 20;

/// The files of a revision.
#[derive(Debug, Clone)]
pub struct Listing {
    /// The files, and where to read them.
    pub tree: Tree,
    /// What could not be listed, sorted.
    pub skipped: Vec<SkippedPath>,
}

/// A path that is in the revision but not in the tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SkippedPath {
    /// The path; what is not UTF-8 in it is replaced.
    pub path: String,
    /// Why it is not listed.
    pub reason: SkipReason,
}

/// Why a path is not listed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SkipReason {
    /// It is not UTF-8.
    NotUtf8,
    /// Git would not check it out: it has an empty segment, `.`, `..`, or is too long.
    Malformed,
    /// It is on disk and cannot be read, for this reason.
    Unreadable(String),
}

impl fmt::Display for SkippedPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            SkipReason::NotUtf8 => write!(f, "the path {:?} is not UTF-8", self.path),
            SkipReason::Malformed => write!(f, "the path {:?} is not one that git checks out", self.path),
            SkipReason::Unreadable(reason) => write!(f, "{:?} cannot be read: {reason}", self.path),
        }
    }
}

/// Why the files of a revision cannot be listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListingError {
    /// A directory cannot be read.
    Unreadable {
        /// The directory; empty for the root.
        directory: String,
        /// Why.
        error: ReadError,
    },
    /// There are too many files.
    TooMany {
        /// The most that are listed.
        count_max: usize,
    },
}

impl ListingError {
    pub(crate) fn broken(error: &gix::Error) -> Self {
        Self::Unreadable { directory: String::new(), error: ReadError::Broken(reason(error)) }
    }

    /// What to do about it, as an order.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unreadable { error: ReadError::Missing(_), .. } => Some(
                "fetch what the clone lacks: `git fetch --refetch --no-filter`, in CI a full checkout".into(),
            ),
            Self::Unreadable { .. } => Some("`git fsck` tells what is wrong with the repository".into()),
            Self::TooMany { .. } => None,
        }
    }
}

impl fmt::Display for ListingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { directory, error } if directory.is_empty() => {
                write!(f, "the files cannot be listed: {error}")
            }
            Self::Unreadable { directory, error } => {
                write!(f, "the files in {directory} cannot be listed: {error}")
            }
            Self::TooMany { count_max } => write!(f, "there are more than {count_max} files"),
        }
    }
}

impl std::error::Error for ListingError {}

impl Repository {
    /// The files of a revision. Directories are read now, contents when they are asked for, from any thread.
    pub fn tree(&self, revision: &Revision) -> Result<Listing, ListingError> {
        let mut entries = Entries::default();
        let objects = GitBlobs(Arc::clone(&self.handles));
        match revision.kind {
            RevisionKind::Commit(id) => {
                self.handles.with(|repository| commit_files(repository, id, &mut entries))?;
            }
            RevisionKind::Worktree => {
                let contents = self.handles.with(|repository| worktree_files(repository, &mut entries))?;
                return Ok(entries.listing(Arc::new(WorktreeBlobs { contents, objects })));
            }
            RevisionKind::EmptyTree => {}
        }
        Ok(entries.listing(Arc::new(objects)))
    }
}

fn commit_files(
    repository: &gix::Repository,
    id: CommitId,
    entries: &mut Entries,
) -> Result<(), ListingError> {
    let unreadable = |error| ListingError::Unreadable { directory: String::new(), error };
    let commit = object(repository, id.0, Kind::Commit).map_err(unreadable)?;
    let tree = commit.try_into_commit().and_then(|commit| commit.tree_id().map(gix::Id::detach));
    let tree = tree.map_err(|error| unreadable(ReadError::Broken(reason(&error))))?;
    tree_files(repository, tree, String::new(), entries)
}

/// Adds everything below the tree `id`, which is at `path`, in the order of a sorted list.
pub(crate) fn tree_files(
    repository: &gix::Repository,
    id: gix::ObjectId,
    mut path: String,
    entries: &mut Entries,
) -> Result<(), ListingError> {
    // Not recursive: how deep it goes is up to whoever made the commit.
    let mut open = vec![Directory::read(repository, id, &path)?];
    while let Some(directory) = open.last_mut() {
        path.truncate(directory.path_bytes);
        let Some(child) = directory.next_child(&path)? else {
            open.pop();
            continue;
        };
        if !entries.push_segment(&mut path, child.filename)? {
            continue;
        }
        if let Some(kind) = entry_kind(child.mode.kind()) {
            entries.add(&path, kind, blob_id(child.oid));
            continue;
        }
        let directory = Directory::read(repository, child.oid.to_owned(), &path)?;
        open.push(directory);
        if open.iter().map(|directory| directory.object.data.len()).sum::<usize>() > OPEN_BYTES_MAX {
            return Err(ListingError::TooMany { count_max: ENTRIES_MAX });
        }
    }
    Ok(())
}

/// What a tree's entry is; none for a directory.
fn entry_kind(kind: tree::EntryKind) -> Option<EntryKind> {
    match kind {
        tree::EntryKind::Tree => None,
        tree::EntryKind::Blob => Some(EntryKind::File),
        tree::EntryKind::BlobExecutable => Some(EntryKind::Executable),
        tree::EntryKind::Link => Some(EntryKind::Symlink),
        tree::EntryKind::Commit => Some(EntryKind::Submodule),
    }
}

/// A directory that is being listed.
struct Directory<'r> {
    path_bytes: usize,
    object: gix::Object<'r>,
    /// Where its next child begins.
    offset: usize,
}

impl<'r> Directory<'r> {
    fn read(repository: &'r gix::Repository, id: gix::ObjectId, path: &str) -> Result<Self, ListingError> {
        let object = object(repository, id, Kind::Tree)
            .map_err(|error| ListingError::Unreadable { directory: path.to_owned(), error })?;
        Ok(Self { path_bytes: path.len(), object, offset: 0 })
    }

    fn next_child(&mut self, path: &str) -> Result<Option<tree::EntryRef<'_>>, ListingError> {
        let data = &self.object.data;
        let mut children =
            TreeRefIter::from_bytes(data.get(self.offset..).unwrap_or_default(), self.object.id.kind());
        match children.next() {
            None => Ok(None),
            Some(Ok(child)) => {
                self.offset = children.offset_to_next_entry(data);
                Ok(Some(child))
            }
            Some(Err(error)) => {
                let error = ReadError::Broken(reason(&error));
                Err(ListingError::Unreadable { directory: path.to_owned(), error })
            }
        }
    }
}

/// A list of files that is being made, within limits.
#[derive(Debug, Default)]
pub(crate) struct Entries {
    files: Vec<Entry>,
    skipped: Vec<SkippedPath>,
    count: usize,
    bytes: usize,
}

impl Entries {
    /// Appends a segment to `path`, unless the result is not one that a [`TreePath`] can be: then it is skipped with
    /// all that is below it.
    pub(crate) fn push_segment(&mut self, path: &mut String, segment: &[u8]) -> Result<bool, ListingError> {
        self.count(path.len() + segment.len())?;
        let separator = if path.is_empty() { "" } else { "/" };
        let reason = match std::str::from_utf8(segment) {
            Err(_) => SkipReason::NotUtf8,
            Ok(name) if is_malformed(name) || path.len() + 1 + name.len() > PATH_BYTES_MAX => {
                SkipReason::Malformed
            }
            Ok(name) => {
                path.push_str(separator);
                path.push_str(name);
                return Ok(true);
            }
        };
        self.skip(format!("{path}{separator}{}", String::from_utf8_lossy(segment)), reason);
        Ok(false)
    }

    /// A whole path as text, unless it is not one that a [`TreePath`] can be: then it is skipped.
    pub(crate) fn accept<'p>(&mut self, path: &'p [u8]) -> Result<Option<&'p str>, ListingError> {
        self.count(path.len())?;
        let reason = match std::str::from_utf8(path) {
            Err(_) => SkipReason::NotUtf8,
            Ok(path) if path.len() > PATH_BYTES_MAX || path.split('/').any(is_malformed) => {
                SkipReason::Malformed
            }
            Ok(path) => return Ok(Some(path)),
        };
        self.skip(String::from_utf8_lossy(path).into_owned(), reason);
        Ok(None)
    }

    fn count(&mut self, path_bytes: usize) -> Result<(), ListingError> {
        self.count += 1;
        self.bytes = self.bytes.saturating_add(path_bytes);
        if self.count > ENTRIES_MAX || self.bytes > PATHS_BYTES_MAX {
            return Err(ListingError::TooMany { count_max: ENTRIES_MAX });
        }
        Ok(())
    }

    pub(crate) fn skip(&mut self, path: String, reason: SkipReason) {
        self.skipped.push(SkippedPath { path, reason });
    }

    /// Adds a file. `path` consists of segments that were pushed.
    pub(crate) fn add(&mut self, path: &str, kind: EntryKind, id: BlobId) {
        self.files.push(Entry { path: TreePath::from_normalized(path), kind, id });
    }

    pub(crate) fn listing(mut self, blobs: Arc<dyn Blobs>) -> Listing {
        self.skipped.sort();
        Listing { tree: Tree::new(self.files, blobs), skipped: self.skipped }
    }
}

fn is_malformed(segment: &str) -> bool {
    matches!(segment, "" | "." | "..") || segment.contains(['/', '\0'])
}
