//! Charts that are not in the repository: those of `--charts`, and those that `manifesto fetch` has put into the cache.

use std::sync::Arc;

use manifesto_fetch::{Cache, Lock};
use manifesto_gitops::{ChartStore, Charts};
use manifesto_tree::{Tree, TreePath};

use crate::chart_directory::ChartDirectory;
use crate::failure::Failure;
use crate::options::Global;

/// Where the lock file may lie; the first one counts. They are the places of the configuration.
const LOCKS: &[&str] = &[".github/manifesto.lock", ".manifesto.lock"];

/// The charts of the repository, and those that the user has beside them.
pub(crate) fn charts(global: &Global, lock: Lock) -> Result<Charts, Failure> {
    let directory = global.charts.as_deref().map(ChartDirectory::open).transpose()?;
    Ok(Charts::with_store(Arc::new(Known { directory, cache: Cache::of_user(), lock })))
}

/// The lock file of a tree; an empty one when there is none.
pub(crate) fn lock_of(tree: &Tree) -> Result<Lock, Failure> {
    for place in LOCKS {
        let Some(entry) = tree.entry(&TreePath::from_normalized(place)) else { continue };
        let text = tree.read(entry).map_err(|error| Failure::input(format!("{place}: {error}")))?;
        return parse_lock(place, &String::from_utf8_lossy(&text));
    }
    Ok(Lock::default())
}

/// Reads the text of a lock file that lies at `place`.
pub(crate) fn parse_lock(place: &str, text: &str) -> Result<Lock, Failure> {
    let hint = format!("mend it, or remove it and run `manifesto fetch --lock {place}`");
    Lock::parse(text).map_err(|why| Failure::input(format!("{place}: {why}")).hint(hint))
}

/// A directory of the user's first, then the cache.
#[derive(Debug)]
struct Known {
    directory: Option<ChartDirectory>,
    cache: Option<Cache>,
    lock: Lock,
}

impl ChartStore for Known {
    fn versions(&self, repository: &str, name: &str) -> Vec<String> {
        let own = self.directory.as_ref().map(|known| known.versions(repository, name)).unwrap_or_default();
        if !own.is_empty() {
            return own;
        }
        self.cache.as_ref().map(|cache| cache.versions(repository, name)).unwrap_or_default()
    }

    fn archive(&self, repository: &str, name: &str, version: &str) -> Option<Arc<[u8]>> {
        let own = self.directory.as_ref().and_then(|known| known.archive(repository, name, version));
        if own.is_some() {
            return own;
        }
        let cache = self.cache.as_ref()?;
        let locked = self.lock.digest(repository, name, version).cloned();
        cache.archive(&locked.or_else(|| cache.digest(repository, name, version))?)
    }
}
