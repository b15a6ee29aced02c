//! The binary, the examples, the documentation and the tidiness of the workspace.

#![allow(clippy::unwrap_used, clippy::string_slice, reason = "a test that panics has failed, as it should")]
#![allow(clippy::print_stdout, reason = "a test that skips itself says so")]

mod access;
mod arcane;
mod charts;
mod claims;
mod cli;
mod confinement;
mod dependencies;
mod deployments;
mod examples;
mod fetch;
mod formats;
mod lies;
mod operations;
mod precision;
mod reachability;
mod reference;
mod render;
mod reports;
mod run;
mod templates;
mod tidy;
