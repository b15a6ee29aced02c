//! One object on its way through the layers, and what it was called before.

mod identity;
pub(crate) mod metadata;
mod objects;
mod read;
mod rewrite;

use std::sync::{Arc, OnceLock};

use manifesto_tree::{Place, TreePath};
use manifesto_yaml::{Mark, Node, ScalarKind, SmolStr};

pub(crate) use identity::{Gvk, Id, Identity};
pub(crate) use objects::{Key, Objects};
pub(crate) use read::{FileObjects, NotObjects, read_objects};

use crate::node::Misfit;
use crate::schema::Schema;

/// The kustomization lines that led to an object, the outermost first.
#[derive(Debug)]
pub(crate) struct Via {
    place: Place,
    inner: Option<Arc<Via>>,
}

/// One object. Its identity is kept where the reference keeps it, in annotations, so that what patches do to them is
/// done here too; a copy that is quick to ask is made when needed.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    root: Node,
    files: Arc<[TreePath]>,
    via: Option<Arc<Via>>,
    /// Marks of scalars that the reference holds by one pointer (see [`Object::share`]).
    shared: Vec<Mark>,
    /// Marks of scalars that a replacement made without a tag: their type follows their text.
    untagged: Vec<Mark>,
    /// Scalars whose text does not fit their tag. The object cannot be printed while one of them is there.
    misfits: Vec<(Mark, Misfit)>,
    /// Quoted scalars with a tag that is not that of text, by their marks.
    quoted: Vec<(Mark, ScalarKind)>,
    /// The variables that take their value from here.
    pub(crate) variables: Vec<SmolStr>,
    /// Whether the values are encrypted, and only identity and keys are known.
    pub(crate) sealed: bool,
    identity: OnceLock<Arc<Identity>>,
}

impl Object {
    /// An object whose marks have the file index 0, which is `file`.
    pub(crate) fn new(root: Node, file: TreePath) -> Self {
        Self {
            root,
            files: Arc::from([file]),
            via: None,
            shared: Vec::new(),
            untagged: Vec::new(),
            misfits: Vec::new(),
            quoted: Vec::new(),
            variables: Vec::new(),
            sealed: false,
            identity: OnceLock::new(),
        }
    }

    /// The object itself; null when a patch deleted it.
    pub(crate) fn root(&self) -> &Node {
        &self.root
    }

    /// The object itself, to change.
    pub(crate) fn root_mut(&mut self) -> &mut Node {
        self.identity.take();
        &mut self.root
    }

    /// The files that its marks point into.
    pub(crate) fn files(&self) -> &Arc<[TreePath]> {
        &self.files
    }

    /// Its current and its previous names.
    pub(crate) fn identity(&self, schema: &Schema) -> &Arc<Identity> {
        self.identity.get_or_init(|| Arc::new(Identity::of(&self.root, schema)))
    }

    /// Whether nothing is left of it.
    pub(crate) fn is_gone(&self) -> bool {
        crate::node::is_nil_or_empty(&self.root)
    }

    /// The index by which marks point into `file`.
    pub(crate) fn file_index(&mut self, file: &TreePath) -> u16 {
        if let Some(index) = self.files.iter().position(|known| known == file) {
            return u16::try_from(index).unwrap_or(u16::MAX);
        }
        self.add_file(file.clone())
    }

    /// A new index for a file, known already or not. The last one is shared when there are too many.
    fn add_file(&mut self, file: TreePath) -> u16 {
        match u16::try_from(self.files.len()) {
            Ok(index) => {
                self.files = self.files.iter().cloned().chain([file]).collect();
                index
            }
            Err(_) => u16::MAX,
        }
    }

    /// A mark in `file`.
    pub(crate) fn mark_in(&mut self, file: &TreePath, mark: Mark) -> Mark {
        Mark { file: self.file_index(file), ..mark }
    }

    /// Records the line that brought the object into another kustomization.
    pub(crate) fn came_through(&mut self, via: &Arc<Via>) {
        self.via = Some(Arc::clone(via));
    }

    /// The way so far.
    pub(crate) fn via(&self) -> Option<&Arc<Via>> {
        self.via.as_ref()
    }
}

impl Via {
    fn new(place: Place, inner: Option<Arc<Self>>) -> Self {
        Self { place, inner }
    }

    /// The same below the lines of `outer`, the outermost first.
    pub(crate) fn below(outer: &[Place], place: Place, inner: Option<Arc<Self>>) -> Self {
        let own = Self::new(place, inner);
        outer.iter().rev().fold(own, |inner, outer| Self::new(outer.clone(), Some(Arc::new(inner))))
    }

    /// The lines, the nearest to the object first.
    pub(crate) fn places(&self) -> Vec<Place> {
        let mut places = vec![self.place.clone()];
        let mut next = self.inner.as_ref();
        while let Some(via) = next {
            places.push(via.place.clone());
            next = via.inner.as_ref();
        }
        places.reverse();
        places
    }
}
