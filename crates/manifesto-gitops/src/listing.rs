//! The components of one revision, with what each reads.

use std::sync::Arc;

use manifesto_objects::Object;
use manifesto_tree::{Gap, Side, Tree, TreePath};

use crate::component::Component;
use crate::inventory::Inventory;
use crate::layout::Engines;
use crate::names::Bearer;
use crate::plan::Duplicate;
use crate::revision::Revision;
use crate::{Rendering, helm_releases, names};

/// One component of a revision.
#[derive(Debug)]
pub struct ListedComponent {
    /// Its name, unique in the listing.
    pub name: String,
    /// The component.
    pub component: Component,
    /// What it renders to, and what it reads for that.
    pub rendering: Rendering,
}

impl ListedComponent {
    /// The objects.
    pub fn objects(&self) -> &[Arc<Object>] {
        &self.rendering.objects
    }

    /// The directories that hold everything it reads, each once and none inside another; files of the root by themselves.
    pub fn directories(&self) -> Vec<TreePath> {
        let holder = |file: &TreePath| match file.parent() {
            Some(parent) if !parent.is_root() => parent,
            _ => file.clone(),
        };
        let mut all: Vec<TreePath> = self.rendering.reads.iter().map(holder).collect();
        all.sort();
        all.dedup();
        let mut found: Vec<TreePath> = Vec::new();
        for directory in all {
            if !found.iter().any(|known| directory.starts_with(known)) {
                found.push(directory);
            }
        }
        found
    }
}

/// Every component of a revision.
#[derive(Debug)]
pub struct Listing {
    /// The components, by path.
    pub components: Vec<ListedComponent>,
    /// The definitions that come out as the same object.
    pub duplicates: Vec<Duplicate>,
    /// What is not known of the definitions.
    pub gaps: Vec<Gap>,
}

impl Listing {
    pub(crate) fn read(engines: &Engines, tree: &Tree, inventory: &Inventory) -> Self {
        let revision = Revision::read(engines, inventory, Side::Head, tree);
        let all = revision.all_components();
        let asked: Vec<Option<&Component>> = all.iter().map(Some).collect();
        let renderings = revision.render_all(engines, Side::Head, &asked);
        let listed = |(component, rendering): (Component, Option<Rendering>)| {
            let rendering = rendering.unwrap_or_default();
            helm_releases::want(engines, &revision.layout, &rendering.objects);
            ListedComponent { name: String::new(), component, rendering }
        };
        let mut components: Vec<ListedComponent> = all.into_iter().zip(renderings).map(listed).collect();
        components.retain(|listed| {
            let rendering = &listed.rendering;
            listed.component.deployment.is_some()
                || !rendering.objects.is_empty()
                || !rendering.gaps.is_empty()
        });
        components.sort_by(|a, b| a.component.path.cmp(&b.component.path));
        let bearer =
            |listed: &ListedComponent| Bearer::new(listed.component.path.clone(), Some(&listed.component));
        let bearers: Vec<Bearer> = components.iter().map(bearer).collect();
        for (listed, name) in components.iter_mut().zip(names::names(&bearers)) {
            listed.name = name;
        }
        let gaps = revision.plan.gaps.values().flatten().cloned().collect();
        Self { components, duplicates: revision.plan.duplicates.clone(), gaps }
    }
}
