//! A tree with one file more, or with another content of one.

use std::sync::Arc;

use crate::mem::content_id;
use crate::{BlobId, Blobs, Entry, EntryKind, ReadError, Tree, TreePath};

/// One content on top of a store.
#[derive(Debug)]
struct Overlay {
    id: BlobId,
    content: Arc<[u8]>,
    below: Arc<dyn Blobs>,
}

impl Blobs for Overlay {
    fn read(&self, id: &BlobId) -> Result<Arc<[u8]>, ReadError> {
        if *id == self.id { Ok(Arc::clone(&self.content)) } else { self.below.read(id) }
    }
}

impl Tree {
    /// This tree with `content` at `path`, as a tool leaves it that edits a file before it renders. Everything else is
    /// shared.
    #[must_use = "the tree itself stays as it is"]
    pub fn with_file(&self, path: &TreePath, content: impl Into<Arc<[u8]>>) -> Self {
        let content = content.into();
        let id = content_id(&content);
        let mut entries = self.entries().to_vec();
        entries.push(Entry { path: path.clone(), kind: EntryKind::File, id });
        Self::new(entries, Arc::new(Overlay { id, content, below: Arc::clone(self.blobs()) }))
    }
}
