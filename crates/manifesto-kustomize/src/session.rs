//! Many builds that share what they have in common.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use manifesto_tree::{BlobId, Tree, TreePath};
use rayon::prelude::*;

use crate::build::Build;
use crate::file::{KustomizationFile, Misread};
use crate::layer::{self, CachedBase};
use crate::object::{FileObjects, NotObjects, read_objects};
use crate::options::{Limits, LoadRestrictor, Options};
use crate::patch::PatchText;

/// Shares parsed files and built bases between builds, of one or many revisions. Used by several threads at once.
#[derive(Debug, Default)]
pub struct Session {
    limits: Limits,
    kustomizations: Shared<BlobId, Result<KustomizationFile, Misread>>,
    objects: Shared<BlobId, Result<FileObjects, NotObjects>>,
    patches: Shared<BlobId, PatchText>,
    bases: Memo<CachedBase>,
    builds: Memo<CachedBuild>,
}

/// A finished build, and the tree that it is of.
#[derive(Debug)]
struct CachedBuild {
    tree: Tree,
    build: Arc<Build>,
}

/// Values by key, made once. Two threads may make the same one at the same time; one of them wins.
#[derive(Debug)]
struct Shared<K, V>(Mutex<HashMap<K, Arc<V>>>);

impl<K, V> Default for Shared<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V> Shared<K, V> {
    fn get_or_make(&self, key: K, make: impl FnOnce() -> V) -> Arc<V> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = lock().get(&key) {
            return Arc::clone(value);
        }
        let value = Arc::new(make());
        Arc::clone(lock().entry(key).or_insert(value))
    }
}

/// What was built of a directory, for each content that was seen.
#[derive(Debug)]
struct Memo<V>(Mutex<HashMap<(TreePath, LoadRestrictor), Variants<V>>>);

/// The contents that were seen, the newest last.
type Variants<V> = Vec<Arc<V>>;

impl<V> Default for Memo<V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

/// As many contents of one directory as are kept.
const VARIANTS_MAX: usize = 8;

impl<V> Memo<V> {
    fn find(
        &self,
        directory: &TreePath,
        restrictor: LoadRestrictor,
        fits: impl Fn(&V) -> bool,
    ) -> Option<Arc<V>> {
        let key = (directory.clone(), restrictor);
        let variants = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned()?;
        variants.into_iter().rev().find(|variant| fits(variant))
    }

    fn keep(&self, directory: &TreePath, restrictor: LoadRestrictor, value: &Arc<V>) {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let variants = map.entry((directory.clone(), restrictor)).or_default();
        if variants.len() == VARIANTS_MAX {
            variants.remove(0);
        }
        variants.push(Arc::clone(value));
    }
}

/// Whether two trees are the same list of entries.
pub(crate) fn same_tree(a: &Tree, b: &Tree) -> bool {
    std::ptr::eq(a.entries(), b.entries())
}

impl Session {
    /// A session whose builds cost no more than this.
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// What the builds may cost.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Builds a directory. The same directory with the same content is built once; with a chart renderer, once for
    /// each call.
    pub fn build(&self, tree: &Tree, directory: &TreePath, options: &Options<'_>) -> Arc<Build> {
        let restrictor = options.load_restrictor;
        if options.charts.is_some() {
            return Arc::new(layer::build(self, tree, directory, options));
        }
        let fits = |cached: &CachedBuild| same_tree(&cached.tree, tree) || cached.build.reads.holds_in(tree);
        if let Some(cached) = self.builds.find(directory, restrictor, fits) {
            return Arc::clone(&cached.build);
        }
        let build = Arc::new(layer::build(self, tree, directory, options));
        let cached = Arc::new(CachedBuild { tree: tree.clone(), build: Arc::clone(&build) });
        self.builds.keep(directory, restrictor, &cached);
        build
    }

    /// Builds directories on all cores. The builds are in the order of the directories.
    pub fn build_all(&self, tree: &Tree, directories: &[TreePath], options: &Options<'_>) -> Vec<Arc<Build>> {
        directories.par_iter().map(|directory| self.build(tree, directory, options)).collect()
    }

    /// What a kustomization file says.
    pub(crate) fn kustomization(&self, id: BlobId, bytes: &[u8]) -> Arc<Result<KustomizationFile, Misread>> {
        self.kustomizations.get_or_make(id, || KustomizationFile::read(bytes, &self.limits.yaml))
    }

    /// The objects of a file.
    pub(crate) fn objects(&self, id: BlobId, bytes: &[u8]) -> Arc<Result<FileObjects, NotObjects>> {
        self.objects.get_or_make(id, || read_objects(bytes, &self.limits.yaml))
    }

    /// The patch in a file.
    pub(crate) fn patch(&self, id: BlobId, bytes: &[u8]) -> Arc<PatchText> {
        self.patches.get_or_make(id, || PatchText::read(bytes, &self.limits.yaml))
    }

    /// A base that was built before, when all that it read is the same.
    pub(crate) fn base(
        &self,
        tree: &Tree,
        directory: &TreePath,
        restrictor: LoadRestrictor,
    ) -> Option<Arc<CachedBase>> {
        self.bases.find(directory, restrictor, |base| base.holds_in(tree))
    }

    /// Keeps a base for others.
    pub(crate) fn keep_base(&self, directory: &TreePath, restrictor: LoadRestrictor, base: &Arc<CachedBase>) {
        self.bases.keep(directory, restrictor, base);
    }
}
