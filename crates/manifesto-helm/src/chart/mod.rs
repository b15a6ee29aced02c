//! A chart as its files say it (pkg/chart/v2/loader/load.go). It never changes: each render works on a copy of what changes.

mod archive;
mod budget;
pub(crate) mod decode;
mod files;
mod ignore;
mod metadata;
mod pattern;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use manifesto_gotmpl::{Error, Library, Unit};
use manifesto_tree::{Place, Tree, TreePath};
use manifesto_yaml::{Limits, Node};
use memchr::memmem;

use crate::dependencies::is_in_range;
use crate::error::{ErrorKind, HelmError};
use crate::values;
pub(crate) use archive::clean;
use budget::LoadBudget;
pub(crate) use files::{ChartFile, FileOrigin};
pub use metadata::{Dependency, ImportValue, Maintainer, Metadata};

/// How deep charts may lie in each other.
const CHART_DEPTH_MAX: u32 = 50;

/// A chart with the charts that lie in it. Shared between renders; its templates are parsed once.
#[derive(Debug)]
pub struct Chart {
    /// What it says of itself.
    pub metadata: Metadata,
    /// Its `values.yaml`; an empty mapping when it has none.
    pub values: Node,
    values_file: Option<ChartFile>,
    pub(crate) schema: Option<ChartFile>,
    pub(crate) templates: Vec<Template>,
    pub(crate) files: Vec<ChartFile>,
    pub(crate) charts: Vec<Arc<Self>>,
}

/// A template, and what parsing it gave under the names that it was used by.
pub(crate) struct Template {
    pub(crate) file: ChartFile,
    parsed: Mutex<Vec<(String, Arc<Unit>)>>,
}

/// What came of loading a chart from a tree.
#[derive(Debug)]
pub struct Loaded {
    /// The chart, or why there is none.
    pub chart: Result<Arc<Chart>, HelmError>,
    /// What was read, and what was looked for in vain.
    pub reads: Vec<TreePath>,
}

impl Chart {
    /// Loads what lies at `path` of a tree: a directory with a chart, or an archive.
    pub fn load(tree: &Tree, path: &TreePath) -> Loaded {
        Self::load_with(tree, path, &mut |_| None)
    }

    /// The same with the charts that it needs and that are not in `charts/`: they come from `supply`, as
    /// `helm dependency build` would put them there (pkg/downloader/manager.go). One of another name or version is no help.
    pub fn load_with(
        tree: &Tree,
        path: &TreePath,
        supply: &mut dyn FnMut(&Dependency) -> Option<Arc<Self>>,
    ) -> Loaded {
        let mut reads = vec![path.clone()];
        let chart = load(tree, path, &mut reads).map(|mut chart| {
            chart.complete(supply);
            Arc::new(chart)
        });
        Loaded { chart, reads }
    }

    fn complete(&mut self, supply: &mut dyn FnMut(&Dependency) -> Option<Arc<Self>>) {
        for need in self.metadata.dependencies.iter().flatten() {
            if self.charts.iter().any(|chart| chart.name() == need.name) {
                continue;
            }
            let fits = |chart: &Arc<Self>| {
                chart.name() == need.name && is_in_range(&need.version, &chart.metadata.version)
            };
            self.charts.extend(supply(need).filter(fits));
        }
    }

    /// Loads an archive (`.tgz`).
    pub fn from_archive(bytes: &[u8]) -> Result<Arc<Self>, HelmError> {
        let mut budget = LoadBudget::default();
        let files = archive::files(bytes, &mut budget)?;
        detect_version(&files)?;
        whole(files, &mut budget).map(Arc::new)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.metadata.name
    }

    /// A file of it by its path in the chart: what templates may read, and `values.yaml` as it is written.
    pub fn file(&self, path: &str) -> Option<&[u8]> {
        let mut files = self.files.iter().chain(&self.values_file);
        files.find(|file| file.name == path).map(|file| file.data.as_ref())
    }

    /// A line of its `values.yaml`; none where that is packed.
    pub(crate) fn values_place(&self, line: u32) -> Option<Place> {
        let origin = self.values_file.as_ref()?.origin.as_ref().filter(|origin| !origin.packed)?;
        Some(Place::line(origin.path.clone(), line))
    }

    /// Whether a template of it, or of a chart in it, may read files of the chart.
    pub fn may_read_files(&self) -> bool {
        let mentions = |template: &Template| memmem::find(&template.file.data, b".Files").is_some();
        self.templates.iter().any(mentions) || self.charts.iter().any(|chart| chart.may_read_files())
    }

    /// Whether a word stands anywhere in it or in a chart in it: in a template, in its values, in a remark on them.
    pub(crate) fn mentions(&self, word: &[u8]) -> bool {
        let files = self.templates.iter().map(|template| &template.file).chain(&self.files);
        let mut files = files.chain(&self.values_file).chain(&self.schema);
        let needs = self.metadata.dependencies.iter().flatten();
        let mut needs = needs.flat_map(|need| [&need.name, &need.alias]);
        needs.any(|name| name.as_bytes() == word)
            || files.any(|file| has_word(&file.data, word))
            || self.charts.iter().any(|chart| chart.mentions(word))
    }

    /// Whether it, or a chart in it, may define kinds of objects. What a template makes depends on the values.
    pub fn may_define_kinds(&self) -> bool {
        let templates = self.templates.iter().map(|template| &template.file);
        let mut files = templates.chain(self.files.iter().filter(|file| file.name.starts_with("crds/")));
        files.any(|file| memmem::find(&file.data, b"CustomResourceDefinition").is_some())
            || self.charts.iter().any(|chart| chart.may_define_kinds())
    }

    /// The bytes of its files, with those of the charts in it.
    pub fn size_bytes(&self) -> usize {
        let own = self.files.iter().chain(self.templates.iter().map(|template| &template.file));
        own.map(|file| file.data.len()).sum::<usize>()
            + self.charts.iter().map(|chart| chart.size_bytes()).sum::<usize>()
    }
}

fn has_word(text: &[u8], word: &[u8]) -> bool {
    let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    memmem::find_iter(text, word).any(|start| {
        let before = start.checked_sub(1).and_then(|before| text.get(before));
        !is_part(before) && !is_part(text.get(start + word.len()))
    })
}

impl Template {
    /// The parsed template under the name `path`.
    pub(crate) fn parse(
        &self,
        library: &Library,
        path: &str,
        limits: &manifesto_gotmpl::Limits,
    ) -> Result<Arc<Unit>, Error> {
        let known = |parsed: &[(String, Arc<Unit>)]| {
            parsed.iter().find(|(name, _)| name == path).map(|(_, unit)| Arc::clone(unit))
        };
        if let Some(unit) = known(&self.parsed.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(unit);
        }
        let unit = library.parse(path, self.file.data.clone(), limits)?;
        let mut parsed = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        parsed.push((path.to_owned(), Arc::clone(&unit)));
        Ok(unit)
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.file.fmt(f)
    }
}

fn broken(message: impl Into<String>) -> HelmError {
    HelmError::new(ErrorKind::Chart, message)
}

fn load(tree: &Tree, path: &TreePath, reads: &mut Vec<TreePath>) -> Result<Chart, HelmError> {
    let mut budget = LoadBudget::default();
    let place = tree.resolve(path).map_err(|error| broken(format!("path {path}: {error}")))?;
    let files = if let Some(entry) = tree.entry(&place) {
        let bytes = files::read(tree, entry)?;
        let mut files = archive::files(&bytes, &mut budget)?;
        let origin = FileOrigin { path: path.clone(), packed: true };
        for file in &mut files {
            file.origin = Some(origin.clone());
        }
        files
    } else {
        // Helm looks at this file before it looks at what is to be ignored.
        let manifest = path.child("Chart.yaml");
        reads.push(manifest.clone());
        let entry = tree
            .lookup(&manifest)
            .map_err(|error| broken(format!("unable to detect chart at {manifest}: {error}")))?;
        let data = files::read(tree, entry)?;
        detect_version(&[ChartFile::new("Chart.yaml".to_owned(), data.to_vec(), None)])?;
        files::in_directory(tree, &place, &mut budget, reads)?
    };
    detect_version(&files)?;
    whole(files, &mut budget)
}

/// pkg/chart/loader/load.go: which generation of charts this is.
fn detect_version(files: &[ChartFile]) -> Result<(), HelmError> {
    let Some(file) = files.iter().find(|file| file.name == "Chart.yaml") else {
        return Err(broken("Chart.yaml file is missing"));
    };
    let mut version = String::new();
    let read = decode::document(&file.data, &Limits::default()).and_then(|node| {
        for (key, value) in decode::fields(&node, "loader.chartBase")? {
            if key == "apiversion" {
                decode::string(value, "chartBase.apiVersion", &mut version)?;
            }
        }
        Ok(())
    });
    read.map_err(|reason| broken(format!("cannot load Chart.yaml: {reason}")))?;
    match version.as_str() {
        "" | "v1" | "v2" | "v3" => Ok(()),
        _ => Err(broken("unsupported chart version")),
    }
}

/// A chart that is in no other one. Helm 4 reads charts of its next format too, and then renders none (pkg/chart/common.go,
/// NewAccessor).
fn whole(files: Vec<ChartFile>, budget: &mut LoadBudget) -> Result<Chart, HelmError> {
    let chart = assemble(files, budget, 0)?;
    if chart.metadata.api_version == "v3" { Err(broken("invalid chart apiVersion")) } else { Ok(chart) }
}

/// `LoadFiles`.
fn assemble(files: Vec<ChartFile>, budget: &mut LoadBudget, depth: u32) -> Result<Chart, HelmError> {
    budget.chart()?;
    if depth > CHART_DEPTH_MAX {
        return Err(HelmError::budget("charts inside of each other"));
    }
    let mut chart = Chart {
        metadata: metadata(&files)?,
        values: Node::mapping(Vec::new()),
        values_file: None,
        schema: None,
        templates: Vec::new(),
        files: Vec::new(),
        charts: Vec::new(),
    };
    let legacy = chart.metadata.api_version == "v1";
    let mut inner: BTreeMap<String, Vec<ChartFile>> = BTreeMap::new();
    for file in files {
        match file.name.as_str() {
            "Chart.yaml" => {}
            "Chart.lock" | "requirements.lock" => {
                let read = decode::document(&file.data, &Limits::default());
                read.and_then(|node| decode::fields(&node, "v2.Lock").map(|_| ()))
                    .map_err(|reason| broken(format!("cannot load {}: {reason}", file.name)))?;
                if legacy && file.name == "requirements.lock" {
                    chart.files.push(file);
                }
            }
            "values.yaml" => {
                chart.values = values::documents(&file.data, &Limits::default())
                    .map_err(|reason| broken(format!("cannot load values.yaml: {reason}")))?;
                chart.values_file = Some(file);
            }
            "values.schema.json" => chart.schema = Some(file),
            "requirements.yaml" => {
                if legacy {
                    chart.files.push(file);
                }
            }
            name if name.starts_with("templates/") => {
                chart.templates.push(Template { file, parsed: Mutex::default() });
            }
            name => match name.strip_prefix("charts/") {
                Some(rest) if extension(name) != ".prov" => {
                    let top = rest.split('/').next().unwrap_or(rest).to_owned();
                    let inside = ChartFile { name: rest.to_owned(), ..file };
                    inner.entry(top).or_default().push(inside);
                }
                _ => chart.files.push(file),
            },
        }
    }
    for (name, files) in inner {
        if name.starts_with(['_', '.']) {
            continue;
        }
        if extension(&name) == ".tgz"
            && let Some(file) = files.first().filter(|file| file.name != name)
        {
            let message = format!("expected {name}, got {}", file.name);
            let words = format!("error unpacking subchart tar in {}", chart.name());
            return Err(broken(message).context(&words));
        }
        let words = format!("error unpacking subchart {name} in {}", chart.name());
        let loaded = inner_chart(&name, files, budget, depth);
        chart.charts.push(Arc::new(loaded.map_err(|error| error.context(&words))?));
    }
    Ok(chart)
}

/// `Chart.yaml` and, since Helm takes it as well, `requirements.yaml`.
fn metadata(files: &[ChartFile]) -> Result<Metadata, HelmError> {
    let mut metadata: Option<Metadata> = None;
    for wanted in ["Chart.yaml", "requirements.yaml"] {
        for file in files.iter().filter(|file| file.name == wanted) {
            let target = metadata.get_or_insert_default();
            decode::document(&file.data, &Limits::default())
                .and_then(|node| target.read(&node))
                .map_err(|reason| broken(format!("cannot load {wanted}: {reason}")))?;
            if wanted == "Chart.yaml" && target.api_version.is_empty() {
                "v1".clone_into(&mut target.api_version);
            }
        }
    }
    let mut metadata = metadata.ok_or_else(|| broken("Chart.yaml file is missing"))?;
    if metadata.api_version.is_empty() {
        return Err(broken("validation: chart.metadata.apiVersion is required"));
    }
    metadata.validate().map_err(broken)?;
    Ok(metadata)
}

fn inner_chart(
    name: &str,
    files: Vec<ChartFile>,
    budget: &mut LoadBudget,
    depth: u32,
) -> Result<Chart, HelmError> {
    if extension(name) == ".tgz" {
        let Some(file) = files.into_iter().next() else { return Err(broken("no files in chart archive")) };
        let mut inner = archive::files(&file.data, budget)?;
        let origin = file.origin.map(|origin| FileOrigin { packed: true, ..origin });
        for file in &mut inner {
            file.origin.clone_from(&origin);
        }
        return assemble(inner, budget, depth + 1);
    }
    // What lies in `charts/` itself is no chart, and then there is no Chart.yaml.
    let inner = files.into_iter().filter_map(|mut file| {
        let (_, rest) = file.name.split_once('/')?;
        file.name = rest.to_owned();
        Some(file)
    });
    assemble(inner.collect(), budget, depth + 1)
}

/// Go's `filepath.Ext`.
pub(crate) fn extension(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rfind('.').and_then(|dot| name.get(dot..)).unwrap_or("")
}
