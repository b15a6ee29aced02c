//! Charts, rendered as the program that deploys them has Helm do it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use manifesto_helm::{
    Chart, Crds, Dependency, ErrorKind, HelmError, HookEvent, Hooks, Loaded, Manifest, Role, Values,
    ValuesFile, templated_name,
};
use manifesto_kustomize::{ChartOutcome, ChartRenderer, ChartRequest, HelmChart};
use manifesto_objects::Object;
use manifesto_tree::{BlobId, Gap, GapReason, Place, Tree, TreePath};
use manifesto_yaml::Mark;

use crate::chart_releases::ChartRelease;
use crate::chart_store::{ChartName, ChartStore, RemoteCharts};
use crate::component::Source;
use crate::layout::Layout;
use crate::{Rendering, environments, local_charts};

/// Charts, each loaded once for all releases of both sides: what holds the same files is the same chart.
#[derive(Debug, Default)]
pub struct Charts {
    loaded: Mutex<HashMap<(Built, Contents), Arc<Loaded>>>,
    pub(crate) remote: RemoteCharts,
}

/// The files of a chart, by what they hold.
type Contents = Vec<(TreePath, BlobId)>;

/// Whether what a chart needs and does not have is put into it first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Built {
    /// As `helm template` takes it.
    No,
    /// After `helm dependency build`.
    Yes,
}

/// What a release is made of.
#[derive(Debug, Default)]
pub(crate) struct Release {
    pub(crate) name: String,
    pub(crate) namespace: String,
    pub(crate) values: Values,
    pub(crate) kube_version: Option<String>,
    pub(crate) api_versions: Vec<String>,
    pub(crate) leaves_crds: bool,
    /// Where the values are that are in no file.
    pub(crate) values_place: Option<Place>,
    /// Files that the values come from.
    pub(crate) reads: Vec<TreePath>,
    /// What of the values is not known.
    pub(crate) gaps: Vec<Gap>,
}

impl Charts {
    /// The charts of a store beside those of the repository.
    pub fn with_store(store: Arc<dyn ChartStore>) -> Self {
        Self { remote: RemoteCharts::of(store), ..Self::default() }
    }

    fn load(&self, tree: &Tree, directory: &TreePath, built: Built, used: &[TreePath]) -> Arc<Loaded> {
        let directories = std::iter::once(directory).chain(used);
        let files = directories.flat_map(|directory| tree.below(directory));
        let key = (built, files.map(|entry| (entry.path.clone(), entry.id)).collect());
        let lock = || self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&key) {
            return Arc::clone(known);
        }
        let loaded = match built {
            Built::No => Chart::load(tree, directory),
            Built::Yes => Chart::load_with(tree, directory, &mut |need| self.needed(tree, directory, need)),
        };
        Arc::clone(lock().entry(key).or_insert(Arc::new(loaded)))
    }

    /// A chart that another one needs, from a directory of the repository or from the store.
    fn needed(&self, tree: &Tree, directory: &TreePath, need: &Dependency) -> Option<Arc<Chart>> {
        if let Some(source) = local_charts::directory_of(directory, &need.repository) {
            return self.load(tree, &source, Built::No, &[]).chart.clone().ok();
        }
        let name = ChartName { repository: &need.repository, name: &need.name, range: &need.version };
        self.remote.want(name.wanted());
        self.remote.find(name)?.ok()
    }

    /// Renders a chart of the repository, after what it needs was put into it.
    pub(crate) fn render(&self, layout: &Layout, directory: &TreePath, release: Release) -> Rendering {
        let tree = &layout.tree;
        let used: Vec<TreePath> = layout.local_charts.used_by(directory).cloned().collect();
        let loaded = self.load(tree, directory, Built::Yes, &used);
        let reads_files = loaded.chart.as_ref().map_or(true, |chart| chart.may_read_files());
        let directories = std::iter::once(directory).chain(&used);
        let files = directories.flat_map(|directory| tree.below(directory)).map(|entry| &entry.path);
        let files = files.chain(&loaded.reads);
        let read = files.filter(|path| reads_files || !environments::is_for_one(directory, path));
        let reads: Vec<TreePath> = read.cloned().collect();
        let place = Place::file(directory.child("Chart.yaml"));
        let mut rendering = rendered(&loaded.chart, &format!("the chart {directory}"), release, &place);
        rendering.reads.extend(reads);
        rendering
    }

    /// Whether this source may define kinds of objects by a chart.
    pub(crate) fn makes_definitions(&self, layout: &Layout, source: &Source) -> bool {
        let chart = match source {
            Source::Chart { directory, .. } | Source::HelmRelease { directory, .. } => {
                let used: Vec<TreePath> = layout.local_charts.used_by(directory).cloned().collect();
                self.load(&layout.tree, directory, Built::Yes, &used).chart.clone().ok()
            }
            Source::RemoteChart { repository, name, version, .. } => {
                self.remote.find(ChartName { repository, name, range: version }).and_then(Result::ok)
            }
            _ => None,
        };
        chart.is_some_and(|chart| chart.may_define_kinds())
    }

    /// Renders a chart of the store that is named at a place; none when it is not there.
    pub(crate) fn render_remote(
        &self,
        name: ChartName<'_>,
        release: Release,
        place: &Place,
    ) -> Option<Rendering> {
        Some(rendered(&self.remote.find(name)?, &name.to_string(), release, place))
    }
}

/// A release of a chart. What the chart's files do not say the line of is said at `place`.
fn rendered(
    chart: &Result<Arc<Chart>, HelmError>,
    words: &str,
    release: Release,
    place: &Place,
) -> Rendering {
    let reads = release.reads.into_iter().collect();
    let mut rendering = Rendering { gaps: release.gaps, reads, ..Rendering::default() };
    let chart = match chart {
        Ok(chart) if chart.metadata.is_library() => return rendering,
        Ok(chart) => chart,
        Err(error) => {
            rendering.gaps.push(gap_of(words, error).at(place.clone()));
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
        Ok(mut rendered) => {
            rendering.releases.push(Arc::new(ChartRelease {
                name: options.name.clone(),
                chart: Arc::clone(chart),
                values: release.values,
                place: release.values_place.unwrap_or_else(|| place.clone()),
                unused: std::mem::take(&mut rendered.unused),
                options,
            }));
            rendering.gaps.extend(rendered.gaps.iter().cloned());
            rendering.asked_apis = std::mem::take(&mut rendered.asked_apis);
            let object = |manifest| object(manifest, place);
            rendering.objects.extend(rendered.crds().filter_map(object));
            let manifests = rendered.manifests.into_iter().filter(|manifest| !is_test(manifest));
            rendering.objects.extend(manifests.filter_map(object));
        }
        Err(error) => {
            rendering.gaps.push(gap_of(words, &error).at(place.clone()));
            rendering.asked_apis = *error.asked_apis;
        }
    }
    rendering
}

fn object(manifest: Manifest, chart: &Place) -> Option<Arc<Object>> {
    let place = manifest.place.as_ref().unwrap_or(chart);
    let (files, via) = (Arc::from([place.path.clone()]), Arc::from([chart.clone()]));
    let mut root = manifest.root;
    // In an archive there are no lines to show.
    if manifest.place.as_ref().is_none_or(|place| place.line == 0) {
        root = root.all_at(Mark { file: 0, line: place.line, column: 0 });
    }
    Object::new(root, files, via).ok().map(Arc::new)
}

/// Argo CD and Flux install no tests.
fn is_test(manifest: &Manifest) -> bool {
    matches!(&manifest.role, Role::Hook(events) if events.iter().all(|event| *event == HookEvent::Test))
}

fn gap_of(chart: &str, error: &HelmError) -> Gap {
    let reason = match error.kind {
        ErrorKind::Dependency => GapReason::MissingChart,
        ErrorKind::Budget => GapReason::OverBudget,
        _ => GapReason::BrokenFile,
    };
    let gap = Gap::new(reason, format!("{chart} cannot be rendered: {error}"));
    // It may have failed for want of them.
    let asked: Vec<String> = error.asked_apis.absent.iter().map(|api| format!("{api:?}")).collect();
    if asked.is_empty() || gap.reason != GapReason::BrokenFile {
        return gap;
    }
    let declared = asked.join(", ");
    gap.remedy(format!("if the cluster serves them, declare `api-versions = [{declared}]` in manifesto.toml"))
}

/// A chart that a kustomization names, with its own values and the files that were read.
struct Found {
    chart: Result<Arc<Chart>, HelmError>,
    /// None where it has no `values.yaml`.
    values: Option<Arc<[u8]>>,
    reads: Vec<TreePath>,
}

impl Charts {
    /// The chart in the directory of charts, or else of the store: kustomize pulls only what is not there.
    fn find(&self, request: &ChartRequest<'_>, directory: &TreePath) -> Option<Found> {
        let (tree, chart) = (request.tree, request.chart);
        if tree.entry(&directory.child("Chart.yaml")).is_some() {
            let loaded = self.load(tree, directory, Built::No, &[]);
            let own = tree.entry(&directory.child("values.yaml"));
            let values = own.and_then(|entry| tree.read(entry).ok());
            let files = tree.below(directory).iter().map(|entry| entry.path.clone());
            let reads = loaded.reads.iter().cloned().chain(files).collect();
            return Some(Found { chart: loaded.chart.clone(), values, reads });
        }
        let name = ChartName { repository: &chart.repo, name: &chart.name, range: &chart.version };
        self.remote.want(name.wanted());
        let found = self.remote.find(name)?;
        let values = found.as_ref().ok().and_then(|chart| chart.file("values.yaml")).map(Arc::from);
        Some(Found { chart: found, values, reads: Vec::new() })
    }
}

/// Charts that kustomizations name: those that lie in the repository, and those of the store.
impl ChartRenderer for Charts {
    fn render(&self, request: &ChartRequest<'_>) -> ChartOutcome {
        let chart = request.chart;
        let unknown = |reason, detail: String| ChartOutcome::Unknown(Gap::new(reason, detail));
        let directory = request.chart_home.child(&chart.name);
        let Some(found) = self.find(request, &directory) else {
            let name = ChartName { repository: &chart.repo, name: &chart.name, range: &chart.version };
            return unknown(GapReason::MissingChart, format!("{name} is not in the repository"));
        };
        let release = match &found.chart {
            Ok(release) => release,
            Err(error) => return ChartOutcome::Unknown(gap_of(&format!("the chart {directory}"), error)),
        };
        let broken = |why| unknown(GapReason::BrokenFile, format!("the chart `{}`: {why}", chart.name));
        let (first, options) = match (request.values(found.values.as_deref()), options_of(chart)) {
            (Ok(first), Ok(options)) => (first, options),
            (Err(why), _) | (_, Err(why)) => return broken(why),
        };
        let mut values = Values::from_file("values.yaml", first);
        let additional = request.additional_values_files.iter().zip(&chart.additional_values_files);
        values.files.extend(additional.map(|(content, name)| ValuesFile {
            name: name.to_string(),
            content: Arc::clone(content),
            path: None,
        }));
        match manifesto_helm::render(release, &values, &options) {
            Ok(rendered) => {
                ChartOutcome::Rendered { text: rendered.text(), reads: found.reads, gaps: rendered.gaps }
            }
            Err(error) => ChartOutcome::Unknown(gap_of(&format!("the chart {directory}"), &error)),
        }
    }
}

/// What kustomize tells Helm (api/types/helmchartargs.go, `AsHelmArgs`).
fn options_of(chart: &HelmChart) -> Result<manifesto_helm::Options, String> {
    let name = match (chart.release_name.as_str(), chart.name_template.as_str()) {
        (name, "") => or_default(name, "release-name"),
        ("", template) => templated_name(template).map_err(|error| error.to_string())?,
        _ => return Err("cannot set --name-template and also specify a name".to_owned()),
    };
    Ok(manifesto_helm::Options {
        name,
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
    })
}

fn or_default(text: &str, default: &str) -> String {
    if text.is_empty() { default.to_owned() } else { text.to_owned() }
}
