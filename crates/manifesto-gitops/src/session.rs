//! Many changes of one repository, each as cheap as what it does not share with those before.

use std::sync::{Arc, Mutex, PoisonError};

use manifesto_tree::{FileChange, FileChangeKind, Side, Tree};

use crate::change::Change;
use crate::chart::Charts;
use crate::chart_store::WantedChart;
use crate::inventory::Inventory;
use crate::layout::Engines;
use crate::listing::Listing;
use crate::revision::{Revision, Revisions};

/// Keeps what was read and built, by its content, and the revisions that were seen last. Used by several threads at once.
#[derive(Debug, Default)]
pub struct Session {
    engines: Arc<Engines>,
    seen: Mutex<Vec<Arc<Revision>>>,
}

/// As many revisions as are kept: those of the last changes, the one used last at the end.
const SEEN_MAX: usize = 4;

impl Session {
    /// A session that may read other charts beside those of the repository.
    pub fn with_charts(charts: Charts) -> Self {
        let engines = Engines { charts, ..Engines::default() };
        Self { engines: Arc::new(engines), ..Self::default() }
    }

    /// Finds and renders every component of a revision.
    pub fn listing(&self, tree: &Tree, inventory: &Inventory) -> Listing {
        Listing::read(&self.engines, tree, inventory)
    }

    /// The charts that are not in the repository, of all that was compared and listed so far: those that could be read,
    /// and those that could not.
    pub fn wanted_charts(&self) -> Vec<WantedChart> {
        self.engines.charts.remote.wanted()
    }

    /// Compares two revisions. `files` are the files that differ, as [`manifesto_tree::file_changes`] or git tell.
    pub fn change(&self, base: &Tree, head: &Tree, files: Vec<FileChange>, inventory: &Inventory) -> Change {
        let revisions = self.revisions(base, head, &files, inventory);
        Change::read(Arc::clone(&self.engines), revisions, files)
    }

    /// Both sides. Head follows from base where the change leaves alone what components are defined by.
    fn revisions(&self, base: &Tree, head: &Tree, files: &[FileChange], inventory: &Inventory) -> Revisions {
        let read = |side, tree| {
            let known = self.known(tree, inventory);
            known.unwrap_or_else(|| Arc::new(Revision::read(&self.engines, inventory, side, tree)))
        };
        let may_follow = files.iter().all(|file| file.kind == FileChangeKind::Modified);
        let (base, head) = if may_follow {
            let base = read(Side::Base, base);
            let head = match base.followed_by(head, files) {
                Some(head) => Arc::new(head),
                None => read(Side::Head, head),
            };
            (base, head)
        } else {
            rayon::join(|| read(Side::Base, base), || read(Side::Head, head))
        };
        self.keep([&base, &head]);
        Revisions { base, head }
    }

    fn known(&self, tree: &Tree, inventory: &Inventory) -> Option<Arc<Revision>> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        // The very same tree first: to find out that two are not equal, half of each is compared.
        let same = seen.iter().find(|revision| revision.is_of_same(tree, inventory));
        same.or_else(|| seen.iter().find(|revision| revision.is_of(tree, inventory))).cloned()
    }

    fn keep(&self, revisions: [&Arc<Revision>; 2]) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for revision in revisions {
            seen.retain(|known| !Arc::ptr_eq(known, revision));
            seen.push(Arc::clone(revision));
        }
        let surplus = seen.len().saturating_sub(SEEN_MAX);
        seen.drain(..surplus);
    }
}
