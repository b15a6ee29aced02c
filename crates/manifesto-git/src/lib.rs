//! The only crate that opens a repository: revisions, trees and what changed between them.
//!
//! A [`Repository`] resolves a [`RangeSpec`] to two [`Revision`]s, lists the files of each as a
//! [`Tree`](manifesto_tree::Tree) whose contents are read on demand, and tells which files differ. Everything is read
//! from git's object store; no `git` process is started and nothing that a repository configures is executed: no
//! hook, filter, monitor or credential helper. Nothing is written.
//!
//! What git itself would do is the measure: `git diff -M` for renames, `git add` for what a file of the work tree
//! would be recorded as, `git rev-parse` for names.

mod blobs;
mod branches;
mod changes;
mod commits;
mod handles;
mod listing;
mod range;
mod range_error;
mod renames;
mod repository;
mod resolve;
mod revision;
mod similarity;
mod worktree;

pub use changes::changes;
pub use commits::{Commit, Commits};
pub use listing::{Listing, ListingError, SkipReason, SkippedPath};
pub use range::{BaseSpec, HeadSpec, RangeSpec};
pub use range_error::RangeError;
pub use repository::{Configuration, OpenError, Repository};
pub use revision::{CommitId, ResolvedRange, Revision, RevisionKind};

#[cfg(test)]
mod tests;
