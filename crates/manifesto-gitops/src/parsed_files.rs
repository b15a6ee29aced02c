//! Files, each parsed once for both sides: what holds the same bytes is the same value.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use manifesto_tree::{BlobId, Entry, ReadError, Tree};
use manifesto_yaml::{Dialect, Limits, Parsed, parse};

/// The files that were parsed, by what they hold.
#[derive(Debug, Default)]
pub(crate) struct ParsedFiles {
    parsed: RwLock<BTreeMap<BlobId, Arc<Parsed>>>,
}

impl ParsedFiles {
    /// The documents of a file, as kubectl and Argo CD read it.
    pub(crate) fn parse(&self, tree: &Tree, entry: &Entry) -> Result<Arc<Parsed>, ReadError> {
        let known = self.parsed.read().unwrap_or_else(PoisonError::into_inner).get(&entry.id).cloned();
        if let Some(parsed) = known {
            return Ok(parsed);
        }
        let parsed = Arc::new(parse(&tree.read(entry)?, Dialect::SigsV2, &Limits::default()));
        // Two threads may parse the same file; the first one's result is everybody's, so that equal is identical.
        let mut all = self.parsed.write().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(all.entry(entry.id).or_insert(parsed)))
    }
}
