//! Which directories of a repository belong to which cluster.
//!
//! `clusters/<name>/…` says it. Elsewhere namesakes do: a definition that deploys from its own directory, and one of the same
//! name that deploys from a directory beside it, cannot be in one cluster, so each directory is a cluster's.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use manifesto_objects::{Object, ObjectId};
use manifesto_tree::TreePath;
use manifesto_yaml::Node;

/// The directories of clusters.
#[derive(Debug, Clone, Default)]
pub(crate) struct ClusterDirectories(BTreeSet<TreePath>);

impl ClusterDirectories {
    pub(crate) fn of<'d>(definitions: impl Iterator<Item = &'d (TreePath, Vec<Arc<Object>>)>) -> Self {
        let mut namesakes: BTreeMap<&ObjectId, Vec<(&TreePath, Vec<TreePath>)>> = BTreeMap::new();
        for (file, objects) in definitions {
            for object in objects {
                namesakes.entry(&object.id).or_default().push((file, paths(object)));
            }
        }
        let groups = namesakes.into_values().filter(|group| group.len() > 1);
        Self(groups.filter_map(|group| directories(&group)).flatten().collect())
    }

    /// The name of the cluster that a path belongs to; empty when the repository does not tell clusters apart.
    pub(crate) fn cluster_of<'p>(&self, path: &'p TreePath) -> &'p str {
        let mut segments = path.segments();
        if segments.any(|segment| segment == "clusters") {
            return segments.next().unwrap_or_default();
        }
        // A path is as long as its directory where it is one, so that its own segments give the name.
        let depth = |directory: &TreePath| directory.segments().count();
        let found = self.0.iter().filter(|directory| path.starts_with(directory)).map(depth).max();
        found.and_then(|depth| path.segments().nth(depth - 1)).unwrap_or_default()
    }
}

/// The directories that a definition deploys from.
fn paths(object: &Object) -> Vec<TreePath> {
    let sources = object.at(&["spec", "sources"]).map(Node::items).unwrap_or_default().iter();
    let source = object.at(&["spec", "source"]);
    let of_sources = sources.chain(source).filter_map(|source| source.get("path"));
    let own = object.at(&["spec", "path"]);
    of_sources.chain(own).filter_map(|path| TreePath::new(path.as_str()?).ok()).collect()
}

/// The directories in which namesakes lie, where each has its own and deploys from there.
fn directories(group: &[(&TreePath, Vec<TreePath>)]) -> Option<BTreeSet<TreePath>> {
    let (first, _) = group.first()?;
    let is_common = |depth: &usize| {
        let segment = first.segments().nth(*depth);
        group.iter().all(|(file, _)| file.segments().nth(*depth) == segment)
    };
    let depth = (0..first.segments().count()).take_while(is_common).count();
    let directory = |file: &TreePath| {
        let segments: Vec<&str> = file.segments().take(depth + 1).collect();
        TreePath::new(&segments.join("/")).ok()
    };
    let mut found = BTreeSet::new();
    for (file, paths) in group {
        let directory = directory(file)?;
        let is_own = directory != **file && paths.iter().any(|path| path.starts_with(&directory));
        if !is_own || !found.insert(directory) {
            return None;
        }
    }
    Some(found)
}
