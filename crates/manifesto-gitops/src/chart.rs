//! Charts of the repository, rendered as the program that deploys them has Helm do it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use manifesto_helm::{
    Chart, Crds, Dependency, ErrorKind, HelmError, HookEvent, Hooks, Loaded, Manifest, Role, Values,
    ValuesFile,
};
use manifesto_kustomize::{ChartOutcome, ChartRenderer, ChartRequest};
use manifesto_objects::Object;
use manifesto_tree::{BlobId, Gap, GapReason, Place, Tree, TreePath};

use crate::layout::Layout;
use crate::{Rendering, environments, local_charts};

/// Charts, each loaded once for all releases of both sides: what holds the same files is the same chart.
#[derive(Debug, Default)]
pub(crate) struct Charts(Mutex<HashMap<Contents, Arc<Loaded>>>);

/// The files of a chart, by what they hold.
type Contents = Vec<(TreePath, BlobId)>;

/// What a release is made of.
#[derive(Debug, Default)]
pub(crate) struct Release {
    pub(crate) name: String,
    pub(crate) namespace: String,
    pub(crate) values: Values,
    pub(crate) kube_version: Option<String>,
    pub(crate) api_versions: Vec<String>,
    pub(crate) leaves_crds: bool,
    /// Files that the values come from.
    pub(crate) reads: Vec<TreePath>,
    /// What of the values is not known.
    pub(crate) gaps: Vec<Gap>,
}

impl Charts {
    /// Loads a chart as it lies.
    fn load(&self, tree: &Tree, directory: &TreePath) -> Arc<Loaded> {
        self.load_with(tree, directory, &[])
    }

    /// Loads a chart with those that it takes from these directories.
    fn load_with(&self, tree: &Tree, directory: &TreePath, used: &[TreePath]) -> Arc<Loaded> {
        let directories = std::iter::once(directory).chain(used);
        let files = directories.flat_map(|directory| tree.below(directory));
        let key: Contents = files.map(|entry| (entry.path.clone(), entry.id)).collect();
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&key) {
            return Arc::clone(known);
        }
        let mut supply = |need: &Dependency| {
            let source = local_charts::directory_of(directory, &need.repository);
            source.and_then(|source| self.load(tree, &source).chart.clone().ok())
        };
        let loaded = Arc::new(Chart::load_with(tree, directory, &mut supply));
        Arc::clone(lock().entry(key).or_insert(loaded))
    }

    /// Renders a chart of the repository, after what it takes from there was put into it.
    pub(crate) fn render(&self, layout: &Layout, directory: &TreePath, release: Release) -> Rendering {
        let tree = &layout.tree;
        let used: Vec<TreePath> = layout.local_charts.used_by(directory).cloned().collect();
        let loaded = self.load_with(tree, directory, &used);
        let place = Place::file(directory.child("Chart.yaml"));
        let mut rendering = Rendering { gaps: release.gaps.clone(), ..Rendering::default() };
        let reads_files = loaded.chart.as_ref().map_or(true, |chart| chart.may_read_files());
        let directories = std::iter::once(directory).chain(&used);
        let files = directories.flat_map(|directory| tree.below(directory)).map(|entry| &entry.path);
        let files = files.chain(&loaded.reads);
        let read = files.filter(|path| reads_files || !environments::is_for_one(directory, path));
        rendering.reads.extend(read.cloned());
        rendering.reads.extend(release.reads.iter().cloned());
        let failed = |error: &HelmError| gap_of(directory, error).at(place.clone());
        let chart = match &loaded.chart {
            Ok(chart) if chart.metadata.is_library() => return rendering,
            Ok(chart) => chart,
            Err(error) => {
                rendering.gaps.push(failed(error));
                return rendering;
            }
        };
        let options = manifesto_helm::Options {
            name: release.name,
            namespace: release.namespace,
            kube_version: release.kube_version,
            api_versions: release.api_versions,
            crds: if release.leaves_crds { Crds::Leave } else { Crds::Include },
            hooks: Hooks::NoTests,
            ..manifesto_helm::Options::default()
        };
        match manifesto_helm::render(chart, &release.values, &options) {
            Ok(rendered) => {
                rendering.gaps.extend(rendered.gaps.iter().cloned());
                let objects = rendered.manifests.iter().filter(|manifest| !is_test(manifest));
                rendering.objects.extend(objects.filter_map(|manifest| object(manifest, &place)));
            }
            Err(error) => rendering.gaps.push(failed(&error)),
        }
        rendering
    }
}

fn object(manifest: &Manifest, chart: &Place) -> Option<Arc<Object>> {
    let place = manifest.place.as_ref().unwrap_or(chart);
    let (files, via) = (Arc::from([place.path.clone()]), Arc::from([chart.clone()]));
    Object::new(manifest.root.clone(), files, via).ok().map(Arc::new)
}

/// Argo CD and Flux install no tests.
fn is_test(manifest: &Manifest) -> bool {
    matches!(&manifest.role, Role::Hook(events) if events.iter().all(|event| *event == HookEvent::Test))
}

fn gap_of(directory: &TreePath, error: &HelmError) -> Gap {
    let reason = match error.kind {
        ErrorKind::Dependency => GapReason::MissingChart,
        ErrorKind::Budget => GapReason::OverBudget,
        _ => GapReason::BrokenFile,
    };
    Gap::new(reason, format!("the chart {directory} cannot be rendered: {error}"))
}

/// Charts that kustomizations name: those that lie in the repository.
#[derive(Debug)]
pub(crate) struct VendoredCharts<'c>(pub(crate) &'c Charts);

impl ChartRenderer for VendoredCharts<'_> {
    fn render(&self, request: &ChartRequest<'_>) -> ChartOutcome {
        let chart = request.chart;
        let unknown = |reason, detail: String| ChartOutcome::Unknown(Gap::new(reason, detail));
        let directory = request.chart_home.child(&chart.name);
        if request.tree.entry(&directory.child("Chart.yaml")).is_none() {
            let from = if chart.repo.is_empty() { String::new() } else { format!(" of {}", chart.repo) };
            let version =
                if chart.version.is_empty() { String::new() } else { format!(" {}", chart.version) };
            let detail = format!("the chart `{}`{version}{from} is not in the repository", chart.name);
            return unknown(GapReason::MissingChart, detail);
        }
        let own = request.tree.entry(&directory.child("values.yaml"));
        let own = own.and_then(|entry| request.tree.read(entry).ok()).unwrap_or_else(|| Arc::from([]));
        let first = match request.values(&own) {
            Ok(first) => first,
            Err(why) => return unknown(GapReason::BrokenFile, format!("the chart `{}`: {why}", chart.name)),
        };
        let mut values = Values::from_file("values.yaml", first);
        let additional = request.additional_values_files.iter().zip(&chart.additional_values_files);
        values.files.extend(
            additional
                .map(|(content, name)| ValuesFile { name: name.to_string(), content: Arc::clone(content) }),
        );
        let options = manifesto_helm::Options {
            name: or_default(&chart.release_name, "release-name"),
            namespace: or_default(&chart.namespace, "default"),
            kube_version: Some(chart.kube_version.to_string()).filter(|version| !version.is_empty()),
            api_versions: chart.api_versions.iter().map(ToString::to_string).collect(),
            crds: if chart.include_crds { Crds::Include } else { Crds::Leave },
            hooks: match (chart.skip_hooks, chart.skip_tests) {
                (true, _) => Hooks::None,
                (false, true) => Hooks::NoTests,
                (false, false) => Hooks::All,
            },
            ..manifesto_helm::Options::default()
        };
        let loaded = self.0.load(request.tree, &directory);
        let rendered = loaded.chart.as_ref().map_err(Clone::clone);
        match rendered.and_then(|chart| manifesto_helm::render(chart, &values, &options)) {
            Ok(rendered) => {
                let files = request.tree.below(&directory).iter().map(|entry| entry.path.clone());
                let reads = loaded.reads.iter().cloned().chain(files).collect();
                ChartOutcome::Rendered { text: rendered.text(), reads, gaps: rendered.gaps }
            }
            Err(error) => ChartOutcome::Unknown(gap_of(&directory, &error)),
        }
    }
}

fn or_default(text: &str, default: &str) -> String {
    if text.is_empty() { default.to_owned() } else { text.to_owned() }
}
