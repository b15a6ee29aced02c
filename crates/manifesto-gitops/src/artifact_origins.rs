//! Where in the repository the directories of an artifact come from.
//!
//! An OCI artifact or a bucket is often filled from one directory of the repository (`flux push artifact --path=./deploy`).
//! The command is in nobody's manifest, but the paths that Kustomizations and ArtifactGenerators ask of the artifact are,
//! and they all exist below that directory. What an ArtifactGenerator puts where is written in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use manifesto_objects::Object;
use manifesto_tree::{Tree, TreePath};
use manifesto_yaml::Node;

use crate::flux::{Definition, Kustomization};
use crate::layout::Layout;

/// A source, by its kind and name.
type Source = (String, String);

/// What artifacts are made of.
#[derive(Debug, Default)]
pub(crate) struct ArtifactOrigins {
    /// The directory that a source is filled from, where that is not the root.
    roots: BTreeMap<Source, TreePath>,
    /// The directories that ArtifactGenerators copy, by the artifact.
    copies: BTreeMap<String, Vec<Copy>>,
}

/// A directory that is copied from a source into an artifact.
#[derive(Debug)]
struct Copy {
    source: Source,
    from: TreePath,
    to: TreePath,
    /// It is copied as a whole, and so is below `to` under its own name.
    is_whole: bool,
}

/// Kinds of sources whose content somebody puts together.
const FILLED: &[&str] = &["OCIRepository", "Bucket"];

/// So many of the paths are looked for everywhere; one of them being there is enough to find the root.
const PROBES_MAX: usize = 8;

impl ArtifactOrigins {
    pub(crate) fn of(layout: &Layout) -> Self {
        let mut asked: BTreeMap<Source, BTreeSet<TreePath>> = BTreeMap::new();
        let mut copies: BTreeMap<String, Vec<Copy>> = BTreeMap::new();
        for (_, objects) in layout.definitions.iter().filter(|(file, _)| !layout.is_sample(file)) {
            for object in objects {
                if let Some(Definition::Kustomization(kustomization)) = Definition::read(object)
                    && let Some(source) = source_of(&kustomization)
                {
                    asked.entry(source).or_default().insert(kustomization.directory());
                }
                for (artifact, copy) in copies_of(object) {
                    asked.entry(copy.source.clone()).or_default().insert(copy.from.clone());
                    copies.entry(artifact).or_default().push(copy);
                }
            }
        }
        let filled = asked.into_iter().filter(|((kind, _), _)| FILLED.contains(&kind.as_str()));
        let roots = filled.filter_map(|(source, paths)| Some((source, root(&layout.tree, &paths)?)));
        Self { roots: roots.collect(), copies }
    }

    /// The directory of the repository that a Kustomization builds, where that is not the one that it names.
    pub(crate) fn directory(&self, tree: &Tree, kustomization: &Kustomization) -> Option<TreePath> {
        let (source, directory) = (source_of(kustomization)?, kustomization.directory());
        if source.0 == "ExternalArtifact" {
            let copies = self.copies.get(&source.1)?;
            let found =
                copies.iter().filter_map(|copy| Some((&copy.source, copy.origin(&directory, copies)?)));
            return found.into_iter().find_map(|(source, path)| self.here(tree, source, &path));
        }
        self.here(tree, &source, &directory).filter(|found| *found != directory)
    }

    /// The directory of the repository that has this path in a source.
    fn here(&self, tree: &Tree, source: &Source, path: &TreePath) -> Option<TreePath> {
        let found = match self.roots.get(source) {
            Some(root) => root.join(path.as_str()).ok()?,
            None => path.clone(),
        };
        tree.is_directory(&found).then_some(found)
    }
}

impl Copy {
    /// Where what is at this directory of the artifact comes from.
    fn origin(&self, directory: &TreePath, all: &[Self]) -> Option<TreePath> {
        let place = if self.is_whole { self.to.child(self.from.file_name()) } else { self.to.clone() };
        if *directory == place {
            return Some(self.from.clone());
        }
        if let Some(rest) = directory.strip_prefix(&place) {
            return self.from.join(rest).ok();
        }
        // Around a single directory that is copied whole there is nothing else to build.
        let is_only = all.iter().filter(|other| other.to.starts_with(directory)).count() == 1;
        (self.is_whole && is_only && *directory == self.to).then(|| self.from.clone())
    }
}

/// The directories that an ArtifactGenerator copies, each with the artifact (source-watcher, internal/builder/builder.go).
fn copies_of(object: &Arc<Object>) -> Vec<(String, Copy)> {
    if object.id.kind != "ArtifactGenerator" {
        return Vec::new();
    }
    let items = |node: Option<&Node>| node.map(Node::items).unwrap_or_default().to_vec();
    let text = |node: &Node, key: &str| node.get(key).and_then(Node::as_str).map(str::to_owned);
    let sources: BTreeMap<String, Source> = items(object.at(&["spec", "sources"]))
        .iter()
        .filter_map(|item| Some((text(item, "alias")?, (text(item, "kind")?, text(item, "name")?))))
        .collect();
    let mut found = Vec::new();
    for artifact in items(object.at(&["spec", "artifacts"])) {
        let Some(name) = text(&artifact, "name") else { continue };
        for copy in items(artifact.get("copy")) {
            let copy = text(&copy, "from").zip(text(&copy, "to")).and_then(|(from, to)| {
                let (alias, from) = from.strip_prefix('@')?.split_once('/')?;
                let (from, is_whole) = match from.strip_suffix("/**") {
                    Some(inside) => (inside, false),
                    None => (from, true),
                };
                Some(Copy {
                    source: sources.get(alias)?.clone(),
                    from: TreePath::new(from).ok()?,
                    to: TreePath::new(to.strip_prefix("@artifact/")?).ok()?,
                    is_whole,
                })
            });
            found.extend(copy.map(|copy| (name.clone(), copy)));
        }
    }
    found
}

fn source_of(kustomization: &Kustomization) -> Option<Source> {
    let source = kustomization.source.as_ref()?;
    Some((source.kind.clone(), source.name.clone()))
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
