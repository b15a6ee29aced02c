//! The files on disk, as `git add --all` would record them now.
//!
//! What the index lists is taken from disk, or is gone; what it does not list is added unless it is ignored. Nothing
//! is written: contents that the object store does not have stay in memory, so that all of a run sees one state.

mod recorder;
mod untracked;

use std::collections::BTreeMap;
use std::sync::Arc;

use gix::bstr::{BStr, ByteSlice as _};
use gix::index::entry::{Flags, Mode};
use manifesto_tree::{BlobId, Blobs, EntryKind, ReadError};

use crate::blobs::{GitBlobs, blob_id};
use crate::listing::{Entries, ListingError, tree_files};
use recorder::Recorder;

/// Contents that are on disk and not in the object store.
pub(crate) type Contents = BTreeMap<BlobId, Result<Arc<[u8]>, ReadError>>;

/// The contents of a work tree: those that git has, and those that it does not.
#[derive(Debug)]
pub(crate) struct WorktreeBlobs {
    pub(crate) contents: Contents,
    pub(crate) objects: GitBlobs,
}

impl Blobs for WorktreeBlobs {
    fn read(&self, id: &BlobId) -> Result<Arc<[u8]>, ReadError> {
        self.contents.get(id).cloned().unwrap_or_else(|| self.objects.read(id))
    }
}

/// Lists the work tree and returns what is not in the object store.
pub(crate) fn worktree_files(
    repository: &gix::Repository,
    entries: &mut Entries,
) -> Result<Contents, ListingError> {
    let index = repository.index_or_empty().map_err(|error| ListingError::broken(&error))?;
    let mut recorder = Recorder::new(repository, &index)?;
    // A conflict lists a path up to three times; on disk it is one file, and a tree has each path once.
    for entry in index.entries() {
        tracked_file(repository, &mut recorder, entry, entry.path(&index), entries)?;
    }
    untracked::files(&mut recorder, entries)?;
    Ok(recorder.contents)
}

fn tracked_file(
    repository: &gix::Repository,
    recorder: &mut Recorder<'_>,
    entry: &gix::index::Entry,
    path: &BStr,
    entries: &mut Entries,
) -> Result<(), ListingError> {
    // A sparse index lists a directory that is not checked out, with a slash at its end.
    let is_directory = entry.mode == Mode::DIR;
    let path = if is_directory { path.trim_end_with(|c| c == '/') } else { path };
    let Some(text) = entries.accept(path)? else { return Ok(()) };
    if is_directory {
        return tree_files(repository, entry.id, text.to_owned(), entries);
    }
    let recorded = if entry.flags.contains(Flags::ASSUME_VALID) {
        Some((kind(entry.mode), blob_id(&entry.id)))
    } else {
        let on_disk = recorder.record(text, Some(entry));
        // Sparse checkouts leave files out, unless somebody put one there.
        let skipped =
            entry.flags.contains(Flags::SKIP_WORKTREE).then(|| (kind(entry.mode), blob_id(&entry.id)));
        on_disk.or(skipped)
    };
    if let Some((kind, id)) = recorded {
        entries.add(text, kind, id);
    }
    Ok(())
}

fn kind(mode: Mode) -> EntryKind {
    match mode {
        Mode::SYMLINK => EntryKind::Symlink,
        Mode::COMMIT => EntryKind::Submodule,
        Mode::FILE_EXECUTABLE => EntryKind::Executable,
        _ => EntryKind::File,
    }
}

/// A path of git as one of the file system.
fn location(root: &std::path::Path, path: &str) -> std::path::PathBuf {
    root.join(gix::path::from_bstr(path.as_bytes().as_bstr()).unwrap_or_default())
}
