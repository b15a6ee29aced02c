//! What each cluster means on both sides, for the analyzers that subtract meanings.

use manifesto_cluster::Cluster;
use manifesto_gitops::{Change, ClusterObjects};

/// One cluster on both sides.
#[derive(Debug)]
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

/// Every cluster that the change touches.
pub(crate) fn clusters(change: &Change) -> Vec<ClusterPair> {
    let cluster = |of: &ClusterObjects| Cluster::new(of.objects.clone(), of.gaps.clone());
    let sides = change.clusters().iter();
    sides
        .map(|sides| ClusterPair {
            name: sides.name.clone(),
            base: cluster(&sides.base),
            head: cluster(&sides.head),
        })
        .collect()
}
