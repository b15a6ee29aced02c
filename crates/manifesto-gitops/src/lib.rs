//! Which components a repository deploys, what each renders to, and which of them a change touches.
//!
//! [`Change::between`] is the door: two trees and the files that differ go in; components with their objects on both
//! sides, the change set and the gaps come out. Nothing is configured: a component is what an Argo CD Application names,
//! a kustomization that no other one uses, a rendered tree, a chart, or a directory of manifests.

#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

mod affected;
mod argocd;
mod change;
mod chart;
mod clusters;
mod component;
mod indirect;
mod kustomizations;
mod layout;
mod manifests;
mod names;
mod not_analysed;
mod parsed_files;
mod rendered_tree;
mod rendering;
mod staleness;

pub use argocd::GitGenerator;
pub use change::{AffectedComponent, Change, ComponentSide, merged};
pub use clusters::{ClusterObjects, ClusterSides};
pub use component::{Component, Source};
pub use not_analysed::{NotAnalysed, what_is};
pub use rendering::Rendering;
pub use staleness::{Stale, StaleKind};

#[cfg(test)]
mod tests;
