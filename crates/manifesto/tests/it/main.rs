//! The binary, the examples, the documentation and the tidiness of the workspace.

mod access;
mod arcane;
mod claims;
mod cli;
mod dependencies;
mod examples;
mod operations;
mod reachability;
mod reference;
mod render;
mod reports;
mod run;
mod templates;
mod tidy;
