//! `index.yaml` of repositories that are directories of archives (helm, pkg/repo/v1/index.go).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use manifesto_yaml::{Dialect, Limits, Node, parse};

use crate::Digest;
use crate::client::Client;
use crate::error::Trouble;
use crate::url::Address;

/// The largest index that is read, in bytes. The largest public ones have some twenty million.
const INDEX_BYTES_MAX: u64 = 96 << 20;

/// The index of one repository.
#[derive(Debug)]
pub(crate) struct Index(Node);

/// One version of one chart.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Where the archive is: an address, or a path in the repository.
    pub(crate) url: String,
    /// The digest of the archive; old repositories have none.
    pub(crate) digest: Option<Digest>,
}

impl Index {
    fn parse(text: &[u8]) -> Result<Self, Trouble> {
        let parsed = parse(text, Dialect::SigsV2, &Limits::default());
        if let Some(error) = parsed.error {
            return Err(Trouble::Protocol(format!("its index.yaml cannot be read: {error}")));
        }
        let root = parsed.documents.into_iter().next().map(|document| document.root);
        let root = root.filter(|root| root.get("entries").is_some());
        root.map(Self).ok_or_else(|| Trouble::Protocol("its index.yaml has no entries".to_owned()))
    }

    fn entries(&self, name: &str) -> Option<&[Node]> {
        self.0.path(&["entries", name])?.as_sequence()
    }

    /// The versions of a chart, in the order of the index.
    pub(crate) fn versions(&self, name: &str) -> Option<Vec<String>> {
        let versions = self.entries(name)?.iter().filter_map(|entry| entry.get("version")?.text());
        Some(versions.map(str::to_owned).collect())
    }

    pub(crate) fn entry(&self, name: &str, version: &str) -> Option<Entry> {
        let is_wanted = |entry: &&Node| entry.get("version").and_then(Node::text) == Some(version);
        let entry = self.entries(name)?.iter().find(is_wanted)?;
        let url = entry.get("urls")?.items().first()?.text()?.to_owned();
        Some(Entry { url, digest: entry.get("digest").and_then(Node::text).and_then(Digest::parse) })
    }
}

/// The indexes that were read, each once.
#[derive(Debug, Default)]
pub(crate) struct Indexes(Mutex<HashMap<String, Arc<Index>>>);

impl Indexes {
    pub(crate) fn of(&self, client: &Client, repository: &Address) -> Result<Arc<Index>, Trouble> {
        let address = repository.join("index.yaml")?;
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&address) {
            return Ok(Arc::clone(known));
        }
        let text = client.get(&address, "application/yaml, text/yaml, */*", INDEX_BYTES_MAX)?;
        let index = Arc::new(Index::parse(&text)?);
        lock().insert(address, Arc::clone(&index));
        Ok(index)
    }
}
