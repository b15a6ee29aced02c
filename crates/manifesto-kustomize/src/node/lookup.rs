//! Following a path one part at a time (kyaml/yaml/fns.go, PathGetter).

use manifesto_yaml::{Entry, Node, Value};

use super::{Kind, Trail, Why, at, at_mut, new_key, raw_text};

/// The node that a path leads to; none where something on the way is missing or null.
pub(crate) fn lookup<'n, P: AsRef<str>>(root: &'n Node, path: &[P]) -> Why<Option<&'n Node>> {
    Ok(lookup_trail(root, path)?.and_then(|trail| at(root, &trail)))
}

/// The way to the node that a path leads to.
pub(crate) fn lookup_trail<P: AsRef<str>>(root: &Node, path: &[P]) -> Why<Option<Trail>> {
    let mut trail = Trail::new();
    let mut node = root;
    for part in path.iter().map(|part| part.as_ref().trim()).filter(|part| !part.is_empty()) {
        let Some(position) = step(node, part)? else { return Ok(None) };
        let Some(next) = at(node, &[position]) else { return Ok(None) };
        trail.push(position);
        node = next;
    }
    Ok(Some(trail))
}

/// The position of what one part of a path names.
fn step(node: &Node, part: &str) -> Why<Option<usize>> {
    if let Ok(index) = part.parse::<i64>() {
        let items = list(node)?;
        let index = usize::try_from(index).map_err(|_| format!("the index {index} is negative"))?;
        return Ok((index < items.len()).then_some(index));
    }
    match part {
        // The reference crashes on an empty list.
        "-" => list(node)?
            .len()
            .checked_sub(1)
            .map(Some)
            .ok_or_else(|| "an empty list has no last item".to_owned()),
        "*" => Err("`*` is not possible here".to_owned()),
        _ if is_list_index(part) => {
            let (field, value) = split_list_index(part)?;
            index_of_element(node, field, value)
        }
        _ => field_position(node, part),
    }
}

/// The position of a field; none where the node is null (FieldMatcher).
fn field_position(node: &Node, name: &str) -> Why<Option<usize>> {
    match &node.value {
        Value::Mapping(mapping) => Ok(mapping.position(name)),
        _ if node.is_null() => Ok(None),
        _ => Err(format!("the field `{name}` is looked for in what is no mapping")),
    }
}

fn list(node: &Node) -> Why<&[Node]> {
    match &node.value {
        Value::Sequence(items) => Ok(items),
        _ if node.is_null() => Ok(&[]),
        _ => Err("an item is looked for in what is no list".to_owned()),
    }
}

/// The first item whose field has the value; with an empty field, the first item that is the value (ElementMatcher).
fn index_of_element(node: &Node, field: &str, value: &str) -> Why<Option<usize>> {
    let items = list(node)?;
    Ok(items.iter().position(|item| {
        if field.is_empty() {
            raw_text(item) == value
        } else {
            item.get(field).is_some_and(|v| raw_text(v) == value)
        }
    }))
}

/// Whether a part of a path is `[field=value]`.
pub(crate) fn is_list_index(part: &str) -> bool {
    part.len() > 1 && part.starts_with('[') && part.ends_with(']')
}

/// Field and value of `[field=value]`.
pub(crate) fn split_list_index(part: &str) -> Why<(&str, &str)> {
    let inner = part.strip_suffix(']').unwrap_or(part);
    let inner = inner.strip_prefix('[').unwrap_or(inner);
    inner.split_once('=').ok_or_else(|| format!("`{part}` has to be [field=value]"))
}

/// The way to the node that a path leads to; what is missing is made, the last part as `kind`.
pub(crate) fn lookup_create(root: &mut Node, path: &[&str], kind: Kind) -> Why<Option<Trail>> {
    let parts: Vec<&str> = path.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect();
    let mut trail = Trail::new();
    for (index, part) in parts.iter().enumerate() {
        let Some(node) = at(root, &trail) else { return Ok(None) };
        let position = if let Some(position) = step(node, part)? {
            position
        } else {
            let next = parts.get(index + 1);
            let Some(new) = created(part, next.copied(), kind)? else { return Ok(None) };
            let Some(position) = append(root, &trail, part, new) else { return Ok(None) };
            position
        };
        trail.push(position);
    }
    Ok(Some(trail))
}

/// The node made for a part that is missing; none for an index, which is never made.
fn created(part: &str, next: Option<&str>, kind: Kind) -> Why<Option<Node>> {
    if part == "-" || part.parse::<i64>().is_ok() {
        return Ok(None);
    }
    if is_list_index(part) {
        let (field, value) = split_list_index(part)?;
        return Ok(Some(new_element(field, value)));
    }
    Ok(Some(part_kind(next, kind).empty()))
}

/// The item that `[field=value]` asks for.
pub(crate) fn new_element(field: &str, value: &str) -> Node {
    let value: Node =
        Value::Scalar(super::written(value, manifesto_yaml::ScalarStyle::Plain, super::Tag::None)).into();
    if field.is_empty() { value } else { Node::mapping(vec![Entry { key: new_key(field), value }]) }
}

/// What the part before `next` has to be (getPathPartKind).
pub(crate) fn part_kind(next: Option<&str>, last: Kind) -> Kind {
    match next {
        None | Some("") => last,
        Some(next) if is_list_index(next) || next.parse::<u64>().is_ok() => Kind::Sequence,
        Some(_) => Kind::Mapping,
    }
}

/// Adds a field or an item at the end. None where the parent is null: kyaml then writes to nowhere.
fn append(root: &mut Node, parent: &[usize], part: &str, new: Node) -> Option<usize> {
    let parent = at_mut(root, parent)?;
    if let Some(mapping) = parent.as_mapping_mut() {
        mapping.entries_mut().push(Entry { key: new_key(part), value: new });
        return Some(mapping.len() - 1);
    }
    let items = parent.as_sequence_mut()?;
    items.push(new);
    Some(items.len() - 1)
}
