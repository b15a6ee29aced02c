//! The kustomizations of one side, and who uses whom.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

use manifesto_kustomize::{
    FileKind, KustomizationFile, ReferenceKind, kustomization_file, kustomization_names,
};
use manifesto_tree::{BlobId, Entry, Tree, TreePath};
use manifesto_yaml::Limits;
use rayon::prelude::*;

/// Whether a file is called as a kustomization is.
pub(crate) fn is_kustomization_file(path: &TreePath) -> bool {
    kustomization_names().contains(&path.file_name())
}

/// What kustomization files name, each file read once for both sides.
#[derive(Debug, Default)]
pub(crate) struct References(RwLock<BTreeMap<BlobId, Arc<Named>>>);

/// What one kustomization names.
#[derive(Debug, Default)]
struct Named {
    is_component: bool,
    /// Paths from the directory of the kustomization.
    paths: Vec<String>,
}

impl References {
    fn of(&self, tree: &Tree, entry: &Entry) -> Arc<Named> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&entry.id).cloned();
        known.unwrap_or_else(|| {
            let named = Arc::new(Named::read(tree, entry));
            self.0.write().unwrap_or_else(PoisonError::into_inner).insert(entry.id, Arc::clone(&named));
            named
        })
    }
}

impl Named {
    fn read(tree: &Tree, entry: &Entry) -> Self {
        let file =
            tree.read(entry).ok().and_then(|bytes| KustomizationFile::parse(&bytes, &Limits::default()).ok());
        // What cannot be read names nothing; building it says why.
        let Some(file) = file else { return Self::default() };
        let references = manifesto_kustomize::references(&file).into_iter();
        let local = references.filter(|r| !matches!(r.kind, ReferenceKind::Remote | ReferenceKind::Chart));
        Self {
            is_component: file.kind == FileKind::Component,
            paths: local.map(|reference| reference.text.to_string()).collect(),
        }
    }
}

/// Which kustomization names which path.
#[derive(Debug, Default)]
pub(crate) struct Kustomizations {
    /// Each directory with a kustomization; whether it is a `Component`, which deploys nothing by itself.
    directories: BTreeMap<TreePath, bool>,
    /// For each file, directory or chart: the directories whose kustomization names it.
    users: BTreeMap<TreePath, BTreeSet<TreePath>>,
    /// For each directory with a kustomization: the files, directories and charts that it names.
    named: BTreeMap<TreePath, BTreeSet<TreePath>>,
}

impl Kustomizations {
    /// Reads every kustomization of the tree; none is built.
    pub(crate) fn read(known: &References, tree: &Tree) -> Self {
        let named = tree.entries().iter().filter(|entry| is_kustomization_file(&entry.path));
        let directories: Vec<TreePath> = named.filter_map(|entry| entry.path.parent()).collect();
        let read: Vec<_> = directories
            .into_par_iter()
            .filter_map(|directory| {
                let file = kustomization_file(tree, &directory)?;
                Some((directory, known.of(tree, file)))
            })
            .collect();
        let mut kustomizations = Self::default();
        for (directory, named) in read {
            for path in named.paths.iter().filter_map(|path| directory.join(path).ok()) {
                let path = tree.resolve(&path).unwrap_or(path);
                kustomizations.users.entry(path.clone()).or_default().insert(directory.clone());
                kustomizations.named.entry(directory.clone()).or_default().insert(path);
            }
            kustomizations.directories.insert(directory, named.is_component);
        }
        kustomizations
    }

    /// Whether this directory has a kustomization.
    pub(crate) fn contains(&self, directory: &TreePath) -> bool {
        self.directories.contains_key(directory)
    }

    /// Whether this directory has a kustomization that deploys something by itself: it is no `Component` and no other
    /// kustomization uses it. Of kustomizations that use each other and nothing else uses, the first by its path stands
    /// for all: somebody has to say that the circle cannot be built.
    pub(crate) fn is_root(&self, directory: &TreePath) -> bool {
        if self.directories.get(directory) != Some(&false) {
            return false;
        }
        let users = self.users_of(self.users.get(directory).into_iter().flatten().cloned().collect());
        let is_first = users.first().is_none_or(|first| first == directory);
        is_first && users.iter().all(|user| self.users_of([user.clone()].into()) == users)
    }

    /// The files, directories and charts that the kustomization of a directory names.
    pub(crate) fn named_by(&self, directory: &TreePath) -> impl Iterator<Item = &TreePath> {
        self.named.get(directory).into_iter().flatten()
    }

    /// The directories whose kustomizations may read this file, at any remove.
    pub(crate) fn readers(&self, tree: &Tree, file: &TreePath) -> BTreeSet<TreePath> {
        self.users_of(self.direct_readers(tree, file))
    }

    /// These directories and those whose kustomizations use them, at any remove.
    fn users_of(&self, mut rest: Vec<TreePath>) -> BTreeSet<TreePath> {
        let mut found = BTreeSet::new();
        while let Some(directory) = rest.pop() {
            if found.insert(directory.clone()) {
                rest.extend(self.users.get(&directory).into_iter().flatten().cloned());
            }
        }
        found
    }

    fn direct_readers(&self, tree: &Tree, file: &TreePath) -> Vec<TreePath> {
        let directory = file.parent().unwrap_or_else(TreePath::root);
        if is_kustomization_file(file) {
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
