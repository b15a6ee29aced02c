//! What is known of kinds: which lists merge and by which keys, and what has no namespace.

mod builtin;
mod custom;

use std::sync::Arc;

use manifesto_yaml::{Node, SmolStr};

use crate::node::Why;
use crate::object::Gvk;
use builtin::{Builtin, TypeId};
use custom::Custom;

/// The schema of a build: what kustomize bundles, or what a kustomization names with `openapi`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Schema {
    custom: Option<Arc<Custom>>,
}

/// How a list merges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ListMerge {
    /// Items with the same values of these keys are the same item.
    Keys(Vec<SmolStr>),
    /// Equal items are the same item.
    Set,
}

/// The schema of one node.
#[derive(Debug, Clone, Copy)]
pub(crate) enum SchemaNode<'s> {
    /// In the bundled schema.
    Builtin(builtin::Field),
    /// In a schema of the repository.
    Custom(&'s Custom, &'s Node),
}

impl Schema {
    /// The schema that a kustomization names, read from its text. `with_builtin` says whether what it lacks is looked
    /// up in the bundled one.
    pub(crate) fn custom(text: &[u8], with_builtin: bool) -> Why<Self> {
        Ok(Self { custom: Some(Arc::new(Custom::new(text, with_builtin)?)) })
    }

    /// Whether objects of a kind certainly have no namespace.
    pub(crate) fn is_cluster_scoped(&self, gvk: &Gvk) -> bool {
        Builtin::get().is_cluster_scoped(gvk)
            || self.custom.as_ref().is_some_and(|custom| custom.is_cluster_scoped(gvk))
    }

    /// The schema of the objects of a kind.
    pub(crate) fn of_kind(&self, api_version: &str, kind: &str) -> Option<SchemaNode<'_>> {
        if let Some(custom) = &self.custom {
            if let Some(node) = custom.of_kind(api_version, kind) {
                return Some(SchemaNode::Custom(custom, node));
            }
            if !custom.with_builtin {
                return None;
            }
        }
        let id = Builtin::get().of_kind(api_version, kind)?;
        Some(SchemaNode::Builtin(builtin::Field::of(id)))
    }
}

impl SchemaNode<'_> {
    /// The schema of a field.
    pub(crate) fn field(self, name: &str) -> Option<Self> {
        match self {
            Self::Builtin(field) => field.target()?.field(name).map(Self::Builtin),
            Self::Custom(custom, node) => custom.field(node, name),
        }
    }

    /// The schema of the items of a list.
    pub(crate) fn items(self) -> Option<Self> {
        match self {
            Self::Builtin(field) => field.target().map(|id: TypeId| Self::Builtin(builtin::Field::of(id))),
            Self::Custom(custom, node) => custom.items(node),
        }
    }

    /// How a list with this schema merges; none when it is replaced.
    pub(crate) fn list_merge(self) -> Option<ListMerge> {
        match self {
            Self::Builtin(field) => field.list_merge(),
            Self::Custom(_, node) => custom::list_merge(node),
        }
    }
}
