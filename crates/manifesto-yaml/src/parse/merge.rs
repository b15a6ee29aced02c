//! Merge keys: `<<: *defaults`.

use super::Dialect;
use super::anchors::Composed;
use super::keys::UniqueKeys;
use crate::{Entry, Mapping, Mark, Node, Value, YamlError};

/// One entry as it stands in the text.
pub(super) struct RawEntry {
    /// The key.
    pub key: Node,
    /// The value.
    pub value: Composed,
    /// Whether the key is `<<`.
    pub merge: bool,
}

/// The mapping that these entries make.
pub(super) fn mapping(entries: Vec<RawEntry>, dialect: Dialect) -> Result<Mapping, YamlError> {
    match dialect {
        Dialect::SigsV2 => sigs_mapping(entries),
        Dialect::GoV3 if entries.iter().any(|entry| entry.key.text() == Some("<<")) => kyaml_merge(entries),
        Dialect::GoV3 => {
            let plain = |entry: RawEntry| Entry { key: entry.key, value: entry.value.node };
            Ok(entries.into_iter().map(plain).collect::<Vec<_>>().into())
        }
    }
}

/// go-yaml version 2 fills one map from top to bottom, so a merge overrides what stands above it, and is
/// overridden by what stands below (decode.go, mapping and merge).
fn sigs_mapping(entries: Vec<RawEntry>) -> Result<Mapping, YamlError> {
    let mut keys = UniqueKeys::with_capacity(entries.len());
    for entry in entries {
        if !entry.merge {
            keys.set(entry.key, entry.value.node);
            continue;
        }
        // "Step backwards as earlier nodes take precedence."
        for source in sources(&entry.value, entry.key.mark)?.iter().rev() {
            for merged in source.entries() {
                keys.set(merged.key.clone(), merged.value.clone());
            }
        }
    }
    Ok(keys.finish())
}

/// kyaml merges while it inflates aliases (kyaml/yaml/rnode.go, deAnchor and mergeAll): what stands in the mapping
/// itself wins wherever it stands, and keeps its place; merged keys are added behind it. Of several sources the
/// first wins, and its keys come last.
fn kyaml_merge(entries: Vec<RawEntry>) -> Result<Mapping, YamlError> {
    let mut own = UniqueKeys::with_capacity(entries.len());
    let mut merge: Option<RawEntry> = None;
    let mut own_entries = Vec::with_capacity(entries.len());
    let mut cleared = false;
    for entry in entries {
        // It clears the first field of this name, be it the merge key or text in quotes.
        let clear = !cleared && entry.key.text() == Some("<<");
        cleared |= clear;
        if entry.merge {
            if merge.is_some() {
                return Err(YamlError::new(entry.key.mark, "the mapping has two merge keys"));
            }
            merge = Some(entry);
        } else if !clear {
            own.push(entry.key.clone(), entry.value.node.clone());
            own_entries.push(entry);
        }
    }
    if let Some(merge) = merge {
        for source in sources(&merge.value, merge.key.mark)?.iter().rev() {
            for merged in source.entries() {
                own.set(merged.key.clone(), merged.value.clone());
            }
        }
    }
    // Backwards, so that the first one of equal keys stays what it is.
    for entry in own_entries.into_iter().rev() {
        own.set(entry.key, entry.value.node);
    }
    Ok(own.finish())
}

/// The mappings that a merge key names, in the order of the text.
fn sources(value: &Composed, mark: Mark) -> Result<Vec<&Mapping>, YamlError> {
    let refused = || YamlError::new(mark, "a merge key takes a mapping or a list of mappings");
    match &value.node.value {
        Value::Mapping(mapping) => Ok(vec![mapping]),
        // A list must stand here itself: an alias to one is refused.
        Value::Sequence(items) if !value.aliased => {
            items.iter().map(|item| item.as_mapping().ok_or_else(refused)).collect()
        }
        Value::Sequence(_) | Value::Scalar(_) => Err(refused()),
    }
}
