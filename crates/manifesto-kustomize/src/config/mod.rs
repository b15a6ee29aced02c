//! Which fields the transformers work on (api/internal/plugins/builtinconfig).

mod crds;
mod defaults;
mod read;

use std::cmp::Ordering;
use std::sync::{Arc, OnceLock};

use manifesto_yaml::SmolStr;

use crate::meter::Meter;
use crate::node::{FieldPath, Why};
use crate::object::Gvk;

pub(crate) use crds::config_of_crds;
pub(crate) use read::read_config;

/// A field of the objects of some kinds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldSpec {
    /// The kinds; empty parts match anything.
    pub(crate) gvk: Gvk,
    /// The field.
    pub(crate) path: FieldPath,
    /// Whether the field is made where it is missing.
    pub(crate) create: bool,
}

/// Fields that hold names of objects of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct NameReference {
    /// The kind whose names they hold.
    pub(crate) target: Gvk,
    /// The fields.
    pub(crate) referrers: Vec<FieldSpec>,
}

/// The fields of all transformers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Config {
    pub(crate) name_prefix: Vec<FieldSpec>,
    pub(crate) name_suffix: Vec<FieldSpec>,
    pub(crate) namespace: Vec<FieldSpec>,
    pub(crate) common_labels: Vec<FieldSpec>,
    pub(crate) labels: Vec<FieldSpec>,
    pub(crate) template_labels: Vec<FieldSpec>,
    pub(crate) common_annotations: Vec<FieldSpec>,
    pub(crate) name_references: Vec<NameReference>,
    pub(crate) var_references: Vec<FieldSpec>,
    pub(crate) images: Vec<FieldSpec>,
    pub(crate) replicas: Vec<FieldSpec>,
}

impl FieldSpec {
    /// A field of all kinds that the selector matches.
    pub(crate) fn new(gvk: Gvk, path: &str, create: bool) -> Self {
        Self { gvk, path: FieldPath::new(path), create }
    }
}

impl Config {
    /// What kustomize starts with.
    pub(crate) fn default_fields() -> &'static Arc<Self> {
        static DEFAULT: OnceLock<Arc<Config>> = OnceLock::new();
        DEFAULT.get_or_init(|| Arc::new(defaults::config()))
    }

    /// Both together. Fields that say the same but for `create` conflict.
    pub(crate) fn merged(&self, other: &Self, meter: &Meter) -> Why<Self> {
        let specs = |ours: &[FieldSpec], theirs: &[FieldSpec]| merged(ours, theirs, meter);
        let mut config = Self {
            name_prefix: specs(&self.name_prefix, &other.name_prefix)?,
            name_suffix: specs(&self.name_suffix, &other.name_suffix)?,
            namespace: specs(&self.namespace, &other.namespace)?,
            common_labels: specs(&self.common_labels, &other.common_labels)?,
            labels: specs(&self.labels, &other.labels)?,
            template_labels: specs(&self.template_labels, &other.template_labels)?,
            common_annotations: specs(&self.common_annotations, &other.common_annotations)?,
            name_references: self.name_references.clone(),
            var_references: specs(&self.var_references, &other.var_references)?,
            images: specs(&self.images, &other.images)?,
            replicas: specs(&self.replicas, &other.replicas)?,
        };
        for reference in &other.name_references {
            config.add_name_reference(reference, meter)?;
        }
        config.sort();
        Ok(config)
    }

    /// Adds fields that hold names.
    pub(crate) fn add_name_reference(&mut self, new: &NameReference, meter: &Meter) -> Why<()> {
        match self.name_references.iter_mut().find(|known| known.target == new.target) {
            Some(known) => known.referrers = merged(&known.referrers, &new.referrers, meter)?,
            None => self.name_references.push(new.clone()),
        }
        Ok(())
    }

    /// Orders the fields by kind (sortFields).
    pub(crate) fn sort(&mut self) {
        let lists = [
            &mut self.name_prefix,
            &mut self.name_suffix,
            &mut self.namespace,
            &mut self.common_labels,
            &mut self.labels,
            &mut self.template_labels,
            &mut self.common_annotations,
            &mut self.var_references,
            &mut self.images,
            &mut self.replicas,
        ];
        for list in lists {
            list.sort_by(|a, b| by_kind(&a.gvk, &b.gvk));
        }
        self.name_references.sort_by(|a, b| by_kind(&a.target, &b.target));
    }
}

/// Adds fields to fields (FsSlice, MergeAll).
pub(crate) fn merged(ours: &[FieldSpec], theirs: &[FieldSpec], meter: &Meter) -> Why<Vec<FieldSpec>> {
    let mut specs = ours.to_vec();
    for spec in theirs {
        meter.charge(specs.len() as u64 / 8 + 1)?;
        add(&mut specs, spec)?;
    }
    Ok(specs)
}

/// Adds a field, unless it is there.
pub(crate) fn add(specs: &mut Vec<FieldSpec>, new: &FieldSpec) -> Why<()> {
    let known = specs.iter().find(|spec| spec.path == new.path && spec.gvk.is_selected_by(&new.gvk));
    match known {
        Some(known) if known.create != new.create => {
            Err(format!("the field {} is configured with `create` and without", new.path.text()))
        }
        Some(_) => Ok(()),
        None => {
            specs.push(new.clone());
            Ok(())
        }
    }
}

/// The kinds that come first, and those that come last, in every order of kustomize (kyaml/resid/gvk.go).
pub(crate) const ORDER_FIRST: [&str; 22] = [
    "Namespace",
    "ResourceQuota",
    "StorageClass",
    "CustomResourceDefinition",
    "ServiceAccount",
    "PodSecurityPolicy",
    "Role",
    "ClusterRole",
    "RoleBinding",
    "ClusterRoleBinding",
    "ConfigMap",
    "Secret",
    "Endpoints",
    "Service",
    "LimitRange",
    "PriorityClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Deployment",
    "StatefulSet",
    "CronJob",
    "PodDisruptionBudget",
];
pub(crate) const ORDER_LAST: [&str; 2] = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];

fn by_kind(a: &Gvk, b: &Gvk) -> Ordering {
    let rank = |gvk: &Gvk| {
        let first = ORDER_FIRST.iter().position(|kind| *kind == gvk.kind);
        let last = ORDER_LAST.iter().position(|kind| *kind == gvk.kind);
        match (first, last) {
            (Some(index), _) => (0, index),
            (None, None) => (1, 0),
            (None, Some(index)) => (2, index),
        }
    };
    rank(a).cmp(&rank(b)).then_with(|| sort_text(a).cmp(&sort_text(b)))
}

/// Group, version and kind as the orders compare them: what is empty has a stand-in that sorts behind letters.
pub(crate) fn sort_text(gvk: &Gvk) -> String {
    let part = |text: &SmolStr, none: &'static str| if text.is_empty() { none.into() } else { text.clone() };
    format!("{}_{}_{}", part(&gvk.group, "~G"), part(&gvk.version, "~V"), part(&gvk.kind, "~K"))
}
