//! Clusters: everything that each holds on both sides, also what the change does not touch.
//!
//! What a change means can depend on what it leaves alone: a policy selects pods of another component. This is read only
//! when somebody asks for it.

use std::collections::BTreeMap;
use std::sync::Arc;

use manifesto_objects::Object;
use manifesto_tree::{Gap, Side, TreePath};
use rayon::prelude::*;

use crate::change::Change;
use crate::layout::Layout;
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
        let touched: Vec<&str> = self
            .components
            .iter()
            .flat_map(|c| [&c.base, &c.head])
            .flatten()
            .map(|side| cluster_of(&side.component.path))
            .collect();
        let mut clusters: BTreeMap<&str, ClusterSides> = touched
            .into_iter()
            .map(|name| (name, ClusterSides { name: name.to_owned(), ..ClusterSides::default() }))
            .collect();
        let (base, head) = rayon::join(
            || self.rendered(Side::Base, &self.layouts.base),
            || self.rendered(Side::Head, &self.layouts.head),
        );
        for (side, rendered) in [(Side::Base, &base), (Side::Head, &head)] {
            for (path, rendering) in rendered {
                let Some(cluster) = clusters.get_mut(cluster_of(path)) else { continue };
                let into = if side == Side::Base { &mut cluster.base } else { &mut cluster.head };
                into.objects.extend(rendering.objects.iter().cloned());
                into.gaps.extend(rendering.gaps.iter().cloned());
            }
        }
        clusters.into_values().collect()
    }

    fn rendered(&self, side: Side, layout: &Layout) -> Vec<(TreePath, Rendering)> {
        let paths: Vec<TreePath> = layout.component_paths().into_iter().collect();
        let render = |path: TreePath| {
            let component = layout.component_at(&path)?;
            let rendering = rendering::render(&self.engines, side, &layout.tree, &component);
            Some((path, rendering))
        };
        paths.into_par_iter().filter_map(render).collect()
    }
}

/// The cluster that a path belongs to: `clusters/<name>/…` is how repositories with several clusters are laid out.
fn cluster_of(path: &TreePath) -> &str {
    let mut segments = path.as_str().split('/');
    if segments.any(|segment| segment == "clusters") { segments.next().unwrap_or_default() } else { "" }
}
