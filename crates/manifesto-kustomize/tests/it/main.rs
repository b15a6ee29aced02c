//! Tests of the crate from outside.

mod conformance;
mod repositories;
mod support;
