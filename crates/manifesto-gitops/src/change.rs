//! A change: two revisions, the components that differ, and what becomes of their objects.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use manifesto_objects::{ChangeSet, Object, ObjectId, Placed};
use manifesto_tree::{FileChange, Gap, Side, Tree, TreePath};
use rayon::prelude::*;

use crate::argocd::{GitGenerator, Refusal};
use crate::clusters::ClusterSides;
use crate::component::{Component, Source};
use crate::deployment::{Deployment, SetPolicy};
use crate::helm_releases::Which;
use crate::inventory::Inventory;
use crate::layout::Engines;
use crate::names::Bearer;
use crate::not_analysed::{NotAnalysed, is_document, what_is};
use crate::plan::Duplicate;
use crate::revision::Revisions;
use crate::session::Session;
use crate::staleness::Stale;
use crate::{Rendering, affected, composed, helm_releases, indirect, manifests, names, staleness};

/// One side of a component that the change touches.
#[derive(Debug)]
pub struct ComponentSide {
    /// The component.
    pub component: Component,
    /// What it renders to.
    pub rendering: Rendering,
    /// What Crossplane makes of its composites in the cluster, where the change touches that.
    pub composed: Vec<Arc<Object>>,
}

impl ComponentSide {
    /// Its objects, and what Crossplane makes of them.
    pub(crate) fn all_objects(&self) -> impl Iterator<Item = &Arc<Object>> {
        self.rendering.objects.iter().chain(&self.composed)
    }
}

/// A component that the change touches.
#[derive(Debug)]
pub struct AffectedComponent {
    /// Its name, unique in this change.
    pub name: String,
    /// What it is in base.
    pub base: Option<ComponentSide>,
    /// What it is in head.
    pub head: Option<ComponentSide>,
    /// What its changed objects make in the cluster that nobody has looked at.
    pub indirect: Vec<Gap>,
}

impl AffectedComponent {
    /// One side of it.
    pub fn side(&self, side: Side) -> Option<&ComponentSide> {
        match side {
            Side::Base => self.base.as_ref(),
            Side::Head => self.head.as_ref(),
        }
    }

    /// The path that people edit: in head, unless it is gone.
    pub fn path(&self) -> TreePath {
        let side = self.head.as_ref().or(self.base.as_ref());
        side.map_or_else(TreePath::root, |side| side.component.path.clone())
    }

    /// The name of its cluster; empty when the repository does not tell clusters apart.
    pub fn cluster(&self) -> &str {
        let side = self.head.as_ref().or(self.base.as_ref());
        side.map_or("", |side| side.component.cluster())
    }

    /// How it comes to its cluster: in head, unless it is gone.
    pub fn deployment(&self) -> Option<&Deployment> {
        let side = self.head.as_ref().or(self.base.as_ref());
        side.and_then(|side| side.component.deployment.as_ref())
    }

    /// What could not be known of it.
    pub fn gaps(&self) -> impl Iterator<Item = &Gap> {
        let sides = [&self.base, &self.head].into_iter().flatten();
        sides.flat_map(|side| &side.rendering.gaps).chain(&self.indirect)
    }

    /// Whether it differs: its definition, an object of it, or what is not known of it.
    pub fn differs(&self) -> bool {
        let (Some(base), Some(head)) = (&self.base, &self.head) else { return true };
        let gaps = |side: &ComponentSide| -> BTreeSet<String> {
            side.rendering.gaps.iter().map(|gap| gap.detail.clone()).collect()
        };
        let objects = |side: &ComponentSide| -> BTreeMap<ObjectId, Arc<Object>> {
            side.all_objects().map(|object| (object.id.clone(), Arc::clone(object))).collect()
        };
        let (before, after) = (objects(base), objects(head));
        let is_same = |(a, b): (&Arc<Object>, &Arc<Object>)| a.version == b.version && a.root == b.root;
        base.component.definition_without_lines() != head.component.definition_without_lines()
            || gaps(base) != gaps(head)
            || !before.keys().eq(after.keys())
            || !before.values().zip(after.values()).all(is_same)
    }

    /// Whether all its objects are known on both sides.
    pub fn is_proven(&self) -> bool {
        !self.gaps().any(Gap::hides_objects)
    }

    /// Whether it applies this file as it is.
    fn applies(&self, path: &TreePath) -> bool {
        let is_plain = |side: &&ComponentSide| {
            side.component.sources().any(|source| matches!(source, Source::Manifests { .. }))
        };
        [&self.base, &self.head]
            .into_iter()
            .flatten()
            .filter(is_plain)
            .any(|side| side.rendering.has_read(path))
    }

    /// Whether any rendering of it read this file.
    pub fn reads(&self, path: &TreePath) -> bool {
        [&self.base, &self.head].into_iter().flatten().any(|side| side.rendering.has_read(path))
    }
}

/// Everything that differs between two revisions.
#[derive(Debug)]
pub struct Change {
    /// The tree of base.
    pub base: Tree,
    /// The tree of head.
    pub head: Tree,
    /// The files that differ.
    pub files: Vec<FileChange>,
    /// The components that the change touches, by name.
    pub components: Vec<AffectedComponent>,
    /// What becomes of their objects. `ObjectChange::component` counts in `components`.
    pub objects: ChangeSet,
    /// Rendered trees that disagree with their source.
    pub stale: Vec<Stale>,
    /// The changed files that nothing was learned from.
    pub not_analysed: Vec<NotAnalysed>,
    pub(crate) engines: Arc<Engines>,
    pub(crate) revisions: Revisions,
    pub(crate) clusters: OnceLock<Vec<ClusterSides>>,
}

impl Change {
    /// Compares two revisions. `files` are the files that differ, as [`manifesto_tree::file_changes`] or git tell.
    pub fn between(base: &Tree, head: &Tree, files: Vec<FileChange>) -> Self {
        Self::with_inventory(base, head, files, &Inventory::default())
    }

    /// Compares two revisions of a repository that declares something about its clusters.
    pub fn with_inventory(base: &Tree, head: &Tree, files: Vec<FileChange>, inventory: &Inventory) -> Self {
        Session::default().change(base, head, files, inventory)
    }

    pub(crate) fn read(engines: Arc<Engines>, revisions: Revisions, files: Vec<FileChange>) -> Self {
        let [base, head] = Side::BOTH.map(|side| revisions.side(side).layout.tree.clone());
        let mut components = affected::render(&engines, &revisions, &files);
        let mut followed = composed::compose_touched(&engines, &revisions, &mut components);
        let touched = components.len();
        affected::add_users_of_sources(&engines, &revisions, &mut components);
        followed.extend(helm_releases::follow(&engines, &revisions, &mut components, Which::Changed));
        affected::leave_out_unmoved(&mut components, touched);
        followed.extend(affected::add_otherwise_served(&engines, &revisions, &mut components));
        pair_moved(&mut components);
        name(&mut components);
        let objects = compare(&components);
        for change in &objects.changes {
            let gaps = indirect::gaps_of(change, &revisions, &followed);
            if let Some(component) = components.get_mut(change.component) {
                component.indirect.extend(gaps);
            }
        }
        let stale = stale(&components, &files);
        let not_analysed = not_analysed(&engines, [&base, &head], &components, &files);
        let clusters = OnceLock::new();
        Self { base, head, files, components, objects, stale, not_analysed, engines, revisions, clusters }
    }

    /// The git generators of ApplicationSets, in head.
    pub fn generators(&self) -> &[GitGenerator] {
        &self.revisions.head.layout.generators
    }

    /// The definitions that come out as the same object, on one side.
    pub fn duplicates(&self, side: Side) -> &[Duplicate] {
        &self.revisions.side(side).plan.duplicates
    }

    /// What the ApplicationSet that makes a component does with it once it is made, as one side has the set; none when it
    /// has none.
    pub fn set_policy(&self, side: Side, component: &Component) -> Option<&SetPolicy> {
        self.revisions.side(side).plan.set_policy(component)
    }

    /// The Applications that an AppProject refuses, on one side.
    pub fn refusals(&self, side: Side) -> Vec<Refusal> {
        let revision = self.revisions.side(side);
        revision.plan.refusals(&revision.layout.inventory)
    }

    /// Every component of one side, also those that the change does not touch.
    pub fn all_components(&self, side: Side) -> Vec<Component> {
        self.revisions.side(side).all_components()
    }

    /// Everything that could not be known, each gap once.
    pub fn gaps(&self) -> Vec<Gap> {
        merged(self.components.iter().flat_map(AffectedComponent::gaps))
    }

    /// The tree of one side.
    pub fn tree(&self, side: Side) -> &Tree {
        match side {
            Side::Base => &self.base,
            Side::Head => &self.head,
        }
    }
}

/// Each gap once: what is not known on either side concerns both, wherever the line moved.
pub fn merged<'g>(gaps: impl Iterator<Item = &'g Gap>) -> Vec<Gap> {
    let mut found: BTreeMap<Gap, Vec<&Gap>> = BTreeMap::new();
    for gap in gaps {
        found.entry(Gap { side: None, place: None, ..gap.clone() }).or_default().push(gap);
    }
    let merge = |(plain, same): (Gap, Vec<&Gap>)| {
        let last = same.iter().max_by_key(|gap| gap.side);
        let place = last.and_then(|gap| gap.place.clone());
        let both = Side::BOTH.iter().all(|side| same.iter().any(|gap| gap.side == Some(*side)));
        Gap { side: if both { None } else { last.and_then(|gap| gap.side) }, place, ..plain }
    };
    found.into_iter().map(merge).collect()
}

/// Gives each component its name: its own on the newer side, made unique.
fn name(components: &mut [AffectedComponent]) {
    let bearer = |component: &AffectedComponent| {
        let side = component.head.as_ref().or(component.base.as_ref());
        Bearer::new(component.path(), side.map(|side| &side.component))
    };
    let bearers: Vec<Bearer> = components.iter().map(bearer).collect();
    for (component, name) in components.iter_mut().zip(names::names(&bearers)) {
        component.name = name;
    }
}

/// Joins a component that is gone and one that is new when they hold mostly the same objects: its directory moved.
fn pair_moved(components: &mut Vec<AffectedComponent>) {
    let ids = |side: &Option<ComponentSide>| -> BTreeSet<ObjectId> {
        side.iter().flat_map(|side| &side.rendering.objects).map(|object| object.id.clone()).collect()
    };
    let gone: Vec<usize> =
        (0..components.len()).filter(|i| components.get(*i).is_some_and(|c| c.head.is_none())).collect();
    let mut joined = Vec::new();
    for old in gone {
        let before = components.get(old).map(|c| ids(&c.base)).unwrap_or_default();
        let twin = components.iter().position(|c| {
            let after = ids(&c.head);
            let common = before.intersection(&after).count();
            c.base.is_none() && common > 0 && 2 * common >= before.len().max(after.len())
        });
        let Some(new) = twin else { continue };
        let base = components.get_mut(old).and_then(|c| c.base.take());
        if let Some(component) = components.get_mut(new) {
            component.base = base;
            joined.push(old);
        }
    }
    for index in joined.into_iter().rev() {
        components.remove(index);
    }
}

/// Compares what is known, each cluster by itself. An object that is missing on a side where something new is not known is
/// not gone: it is unknown, and the gap says so.
fn compare(components: &[AffectedComponent]) -> ChangeSet {
    let mut clusters: BTreeMap<&str, (Vec<Placed>, Vec<Placed>)> = BTreeMap::new();
    for (index, component) in components.iter().enumerate() {
        let (base, head) = clusters.entry(component.cluster()).or_default();
        base.extend(known(index, component, Side::Base));
        head.extend(known(index, component, Side::Head));
    }
    let sets = clusters.values().map(|(base, head)| ChangeSet::between(base, head));
    let mut changes: Vec<_> = sets.flat_map(|set| set.changes).collect();
    changes.sort_by_key(|change| change.component);
    ChangeSet { changes }
}

fn known(index: usize, component: &AffectedComponent, side: Side) -> Vec<Placed> {
    let other = component.side(if side == Side::Base { Side::Head } else { Side::Base });
    let Some(own) = component.side(side) else { return Vec::new() };
    let hiding = other.map(|other| new_gaps(&other.rendering, &own.rendering)).unwrap_or_default();
    let present: BTreeSet<&ObjectId> =
        other.iter().flat_map(|other| other.all_objects()).map(|object| &object.id).collect();
    own.all_objects()
        .filter(|object| present.contains(&object.id) || !hiding.may_hide(object))
        .map(|object| Placed { component: index, object: Arc::clone(object) })
        .collect()
}

/// The gaps of `other` that `own` does not have: what both sides do not know cannot be what makes them differ.
fn new_gaps(other: &Rendering, own: &Rendering) -> Rendering {
    let plain = |gap: &Gap| Gap { side: None, place: None, ..gap.clone() };
    let known: BTreeSet<Gap> = own.gaps.iter().map(plain).collect();
    let gaps = other.gaps.iter().filter(|gap| !known.contains(&plain(gap))).cloned().collect();
    Rendering { gaps, ..Rendering::default() }
}

fn stale(components: &[AffectedComponent], files: &[FileChange]) -> Vec<Stale> {
    let changed: BTreeSet<&TreePath> = files.iter().map(|file| &file.path).collect();
    let sides = components.par_iter().filter_map(|component| component.head.as_ref());
    let stale = sides
        .filter_map(|side| staleness::of(&side.component, &side.rendering, |path| changed.contains(path)));
    let mut stale: Vec<Stale> = stale.collect();
    stale.sort();
    stale
}

fn not_analysed(
    engines: &Engines,
    [base, head]: [&Tree; 2],
    components: &[AffectedComponent],
    files: &[FileChange],
) -> Vec<NotAnalysed> {
    let read = |file: &FileChange| {
        let mut paths = [file.base_path(), file.head_path()].into_iter().flatten();
        paths.any(|path| is_document(path) || components.iter().any(|component| component.reads(path)))
    };
    let is_applied = |path: &TreePath| components.iter().any(|component| component.applies(path));
    let what = |file: &FileChange| {
        let tree = if file.head_path().is_some() { head } else { base };
        let (what, deploys) = if !read(file) {
            what_is(tree, &file.path)?
        } else if is_applied(&file.path) && manifests::is_no_yaml(&engines.files, tree, &file.path) {
            ("a file that is no YAML", true)
        } else {
            return None;
        };
        Some(NotAnalysed { path: file.path.clone(), what, deploys })
    };
    let mut found: Vec<NotAnalysed> = files.iter().filter_map(what).collect();
    found.sort();
    found
}
