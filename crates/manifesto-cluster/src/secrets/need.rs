//! Which keys of Secrets pods need.

use manifesto_yaml::{Mark, Node};

use crate::Workload;

/// A Secret that pods need, or one key of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretNeed {
    /// The Secret.
    pub secret: String,
    /// The key; none when the Secret as a whole is enough.
    pub key: Option<String>,
    /// Whether the pod starts without it.
    pub optional: bool,
    /// Where it stands.
    pub mark: Mark,
}

/// The Secrets that a workload's pods need: as variables, as files, and for its images.
pub fn needs_of(workload: &Workload) -> Vec<SecretNeed> {
    let mut needs = Vec::new();
    for container in &workload.containers {
        for env in container.env() {
            needs.extend(env.path(&["valueFrom", "secretKeyRef"]).and_then(|node| need(node, "name")));
        }
        for source in container.env_from() {
            needs.extend(source.get("secretRef").and_then(|node| need(node, "name")));
        }
    }
    for volume in workload.volumes() {
        needs.extend(volume.get("secret").into_iter().flat_map(|node| files(node, "secretName")));
        let sources = volume.path(&["projected", "sources"]).map(Node::items).unwrap_or_default();
        needs.extend(sources.iter().filter_map(|s| s.get("secret")).flat_map(|node| files(node, "name")));
    }
    // A pull secret that is not there is skipped (kubernetes, `pkg/kubelet/kubelet_pods.go`).
    needs
}

fn need(node: &Node, name: &str) -> Option<SecretNeed> {
    let secret = node.get(name)?;
    Some(SecretNeed {
        secret: secret.text()?.to_owned(),
        key: node.get("key").and_then(Node::text).map(str::to_owned),
        optional: node.get("optional").and_then(Node::as_bool) == Some(true),
        mark: secret.mark,
    })
}

/// A volume needs the Secret, and of its keys those that it lists.
fn files(node: &Node, name: &str) -> Vec<SecretNeed> {
    let Some(whole) = need(node, name) else { return Vec::new() };
    let items = node.get("items").map(Node::items).unwrap_or_default();
    if items.is_empty() {
        return vec![whole];
    }
    let key = |item: &Node| item.get("key").and_then(Node::text).map(str::to_owned);
    items.iter().map(|item| SecretNeed { key: key(item), ..whole.clone() }).collect()
}
