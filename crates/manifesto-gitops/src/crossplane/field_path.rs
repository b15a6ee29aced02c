//! Paths to fields: `spec.forProvider.tags[0].key`, `metadata.annotations[example.org/name]`
//! (crossplane-runtime, pkg/fieldpath).

use manifesto_yaml::{Mapping, Mark, Node, Value};

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Segment {
    Field(String),
    Index(usize),
    /// `[*]`: every item, or every value.
    Every,
}

/// A path from the root of an object.
pub(super) type FieldPath = Vec<Segment>;

/// Longer lists are not made to set one item (`MaxIndex`).
const INDEX_MAX: usize = 1024;

/// Longer paths are not read: setting a value follows each step.
const SEGMENTS_MAX: usize = 200;

/// As many fields as one path with wildcards may stand for.
const EXPANDED_MAX: usize = 10_000;

/// Reads a path.
pub(super) fn parse(path: &str) -> Result<FieldPath, String> {
    let mut segments = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if segments.len() == SEGMENTS_MAX {
            return Err(format!("a field path has more than {SEGMENTS_MAX} steps"));
        }
        if let Some(after) = rest.strip_prefix('[') {
            let (inside, after) = bracket(after).ok_or_else(|| format!("`{path}` has an open bracket"))?;
            segments.push(bracketed(inside).ok_or_else(|| format!("`{path}` has an empty bracket"))?);
            rest = match after.strip_prefix('.') {
                Some("") => return Err(format!("`{path}` ends in a dot")),
                Some(after) => after,
                None => after,
            };
            continue;
        }
        let end = rest.find(['.', '[', ']']).unwrap_or(rest.len());
        let (field, after) = rest.split_at(end);
        if field.is_empty() || after.starts_with(']') {
            return Err(format!("`{path}` is no field path"));
        }
        segments.push(match field {
            "*" => Segment::Every,
            field => Segment::Field(field.to_owned()),
        });
        rest = match after.strip_prefix('.') {
            Some("") => return Err(format!("`{path}` ends in a dot")),
            Some(after) => after,
            None => after,
        };
    }
    Ok(segments)
}

/// What stands inside of a bracket, and what follows it. A quoted field may hold brackets.
fn bracket(text: &str) -> Option<(&str, &str)> {
    for quote in ['\'', '"'] {
        if let Some(inside) = text.strip_prefix(quote) {
            let (inside, after) = inside.split_once(quote)?;
            return Some((inside, after.strip_prefix(']')?));
        }
    }
    text.split_once(']')
}

fn bracketed(inside: &str) -> Option<Segment> {
    match inside {
        "" => None,
        "*" => Some(Segment::Every),
        _ => Some(inside.parse().map_or_else(|_| Segment::Field(inside.to_owned()), Segment::Index)),
    }
}

/// The value at a path; none when it is not there. That something else is on the way is an error.
pub(super) fn lookup<'n>(root: &'n Node, path: &[Segment]) -> Result<Option<&'n Node>, String> {
    let mut node = root;
    for segment in path {
        let next = match (segment, &node.value) {
            (Segment::Field(field), Value::Mapping(mapping)) => mapping.get(field),
            (Segment::Field(_), _) if node.is_null() => None,
            (Segment::Index(index), Value::Sequence(items)) => items.get(*index),
            (Segment::Field(field), _) => return Err(format!("{field}: not an object")),
            (Segment::Index(index), _) => return Err(format!("[{index}]: not an array")),
            (Segment::Every, _) => return Err("wildcards are not known here".to_owned()),
        };
        let Some(next) = next else { return Ok(None) };
        node = next;
    }
    Ok(Some(node))
}

/// The value at a path; none when it cannot be there.
pub(super) fn get<'n>(root: &'n Node, path: &[Segment]) -> Option<&'n Node> {
    lookup(root, path).ok().flatten()
}

/// Sets the value at a path; what is missing on the way is made. `mark` is where the value is written.
pub(super) fn set(root: &mut Node, path: &[Segment], value: Node, mark: Mark) -> Result<(), String> {
    let Some((segment, rest)) = path.split_first() else {
        *root = value;
        return Ok(());
    };
    match segment {
        Segment::Field(field) => {
            if root.is_null() {
                *root = Node::mapping(Mapping::new()).at(mark);
            }
            let mapping =
                root.as_mapping_mut().ok_or_else(|| format!("`{field}` is set where no object is"))?;
            if mapping.get(field).is_none() {
                mapping.insert(field.as_str(), Node::null().at(mark));
            }
            mapping.get_mut(field).map_or(Ok(()), |inner| set(inner, rest, value, mark))
        }
        Segment::Index(index) => {
            if root.is_null() {
                *root = Node::sequence([]).at(mark);
            }
            let items = root.as_sequence_mut().ok_or_else(|| format!("[{index}] is set where no list is"))?;
            if *index > INDEX_MAX {
                return Err(format!("the index {index} is larger than {INDEX_MAX}"));
            }
            if items.len() <= *index {
                items.resize(*index + 1, Node::null().at(mark));
            }
            items.get_mut(*index).map_or(Ok(()), |inner| set(inner, rest, value, mark))
        }
        Segment::Every => Err("a wildcard cannot be set".to_owned()),
    }
}

/// The paths of fields that are there and that a path with wildcards stands for.
pub(super) fn expand(root: &Node, path: &[Segment]) -> Vec<FieldPath> {
    let Some(at) = path.iter().position(|segment| *segment == Segment::Every) else {
        return get(root, path).map(|_| path.to_vec()).into_iter().collect();
    };
    let (before, after) = path.split_at(at);
    let Some(node) = get(root, before) else { return Vec::new() };
    let steps: Vec<Segment> = match &node.value {
        Value::Sequence(items) => (0..items.len()).map(Segment::Index).collect(),
        Value::Mapping(mapping) => mapping.iter().map(|(key, _)| Segment::Field(key.to_owned())).collect(),
        Value::Scalar(_) => Vec::new(),
    };
    let after = after.get(1..).unwrap_or_default();
    let paths = steps.into_iter().map(|step| [before, &[step], after].concat());
    paths.flat_map(|path| expand(root, &path)).take(EXPANDED_MAX).collect()
}
