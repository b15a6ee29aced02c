//! A Flux Kustomization (fluxcd/kustomize-controller v1, api/v1/kustomization_types.go).

use std::collections::BTreeMap;
use std::sync::Arc;

use manifesto_objects::{Object, ObjectId};
use manifesto_tree::{Place, TreePath};
use manifesto_yaml::Node;

use super::{Dependency, Placed, SourceReference, Written, text_of};

/// A directory of a source that is built and applied.
#[derive(Debug, Clone)]
pub struct Kustomization {
    /// Its identity.
    pub id: ObjectId,
    /// Where it is written.
    pub place: Place,
    /// Where its files come from.
    pub source: Option<SourceReference>,
    /// What has to be ready before.
    pub depends_on: Vec<Dependency>,
    /// Whether objects that are no longer built are deleted.
    pub prune: bool,
    /// Whether objects with immutable fields are deleted and created again.
    pub force: bool,
    /// Whether nothing is applied until somebody says so.
    pub suspend: bool,
    /// Whether all objects have to become healthy.
    pub wait: bool,
    /// What becomes of the objects when the Kustomization itself is deleted: `MirrorPrune` unless it is written.
    pub deletion_policy: String,
    /// The objects that have to become healthy.
    pub health_checks: Vec<Placed<ObjectId>>,
    /// The namespace of all objects.
    pub target_namespace: Option<String>,
    /// The Secret or ConfigMap that tells how to reach another cluster; none for the own one.
    pub kube_config: Option<Placed<String>>,
    /// Who decrypts: `sops`.
    pub decryption: Option<Placed<String>>,
    /// How often it is applied, as written.
    pub interval: Option<String>,
    /// How long it may take, as written.
    pub timeout: Option<String>,
    /// The account that applies.
    pub service_account: Option<String>,
    /// Labels of all objects.
    pub labels: BTreeMap<String, Placed<String>>,
    /// Annotations of all objects.
    pub annotations: BTreeMap<String, Placed<String>>,
    /// What variables are set to; none when nothing is replaced after the build.
    pub substitute: Option<BTreeMap<String, String>>,
    /// Where further variables come from, in order.
    pub substitute_from: Vec<SubstituteReference>,
    /// Whether variables are replaced even when none is set.
    pub substitute_always: bool,
    written: Written,
}

/// A ConfigMap or Secret with variables, in the namespace of the Kustomization.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SubstituteReference {
    /// `ConfigMap` or `Secret`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Whether it may be missing.
    pub is_optional: bool,
    /// Where it is named.
    pub place: Place,
}

impl Kustomization {
    /// The directories of the kustomize components that it adds.
    pub(crate) fn component_directories(&self) -> Vec<TreePath> {
        let directory = self.directory();
        let paths = self.written.items(&["components"]).iter().filter_map(Node::text);
        paths.filter_map(|path| directory.join(path).ok()).collect()
    }

    pub(super) fn read(written: Written) -> Self {
        let has_post_build = written.spec(&["postBuild"]).is_some();
        Self {
            id: written.0.id.clone(),
            place: written.place(),
            source: written.spec(&["sourceRef"]).map(|node| SourceReference::read(&written, node)),
            depends_on: Dependency::read(&written),
            prune: written.is_on(&["prune"]),
            force: written.is_on(&["force"]),
            suspend: written.is_on(&["suspend"]),
            wait: written.is_on(&["wait"]),
            deletion_policy: written.text(&["deletionPolicy"]).unwrap_or_else(|| "MirrorPrune".to_owned()),
            health_checks: health_checks(&written),
            target_namespace: written.text(&["targetNamespace"]),
            kube_config: kube_config(&written),
            decryption: placed_text(&written, &["decryption", "provider"]),
            interval: written.text(&["interval"]),
            timeout: written.text(&["timeout"]),
            service_account: written.text(&["serviceAccountName"]),
            labels: texts(&written, &["commonMetadata", "labels"]),
            annotations: texts(&written, &["commonMetadata", "annotations"]),
            substitute: has_post_build.then(|| {
                let set = texts(&written, &["postBuild", "substitute"]);
                set.into_iter().map(|(name, value)| (name, value.value)).collect()
            }),
            substitute_from: substitute_from(&written),
            substitute_always: written.text(&["postBuild", "substituteStrategy"]).as_deref()
                == Some("Always"),
            written,
        }
    }

    /// The directory below the root of its source. It never leads out of it: `..` stops at the root
    /// (`securejoin.SecureJoin` in the controller).
    pub fn directory(&self) -> TreePath {
        let written = self.written.text(&["path"]).unwrap_or_default();
        let mut segments: Vec<&str> = Vec::new();
        for segment in written.split('/').filter(|segment| !segment.contains('\0')) {
            match segment {
                "" | "." => {}
                ".." => drop(segments.pop()),
                name => segments.push(name),
            }
        }
        TreePath::new(&segments.join("/")).unwrap_or_else(|_| TreePath::root())
    }

    /// Whether its objects are deleted together with it.
    pub fn deletes_with_itself(&self) -> bool {
        match self.deletion_policy.as_str() {
            "Delete" | "WaitForTermination" => true,
            "Orphan" => false,
            _ => self.prune,
        }
    }

    /// Where a field below `spec` is written; where the object is, when it does not say it: `&["prune"]`.
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

fn placed_text(written: &Written, path: &[&str]) -> Option<Placed<String>> {
    let node = written.spec(path)?;
    Some(Placed { value: text_of(node)?, place: written.place_of(node) })
}

fn kube_config(written: &Written) -> Option<Placed<String>> {
    placed_text(written, &["kubeConfig", "secretRef", "name"])
        .or_else(|| placed_text(written, &["kubeConfig", "configMapRef", "name"]))
}

fn texts(written: &Written, path: &[&str]) -> BTreeMap<String, Placed<String>> {
    let entries = written.spec(path).map(Node::entries).unwrap_or_default();
    let read = |entry: &manifesto_yaml::Entry| {
        let place = written.place_of(&entry.value);
        Some((
            entry.key.text()?.to_owned(),
            Placed { value: text_of(&entry.value).unwrap_or_default(), place },
        ))
    };
    entries.iter().filter_map(read).collect()
}

fn health_checks(written: &Written) -> Vec<Placed<ObjectId>> {
    let read = |node: &Node| {
        let text = |key: &str| node.get(key).and_then(text_of).unwrap_or_default();
        let api_version = text("apiVersion");
        let group = api_version.split_once('/').map(|(group, _)| group.to_owned()).unwrap_or_default();
        let namespace = Some(text("namespace")).filter(|n| !n.is_empty());
        let namespace = namespace.unwrap_or_else(|| written.0.id.namespace.clone());
        let id = ObjectId { group, kind: text("kind"), namespace, name: text("name") };
        Placed { value: id, place: written.place_of(node) }
    };
    written.items(&["healthChecks"]).iter().map(read).collect()
}

fn substitute_from(written: &Written) -> Vec<SubstituteReference> {
    let read = |node: &Node| {
        let text = |key: &str| node.get(key).and_then(text_of).unwrap_or_default();
        SubstituteReference {
            kind: text("kind"),
            name: text("name"),
            is_optional: node.get("optional").and_then(Node::as_bool).unwrap_or(false),
            place: written.place_of(node),
        }
    };
    written.items(&["postBuild", "substituteFrom"]).iter().map(read).collect()
}
