//! What makes Secrets, and with which keys.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use manifesto_objects::Object;
use manifesto_yaml::Node;

use super::external;
use crate::Cluster;

/// The keys of a Secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keys {
    /// All of them.
    Known(BTreeSet<String>),
    /// Nobody can tell from the objects.
    Unknown,
}

/// A Secret that something makes.
#[derive(Debug, Clone)]
pub struct MadeSecret {
    /// What makes it: the Secret itself, an ExternalSecret, a Certificate, a database, …
    pub maker: Arc<Object>,
    /// Its keys.
    pub keys: Keys,
}

/// A kind that makes Secrets whose names can be told: where the name stands, what is put behind it, and the keys.
struct Profile {
    group: &'static str,
    kind: &'static str,
    /// The field that names the Secret; empty for the object's own name.
    name: &'static [&'static str],
    suffixes: &'static [&'static str],
    keys: &'static [&'static str],
}

const OWN_NAME: &[&str] = &[];
const PLAIN: &[&str] = &[""];

/// cert-manager (also fills keystores, so its keys are not all), CloudNativePG (`pkg/specs/secrets.go`), Sealed Secrets,
/// the operators of OpenBao/Vault, Infisical and 1Password, Zalando's and Strimzi's users.
const PROFILES: &[Profile] = &[
    Profile {
        group: "cert-manager.io",
        kind: "Certificate",
        name: &["spec", "secretName"],
        suffixes: PLAIN,
        keys: &[],
    },
    Profile {
        group: "postgresql.cnpg.io",
        kind: "Cluster",
        name: OWN_NAME,
        suffixes: &["-app", "-superuser"],
        keys: &[
            "username",
            "user",
            "password",
            "host",
            "port",
            "dbname",
            "uri",
            "jdbc-uri",
            "pgpass",
            "fqdn-uri",
            "fqdn-jdbc-uri",
        ],
    },
    Profile {
        group: "postgresql.cnpg.io",
        kind: "Cluster",
        name: OWN_NAME,
        suffixes: &["-ca", "-server", "-replication"],
        keys: &[],
    },
    Profile { group: "bitnami.com", kind: "SealedSecret", name: OWN_NAME, suffixes: PLAIN, keys: &[] },
    Profile {
        group: "secrets.hashicorp.com",
        kind: "VaultStaticSecret",
        name: &["spec", "destination", "name"],
        suffixes: PLAIN,
        keys: &[],
    },
    Profile {
        group: "secrets.hashicorp.com",
        kind: "VaultDynamicSecret",
        name: &["spec", "destination", "name"],
        suffixes: PLAIN,
        keys: &[],
    },
    Profile { group: "onepassword.com", kind: "OnePasswordItem", name: OWN_NAME, suffixes: PLAIN, keys: &[] },
    Profile { group: "kafka.strimzi.io", kind: "KafkaUser", name: OWN_NAME, suffixes: PLAIN, keys: &[] },
];

/// Every Secret whose maker is among the objects, by namespace and name.
pub(super) fn read(cluster: &Cluster) -> BTreeMap<(String, String), Vec<MadeSecret>> {
    let mut made: BTreeMap<(String, String), Vec<MadeSecret>> = BTreeMap::new();
    let mut add = |maker: &Arc<Object>, name: String, keys: Keys| {
        let key = (maker.id.namespace.clone(), name);
        made.entry(key).or_default().push(MadeSecret { maker: Arc::clone(maker), keys });
    };
    for secret in cluster.of_kind("", "Secret") {
        add(secret, secret.id.name.clone(), own_keys(secret));
    }
    for external in
        external::read(cluster).iter().filter(|external| external.object.id.kind == "ExternalSecret")
    {
        add(&external.object, external.target.clone(), external.secret_keys());
    }
    for profile in PROFILES {
        for object in cluster.of_kind(profile.group, profile.kind) {
            let name = match profile.name {
                [] => Some(object.id.name.clone()),
                path => object.at(path).and_then(Node::text).map(str::to_owned),
            };
            for suffix in profile.suffixes {
                let Some(name) = name.as_ref().map(|name| format!("{name}{suffix}")) else { continue };
                add(object, name, profile_keys(profile));
            }
        }
    }
    made
}

fn profile_keys(profile: &Profile) -> Keys {
    match profile.keys {
        [] => Keys::Unknown,
        keys => Keys::Known(keys.iter().map(|key| (*key).to_owned()).collect()),
    }
}

/// The keys of a Secret that is written down. Without any it is filled by somebody else.
fn own_keys(secret: &Object) -> Keys {
    let keys: BTreeSet<String> = ["data", "stringData"]
        .iter()
        .filter_map(|field| secret.at(&[field]))
        .flat_map(Node::entries)
        .filter_map(|entry| entry.key.text().map(str::to_owned))
        .collect();
    let is_filled_later =
        keys.is_empty() || secret.at(&["type"]).and_then(Node::as_str).is_some_and(is_filled);
    if is_filled_later { Keys::Unknown } else { Keys::Known(keys) }
}

fn is_filled(kind: &str) -> bool {
    kind == "kubernetes.io/service-account-token"
}
