//! What the cluster can do (pkg/chart/common/capabilities.go): told, never asked.

use std::any::Any;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use manifesto_gotmpl::{Args, Executor, Failure, HostObject, Kind, Param, Signature, Str, Value};

use crate::error::{ErrorKind, HelmError};

/// A version of Kubernetes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KubeVersion {
    /// As it was given, with `v` in front: `v1.33.4-gke.1245000`.
    pub version: String,
    /// Without what is not a number: `v1.33.4`.
    pub normalized: String,
    /// `1`.
    pub major: String,
    /// `33`.
    pub minor: String,
}

impl Default for KubeVersion {
    /// What Helm 4.1.4 takes when it is told nothing: the version of the client library that it is built with.
    fn default() -> Self {
        Self {
            version: "v1.35.0".to_owned(),
            normalized: "v1.35.0".to_owned(),
            major: "1".to_owned(),
            minor: "35".to_owned(),
        }
    }
}

impl KubeVersion {
    /// `ParseKubeVersion`, with `ParseGeneric` of k8s.io/apimachinery: numbers with dots, and anything behind them.
    pub fn parse(text: &str) -> Result<Self, HelmError> {
        let invalid = |reason: String| {
            HelmError::new(ErrorKind::Option, format!("invalid kube version '{text}': {reason}"))
        };
        let trimmed = text.trim_start();
        let digits = trimmed.strip_prefix('v').unwrap_or(trimmed);
        let end = digits.find(|char: char| !char.is_ascii_digit() && char != '.').unwrap_or(digits.len());
        let numbers = digits.get(..end).unwrap_or_default();
        // Dots at the end belong to what follows.
        let mut components: Vec<&str> = Vec::new();
        for component in numbers.split('.') {
            if component.is_empty() {
                break;
            }
            components.push(component);
        }
        let [major, minor, ..] = components.as_slice() else {
            return Err(invalid(if components.is_empty() {
                format!("could not parse {text:?} as version")
            } else {
                format!("illegal version string {text:?}")
            }));
        };
        if major.len() > 1 && major.starts_with('0') {
            return Err(invalid(format!("illegal zero-prefixed version component {major:?} in {text:?}")));
        }
        let number = |component: &str| component.parse::<u64>().map(|number| number.to_string()).ok();
        let parsed: Option<Vec<String>> = components.iter().map(|component| number(component)).collect();
        let parsed = parsed.ok_or_else(|| invalid(format!("illegal version string {text:?}")))?;
        let (major, minor) = (number(major).unwrap_or_default(), number(minor).unwrap_or_default());
        let version = if text.starts_with('v') { text.to_owned() } else { format!("v{text}") };
        Ok(Self { version, normalized: format!("v{}", parsed.join(".")), major, minor })
    }
}

/// The versions of APIs that Helm 4.1.4 takes for granted: all that its client library knows.
const API_VERSIONS: &str = "v1 \
    admissionregistration.k8s.io/v1 admissionregistration.k8s.io/v1alpha1 admissionregistration.k8s.io/v1beta1 \
    internal.apiserver.k8s.io/v1alpha1 \
    apps/v1 apps/v1beta1 apps/v1beta2 \
    authentication.k8s.io/v1 authentication.k8s.io/v1alpha1 authentication.k8s.io/v1beta1 \
    authorization.k8s.io/v1 authorization.k8s.io/v1beta1 \
    autoscaling/v1 autoscaling/v2 autoscaling/v2beta1 autoscaling/v2beta2 \
    batch/v1 batch/v1beta1 \
    certificates.k8s.io/v1 certificates.k8s.io/v1beta1 certificates.k8s.io/v1alpha1 \
    coordination.k8s.io/v1alpha2 coordination.k8s.io/v1beta1 coordination.k8s.io/v1 \
    discovery.k8s.io/v1 discovery.k8s.io/v1beta1 \
    events.k8s.io/v1 events.k8s.io/v1beta1 \
    extensions/v1beta1 \
    flowcontrol.apiserver.k8s.io/v1 flowcontrol.apiserver.k8s.io/v1beta1 \
    flowcontrol.apiserver.k8s.io/v1beta2 flowcontrol.apiserver.k8s.io/v1beta3 \
    networking.k8s.io/v1 networking.k8s.io/v1beta1 \
    node.k8s.io/v1 node.k8s.io/v1alpha1 node.k8s.io/v1beta1 \
    policy/v1 policy/v1beta1 \
    rbac.authorization.k8s.io/v1 rbac.authorization.k8s.io/v1beta1 rbac.authorization.k8s.io/v1alpha1 \
    resource.k8s.io/v1 resource.k8s.io/v1beta2 resource.k8s.io/v1beta1 resource.k8s.io/v1alpha3 \
    scheduling.k8s.io/v1alpha1 scheduling.k8s.io/v1beta1 scheduling.k8s.io/v1 \
    storage.k8s.io/v1beta1 storage.k8s.io/v1 storage.k8s.io/v1alpha1 \
    storagemigration.k8s.io/v1beta1 \
    apiextensions.k8s.io/v1beta1 apiextensions.k8s.io/v1";

/// `.Capabilities`.
#[derive(Debug)]
pub(crate) struct Capabilities {
    kube_version: Rc<KubeVersionObject>,
    api_versions: Rc<ApiVersions>,
    helm_version: Rc<HelmVersion>,
}

impl Capabilities {
    pub(crate) fn new(kube_version: &KubeVersion, api_versions: &[String]) -> Self {
        let known = API_VERSIONS.split_ascii_whitespace().map(str::to_owned);
        let versions = known.chain(api_versions.iter().cloned()).collect();
        Self {
            kube_version: Rc::new(KubeVersionObject(kube_version.clone())),
            api_versions: Rc::new(ApiVersions { versions, asked: RefCell::default() }),
            helm_version: Rc::new(HelmVersion),
        }
    }

    /// What was asked of the versions of APIs so far.
    pub(crate) fn asked_apis(&self) -> AskedApis {
        self.api_versions.asked.borrow().clone()
    }
}

/// What templates wanted to know of the APIs that the cluster serves, and were told that it does not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AskedApis {
    /// The versions, `monitoring.coreos.com/v1`, and the kinds, `monitoring.coreos.com/v1/ServiceMonitor`.
    pub absent: BTreeSet<String>,
    /// Whether somebody looked at all that there are.
    pub lists_all: bool,
}

/// Entries of a struct, by name.
fn named<const N: usize>(fields: [(&str, Value); N]) -> Vec<(Value, Value)> {
    fields.into_iter().map(|(name, value)| (Value::str(name), value)).collect()
}

impl HostObject for Capabilities {
    fn type_name(&self) -> &'static str {
        "*common.Capabilities"
    }

    fn kind(&self) -> Kind {
        Kind::Ptr
    }

    fn field(&self, name: &str) -> Option<Value> {
        Some(match name {
            "KubeVersion" => Value::Object(Rc::clone(&self.kube_version) as _),
            "APIVersions" => Value::Object(Rc::clone(&self.api_versions) as _),
            "HelmVersion" => Value::Object(Rc::clone(&self.helm_version) as _),
            _ => return None,
        })
    }

    fn entries(&self) -> Vec<(Value, Value)> {
        ["KubeVersion", "APIVersions", "HelmVersion"]
            .into_iter()
            .map(|name| (Value::str(name), self.field(name).unwrap_or_default()))
            .collect()
    }

    fn json_fields(&self) -> Option<Vec<(Str, Value)>> {
        let field = |name| (Str::from(name), self.field(name).unwrap_or_default());
        Some(["KubeVersion", "APIVersions", "HelmVersion"].map(field).into())
    }

    fn method(&self, name: &str) -> Option<Signature> {
        (name == "Copy").then_some(Signature::fixed(&[]))
    }

    fn call(&self, _: &str, _: &mut Executor<'_>, _: Args<'_>) -> Result<Value, Failure> {
        Ok(Value::Object(Rc::new(Self {
            kube_version: Rc::clone(&self.kube_version),
            api_versions: Rc::clone(&self.api_versions),
            helm_version: Rc::clone(&self.helm_version),
        })))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[derive(Debug)]
struct KubeVersionObject(KubeVersion);

impl HostObject for KubeVersionObject {
    fn type_name(&self) -> &'static str {
        "common.KubeVersion"
    }

    fn field(&self, name: &str) -> Option<Value> {
        Some(Value::str(match name {
            "Version" => self.0.version.as_str(),
            "Major" => self.0.major.as_str(),
            "Minor" => self.0.minor.as_str(),
            _ => return None,
        }))
    }

    fn entries(&self) -> Vec<(Value, Value)> {
        named([
            ("Version", Value::str(self.0.version.as_str())),
            ("normalizedVersion", Value::str(self.0.normalized.as_str())),
            ("Major", Value::str(self.0.major.as_str())),
            ("Minor", Value::str(self.0.minor.as_str())),
        ])
    }

    fn address_text(&self) -> Option<Str> {
        Some(Str::from(self.0.normalized.as_str()))
    }

    fn method(&self, name: &str) -> Option<Signature> {
        matches!(name, "String" | "GitVersion").then_some(Signature::fixed(&[]))
    }

    fn call(&self, name: &str, _: &mut Executor<'_>, _: Args<'_>) -> Result<Value, Failure> {
        Ok(Value::str(if name == "String" { self.0.normalized.as_str() } else { self.0.version.as_str() }))
    }

    fn json_fields(&self) -> Option<Vec<(Str, Value)>> {
        let field = |name| (Str::from(name), self.field(name).unwrap_or_default());
        Some(["Version", "Major", "Minor"].map(field).into())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[derive(Debug)]
struct ApiVersions {
    versions: Vec<String>,
    asked: RefCell<AskedApis>,
}

impl HostObject for ApiVersions {
    fn type_name(&self) -> &'static str {
        "common.VersionSet"
    }

    fn kind(&self) -> Kind {
        Kind::Slice
    }

    fn entries(&self) -> Vec<(Value, Value)> {
        self.asked.borrow_mut().lists_all = true;
        let index = |at: usize| Value::Int(i64::try_from(at).unwrap_or(i64::MAX));
        self.versions
            .iter()
            .enumerate()
            .map(|(at, version)| (index(at), Value::str(version.as_str())))
            .collect()
    }

    fn method(&self, name: &str) -> Option<Signature> {
        (name == "Has").then_some(Signature::fixed(&[Param::Str]))
    }

    fn call(&self, _: &str, executor: &mut Executor<'_>, args: Args<'_>) -> Result<Value, Failure> {
        executor.step(self.versions.len() as u64 >> 4)?;
        let asked = args.str(0);
        let is_served = self.versions.iter().any(|version| version.as_bytes() == asked);
        if !is_served {
            self.asked.borrow_mut().absent.insert(String::from_utf8_lossy(asked).into_owned());
        }
        Ok(Value::Bool(is_served))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The build that we are equal to.
#[derive(Debug)]
struct HelmVersion;

const HELM_VERSION: [(&str, &str, &str); 5] = [
    ("Version", "version", "v4.1.4"),
    ("GitCommit", "git_commit", "05fa37973dc9e42b76e1d2883494c87174b6074f"),
    ("GitTreeState", "git_tree_state", "clean"),
    ("GoVersion", "go_version", "go1.25.9"),
    ("KubeClientVersion", "kube_client_version", "v1.35"),
];

impl HostObject for HelmVersion {
    fn type_name(&self) -> &'static str {
        "version.BuildInfo"
    }

    fn field(&self, name: &str) -> Option<Value> {
        HELM_VERSION.iter().find(|(field, ..)| *field == name).map(|(.., value)| Value::str(*value))
    }

    fn entries(&self) -> Vec<(Value, Value)> {
        HELM_VERSION.iter().map(|(name, _, value)| (Value::str(*name), Value::str(*value))).collect()
    }

    fn json_fields(&self) -> Option<Vec<(Str, Value)>> {
        Some(HELM_VERSION.map(|(_, key, value)| (Str::from(key), Value::str(value))).into())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
