//! What several tests need.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use manifesto_tree::{MemTree, Tree};

/// A folder beside the workspace, when it is there.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")).join(path);
    folder.exists().then_some(folder)
}

/// The files of a folder as a tree.
pub(crate) fn tree_of(root: &Path) -> Tree {
    let mut tree = MemTree::new();
    let mut pending = vec![root.to_path_buf()];
    while let Some(directory) = pending.pop() {
        for entry in std::fs::read_dir(&directory).unwrap().flatten() {
            let path = entry.path();
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            let kind = entry.file_type().unwrap();
            if kind.is_symlink() {
                tree = tree.symlink(&name, &std::fs::read_link(&path).unwrap().to_string_lossy());
            } else if kind.is_dir() {
                pending.push(path);
            } else {
                tree = tree.file(&name, std::fs::read(&path).unwrap());
            }
        }
    }
    tree.build()
}

/// The files of a `tar.gz` as a tree.
pub(crate) fn archive(path: &Path) -> Tree {
    let mut tree = MemTree::new();
    let file = std::fs::File::open(path).unwrap();
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(file));
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().to_string_lossy().trim_start_matches("./").to_owned();
        if let Some(target) = entry.link_name().unwrap() {
            tree = tree.symlink(&name, &target.to_string_lossy());
        } else if entry.header().entry_type().is_file() {
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            tree = tree.file(&name, content);
        }
    }
    tree.build()
}
