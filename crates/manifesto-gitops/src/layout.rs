//! What one side of the repository is made of.

use crate::parsed_files::ParsedFiles;
use manifesto_kustomize::Session;
use manifesto_tree::{Tree, TreePath};

use crate::argocd::ArgoCd;
use crate::component::{Component, Source};
use crate::kustomizations::{Kustomizations, References};
use crate::{manifests, rendered_tree};

/// What both sides share: files parsed once, bases built once.
#[derive(Debug, Default)]
pub(crate) struct Engines {
    pub(crate) files: ParsedFiles,
    pub(crate) kustomize: Session,
    pub(crate) references: References,
}

/// One side: its files and how they hang together.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) tree: Tree,
    pub(crate) kustomizations: Kustomizations,
    pub(crate) argocd: ArgoCd,
}

impl Layout {
    pub(crate) fn read(engines: &Engines, tree: &Tree) -> Self {
        let (kustomizations, argocd) = rayon::join(
            || Kustomizations::read(&engines.references, tree),
            || ArgoCd::read(&engines.files, tree),
        );
        Self { tree: tree.clone(), kustomizations, argocd }
    }

    /// The component that people edit at `path`; none when this side has none there.
    pub(crate) fn component_at(&self, path: &TreePath) -> Option<Component> {
        let application = self.argocd.applications.iter().find(|application| application.path == *path);
        let given_name = application.map(|application| application.name.clone());
        let source = self.source_at(path, application.is_some_and(|application| application.recurse))?;
        Some(Component { path: path.clone(), given_name, source })
    }

    fn source_at(&self, path: &TreePath, recurse: bool) -> Option<Source> {
        if let Some(directory) = self.rendered_from(path) {
            return Some(Source::Rendered { directory, from: path.clone() });
        }
        let directory = path.clone();
        if self.kustomizations.contains(path) {
            Some(Source::Kustomization { directory })
        } else if self.is_chart(path) {
            Some(Source::Chart { directory })
        } else if !manifests::files_of(&self.tree, path, recurse).is_empty() {
            Some(Source::Manifests { directory, recurse })
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

    /// The source of a rendered directory.
    pub(crate) fn source_of(&self, directory: &TreePath) -> Option<TreePath> {
        let is_source = |path: &TreePath| self.kustomizations.contains(path) || self.is_chart(path);
        rendered_tree::source_of(&self.tree, directory, is_source)
    }
}
