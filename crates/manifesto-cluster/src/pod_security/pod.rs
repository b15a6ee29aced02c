//! A pod, the way the standards look at it.

use manifesto_yaml::Node;

/// A pod's metadata and spec. A field that is null is not set.
#[derive(Debug, Clone, Copy)]
pub struct Pod<'p> {
    metadata: Option<&'p Node>,
    spec: &'p Node,
}

impl<'p> Pod<'p> {
    /// A pod, or the template of one.
    pub fn of_template(template: &'p Node) -> Option<Self> {
        Some(Self { metadata: template.get("metadata"), spec: template.get("spec")? })
    }

    /// A pod of which only the spec is known.
    pub fn of_spec(spec: &'p Node) -> Self {
        Self { metadata: None, spec }
    }

    pub(super) fn annotations(&self) -> impl Iterator<Item = (&'p str, &'p str)> {
        let entries = self.metadata.and_then(|m| m.get("annotations")).map(Node::entries).unwrap_or_default();
        entries.iter().filter_map(|entry| Some((entry.key.text()?, entry.value.text()?)))
    }

    /// A field of the spec.
    pub(super) fn field(&self, path: &[&str]) -> Option<&'p Node> {
        set(self.spec.path(path))
    }

    /// A field of the pod's own security context.
    pub(super) fn security(&self, path: &[&str]) -> Option<&'p Node> {
        set(self.spec.get("securityContext")?.path(path))
    }

    /// All containers of all kinds, in the order of the admission controller.
    pub(super) fn containers(&self) -> impl Iterator<Item = PodContainer<'p>> {
        let lists = ["initContainers", "containers", "ephemeralContainers"];
        let spec = self.spec;
        lists
            .into_iter()
            .flat_map(move |list| spec.get(list).map(Node::items).unwrap_or_default())
            .map(|node| PodContainer { node })
    }

    pub(super) fn volumes(&self) -> &'p [Node] {
        self.spec.get("volumes").map(Node::items).unwrap_or_default()
    }

    /// Whether the pod says that it runs on Windows, where some fields have no meaning (from 1.25 on).
    pub(super) fn is_windows(&self) -> bool {
        self.field(&["os", "name"]).and_then(Node::as_str) == Some("windows")
    }

    /// Whether root in the pod is nobody on the node (counts from 1.35 on).
    pub(super) fn has_own_users(&self) -> bool {
        self.field(&["hostUsers"]).and_then(Node::as_bool) == Some(false)
    }
}

/// A container.
#[derive(Debug, Clone, Copy)]
pub(super) struct PodContainer<'p> {
    node: &'p Node,
}

impl<'p> PodContainer<'p> {
    pub(super) fn name(self) -> &'p str {
        self.node.get("name").and_then(Node::text).unwrap_or_default()
    }

    pub(super) fn field(self, path: &[&str]) -> Option<&'p Node> {
        set(self.node.path(path))
    }

    /// A field of its security context.
    pub(super) fn security(self, path: &[&str]) -> Option<&'p Node> {
        set(self.node.get("securityContext")?.path(path))
    }
}

fn set(node: Option<&Node>) -> Option<&Node> {
    node.filter(|node| !node.is_null())
}
