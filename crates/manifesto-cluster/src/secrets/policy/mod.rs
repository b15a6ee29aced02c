//! Policies of OpenBao and Vault: which paths of the secret store may be used, and how.

mod acl;
mod parse;
mod tokens;

use std::fmt;

pub use acl::Acl;
pub use parse::parse_policy;

/// What a policy lets do with a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Capability {
    /// Nothing at all; it wins over the others on the same path.
    Deny,
    /// Write what is not there.
    Create,
    /// Read.
    Read,
    /// Write what is there.
    Update,
    /// Delete.
    Delete,
    /// List what is below.
    List,
    /// Use paths that need it.
    Sudo,
    /// Write a part.
    Patch,
    /// List everything below, at any depth (OpenBao).
    Scan,
}

impl Capability {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Deny,
        Self::Create,
        Self::Read,
        Self::Update,
        Self::Delete,
        Self::List,
        Self::Sudo,
        Self::Patch,
        Self::Scan,
    ];

    /// The name in policies.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deny => "deny",
            Self::Create => "create",
            Self::Read => "read",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::List => "list",
            Self::Sudo => "sudo",
            Self::Patch => "patch",
            Self::Scan => "scan",
        }
    }

    /// The capability of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|capability| capability.name() == name)
    }
}

/// A set of capabilities.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Capabilities(u16);

impl Capabilities {
    /// Whether this one is among them.
    pub fn has(self, capability: Capability) -> bool {
        self.0 & (1 << capability as u16) != 0
    }

    /// Whether nothing is permitted: there is none, or `deny` is among them.
    pub fn is_denied(self) -> bool {
        self.0 == 0 || self.has(Capability::Deny)
    }

    /// Adds another set; `deny` on either side leaves nothing but `deny`.
    #[must_use = "the union is returned"]
    pub fn and(self, other: Self) -> Self {
        let union = Self(self.0 | other.0);
        if union.has(Capability::Deny) { [Capability::Deny].into_iter().collect() } else { union }
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Capability> {
        Capability::ALL.into_iter().filter(move |capability| self.has(*capability))
    }
}

impl FromIterator<Capability> for Capabilities {
    fn from_iter<I: IntoIterator<Item = Capability>>(capabilities: I) -> Self {
        Self(capabilities.into_iter().fold(0, |bits, capability| bits | 1 << capability as u16))
    }
}

/// `read, list`.
impl fmt::Display for Capabilities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.iter().map(Capability::name).collect();
        f.write_str(&names.join(", "))
    }
}

/// One `path` of a policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PathRule {
    /// The pattern, as written, without a leading slash.
    pub path: String,
    /// What is permitted there.
    pub capabilities: Capabilities,
    /// The line of the text on which it starts, from 0.
    pub line: u32,
}

impl PathRule {
    /// Whether parts of the path are filled in later, by a template of ours or by the server (`{{identity…}}`): which
    /// paths it matches is then not known.
    pub fn is_templated(&self) -> bool {
        self.path.contains("{{")
    }

    /// How many segments may be anything, and whether everything below is meant.
    pub fn wildcards(&self) -> (usize, bool) {
        let plus = self.path.split('/').filter(|segment| *segment == "+").count();
        (plus, self.path.ends_with('*'))
    }
}
