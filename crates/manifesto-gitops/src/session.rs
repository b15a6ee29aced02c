//! Many changes of one repository, each as cheap as what it does not share with those before.

use std::sync::Arc;

use manifesto_tree::{FileChange, Tree};

use crate::change::Change;
use crate::inventory::Inventory;
use crate::layout::Engines;

/// Keeps what was read and built, by its content. Used by several threads at once.
#[derive(Debug, Default)]
pub struct Session {
    engines: Arc<Engines>,
}

impl Session {
    /// Compares two revisions. `files` are the files that differ, as [`manifesto_tree::file_changes`] or git tell.
    pub fn change(&self, base: &Tree, head: &Tree, files: Vec<FileChange>, inventory: &Inventory) -> Change {
        Change::read(Arc::clone(&self.engines), base, head, files, inventory)
    }
}
