//! Names of other objects.

use manifesto_tree::Place;
use manifesto_yaml::Node;

use super::{Written, text_of};

/// A value, and where it is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Where it is written.
    pub place: Place,
}

/// The object that files or a chart come from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceReference {
    /// Its kind: `GitRepository`.
    pub kind: String,
    /// Its namespace: that of the object that names it, unless it is written.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Where it is named.
    pub place: Place,
}

impl SourceReference {
    pub(super) fn read(written: &Written, node: &Node) -> Self {
        let text = |key: &str| node.get(key).and_then(text_of).unwrap_or_default();
        let own = &written.0.id.namespace;
        let namespace = Some(text("namespace")).filter(|namespace| !namespace.is_empty());
        Self {
            kind: text("kind"),
            namespace: namespace.unwrap_or_else(|| own.clone()),
            name: text("name"),
            place: written.place_of(node),
        }
    }
}

/// An object of the same kind that has to be ready before.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dependency {
    /// Its namespace: that of the object that names it, unless it is written.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// When it counts as ready, in CEL; none for its own condition.
    pub ready_expression: Option<String>,
    /// Where it is named.
    pub place: Place,
}

impl Dependency {
    /// Those of `spec.dependsOn`.
    pub(super) fn read(written: &Written) -> Vec<Self> {
        let read = |node: &Node| {
            let text = |key: &str| node.get(key).and_then(text_of).filter(|text| !text.is_empty());
            Some(Self {
                namespace: text("namespace").unwrap_or_else(|| written.0.id.namespace.clone()),
                name: text("name")?,
                ready_expression: text("readyExpr"),
                place: written.place_of(node),
            })
        };
        written.items(&["dependsOn"]).iter().filter_map(read).collect()
    }
}
