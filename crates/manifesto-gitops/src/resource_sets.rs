//! ResourceSets of flux-operator as components: what they make is in no file.

use std::sync::Arc;

use manifesto_objects::{Object, ObjectId};
use manifesto_tree::{Side, TreePath};
use manifesto_yaml::Node;

use crate::component::{Component, Source, Written};
use crate::deployment::{Cluster, Deployment, Sync, Tool};
use crate::flux::{Definition, resource_set};
use crate::layout::{Engines, Layout};
use crate::rendering::Rendering;

/// What switches a set off, and what keeps what it no longer makes (flux-operator, api/v1/common_types.go).
const RECONCILE: &str = "fluxcd.controlplane.io/reconcile";
const PRUNE: &str = "fluxcd.controlplane.io/prune";

/// The component of a set.
pub(crate) fn component(object: &Arc<Object>, control: &str) -> Component {
    let place = object.origin(Side::Head).place;
    let directory = place.path.parent().unwrap_or_else(TreePath::root);
    Component {
        path: directory.clone(),
        given_name: Some(object.id.name.clone()),
        source: Source::ResourceSet { directory, definition: Written(Arc::clone(object)) },
        further_sources: Vec::new(),
        deployment: Some(deployment(object)),
        control: control.to_owned(),
    }
}

fn deployment(object: &Object) -> Deployment {
    let place = object.origin(Side::Head).place;
    let is_off =
        |annotation: &str| object.annotations().any(|(key, value)| key == annotation && value == "disabled");
    let sync = if is_off(RECONCILE) {
        Sync::Suspended
    } else {
        Sync::Automatic { prune: !is_off(PRUNE), self_heal: true, allow_empty: true }
    };
    let waits = object.at(&["spec", "wait"]).and_then(Node::as_bool) == Some(true);
    Deployment {
        tool: Tool::Flux,
        definition: object.id.clone(),
        place: place.clone(),
        generated_by: None,
        cluster: Cluster::Own,
        namespace: None,
        sync,
        sync_place: Some(place),
        options: waits.then(|| "wait".to_owned()).into_iter().collect(),
        wave: 0,
        depends_on: dependencies(object),
        revision: None,
        project: None,
        repositories: Vec::new(),
        cascades: !is_off(PRUNE),
    }
}

/// What has to be ready before: objects of any kind, by name.
fn dependencies(object: &Object) -> Vec<String> {
    let named = |dependency: &Node| {
        let text = |key: &str| dependency.get(key).and_then(Node::as_str);
        let namespace = text("namespace").unwrap_or(&object.id.namespace).to_owned();
        Some(format!("{namespace}/{}", text("name")?))
    };
    object.at(&["spec", "dependsOn"]).map(Node::items).unwrap_or_default().iter().filter_map(named).collect()
}

/// Fills the templates of a set.
pub(crate) fn render(engines: &Engines, layout: &Layout, definition: &Written, cluster: &str) -> Rendering {
    let Some(Definition::ResourceSet(set)) = Definition::read(&definition.0) else {
        return Rendering::default();
    };
    let find = |id: &ObjectId| layout.values.find(&engines.files, layout, cluster, id);
    let built = resource_set::expand(&set, &find);
    let asked = built.asked.iter().flat_map(|id| layout.values.files_of(&engines.files, layout, id));
    let reads = built.reads.into_iter().chain(asked).collect();
    Rendering { objects: built.objects, gaps: built.gaps, reads, ..Rendering::default() }
}

/// The files that hold the providers of a set's inputs.
pub(crate) fn provider_files(
    engines: &Engines,
    layout: &Layout,
    definition: &Written,
    cluster: &str,
) -> Vec<TreePath> {
    render(engines, layout, definition, cluster).reads.into_iter().collect()
}
