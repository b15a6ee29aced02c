//! What a component renders to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use globset::{GlobBuilder, GlobMatcher};
use manifesto_helm::AskedApis;
use manifesto_kustomize::{LoadRestrictor, Options, kustomization_file};
use manifesto_objects::{Object, ObjectId};
use manifesto_tree::{Gap, GapReason, Place, Side, Tree, TreePath};

use crate::argocd::{SourceOptions, ValuesHome};
use crate::chart::Release;
use crate::chart_releases::ChartRelease;
use crate::chart_store::ChartName;
use crate::component::{Component, Source};
use crate::deployment::Tool;
use crate::layout::{Engines, Layout};
use crate::{argocd, flux_plan, manifests, namespace, own_releases, resource_sets};

/// The objects of one component on one side, and what could not be known of them.
#[derive(Debug, Clone, Default)]
pub struct Rendering {
    /// The objects, in the order of the renderer.
    pub objects: Vec<Arc<Object>>,
    /// What could not be rendered.
    pub gaps: Vec<Gap>,
    /// The files that were read.
    pub reads: BTreeSet<TreePath>,
    /// The releases of charts among it.
    pub releases: Vec<Arc<ChartRelease>>,
    /// What charts wanted to know of APIs that nobody says to be served.
    pub(crate) asked_apis: AskedApis,
    /// What of such APIs they were told to be served, because the repository installs it.
    pub(crate) served_apis: BTreeSet<String>,
    /// For a rendered tree: what its source renders to here. It need not be complete.
    pub from: Option<Box<Rendering>>,
}

impl Rendering {
    /// Whether every object is known.
    pub fn is_complete(&self) -> bool {
        !self.gaps.iter().any(Gap::hides_objects)
    }

    /// The APIs that charts asked for and that, as far as anybody knows, the cluster does not serve.
    pub fn unserved_apis(&self) -> impl Iterator<Item = &str> {
        self.asked_apis.absent.iter().map(String::as_str)
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
pub(crate) fn render(engines: &Engines, side: Side, layout: &Layout, component: &Component) -> Rendering {
    let mut rendering = Rendering::default();
    for source in component.sources() {
        let part = render_source(engines, layout, component, source);
        rendering.objects.extend(part.objects);
        rendering.gaps.extend(part.gaps);
        rendering.reads.extend(part.reads);
        rendering.releases.extend(part.releases);
        rendering.asked_apis.absent.extend(part.asked_apis.absent);
        rendering.asked_apis.lists_all |= part.asked_apis.lists_all;
        rendering.from = rendering.from.or(part.from);
    }
    let deployment = component.deployment.as_ref().filter(|deployment| deployment.tool == Tool::ArgoCd);
    if let Some(namespace) = deployment.and_then(|deployment| deployment.namespace.as_deref()) {
        namespace::fill(&mut rendering.objects, namespace);
        if let Some(from) = &mut rendering.from {
            namespace::fill(&mut from.objects, namespace);
        }
    }
    for gap in &mut rendering.gaps {
        gap.side = Some(side);
        if gap.reason == GapReason::MissingChart && gap.remedy.is_none() {
            gap.remedy = Some(CHART_REMEDY.to_owned());
        }
    }
    rendering
}

/// What to do about a chart that is not in the repository.
pub(crate) const CHART_REMEDY: &str =
    "fetch it with `manifesto fetch`, or name a directory with its archive with `--charts`";

fn render_source(engines: &Engines, layout: &Layout, component: &Component, source: &Source) -> Rendering {
    let tree = &layout.tree;
    match source {
        Source::Kustomization { directory, options } => {
            edited_kustomization(engines, tree, directory, options.as_ref(), component)
        }
        Source::Rendered { directory, from } => rendered_tree(engines, layout, directory, from),
        Source::Manifests { directory, recurse, include, exclude } => {
            selected(engines, tree, directory, *recurse, include.as_deref(), exclude.as_deref())
        }
        Source::Chart { directory, options, references } => {
            chart(engines, layout, component, directory, options.as_ref(), references)
        }
        Source::RemoteChart { repository, name, version, options, references, file } => {
            let chart = ChartName { repository, name, range: version };
            remote_chart(engines, layout, component, chart, options.as_ref(), references, file)
        }
        Source::FluxKustomization { definition, .. } => {
            flux_plan::render(engines, layout, definition, &component.control)
        }
        Source::HelmRelease { directory, definition } => {
            own_releases::render(engines, layout, directory, definition, &component.control)
        }
        Source::ResourceSet { definition, .. } => {
            resource_sets::render(engines, layout, definition, &component.control)
        }
        Source::Elsewhere { detail, chart, file } => {
            if let Some(chart) = chart {
                engines.charts.remote.want(chart.clone());
            }
            elsewhere(detail, chart.is_some(), file)
        }
    }
}

/// A chart as Argo CD has Helm render it; one that nobody deploys with its own values.
fn chart(
    engines: &Engines,
    layout: &Layout,
    component: &Component,
    directory: &TreePath,
    options: Option<&SourceOptions>,
    references: &[String],
) -> Rendering {
    let deployment = component.deployment.as_ref();
    let name = deployment.map_or_else(|| directory.file_name(), |deployment| &deployment.definition.name);
    let namespace = deployment.and_then(|deployment| deployment.namespace.as_deref()).unwrap_or("default");
    let place =
        deployment.map_or_else(|| Place::file(directory.clone()), |deployment| deployment.place.clone());
    let options = options.map(|SourceOptions(options)| options);
    let home = ValuesHome::Directory(directory);
    let release = argocd::release(&layout.tree, home, options, references, name, namespace, &place);
    engines.charts.render(layout, directory, with_inventory(layout, release))
}

/// What is declared of the clusters, where the program that deploys is not told otherwise.
fn with_inventory(layout: &Layout, mut release: Release) -> Release {
    let inventory = &layout.inventory;
    release.kube_version = release.kube_version.or_else(|| inventory.kubernetes_version.clone());
    release.api_versions.extend(inventory.api_versions.iter().cloned());
    release
}

/// A chart of the store, as Argo CD has Helm render it.
fn remote_chart(
    engines: &Engines,
    layout: &Layout,
    component: &Component,
    name: ChartName<'_>,
    options: Option<&SourceOptions>,
    references: &[String],
    file: &TreePath,
) -> Rendering {
    let deployment = component.deployment.as_ref();
    let missing = || elsewhere(&format!("{name} is not in the repository"), true, file);
    engines.charts.remote.want(name.wanted());
    let (Some(deployment), Some(Ok(chart))) = (deployment, engines.charts.remote.find(name)) else {
        return missing();
    };
    let namespace = deployment.namespace.as_deref().unwrap_or("default");
    let (options, application) = (options.map(|SourceOptions(options)| options), &deployment.definition.name);
    let (home, place) = (ValuesHome::Archive(&chart), &deployment.place);
    let release = argocd::release(&layout.tree, home, options, references, application, namespace, place);
    let rendered = engines.charts.render_remote(name, with_inventory(layout, release), place);
    rendered.unwrap_or_else(missing)
}

/// A kustomization as the deploying program leaves it before it builds it.
fn edited_kustomization(
    engines: &Engines,
    tree: &Tree,
    directory: &TreePath,
    options: Option<&SourceOptions>,
    component: &Component,
) -> Rendering {
    let Some(SourceOptions(options)) = options else { return kustomization(engines, tree, directory) };
    let place = component.deployment.as_ref().map(|deployment| deployment.place.clone());
    let place = place.unwrap_or_else(|| Place::file(directory.clone()));
    let (tree, gaps) = argocd::edited(tree, directory, options, &place);
    let mut rendering = kustomization(engines, &tree, directory);
    rendering.gaps.extend(gaps);
    rendering
}

/// The manifests of a directory that the globs of an Application take (argo-cd, util/glob and reposerver).
fn selected(
    engines: &Engines,
    tree: &Tree,
    directory: &TreePath,
    recurse: bool,
    include: Option<&str>,
    exclude: Option<&str>,
) -> Rendering {
    let mut files = manifests::files_of(tree, directory, recurse);
    let (include, exclude) = (include.map(matcher), exclude.map(matcher));
    let is_match = |glob: &Option<Option<GlobMatcher>>, path: &TreePath| {
        let relative = path.strip_prefix(directory).unwrap_or(path.as_str());
        glob.as_ref().map(|glob| glob.as_ref().is_some_and(|glob| glob.is_match(relative)))
    };
    files.retain(|entry| {
        is_match(&exclude, &entry.path) != Some(true) && is_match(&include, &entry.path) != Some(false)
    });
    manifests::render(&engines.files, tree, &files)
}

/// A glob of an Application; none when it is malformed, which matches nothing.
fn matcher(glob: &str) -> Option<GlobMatcher> {
    Some(GlobBuilder::new(glob).literal_separator(false).build().ok()?.compile_matcher())
}

fn elsewhere(detail: &str, is_chart: bool, file: &TreePath) -> Rendering {
    let reason = if is_chart { GapReason::MissingChart } else { GapReason::RemoteSource };
    let gap = Gap::new(reason, detail).at(Place::file(file.clone()));
    Rendering { gaps: vec![gap], ..Rendering::default() }
}

fn plain(engines: &Engines, tree: &Tree, directory: &TreePath, recurse: bool) -> Rendering {
    manifests::render(&engines.files, tree, &manifests::files_of(tree, directory, recurse))
}

/// The rendered manifests are what is deployed; their source says which file to open.
fn rendered_tree(engines: &Engines, layout: &Layout, directory: &TreePath, from: &TreePath) -> Rendering {
    let tree = &layout.tree;
    let mut rendering = plain(engines, tree, directory, true);
    let source = if kustomization_file(tree, from).is_some() {
        kustomization(engines, tree, from)
    } else {
        let name = from.file_name().to_owned();
        let release = Release { name, namespace: "default".to_owned(), ..Release::default() };
        engines.charts.render(layout, from, release)
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
    let plain = Options { load_restrictor: LoadRestrictor::None, ..Options::default() };
    let mut build = engines.kustomize.build(tree, directory, &plain);
    // Builds without a renderer of charts are remembered; only what names a chart that may be here is built with one.
    let names_charts = build.gaps.iter().any(|gap| gap.reason == GapReason::MissingChart);
    let may_be_here = || tree.entries().iter().any(|entry| entry.path.file_name() == "Chart.yaml");
    if names_charts && (!engines.charts.remote.is_empty() || may_be_here()) {
        build = engines.kustomize.build(tree, directory, &Options { charts: Some(&engines.charts), ..plain });
    }
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
