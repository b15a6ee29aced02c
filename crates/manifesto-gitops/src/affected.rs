//! Which components a change touches.

use std::collections::{BTreeMap, BTreeSet};

use manifesto_kustomize::kustomization_file;
use manifesto_objects::ObjectId;
use manifesto_tree::{FileChange, Side, TreePath};

use crate::component::{Component, Source};
use crate::deployment::Tool;
use crate::helm_releases::{self, Which};
use crate::kustomizations::is_kustomization_file;
use crate::layout::{Engines, Layout};
use crate::revision::{Revision, Revisions};
use crate::served_apis::apis_of;
use crate::{AffectedComponent, ComponentSide};

/// What is the same component on both sides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// The definition of one program in one cluster, for one cluster.
    Deployed(Tool, String, ObjectId, String),
    /// A directory that no definition deploys, or one environment of it.
    Path(TreePath, Option<String>),
}

type Pair = (Option<Component>, Option<Component>);

/// Renders what the files may concern on both sides, and keeps what they do concern.
pub(crate) fn render(
    engines: &Engines,
    revisions: &Revisions,
    files: &[FileChange],
) -> Vec<AffectedComponent> {
    let pairs = paired(candidates(revisions, &files_concerning(revisions, files)));
    let components = rendered(engines, revisions, pairs);
    components.into_iter().filter(|component| is_touched(component, files)).collect()
}

/// Adds the components with releases whose charts come from a source that differs. What of them is rendered is for
/// [`helm_releases::follow`] to say.
pub(crate) fn add_users_of_sources(
    engines: &Engines,
    revisions: &Revisions,
    components: &mut Vec<AffectedComponent>,
) {
    let sources = helm_releases::changed_sources(components);
    if sources.is_empty() {
        return;
    }
    let using = |side| helm_releases::files_using(engines, &revisions.side(side).layout, &sources);
    let files: BTreeSet<TreePath> = Side::BOTH.into_iter().flat_map(using).collect();
    let mut pairs = candidates(revisions, &files);
    let known = keys(components);
    pairs.retain(|key, _| !known.contains(key));
    components.extend(rendered(engines, revisions, paired(pairs)));
}

fn keys(components: &[AffectedComponent]) -> BTreeSet<Key> {
    let sides = components.iter().flat_map(|component| [&component.base, &component.head]).flatten();
    sides.map(|side| key(&side.component)).collect()
}

/// Leaves out those behind the first that turned out to be as they were.
pub(crate) fn leave_out_unmoved(components: &mut Vec<AffectedComponent>, first: usize) {
    let mut index = 0;
    components.retain(|component| {
        index += 1;
        let sides = || [&component.base, &component.head].into_iter().flatten();
        index <= first
            || helm_releases::are_served_otherwise(sides().map(|side| &side.rendering))
            || sides().any(|side| !side.composed.is_empty())
            || !component.indirect.is_empty()
    });
}

/// Adds the components that the change touches by what it installs: their charts find other APIs in head than in base.
pub(crate) fn add_otherwise_served(
    engines: &Engines,
    revisions: &Revisions,
    components: &mut Vec<AffectedComponent>,
) -> BTreeSet<ObjectId> {
    let apis = |side: Side| -> BTreeSet<(&str, String)> {
        let sides = components.iter().filter_map(|component| component.side(side));
        let objects =
            sides.flat_map(|side| side.all_objects().map(|object| (side.component.cluster(), object)));
        objects
            .flat_map(|(cluster, object)| apis_of(object).into_iter().map(move |api| (cluster, api)))
            .collect()
    };
    if apis(Side::Base) == apis(Side::Head) {
        return BTreeSet::new();
    }
    let known = keys(components);
    let mut pairs: BTreeMap<Key, Pair> = BTreeMap::new();
    for base in revisions.base.all_components() {
        let key = key(&base);
        pairs.entry(key).or_default().0 = Some(base);
    }
    for head in revisions.head.all_components() {
        let key = key(&head);
        pairs.entry(key).or_default().1 = Some(head);
    }
    pairs.retain(|key, _| !known.contains(key));
    let first = components.len();
    components.extend(rendered(engines, revisions, paired(pairs)));
    let followed = helm_releases::follow(engines, revisions, components, Which::OtherwiseServed);
    leave_out_unmoved(components, first);
    followed
}

/// Both sides of components, rendered. What is nothing on either side is left out.
fn rendered(engines: &Engines, revisions: &Revisions, pairs: Vec<Pair>) -> Vec<AffectedComponent> {
    let (bases, heads): (Vec<Option<Component>>, Vec<Option<Component>>) = pairs.into_iter().unzip();
    let on = |side: Side, components: Vec<Option<Component>>| {
        let asked: Vec<Option<&Component>> = components.iter().map(Option::as_ref).collect();
        let renderings = revisions.side(side).render_all(engines, side, &asked);
        let both = components.into_iter().zip(renderings);
        let sides = both.map(|(component, rendering)| {
            Some(ComponentSide { component: component?, rendering: rendering?, composed: Vec::new() })
        });
        sides.collect::<Vec<_>>()
    };
    let sides = on(Side::Base, bases).into_iter().zip(on(Side::Head, heads));
    let sides = sides.filter(|(base, head)| [base, head].into_iter().flatten().any(is_something));
    sides
        .map(|(base, head)| AffectedComponent { name: String::new(), base, head, indirect: Vec::new() })
        .collect()
}

/// A directory of YAML that holds no object on either side is no component.
fn is_something(side: &ComponentSide) -> bool {
    let rendering = &side.rendering;
    side.component.deployment.is_some() || !rendering.objects.is_empty() || !rendering.gaps.is_empty()
}

/// Whether the definition of a component differs, or a file that it reads.
fn is_touched(component: &AffectedComponent, files: &[FileChange]) -> bool {
    let (Some(base), Some(head)) = (&component.base, &component.head) else { return true };
    let reads = |file: &FileChange| {
        file.base_path().is_some_and(|path| base.rendering.has_read(path))
            || file.head_path().is_some_and(|path| head.rendering.has_read(path))
    };
    base.component.definition_without_lines() != head.component.definition_without_lines()
        || files.iter().any(reads)
}

/// The components that may differ, on each side.
fn candidates(revisions: &Revisions, concerning: &BTreeSet<TreePath>) -> BTreeMap<Key, Pair> {
    let mut touched: Vec<&Component> = Vec::new();
    let mut paths = BTreeSet::new();
    for side in Side::BOTH {
        let revision = revisions.side(side);
        // A side has nothing to say of what it does not have.
        let tree = &revision.layout.tree;
        let present = |path: &&TreePath| tree.entry(path).is_some() || tree.is_directory(path);
        for file in concerning.iter().filter(present) {
            let readers = revision.plan.readers(&revision.layout, file).into_iter();
            touched.extend(readers.filter_map(|index| revision.plan.components.get(index)));
            let undeployed = revision.undeployed_by(file).into_iter();
            paths.extend(undeployed.filter(|path| !revision.layout.is_sample(path)));
        }
    }
    let mut found = if revisions.share_their_plan() {
        let pair = |component: &Component| (Some(component.clone()), Some(component.clone()));
        touched.into_iter().map(|component| (key(component), pair(component))).collect()
    } else {
        deployed_pairs(revisions, touched.into_iter().map(key).collect())
    };
    for path in paths {
        for base in revisions.base.undeployed_at(&path) {
            let key = key(&base);
            found.entry(key).or_default().0 = Some(base);
        }
        for head in revisions.head.undeployed_at(&path) {
            let key = key(&head);
            found.entry(key).or_default().1 = Some(head);
        }
    }
    found
}

/// Both sides of the deployed components with these keys, and of those that are not defined alike.
fn deployed_pairs(revisions: &Revisions, mut keys: BTreeSet<Key>) -> BTreeMap<Key, Pair> {
    let (base, head) = (deployed(&revisions.base), deployed(&revisions.head));
    let differs = |key: &&Key| {
        base.get(*key).map(|c| c.definition_without_lines())
            != head.get(*key).map(|c| c.definition_without_lines())
    };
    keys.extend(base.keys().chain(head.keys()).filter(differs).cloned());
    let on = |side: &BTreeMap<Key, &Component>, key: &Key| side.get(key).map(|c| (*c).clone());
    keys.into_iter().map(|key| (key.clone(), (on(&base, &key), on(&head, &key)))).collect()
}

/// The files that differ, and those that a kustomization begins or ceases to name: what nothing names may be a component.
fn files_concerning(revisions: &Revisions, files: &[FileChange]) -> BTreeSet<TreePath> {
    let mut concerning = BTreeSet::new();
    for file in files {
        let paths = [file.base_path(), file.head_path()].into_iter().flatten();
        for path in paths {
            concerning.insert(path.clone());
            let directory = path.parent().filter(|_| is_kustomization_file(path));
            let named = |side| -> BTreeSet<&TreePath> {
                let kustomizations = &revisions.side(side).layout.kustomizations;
                directory.iter().flat_map(|directory| kustomizations.named_by(directory)).collect()
            };
            let (before, after) = (named(Side::Base), named(Side::Head));
            for path in before.symmetric_difference(&after) {
                concerning.insert((*path).clone());
                let trees = Side::BOTH.map(|side| &revisions.side(side).layout.tree);
                let files = trees.into_iter().filter_map(|tree| kustomization_file(tree, path));
                concerning.extend(files.map(|entry| entry.path.clone()));
            }
        }
    }
    concerning
}

fn deployed(revision: &Revision) -> BTreeMap<Key, &Component> {
    revision.plan.components.iter().map(|component| (key(component), component)).collect()
}

pub(crate) fn key(component: &Component) -> Key {
    match &component.deployment {
        Some(deployment) => Key::Deployed(
            deployment.tool,
            component.control.clone(),
            deployment.definition.clone(),
            component.cluster().to_owned(),
        ),
        None => Key::Path(component.path.clone(), component.given_name.clone()),
    }
}

/// Joins what is only in base with what is only in head where both render the same directory for the same cluster: its
/// definition was renamed, or it came under a definition.
fn paired(candidates: BTreeMap<Key, Pair>) -> Vec<Pair> {
    let (mut whole, mut gone, mut new) = (Vec::new(), Vec::new(), Vec::new());
    for pair in candidates.into_values() {
        match pair {
            (Some(base), None) => gone.push(base),
            (None, Some(head)) => new.push(Some(head)),
            (None, None) => {}
            both => whole.push(both),
        }
    }
    for base in gone {
        let is_elsewhere = matches!(base.source, Source::Elsewhere { .. });
        let is_same = |head: &Option<Component>| {
            let head = head.as_ref();
            head.is_some_and(|head| !is_elsewhere && head.path == base.path && is_same_cluster(head, &base))
        };
        let head = new.iter_mut().find(|head| is_same(head)).and_then(Option::take);
        whole.push((Some(base), head));
    }
    whole.extend(new.into_iter().flatten().map(|head| (None, Some(head))));
    whole.sort_by(|a, b| path_of(a).cmp(&path_of(b)));
    whole
}

fn is_same_cluster(a: &Component, b: &Component) -> bool {
    a.cluster() == b.cluster() || a.deployment.is_none() || b.deployment.is_none()
}

fn path_of(pair: &Pair) -> Option<&TreePath> {
    pair.1.as_ref().or(pair.0.as_ref()).map(|component| &component.path)
}

impl Layout {
    /// The components that no definition deploys, by the path that people edit, that may read this file.
    pub(crate) fn concerned_by(&self, file: &TreePath) -> BTreeSet<TreePath> {
        let mut paths = BTreeSet::new();
        let readers = self.kustomizations.readers(&self.tree, file);
        let is_root = |directory: &&TreePath| self.kustomizations.is_root(directory) && !is_hidden(directory);
        paths.extend(readers.iter().filter(is_root).cloned());
        let directory = file.parent().unwrap_or_else(TreePath::root);
        if let Some(source) = self.source_of(&directory).filter(|_| is_yaml(file)) {
            paths.insert(source);
            return paths;
        }
        if let Some(chart) = self.outermost_chart(file) {
            // A chart that nobody uses is a component of its own.
            let before = paths.len();
            for holder in file.ancestors() {
                paths.extend(self.local_charts.users_of(&holder).cloned());
            }
            let is_used = !readers.is_empty() || paths.len() > before;
            paths.extend((!is_used).then_some(chart));
        } else if paths.is_empty()
            && readers.is_empty()
            && is_yaml(file)
            && !self.is_beside_a_kustomization(&directory)
        {
            paths.insert(directory);
        }
        paths
    }

    /// The chart that holds this file; of nested charts the one that holds the others.
    pub(crate) fn outermost_chart(&self, file: &TreePath) -> Option<TreePath> {
        file.ancestors().filter(|ancestor| self.is_chart(ancestor)).last()
    }

    /// Files beside a kustomization that does not name them are not deployed.
    fn is_beside_a_kustomization(&self, directory: &TreePath) -> bool {
        self.kustomizations.contains(directory)
    }
}

pub(crate) fn is_yaml(file: &TreePath) -> bool {
    !is_hidden(file) && matches!(file.extension(), Some("yaml" | "yml" | "json"))
}

/// Whether a path leads through a directory that tools pass over: `.archive`, `.github`.
fn is_hidden(path: &TreePath) -> bool {
    path.segments().any(|segment| segment.starts_with('.'))
}
