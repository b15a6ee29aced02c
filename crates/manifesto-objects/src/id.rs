//! What makes two objects the same.

use std::fmt;

/// The identity of an object. The version is not part of it: `apps/v1beta1` and `apps/v1` name the same Deployment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    /// The API group; empty for the core group.
    pub group: String,
    /// The kind.
    pub kind: String,
    /// The namespace; empty when the object has none or says none.
    pub namespace: String,
    /// The name.
    pub name: String,
}

impl ObjectId {
    /// Whether this is a kind of this group, as `("apps", "Deployment")`.
    pub fn is(&self, group: &str, kind: &str) -> bool {
        self.group == group && self.kind == kind
    }

    /// `Kind/name`, the way people write it.
    pub fn short(&self) -> String {
        format!("{}/{}", self.kind, self.name)
    }
}

/// `Kind/name` and, when there is one, ` in namespace`.
impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.name)?;
        if self.namespace.is_empty() { Ok(()) } else { write!(f, " in {}", self.namespace) }
    }
}
