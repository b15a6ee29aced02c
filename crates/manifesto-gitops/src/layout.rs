//! What one side of the repository is made of.

use std::collections::BTreeSet;
use std::sync::Arc;

use globset::{Glob, GlobSet, GlobSetBuilder};
use manifesto_kustomize::Session;
use manifesto_objects::{Object, objects_of};
use manifesto_tree::{Entry, Tree, TreePath};
use rayon::prelude::*;

use crate::argocd::{ApplicationSource, GitGenerator, git_generators};
use crate::chart::Charts;
use crate::cluster_directories::ClusterDirectories;
use crate::component::{Component, Source};
use crate::crossplane;
use crate::flux;
use crate::flux_plan::Artifacts;
use crate::home::Home;
use crate::inventory::Inventory;
use crate::kustomizations::{Kustomizations, References};
use crate::local_charts::LocalCharts;
use crate::manifests::is_manifest_file;
use crate::mentions::Mentions;
use crate::parsed_files::ParsedFiles;
use crate::rendered_tree::group_in_name;
use crate::values::Values;
use crate::{environments, manifests, plan, rendered_tree};

/// What both sides share: files parsed once, bases built once.
#[derive(Debug, Default)]
pub(crate) struct Engines {
    pub(crate) files: ParsedFiles,
    pub(crate) kustomize: Session,
    pub(crate) references: References,
    pub(crate) charts: Charts,
}

/// One side: its files and how they hang together.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) tree: Tree,
    pub(crate) kustomizations: Arc<Kustomizations>,
    pub(crate) local_charts: Arc<LocalCharts>,
    /// The definitions as they are written, by their file.
    pub(crate) definitions: Arc<[(TreePath, Vec<Arc<Object>>)]>,
    /// The templates of charts that make definitions.
    pub(crate) definition_charts: Arc<[TreePath]>,
    /// Which of the repositories that they name is this one.
    pub(crate) home: Home,
    /// Which directories belong to which cluster.
    clusters: ClusterDirectories,
    /// What is declared about clusters.
    pub(crate) inventory: Inventory,
    /// What is declared to deploy nothing.
    ignored: GlobSet,
    /// The files that speak of what is read only when somebody asks.
    pub(crate) mentions: Arc<Mentions>,
    /// What definitions take values from.
    pub(crate) values: Arc<Values>,
    /// What sources of Flux hand over.
    pub(crate) artifacts: Artifacts,
    /// The patterns of git generators.
    pub(crate) generators: Arc<[GitGenerator]>,
    /// The groups of the composites and claims that Crossplane is told about here.
    pub(crate) composite_groups: Arc<BTreeSet<String>>,
}

/// No definition is written by hand in a file of this size: not worth reading on every run.
const FILE_BYTES_MAX: usize = 1 << 20;

/// Directories whose manifests show something and deploy nothing, unless something deploys them.
const SAMPLES: &[&str] =
    &["doc", "docs", "example", "examples", "fixtures", "samples", "test", "testdata", "tests"];

impl Layout {
    pub(crate) fn read(engines: &Engines, inventory: &Inventory, tree: &Tree) -> Self {
        let (kustomizations, found) =
            rayon::join(|| Kustomizations::read(&engines.references, tree), || definitions(engines, tree));
        let Found { definitions, definition_charts, composite_groups, mentions } = found;
        let objects = definitions.iter().flat_map(|(_, objects)| objects);
        let sets = objects.filter(|object| object.id.kind == "ApplicationSet");
        let generators = sets.flat_map(|set| git_generators(set)).collect();
        let home = Home::of(tree, &definitions);
        let clusters = ClusterDirectories::of(definitions.iter().filter(|(file, _)| !is_shown_only(file)));
        // A pattern that is none matches nothing.
        let globs = inventory.ignore.iter().filter_map(|pattern| Glob::new(pattern).ok());
        let ignored = globs.fold(GlobSetBuilder::new(), |mut set, glob| {
            set.add(glob);
            set
        });
        let ignored = ignored.build().unwrap_or_default();
        Self {
            tree: tree.clone(),
            kustomizations: Arc::new(kustomizations),
            local_charts: Arc::new(LocalCharts::read(&engines.files, tree)),
            definitions: definitions.into(),
            definition_charts: definition_charts.into(),
            home,
            clusters,
            inventory: inventory.clone(),
            ignored,
            generators,
            composite_groups: Arc::new(composite_groups),
            mentions: Arc::new(mentions),
            values: Arc::default(),
            artifacts: Artifacts::default(),
        }
    }

    /// The same layout of a tree that differs in nothing that it was read from.
    pub(crate) fn of_tree(&self, tree: &Tree) -> Self {
        Self {
            tree: tree.clone(),
            kustomizations: Arc::clone(&self.kustomizations),
            local_charts: Arc::clone(&self.local_charts),
            definitions: Arc::clone(&self.definitions),
            definition_charts: Arc::clone(&self.definition_charts),
            home: self.home.clone(),
            clusters: self.clusters.clone(),
            inventory: self.inventory.clone(),
            ignored: self.ignored.clone(),
            mentions: Arc::clone(&self.mentions),
            values: Arc::clone(&self.values),
            artifacts: Artifacts::default(),
            generators: Arc::clone(&self.generators),
            composite_groups: Arc::clone(&self.composite_groups),
        }
    }

    /// The same layout of clusters that serve more APIs.
    pub(crate) fn serving(&self, apis: &BTreeSet<String>) -> Self {
        let mut layout = self.of_tree(&self.tree);
        layout.inventory.api_versions.extend(apis.iter().cloned());
        layout
    }

    /// The source of Flux of this kind and name, which several clusters may have: none when they do not all say the same
    /// at `path`.
    pub(crate) fn source_named(&self, kind: &str, name: &str, path: &[&str]) -> Option<flux::Source> {
        let objects = self.definitions.iter().flat_map(|(_, objects)| objects);
        let mut named = objects.filter(|object| object.id.kind == kind && object.id.name == name);
        let first = named.next()?;
        if !named.all(|other| other.at(path) == first.at(path)) {
            return None;
        }
        flux::Source::of(first)
    }

    /// The name of the cluster that a path belongs to; empty when the repository does not tell clusters apart.
    pub(crate) fn cluster_of<'p>(&self, path: &'p TreePath) -> &'p str {
        self.clusters.cluster_of(path)
    }

    /// Whether a file only shows how something is written, or is declared to deploy nothing.
    pub(crate) fn is_sample(&self, file: &TreePath) -> bool {
        self.is_ignored(file) || is_shown_only(file)
    }

    /// Whether a file is declared to deploy nothing.
    pub(crate) fn is_ignored(&self, file: &TreePath) -> bool {
        self.ignored.is_match(file.as_str())
    }

    /// The components that people edit at `path` without any definition that deploys them.
    pub(crate) fn components_at(&self, path: &TreePath) -> Vec<Component> {
        let source = self.source_at(path, false);
        if matches!(source, Some(Source::Chart { .. })) {
            return environments::of_chart(&self.tree, path, self.cluster_of(path));
        }
        let component = |source| Component::undeployed(path.clone(), source, self.cluster_of(path));
        source.into_iter().map(component).collect()
    }

    /// What an Application deploys from a directory of this repository.
    pub(crate) fn source_for(&self, path: &TreePath, source: &ApplicationSource) -> Source {
        let mut found = self.source_at(path, source.recurse).unwrap_or_else(|| Source::Manifests {
            directory: path.clone(),
            recurse: source.recurse,
            include: None,
            exclude: None,
        });
        match &mut found {
            Source::Kustomization { options, .. } => options.clone_from(&source.kustomize),
            Source::Chart { options, .. } => options.clone_from(&source.helm),
            Source::Manifests { include, exclude, .. } => {
                include.clone_from(&source.include);
                exclude.clone_from(&source.exclude);
            }
            _ => {}
        }
        // A tree that its own definition names is deployed as it is: what it was rendered from is another matter.
        found
    }

    fn source_at(&self, path: &TreePath, recurse: bool) -> Option<Source> {
        if let Some(directory) = self.rendered_from(path) {
            return Some(Source::Rendered { directory, from: path.clone() });
        }
        let directory = path.clone();
        if self.kustomizations.contains(path) {
            Some(Source::Kustomization { directory, options: None })
        } else if self.is_chart(path) {
            Some(Source::Chart { directory, options: None, references: Vec::new() })
        } else if let Some(from) = self.source_of(path) {
            Some(Source::Rendered { directory, from })
        } else if !manifests::files_of(&self.tree, path, recurse).is_empty() {
            Some(Source::Manifests { directory, recurse, include: None, exclude: None })
        } else {
            None
        }
    }

    /// The rendered tree that belongs to this source. What a kustomization names is an input, not an output.
    fn rendered_from(&self, source: &TreePath) -> Option<TreePath> {
        let is_source = self.kustomizations.contains(source) || self.is_chart(source);
        let directory = is_source.then(|| rendered_tree::rendered_from(&self.tree, source)).flatten()?;
        (!self.is_input(&directory)).then_some(directory)
    }

    fn is_input(&self, directory: &TreePath) -> bool {
        let mut files = self.tree.files_in(directory);
        files.any(|entry| !self.kustomizations.readers(&self.tree, &entry.path).is_empty())
    }

    pub(crate) fn is_chart(&self, directory: &TreePath) -> bool {
        self.tree.entry(&directory.child("Chart.yaml")).is_some()
    }

    /// Whether a chart holds this file.
    pub(crate) fn is_in_chart(&self, file: &TreePath) -> bool {
        file.ancestors().any(|ancestor| self.is_chart(&ancestor))
    }

    /// The source of a rendered directory.
    pub(crate) fn source_of(&self, directory: &TreePath) -> Option<TreePath> {
        let is_source = |path: &TreePath| self.kustomizations.contains(path) || self.is_chart(path);
        rendered_tree::source_of(&self.tree, directory, is_source)
    }
}

/// Whether a path leads through a directory of samples.
fn is_shown_only(path: &TreePath) -> bool {
    path.segments().any(|segment| SAMPLES.contains(&segment) || segment.starts_with('.'))
}

/// What the files of one side speak of.
#[derive(Debug, Default)]
struct Found {
    definitions: Vec<(TreePath, Vec<Arc<Object>>)>,
    definition_charts: Vec<TreePath>,
    composite_groups: BTreeSet<String>,
    mentions: Mentions,
}

/// Reads every file that speaks of definitions; the templates of charts that do are only listed.
fn definitions(engines: &Engines, tree: &Tree) -> Found {
    let candidates: Vec<&Entry> = tree.entries().iter().filter(|entry| is_manifest_file(entry)).collect();
    let read: Vec<Found> =
        candidates.into_par_iter().filter_map(|entry| found_in(engines, tree, entry)).collect();
    read.into_iter().fold(Found::default(), |mut all, found| {
        all.definitions.extend(found.definitions);
        all.definition_charts.extend(found.definition_charts);
        all.composite_groups.extend(found.composite_groups);
        all.mentions.extend(found.mentions);
        all
    })
}

/// What one file speaks of; none where its name or its bytes tell that it is nothing of interest.
fn found_in(engines: &Engines, tree: &Tree, entry: &Entry) -> Option<Found> {
    let path = &entry.path;
    match group_in_name(path.file_name()) {
        Some("apiextensions.k8s.io") => {
            return Some(Found { mentions: Mentions::of_definition(path), ..Found::default() });
        }
        Some(group) if !is_own_group(group) => return None,
        _ => {}
    }
    let content = tree.read(entry).ok()?;
    let found = Found { mentions: Mentions::of(path, &content), ..Found::default() };
    if content.len() > FILE_BYTES_MAX || !plan::mentions_definitions(&content) {
        return Some(found);
    }
    let is_template = path.segments().any(|segment| segment == "templates");
    if is_template && memchr::memmem::find(&content, b"{{").is_some() {
        return Some(Found { definition_charts: vec![path.clone()], ..found });
    }
    let objects = objects_in(engines, tree, entry);
    let composite_groups = crossplane::groups_of_composites(&objects);
    let definitions: Vec<Arc<Object>> = objects.into_iter().filter(|o| plan::is_read(o)).collect();
    let definitions = (!definitions.is_empty()).then(|| (path.clone(), definitions));
    Some(Found { definitions: definitions.into_iter().collect(), composite_groups, ..found })
}

/// The objects that a file holds.
pub(crate) fn objects_in(engines: &Engines, tree: &Tree, entry: &Entry) -> Vec<Arc<Object>> {
    let Ok(parsed) = engines.files.parse(tree, entry) else { return Vec::new() };
    let paths: Arc<[TreePath]> = [entry.path.clone()].into();
    let documents = parsed.documents.iter();
    let objects = documents.flat_map(|document| objects_of(&document.root, &paths, &[].into()));
    objects.flatten().map(Arc::new).collect()
}

fn is_own_group(group: &str) -> bool {
    group == "helm.toolkit.fluxcd.io" || plan::GROUPS.iter().any(|known| known.trim_end_matches('/') == group)
}
