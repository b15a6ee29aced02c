//! Clusters: everything that each holds on both sides, also what the change does not touch.
//!
//! What a change means can depend on what it leaves alone: a policy selects pods of another component. This is read only
//! when somebody asks for it.

use std::collections::BTreeMap;
use std::sync::Arc;

use manifesto_objects::Object;
use manifesto_tree::{Gap, Side};
use rayon::prelude::*;

use crate::Rendering;
use crate::change::{AffectedComponent, Change};
use crate::component::Component;
use crate::layout::Engines;
use crate::revision::Revisions;

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
        let [base, head] =
            held(&self.engines, &self.revisions, &self.components, |name| clusters.contains_key(name));
        for (side, all) in [(Side::Base, base), (Side::Head, head)] {
            for held in all {
                let Some(cluster) = clusters.get_mut(held.component.cluster()) else { continue };
                let into = if side == Side::Base { &mut cluster.base } else { &mut cluster.head };
                into.objects.extend(held.objects.objects);
                into.gaps.extend(held.objects.gaps);
            }
        }
        clusters.into_values().collect()
    }
}

/// What each component of these clusters holds, on both sides. What the change does not touch holds in head what it holds
/// in base.
pub(crate) fn held(
    engines: &Engines,
    revisions: &Revisions,
    components: &[AffectedComponent],
    is_wanted: impl Fn(&str) -> bool + Sync,
) -> [Vec<Held>; 2] {
    let on = |side: Side, untouched: &Untouched<'_>| -> Vec<Held> {
        let revision = revisions.side(side);
        let sides = components.iter().filter_map(|component| component.side(side));
        let touched: BTreeMap<&Component, &Rendering> =
            sides.map(|side| (&side.component, &side.rendering)).collect();
        let mut all = revision.all_components();
        all.retain(|component| is_wanted(component.cluster()));
        let all: Vec<(Component, Component)> =
            all.into_par_iter().map(|component| (component.definition_without_lines(), component)).collect();
        let is_known = |(essence, component): &(_, _)| {
            touched.contains_key(component) || untouched.contains_key(essence)
        };
        let unknown = |one| if is_known(one) { None } else { Some(&one.1) };
        let unknown: Vec<Option<&Component>> = all.iter().map(unknown).collect();
        let renderings = revision.render_all(engines, side, &unknown);
        let hold = |((essence, component), rendering): ((Component, Component), Option<Rendering>)| {
            let touched = touched.get(&component);
            let objects = match (touched, untouched.get(&essence)) {
                (Some(rendering), _) => ClusterObjects::of((*rendering).clone()),
                (None, Some(base)) => base.on(side),
                (None, None) => ClusterObjects::of(rendering.unwrap_or_default()),
            };
            Held { component, essence, objects, is_touched: touched.is_some() }
        };
        all.into_par_iter().zip(renderings).map(hold).collect()
    };
    let base = on(Side::Base, &Untouched::new());
    let untouched = base.iter().filter(|held| !held.is_touched).map(|held| (&held.essence, &held.objects));
    let head = on(Side::Head, &untouched.collect());
    [base, head]
}

/// What one component holds on one side.
pub(crate) struct Held {
    pub(crate) component: Component,
    essence: Component,
    pub(crate) objects: ClusterObjects,
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
