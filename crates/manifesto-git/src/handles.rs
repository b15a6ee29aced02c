//! Access to one repository from many threads.

use std::fmt;
use std::sync::{Mutex, PoisonError};

/// Decoded objects kept per handle. Trees of base and head share most of their directories, and a delta's base is
/// usually wanted again; beyond this the gain is not measurable.
const OBJECT_CACHE_BYTES: usize = 32 << 20;

/// The handles of one repository. gix's are `Send` but not `Sync`: whoever reads takes one, or makes one, and gives
/// it back with its caches warm. There are never more than there were readers at once.
pub(crate) struct Handles {
    shared: gix::ThreadSafeRepository,
    idle: Mutex<Vec<gix::Repository>>,
}

impl Handles {
    pub(crate) fn new(shared: gix::ThreadSafeRepository) -> Self {
        Self { shared, idle: Mutex::new(Vec::new()) }
    }

    /// Runs `read` with a handle.
    pub(crate) fn with<T>(&self, read: impl FnOnce(&gix::Repository) -> T) -> T {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let handle = idle.unwrap_or_else(|| self.open());
        let result = read(&handle);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(handle);
        result
    }

    fn open(&self) -> gix::Repository {
        let mut handle = self.shared.to_thread_local();
        handle.object_cache_size(OBJECT_CACHE_BYTES);
        handle
    }
}

impl fmt::Debug for Handles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handles").field("git_dir", &self.shared.git_dir()).finish_non_exhaustive()
    }
}

/// What an error of gix says: its chain of causes in one line, each once. Causes quote what is in the repository, so
/// nothing in them may control a terminal.
pub(crate) fn reason(error: &gix::Error) -> String {
    let mut causes: Vec<String> = Vec::new();
    for cause in error.iter_errors().map(ToString::to_string) {
        if !cause.is_empty() && !causes.contains(&cause) {
            causes.push(cause);
        }
    }
    causes.join(": ").replace(|c: char| c.is_control(), " ")
}
