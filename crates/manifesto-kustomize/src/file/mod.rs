//! What a kustomization file says (api/types/kustomization.go).

pub(crate) mod decode;
mod generator;
mod operators;
mod place;
mod selector;

use std::collections::BTreeMap;

use manifesto_yaml::{Dialect, Limits, Mark, Node, SmolStr, parse};

pub use decode::Written;
pub(crate) use decode::{Decode, Fields, Misread, Read, Rules, fields};
pub use generator::HelmChart;
pub(crate) use generator::HelmGlobals;
pub(crate) use generator::{Generator, GeneratorOptions, merged_options};
pub(crate) use operators::{
    FieldOptions, Image, Label, Patch, Replacement, ReplacementField, Replica, SortOptions, SourceSelector,
    TargetSelector, Var,
};
pub use place::{kustomization_file, kustomization_names};
pub(crate) use selector::{Selector, decode_gvk, decode_id};

/// Text with its place.
pub(crate) type Text = Written<SmolStr>;
/// Texts with their places.
pub(crate) type Texts = Vec<Text>;
/// Names and texts.
pub(crate) type Pairs = BTreeMap<SmolStr, Text>;

/// What a directory is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FileKind {
    /// It makes objects of its own.
    #[default]
    Kustomization,
    /// It changes the objects of whoever names it.
    Component,
}

/// What a kustomization file says. A field that is none is missing or null.
#[derive(Debug, Clone, Default)]
pub struct KustomizationFile {
    /// Kustomization or Component.
    pub kind: FileKind,
    pub(crate) openapi: Option<BTreeMap<SmolStr, Text>>,
    pub(crate) name_prefix: Option<Text>,
    pub(crate) name_suffix: Option<Text>,
    pub(crate) namespace: Option<Text>,
    pub(crate) common_labels: Option<Pairs>,
    pub(crate) labels: Option<Vec<Label>>,
    pub(crate) common_annotations: Option<Pairs>,
    pub(crate) patches_strategic_merge: Option<Texts>,
    pub(crate) patches_json6902: Option<Vec<Patch>>,
    pub(crate) patches: Option<Vec<Patch>>,
    pub(crate) images: Option<Vec<Image>>,
    pub(crate) replacements: Option<Vec<ReplacementField>>,
    pub(crate) replicas: Option<Vec<Replica>>,
    pub(crate) vars: Option<Vec<Var>>,
    pub(crate) sort_options: Option<SortOptions>,
    pub(crate) resources: Option<Texts>,
    pub(crate) components: Option<Texts>,
    pub(crate) crds: Option<Texts>,
    pub(crate) config_map_generator: Option<Vec<Generator>>,
    pub(crate) secret_generator: Option<Vec<Generator>>,
    pub(crate) helm_globals: Option<HelmGlobals>,
    pub(crate) helm_charts: Option<Vec<HelmChart>>,
    pub(crate) generator_options: Option<GeneratorOptions>,
    pub(crate) configurations: Option<Texts>,
    pub(crate) generators: Option<Texts>,
    pub(crate) transformers: Option<Texts>,
    pub(crate) validators: Option<Texts>,
    pub(crate) build_metadata: Option<Texts>,
    /// Fields that are out of date.
    pub(crate) deprecated: Vec<(&'static str, &'static str, Mark)>,
}

/// Fields that are out of date, and what replaces them.
const DEPRECATED: [(&str, &str); 6] = [
    ("bases", "resources"),
    ("commonLabels", "labels"),
    ("imageTags", "images"),
    ("patchesJson6902", "patches"),
    ("patchesStrategicMerge", "patches"),
    ("vars", "replacements"),
];

const NO_FILE: &str = "the kustomization";

impl KustomizationFile {
    /// Reads a file. Refused is what kustomize refuses: what is no YAML, unknown fields, wrong types, an empty file.
    pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Read<Self> {
        let parsed = parse(bytes, Dialect::SigsV2, limits);
        if let Some(error) = parsed.error.filter(|_| parsed.documents.is_empty()) {
            return Err(Misread::new(error.mark, error.problem));
        }
        // Only the first document counts.
        let root = parsed.documents.into_iter().next().map_or_else(Node::null, |document| document.root);
        Self::of(&root)
    }

    fn of(root: &Node) -> Read<Self> {
        let mut fields = fields(root, NO_FILE, Rules::Kustomization)?;
        let deprecated = DEPRECATED.iter().filter_map(|(old, new)| {
            let entry = root.entries().iter().find(|entry| entry.key.text() == Some(old))?;
            (!entry.value.is_null()).then_some((*old, *new, entry.key.mark))
        });
        let deprecated = deprecated.collect();
        let kind: Text = fields.or_default("kind")?;
        let api_version: Text = fields.or_default("apiVersion")?;
        let metadata = fields.read::<Metadata>("metadata")?;
        let mut file = Self { kind: file_kind(&kind, &api_version)?, deprecated, ..Self::default() };
        file.read_operators(&mut fields)?;
        file.read_operands(&mut fields)?;
        fields.finish()?;
        if file.is_empty() && metadata.is_none() {
            return Err(Misread::new(Mark::default(), "the kustomization is empty"));
        }
        Ok(file)
    }

    fn read_operators(&mut self, fields: &mut Fields<'_>) -> Read<()> {
        self.openapi = fields.read("openapi")?;
        self.name_prefix = non_empty(fields.read("namePrefix")?);
        self.name_suffix = non_empty(fields.read("nameSuffix")?);
        self.namespace = non_empty(fields.read("namespace")?);
        self.common_labels = fields.read("commonLabels")?;
        self.labels = fields.read("labels")?;
        self.common_annotations = fields.read("commonAnnotations")?;
        self.patches_strategic_merge = fields.read("patchesStrategicMerge")?;
        self.patches_json6902 = fields.read("patchesJson6902")?;
        self.patches = fields.read("patches")?;
        self.images = appended(fields.read("images")?, fields.read("imageTags")?);
        self.replacements = fields.read("replacements")?;
        self.replicas = fields.read("replicas")?;
        self.vars = fields.read("vars")?;
        self.sort_options = fields.read("sortOptions")?;
        Ok(())
    }

    fn read_operands(&mut self, fields: &mut Fields<'_>) -> Read<()> {
        self.resources = appended(fields.read("resources")?, fields.read("bases")?);
        self.components = fields.read("components")?;
        self.crds = fields.read("crds")?;
        let config_maps: Option<Vec<generator::ConfigMapArgs>> = fields.read("configMapGenerator")?;
        self.config_map_generator = config_maps.map(|args| args.into_iter().map(|args| args.0).collect());
        let secrets: Option<Vec<generator::SecretArgs>> = fields.read("secretGenerator")?;
        self.secret_generator = secrets.map(|args| args.into_iter().map(|args| args.0).collect());
        self.helm_globals = fields.read("helmGlobals")?;
        self.helm_charts = fields.read("helmCharts")?;
        let old_charts = fields.read("helmChartInflationGenerator")?;
        generator::add_old_charts(self, old_charts.unwrap_or_default());
        self.generator_options = fields.read("generatorOptions")?;
        self.configurations = fields.read("configurations")?;
        self.generators = fields.read("generators")?;
        self.transformers = fields.read("transformers")?;
        self.validators = fields.read("validators")?;
        self.build_metadata = fields.read("buildMetadata")?;
        Ok(())
    }

    /// Whether nothing is said. An empty list says something, a null does not (CheckEmpty).
    fn is_empty(&self) -> bool {
        let texts = [&self.name_prefix, &self.name_suffix, &self.namespace];
        let lists = [
            &self.patches_strategic_merge,
            &self.resources,
            &self.components,
            &self.crds,
            &self.configurations,
            &self.generators,
            &self.transformers,
            &self.validators,
            &self.build_metadata,
        ];
        texts.iter().all(|field| field.is_none())
            && lists.iter().all(|field| field.is_none())
            && [&self.patches, &self.patches_json6902].iter().all(|field| field.is_none())
            && [&self.common_labels, &self.common_annotations].iter().all(|field| field.is_none())
            && [&self.config_map_generator, &self.secret_generator].iter().all(|field| field.is_none())
            && self.openapi.is_none()
            && self.labels.is_none()
            && self.images.is_none()
            && self.replacements.is_none()
            && self.replicas.is_none()
            && self.vars.is_none()
            && self.sort_options.is_none()
            && self.helm_globals.is_none()
            && self.helm_charts.is_none()
            && self.generator_options.is_none()
    }
}

/// The first list with the second behind it, as Go's append leaves nil alone.
fn appended<T>(first: Option<Vec<T>>, second: Option<Vec<T>>) -> Option<Vec<T>> {
    match (first, second.filter(|second| !second.is_empty())) {
        (first, None) => first,
        (first, Some(second)) => Some(first.into_iter().flatten().chain(second).collect()),
    }
}

fn non_empty(text: Option<Text>) -> Option<Text> {
    text.filter(|text| !text.value.is_empty())
}

fn file_kind(kind: &Text, api_version: &Text) -> Read<FileKind> {
    let (result, version) = match kind.value.as_str() {
        "" | "Kustomization" => (FileKind::Kustomization, "kustomize.config.k8s.io/v1beta1"),
        "Component" => (FileKind::Component, "kustomize.config.k8s.io/v1alpha1"),
        other => {
            let why = format!("the kind is `{other}`, and has to be Kustomization or Component");
            return Err(Misread::new(kind.mark, why));
        }
    };
    if !api_version.value.is_empty() && api_version.value != version {
        let why = format!("the apiVersion is `{}`, and has to be {version}", api_version.value);
        return Err(Misread::new(api_version.mark, why));
    }
    Ok(result)
}

/// `metadata`, which says nothing to kustomize.
#[derive(Debug, Default)]
struct Metadata;

impl Decode for Metadata {
    fn decode(node: &Node, rules: Rules) -> Read<Self> {
        let mut fields = fields(node, "`metadata`", rules)?;
        fields.read::<SmolStr>("name")?;
        fields.read::<SmolStr>("namespace")?;
        fields.read::<Pairs>("labels")?;
        fields.read::<Pairs>("annotations")?;
        fields.finish()?;
        Ok(Self)
    }
}
