//! Which files differ, and which of them moved.

use manifesto_tree::{Entry, FileChange, FileChangeKind, Tree, TreePath, file_changes};

use crate::renames::{Unmatched, renames};

/// The files that differ between two revisions, sorted by path. A file that moved is one change when
/// `git diff -M` says so: with the same content, or with at least half of it.
pub fn changes(base: &Tree, head: &Tree) -> Vec<FileChange> {
    let (mut lost, mut new, mut changes) = (Vec::new(), Vec::new(), Vec::new());
    for change in file_changes(base, head) {
        match change.kind {
            FileChangeKind::Modified => changes.push(change),
            FileChangeKind::Removed => lost.push(change.path),
            FileChangeKind::Added => new.push(change.path),
            FileChangeKind::Renamed { from, .. } => {
                lost.push(from);
                new.push(change.path);
            }
        }
    }
    let (lost, new) = (unmatched(base, lost), unmatched(head, new));
    let sources = renames(&lost, &new);
    let mut moved: Vec<&TreePath> = sources.iter().flatten().map(|entry| &entry.path).collect();
    moved.sort();
    let gone = lost.entries.iter().filter(|entry| moved.binary_search(&&entry.path).is_err());
    changes.extend(gone.map(|entry| FileChange { path: entry.path.clone(), kind: FileChangeKind::Removed }));
    changes.extend(new.entries.iter().zip(&sources).map(|(entry, source)| arrival(entry, *source)));
    changes.sort();
    changes
}

fn unmatched(tree: &Tree, mut paths: Vec<TreePath>) -> Unmatched<'_> {
    paths.sort();
    Unmatched { tree, entries: paths.iter().filter_map(|path| tree.entry(path)).collect() }
}

fn arrival(entry: &Entry, source: Option<&Entry>) -> FileChange {
    let kind = match source {
        None => FileChangeKind::Added,
        Some(source) => {
            FileChangeKind::Renamed { from: source.path.clone(), modified: source.id != entry.id }
        }
    };
    FileChange { path: entry.path.clone(), kind }
}
