//! A HelmRelease (fluxcd/helm-controller v1, api/v2/helmrelease_types.go; what v2beta1 and v2beta2 call otherwise too).

use std::sync::Arc;

use manifesto_objects::{Object, ObjectId};
use manifesto_tree::Place;
use manifesto_yaml::Node;
use sha2::{Digest as _, Sha256};

use super::{Dependency, Placed, SourceReference, Written, text_of};

/// A chart that is installed.
#[derive(Debug, Clone)]
pub struct HelmRelease {
    /// Its identity.
    pub id: ObjectId,
    /// Where it is written.
    pub place: Place,
    /// The chart; none when the object names none.
    pub chart: Option<ChartReference>,
    /// Where values come from, in order.
    pub values_from: Vec<ValuesReference>,
    /// What has to be ready before.
    pub depends_on: Vec<Dependency>,
    /// The namespace that it is installed to, if that is not its own.
    pub target_namespace: Option<String>,
    /// The namespace that keeps what Helm remembers of it.
    pub storage_namespace: String,
    /// What an installation does with the definitions in `crds/`.
    pub install_crds: CrdPolicy,
    /// What an upgrade does with the definitions in `crds/`.
    pub upgrade_crds: CrdPolicy,
    /// Whether the namespace is created.
    pub creates_namespace: bool,
    /// Whether hooks are left out, of installations and of upgrades.
    pub disables_hooks: (bool, bool),
    /// What is done about changes in the cluster: `disabled`, `warn` or `enabled`.
    pub drift_detection: String,
    /// Whether nothing is installed until somebody says so.
    pub suspend: bool,
    /// The Secret or ConfigMap that tells how to reach another cluster; none for the own one.
    pub kube_config: Option<Placed<String>>,
    /// How often it is applied, as written.
    pub interval: Option<String>,
    /// The account that installs.
    pub service_account: Option<String>,
    written: Written,
}

/// What is done with the definitions in the `crds/` of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CrdPolicy {
    /// Nothing.
    Skip,
    /// New ones are created, known ones stay as they are.
    Create,
    /// New ones are created, known ones are replaced.
    CreateReplace,
}

/// The chart of a HelmRelease.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChartReference {
    /// By its name or path in a source.
    Template(ChartTemplate),
    /// As another object has it: an OCIRepository, a HelmChart or an external artifact.
    Object(SourceReference),
}

/// A chart by its name or path in a source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChartTemplate {
    /// The name in a repository of charts, or the path in another source.
    pub chart: String,
    /// The version, as written; `*` when it is not.
    pub version: String,
    /// Where it comes from.
    pub source: SourceReference,
    /// The values files of the chart that replace its `values.yaml`, in order.
    pub values_files: Vec<String>,
    /// Whether values files may be missing.
    pub ignores_missing_values_files: bool,
    /// Where it is named.
    pub place: Place,
}

/// A ConfigMap or Secret with values, in the namespace of the HelmRelease.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ValuesReference {
    /// `ConfigMap` or `Secret`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The key that holds the values: `values.yaml` unless it is written.
    pub key: String,
    /// The path of the one value that the key holds; none when it holds all.
    pub target_path: Option<String>,
    /// Whether the value at the path is taken as it is, and not as `--set` takes it.
    pub is_literal: bool,
    /// Whether it may be missing.
    pub is_optional: bool,
    /// Where it is named.
    pub place: Place,
}

impl HelmRelease {
    pub(super) fn read(written: Written) -> Self {
        let id = written.0.id.clone();
        Self {
            place: written.place(),
            chart: chart(&written),
            values_from: values_from(&written),
            depends_on: Dependency::read(&written),
            target_namespace: written.text(&["targetNamespace"]),
            storage_namespace: written.text(&["storageNamespace"]).unwrap_or_else(|| id.namespace.clone()),
            install_crds: crds(&written, "install"),
            upgrade_crds: crds(&written, "upgrade"),
            creates_namespace: written.is_on(&["install", "createNamespace"]),
            disables_hooks: (
                written.is_on(&["install", "disableHooks"]),
                written.is_on(&["upgrade", "disableHooks"]),
            ),
            drift_detection: written
                .text(&["driftDetection", "mode"])
                .unwrap_or_else(|| "disabled".to_owned()),
            suspend: written.is_on(&["suspend"]),
            kube_config: ["secretRef", "configMapRef"].iter().find_map(|key| {
                let node = written.spec(&["kubeConfig", key, "name"])?;
                Some(Placed { value: text_of(node)?, place: written.place_of(node) })
            }),
            interval: written.text(&["interval"]),
            service_account: written.text(&["serviceAccountName"]),
            id,
            written,
        }
    }

    /// The name of the release. Helm takes 53 characters; the controller cuts a longer name and adds a hash
    /// (internal/release/name.go).
    pub fn release_name(&self) -> String {
        const NAME_BYTES_MAX: usize = 53;
        const HASH_BYTES: usize = 12;
        let name = self.written.text(&["releaseName"]).unwrap_or_else(|| match &self.target_namespace {
            Some(namespace) => format!("{namespace}-{}", self.id.name),
            None => self.id.name.clone(),
        });
        if name.len() <= NAME_BYTES_MAX {
            return name;
        }
        let bytes = Sha256::digest(name.as_bytes());
        let hash = bytes.iter().take(HASH_BYTES / 2).fold(0_u64, |hash, byte| hash << 8 | u64::from(*byte));
        let cut = name.as_bytes().get(..NAME_BYTES_MAX - HASH_BYTES - 1).unwrap_or_default();
        format!("{}-{hash:0HASH_BYTES$x}", String::from_utf8_lossy(cut))
    }

    /// The namespace that it is installed to.
    pub fn release_namespace(&self) -> &str {
        self.target_namespace.as_deref().unwrap_or(&self.id.namespace)
    }

    /// The values that the object itself has.
    pub fn values(&self) -> Option<&Node> {
        self.written.spec(&["values"])
    }

    /// Where a field below `spec` is written; where the object is, when it does not say it: `&["chart", "spec"]`.
    pub fn place_at(&self, path: &[&str]) -> Place {
        self.written.place_at(path)
    }

    /// The object itself.
    pub fn object(&self) -> &Arc<Object> {
        &self.written.0
    }

    pub(crate) fn written(&self) -> &Written {
        &self.written
    }
}

fn chart(written: &Written) -> Option<ChartReference> {
    if let Some(reference) = written.spec(&["chartRef"]) {
        return Some(ChartReference::Object(SourceReference::read(written, reference)));
    }
    let spec = written.spec(&["chart", "spec"])?;
    let text = |key: &str| spec.get(key).and_then(text_of).filter(|text| !text.is_empty());
    let mut source = SourceReference::read(written, spec.get("sourceRef")?);
    if source.kind.is_empty() {
        "HelmRepository".clone_into(&mut source.kind);
    }
    // `valuesFile` comes before `valuesFiles` (v2beta1).
    let files = spec.get("valuesFiles").map(Node::items).unwrap_or_default().iter().filter_map(text_of);
    Some(ChartReference::Template(ChartTemplate {
        chart: text("chart")?,
        version: text("version").unwrap_or_else(|| "*".to_owned()),
        source,
        values_files: text("valuesFile").into_iter().chain(files).collect(),
        ignores_missing_values_files: spec
            .get("ignoreMissingValuesFiles")
            .and_then(Node::as_bool)
            .unwrap_or(false),
        place: written.place_of(spec),
    }))
}

fn values_from(written: &Written) -> Vec<ValuesReference> {
    let read = |node: &Node| {
        let text = |key: &str| node.get(key).and_then(text_of).filter(|text| !text.is_empty());
        let is_on = |key: &str| node.get(key).and_then(Node::as_bool).unwrap_or(false);
        ValuesReference {
            kind: text("kind").unwrap_or_default(),
            name: text("name").unwrap_or_default(),
            key: text("valuesKey").unwrap_or_else(|| "values.yaml".to_owned()),
            target_path: text("targetPath"),
            is_literal: is_on("literal"),
            is_optional: is_on("optional"),
            place: written.place_of(node),
        }
    };
    written.items(&["valuesFrom"]).iter().map(read).collect()
}

/// `crds`; `Create` for both actions where nothing is written. The old `skipCRDs` is no longer looked at
/// (internal/action/crds.go, `crdPolicyOrDefault`).
fn crds(written: &Written, action: &str) -> CrdPolicy {
    match written.text(&[action, "crds"]).as_deref() {
        Some("Skip") => CrdPolicy::Skip,
        Some("CreateReplace") => CrdPolicy::CreateReplace,
        _ => CrdPolicy::Create,
    }
}
