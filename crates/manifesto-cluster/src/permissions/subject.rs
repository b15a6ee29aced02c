//! Who is permitted something.

use std::fmt;

use manifesto_yaml::Node;

/// Somebody whom a binding names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The account that pods run as.
    ServiceAccount {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// A user, as the API server's authentication names it.
    User(String),
    /// A group.
    Group(String),
    /// Whoever holds this ClusterRole of the cluster itself: `view`, `edit`, `admin`.
    Holder(String),
}

impl Subject {
    /// Reads an entry of `subjects`; none when it names nobody. A ServiceAccount needs a namespace (kubernetes,
    /// `pkg/apis/rbac/validation`): without one the API server refuses the binding.
    pub(super) fn read(node: &Node) -> Option<Self> {
        let name = node.get("name").and_then(Node::text).filter(|name| !name.is_empty())?;
        match node.get("kind").and_then(Node::as_str)? {
            "ServiceAccount" => {
                let namespace = node.get("namespace").and_then(Node::text).filter(|n| !n.is_empty())?;
                Some(Self::ServiceAccount { namespace: namespace.to_owned(), name: name.to_owned() })
            }
            "User" => Some(Self::user(name)),
            "Group" => Some(Self::Group(name.to_owned())),
            _ => None,
        }
    }

    /// ServiceAccounts are users too, of this name (apiserver, `pkg/authentication/serviceaccount`).
    fn user(name: &str) -> Self {
        let account = name.strip_prefix("system:serviceaccount:").and_then(|rest| rest.split_once(':'));
        match account {
            Some((namespace, name)) => {
                Self::ServiceAccount { namespace: namespace.to_owned(), name: name.to_owned() }
            }
            None => Self::User(name.to_owned()),
        }
    }

    /// The groups that it is in without anybody saying so.
    pub fn groups(&self) -> Vec<Self> {
        let group = |name: &str| Self::Group(name.to_owned());
        match self {
            Self::ServiceAccount { namespace, .. } => vec![
                group("system:serviceaccounts"),
                group(&format!("system:serviceaccounts:{namespace}")),
                group("system:authenticated"),
            ],
            Self::User(name) if name == "system:anonymous" => vec![group("system:unauthenticated")],
            Self::Group(name) if name.starts_with("system:serviceaccounts:") => {
                vec![group("system:serviceaccounts"), group("system:authenticated")]
            }
            Self::Group(name) if name == "system:unauthenticated" || name == "system:authenticated" => {
                Vec::new()
            }
            Self::User(_) | Self::Group(_) => vec![group("system:authenticated")],
            Self::Holder(_) => Vec::new(),
        }
    }

    /// Whether everybody is it: whoever reaches the API server, or whoever can log in.
    pub fn is_everybody(&self) -> bool {
        let name = match self {
            Self::User(name) | Self::Group(name) => name.as_str(),
            Self::ServiceAccount { .. } | Self::Holder(_) => return false,
        };
        matches!(name, "system:anonymous" | "system:unauthenticated" | "system:authenticated")
    }

    /// What it is, in a word or two: "ServiceAccount".
    pub fn kind(&self) -> &'static str {
        match self {
            Self::ServiceAccount { .. } => "ServiceAccount",
            Self::User(_) => "user",
            Self::Group(_) => "group",
            Self::Holder(_) => "holders of ClusterRole",
        }
    }
}

/// `namespace/name`, or the name.
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ServiceAccount { namespace, name } => write!(f, "{namespace}/{name}"),
            Self::User(name) | Self::Group(name) | Self::Holder(name) => f.write_str(name),
        }
    }
}
