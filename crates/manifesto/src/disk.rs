//! Files outside of repositories: a directory as a tree, for what is rendered from disk and not from a revision, and results
//! that are written.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use manifesto_tree::{BlobId, Blobs, Entry, EntryKind, ReadError, Tree, TreePath};

use crate::failure::Failure;

/// The largest file that is read: more than any manifest has.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// The most files that a directory may have.
const FILES_MAX: usize = 1_000_000;

/// Files on disk, read when they are asked for.
#[derive(Debug)]
struct DiskFiles(Vec<PathBuf>);

impl Blobs for DiskFiles {
    fn read(&self, id: &BlobId) -> Result<Arc<[u8]>, ReadError> {
        let path = self.0.get(index_of(id)).ok_or(ReadError::Missing(*id))?;
        let broken = |error: io::Error| ReadError::Broken(format!("{}: {error}", path.display()));
        let metadata = fs::symlink_metadata(path).map_err(broken)?;
        if metadata.is_symlink() {
            let target = fs::read_link(path).map_err(broken)?;
            return Ok(target.to_string_lossy().into_owned().into_bytes().into());
        }
        if metadata.len() > FILE_BYTES_MAX {
            return Err(ReadError::TooLarge { size_bytes: metadata.len(), limit_bytes: FILE_BYTES_MAX });
        }
        fs::read(path).map(Arc::from).map_err(broken)
    }
}

/// Files are numbered; the number is their id for as long as the tree lives.
fn id_of(index: usize) -> BlobId {
    let mut id = [0; 20];
    let (_, tail) = id.split_at_mut(12);
    tail.copy_from_slice(&(index as u64).to_be_bytes());
    BlobId(id)
}

fn index_of(id: &BlobId) -> usize {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(id.0.split_at(12).1);
    usize::try_from(u64::from_be_bytes(bytes)).unwrap_or(usize::MAX)
}

/// The directory that relative paths may lead to: the work tree of `directory`, or else where we stand, if that is above.
pub(crate) fn root_of(directory: &Path, here: &Path) -> PathBuf {
    let work_tree = directory.ancestors().find(|ancestor| ancestor.join(".git").exists());
    let here = here.canonicalize().ok().filter(|here| directory.starts_with(here));
    work_tree.map(Path::to_path_buf).or(here).unwrap_or_else(|| directory.to_path_buf())
}

/// Lists a directory; `.git` is left out, and what is not UTF-8 cannot be named by a manifest.
pub(crate) fn tree(root: &Path) -> Result<Tree, Failure> {
    let (mut files, mut entries) = (Vec::new(), Vec::new());
    let mut rest = vec![(root.to_path_buf(), TreePath::root())];
    while let Some((directory, path)) = rest.pop() {
        let failed = |error: io::Error| Failure::input(format!("{}: {error}", directory.display()));
        for item in fs::read_dir(&directory).map_err(failed)? {
            let item = item.map_err(failed)?;
            let name = item.file_name();
            let Some(name) = name.to_str().filter(|name| *name != ".git") else { continue };
            let (kind, path) = (item.file_type().map_err(failed)?, path.child(name));
            if kind.is_dir() {
                rest.push((item.path(), path));
            } else if kind.is_file() || kind.is_symlink() {
                let kind = if kind.is_symlink() { EntryKind::Symlink } else { EntryKind::File };
                entries.push(Entry { path, kind, id: id_of(files.len()) });
                files.push(item.path());
            }
        }
        if files.len() > FILES_MAX {
            return Err(Failure::input(format!("{} has more than {FILES_MAX} files", root.display())));
        }
    }
    Ok(Tree::new(entries, Arc::new(DiskFiles(files))))
}

/// Writes the file whole or not at all: first beside it, then in its place.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::output(format!("{}: {error}", path.display()));
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(directory).map_err(failed)?;
    io::Write::write_all(&mut file, text.as_bytes()).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}
