//! What the crate reads and writes, held against the reference programs.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "these are tests")]

mod answers;
mod corpus;
mod fixtures;
mod oracle;
mod random;
mod reference;
