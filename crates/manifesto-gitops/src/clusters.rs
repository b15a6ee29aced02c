//! Clusters: everything that each holds on both sides, also what the change does not touch.
//!
//! What a change means can depend on what it leaves alone: a policy selects pods of another component. This is read only
//! when somebody asks for it.

use std::collections::BTreeMap;
use std::sync::Arc;

use manifesto_objects::Object;
use manifesto_tree::{Gap, Side};
use rayon::prelude::*;

use crate::change::Change;
use crate::component::Component;
use crate::{Rendering, rendering};

/// All that a cluster holds on one side, as far as it is known.
#[derive(Debug, Clone, Default)]
pub struct ClusterObjects {
    /// The objects of all components.
    pub objects: Vec<Arc<Object>>,
    /// What is not known of them.
    pub gaps: Vec<Gap>,
}

/// One cluster on both sides.
#[derive(Debug, Clone, Default)]
pub struct ClusterSides {
    /// Its name; empty when the repository does not tell clusters apart.
    pub name: String,
    /// What it holds in base.
    pub base: ClusterObjects,
    /// What it holds in head.
    pub head: ClusterObjects,
}

impl ClusterSides {
    /// One side of it.
    pub fn side(&self, side: Side) -> &ClusterObjects {
        match side {
            Side::Base => &self.base,
            Side::Head => &self.head,
        }
    }
}

impl Change {
    /// Every cluster that the change touches, by name, with all its objects.
    pub fn clusters(&self) -> &[ClusterSides] {
        self.clusters.get_or_init(|| self.read_clusters())
    }

    fn read_clusters(&self) -> Vec<ClusterSides> {
        let touched = self.components.iter().flat_map(|c| [&c.base, &c.head]).flatten();
        let mut clusters: BTreeMap<String, ClusterSides> = touched
            .map(|side| side.component.cluster().to_owned())
            .map(|name| (name.clone(), ClusterSides { name, ..ClusterSides::default() }))
            .collect();
        let (base, head) =
            rayon::join(|| self.rendered(Side::Base, &clusters), || self.rendered(Side::Head, &clusters));
        for (side, rendered) in [(Side::Base, base), (Side::Head, head)] {
            for (name, rendering) in rendered {
                let Some(cluster) = clusters.get_mut(&name) else { continue };
                let into = if side == Side::Base { &mut cluster.base } else { &mut cluster.head };
                into.objects.extend(rendering.objects);
                into.gaps.extend(rendering.gaps);
            }
        }
        clusters.into_values().collect()
    }

    fn rendered(&self, side: Side, clusters: &BTreeMap<String, ClusterSides>) -> Vec<(String, Rendering)> {
        let revision = self.revisions.side(side);
        let components = revision.all_components();
        let wanted =
            components.into_par_iter().filter(|component| clusters.contains_key(component.cluster()));
        let render = |component: Component| {
            let rendering = rendering::render(&self.engines, side, &revision.layout, &component);
            (component.cluster().to_owned(), rendering)
        };
        wanted.map(render).collect()
    }
}
