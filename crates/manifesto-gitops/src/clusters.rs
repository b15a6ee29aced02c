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
        let base = self.held(Side::Base, &clusters, &Untouched::new());
        let untouched =
            base.iter().filter(|held| !held.is_touched).map(|held| (&held.essence, &held.objects));
        let head = self.held(Side::Head, &clusters, &untouched.collect());
        for (side, all) in [(Side::Base, base), (Side::Head, head)] {
            for held in all {
                let Some(cluster) = clusters.get_mut(held.essence.cluster()) else { continue };
                let into = if side == Side::Base { &mut cluster.base } else { &mut cluster.head };
                into.objects.extend(held.objects.objects);
                into.gaps.extend(held.objects.gaps);
            }
        }
        clusters.into_values().collect()
    }

    /// What each component of these clusters holds on one side. What the change touches is rendered already, and what it
    /// does not touch holds in head what it holds in base.
    fn held(
        &self,
        side: Side,
        clusters: &BTreeMap<String, ClusterSides>,
        untouched: &Untouched<'_>,
    ) -> Vec<Held> {
        let revision = self.revisions.side(side);
        let sides = self.components.iter().filter_map(|component| component.side(side));
        let touched: BTreeMap<&Component, &Rendering> =
            sides.map(|side| (&side.component, &side.rendering)).collect();
        let hold = |component: Component| {
            let essence = component.definition_without_lines();
            if let Some(rendering) = touched.get(&component) {
                let objects = ClusterObjects::of((*rendering).clone());
                return Held { essence, objects, is_touched: true };
            }
            let objects = match untouched.get(&essence) {
                Some(base) => base.on(side),
                None => {
                    ClusterObjects::of(rendering::render(&self.engines, side, &revision.layout, &component))
                }
            };
            Held { essence, objects, is_touched: false }
        };
        let components = revision.all_components();
        let wanted =
            components.into_par_iter().filter(|component| clusters.contains_key(component.cluster()));
        wanted.map(hold).collect()
    }
}

/// What one component holds on one side.
struct Held {
    essence: Component,
    objects: ClusterObjects,
    is_touched: bool,
}

/// What the components hold in base that the change does not touch.
type Untouched<'h> = BTreeMap<&'h Component, &'h ClusterObjects>;

impl ClusterObjects {
    fn of(rendering: Rendering) -> Self {
        Self { objects: rendering.objects, gaps: rendering.gaps }
    }

    /// The same on another side.
    fn on(&self, side: Side) -> Self {
        let gaps = self.gaps.iter().map(|gap| Gap { side: Some(side), ..gap.clone() });
        Self { objects: self.objects.clone(), gaps: gaps.collect() }
    }
}
