//! What a build has cost so far.

use std::cell::Cell;

use crate::node::Why;

/// Counts work, and says when it is too much.
#[derive(Debug)]
pub(crate) struct Meter {
    left: Cell<u64>,
    over: Cell<bool>,
}

impl Meter {
    /// A meter for this many units; one is about a node that is looked at.
    pub(crate) fn new(units: u64) -> Self {
        Self { left: Cell::new(units), over: Cell::new(false) }
    }

    /// Counts units.
    pub(crate) fn charge(&self, units: u64) -> Why<()> {
        if let Some(left) = self.left.get().checked_sub(units) {
            self.left.set(left);
            Ok(())
        } else {
            self.over.set(true);
            Err("the build takes more work than it may".to_owned())
        }
    }

    /// Whether it was too much.
    pub(crate) fn is_over(&self) -> bool {
        self.over.get()
    }

    /// The units that are left.
    pub(crate) fn left(&self) -> u64 {
        self.left.get()
    }
}
