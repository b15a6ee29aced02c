//! Tests of the crate from outside.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "these are tests, and say what they skip and count"
)]

mod conformance;
mod fixtures;
mod hostile;
mod references;
mod repositories;
mod support;
