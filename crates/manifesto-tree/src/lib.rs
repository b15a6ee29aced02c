//! Files of one revision, places in them, and what could not be read of them.
//!
//! Every layer above reads its input through [`Tree`] and names places with [`Origin`]; what a layer could not
//! know it returns as a [`Gap`]. This crate knows no git, no YAML and no Kubernetes, and does no I/O: the bytes
//! come from a [`Blobs`] that somebody else implements (`manifesto-git`, or [`MemTree`] in tests and examples).

#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

mod blob;
mod change;
mod gap;
mod lookup;
mod mem;
mod origin;
mod overlay;
mod path;
mod tree;

pub use blob::{BlobId, Blobs, ReadError};
pub use change::{FileChange, FileChangeKind, file_changes};
pub use gap::{Gap, GapReason};
pub use lookup::LookupError;
pub use mem::MemTree;
pub use origin::{Origin, Place, Side};
pub use path::{PathError, TreePath};
pub use tree::{Entry, EntryKind, Tree};

#[cfg(test)]
mod tests;
