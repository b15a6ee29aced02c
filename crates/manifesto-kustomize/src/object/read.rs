//! From the bytes of a file to the objects in it (kyaml/kio/byteio_reader.go, api/resource/factory.go).

use std::collections::VecDeque;

use manifesto_yaml::{Dialect, Limits, Mark, Node, Value, parse};

use super::metadata;
use crate::node::is_nil_or_empty;
use crate::node::json::{Route, through};

/// What a file holds.
#[derive(Debug, Clone)]
pub(crate) struct FileObjects {
    /// The objects, lists taken apart.
    pub(crate) objects: Vec<Node>,
}

/// Why a file holds no objects.
#[derive(Debug, Clone)]
pub(crate) struct NotObjects {
    /// Where; line 0 when it is the file as a whole.
    pub(crate) mark: Mark,
    /// Why, as a clause.
    pub(crate) why: String,
    /// Whether it is not even YAML.
    pub(crate) malformed: bool,
}

impl NotObjects {
    fn new(mark: Mark, why: impl Into<String>) -> Self {
        Self { mark, why: why.into(), malformed: false }
    }
}

/// Reads the objects of a file. One that is refused makes the file refused.
pub(crate) fn read_objects(bytes: &[u8], limits: &Limits) -> Result<FileObjects, NotObjects> {
    let parsed = parse(bytes, Dialect::GoV3, limits);
    if let Some(error) = parsed.error {
        return Err(NotObjects { mark: error.mark, why: error.problem, malformed: true });
    }
    let roots: Vec<Node> = parsed.documents.into_iter().map(|document| document.root).collect();
    let unwrapped = match <[Node; 1]>::try_from(roots) {
        Ok([only]) if !has_separator(bytes) => unwrap_list(only)?,
        Ok([only]) => vec![only],
        Err(roots) => roots,
    };
    let mut queue: VecDeque<Node> = checked(unwrapped)?.into();
    let mut objects = Vec::with_capacity(queue.len());
    while let Some(node) = queue.pop_front() {
        match inner_objects(&node)? {
            Some(inner) => queue.extend(inner),
            None => objects.push(node),
        }
    }
    Ok(FileObjects { objects })
}

/// Whether a `---` line stands anywhere but at the start, so that the text is cut in two.
fn has_separator(bytes: &[u8]) -> bool {
    let mut lines = bytes.split_inclusive(|byte| *byte == b'\n').skip(1);
    lines.any(|line| line.starts_with(b"---") && line.ends_with(b"\n"))
}

/// The items of a `List` that is alone in its file.
fn unwrap_list(node: Node) -> Result<Vec<Node>, NotObjects> {
    let kind = node.get("kind").map(crate::node::value_text).unwrap_or_default();
    let wraps = node.get("items").is_some() || node.get("functionConfig").is_some();
    if !matches!(kind, "List" | "ResourceList") || !wraps {
        return Ok(vec![node]);
    }
    match node.get("items").map(|items| (&items.value, items.mark)) {
        Some((Value::Mapping(_), mark)) => Err(NotObjects::new(mark, "the `items` of a list are a mapping")),
        Some((Value::Sequence(items), _)) => Ok(items.to_vec()),
        Some((Value::Scalar(_), _)) | None => Ok(Vec::new()),
    }
}

/// The nodes that are objects; empty ones are left out.
fn checked(nodes: Vec<Node>) -> Result<Vec<Node>, NotObjects> {
    let nodes: Vec<Node> = nodes.into_iter().filter(|node| !is_nil_or_empty(node)).collect();
    for node in &nodes {
        metadata::check(node).map_err(|why| NotObjects::new(node.mark, why))?;
    }
    Ok(nodes)
}

/// The objects of a `...List` with items; none for anything else.
fn inner_objects(node: &Node) -> Result<Option<Vec<Node>>, NotObjects> {
    let kind = metadata::kind(node);
    if !kind.ends_with("List") {
        return Ok(None);
    }
    let refused =
        |why: String| NotObjects::new(node.mark, format!("the {kind} cannot be taken apart: {why}"));
    let converted = through(node, Route::Quoted).map_err(refused)?;
    let Some(items) = converted.get("items") else { return Ok(None) };
    match &items.value {
        Value::Sequence(items) => {
            let mut inner = Vec::with_capacity(items.len());
            for item in items.iter() {
                inner.extend(unwrap_list(item.clone())?);
            }
            checked(inner).map(Some)
        }
        _ if items.is_null() => Ok(Some(Vec::new())),
        _ => Err(NotObjects::new(items.mark, format!("the `items` of the {kind} are no list"))),
    }
}
