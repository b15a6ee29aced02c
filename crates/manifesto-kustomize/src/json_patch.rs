//! JSON patches (RFC 6902) as evanphx/json-patch version 4 applies them.
//!
//! It is laxer than the standard: `replace` of a key that is missing adds it, indexes may be negative, and the first
//! segment of a path is skipped whatever it is.

use std::sync::Arc;

use manifesto_tree::TreePath;
use manifesto_yaml::{Dialect, Html, Limits, Mark, Node, Value, parse, to_json};

use crate::meter::Meter;
use crate::node::json::{Route, through};
use crate::node::{Trail, Why, at, at_mut, raw_text};
use crate::object::Object;

/// A patch that was read.
#[derive(Debug, Clone)]
pub(crate) struct JsonPatch {
    operations: Vec<Operation>,
}

#[derive(Debug, Clone)]
struct Operation {
    kind: Node,
    path: Option<Node>,
    from: Option<Node>,
    value: Option<Node>,
    mark: Mark,
}

impl JsonPatch {
    /// Reads a patch, JSON or YAML. Refused is what is no list of mappings.
    pub(crate) fn read(text: &[u8], limits: &Limits) -> Result<Self, (Mark, String)> {
        let parsed = parse(text, Dialect::SigsV2, limits);
        if let Some(error) = parsed.error.filter(|_| parsed.documents.is_empty()) {
            return Err((error.mark, error.problem));
        }
        // Only the first document counts.
        let root = parsed.documents.into_iter().next().map_or_else(Node::null, |document| document.root);
        let items = match &root.value {
            Value::Sequence(items) => Arc::clone(items),
            _ if root.is_null() => Arc::default(),
            _ => return Err((root.mark, "a JSON patch is a list of operations".to_owned())),
        };
        let operations = items.iter().map(operation).collect::<Result<_, _>>()?;
        Ok(Self { operations })
    }

    /// A patch without operations.
    pub(crate) fn none() -> &'static Self {
        static NONE: JsonPatch = JsonPatch { operations: Vec::new() };
        &NONE
    }

    /// Whether it has no operations.
    pub(crate) fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// Applies the operations in order. The patch stands in `file`, `offset` lines below its start. The object comes back as if printed as JSON
    /// and read again.
    pub(crate) fn apply(
        &self,
        object: &mut Object,
        file: &TreePath,
        offset: u32,
        meter: &Meter,
    ) -> Result<(), (Mark, String)> {
        let whole = |why: String| (Mark::default(), why);
        object.check_misfits().map_err(|(_, why)| whole(why))?;
        let mut root = through(object.root(), Route::Floats).map_err(whole)?;
        for operation in &self.operations {
            meter.charge(4).map_err(whole)?;
            let value = operation.value.as_ref().map(|value| through(value, Route::Floats)).transpose();
            let value = value.map_err(|why| (operation.mark, why))?;
            let value = value.map(|value| object.adopt(&value, file, offset));
            operation.apply(&mut root, value, meter).map_err(|why| (operation.mark, why))?;
        }
        if root.as_mapping().is_none() {
            return Err(whole("the patch leaves no object".to_owned()));
        }
        object.unshare();
        *object.root_mut() = root;
        Ok(())
    }
}

fn operation(node: &Node) -> Result<Operation, (Mark, String)> {
    if node.as_mapping().is_none() && !node.is_null() {
        return Err((node.mark, "an operation of a JSON patch is a mapping".to_owned()));
    }
    let field = |name| node.get(name).cloned();
    Ok(Operation {
        kind: field("op").unwrap_or_else(Node::null),
        path: field("path"),
        from: field("from"),
        value: field("value"),
        mark: node.mark,
    })
}

impl Operation {
    fn apply(&self, root: &mut Node, value: Option<Node>, meter: &Meter) -> Why<()> {
        match self.kind.as_str() {
            Some("add") => self.add(root, value.unwrap_or_else(Node::null)),
            Some("remove") => {
                let (container, key) = locate(root, text_of(self.path.as_ref(), "path")?)?;
                remove(root, &container, &key).map(drop)
            }
            Some("replace") => self.replace(root, value),
            Some("move") => {
                let (container, key) = locate(root, text_of(self.from.as_ref(), "from")?)?;
                // A key that is missing cannot be taken out.
                let moved = remove(root, &container, &key)?;
                self.add(root, moved)
            }
            Some("copy") => {
                let from = text_of(self.from.as_ref(), "from")?;
                let (container, key) = locate(root, from)?;
                let copied = get(root, &container, &key)?.cloned().unwrap_or_else(Node::null);
                meter.charge(size(&copied))?;
                self.add(root, copied)
            }
            Some("test") => self.test(root),
            _ => Err(format!("`op: {}` is unknown", raw_text(&self.kind))),
        }
    }

    fn add(&self, root: &mut Node, value: Node) -> Why<()> {
        let path = text_of(self.path.as_ref(), "path")?;
        let (container, key) = locate(root, path)?;
        let Some(parent) = at_mut(root, &container) else { return Err(missing(path)) };
        if let Some(mapping) = parent.as_mapping_mut() {
            mapping.insert(key, value);
            return Ok(());
        }
        let Some(items) = parent.as_sequence_mut() else { return Err(missing(path)) };
        if key == "-" {
            items.push(value);
            return Ok(());
        }
        let position = index(&key, items.len() + 1)?;
        items.insert(position, value);
        Ok(())
    }

    fn replace(&self, root: &mut Node, value: Option<Node>) -> Why<()> {
        let path = text_of(self.path.as_ref(), "path")?;
        let value = value.unwrap_or_else(Node::null);
        if path.is_empty() {
            if value.as_scalar().is_some() {
                return Err("the whole object can only be replaced by an object".to_owned());
            }
            *root = value;
            return Ok(());
        }
        let (container, key) = locate(root, path)?;
        let Some(parent) = at_mut(root, &container) else { return Err(missing(path)) };
        if let Some(mapping) = parent.as_mapping_mut() {
            mapping.insert(key, value);
            return Ok(());
        }
        let Some(items) = parent.as_sequence_mut() else { return Err(missing(path)) };
        let position = index(&key, items.len())?;
        if let Some(item) = items.get_mut(position) {
            *item = value;
        }
        Ok(())
    }

    fn test(&self, root: &Node) -> Why<()> {
        let path = text_of(self.path.as_ref(), "path")?;
        let wanted = self.value.as_ref().ok_or("the test has no `value`")?;
        let found = if path.is_empty() {
            Some(root)
        } else {
            let (container, key) = locate(root, path)?;
            get(root, &container, &key)?
        };
        let same = match found.filter(|found| !found.is_null()) {
            None => wanted.is_null(),
            Some(found) => !wanted.is_null() && through(wanted, Route::Floats)? == *found,
        };
        if same {
            return Ok(());
        }
        let found = found
            .map_or_else(|| "nothing".to_owned(), |found| to_json(found, Html::Plain).unwrap_or_default());
        Err(format!("the test of {path} fails: {found} is there"))
    }
}

fn missing(path: &str) -> String {
    format!("the object has no {path}")
}

fn text_of<'n>(node: Option<&'n Node>, name: &str) -> Why<&'n str> {
    let node = node.filter(|node| !node.is_null()).ok_or_else(|| format!("the operation has no `{name}`"))?;
    node.as_str().ok_or_else(|| format!("the `{name}` of the operation is no text"))
}

/// The container that a path leads to, and the key in it (findObject).
fn locate(root: &Node, path: &str) -> Why<(Trail, String)> {
    let mut segments: Vec<String> = path.split('/').skip(1).map(unescaped).collect();
    let key = segments.pop().ok_or_else(|| format!("the path `{path}` does not start with `/`"))?;
    let mut trail = Trail::new();
    let mut node = root;
    for segment in &segments {
        let position = match &node.value {
            Value::Mapping(mapping) => mapping.position(segment),
            Value::Sequence(items) => index(segment, items.len()).ok(),
            Value::Scalar(_) => None,
        };
        let next = position.and_then(|position| Some((position, at(node, &[position])?)));
        let (position, next) =
            next.filter(|(_, next)| next.as_scalar().is_none()).ok_or_else(|| missing(path))?;
        trail.push(position);
        node = next;
    }
    Ok((trail, key))
}

/// `~1` is `/`, `~0` is `~`.
fn unescaped(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}

/// The position that an index stands for; negative ones count from the end.
fn index(text: &str, length: usize) -> Why<usize> {
    let refused = || format!("`{text}` is no index of a list of {length}");
    let index: i64 = text.parse().map_err(|_| refused())?;
    let position = if index < 0 { i64::try_from(length).map_err(|_| refused())? + index } else { index };
    usize::try_from(position).ok().filter(|position| *position < length).ok_or_else(refused)
}

fn get<'n>(root: &'n Node, container: &[usize], key: &str) -> Why<Option<&'n Node>> {
    let Some(parent) = at(root, container) else { return Ok(None) };
    match &parent.value {
        Value::Mapping(mapping) => Ok(mapping.get(key)),
        Value::Sequence(items) => Ok(items.get(index(key, items.len())?)),
        Value::Scalar(_) => Ok(None),
    }
}

fn remove(root: &mut Node, container: &[usize], key: &str) -> Why<Node> {
    let parent = at_mut(root, container).ok_or_else(|| missing(key))?;
    if let Some(mapping) = parent.as_mapping_mut() {
        return mapping.remove(key).ok_or_else(|| format!("the key `{key}` is not there"));
    }
    let items = parent.as_sequence_mut().ok_or_else(|| missing(key))?;
    let position = index(key, items.len())?;
    Ok(items.remove(position))
}

fn size(node: &Node) -> u64 {
    let inner: u64 = match &node.value {
        Value::Scalar(_) => 0,
        Value::Sequence(items) => items.iter().map(size).sum(),
        Value::Mapping(mapping) => mapping.entries().iter().map(|entry| size(&entry.value)).sum(),
    };
    inner.saturating_add(1)
}
