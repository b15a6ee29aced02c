//! The kustomizations of one side, and who uses whom.

use std::collections::{BTreeMap, BTreeSet};

use crate::shim::{Session, kustomization_file};
use manifesto_tree::{Tree, TreePath};
use rayon::prelude::*;

/// Which kustomization names which path.
#[derive(Debug, Default)]
pub(crate) struct Kustomizations {
    /// Each directory with a kustomization; whether it is a `Component`, which deploys nothing by itself.
    directories: BTreeMap<TreePath, bool>,
    /// For each file, directory or chart: the directories whose kustomization names it.
    users: BTreeMap<TreePath, BTreeSet<TreePath>>,
}

impl Kustomizations {
    /// Reads every kustomization of the tree; none is built.
    pub(crate) fn read(session: &Session, tree: &Tree) -> Self {
        let named: Vec<TreePath> = tree
            .entries()
            .iter()
            .filter(|entry| entry.is_file() && crate::shim::is_kustomization_file(entry.path.file_name()))
            .filter_map(|entry| entry.path.parent())
            .collect();
        let read: Vec<_> = named
            .into_par_iter()
            .map(|directory| {
                let references = crate::shim::references(session, tree, &directory);
                (directory, references)
            })
            .collect();
        let mut kustomizations = Self::default();
        for (directory, references) in read {
            for path in &references.paths {
                kustomizations.users.entry(path.clone()).or_default().insert(directory.clone());
            }
            kustomizations.directories.insert(directory, references.is_component);
        }
        kustomizations
    }

    /// Whether this directory has a kustomization.
    pub(crate) fn contains(&self, directory: &TreePath) -> bool {
        self.directories.contains_key(directory)
    }

    /// Whether this directory has a kustomization that deploys something by itself: it is no `Component` and no other
    /// kustomization uses it.
    pub(crate) fn is_root(&self, directory: &TreePath) -> bool {
        self.directories.get(directory) == Some(&false) && !self.users.contains_key(directory)
    }

    /// The directories whose kustomizations may read this file, at any remove.
    pub(crate) fn readers(&self, tree: &Tree, file: &TreePath) -> BTreeSet<TreePath> {
        let mut found = BTreeSet::new();
        let mut rest = self.direct_readers(tree, file);
        while let Some(directory) = rest.pop() {
            if found.insert(directory.clone()) {
                rest.extend(self.users.get(&directory).into_iter().flatten().cloned());
            }
        }
        found
    }

    fn direct_readers(&self, tree: &Tree, file: &TreePath) -> Vec<TreePath> {
        let directory = file.parent().unwrap_or_else(TreePath::root);
        if crate::shim::is_kustomization_file(file.file_name()) {
            // A removed file's directory is a kustomization no more, but its users still name it.
            let own = kustomization_file(tree, &directory).map(|_| directory.clone());
            return own
                .into_iter()
                .chain(self.users.get(&directory).into_iter().flatten().cloned())
                .collect();
        }
        // Named itself, or inside a directory that is named without being a kustomization: a chart, a folder of CRDs.
        let mut readers: Vec<TreePath> = self.users.get(file).into_iter().flatten().cloned().collect();
        for ancestor in file.ancestors().filter(|ancestor| !self.contains(ancestor)) {
            readers.extend(self.users.get(&ancestor).into_iter().flatten().cloned());
        }
        readers
    }
}
