//! Literate cases: a Markdown page as two trees and what is expected of them.
//!
//! A page is documentation and test at once. Under a heading, a fence titled with a path is a file: `` `base/web.yaml`: ``
//! is in base, `` `head/web.yaml`: `` in head, `` `web.yaml`: `` in both. A fence whose language is one of the kinds that
//! the caller knows (`evidence`, `findings`, …) is an expectation. Each heading that has one is a case.
//!
//! `MANIFESTO_BLESS=1` rewrites the expectations instead of comparing them.

mod check;
mod page;

pub use check::{blessing, check_page, check_text};
pub use page::{Case, Expectation, cases};

#[cfg(test)]
mod tests;
