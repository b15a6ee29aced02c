//! Files that speak of what is read only when somebody asks for it.

use std::collections::BTreeSet;

use manifesto_tree::TreePath;

use crate::values;

/// The files that may hold objects of some kinds, by their bytes.
#[derive(Debug, Default)]
pub(crate) struct Mentions {
    /// Custom resource definitions.
    pub(crate) crds: BTreeSet<TreePath>,
    /// HelmReleases.
    pub(crate) releases: BTreeSet<TreePath>,
    /// What values are taken from.
    pub(crate) values: BTreeSet<TreePath>,
}

impl Mentions {
    /// What the bytes of one file speak of.
    pub(crate) fn of(path: &TreePath, content: &[u8]) -> Self {
        let mentions = |text: &str| memchr::memmem::find(content, text.as_bytes()).is_some();
        let listed = |is_mentioned: bool| is_mentioned.then(|| path.clone()).into_iter().collect();
        Self {
            crds: listed(mentions("CustomResourceDefinition")),
            releases: listed(mentions("helm.toolkit.fluxcd.io/")),
            values: listed(values::mentions_values(content)),
        }
    }

    /// A file whose name says that it holds a custom resource definition.
    pub(crate) fn of_definition(path: &TreePath) -> Self {
        Self { crds: BTreeSet::from([path.clone()]), ..Self::default() }
    }

    pub(crate) fn extend(&mut self, other: Self) {
        self.crds.extend(other.crds);
        self.releases.extend(other.releases);
        self.values.extend(other.values);
    }

    /// Whether a file speaks of the same as before.
    pub(crate) fn holds_for(&self, path: &TreePath, content: &[u8]) -> bool {
        let now = Self::of(path, content);
        let is_same =
            |before: &BTreeSet<TreePath>, now: &BTreeSet<TreePath>| before.contains(path) != now.is_empty();
        is_same(&self.crds, &now.crds)
            && is_same(&self.releases, &now.releases)
            && is_same(&self.values, &now.values)
    }
}
