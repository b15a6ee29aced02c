//! Values over values, as the policies of patches ask for it (crossplane-runtime, pkg/fieldpath/merge.go, by way of
//! dario.cat/mergo).

use manifesto_yaml::{Node, Value};

/// What becomes of a value that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Merge {
    /// Whether what is there stays.
    pub(super) keeps: bool,
    /// Whether the items of a list are put behind those that are there, where they are not among them.
    pub(super) appends: bool,
}

/// `value` over `below`.
pub(super) fn merged(below: &Node, value: &Node, how: Merge) -> Node {
    match (&below.value, &value.value) {
        (Value::Mapping(old), Value::Mapping(new)) => {
            let mut all = (**old).clone();
            for entry in new.entries() {
                let key = entry.key.text().unwrap_or_default();
                let value = match all.get(key) {
                    Some(old) => merged(old, &entry.value, how),
                    None => entry.value.clone(),
                };
                all.insert(key, value);
            }
            Node::mapping(all).at(below.mark)
        }
        (Value::Sequence(old), Value::Sequence(new)) if how.appends => {
            let added = new.iter().filter(|item| !old.contains(item));
            Node::sequence(old.iter().chain(added).cloned()).at(below.mark)
        }
        // Nothing never replaces something.
        _ if is_empty(below) || (!how.keeps && !is_empty(value)) => value.clone(),
        _ => below.clone(),
    }
}

fn is_empty(node: &Node) -> bool {
    match &node.value {
        Value::Mapping(mapping) => mapping.is_empty(),
        Value::Sequence(items) => items.is_empty(),
        Value::Scalar(scalar) => {
            node.is_null()
                || node.as_str() == Some("")
                || scalar.as_bool() == Some(false)
                || scalar.as_number().is_some_and(|number| number.to_f64() == 0.0)
        }
    }
}
