//! Which components a repository deploys, what each renders to, and which of them a change touches.
//!
//! [`Change::between`] is the door: two trees and the files that differ go in; components with their objects on both
//! sides, the change set and the gaps come out. Nothing is configured: a component is what an Argo CD Application names,
//! a kustomization that no other one uses, a rendered tree, a chart, or a directory of manifests.

#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

mod affected;
mod argocd;
mod artifact_origins;
mod change;
mod chart;
mod chart_releases;
mod chart_store;
mod cluster_directories;
mod clusters;
mod component;
mod composed;
pub mod crossplane;
mod deployment;
mod environments;
pub mod flux;
mod flux_plan;
mod helm_releases;
mod home;
mod indirect;
mod inputs;
mod inventory;
mod kustomizations;
mod layout;
mod listing;
mod local_charts;
mod manifests;
mod mentions;
mod names;
mod namespace;
mod not_analysed;
mod own_releases;
mod parsed_files;
mod plan;
mod rendered_tree;
mod rendering;
mod resource_sets;
mod revision;
mod served_apis;
mod session;
mod staleness;
mod unknown;
mod value_causes;
mod values;

pub use argocd::{GitGenerator, Refusal, Refused, SourceOptions};
pub use change::{AffectedComponent, Change, ComponentSide, merged};
pub use chart::Charts;
pub use chart_releases::{ChartRelease, ChartUpgrade};
pub use chart_store::{ChartStore, WantedChart};
pub use clusters::{ClusterObjects, ClusterSides};
pub use component::{Component, Source, Written};
pub use deployment::{Cluster, Deployment, SetPolicy, Sync, Tool};
pub use inventory::{Inventory, InventoryCluster};
pub use listing::{ListedComponent, Listing};
pub use manifesto_helm::{ChangedDefault, UnusedValue};
pub use not_analysed::{NotAnalysed, what_is};
pub use plan::Duplicate;
pub use rendering::Rendering;
pub use session::Session;
pub use staleness::{Stale, StaleKind};
pub use unknown::{is_unknown, spelled_out};
pub use value_causes::{ValueCause, ValueCauses};

#[cfg(test)]
mod tests;
