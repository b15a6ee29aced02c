//! A release: a chart, values and options to manifests, as `helm template` prints them.

use std::rc::Rc;
use std::sync::Arc;

use manifesto_gotmpl::{Str, Taint, Value};
use manifesto_tree::{Gap, Place};
use manifesto_yaml::{Mark, Node};

use crate::capabilities::{AskedApis, Capabilities, KubeVersion};
use crate::chart::Chart;
use crate::crds::{self, CrdFile};
use crate::dependencies::{Release, is_in_range};
use crate::engine::{self, RenderedFile, Top};
use crate::error::{ErrorKind, HelmError};
use crate::manifests::{self, HookEvent, Piece};
use crate::schema;
use crate::unused::{self, UnusedValue};
use crate::value_reads::{ReadValue, Sources, Watched};
use crate::values::{Values, coalesce_values};

/// How a release is rendered.
#[derive(Debug, Clone)]
pub struct Options {
    /// Its name.
    pub name: String,
    /// The namespace that it goes to.
    pub namespace: String,
    /// The version of Kubernetes; none for Helm's default.
    pub kube_version: Option<String>,
    /// Versions of APIs that the cluster has besides those that Helm takes for granted.
    pub api_versions: Vec<String>,
    /// Whether CRDs of `crds/` come first.
    pub crds: Crds,
    /// Which hooks are there.
    pub hooks: Hooks,
    /// Whether it is installed or upgraded.
    pub action: Action,
    /// Whether the schemas of charts are asked.
    pub schema: SchemaCheck,
    /// Whether it is noted which values each template reads.
    pub value_reads: ValueReads,
    /// What it may cost.
    pub limits: Limits,
}

/// Whether CRDs of `crds/` are part of what is rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Crds {
    /// No, as without `--include-crds`.
    #[default]
    Leave,
    /// Yes.
    Include,
}

/// Which hooks are part of what is rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Hooks {
    /// All.
    #[default]
    All,
    /// All but tests, as with `--skip-tests`.
    NoTests,
    /// None, as with `--no-hooks`.
    None,
}

/// What is done to the release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Action {
    /// `.Release.IsInstall`.
    #[default]
    Install,
    /// `.Release.IsUpgrade`.
    Upgrade,
}

/// Whether values are held against schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SchemaCheck {
    /// Yes.
    #[default]
    Check,
    /// No, as with `--skip-schema-validation`.
    Skip,
}

/// Whether it is noted which values each template reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ValueReads {
    /// No: who only wants the manifests does not pay for it.
    #[default]
    Leave,
    /// Yes, in [`Manifest::values`].
    Note,
}

/// What a release may cost.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// For the templates.
    pub templates: manifesto_gotmpl::Limits,
    /// For each file of values and each manifest.
    pub yaml: manifesto_yaml::Limits,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            name: "release-name".to_owned(),
            namespace: "default".to_owned(),
            kube_version: None,
            api_versions: Vec::new(),
            crds: Crds::default(),
            hooks: Hooks::default(),
            action: Action::default(),
            schema: SchemaCheck::default(),
            value_reads: ValueReads::default(),
            limits: Limits::default(),
        }
    }
}

/// What came of a release.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// The manifests of the templates in the order in which Helm prints them, hooks last. [`Rendered::crds`] come before.
    pub manifests: Vec<Manifest>,
    crds: Vec<CrdFile>,
    limits: manifesto_yaml::Limits,
    /// What `NOTES.txt` of the chart says; it is no manifest.
    pub notes: Option<String>,
    /// What could not be known.
    pub gaps: Vec<Gap>,
    /// Given values that nothing in the chart reads.
    pub unused: Vec<UnusedValue>,
    /// What the templates wanted to know of APIs that the cluster is not said to serve.
    pub asked_apis: AskedApis,
    /// Calls whose results nobody knows before the deployment. [`Manifest::unknown`] tells where they ended up.
    pub taints: Vec<Taint>,
}

/// One manifest.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// The template's path, with that of its chart: `web/templates/service.yaml`.
    pub source: String,
    /// Where it stands: the file of the tree, and the line of the template. The file is the archive, and the line is 0,
    /// where the chart is packed. None where the chart does not come from a tree.
    pub place: Option<Place>,
    /// What it is there for.
    pub role: Role,
    /// The text.
    pub text: String,
    /// What the text says. Lines of marks are those of the template where the text is a template's.
    pub root: Node,
    /// The taints of which something stands in the text, by their place in [`Rendered::taints`], sorted.
    pub unknown: Vec<usize>,
    /// The values that its template read, sorted; empty unless [`ValueReads::Note`] asks for them.
    pub values: Arc<[ReadValue]>,
}

/// What a manifest is there for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// A part of the release.
    Resource,
    /// It comes from `crds/`: Helm installs it once and never changes it.
    Crd,
    /// It runs at these moments.
    Hook(Vec<HookEvent>),
}

impl Rendered {
    /// What is in the files of `crds/`. They are large and read only here: who prints a release needs no parts of them.
    pub fn crds(&self) -> impl Iterator<Item = Manifest> {
        self.crds.iter().flat_map(|file| file.manifests(&self.limits))
    }

    /// What `helm template` prints.
    pub fn text(&self) -> String {
        let is_resource = |manifest: &&Manifest| manifest.role == Role::Resource;
        let is_hook = |manifest: &&Manifest| matches!(manifest.role, Role::Hook(_));
        let pieces = |manifest: &Manifest| manifest.text.len() + manifest.source.len() + MANIFEST_FRAME;
        let crds: usize =
            self.crds.iter().map(|file| file.text().len() + file.source.len() + MANIFEST_FRAME).sum();
        let mut text = String::with_capacity(crds + self.manifests.iter().map(pieces).sum::<usize>() + 1);
        for file in &self.crds {
            write_manifest(&mut text, &file.source, file.text());
        }
        for manifest in self.manifests.iter().filter(is_resource) {
            write_manifest(&mut text, &manifest.source, &manifest.text);
        }
        // A release starts with `---`, so that only its end can be space.
        text.truncate(text.trim_end().len());
        text.push('\n');
        for manifest in self.manifests.iter().filter(is_hook) {
            write_manifest(&mut text, &manifest.source, &manifest.text);
        }
        text
    }
}

/// Bytes that are printed around a manifest and its source.
const MANIFEST_FRAME: usize = "---\n# Source: \n\n".len();

fn write_manifest(text: &mut String, path: &str, content: &str) {
    text.push_str("---\n# Source: ");
    text.push_str(path);
    text.push('\n');
    text.push_str(content);
    text.push('\n');
}

/// Renders a chart, as `helm template NAME CHART` does.
pub fn render(chart: &Arc<Chart>, values_given: &Values, options: &Options) -> Result<Rendered, HelmError> {
    let kube_version =
        options.kube_version.as_deref().map_or_else(|| Ok(KubeVersion::default()), KubeVersion::parse)?;
    let given = values_given.merged(&options.limits.yaml)?;
    if !matches!(chart.metadata.chart_type.as_str(), "" | "application") {
        let message = format!("{} charts are not installable", chart.metadata.chart_type);
        return Err(HelmError::new(ErrorKind::Unsuitable, message));
    }
    let mut release = Release::new(chart);
    release.check()?;
    check_name(&options.name)?;
    release.process(&given)?;
    let values = coalesce_values(&release, &given)?;
    let mut gaps = Vec::new();
    if options.schema == SchemaCheck::Check {
        schema::validate(&release, &values, &mut gaps)?;
    }
    check_kube_version(&chart.metadata.kube_version, &kube_version)?;
    let capabilities = Rc::new(Capabilities::new(&kube_version, &options.api_versions));
    let top = Top {
        values,
        release: release_object(options),
        capabilities: Value::Object(Rc::clone(&capabilities) as _),
    };
    unused::watch(&top.values, &given);
    let watched = match options.value_reads {
        ValueReads::Leave => None,
        ValueReads::Note => Some(Watched::start(&release, &top.values)),
    };
    let mut output = engine::render(&release, &top, watched.as_ref(), &options.limits.templates)
        .map_err(|error| HelmError { asked_apis: Box::new(capabilities.asked_apis()), ..error })?;
    let unused = unused::unused(chart, &top.values, &given, values_given);
    let asked_apis = capabilities.asked_apis();
    if watched.is_some() {
        let sources = Sources::of(chart, values_given, given);
        for file in &mut output.files {
            file.values =
                std::mem::take(&mut file.asked).into_iter().map(|path| sources.read(path)).collect();
        }
    }
    Ok(Rendered { unused, asked_apis, ..finish(&release, output, options, gaps)? })
}

/// `ValidateReleaseName`.
fn check_name(name: &str) -> Result<(), HelmError> {
    const BYTES_MAX: usize = 53;
    let part_is_valid = |part: &str| {
        let end_is_valid =
            |char: Option<char>| char.is_some_and(|char| char.is_ascii_lowercase() || char.is_ascii_digit());
        end_is_valid(part.chars().next())
            && end_is_valid(part.chars().next_back())
            && part.chars().all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-')
    };
    let problem = if name.is_empty() {
        "no name provided"
    } else if name.len() > BYTES_MAX || !name.split('.').all(part_is_valid) {
        "invalid release name, must match regex \
         ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ and the length must not be longer than 53"
    } else {
        return Ok(());
    };
    let message = format!("release name check failed: release name {name:?}: {problem}");
    Err(HelmError::new(ErrorKind::Option, message))
}

fn check_kube_version(range: &str, version: &KubeVersion) -> Result<(), HelmError> {
    if range.is_empty() || is_in_range(range, &version.normalized) {
        return Ok(());
    }
    let message = format!(
        "chart requires kubeVersion: {range} which is incompatible with Kubernetes {}",
        version.version
    );
    Err(HelmError::new(ErrorKind::Unsuitable, message))
}

fn release_object(options: &Options) -> Value {
    let entries = [
        ("Name", Value::str(options.name.as_str())),
        ("Namespace", Value::str(options.namespace.as_str())),
        ("IsUpgrade", Value::Bool(options.action == Action::Upgrade)),
        ("IsInstall", Value::Bool(options.action == Action::Install)),
        ("Revision", Value::Int(1)),
        ("Service", Value::str("Helm")),
    ];
    Value::map(entries.map(|(key, value)| (Str::from(key), value)))
}

fn finish(
    release: &Release,
    output: engine::Output,
    options: &Options,
    gaps: Vec<Gap>,
) -> Result<Rendered, HelmError> {
    let engine::Output { mut files, taints } = output;
    let own_notes = format!("{}/templates/NOTES.txt", release.name);
    let notes = files.iter().find(|file| file.path == own_notes);
    let notes = notes.map(|file| file.text.to_text().into_owned());
    files.retain(|file| !file.path.ends_with("NOTES.txt"));
    let (resources, hooks) = manifests::sorted(&files, &options.limits.yaml)?;
    let mut crds = Vec::new();
    if options.crds == Crds::Include {
        crds::collect(release, None, &mut crds)?;
    }
    let mut manifests: Vec<Manifest> = resources.into_iter().map(|piece| manifest(&files, piece)).collect();
    let hooks = hooks.into_iter().filter(|piece| match options.hooks {
        Hooks::All => true,
        Hooks::NoTests => !piece.events.as_ref().is_some_and(|events| events.contains(&HookEvent::Test)),
        Hooks::None => false,
    });
    manifests.extend(hooks.map(|piece| manifest(&files, piece)));
    let limits = options.limits.yaml;
    Ok(Rendered {
        manifests,
        crds,
        limits,
        notes,
        gaps,
        unused: Vec::new(),
        asked_apis: AskedApis::default(),
        taints,
    })
}

fn manifest(files: &[RenderedFile], piece: Piece) -> Manifest {
    let Piece { file, start, lines_before, text, mut root, events, .. } = piece;
    let role = events.map_or(Role::Resource, Role::Hook);
    let Some(file) = files.get(file) else {
        let (source, unknown, values) = (String::new(), Vec::new(), Arc::default());
        return Manifest { source, place: None, role, text, root, unknown, values };
    };
    let line_of = |line: u32| {
        let index = lines_before + (line as usize).saturating_sub(1);
        file.lines.get(index).or(file.lines.last()).copied().unwrap_or(0)
    };
    root = root.with_marks(|mark| Mark { line: line_of(mark.line), ..mark });
    let end = start + text.len();
    let here = |(from, to, _): &&(usize, usize, usize)| *from < end && start < *to;
    let mut unknown: Vec<usize> = file.unknown.iter().filter(here).map(|(.., taint)| *taint).collect();
    unknown.sort_unstable();
    unknown.dedup();
    let place = file.origin.as_ref().map(|origin| {
        let line = if origin.packed { 0 } else { line_of(1) };
        Place { path: origin.path.clone(), line, column: 0 }
    });
    Manifest { source: file.path.clone(), place, role, text, root, unknown, values: Arc::clone(&file.values) }
}
