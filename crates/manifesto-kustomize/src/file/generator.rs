//! The fields of a kustomization that make objects.

use manifesto_yaml::{Mark, Node, SmolStr};

use super::{Decode, Fields, KustomizationFile, Misread, Pairs, Read, Rules, Text, Texts, fields};

/// An entry of `configMapGenerator` or `secretGenerator`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Generator {
    pub(crate) name: SmolStr,
    pub(crate) namespace: SmolStr,
    pub(crate) behavior: SmolStr,
    pub(crate) literals: Texts,
    pub(crate) files: Texts,
    pub(crate) envs: Texts,
    pub(crate) options: Option<GeneratorOptions>,
    /// The type of a Secret.
    pub(crate) kind: SmolStr,
    pub(crate) mark: Mark,
}

/// An entry of `configMapGenerator`.
#[derive(Debug, Default)]
pub(super) struct ConfigMapArgs(pub(super) Generator);

/// An entry of `secretGenerator`, which has a type too.
#[derive(Debug, Default)]
pub(super) struct SecretArgs(pub(super) Generator);

impl Decode for ConfigMapArgs {
    fn decode(node: &Node, rules: Rules) -> Read<Self> {
        let mut fields = fields(node, "a ConfigMap generator", rules)?;
        let generator = Generator::of(&mut fields, node.mark)?;
        fields.finish()?;
        Ok(Self(generator))
    }
}

impl Decode for SecretArgs {
    fn decode(node: &Node, rules: Rules) -> Read<Self> {
        let mut fields = fields(node, "a Secret generator", rules)?;
        let kind = fields.or_default("type")?;
        let generator = Generator { kind, ..Generator::of(&mut fields, node.mark)? };
        fields.finish()?;
        Ok(Self(generator))
    }
}

impl Generator {
    /// Reads the fields that ConfigMaps and Secrets have in common.
    pub(crate) fn of(fields: &mut Fields<'_>, mark: Mark) -> Read<Self> {
        let mut generator = Self {
            name: fields.or_default("name")?,
            namespace: fields.or_default("namespace")?,
            behavior: fields.or_default("behavior")?,
            literals: fields.or_default("literals")?,
            files: fields.or_default("files")?,
            envs: fields.or_default("envs")?,
            options: fields.read("options")?,
            kind: SmolStr::default(),
            mark,
        };
        let env: Text = fields.or_default("env")?;
        if !env.value.is_empty() {
            generator.envs.push(env);
        }
        Ok(generator)
    }
}

/// `generatorOptions`, or the `options` of one generator.
#[derive(Debug, Clone, Default)]
pub(crate) struct GeneratorOptions {
    pub(crate) labels: Option<Pairs>,
    pub(crate) annotations: Option<Pairs>,
    pub(crate) disable_name_suffix_hash: bool,
    pub(crate) immutable: bool,
}

impl Decode for GeneratorOptions {
    fn decode(node: &Node, rules: Rules) -> Read<Self> {
        let mut fields = fields(node, "the options of a generator", rules)?;
        let options = Self {
            labels: fields.read("labels")?,
            annotations: fields.read("annotations")?,
            disable_name_suffix_hash: fields.or_default("disableNameSuffixHash")?,
            immutable: fields.or_default("immutable")?,
        };
        fields.finish()?;
        Ok(options)
    }
}

/// The options of one generator with those of the kustomization behind them. What is switched on for all cannot be
/// switched off for one (api/types/generatoroptions.go, MergeGlobalOptionsIntoLocal).
pub(crate) fn merged_options(
    own: Option<&GeneratorOptions>,
    global: Option<&GeneratorOptions>,
) -> Option<GeneratorOptions> {
    let Some(global) = global else { return own.cloned() };
    let own = own.cloned().unwrap_or_default();
    let both = |own: Option<Pairs>, global: &Option<Pairs>| {
        let mut pairs = global.clone();
        if let Some(own) = own {
            pairs.get_or_insert_default().extend(own);
        }
        pairs
    };
    Some(GeneratorOptions {
        labels: both(own.labels, &global.labels),
        annotations: both(own.annotations, &global.annotations),
        disable_name_suffix_hash: own.disable_name_suffix_hash || global.disable_name_suffix_hash,
        immutable: own.immutable || global.immutable,
    })
}

/// `helmGlobals`.
#[derive(Debug, Clone, Default)]
pub(crate) struct HelmGlobals {
    /// The directory with the charts.
    pub(crate) chart_home: SmolStr,
}

impl Decode for HelmGlobals {
    fn decode(node: &Node, rules: Rules) -> Read<Self> {
        let mut fields = fields(node, "`helmGlobals`", rules)?;
        let globals = Self { chart_home: fields.or_default("chartHome")? };
        fields.read::<SmolStr>("configHome")?;
        fields.finish()?;
        Ok(globals)
    }
}

/// An entry of `helmCharts`, as written.
#[derive(Debug, Clone, Default)]
pub struct HelmChart {
    /// The name of the chart.
    pub name: SmolStr,
    /// Its version; empty when none is asked for.
    pub version: SmolStr,
    /// Where it is pulled from; empty when it has to be in the repository.
    pub repo: SmolStr,
    /// The name of the release; empty when Helm makes one up.
    pub release_name: SmolStr,
    /// The namespace of the release; empty for `default`.
    pub namespace: SmolStr,
    /// Further files with values.
    pub additional_values_files: Vec<SmolStr>,
    /// The file with values in the place of the chart's own; empty for the chart's own.
    pub values_file: SmolStr,
    /// Values written in the kustomization.
    pub values_inline: Option<Node>,
    /// `override`, `merge`, `replace`, or empty for `override`.
    pub values_merge: SmolStr,
    /// Whether the chart's CRDs are rendered.
    pub include_crds: bool,
    /// Whether hooks are left out.
    pub skip_hooks: bool,
    /// API versions that the chart is told of.
    pub api_versions: Vec<SmolStr>,
    /// The version of Kubernetes that the chart is told of; empty for Helm's default.
    pub kube_version: SmolStr,
    /// A template for the name of the release.
    pub name_template: SmolStr,
    /// Whether tests are left out.
    pub skip_tests: bool,
    /// Whether pre-releases count.
    pub devel: bool,
    /// Where the entry stands.
    pub mark: Mark,
}

impl Decode for HelmChart {
    fn decode(node: &Node, rules: Rules) -> Read<Self> {
        let mut fields = fields(node, "an entry of `helmCharts`", rules)?;
        let chart = Self::of(&mut fields, node.mark)?;
        fields.finish()?;
        Ok(chart)
    }
}

impl HelmChart {
    /// The directory that has the chart's directory, from that of the kustomization; `home` is its `chartHome`. With
    /// version and repository each version has its own, so that they do not mix (HelmChartInflationGenerator.go,
    /// absChartHome).
    pub(crate) fn home(&self, home: &str) -> String {
        let home = if home.is_empty() { "charts" } else { home.trim_end_matches('/') };
        if self.version.is_empty() || self.repo.is_empty() {
            return home.to_owned();
        }
        format!("{home}/{}-{}", self.name, self.version)
    }

    /// Reads the fields of a chart.
    pub(crate) fn of(fields: &mut Fields<'_>, mark: Mark) -> Read<Self> {
        fields.read::<bool>("debug")?;
        Ok(Self {
            name: fields.or_default("name")?,
            version: fields.or_default("version")?,
            repo: fields.or_default("repo")?,
            release_name: fields.or_default("releaseName")?,
            namespace: fields.or_default("namespace")?,
            additional_values_files: fields.or_default("additionalValuesFiles")?,
            values_file: fields.or_default("valuesFile")?,
            values_inline: values(fields, "valuesInline")?,
            values_merge: fields.or_default("valuesMerge")?,
            include_crds: fields.or_default("includeCRDs")?,
            skip_hooks: fields.or_default("skipHooks")?,
            api_versions: fields.or_default("apiVersions")?,
            kube_version: fields.or_default("kubeVersion")?,
            name_template: fields.or_default("nameTemplate")?,
            skip_tests: fields.or_default("skipTests")?,
            devel: fields.or_default("devel")?,
            mark,
        })
    }
}

fn values(fields: &mut Fields<'_>, name: &str) -> Read<Option<Node>> {
    let Some(node) = fields.take(name).filter(|node| !node.is_null()) else { return Ok(None) };
    if node.as_mapping().is_none() {
        return Err(Misread::new(node.mark, format!("`{name}` has to be a mapping")));
    }
    Ok(Some(node.clone()))
}

/// An entry of `helmChartInflationGenerator`, which came before `helmCharts`.
#[derive(Debug, Clone, Default)]
pub(crate) struct OldHelmChart {
    chart: HelmChart,
    chart_home: SmolStr,
    helm_home: SmolStr,
}

impl Decode for OldHelmChart {
    fn decode(node: &Node, rules: Rules) -> Read<Self> {
        let mut fields = fields(node, "an entry of `helmChartInflationGenerator`", rules)?;
        let chart = HelmChart {
            name: fields.or_default("chartName")?,
            version: fields.or_default("chartVersion")?,
            repo: fields.or_default("chartRepoUrl")?,
            values_file: fields.or_default("values")?,
            values_inline: values(&mut fields, "valuesLocal")?,
            values_merge: fields.or_default("valuesMerge")?,
            release_name: fields.or_default("releaseName")?,
            mark: node.mark,
            ..HelmChart::default()
        };
        for unused in ["chartRepoName", "helmBin", "releaseNamespace"] {
            fields.read::<SmolStr>(unused)?;
        }
        fields.read::<Vec<SmolStr>>("extraArgs")?;
        let old = Self {
            chart,
            chart_home: fields.or_default("chartHome")?,
            helm_home: fields.or_default("helmHome")?,
        };
        fields.finish()?;
        Ok(old)
    }
}

/// Adds the charts of the old field to those of the new one (FixKustomization, SplitHelmParameters).
pub(super) fn add_old_charts(file: &mut KustomizationFile, old: Vec<OldHelmChart>) {
    let said = |text: &&SmolStr| !text.is_empty();
    let chart_home = old.iter().map(|old| &old.chart_home).rfind(said).cloned();
    let helm_home = old.iter().any(|old| !old.helm_home.is_empty());
    if file.helm_globals.is_none() && (chart_home.is_some() || helm_home) {
        file.helm_globals = Some(HelmGlobals { chart_home: chart_home.unwrap_or_default() });
    }
    if !old.is_empty() {
        file.helm_charts.get_or_insert_default().extend(old.into_iter().map(|old| old.chart));
    }
}
