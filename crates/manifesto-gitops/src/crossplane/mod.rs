//! Crossplane: what composites are made into.
//!
//! [`composites`] finds composites and claims among objects, and the composition of each. [`compose`] runs the
//! composition: its pipeline, or its resources. function-patch-and-transform, function-go-templating,
//! function-auto-ready and function-extra-resources run here; what any other function adds is a gap. Nothing was observed
//! yet, as when a composite is made for the first time: what waits for something that only a cluster reports is a gap.
//!
//! A composed object has the name of its resource in the composition as the annotation
//! `crossplane.io/composition-resource-name`; where Crossplane makes up its name, a mark stands for it.
//!
//! Upstream: crossplane v1.20 and v2, and the functions as of August 2026.

mod composite;
mod definition;
mod extra_resources;
mod field_path;
mod go_value;
mod marks;
mod merge;
mod names;
mod patch;
mod pipeline;
mod state;
mod template;
mod template_functions;
mod template_lines;
mod transform;
mod unknown;

use std::sync::Arc;

use manifesto_objects::Object;
use manifesto_tree::Gap;

pub(crate) use composite::groups_of_composites;
pub use composite::{CompositeUse, composites};
pub use definition::{CompositeDefinition, GROUP};
pub use pipeline::compose;

/// What a composite is made into.
#[derive(Debug, Clone, Default)]
pub struct Composition {
    /// The objects, in the order in which the steps made them.
    pub objects: Vec<Composed>,
    /// What is not known.
    pub gaps: Vec<Gap>,
}

/// An object of a composite.
#[derive(Debug, Clone)]
pub struct Composed {
    /// Its name in the composition: it stays the same, whatever the object is called.
    pub name: String,
    /// The object.
    pub object: Arc<Object>,
}

#[cfg(test)]
mod tests;
