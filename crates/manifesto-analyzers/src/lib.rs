//! One folder per label of the template: what a change means, as evidence.
//!
//! An analyzer is a function from a [`Change`] to the facts and answers of its own topic. Its folder holds the function
//! and its page; the page is its documentation, what `manifesto explain` prints, and its test. A new analyzer is a folder
//! and two lines here: its `mod` and its row. The last of them reads what the others have found.

#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

mod analyzer;
mod attack_surface;
mod breaking_changes;
mod census;
mod clusters;
mod components;
mod demands;
mod deployment_method;
mod deployment_prerequisites;
mod deployment_steps;
mod dns_and_certificates;
mod documentation;
mod hostnames;
mod images;
mod infrastructure_impact;
mod integration_points;
mod key_files;
mod losses;
mod monitoring_and_metrics;
mod needs;
mod network_isolation;
mod owners;
mod permissions;
mod resource_requirements;
mod review_focus_areas;
mod rollback_procedure;
mod secrets_management;
mod security_measures;
mod separation;
mod statements;
mod storage;
mod surroundings;
mod wording;

pub use analyzer::{Analyzer, analyze};
pub use census::census;
pub use manifesto_gitops::Change;

/// Every analyzer, in the order of the template.
pub static ANALYZERS: &[&Analyzer] = &[
    &components::ANALYZER,
    &key_files::ANALYZER,
    &infrastructure_impact::ANALYZER,
    &integration_points::ANALYZER,
    &security_measures::ANALYZER,
    &attack_surface::ANALYZER,
    &secrets_management::ANALYZER,
    &network_isolation::ANALYZER,
    &permissions::ANALYZER,
    &images::ANALYZER,
    &deployment_method::ANALYZER,
    &deployment_prerequisites::ANALYZER,
    &deployment_steps::ANALYZER,
    &rollback_procedure::ANALYZER,
    &resource_requirements::ANALYZER,
    &storage::ANALYZER,
    &dns_and_certificates::ANALYZER,
    &monitoring_and_metrics::ANALYZER,
    &documentation::ANALYZER,
    &breaking_changes::ANALYZER,
    &review_focus_areas::ANALYZER,
];

#[cfg(test)]
mod tests;
