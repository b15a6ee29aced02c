//! Templates, texts and evidence in; drafts and findings out.

#![allow(clippy::unwrap_used, clippy::string_slice, reason = "a test that panics has failed, as it should")]
#![allow(clippy::print_stdout, reason = "a test that skips itself says so")]

mod cases;
mod literal;
mod properties;
mod strategies;
mod texts;
