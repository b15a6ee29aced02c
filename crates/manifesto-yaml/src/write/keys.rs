//! The keys of a mapping as the writers see them.

use crate::{Mapping, Node, ScalarKind, YamlError};

/// A key and its value.
pub(super) type Pair<'n> = (&'n str, &'n Node);

/// How deep the mapping is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// It is the whole value. kyaml decodes it into a map of strings: any key is taken by its text
    /// (kyaml/yaml/rnode.go, MarshalJSON; go-yaml version 3, decode.go, mapping).
    Root,
    /// It is a part, decoded into whatever fits: keys that are no strings then make JSON fail.
    Part,
}

/// The entries, sorted by the bytes of their keys, each of which comes once.
pub(super) fn sorted(mapping: &Mapping, level: Level) -> Result<Vec<Pair<'_>>, YamlError> {
    let mut pairs = Vec::with_capacity(mapping.len());
    for entry in mapping.entries() {
        let mark = entry.key.mark;
        let Some(scalar) = entry.key.as_scalar() else {
            return Err(YamlError::new(mark, "a key is a list or a mapping"));
        };
        match scalar.kind() {
            ScalarKind::String => pairs.push((scalar.text().as_str(), &entry.value)),
            // Nothing becomes `''` when kyaml writes it; the words for null make a second key when it merges.
            ScalarKind::Null if scalar.text().is_empty() => pairs.push(("", &entry.value)),
            ScalarKind::Null => return Err(YamlError::new(mark, "a key is null")),
            _ if level == Level::Root => pairs.push((scalar.text().as_str(), &entry.value)),
            _ => return Err(YamlError::new(mark, format!("the key `{}` is not text", scalar.text()))),
        }
    }
    if !pairs.is_sorted_by(|a, b| a.0 < b.0) {
        pairs.sort_by(|a, b| a.0.cmp(b.0));
        check_unique(mapping, &pairs)?;
    }
    Ok(pairs)
}

fn check_unique(mapping: &Mapping, sorted: &[Pair<'_>]) -> Result<(), YamlError> {
    let Some(key) = sorted.iter().zip(sorted.iter().skip(1)).find_map(|(a, b)| (a.0 == b.0).then_some(a.0))
    else {
        return Ok(());
    };
    let twice = mapping.entries().iter().rfind(|entry| entry.key.text() == Some(key));
    let mark = twice.map(|entry| entry.key.mark).unwrap_or_default();
    Err(YamlError::new(mark, format!("the key `{key}` is already defined")))
}
