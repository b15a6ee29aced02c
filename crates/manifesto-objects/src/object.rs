//! Objects, read from YAML documents.

use std::fmt;
use std::sync::Arc;

use manifesto_tree::{Origin, Place, Side, TreePath};
use manifesto_yaml::{Mark, Node};

use crate::ObjectId;

/// One object as the cluster would hold it.
#[derive(Debug, Clone)]
pub struct Object {
    /// Its identity.
    pub id: ObjectId,
    /// The version of its API, `v1` in `apps/v1`.
    pub version: String,
    /// All of it.
    pub root: Node,
    /// The files that [`Mark::file`] counts: the one that holds the object first.
    pub files: Arc<[TreePath]>,
    /// What rendered it, the nearest first.
    pub via: Arc<[Place]>,
}

/// Why a document is not an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAnObject {
    /// It is empty, or holds nothing but comments.
    Empty,
    /// It is not a mapping.
    NotAMapping,
    /// It has no `apiVersion` or no `kind`: configuration of something else.
    NoKind,
    /// It has a kind, but no name.
    NoName,
}

impl fmt::Display for NotAnObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the document is empty",
            Self::NotAMapping => "the document is not a mapping",
            Self::NoKind => "the document has no apiVersion and kind",
            Self::NoName => "the object has no metadata.name",
        })
    }
}

impl Object {
    /// Reads an object; `files` and `via` say where it comes from.
    pub fn new(root: Node, files: Arc<[TreePath]>, via: Arc<[Place]>) -> Result<Self, NotAnObject> {
        if root.is_null() {
            return Err(NotAnObject::Empty);
        }
        if root.as_mapping().is_none() {
            return Err(NotAnObject::NotAMapping);
        }
        let text =
            |node: Option<&Node>| node.and_then(Node::as_str).map(str::to_owned).filter(|t| !t.is_empty());
        let (Some(api_version), Some(kind)) = (text(root.get("apiVersion")), text(root.get("kind"))) else {
            return Err(NotAnObject::NoKind);
        };
        let metadata = root.get("metadata");
        let name = text(metadata.and_then(|m| m.get("name")))
            .or_else(|| text(metadata.and_then(|m| m.get("generateName"))).map(|prefix| prefix + "*"))
            .ok_or(NotAnObject::NoName)?;
        let namespace = text(metadata.and_then(|m| m.get("namespace"))).unwrap_or_default();
        let (group, version) = api_version.split_once('/').unwrap_or(("", &api_version));
        let id = ObjectId { group: group.to_owned(), kind, namespace, name };
        Ok(Self { id, version: version.to_owned(), root, files, via })
    }

    /// Where the object as a whole comes from.
    pub fn origin(&self, side: Side) -> Origin {
        self.origin_at(side, self.root.mark)
    }

    /// Where a node of the object comes from.
    pub fn origin_at(&self, side: Side, mark: Mark) -> Origin {
        let path = self.files.get(usize::from(mark.file)).or_else(|| self.files.first());
        let path = path.cloned().unwrap_or_else(TreePath::root);
        let place = Place { path, line: mark.line, column: u32::from(mark.column) };
        Origin { side, place, via: self.via.to_vec() }
    }

    /// The node at this path, `&["spec", "template"]`.
    pub fn at(&self, path: &[&str]) -> Option<&Node> {
        self.root.path(path)
    }

    /// The labels of the object, in the order of the file.
    pub fn labels(&self) -> impl Iterator<Item = (&str, &str)> {
        texts(self.at(&["metadata", "labels"]))
    }

    /// The annotations of the object, in the order of the file.
    pub fn annotations(&self) -> impl Iterator<Item = (&str, &str)> {
        texts(self.at(&["metadata", "annotations"]))
    }
}

fn texts(mapping: Option<&Node>) -> impl Iterator<Item = (&str, &str)> {
    let entries = mapping.into_iter().flat_map(Node::entries);
    entries.filter_map(|entry| Some((entry.key.text()?, entry.value.text()?)))
}

/// The objects of one document: itself, or the items of a `List`.
///
/// kubectl and Argo CD take any kind that ends in `List` and has `items` for a list (apimachinery,
/// `unstructured.IsList`).
pub fn objects_of(
    root: &Node,
    files: &Arc<[TreePath]>,
    via: &Arc<[Place]>,
) -> Vec<Result<Object, (Mark, NotAnObject)>> {
    let is_list = root.get("kind").and_then(Node::as_str).is_some_and(|kind| kind.ends_with("List"));
    match root.get("items").and_then(Node::as_sequence) {
        Some(items) if is_list => items.iter().flat_map(|item| objects_of(item, files, via)).collect(),
        _ => {
            let object = Object::new(root.clone(), Arc::clone(files), Arc::clone(via));
            vec![object.map_err(|why| (root.mark, why))]
        }
    }
}
