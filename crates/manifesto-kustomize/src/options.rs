//! What a build is told.

use std::fmt;
use std::sync::Arc;

use manifesto_tree::{Gap, Place, Tree, TreePath};
use manifesto_yaml::{Dialect, Node, Writer, parse, to_yaml};

use crate::file::HelmChart;
use crate::merge::merge_values;
use crate::meter::Meter;

/// Which files a kustomization may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LoadRestrictor {
    /// Those in and below its directory, as kustomize does by itself.
    #[default]
    RootOnly,
    /// Any file of the repository, as Flux and many Argo CD installations do.
    None,
}

/// What a build is told. The default is what `kustomize build` does without arguments.
#[derive(Clone, Copy, Default)]
pub struct Options<'o> {
    /// Which files a kustomization may name.
    pub load_restrictor: LoadRestrictor,
    /// Who renders charts; without it they are gaps.
    pub charts: Option<&'o dyn ChartRenderer>,
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("load_restrictor", &self.load_restrictor)
            .field("charts", &self.charts.is_some())
            .finish()
    }
}

/// How much a build may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For each file.
    pub yaml: manifesto_yaml::Limits,
    /// Kustomizations that lead to each other.
    pub depth_max: usize,
    /// Objects of one build, counted in every layer that they go through.
    pub objects_max: u64,
    /// Units of work of one build; one is about a node that is looked at.
    pub work_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            yaml: manifesto_yaml::Limits::default(),
            depth_max: 100,
            objects_max: 40_000,
            work_max: 50_000_000,
        }
    }
}

/// Renders the charts that kustomizations name with `helmCharts`.
///
/// The renderer may answer from a cache that it keeps apart from the tree; then it has to give the same answer for
/// the same request as long as the session lives.
pub trait ChartRenderer: Sync {
    /// Renders one chart.
    fn render(&self, request: &ChartRequest<'_>) -> ChartOutcome;
}

/// A chart to render, as `helm template` would be called.
#[derive(Debug)]
pub struct ChartRequest<'r> {
    /// The files.
    pub tree: &'r Tree,
    /// The directory of the kustomization.
    pub directory: &'r TreePath,
    /// The directory with charts (`chartHome`): the chart is below it, in the directory of its name.
    pub chart_home: &'r TreePath,
    /// What the kustomization asks for.
    pub chart: &'r HelmChart,
    /// The file that `valuesFile` names; none when the chart's own values count.
    pub values_file: Option<Arc<[u8]>>,
    /// The files that `additionalValuesFiles` names.
    pub additional_values_files: Vec<Arc<[u8]>>,
    /// The entry of `helmCharts`.
    pub place: &'r Place,
}

impl ChartRequest<'_> {
    /// The values that Helm gets as its first values file, from the chart's own `values.yaml`: those of `valuesFile`
    /// in their place, and `valuesInline` merged with them as `valuesMerge` says. A chart without the file is refused where
    /// it counts (api/internal/builtins/HelmChartInflationGenerator.go).
    pub fn values(&self, chart_values: Option<&[u8]>) -> Result<Vec<u8>, String> {
        let file = || {
            let file = self.values_file.as_deref().or(chart_values);
            file.ok_or("it has no `values.yaml`, which kustomize reads")
        };
        let Some(inline) = self.chart.values_inline.as_ref().filter(|inline| !inline.entries().is_empty())
        else {
            return Ok(file()?.to_vec());
        };
        let merged = match self.chart.values_merge.as_str() {
            "replace" => inline.clone(),
            how => {
                let parsed = parse(file()?, Dialect::GoV3, &manifesto_yaml::Limits::default());
                if let Some(error) = parsed.error {
                    return Err(format!("the values cannot be read: {error}"));
                }
                let file = match parsed.documents.into_iter().next() {
                    Some(document) => document.root,
                    None if has_document(file()?) => Node::null(),
                    None => return Err("its values hold nothing to merge with: EOF".to_owned()),
                };
                let meter = Meter::new(Limits::default().work_max);
                let inline = crate::node::json::through(inline, crate::node::json::Route::Floats)?;
                match how {
                    "merge" => merge_values(&inline, &file, &meter)?,
                    _ => merge_values(&file, &inline, &meter)?,
                }
            }
        };
        to_yaml(&merged, Writer::Sigs).map(String::into_bytes).map_err(|error| error.to_string())
    }
}

/// Whether there is more than blank lines and remarks: then the document is null, else there is none.
fn has_document(text: &[u8]) -> bool {
    let mut lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines.any(|line| !line.is_empty() && !line.starts_with(b"#"))
}

/// What comes of a chart.
#[derive(Debug, Clone)]
pub enum ChartOutcome {
    /// The text that `helm template` prints, and the files of the tree that it took.
    Rendered {
        /// The manifests.
        text: String,
        /// What was read, and what was looked for in vain.
        reads: Vec<TreePath>,
        /// What is not known for certain.
        gaps: Vec<Gap>,
    },
    /// Why there are no manifests.
    Unknown(Gap),
}
