//! From values to bytes, as Go programs write them.

mod analysis;
mod emitter;
mod json;
mod keys;
mod order;
pub(crate) mod reread;
mod scalars;
mod value;

use crate::{Node, YamlError};

pub use json::{Html, to_json, to_json_pretty};
pub use value::json_value;

/// Whose writing of YAML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Writer {
    /// sigs.k8s.io/yaml: what kustomize prints, and Helm's `toYaml`. Lists start below their key, lines are folded
    /// at 80 columns.
    Sigs,
    /// Version 3 of go-yaml: Helm's `toYamlPretty`, with an indent of 2. Lists are indented, lines are not folded.
    GoV3 {
        /// Columns of one step; go-yaml takes 2 to 9, and 2 in place of any other.
        indent: usize,
    },
}

/// Writes a value as one document, which ends in a line break. An error names what JSON, or the writer's own
/// reader, refuses: infinity, keys that are no text or come twice, control characters.
pub fn to_yaml(node: &Node, writer: Writer) -> Result<String, YamlError> {
    emitter::document(node, writer)
}

/// Writes values as documents with `---` lines between them.
pub fn to_yaml_stream<'n>(
    nodes: impl IntoIterator<Item = &'n Node>,
    writer: Writer,
) -> Result<String, YamlError> {
    let mut text = String::new();
    for (index, node) in nodes.into_iter().enumerate() {
        if index > 0 {
            text.push_str("---\n");
        }
        text.push_str(&to_yaml(node, writer)?);
    }
    Ok(text)
}
