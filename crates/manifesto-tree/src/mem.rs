//! A tree in memory, for tests and bundled examples.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::{BlobId, Blobs, Entry, EntryKind, ReadError, Tree, TreePath};

/// Builds a [`Tree`] from texts in memory.
#[derive(Debug, Default, Clone)]
pub struct MemTree {
    entries: Vec<Entry>,
    contents: BTreeMap<BlobId, Arc<[u8]>>,
}

impl MemTree {
    /// An empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file.
    #[must_use = "the builder is returned"]
    pub fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.with(path, EntryKind::File, content.as_ref())
    }

    /// Adds a symbolic link.
    #[must_use = "the builder is returned"]
    pub fn symlink(self, path: &str, target: &str) -> Self {
        self.with(path, EntryKind::Symlink, target.as_bytes())
    }

    fn with(mut self, path: &str, kind: EntryKind, content: &[u8]) -> Self {
        let path = TreePath::new(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        let id = content_id(content);
        self.contents.insert(id, Arc::from(content));
        self.entries.push(Entry { path, kind, id });
        self
    }

    /// The finished tree.
    pub fn build(self) -> Tree {
        Tree::new(self.entries, Arc::new(MemBlobs(self.contents)))
    }
}

#[derive(Debug)]
struct MemBlobs(BTreeMap<BlobId, Arc<[u8]>>);

impl Blobs for MemBlobs {
    fn read(&self, id: &BlobId) -> Result<Arc<[u8]>, ReadError> {
        self.0.get(id).cloned().ok_or(ReadError::Missing(*id))
    }
}

/// FNV-1a of 128 bits and the length: enough to tell fixtures apart, without a dependency.
pub(crate) fn content_id(content: &[u8]) -> BlobId {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let hash = content.iter().fold(OFFSET, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(PRIME));
    let mut id = [0; 20];
    let (head, tail) = id.split_at_mut(16);
    head.copy_from_slice(&hash.to_be_bytes());
    tail.copy_from_slice(&u32::try_from(content.len()).unwrap_or(u32::MAX).to_be_bytes());
    BlobId(id)
}
