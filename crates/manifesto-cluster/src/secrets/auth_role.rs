//! Roles of the secret store's Kubernetes login: which ServiceAccount gets which policies.

use std::sync::Arc;

use manifesto_objects::Object;
use manifesto_yaml::Node;

/// A role of the Kubernetes login.
#[derive(Debug, Clone)]
pub struct AuthRole {
    /// The object that makes it.
    pub object: Arc<Object>,
    /// The name that logins ask for.
    pub name: String,
    /// The mount of the login; none when it is given by reference.
    pub mount: Option<String>,
    /// The policies that a login gets; every login also has `default`.
    pub policies: Vec<String>,
    /// The ServiceAccounts that may log in.
    pub accounts: Vec<String>,
    /// The namespaces of these.
    pub namespaces: Vec<String>,
}

impl AuthRole {
    /// Whether it may be at this mount.
    pub(super) fn is_at(&self, mount: &str) -> bool {
        self.mount.as_deref().is_none_or(|own| own.trim_matches('/') == mount)
    }
}

/// Reads a role: Crossplane's `AuthBackendRole` (kubernetes.vault.upbound.io), Red Hat's `KubernetesAuthEngineRole`, and
/// the Terraform-like objects of the same fields.
pub(super) fn read(object: &Arc<Object>) -> Option<AuthRole> {
    let is_role = matches!(object.id.kind.as_str(), "AuthBackendRole" | "KubernetesAuthEngineRole");
    if !is_role {
        return None;
    }
    let spec = object.at(&["spec", "forProvider"]).or_else(|| object.at(&["spec"]))?;
    let text = |key: &str| spec.get(key).and_then(Node::text).map(str::to_owned);
    let list = |paths: &[&[&str]]| {
        let items = paths.iter().find_map(|path| spec.path(path)).map(Node::items).unwrap_or_default();
        items.iter().filter_map(Node::text).map(str::to_owned).collect::<Vec<String>>()
    };
    Some(AuthRole {
        name: text("roleName").or_else(|| text("name")).unwrap_or_else(|| object.id.name.clone()),
        mount: text("backend").or_else(|| text("path")),
        policies: list(&[&["tokenPolicies"], &["policies"]]),
        accounts: list(&[&["boundServiceAccountNames"], &["targetServiceAccounts"]]),
        namespaces: list(&[&["boundServiceAccountNamespaces"], &["targetNamespaces", "targetNamespaces"]]),
        object: Arc::clone(object),
    })
}
