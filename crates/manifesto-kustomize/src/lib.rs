//! From a directory to manifests, as `kustomize build` goes.
//!
//! A [`Session`] builds directories of trees: the bytes of the objects, written with [`to_yaml`], are those of
//! kustomize v5.7.1, or the [`Build`] says why not. Rendering never fails as a whole: what would need the network, a
//! program or a chart is a gap, and the rest is there. Each object knows the file and line it comes from, and each
//! field that a patch, a generator or a transformer wrote knows that one's.
//!
//! The layers, from the outside in: `layer` builds one kustomization after the other; `generate`, `patch`, `merge`,
//! `json_patch`, `transform`, `names` and `vars` change objects; `object` is an object and what it was called before;
//! `node` is how kyaml finds and sets fields; `file`, `config`, `schema` and `load` are what is read. Names of files in
//! comments are those of kubernetes-sigs/kustomize at kustomize/v5.7.1.

#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

mod build;
mod config;
mod error;
mod file;
mod fuzz;
mod generate;
mod json_patch;
mod layer;
mod load;
mod merge;
mod meter;
mod names;
mod node;
mod object;
mod options;
mod order;
mod patch;
mod reads;
mod references;
mod schema;
mod select;
mod session;
mod transform;
mod vars;

pub use build::{Build, Resource, Warning, to_yaml};
pub use error::BuildError;
pub use file::{FileKind, HelmChart, KustomizationFile, Written, kustomization_file, kustomization_names};
pub use options::{ChartOutcome, ChartRenderer, ChartRequest, Limits, LoadRestrictor, Options};
pub use reads::ReadSet;
pub use references::{Reference, ReferenceKind, references};
pub use session::Session;

/// Builds what any bytes say. For the fuzzer, and no part of what the crate promises.
#[doc(hidden)]
pub fn fuzz(bytes: &[u8]) {
    fuzz::fuzz(bytes);
}
