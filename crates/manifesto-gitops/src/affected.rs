//! Which components a file concerns.

use std::collections::BTreeSet;

use manifesto_tree::TreePath;
use rayon::prelude::*;

use crate::layout::Layout;

impl Layout {
    /// The components, by the path that people edit, that may read this file.
    pub(crate) fn concerned_by(&self, file: &TreePath) -> BTreeSet<TreePath> {
        let mut paths = BTreeSet::new();
        let readers = self.kustomizations.readers(&self.tree, file);
        for directory in &readers {
            if self.kustomizations.is_root(directory) || self.is_deployed(directory) {
                paths.insert(directory.clone());
            }
        }
        let directory = file.parent().unwrap_or_else(TreePath::root);
        if let Some(source) = self.source_of(&directory).filter(|_| is_yaml(file)) {
            paths.insert(source);
            return paths;
        }
        paths.extend(file.ancestors().filter(|ancestor| self.is_deployed(ancestor)));
        if let Some(chart) = self.outermost_chart(file) {
            // A chart that nobody uses is a component of its own.
            let is_used = !readers.is_empty();
            paths.extend((!is_used).then_some(chart));
        } else if paths.is_empty()
            && readers.is_empty()
            && is_yaml(file)
            && !self.is_beside_a_kustomization(&directory)
        {
            paths.insert(directory);
        }
        paths
    }

    /// Every component, by the path that people edit.
    pub(crate) fn component_paths(&self) -> BTreeSet<TreePath> {
        let files: Vec<&TreePath> =
            self.tree.entries().iter().map(|entry| &entry.path).filter(|path| is_yaml(path)).collect();
        files.into_par_iter().flat_map_iter(|file| self.concerned_by(file)).collect()
    }

    /// Whether an Application names this directory.
    fn is_deployed(&self, directory: &TreePath) -> bool {
        self.argocd.applications.iter().any(|application| application.path == *directory)
    }

    /// The chart that holds this file; of nested charts the one that holds the others.
    fn outermost_chart(&self, file: &TreePath) -> Option<TreePath> {
        file.ancestors().filter(|ancestor| self.is_chart(ancestor)).last()
    }

    /// Files beside a kustomization that does not name them are not deployed.
    fn is_beside_a_kustomization(&self, directory: &TreePath) -> bool {
        self.kustomizations.contains(directory)
    }
}

fn is_yaml(file: &TreePath) -> bool {
    let hidden = file.segments().any(|segment| segment.starts_with('.'));
    !hidden && matches!(file.extension(), Some("yaml" | "yml" | "json"))
}
