//! Differences that come with every release and say nothing.

use manifesto_yaml::{Node, Value};

use crate::{FieldChange, ObjectId, Quantity};

/// Why a difference says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Noise {
    /// A label that repeats the version of the chart or of the program.
    VersionLabel,
    /// A hash of something that is shown elsewhere.
    Checksum,
    /// A certificate or key that is generated at each rendering.
    Certificate,
    /// What a CustomResourceDefinition says of a field to people.
    Description,
    /// The version of a code generator.
    GeneratorVersion,
    /// The same amount, written otherwise.
    SameQuantity,
    /// Nothing, written otherwise: `{}`, `null` or no field.
    Empty,
    /// What the cluster writes, not the repository.
    Status,
}

impl Noise {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::VersionLabel => "version label",
            Self::Checksum => "checksum",
            Self::Certificate => "generated certificate",
            Self::Description => "field description",
            Self::GeneratorVersion => "generator version",
            Self::SameQuantity => "same quantity",
            Self::Empty => "empty field",
            Self::Status => "status",
        }
    }

    /// Why this difference says nothing; none when it says something.
    pub fn of(id: &ObjectId, change: &FieldChange) -> Option<Self> {
        let path = &change.path;
        let last = path.last_key().unwrap_or_default();
        let parent = path.keys().nth_back(1).unwrap_or_default();
        // The labels of a volumeClaimTemplate are immutable: the difference stops the sync.
        let claim_template = path.keys().any(|key| key == "volumeClaimTemplates");
        if parent == "labels" && is_version_label(last) && !claim_template {
            return Some(Self::VersionLabel);
        }
        if parent == "annotations" && is_checksum(last) {
            return Some(Self::Checksum);
        }
        if parent == "annotations" && is_generator_version(last) {
            return Some(Self::GeneratorVersion);
        }
        if last == "description" && path.keys().any(|key| key == "openAPIV3Schema") && is_text(change) {
            return Some(Self::Description);
        }
        if path.keys().next() == Some("status") {
            return Some(Self::Status);
        }
        if is_empty(change.base.as_ref()) && is_empty(change.head.as_ref()) {
            return Some(Self::Empty);
        }
        if is_certificate(id, change) {
            return Some(Self::Certificate);
        }
        same_quantity(change).then_some(Self::SameQuantity)
    }
}

/// Labels by which charts repeat their own version.
fn is_version_label(key: &str) -> bool {
    matches!(key, "helm.sh/chart" | "app.kubernetes.io/version" | "chart" | "olm.version")
}

/// Annotations by which charts restart pods when a ConfigMap or Secret changes; the change itself is shown there.
fn is_checksum(key: &str) -> bool {
    let name = key.rsplit('/').next().unwrap_or(key);
    key.starts_with("checksum/")
        || key.starts_with("checksum.")
        || ["checksum", "-hash", "config-sha", "secret-sha", "sha256", "rollme"]
            .iter()
            .any(|part| name.ends_with(part))
}

fn is_generator_version(key: &str) -> bool {
    matches!(key, "controller-gen.kubebuilder.io/version" | "operatorframework.io/bundle-unpack-min-version")
}

/// A field that is *called* `description` has a mapping there, its schema.
fn is_text(change: &FieldChange) -> bool {
    [&change.base, &change.head].into_iter().flatten().all(|node| node.as_str().is_some())
}

fn is_empty(node: Option<&Node>) -> bool {
    node.is_none_or(|node| match &node.value {
        Value::Scalar(_) => node.is_null(),
        Value::Sequence(items) => items.is_empty(),
        Value::Mapping(mapping) => mapping.is_empty(),
    })
}

/// Both values are certificates or keys; a certificate that appears or disappears is not noise.
fn is_certificate(id: &ObjectId, change: &FieldChange) -> bool {
    let last = change.path.last_key().unwrap_or_default();
    let generated = match (id.group.as_str(), id.kind.as_str()) {
        ("", "Secret") => change.path.starts_with(&["data"]) || change.path.starts_with(&["stringData"]),
        ("admissionregistration.k8s.io" | "apiextensions.k8s.io" | "apiregistration.k8s.io", _) => {
            last == "caBundle"
        }
        _ => false,
    };
    generated && [&change.base, &change.head].iter().all(|side| side.as_ref().is_some_and(is_pem))
}

/// PEM text, plain or in base64 (`LS0tLS1CRUdJTi` is `-----BEGIN `).
fn is_pem(node: &Node) -> bool {
    let text = node.text().unwrap_or_default().trim_start();
    text.starts_with("-----BEGIN ") || text.starts_with("LS0tLS1CRUdJTi")
}

/// `1000m` and `1`, where a quantity is expected.
fn same_quantity(change: &FieldChange) -> bool {
    let amounts = ["requests", "limits", "capacity", "overhead", "hard"];
    if !change.path.keys().any(|key| amounts.contains(&key)) {
        return false;
    }
    let quantity = |side: &Option<Node>| Quantity::parse(side.as_ref()?.text()?).ok();
    quantity(&change.base).is_some_and(|base| quantity(&change.head) == Some(base))
}
