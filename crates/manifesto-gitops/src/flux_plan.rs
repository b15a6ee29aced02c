//! Flux Kustomizations as components, and what they are rendered with.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use manifesto_objects::{Object, ObjectId};
use manifesto_tree::{Tree, TreePath};
use manifesto_yaml::Node;

use crate::artifact_origins::ArtifactOrigins;
use crate::component::{Component, Source, Written};
use crate::deployment::{Cluster, Deployment, Sync, Tool};
use crate::flux::{self, Definition, Kustomization};
use crate::layout::{Engines, Layout};
use crate::rendering::Rendering;

/// What sources hand over, each made once.
#[derive(Debug, Default)]
pub(crate) struct Artifacts {
    trees: Mutex<BTreeMap<Option<ObjectId>, Tree>>,
    origins: OnceLock<ArtifactOrigins>,
}

impl Artifacts {
    fn of(&self, layout: &Layout, source: Option<ObjectId>) -> Tree {
        let lock = || self.trees.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&source) {
            return known.clone();
        }
        let ignored = ["spec", "ignore"];
        let definition = source.as_ref().and_then(|id| layout.source_named(&id.kind, &id.name, &ignored));
        let tree = flux::artifact(&layout.tree, definition.as_ref());
        lock().entry(source).or_insert(tree).clone()
    }

    fn origins(&self, layout: &Layout) -> &ArtifactOrigins {
        self.origins.get_or_init(|| ArtifactOrigins::of(layout))
    }
}

/// The component of a Flux Kustomization; none when its directory is not in this repository.
pub(crate) fn component(layout: &Layout, object: &Arc<Object>, control: &str) -> Option<Component> {
    let object = &resettled(layout, object);
    let Some(Definition::Kustomization(kustomization)) = Definition::read(object) else { return None };
    let directory = kustomization.directory();
    let is_here = is_of_this_repository(&kustomization) && layout.tree.is_directory(&directory);
    let source = if is_here {
        Source::FluxKustomization { directory: directory.clone(), definition: Written(Arc::clone(object)) }
    } else {
        let from = kustomization.source.as_ref().map(|source| format!("{} `{}`", source.kind, source.name));
        let from = from.unwrap_or_else(|| "its source".to_owned());
        let detail = format!("the directory `{directory}` of {from} is not in this repository");
        Source::Elsewhere { detail, chart: None, file: kustomization.place.path.clone() }
    };
    Some(Component {
        path: if is_here { directory } else { kustomization.place.path.clone() },
        given_name: Some(object.id.name.clone()),
        source,
        further_sources: Vec::new(),
        deployment: Some(deployment(&kustomization)),
        control: control.to_owned(),
    })
}

/// A Kustomization with the path that its directory has in the repository, where an ArtifactGenerator or whoever fills an
/// artifact puts it elsewhere.
///
/// Copies that keep a directory whole leave everything in it where it was for each other, so what is built is the same.
fn resettled(layout: &Layout, object: &Arc<Object>) -> Arc<Object> {
    let Some(Definition::Kustomization(kustomization)) = Definition::read(object) else {
        return Arc::clone(object);
    };
    let origin = layout.artifacts.origins(layout).directory(&layout.tree, &kustomization);
    let Some(origin) = origin else { return Arc::clone(object) };
    let mut resettled = Object::clone(object);
    if let Some(spec) = resettled.root.get_mut("spec").and_then(Node::as_mapping_mut) {
        let mark = spec.get("path").map(|path| path.mark).unwrap_or_default();
        spec.insert("path", Node::string(origin.as_str()).at(mark));
    }
    Arc::new(resettled)
}

/// A directory of this name is here; the root is everywhere, and is this repository's only for the source that Flux
/// bootstraps itself from.
fn is_of_this_repository(kustomization: &Kustomization) -> bool {
    let source = kustomization.source.as_ref();
    !kustomization.directory().is_root() || source.is_some_and(|source| source.name == "flux-system")
}

fn deployment(kustomization: &Kustomization) -> Deployment {
    let sync = if kustomization.suspend {
        Sync::Suspended
    } else {
        Sync::Automatic { prune: kustomization.prune, self_heal: true, allow_empty: true }
    };
    let cluster = kustomization.kube_config.as_ref();
    let options = [(kustomization.force, "force"), (kustomization.wait, "wait")];
    Deployment {
        tool: Tool::Flux,
        definition: kustomization.id.clone(),
        place: kustomization.place.clone(),
        generated_by: None,
        cluster: cluster.map_or(Cluster::Own, |secret| Cluster::Named(secret.value.clone())),
        namespace: kustomization.target_namespace.clone(),
        sync,
        sync_place: Some(kustomization.place_at(&["prune"])),
        options: options.iter().filter(|(is, _)| *is).map(|(_, option)| (*option).to_owned()).collect(),
        wave: 0,
        depends_on: kustomization
            .depends_on
            .iter()
            .map(|dependency| format!("{}/{}", dependency.namespace, dependency.name))
            .collect(),
        revision: None,
        project: None,
        repositories: Vec::new(),
        cascades: kustomization.deletes_with_itself(),
    }
}

/// Renders a Flux Kustomization of a cluster.
pub(crate) fn render(engines: &Engines, layout: &Layout, definition: &Written, cluster: &str) -> Rendering {
    let Some(Definition::Kustomization(kustomization)) = Definition::read(&definition.0) else {
        return Rendering::default();
    };
    let source = kustomization.source.as_ref().map(|source| ObjectId {
        group: "source.toolkit.fluxcd.io".to_owned(),
        kind: source.kind.clone(),
        namespace: source.namespace.clone(),
        name: source.name.clone(),
    });
    let tree = layout.artifacts.of(layout, source);
    let find = |id: &ObjectId| layout.values.find(&engines.files, layout, cluster, id);
    let built = flux::build(&engines.kustomize, &tree, &kustomization, &find);
    let values = built.asked.iter().flat_map(|id| layout.values.files_of(&engines.files, layout, id));
    let mut reads = built.reads;
    reads.extend(values);
    Rendering { objects: built.objects, gaps: built.gaps, reads, ..Rendering::default() }
}

/// The directories of the kustomize components that a Kustomization adds to what it builds.
pub(crate) fn component_directories(definition: &Written) -> Vec<TreePath> {
    match Definition::read(&definition.0) {
        Some(Definition::Kustomization(kustomization)) => kustomization.component_directories(),
        _ => Vec::new(),
    }
}

/// The files that hold the values which a Kustomization asks for by name.
pub(crate) fn value_files(engines: &Engines, layout: &Layout, definition: &Written) -> Vec<TreePath> {
    let Some(Definition::Kustomization(kustomization)) = Definition::read(&definition.0) else {
        return Vec::new();
    };
    let ids = kustomization.substitute_from.iter().map(|reference| ObjectId {
        group: String::new(),
        kind: reference.kind.clone(),
        namespace: kustomization.id.namespace.clone(),
        name: reference.name.clone(),
    });
    ids.flat_map(|id| layout.values.files_of(&engines.files, layout, &id)).collect()
}
