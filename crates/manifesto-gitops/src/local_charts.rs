//! Charts of the repository that use other charts of the repository.
//!
//! A dependency with a `file://` address is a directory beside the chart. `helm template` does not look there;
//! `helm dependency build`, which Argo CD and Flux run first, does (helm, pkg/downloader/manager.go). It takes the chart
//! there as it lies: what that one needs in turn has to be in its own `charts/`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use manifesto_tree::{Entry, Tree, TreePath};
use manifesto_yaml::{Node, Parsed};
use rayon::prelude::*;

use crate::parsed_files::ParsedFiles;

/// Files that say which charts a chart needs.
const NEEDS: &[&str] = &["Chart.yaml", "requirements.yaml"];

/// Which chart of the repository uses which.
#[derive(Debug, Default)]
pub(crate) struct LocalCharts {
    used: BTreeMap<TreePath, BTreeSet<TreePath>>,
    users: BTreeMap<TreePath, BTreeSet<TreePath>>,
}

impl LocalCharts {
    pub(crate) fn read(files: &ParsedFiles, tree: &Tree) -> Self {
        let entries: Vec<&Entry> = tree.entries().iter().filter(|entry| is_need_file(&entry.path)).collect();
        let read = |entry: &Entry| {
            let directory = entry.path.parent()?;
            let used = used_by(&directory, &files.parse(tree, entry).ok()?);
            Some((directory, used))
        };
        let read: Vec<_> = entries.into_par_iter().filter_map(read).collect();
        let mut charts = Self::default();
        for (directory, used) in read {
            for path in used {
                charts.users.entry(path.clone()).or_default().insert(directory.clone());
                charts.used.entry(directory.clone()).or_default().insert(path);
            }
        }
        charts
    }

    /// The charts that this one takes from directories of the repository.
    pub(crate) fn used_by(&self, chart: &TreePath) -> impl Iterator<Item = &TreePath> {
        self.used.get(chart).into_iter().flatten()
    }

    /// The charts that use this one.
    pub(crate) fn users_of(&self, chart: &TreePath) -> impl Iterator<Item = &TreePath> {
        self.users.get(chart).into_iter().flatten()
    }
}

/// Whether a file says which charts a chart needs.
pub(crate) fn is_need_file(path: &TreePath) -> bool {
    NEEDS.contains(&path.file_name())
}

/// The directory that a dependency is taken from.
pub(crate) fn directory_of(chart: &TreePath, repository: &str) -> Option<TreePath> {
    chart.join(repository.strip_prefix("file://")?).ok()
}

fn used_by(directory: &TreePath, parsed: &Arc<Parsed>) -> Vec<TreePath> {
    let documents = parsed.documents.iter();
    let needs =
        documents.flat_map(|document| document.root.get("dependencies").map(Node::items).unwrap_or_default());
    let addresses = needs.filter_map(|need| need.get("repository").and_then(Node::as_str));
    addresses.filter_map(|address| directory_of(directory, address)).collect()
}
