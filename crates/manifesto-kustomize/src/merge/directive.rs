//! `$patch` in mappings and lists (kyaml/yaml/merge2/smpdirective.go).

use manifesto_yaml::{Node, Value};

use super::items::set_element;
use crate::node::{Why, raw_text};

/// What a patch does to what it meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Directive {
    Merge,
    Replace,
    Delete,
}

const KEY: &str = "$patch";

impl Directive {
    fn new(text: &str) -> Why<Self> {
        match text {
            "merge" => Ok(Self::Merge),
            "replace" => Ok(Self::Replace),
            "delete" => Ok(Self::Delete),
            other => Err(format!("`$patch: {other}` is unknown; it is `delete`, `replace` or `merge`")),
        }
    }
}

/// The directive of a mapping, and the mapping without it.
pub(super) fn mapping_directive(patch: &Node) -> Why<(Directive, Node)> {
    let Some(value) = patch.get(KEY) else { return Ok((Directive::Merge, patch.clone())) };
    let directive = Directive::new(raw_text(value))?;
    let mut rest = patch.clone();
    if let Some(mapping) = rest.as_mapping_mut() {
        mapping.remove(KEY);
    }
    Ok((directive, rest))
}

/// The directive of a list, an item of its own, and the list without it.
pub(super) fn list_directive(patch: &Node) -> Why<(Directive, Node)> {
    let Some(item) = patch.items().iter().find(|item| item.get(KEY).is_some()) else {
        return Ok((Directive::Merge, patch.clone()));
    };
    // Beside other keys it belongs to the item.
    let Some(value) = item.get(KEY).filter(|_| item.entries().len() == 1) else {
        return Ok((Directive::Merge, patch.clone()));
    };
    let text = raw_text(value);
    let directive = Directive::new(text)?;
    let mut rest = patch.items().to_vec();
    set_element(&mut rest, None, &[KEY], &[text])?;
    Ok((directive, Node { value: Value::Sequence(rest.into()), mark: patch.mark }))
}
