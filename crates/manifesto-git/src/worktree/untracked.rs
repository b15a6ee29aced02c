//! Files that git does not know yet.

use std::ffi::OsStr;
use std::fs::{DirEntry, FileType};
use std::path::Path;

use gix::index::entry::Mode;
use manifesto_tree::EntryKind;

use super::location;
use super::recorder::Recorder;
use crate::blobs::blob_id;
use crate::listing::{Entries, ListingError, SkipReason};

/// Adds every file below the root that the index does not list and no rule ignores.
pub(super) fn files(recorder: &mut Recorder<'_>, entries: &mut Entries) -> Result<(), ListingError> {
    // Not recursive: how deep it goes is up to whoever made the directories.
    let mut directories = vec![String::new()];
    while let Some(directory) = directories.pop() {
        let children = match children(&location(&recorder.root, &directory)) {
            Ok(children) => children,
            Err(error) => {
                entries.skip(directory, SkipReason::Unreadable(error.to_string()));
                continue;
            }
        };
        for (name, file_type) in children {
            child(recorder, &directory, &name.file_name(), file_type, &mut directories, entries)?;
        }
    }
    Ok(())
}

/// What is in a directory, sorted, so that the same files give the same list.
fn children(directory: &Path) -> std::io::Result<Vec<(DirEntry, FileType)>> {
    let mut children = Vec::new();
    for child in std::fs::read_dir(directory)? {
        let child = child?;
        if let Ok(file_type) = child.file_type() {
            children.push((child, file_type));
        }
    }
    children.sort_by_key(|(child, _)| child.file_name());
    Ok(children)
}

fn child(
    recorder: &mut Recorder<'_>,
    directory: &str,
    name: &OsStr,
    file_type: FileType,
    directories: &mut Vec<String>,
    entries: &mut Entries,
) -> Result<(), ListingError> {
    let is_directory = file_type.is_dir();
    if name.eq_ignore_ascii_case(".git") || !(is_directory || file_type.is_file() || file_type.is_symlink()) {
        return Ok(());
    }
    // Git looks into no ignored directory: what it tracks there comes from the index.
    if is_ignored(recorder, &Path::new(directory).join(name), is_directory) {
        return Ok(());
    }
    let mut path = directory.to_owned();
    if !entries.push_segment(&mut path, name.as_encoded_bytes())?
        || recorder.index.entry_range(path.as_str().into()).is_some()
    {
        return Ok(());
    }
    if !is_directory {
        if let Some((kind, id)) = recorder.record(&path, None) {
            entries.add(&path, kind, id);
        }
        return Ok(());
    }
    let location = location(&recorder.root, &path);
    if std::fs::symlink_metadata(location.join(".git")).is_err() {
        directories.push(path);
    } else if let Some(id) = recorder.nested_head(&location) {
        entries.add(&path, EntryKind::Submodule, blob_id(&id));
    } else {
        entries.skip(path, SkipReason::Unreadable("it is a repository without a commit".into()));
    }
    Ok(())
}

fn is_ignored(recorder: &mut Recorder<'_>, path: &Path, is_directory: bool) -> bool {
    let mode = if is_directory { Mode::DIR } else { Mode::FILE };
    recorder.attributes.at_path(path, Some(mode)).is_ok_and(|platform| platform.is_excluded())
}
