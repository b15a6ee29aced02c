//! Flux: what its objects say, and what its controllers make of the repository.
//!
//! [`Definition::read`] reads an object of Flux. [`build`] does for a [`Kustomization`] what kustomize-controller does:
//! it completes the directory's kustomization, builds it and replaces variables. [`helm_request`] says what
//! helm-controller has Helm render, and [`post_render`] what it makes of that. [`artifact`] leaves out what a source
//! leaves out, and [`resource_set`] fills templates of flux-operator. Nothing here asks a cluster: what only a cluster
//! knows is a gap that names it, and a mark in the text.
//!
//! Upstream: fluxcd/pkg, kustomize-controller v1, helm-controller v1 and source-controller v1 of August 2026, and
//! controlplaneio-fluxcd/flux-operator.

mod artifact;
mod build;
mod decryption;
mod definition;
pub(crate) mod delimiters;
mod envsubst;
mod generate;
mod helm;
mod ignore;
mod lines;
mod metadata;
mod post_render;
pub mod resource_set;
mod substitute;
pub(crate) mod template_value;
mod unknown;
mod variables;

use std::collections::BTreeSet;
use std::sync::Arc;

use manifesto_objects::{Object, ObjectId};
use manifesto_tree::{Gap, TreePath};

pub use artifact::artifact;
pub use build::build;
pub use definition::{
    ChartReference, ChartTemplate, CrdPolicy, Definition, Dependency, HelmRelease, Kustomization, Placed,
    Source, SourceKind, SourceReference, SubstituteReference, ValuesReference,
};
pub use helm::{HelmRequest, helm_request};
pub use post_render::{PostRender, post_render};
pub(crate) use unknown::unknown as unknown_text;

/// Finds an object of the same cluster: a ConfigMap or a Secret that another object names. None says that the
/// repository does not have it.
pub type Find<'f> = dyn Fn(&ObjectId) -> Option<Arc<Object>> + Sync + 'f;

/// What comes of a definition. What could not be rendered is a gap, and the rest is there.
#[derive(Debug, Clone, Default)]
pub struct Built {
    /// The objects, in the order of the build; none when the controller would apply nothing.
    pub objects: Vec<Arc<Object>>,
    /// What could not be rendered.
    pub gaps: Vec<Gap>,
    /// The files that were read, or looked for in vain.
    pub reads: BTreeSet<TreePath>,
    /// The objects that were asked for: ConfigMaps and Secrets that values come from, present or not.
    pub asked: BTreeSet<ObjectId>,
}

#[cfg(test)]
mod tests;
