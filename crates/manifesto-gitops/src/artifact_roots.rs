//! Where in the repository the root of an artifact is.
//!
//! An OCI artifact or a bucket is often filled from one directory of the repository (`flux push artifact --path=./deploy`).
//! The command is in nobody's manifest, but the paths that Kustomizations ask of the artifact are, and they all exist
//! below that directory.

use std::collections::{BTreeMap, BTreeSet};

use manifesto_tree::{Tree, TreePath};

use crate::flux::{Definition, Kustomization};
use crate::layout::Layout;

/// A source, by its kind and name.
type Source = (String, String);

/// The directories that artifacts are filled from, where that is not the root.
#[derive(Debug, Default)]
pub(crate) struct ArtifactRoots(BTreeMap<Source, TreePath>);

/// Kinds of sources whose content somebody puts together.
const FILLED: &[&str] = &["OCIRepository", "Bucket"];

/// So many of the paths are looked for everywhere; one of them being there is enough to find the root.
const PROBES_MAX: usize = 8;

impl ArtifactRoots {
    pub(crate) fn of(layout: &Layout) -> Self {
        let mut asked: BTreeMap<Source, BTreeSet<TreePath>> = BTreeMap::new();
        for (_, objects) in layout.definitions.iter().filter(|(file, _)| !layout.is_sample(file)) {
            for object in objects {
                let Some(Definition::Kustomization(kustomization)) = Definition::read(object) else {
                    continue;
                };
                let Some(source) = source_of(&kustomization) else { continue };
                asked.entry(source).or_default().insert(kustomization.directory());
            }
        }
        let roots =
            asked.into_iter().filter_map(|(source, paths)| Some((source, root(&layout.tree, &paths)?)));
        Self(roots.collect())
    }

    /// The directory in the repository that a Kustomization asks for, where the root of its artifact is none.
    pub(crate) fn directory(&self, tree: &Tree, kustomization: &Kustomization) -> Option<TreePath> {
        let root = self.0.get(&source_of(kustomization)?)?;
        let directory = root.join(kustomization.directory().as_str()).ok()?;
        tree.is_directory(&directory).then_some(directory)
    }
}

fn source_of(kustomization: &Kustomization) -> Option<Source> {
    let source = kustomization.source.as_ref()?;
    FILLED.contains(&source.kind.as_str()).then(|| (source.kind.clone(), source.name.clone()))
}

/// The directory below which most of the paths are, if it is not the root: more than one path, and more than half of them.
fn root(tree: &Tree, paths: &BTreeSet<TreePath>) -> Option<TreePath> {
    let are_below = |root: &TreePath| {
        let full = paths.iter().filter_map(|path| root.join(path.as_str()).ok());
        full.filter(|path| tree.is_directory(path)).count()
    };
    let is_enough = |count: usize| count > 1 && 2 * count > paths.len();
    if is_enough(are_below(&TreePath::root())) {
        return None;
    }
    let mut candidates = BTreeSet::new();
    for path in paths.iter().filter(|path| !path.is_root()).take(PROBES_MAX) {
        let inner = format!("/{path}/");
        let found = tree.entries().iter().filter_map(|entry| entry.path.as_str().split_once(&inner));
        candidates.extend(found.filter_map(|(before, _)| TreePath::new(before).ok()));
    }
    let best = candidates.into_iter().map(|root| (are_below(&root), root)).max()?;
    is_enough(best.0).then_some(best.1)
}
