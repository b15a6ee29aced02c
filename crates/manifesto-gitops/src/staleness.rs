//! Rendered trees that no longer say what their source says.

use std::collections::BTreeMap;

use manifesto_objects::{Object, ObjectId};
use manifesto_tree::TreePath;

use crate::Rendering;
use crate::component::{Component, Source};

/// How a rendered tree and its source disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StaleKind {
    /// The source was built, and the rendered tree holds something else.
    Differs,
    /// The source changed and the rendered tree did not; the source cannot be built here.
    SourceOnly,
    /// The rendered tree changed and its source did not; the source cannot be built here.
    RenderedOnly,
}

/// A component whose rendered tree and source disagree at head.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stale {
    /// How.
    pub kind: StaleKind,
    /// The source.
    pub source: TreePath,
    /// The rendered tree.
    pub rendered: TreePath,
    /// The objects that differ, or that only one of them has, at most a few.
    pub objects: Vec<ObjectId>,
    /// How many objects differ.
    pub count: usize,
}

/// Compares the rendered tree of a component with its source, at head.
pub(crate) fn of(
    component: &Component,
    rendered: &Rendering,
    changed: impl Fn(&TreePath) -> bool,
) -> Option<Stale> {
    let Source::Rendered { directory, from } = &component.source else { return None };
    let built = rendered.from.as_deref()?;
    let stale = |kind, objects: Vec<ObjectId>| {
        let count = objects.len();
        let objects = objects.into_iter().take(5).collect();
        Some(Stale { kind, source: from.clone(), rendered: directory.clone(), objects, count })
    };
    if built.is_complete() && rendered.is_complete() {
        let objects = disagreements(built, rendered);
        return if objects.is_empty() { None } else { stale(StaleKind::Differs, objects) };
    }
    // What the source reads inside its own directory is what people edit there.
    let source_changed = built.reads.iter().any(&changed);
    let rendered_changed = rendered.reads.iter().any(&changed);
    match (source_changed, rendered_changed) {
        (true, false) => stale(StaleKind::SourceOnly, Vec::new()),
        (false, true) => stale(StaleKind::RenderedOnly, Vec::new()),
        _ => None,
    }
}

fn disagreements(built: &Rendering, rendered: &Rendering) -> Vec<ObjectId> {
    let index = |rendering: &Rendering| -> BTreeMap<ObjectId, usize> {
        rendering.objects.iter().enumerate().map(|(at, object)| (object.id.clone(), at)).collect()
    };
    let (ours, theirs) = (index(built), index(rendered));
    let object =
        |rendering: &Rendering, at: Option<&usize>| at.and_then(|at| rendering.objects.get(*at).cloned());
    let mut ids: Vec<&ObjectId> = ours.keys().chain(theirs.keys()).collect();
    ids.sort();
    ids.dedup();
    let same = |id: &ObjectId| {
        let (a, b) = (object(built, ours.get(id)), object(rendered, theirs.get(id)));
        matches!((a, b), (Some(a), Some(b)) if same_object(&a, &b))
    };
    ids.into_iter().filter(|id| !same(id)).cloned().collect()
}

fn same_object(a: &Object, b: &Object) -> bool {
    a.version == b.version && a.root == b.root
}
