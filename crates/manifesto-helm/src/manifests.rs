//! From the output of templates to manifests in their order (pkg/release/v1/util/manifest.go, manifest_sorter.go,
//! kind_sorter.go).

use std::collections::BTreeMap;

use manifesto_yaml::{Dialect, Limits, Node, parse};

use crate::chart::decode;
use crate::engine::RenderedFile;
use crate::error::{ErrorKind, HelmError};

/// Kinds in the order in which they are installed.
const INSTALL_ORDER: [&str; 38] = [
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
];

/// A moment at which a hook runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names are Helm's")]
pub enum HookEvent {
    PreInstall,
    PostInstall,
    PreDelete,
    PostDelete,
    PreUpgrade,
    PostUpgrade,
    PreRollback,
    PostRollback,
    Test,
}

impl HookEvent {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "pre-install" => Self::PreInstall,
            "post-install" => Self::PostInstall,
            "pre-delete" => Self::PreDelete,
            "post-delete" => Self::PostDelete,
            "pre-upgrade" => Self::PreUpgrade,
            "post-upgrade" => Self::PostUpgrade,
            "pre-rollback" => Self::PreRollback,
            "post-rollback" => Self::PostRollback,
            "test" | "test-success" => Self::Test,
            _ => return None,
        })
    }
}

/// One document of a template's output.
#[derive(Debug)]
pub(crate) struct Piece {
    /// The file, by its place in the list that was given.
    pub(crate) file: usize,
    /// Where it starts in the file's output.
    pub(crate) start: usize,
    /// How many lines of the file are before it.
    pub(crate) lines_before: usize,
    pub(crate) text: String,
    pub(crate) root: Node,
    pub(crate) kind: String,
    /// When it runs; none for what is no hook.
    pub(crate) events: Option<Vec<HookEvent>>,
}

/// `SortManifests`: manifests, then hooks, each by kind.
pub(crate) fn sorted(files: &[RenderedFile], limits: &Limits) -> Result<(Vec<Piece>, Vec<Piece>), HelmError> {
    let mut order: Vec<usize> = (0..files.len()).collect();
    order.sort_by_key(|&index| files.get(index).map(|file| file.path.as_str()));
    let mut manifests = Vec::new();
    let mut hooks = Vec::new();
    for index in order {
        let Some(file) = files.get(index) else { continue };
        if trimmed(&file.text).1.is_empty() {
            continue;
        }
        // Counted onwards from document to document: from the start each time takes the square of their number.
        let (mut counted, mut lines_before) = (0, 0);
        for (start, text) in split(&file.text) {
            let between = file.text.get(counted..start).unwrap_or_default();
            lines_before += memchr::memchr_iter(b'\n', between).count();
            counted = start;
            let failed = |reason: String| {
                HelmError::new(ErrorKind::Manifest, format!("YAML parse error on {}: {reason}", file.path))
            };
            let (root, head) = read(text, limits).map_err(failed)?;
            let text = String::from_utf8_lossy(text).into_owned();
            let mut piece =
                Piece { file: index, start, lines_before, text, root, kind: head.kind, events: None };
            match head.hook.as_deref().map(events) {
                None => manifests.push(piece),
                // Helm drops hooks for moments that it does not know.
                Some(None) => {}
                Some(events) => {
                    piece.events = events;
                    hooks.push(piece);
                }
            }
        }
    }
    manifests.sort_by(by_kind);
    hooks.sort_by(by_kind);
    Ok((manifests, hooks))
}

fn by_kind(a: &Piece, b: &Piece) -> std::cmp::Ordering {
    let rank = |kind: &str| INSTALL_ORDER.iter().position(|known| *known == kind);
    match (rank(&a.kind), rank(&b.kind)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(_), None) => std::cmp::Ordering::Less,
        (None, Some(_)) => std::cmp::Ordering::Greater,
        (None, None) => a.kind.cmp(&b.kind),
    }
}

fn events(names: &str) -> Option<Vec<HookEvent>> {
    names.split(',').map(|name| HookEvent::parse(&name.trim().to_lowercase())).collect()
}

/// Go's `TrimSpace`: what is left, and where it starts.
fn trimmed(text: &[u8]) -> (usize, &[u8]) {
    let Ok(whole) = std::str::from_utf8(text) else {
        let kept = text.trim_ascii();
        return (text.len() - text.trim_ascii_start().len(), kept);
    };
    (whole.len() - whole.trim_start().len(), whole.trim().as_bytes())
}

/// `SplitManifests`: cuts where `(?:^|\s*\n)---\s*` matches; `^` is the start of the text only. Gives the documents, and
/// where they start.
fn split(text: &[u8]) -> Vec<(usize, &[u8])> {
    let (offset, text) = trimmed(text);
    let mut documents = Vec::new();
    let mut from = 0;
    let mut push = |start: usize, end: usize| {
        let document = text.get(start..end).unwrap_or_default();
        if !document.is_empty() {
            let (space, document) = trimmed(document);
            documents.push((offset + start + space, document));
        }
    };
    for at in memchr::memmem::find_iter(text, b"---") {
        let before = text.get(from..at).unwrap_or_default();
        let end = if at == 0 {
            0
        } else if at > from && before.ends_with(b"\n") {
            from + before.len() - before.iter().rev().take_while(|byte| is_space(**byte)).count()
        } else {
            continue;
        };
        if at > 0 {
            push(from, end);
        }
        let rest = text.get(at + 3..).unwrap_or_default();
        from = at + 3 + rest.iter().take_while(|byte| is_space(**byte)).count();
    }
    push(from, text.len());
    documents
}

/// `\s` of Go's regular expressions.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c)
}

/// What Helm looks at in a manifest.
#[derive(Debug, Default)]
struct Head {
    kind: String,
    hook: Option<String>,
}

/// The one document that Helm reads, and its `SimpleHead`.
fn read(text: &[u8], limits: &Limits) -> Result<(Node, Head), String> {
    let parsed = parse(text, Dialect::SigsV2, limits);
    let root = match (parsed.documents.into_iter().next(), parsed.error) {
        (Some(document), _) => document.root,
        (None, Some(error)) => return Err(format!("error converting YAML to JSON: yaml: {error}")),
        (None, None) => Node::null(),
    };
    let mut head = Head::default();
    let mut version = String::new();
    for (key, value) in decode::fields(&root, "util.SimpleHead")? {
        match key.as_str() {
            "apiversion" => decode::string(value, "SimpleHead.apiVersion", &mut version)?,
            "kind" => decode::string(value, "SimpleHead.kind", &mut head.kind)?,
            "metadata" => head.hook = hook(value)?,
            _ => {}
        }
    }
    Ok((root, head))
}

fn hook(metadata: &Node) -> Result<Option<String>, String> {
    let mut annotations: Option<BTreeMap<String, String>> = None;
    for (key, value) in decode::fields(metadata, "SimpleHead.metadata")? {
        match key.as_str() {
            "name" => decode::string(value, "SimpleHead.metadata.name", &mut String::new())?,
            "annotations" => decode::string_map(value, "SimpleHead.metadata.annotations", &mut annotations)?,
            _ => {}
        }
    }
    Ok(annotations.and_then(|mut annotations| annotations.remove("helm.sh/hook")))
}
