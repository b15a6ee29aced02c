//! Renders the templates of a release (pkg/engine/engine.go).

mod errors;
mod files;
mod functions;
mod glob;
mod scope;
mod values_object;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use manifesto_gotmpl::{Executor, Library, Limits, Map, MissingKey, Str, Taint, Value};

use crate::chart::{FileOrigin, Template};
use crate::dependencies::Release;
use crate::error::HelmError;
use crate::value_reads::{ReadValue, Watched};
use functions::Host;
pub(crate) use scope::{Top, full_path};

/// One template's output.
#[derive(Debug)]
pub(crate) struct RenderedFile {
    /// The path of the template, with that of its chart.
    pub(crate) path: String,
    pub(crate) text: Str,
    /// For each line of the text, the line of the template.
    pub(crate) lines: Vec<u32>,
    /// Where the template is.
    pub(crate) origin: Option<FileOrigin>,
    /// Where placeholders stand: start, end and which of the taints.
    pub(crate) unknown: Vec<(usize, usize, usize)>,
    /// The keys that lead to the values that it asked for, if somebody watches.
    pub(crate) asked: BTreeSet<Vec<String>>,
    /// The same with where they are.
    pub(crate) values: Arc<[ReadValue]>,
}

/// What came of all templates.
#[derive(Debug)]
pub(crate) struct Output {
    /// In the order in which they were executed.
    pub(crate) files: Vec<RenderedFile>,
    pub(crate) taints: Vec<Taint>,
}

/// A template of the release and what it is executed with.
pub(crate) struct Renderable {
    pub(crate) release_chart: Arc<crate::chart::Chart>,
    pub(crate) index: usize,
    pub(crate) values: Map,
    pub(crate) base_path: String,
}

impl Renderable {
    fn template(&self) -> Option<&Template> {
        self.release_chart.templates.get(self.index)
    }
}

/// Parses all templates and executes those that are no partials.
pub(crate) fn render(
    release: &Release,
    top: &Top,
    watched: Option<&Watched>,
    limits: &Limits,
) -> Result<Output, HelmError> {
    let renderables = scope::all_templates(release, top);
    let mut order: Vec<&String> = renderables.keys().collect();
    // The deepest first, and from the end of the alphabet: the last definition of a name counts.
    order.sort_by(|a, b| depth(b).cmp(&depth(a)).then_with(|| b.cmp(a)));
    let library = parse_all(&renderables, &order, limits)?;
    let mut host = Host::default();
    let mut executor = Executor::new(Arc::new(library), MissingKey::Zero, limits.clone(), &mut host);
    let mut files = Vec::new();
    for path in order {
        let Some(renderable) = renderables.get(path) else { continue };
        if is_partial(path) {
            continue;
        }
        let template = Value::map([
            (Str::from("Name"), Value::str(path.as_str())),
            (Str::from("BasePath"), Value::str(renderable.base_path.as_str())),
        ]);
        if let Value::Map(template) = template {
            renderable.values.set(Str::from("Template"), values_object::typed(&template));
        }
        watched.map(Watched::taken);
        let (text, lines) = executor
            .execute_with_lines(path.as_bytes(), values_object::typed(&renderable.values))
            .map_err(|error| errors::execution_error(&error))?;
        files.push(RenderedFile {
            path: path.clone(),
            text: functions::without_no_value(text),
            lines,
            origin: renderable.template().and_then(|template| template.file.origin.clone()),
            unknown: Vec::new(),
            asked: watched.map(Watched::taken).unwrap_or_default(),
            values: Arc::default(),
        });
    }
    for file in &mut files {
        let found = executor.placeholders().find_in(&file.text);
        file.unknown = found.into_iter().map(|(start, end, id)| (start, end, id.index())).collect();
    }
    Ok(Output { files, taints: executor.placeholders().taints().to_vec() })
}

fn parse_all(
    renderables: &BTreeMap<String, Renderable>,
    order: &[&String],
    limits: &Limits,
) -> Result<Library, HelmError> {
    let mut library = Library::new("gotpl", functions::functions());
    for &path in order {
        let Some(template) = renderables.get(path).and_then(Renderable::template) else { continue };
        let unit =
            template.parse(&library, path, limits).map_err(|error| errors::parse_error(path, &error))?;
        library.add(&unit);
    }
    Ok(library)
}

fn depth(path: &str) -> usize {
    path.bytes().filter(|&byte| byte == b'/').count()
}

/// Partials are there for others to include.
pub(crate) fn is_partial(path: &str) -> bool {
    path.rsplit('/').next().unwrap_or(path).starts_with('_')
}
