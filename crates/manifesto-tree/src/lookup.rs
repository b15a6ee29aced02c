//! Following symbolic links, inside the tree only.

use std::fmt;

use crate::{Entry, EntryKind, PathError, ReadError, Tree, TreePath};

/// As many links as Linux follows for one path (`MAXSYMLINKS`).
const LINKS_MAX: usize = 40;

/// Why a path leads to no file or directory of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookupError {
    /// Nothing is there.
    NotFound,
    /// A link on the way leads outside the repository.
    Escapes {
        /// The link.
        link: TreePath,
        /// What it points at.
        target: String,
    },
    /// The links on the way go round in a circle.
    Loop(TreePath),
    /// A link on the way cannot be read.
    Unreadable(TreePath, ReadError),
}

impl fmt::Display for LookupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("no such file or directory"),
            Self::Escapes { link, target } => {
                write!(f, "the link {link} leads outside the repository, to {target:?}")
            }
            Self::Loop(link) => write!(f, "the link {link} leads round in a circle"),
            Self::Unreadable(link, error) => write!(f, "the link {link} cannot be read: {error}"),
        }
    }
}

impl std::error::Error for LookupError {}

impl Tree {
    /// The path that `path` leads to once every link on the way is followed: a file's or a directory's.
    pub fn resolve(&self, path: &TreePath) -> Result<TreePath, LookupError> {
        let mut links_left = LINKS_MAX;
        let mut resolved = TreePath::root();
        let mut rest: Vec<String> = path.segments().rev().map(str::to_owned).collect();
        while let Some(segment) = rest.pop() {
            let next = resolved.join(&segment).map_err(|_| LookupError::NotFound)?;
            let Some(link) = self.entry(&next).filter(|entry| entry.kind == EntryKind::Symlink) else {
                resolved = next;
                continue;
            };
            links_left = links_left.checked_sub(1).ok_or_else(|| LookupError::Loop(next.clone()))?;
            let target = self.link_target(link)?;
            // `..` must be applied to the *resolved* directory, one segment at a time.
            if target.starts_with('/') {
                return Err(LookupError::Escapes { link: next, target });
            }
            if let Err(PathError::AboveRoot) = resolved.join(&target) {
                return Err(LookupError::Escapes { link: next, target });
            }
            rest.extend(target.split('/').rev().filter(|s| !s.is_empty() && *s != ".").map(str::to_owned));
        }
        if self.entry(&resolved).is_some() || self.is_directory(&resolved) {
            Ok(resolved)
        } else {
            Err(LookupError::NotFound)
        }
    }

    /// The file that `path` leads to, links followed.
    pub fn lookup(&self, path: &TreePath) -> Result<&Entry, LookupError> {
        if let Some(entry) = self.entry(path).filter(|entry| entry.kind != EntryKind::Symlink) {
            return Ok(entry);
        }
        let resolved = self.resolve(path)?;
        self.entry(&resolved).ok_or(LookupError::NotFound)
    }

    fn link_target(&self, link: &Entry) -> Result<String, LookupError> {
        let bytes = self.read(link).map_err(|error| LookupError::Unreadable(link.path.clone(), error))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}
