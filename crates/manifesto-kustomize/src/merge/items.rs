//! Items of lists that are found by their keys, step by step as upstream does it.
//!
//! Items may lack keys or have them twice, and upstream has an answer for each case that follows from its steps and
//! from nothing else. So these are its steps (kyaml/yaml/fns.go, ElementSetter; kyaml/yaml/walk/associative_sequence.go).

use manifesto_yaml::{Node, Value};

use crate::node::{Why, raw_text, value_text};

/// Replaces the items whose keys have the values, takes them out when there is no element, and adds the element when
/// none was found. Empty items go. (ElementSetter)
pub(super) fn set_element<K: AsRef<str>, V: AsRef<str>>(
    list: &mut Vec<Node>,
    element: Option<&Node>,
    keys: &[K],
    values: &[V],
) -> Why<()> {
    let text = |list: &[V], index: usize| list.get(index).map(|v| v.as_ref().to_owned());
    let by_key = keys.first().is_some_and(|key| !key.as_ref().is_empty())
        && text(values, 0).is_some_and(|value| !value.is_empty());
    let mut found = false;
    let mut kept = Vec::with_capacity(list.len() + 1);
    for item in list.drain(..) {
        if item.is_null() || item.as_mapping().is_some_and(manifesto_yaml::Mapping::is_empty) {
            continue;
        }
        if by_key && item.as_mapping().is_none() {
            kept.push(item);
        } else if !matches(&item, keys, values)? {
            // Without values nothing is looked for, and nothing stays.
            if !values.is_empty() {
                kept.push(item);
            }
        } else {
            found = true;
            kept.extend(element.cloned());
        }
    }
    if !found {
        kept.extend(element.filter(|element| !element.is_null()).cloned());
    }
    *list = kept;
    Ok(())
}

/// Whether the item has the values; a key without a value counts like the key before it.
fn matches<K: AsRef<str>, V: AsRef<str>>(item: &Node, keys: &[K], values: &[V]) -> Why<bool> {
    let mut has = false;
    for (index, key) in keys.iter().enumerate() {
        if let Some(value) = values.get(index) {
            has = has_value(item, key.as_ref(), value.as_ref())?;
        }
        if !has {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a field has a value; any when the value is empty. An empty field is the item itself (FieldMatcher).
fn has_value(item: &Node, key: &str, value: &str) -> Why<bool> {
    match (&item.value, key) {
        (Value::Scalar(_), "") => Ok(value_text(item) == value),
        (Value::Mapping(mapping), key) if !key.is_empty() => {
            Ok(mapping.get(key).is_some_and(|field| value.is_empty() || raw_text(field) == value))
        }
        _ => Err(format!("line {}: the item of the list is of another kind than the others", item.mark.line)),
    }
}

/// Puts the items of a list into another one, in the place of those with the same keys (appendListNode).
pub(super) fn append_list<K: AsRef<str>>(list: &mut Vec<Node>, other: &[Node], keys: &[K]) -> Why<()> {
    for item in other {
        if keys.first().is_none_or(|key| key.as_ref().is_empty()) {
            set_element(list, Some(item), &[""], &[raw_text(item)])?;
            continue;
        }
        let mut values = Vec::with_capacity(keys.len());
        for key in keys {
            if item.as_mapping().is_none() && !item.is_null() {
                return Err(format!("line {}: the item of the list is no mapping", item.mark.line));
            }
            match item.get(key.as_ref()) {
                Some(value) => values.push(raw_text(value)),
                None => list.push(item.clone()),
            }
        }
        if keys.len() > 1 {
            set_element(list, None, keys, &values)?;
        }
        set_element(list, Some(item), keys, &values)?;
    }
    Ok(())
}

/// The first item whose fields have exactly the values (ElementMatcher).
pub(super) fn find_element<K: AsRef<str>, V: AsRef<str>>(
    list: &[Node],
    keys: &[K],
    values: &[V],
) -> Option<usize> {
    if keys.first().is_none_or(|key| key.as_ref().is_empty()) {
        let value = values.first().map(AsRef::as_ref).unwrap_or_default();
        return list.iter().position(|item| raw_text(item) == value);
    }
    if keys.len() != values.len() {
        return None;
    }
    list.iter().position(|item| {
        item.as_mapping().is_some_and(|mapping| {
            keys.iter().zip(values).all(|(key, value)| {
                mapping.get(key.as_ref()).is_some_and(|field| raw_text(field) == value.as_ref())
            })
        })
    })
}
