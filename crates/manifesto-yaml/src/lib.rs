//! YAML as the tools of Kubernetes read and write it.
//!
//! [`parse`] reads bytes the way one of two Go programs does ([`Dialect`]), and keeps where each value stands.
//! [`to_yaml`] and [`to_json`] write the bytes that those programs write. Between the two, a [`Node`] is plain
//! data: anchors, merge keys and tags are resolved while reading. This crate knows no Kubernetes.
//!
//! The reader is our own, since what the two programs accept is decided by libyaml's rules, not by the YAML
//! specification. It is held against `helm` and `kubectl` (`tests/it`). Known differences, none of them seen in
//! real files: a second byte-order mark at the start (upstream then drops the first character of some lines); in
//! [`Dialect::GoV3`], nothing and times inside of a block collection that an alias brings into a flow collection
//! (kyaml makes them text), and the reverse; more than 512 collections inside each other, where upstream stops at
//! 10,000. Where upstream's order of keys depends on chance, ours does not.

#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

mod error;
mod limits;
mod mapping;
mod marks;
mod node;
mod number;
mod parse;
mod resolve;
#[cfg(any(test, feature = "fuzz"))]
#[doc(hidden)]
pub mod round_trip;
mod same;
mod scalar;
mod timestamp;
mod write;

pub use error::YamlError;
pub use limits::Limits;
pub use mapping::{Entry, Mapping};
pub use node::{Mark, Node, Value};
pub use number::Number;
pub use parse::{Dialect, Document, Parsed, parse, parse_json};
pub use scalar::{Scalar, ScalarKind, ScalarStyle};
pub use smol_str::SmolStr;
pub use write::{Html, Writer, json_value, to_json, to_json_pretty, to_yaml, to_yaml_stream};

#[cfg(test)]
mod tests;
