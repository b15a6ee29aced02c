//! What the components of a change find around them: everything that goes to the same cluster.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use manifesto_cluster::Cluster;
use manifesto_evidence::Side;
use manifesto_gitops::{AffectedComponent, Change, ClusterObjects};

/// Both sides of every cluster that the change touches, read when somebody asks.
pub(crate) struct Surroundings<'c> {
    change: &'c Change,
    clusters: OnceCell<BTreeMap<&'c str, [Cluster; 2]>>,
    nothing: Cluster,
}

impl<'c> Surroundings<'c> {
    pub(crate) fn of(change: &'c Change) -> Self {
        Self { change, clusters: OnceCell::new(), nothing: Cluster::default() }
    }

    /// The cluster that a component goes to; an empty one where nothing is known of it.
    pub(crate) fn around(&self, component: &AffectedComponent, side: Side) -> &Cluster {
        let clusters = self.clusters.get_or_init(|| {
            let cluster = |side: &ClusterObjects| Cluster::new(side.objects.clone(), side.gaps.clone());
            let both = self.change.clusters().iter();
            both.map(|sides| (sides.name.as_str(), [cluster(&sides.base), cluster(&sides.head)])).collect()
        });
        let both = clusters.get(component.cluster());
        both.map_or(&self.nothing, |[base, head]| if side == Side::Base { base } else { head })
    }
}
