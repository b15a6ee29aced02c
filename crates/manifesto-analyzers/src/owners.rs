//! Which component an object of a cluster belongs to, and whether it changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use manifesto_cluster::Cluster;
use manifesto_gitops::Change;
use manifesto_objects::{Object, ObjectId};

use crate::clusters::ClusterPair;

/// Whether an object is the same on both sides of a cluster.
pub(crate) fn is_unchanged(pair: &ClusterPair, object: &Object) -> bool {
    let same = |cluster: &Cluster| cluster.by_id(&object.id).is_some_and(|own| own.root == object.root);
    same(&pair.base) && same(&pair.head)
}

/// Which component each object of a change belongs to.
#[derive(Debug)]
pub(crate) struct Owners<'c> {
    by_id: BTreeMap<&'c ObjectId, Vec<(&'c Arc<Object>, &'c str)>>,
}

impl<'c> Owners<'c> {
    /// Reads them.
    pub(crate) fn of(change: &'c Change) -> Self {
        let mut by_id: BTreeMap<&ObjectId, Vec<(&Arc<Object>, &str)>> = BTreeMap::new();
        for component in &change.components {
            for side in [&component.base, &component.head].into_iter().flatten() {
                for object in &side.rendering.objects {
                    by_id.entry(&object.id).or_default().push((object, component.name.as_str()));
                }
            }
        }
        Self { by_id }
    }

    /// The component that an object belongs to; none where the change does not touch it.
    pub(crate) fn component(&self, object: &Object) -> Option<&'c str> {
        let same = self.by_id.get(&object.id)?;
        let exact = same.iter().find(|(own, _)| own.files.first() == object.files.first());
        exact.or_else(|| same.first()).map(|(_, component)| *component)
    }
}
