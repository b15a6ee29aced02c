//! Which files differ between two trees.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::{BlobId, Entry, Tree, TreePath};

/// What happened to a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileChangeKind {
    /// It is only in head.
    Added,
    /// It is only in base.
    Removed,
    /// Its content or its kind differs.
    Modified,
    /// It is elsewhere in base, with the same or a similar content.
    Renamed {
        /// Its path in base.
        from: TreePath,
        /// Whether the content differs too.
        modified: bool,
    },
}

/// One file that differs between base and head.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileChange {
    /// Its path in head; in base when it was removed.
    pub path: TreePath,
    /// What happened to it.
    pub kind: FileChangeKind,
}

impl FileChange {
    /// Its path in base, unless it is new.
    pub fn base_path(&self) -> Option<&TreePath> {
        match &self.kind {
            FileChangeKind::Added => None,
            FileChangeKind::Renamed { from, .. } => Some(from),
            FileChangeKind::Removed | FileChangeKind::Modified => Some(&self.path),
        }
    }

    /// Its path in head, unless it is gone.
    pub fn head_path(&self) -> Option<&TreePath> {
        (self.kind != FileChangeKind::Removed).then_some(&self.path)
    }
}

/// The files that differ, sorted by path. A file that moved without a change of its content is a rename;
/// `manifesto-git` also finds the renames that changed the content.
pub fn file_changes(base: &Tree, head: &Tree) -> Vec<FileChange> {
    let (mut removed, mut added, mut changes) = (Vec::new(), Vec::new(), Vec::new());
    let (mut base, mut head) = (base.entries().iter().peekable(), head.entries().iter().peekable());
    loop {
        let order = match (base.peek(), head.peek()) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(b), Some(h)) => b.path.cmp(&h.path),
        };
        match order {
            Ordering::Less => removed.extend(base.next()),
            Ordering::Greater => added.extend(head.next()),
            Ordering::Equal => {
                if let (Some(b), Some(h)) = (base.next(), head.next())
                    && (b.id, b.kind) != (h.id, h.kind)
                {
                    changes.push(FileChange { path: h.path.clone(), kind: FileChangeKind::Modified });
                }
            }
        }
    }
    changes.extend(pair_moved(&removed, &added));
    changes.sort();
    changes
}

/// Pairs removed and added files of the same content, in path order.
fn pair_moved(removed: &[&Entry], added: &[&Entry]) -> Vec<FileChange> {
    let mut sources: BTreeMap<BlobId, Vec<&TreePath>> = BTreeMap::new();
    for entry in removed.iter().rev() {
        sources.entry(entry.id).or_default().push(&entry.path);
    }
    let mut changes: Vec<FileChange> = added
        .iter()
        .map(|entry| {
            let kind = match sources.get_mut(&entry.id).and_then(Vec::pop) {
                Some(from) => FileChangeKind::Renamed { from: from.clone(), modified: false },
                None => FileChangeKind::Added,
            };
            FileChange { path: entry.path.clone(), kind }
        })
        .collect();
    let gone = sources.into_values().flatten();
    changes.extend(gone.map(|path| FileChange { path: path.clone(), kind: FileChangeKind::Removed }));
    changes
}
