//! Which components may read a file: an over-estimate that is cheap to ask for each changed file.

use std::collections::{BTreeMap, BTreeSet};

use manifesto_tree::TreePath;

use crate::component::{Component, Source};
use crate::layout::{Engines, Layout};
use crate::{flux_plan, own_releases, resource_sets};

/// The directories and files that components read, by path.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    /// Components whose source lies in this directory.
    directories: BTreeMap<TreePath, Vec<(usize, Reach)>>,
    /// Components that read this very file.
    files: BTreeMap<TreePath, Vec<usize>>,
    /// Components that take values from the objects of this file, which something else deploys.
    values: BTreeMap<TreePath, Vec<usize>>,
}

/// How much of a directory a component reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// What its kustomization names, at any remove.
    Kustomization,
    /// The files directly in it.
    Files,
    /// Everything below it.
    Below,
}

impl Inputs {
    pub(crate) fn of(engines: &Engines, layout: &Layout, components: &[Component]) -> Self {
        let mut inputs = Self::default();
        for (index, component) in components.iter().enumerate() {
            for source in component.sources() {
                inputs.add(layout, index, source);
                let files = match source {
                    Source::FluxKustomization { definition, .. } => {
                        flux_plan::value_files(engines, layout, definition)
                    }
                    Source::HelmRelease { definition, .. } => {
                        own_releases::value_files(engines, layout, definition, &component.control)
                    }
                    Source::ResourceSet { definition, .. } => {
                        resource_sets::provider_files(engines, layout, definition, &component.control)
                    }
                    _ => Vec::new(),
                };
                for file in files {
                    inputs.values.entry(file).or_default().push(index);
                }
            }
        }
        inputs
    }

    fn add(&mut self, layout: &Layout, index: usize, source: &Source) {
        let mut put = |path: &TreePath, reach| {
            self.directories.entry(path.clone()).or_default().push((index, reach));
        };
        match source {
            Source::Kustomization { directory, options } => {
                put(directory, Reach::Kustomization);
                for path in options.iter().flat_map(|options| options.paths(directory)) {
                    put(&path, Reach::Below);
                }
            }
            Source::Rendered { directory, from } => {
                put(directory, Reach::Below);
                put(from, Reach::Kustomization);
                put(from, Reach::Below);
            }
            Source::Manifests { directory, recurse, .. } => {
                put(directory, if *recurse { Reach::Below } else { Reach::Files });
            }
            Source::Chart { directory, options, references } => {
                for used in std::iter::once(directory).chain(layout.local_charts.used_by(directory)) {
                    put(used, Reach::Below);
                }
                let files = options.iter().flat_map(|options| options.value_files(directory, references));
                for file in files {
                    self.files.entry(file).or_default().push(index);
                }
            }
            Source::HelmRelease { directory, .. } => {
                for used in std::iter::once(directory).chain(layout.local_charts.used_by(directory)) {
                    put(used, Reach::Below);
                }
            }
            Source::FluxKustomization { directory, definition } => {
                for added in flux_plan::component_directories(definition) {
                    put(&added, Reach::Kustomization);
                }
                // Without a kustomization, one is generated for everything below.
                let has_own = layout.kustomizations.contains(directory);
                put(directory, if has_own { Reach::Kustomization } else { Reach::Below });
            }
            Source::RemoteChart { options, references, .. } => {
                // Files without the name of a source are files of the chart.
                let named = options.iter().flat_map(|options| options.referenced_files(references));
                for file in named {
                    self.files.entry(file).or_default().push(index);
                }
            }
            Source::ResourceSet { .. } | Source::Elsewhere { .. } => {}
        }
    }

    /// The components that may read this file.
    pub(crate) fn readers(&self, layout: &Layout, file: &TreePath) -> BTreeSet<usize> {
        let mut found = self.deployers(layout, file);
        found.extend(self.values.get(file).into_iter().flatten());
        found
    }

    /// The components that may deploy what is in this file.
    pub(crate) fn deployers(&self, layout: &Layout, file: &TreePath) -> BTreeSet<usize> {
        let mut found: BTreeSet<usize> = self.files.get(file).into_iter().flatten().copied().collect();
        if self.directories.is_empty() {
            return found;
        }
        for directory in layout.kustomizations.readers(&layout.tree, file) {
            found.extend(self.at(&directory, |reach| reach == Reach::Kustomization));
            // What is generated for everything below takes in the kustomizations there, with all that they use.
            for ancestor in directory.ancestors() {
                found.extend(self.at(&ancestor, |reach| reach == Reach::Below));
            }
        }
        for (up, ancestor) in file.ancestors().enumerate() {
            found.extend(
                self.at(&ancestor, |reach| reach == Reach::Below || (reach == Reach::Files && up == 0)),
            );
        }
        found
    }

    fn at(&self, directory: &TreePath, takes: impl Fn(Reach) -> bool) -> impl Iterator<Item = usize> {
        let here = self.directories.get(directory).into_iter().flatten();
        here.filter(move |(_, reach)| takes(*reach)).map(|(index, _)| *index)
    }

    /// Whether a component takes in everything below some directory above this one.
    pub(crate) fn takes_in(&self, directory: &TreePath) -> bool {
        directory
            .ancestors()
            .any(|ancestor| self.at(&ancestor, |reach| reach == Reach::Below).next().is_some())
    }

    /// Whether a component has its source at or above this file.
    pub(crate) fn is_below_a_component(&self, file: &TreePath) -> bool {
        file.ancestors().any(|ancestor| self.directories.contains_key(&ancestor))
    }

    /// Whether a component has its source in this directory.
    pub(crate) fn is_source(&self, directory: &TreePath) -> bool {
        self.directories.contains_key(directory)
    }
}
