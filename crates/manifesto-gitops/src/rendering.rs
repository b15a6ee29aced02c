//! What a component renders to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use manifesto_kustomize::{LoadRestrictor, Options, kustomization_file};
use manifesto_objects::{Object, ObjectId};
use manifesto_tree::{Gap, GapReason, Side, Tree, TreePath};

use crate::component::{Component, Source};
use crate::layout::Engines;
use crate::manifests;

/// The objects of one component on one side, and what could not be known of them.
#[derive(Debug, Clone, Default)]
pub struct Rendering {
    /// The objects, in the order of the renderer.
    pub objects: Vec<Arc<Object>>,
    /// What could not be rendered.
    pub gaps: Vec<Gap>,
    /// The files that were read.
    pub reads: BTreeSet<TreePath>,
    /// For a rendered tree: what its source renders to here. It need not be complete.
    pub from: Option<Box<Rendering>>,
}

impl Rendering {
    /// Whether every object is known.
    pub fn is_complete(&self) -> bool {
        !self.gaps.iter().any(Gap::hides_objects)
    }

    /// Whether this file was read, for the objects themselves or for their source.
    pub fn has_read(&self, path: &TreePath) -> bool {
        self.reads.contains(path) || self.from.as_ref().is_some_and(|from| from.has_read(path))
    }

    /// Whether some gap may hide this object of the other side: its file, or something unknown.
    pub fn may_hide(&self, object: &Object) -> bool {
        let places = || object.files.iter().chain(object.via.iter().map(|place| &place.path));
        self.gaps.iter().filter(|gap| gap.hides_objects()).any(|gap| match &gap.hides {
            Some(hidden) => places().any(|path| path.starts_with(hidden)),
            None => true,
        })
    }
}

/// Renders a component. It never fails as a whole: what cannot be rendered is a gap.
pub(crate) fn render(engines: &Engines, side: Side, tree: &Tree, component: &Component) -> Rendering {
    let mut rendering = match &component.source {
        Source::Kustomization { directory } => kustomization(engines, tree, directory),
        Source::Rendered { directory, from } => rendered_tree(engines, tree, directory, from),
        Source::Manifests { directory, recurse } => plain(engines, tree, directory, *recurse),
        Source::Chart { directory } => crate::chart::render(tree, directory),
    };
    for gap in &mut rendering.gaps {
        gap.side = Some(side);
    }
    rendering
}

fn plain(engines: &Engines, tree: &Tree, directory: &TreePath, recurse: bool) -> Rendering {
    manifests::render(&engines.files, tree, &manifests::files_of(tree, directory, recurse))
}

/// The rendered manifests are what is deployed; their source says which file to open.
fn rendered_tree(engines: &Engines, tree: &Tree, directory: &TreePath, from: &TreePath) -> Rendering {
    let mut rendering = plain(engines, tree, directory, true);
    let source = if kustomization_file(tree, from).is_some() {
        kustomization(engines, tree, from)
    } else {
        crate::chart::render(tree, from)
    };
    let origins: BTreeMap<&ObjectId, &Arc<Object>> =
        source.objects.iter().map(|object| (&object.id, object)).collect();
    for object in &mut rendering.objects {
        let (Some(written), Some(object)) = (origins.get(&object.id), Arc::get_mut(object)) else { continue };
        let place = written.origin(Side::Head).place;
        object.via = std::iter::once(place).chain(written.via.iter().cloned()).collect();
    }
    rendering.from = Some(Box::new(source));
    rendering
}

/// A kustomization that is refused renders to nothing, as kustomize itself prints nothing.
fn kustomization(engines: &Engines, tree: &Tree, directory: &TreePath) -> Rendering {
    // Flux builds without the restrictor, and Argo CD can be told to: what it would refuse is for them to refuse.
    let options = Options { load_restrictor: LoadRestrictor::None, ..Options::default() };
    let build = engines.kustomize.build(tree, directory, &options);
    let mut rendering = Rendering { gaps: build.gaps.clone(), ..Rendering::default() };
    rendering.reads.extend(build.reads.iter().map(|(path, _)| path.clone()));
    if let Some(error) = &build.error {
        let gap = Gap::new(GapReason::BrokenFile, format!("{}: {}", error.what, error.why));
        let gap = error.place.iter().cloned().fold(gap, Gap::at);
        rendering.gaps.push(error.remedy.iter().cloned().fold(gap, Gap::remedy));
        return rendering;
    }
    for resource in &build.resources {
        let (files, via) = (Arc::clone(&resource.files), Arc::clone(&resource.via));
        // kustomize refuses what is no object, so nothing is lost here.
        if let Ok(object) = Object::new(resource.root.clone(), files, via) {
            rendering.objects.push(Arc::new(object));
        }
    }
    rendering
}
