//! What each cluster means on both sides, for the analyzers that subtract meanings.

use std::collections::BTreeMap;

use manifesto_cluster::Cluster;
use manifesto_gitops::Change;
use manifesto_objects::{Object, ObjectId};
use manifesto_tree::TreePath;

use crate::separation::separated;

/// One cluster on both sides.
#[derive(Debug, Default)]
pub(crate) struct ClusterPair {
    /// Its name; empty when the repository does not tell clusters apart.
    pub(crate) name: String,
    /// What it means in base.
    pub(crate) base: Cluster,
    /// What it means in head.
    pub(crate) head: Cluster,
}

impl ClusterPair {
    /// Whether all objects are known on both sides: what is not there is then known not to be there.
    pub(crate) fn is_complete(&self) -> bool {
        self.base.is_complete() && self.head.is_complete()
    }
}

/// Every cluster that the change touches; none when no object differs, since then no meaning does.
pub(crate) fn clusters(change: &Change) -> Vec<ClusterPair> {
    if change.objects.real().next().is_none() {
        return Vec::new();
    }
    change.clusters().iter().flat_map(separated).collect()
}

/// The objects that a change touches, each with its component. An object is known by its identity and the file that holds
/// it: where a repository has several clusters, several objects have one name.
pub(crate) struct Touched<'c> {
    components: BTreeMap<(&'c ObjectId, Option<&'c TreePath>), &'c str>,
}

impl<'c> Touched<'c> {
    pub(crate) fn of(change: &'c Change) -> Self {
        let mut components = BTreeMap::new();
        for object_change in change.objects.real() {
            let Some(component) = change.components.get(object_change.component) else { continue };
            for object in [&object_change.base, &object_change.head].into_iter().flatten() {
                components.insert((&object.id, object.files.first()), component.name.as_str());
            }
        }
        Self { components }
    }

    /// The component of an object; none when the change does not touch it.
    pub(crate) fn component(&self, object: &Object) -> Option<&'c str> {
        self.components.get(&(&object.id, object.files.first())).copied()
    }
}
