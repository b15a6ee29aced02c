//! HelmReleases of Flux whose charts lie in this repository, as components: what they render is in no file.
//!
//! Upstream: source-controller v1, internal/controller/helmchart_controller.go (what a chart of a GitRepository is packed
//! from).

use std::sync::Arc;

use manifesto_helm::ValuesFile;
use manifesto_objects::{Object, ObjectId};
use manifesto_tree::{Gap, GapReason, TreePath};
use manifesto_yaml::Node;

use crate::component::{Component, Source, Written};
use crate::deployment::{Cluster, Deployment, Sync, Tool};
use crate::flux::{self, ChartReference, ChartTemplate, Definition, HelmRelease};
use crate::helm_releases::{Asked, asked_release, finished};
use crate::home::plain;
use crate::layout::{Engines, Layout};
use crate::rendering::Rendering;

/// Whether this is a HelmRelease whose chart comes from a repository of files.
pub(crate) fn is_one(object: &Object) -> bool {
    let kind = || object.at(&["spec", "chart", "spec", "sourceRef", "kind"]).and_then(Node::as_str);
    object.id.group == "helm.toolkit.fluxcd.io"
        && object.id.kind == "HelmRelease"
        && kind() == Some("GitRepository")
}

/// The component of a HelmRelease; none when its chart is not in this repository.
pub(crate) fn component(layout: &Layout, object: &Arc<Object>, control: &str) -> Option<Component> {
    let Definition::HelmRelease(release) = Definition::read(object)? else { return None };
    let directory = directory(layout, template(&release)?)?;
    Some(Component {
        path: directory.clone(),
        given_name: Some(object.id.name.clone()),
        source: Source::HelmRelease { directory, definition: Written(Arc::clone(object)) },
        further_sources: Vec::new(),
        deployment: Some(deployment(&release)),
        control: control.to_owned(),
    })
}

fn template(release: &HelmRelease) -> Option<&ChartTemplate> {
    match release.chart.as_ref()? {
        ChartReference::Template(template) => Some(template),
        ChartReference::Object(_) => None,
    }
}

/// The directory of a chart that lies in this repository.
fn directory(layout: &Layout, template: &ChartTemplate) -> Option<TreePath> {
    let source = layout.source_named(&template.source.kind, &template.source.name, &["spec"])?;
    let directory = TreePath::root().join(template.chart.trim_start_matches('/')).ok()?;
    (is_own(layout, &source) && layout.is_chart(&directory)).then_some(directory)
}

/// Whether a source is this repository: the one that Flux bootstraps itself from, or another one of the same address.
fn is_own(layout: &Layout, source: &flux::Source) -> bool {
    const BOOTSTRAP: &str = "flux-system";
    let own = || layout.source_named("GitRepository", BOOTSTRAP, &["spec", "url"]);
    source.id.name == BOOTSTRAP || own().is_some_and(|own| plain(&own.url) == plain(&source.url))
}

fn deployment(release: &HelmRelease) -> Deployment {
    let sync = if release.suspend {
        Sync::Suspended
    } else {
        Sync::Automatic { prune: true, self_heal: release.drift_detection == "enabled", allow_empty: true }
    };
    let named = |dependency: &flux::Dependency| format!("{}/{}", dependency.namespace, dependency.name);
    let namespace = release.target_namespace.clone().unwrap_or_else(|| release.id.namespace.clone());
    Deployment {
        tool: Tool::Flux,
        definition: release.id.clone(),
        place: release.place.clone(),
        generated_by: None,
        cluster: release
            .kube_config
            .as_ref()
            .map_or(Cluster::Own, |secret| Cluster::Named(secret.value.clone())),
        namespace: Some(namespace),
        sync,
        sync_place: Some(release.place_at(&["driftDetection"])),
        options: Vec::new(),
        wave: 0,
        depends_on: release.depends_on.iter().map(named).collect(),
        revision: None,
        project: None,
        repositories: Vec::new(),
        cascades: true,
    }
}

/// What a HelmRelease of a cluster renders to.
pub(crate) fn render(
    engines: &Engines,
    layout: &Layout,
    directory: &TreePath,
    definition: &Written,
    cluster: &str,
) -> Rendering {
    let object = &definition.0;
    let Some(Definition::HelmRelease(release)) = Definition::read(object) else {
        return Rendering::default();
    };
    let find = |id: &ObjectId| layout.values.find(&engines.files, layout, cluster, id);
    let Some(Asked { mut release, request }) = asked_release(layout, &release, &find) else {
        return Rendering::default();
    };
    let mut reads = Vec::new();
    if let Some(template) = template_of(object) {
        let files = values_files(layout, directory, &template);
        release.gaps.extend(files.gap);
        release.values.files.splice(0..0, files.found);
        reads.extend(files.reads);
    }
    reads.extend(request.asked.iter().flat_map(|id| layout.values.files_of(&engines.files, layout, id)));
    let mut rendering = engines.charts.render(layout, directory, release);
    rendering.reads.extend(reads);
    finished(engines, rendering, request)
}

fn template_of(object: &Arc<Object>) -> Option<ChartTemplate> {
    match Definition::read(object)? {
        Definition::HelmRelease(release) => template(&release).cloned(),
        _ => None,
    }
}

/// The values files that a chart is packed with in the place of its `values.yaml`.
#[derive(Default)]
struct ValuesFiles {
    found: Vec<ValuesFile>,
    reads: Vec<TreePath>,
    gap: Option<Gap>,
}

fn values_files(layout: &Layout, directory: &TreePath, template: &ChartTemplate) -> ValuesFiles {
    let mut files = ValuesFiles::default();
    let own = directory.child("values.yaml");
    for (number, name) in template.values_files.iter().enumerate() {
        // They are relative to the root of the repository.
        let path = TreePath::root().join(name.trim_start_matches('/')).ok();
        let content = path.as_ref().and_then(|path| layout.tree.read(layout.tree.entry(path)?).ok());
        match (path, content) {
            (Some(path), Some(content)) if number > 0 || path == own => {
                if path != own {
                    let file = ValuesFile { name: name.clone(), content, path: Some(path.clone()) };
                    files.found.push(file);
                }
                files.reads.push(path);
            }
            (_, None) if template.ignores_missing_values_files => {}
            (_, None) => {
                let detail = format!("the values file {name} does not exist");
                files.gap = Some(Gap::new(GapReason::MissingFile, detail).at(template.place.clone()));
            }
            (_, Some(_)) => {
                let detail = "a chart without its own values.yaml is not rendered".to_owned();
                files.gap = Some(Gap::new(GapReason::Unsupported, detail).at(template.place.clone()));
            }
        }
    }
    files
}

/// The files that hold the values which a HelmRelease asks for by name.
pub(crate) fn value_files(
    engines: &Engines,
    layout: &Layout,
    definition: &Written,
    cluster: &str,
) -> Vec<TreePath> {
    let Some(Definition::HelmRelease(release)) = Definition::read(&definition.0) else { return Vec::new() };
    let find = |id: &ObjectId| layout.values.find(&engines.files, layout, cluster, id);
    let Some(Asked { request, .. }) = asked_release(layout, &release, &find) else { return Vec::new() };
    let asked = request.asked.iter().flat_map(|id| layout.values.files_of(&engines.files, layout, id));
    let listed = template(&release).into_iter().flat_map(|template| &template.values_files);
    asked.chain(listed.filter_map(|name| TreePath::root().join(name.trim_start_matches('/')).ok())).collect()
}
