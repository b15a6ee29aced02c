//! From bytes to documents.

mod anchors;
mod blocks;
mod chunks;
mod compose;
mod cursor;
mod grammar;
mod input;
mod json;
mod keys;
mod merge;
mod properties;
mod scalars;
mod scanner;
mod tags;
mod token;

use crate::{Limits, Node, YamlError};

pub use json::parse_json;

/// Whose reading of YAML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// sigs.k8s.io/yaml, which stands on version 2 of go-yaml: Helm's values, kubectl, directories of Argo CD.
    /// `yes` and `on` are true, keys become text, the last one of two equal keys counts. What JSON cannot hold
    /// is an error.
    SigsV2,
    /// Version 3 of go-yaml the way kyaml, the library of kustomize, uses it. `yes` is text, dates are dates. The
    /// text is cut at its `---` lines first. Equal keys and keys that are no text are kept, and refused when the
    /// value is written.
    GoV3,
}

/// One document of a text.
#[derive(Debug, Clone)]
pub struct Document {
    /// What it holds; null when it is empty.
    pub root: Node,
    /// The line where it starts, from 1: its `---`, or its first token.
    pub line: u32,
}

/// The documents of a text, up to the first error.
#[derive(Debug, Clone, Default)]
pub struct Parsed {
    /// The documents that could be read, in order. What holds nothing but comments is none; between two `---`
    /// lines it is a null for [`Dialect::SigsV2`].
    pub documents: Vec<Document>,
    /// Why nothing behind them was read.
    pub error: Option<YamlError>,
}

/// Reads a text. Never panics, and costs no more than `limits` says.
///
/// The text is UTF-8, or UTF-16 with a byte-order mark. In an error's mark, and in those of the nodes, `file` is 0.
pub fn parse(text: &[u8], dialect: Dialect, limits: &Limits) -> Parsed {
    let (text, reading_error) = match input::decode(text, limits) {
        Ok(decoded) => decoded,
        Err(error) => return Parsed { documents: Vec::new(), error: Some(error) },
    };
    let mut parsed = match dialect {
        Dialect::SigsV2 => compose::stream(&text, dialect, limits),
        Dialect::GoV3 => chunks::parse(&text, limits),
    };
    if let Some(error) = reading_error {
        // The text was cut at what cannot be read, so a last document that looks whole is not.
        if parsed.error.is_none() {
            parsed.documents.pop();
            parsed.error = Some(error);
        }
    }
    parsed
}
