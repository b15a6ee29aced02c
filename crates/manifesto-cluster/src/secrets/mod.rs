//! Which secret comes from where: stores, the paths they are read from, the Secrets that are made, and who needs them.

mod auth_role;
mod clear;
mod embedded;
mod external;
mod kv;
mod literal;
mod maker;
mod need;
pub mod policy;
mod sensitive;
pub mod sops;
mod store;

use std::collections::BTreeMap;

use crate::Cluster;

pub use auth_role::AuthRole;
pub use clear::{ClearKey, clear_keys};
pub use embedded::{PolicyText, policies_in};
pub use external::{ExternalSecret, PushSecret, RemoteKey};
pub use kv::{KvVersion, data_path};
pub use literal::{Literal, literals};
pub use maker::{Keys, MadeSecret};
pub use manifesto_objects::is_sensitive_name;
pub use need::{SecretNeed, needs_of};
pub use sensitive::{is_placeholder, known_token};
pub use store::{SecretStore, StoreKey, VaultStore};

/// Everything that concerns secrets in a cluster.
#[derive(Debug, Default)]
pub struct Secrets {
    /// The stores, by their kind, namespace and name.
    pub stores: BTreeMap<StoreKey, SecretStore>,
    /// What is read from stores.
    pub external: Vec<ExternalSecret>,
    /// What is written to stores.
    pub pushed: Vec<PushSecret>,
    /// The Secrets that something makes, by namespace and name.
    pub made: BTreeMap<(String, String), Vec<MadeSecret>>,
    /// The roles of the secret store's Kubernetes login.
    pub auth_roles: Vec<AuthRole>,
    /// The policies of the secret store, by the name that the store has for them.
    pub policies: BTreeMap<String, Vec<PolicyText>>,
}

/// Reads all that concerns secrets.
pub(crate) fn read(cluster: &Cluster) -> Secrets {
    let mut secrets = Secrets {
        stores: store::read(cluster),
        external: external::read(cluster),
        pushed: external::read_pushed(cluster),
        made: maker::read(cluster),
        ..Secrets::default()
    };
    for object in cluster.objects() {
        secrets.auth_roles.extend(auth_role::read(object));
        for text in policies_in(object) {
            secrets.policies.entry(text.name.clone()).or_default().push(text);
        }
    }
    secrets
}

impl Secrets {
    /// What the policies of a role say of a path; none when the role, one of its policies, or a pattern in them is not
    /// known.
    pub fn capabilities(&self, mount: &str, role: &str, path: &str) -> Option<policy::Capabilities> {
        let mut roles = self.auth_roles.iter().filter(|known| known.name == role && known.is_at(mount));
        let found = roles.next().filter(|_| roles.next().is_none())?;
        let mut rules = Vec::new();
        for name in &found.policies {
            let [text] = self.policies.get(name)?.as_slice() else { return None };
            rules.extend(text.rules.iter());
        }
        let is_known = !rules.is_empty() && rules.iter().all(|rule| !rule.is_templated());
        is_known.then(|| policy::Acl::new(rules).capabilities(path))
    }
}
