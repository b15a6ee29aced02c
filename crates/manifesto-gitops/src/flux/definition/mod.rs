//! What the objects of Flux say, field by field, and where it is written.

mod helm_release;
mod kustomization;
mod reference;
mod source;

use std::sync::Arc;

use manifesto_objects::Object;
use manifesto_tree::{Place, Side};
use manifesto_yaml::Node;

pub use helm_release::{ChartReference, ChartTemplate, CrdPolicy, HelmRelease, ValuesReference};
pub use kustomization::{Kustomization, SubstituteReference};
pub use reference::{Dependency, Placed, SourceReference};
pub use source::{Source, SourceKind};

use crate::flux::resource_set::ResourceSet;

/// An object that tells Flux what to deploy, or where from.
#[derive(Debug, Clone)]
pub enum Definition {
    /// A directory that is built and applied.
    Kustomization(Kustomization),
    /// A chart that is installed.
    HelmRelease(HelmRelease),
    /// Where files or charts come from.
    Source(Source),
    /// A template of objects (flux-operator).
    ResourceSet(ResourceSet),
}

impl Definition {
    /// Reads an object; none when it is nothing of Flux. Every version of an API counts: what differs between them is
    /// told apart by the fields.
    pub fn read(object: &Arc<Object>) -> Option<Self> {
        let written = Written(Arc::clone(object));
        let id = &object.id;
        match (id.group.as_str(), id.kind.as_str()) {
            ("kustomize.toolkit.fluxcd.io", "Kustomization") => {
                Some(Self::Kustomization(Kustomization::read(written)))
            }
            ("helm.toolkit.fluxcd.io", "HelmRelease") => Some(Self::HelmRelease(HelmRelease::read(written))),
            ("source.toolkit.fluxcd.io", _) => Source::read(written).map(Self::Source),
            ("fluxcd.controlplane.io", "ResourceSet") => Some(Self::ResourceSet(ResourceSet::read(written))),
            _ => None,
        }
    }
}

/// An object, to read fields from.
#[derive(Debug, Clone)]
pub(crate) struct Written(pub(crate) Arc<Object>);

impl Written {
    /// A field below `spec`.
    pub(crate) fn spec(&self, path: &[&str]) -> Option<&Node> {
        self.0.root.get("spec")?.path(path).filter(|node| !node.is_null())
    }

    /// A text below `spec`; none when it is empty.
    pub(crate) fn text(&self, path: &[&str]) -> Option<String> {
        self.spec(path).and_then(text_of).filter(|text| !text.is_empty())
    }

    /// A switch below `spec`; off when it is not there.
    pub(crate) fn is_on(&self, path: &[&str]) -> bool {
        self.spec(path).and_then(Node::as_bool).unwrap_or(false)
    }

    /// The items of a list below `spec`.
    pub(crate) fn items(&self, path: &[&str]) -> &[Node] {
        self.spec(path).map(Node::items).unwrap_or_default()
    }

    /// Where a node of the object is written.
    pub(crate) fn place_of(&self, node: &Node) -> Place {
        self.0.origin_at(Side::Head, node.mark).place
    }

    /// Where the object is written.
    pub(crate) fn place(&self) -> Place {
        self.0.origin(Side::Head).place
    }

    /// Where a field below `spec` is written; where the object is, when it does not say it.
    pub(crate) fn place_at(&self, path: &[&str]) -> Place {
        self.spec(path).map_or_else(|| self.place(), |node| self.place_of(node))
    }
}

/// The text of a scalar. The API wants strings; what YAML reads as something else, people see as text all the same.
pub(crate) fn text_of(node: &Node) -> Option<String> {
    node.text().filter(|_| !node.is_null()).map(str::to_owned)
}
