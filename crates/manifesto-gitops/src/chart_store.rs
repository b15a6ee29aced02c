//! Charts that are not in the repository, as far as somebody has put them where they can be read. Nothing is fetched here.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use manifesto_helm::{Chart, HelmError, newest_in_range};

/// Archives of charts, by where the charts come from.
pub trait ChartStore: fmt::Debug + Send + Sync {
    /// The versions of a chart that are there. `repository` is an address, `https://…` or `oci://…`.
    fn versions(&self, repository: &str, name: &str) -> Vec<String>;

    /// The archive (`.tgz`) of one of these versions.
    fn archive(&self, repository: &str, name: &str, version: &str) -> Option<Arc<[u8]>>;
}

/// A chart of some repository: an address, a name, and a version or a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ChartName<'c> {
    pub(crate) repository: &'c str,
    pub(crate) name: &'c str,
    pub(crate) range: &'c str,
}

impl ChartName<'_> {
    pub(crate) fn wanted(self) -> WantedChart {
        let Self { repository, name, range } = self;
        WantedChart { repository: repository.to_owned(), name: name.to_owned(), range: range.to_owned() }
    }
}

impl fmt::Display for ChartName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the chart `{}`", self.name)?;
        if !self.range.is_empty() {
            write!(f, " {}", self.range)?;
        }
        if self.repository.is_empty() { Ok(()) } else { write!(f, " of {}", self.repository) }
    }
}

/// A chart that something names, and that is not in the repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct WantedChart {
    /// The address of its repository: `https://…` or `oci://…`.
    pub repository: String,
    /// Its name.
    pub name: String,
    /// A version or a range of versions; empty for the newest.
    pub range: String,
}

/// The charts of a store, each loaded once.
#[derive(Debug, Default)]
pub(crate) struct RemoteCharts {
    store: Option<Arc<dyn ChartStore>>,
    wanted: Mutex<BTreeSet<WantedChart>>,
    loaded: Mutex<HashMap<Key, Result<Arc<Chart>, HelmError>>>,
}

/// Repository, name and version.
type Key = (String, String, String);

impl RemoteCharts {
    pub(crate) fn of(store: Arc<dyn ChartStore>) -> Self {
        Self { store: Some(store), ..Self::default() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.store.is_none()
    }

    /// Notes that something names a chart.
    pub(crate) fn want(&self, wanted: WantedChart) {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner).insert(wanted);
    }

    /// Every chart that something named so far.
    pub(crate) fn wanted(&self) -> Vec<WantedChart> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// The chart; none when it is not there. Of a range, the newest version that is there.
    pub(crate) fn find(&self, chart: ChartName<'_>) -> Option<Result<Arc<Chart>, HelmError>> {
        let store = self.store.as_ref()?;
        let version = newest_in_range(chart.range, &store.versions(chart.repository, chart.name))?;
        let key = (chart.repository.to_owned(), chart.name.to_owned(), version.clone());
        let lock = || self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&key) {
            return Some(known.clone());
        }
        let loaded = Chart::from_archive(&store.archive(chart.repository, chart.name, &version)?);
        Some(lock().entry(key).or_insert(loaded).clone())
    }
}
