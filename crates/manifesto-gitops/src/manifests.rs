//! Manifests that are applied as they are.

use std::sync::Arc;

use manifesto_objects::{NotAnObject, objects_of};
use manifesto_tree::{Entry, Gap, GapReason, Place, Tree, TreePath};
use manifesto_yaml::Node;

use crate::Rendering;
use crate::kustomizations::is_kustomization_file;
use crate::parsed_files::ParsedFiles;

/// Configuration of programs that look like objects and never reach a cluster.
const NEVER_APPLIED: &[&str] = &[
    "apiserver.config.k8s.io",
    "apiserver.k8s.io",
    "audit.k8s.io",
    "backstage.io",
    "chainsaw.kyverno.io",
    "cli.kyverno.io",
    "config.kubernetes.io",
    "ctlptl.dev",
    "eksctl.io",
    "k0s.k0sproject.io",
    "k3d.io",
    "kind.x-k8s.io",
    "kubeadm.k8s.io",
    "kubelet.config.k8s.io",
    "kubeproxy.config.k8s.io",
    "kubescheduler.config.k8s.io",
    "kustomize.config.k8s.io",
    "kuttl.dev",
    "skaffold",
    "viaduct.ai",
];

/// Whether no cluster serves this API. The group without a name has one version; others there are those of Talos.
fn is_never_applied(group: &str, version: &str) -> bool {
    NEVER_APPLIED.contains(&group) || (group.is_empty() && version != "v1")
}

fn is_other_configuration(root: &Node) -> bool {
    let api = root.get("apiVersion").and_then(Node::as_str).unwrap_or_default();
    let (group, version) = api.split_once('/').unwrap_or(("", api));
    is_never_applied(group, version)
}

/// Whether kubectl and Argo CD would read this file of a directory.
pub(crate) fn is_manifest_file(entry: &Entry) -> bool {
    entry.is_file()
        && matches!(entry.path.extension(), Some("yaml" | "yml" | "json"))
        && !is_kustomization_file(&entry.path)
}

/// The files of a directory that may hold manifests.
pub(crate) fn files_of<'t>(tree: &'t Tree, directory: &TreePath, recurse: bool) -> Vec<&'t Entry> {
    let hidden = |entry: &Entry| {
        let way = entry.path.strip_prefix(directory).unwrap_or_default();
        way.split('/').any(|segment| segment.starts_with('.'))
    };
    if recurse {
        tree.below(directory).iter().filter(|entry| is_manifest_file(entry) && !hidden(entry)).collect()
    } else {
        tree.files_in(directory).filter(|entry| is_manifest_file(entry) && !hidden(entry)).collect()
    }
}

/// Reads the objects of these files.
pub(crate) fn render(files: &ParsedFiles, tree: &Tree, entries: &[&Entry]) -> Rendering {
    let mut rendering = Rendering::default();
    for entry in entries {
        read_file(files, tree, entry, &mut rendering);
    }
    rendering
}

fn read_file(files: &ParsedFiles, tree: &Tree, entry: &Entry, rendering: &mut Rendering) {
    rendering.reads.insert(entry.path.clone());
    let parsed = match files.parse(tree, entry) {
        Ok(parsed) => parsed,
        Err(error) => {
            let gap = Gap::new(GapReason::Unreadable, format!("the file cannot be read: {error}"));
            rendering.gaps.push(gap.at(Place::file(entry.path.clone())).hiding(entry.path.clone()));
            return;
        }
    };
    let paths: Arc<[TreePath]> = Arc::from([entry.path.clone()]);
    let via: Arc<[Place]> = Arc::from([]);
    for document in &parsed.documents {
        for object in objects_of(&document.root, &paths, &via) {
            match object {
                Ok(object) if is_never_applied(&object.id.group, &object.version) => {}
                Ok(object) => rendering.objects.push(Arc::new(object)),
                Err((_, NotAnObject::NoName)) if is_other_configuration(&document.root) => {}
                Err((mark, NotAnObject::NoName)) => {
                    let place = Place::line(entry.path.clone(), mark.line);
                    let gap = Gap::new(GapReason::BrokenFile, "the object has no metadata.name");
                    rendering.gaps.push(gap.at(place).hiding(entry.path.clone()));
                }
                // Not everything that is YAML is a manifest: values, configuration, data.
                Err((_, NotAnObject::Empty | NotAnObject::NotAMapping | NotAnObject::NoKind)) => {}
            }
        }
    }
    // A file that never was a manifest hides nothing when it is broken.
    if let Some(error) = parsed.error.as_ref().filter(|_| mentions_objects(tree, entry)) {
        let place =
            Place { path: entry.path.clone(), line: error.mark.line, column: error.mark.column.into() };
        let gap = Gap::new(GapReason::BrokenFile, format!("the YAML is broken: {}", error.problem));
        rendering.gaps.push(gap.at(place).hiding(entry.path.clone()).remedy("mend the file"));
    }
}

/// Whether a file is no YAML at all. Who applies its directory is told so; nobody can say what it was to be.
pub(crate) fn is_no_yaml(files: &ParsedFiles, tree: &Tree, path: &TreePath) -> bool {
    let Some(entry) = tree.entry(path).filter(|entry| is_manifest_file(entry)) else { return false };
    let Ok(parsed) = files.parse(tree, entry) else { return false };
    parsed.documents.is_empty() && parsed.error.is_some() && !mentions_objects(tree, entry)
}

/// Whether a file that cannot be parsed was meant to be a manifest: some line says `apiVersion:`.
fn mentions_objects(tree: &Tree, entry: &Entry) -> bool {
    let content = tree.read(entry).unwrap_or_else(|_| Arc::from([]));
    content
        .split(|b| *b == b'\n')
        .any(|line| line.starts_with(b"apiVersion:") || line.starts_with(b"\"apiVersion\""))
}
