//! What a set of objects means: workloads, connections, routes, permissions, secrets.
//!
//! A [`Cluster`] is all that goes to one destination at one revision. Two of them, base and head, are compared by the
//! analyzers, which subtract meanings and not YAML. Each meaning is worked out when it is first asked for. This crate
//! knows what objects are, and neither repositories nor components.

#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod backups;
mod cluster;
pub mod data;
pub mod exposure;
mod labels;
mod namespaces;
pub mod network;
pub mod permissions;
pub mod pod_security;
pub mod references;
pub mod resources;
pub mod secrets;
pub mod workloads;

pub use cluster::Cluster;
pub use labels::Labels;
pub use namespaces::Namespace;
pub use workloads::{Container, ContainerPort, ContainerRole, Maker, Workload};

#[cfg(test)]
mod tests;
