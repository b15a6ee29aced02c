//! Trees of directories, and the reference.

#![allow(dead_code, clippy::unwrap_used, reason = "each test takes what it needs of it")]

pub(crate) mod case;
pub(crate) mod command;

use std::path::{Path, PathBuf};
use std::process::Command;

use manifesto_tree::{MemTree, Tree};

/// The files of a directory as a tree. Links stay links.
pub(crate) fn directory_tree(directory: &Path) -> Tree {
    fn add(tree: MemTree, directory: &Path, prefix: &str) -> MemTree {
        let mut tree = tree;
        for entry in std::fs::read_dir(directory).unwrap().flatten() {
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let kind = entry.file_type().unwrap();
            if kind.is_symlink() {
                tree = tree.symlink(&name, &std::fs::read_link(entry.path()).unwrap().to_string_lossy());
            } else if kind.is_dir() {
                tree = add(tree, &entry.path(), &format!("{name}/"));
            } else if kind.is_file() {
                tree = tree.file(&name, std::fs::read(entry.path()).unwrap());
            }
        }
        tree
    }
    add(MemTree::new(), directory, "").build()
}

/// The reference: `helm` of a directory.
pub(crate) struct Reference(PathBuf);

impl Reference {
    pub(crate) fn new(directory: &str) -> Self {
        Self(Path::new(directory).join("helm"))
    }

    /// Standard output, or the first lines of what went wrong.
    pub(crate) fn run(&self, directory: &Path, arguments: &[String]) -> Result<Vec<u8>, String> {
        let output = Command::new(&self.0)
            .args(arguments)
            .current_dir(directory)
            .env_clear()
            .env("HOME", "/nonexistent")
            .output()
            .unwrap();
        if output.status.success() {
            return Ok(output.stdout);
        }
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let start = text.find("Error: ").map_or(0, |at| at + "Error: ".len());
        let text = text.get(start..).unwrap_or_default();
        Err(text.split("\n\nUse --debug flag").next().unwrap_or_default().trim().to_owned())
    }
}
