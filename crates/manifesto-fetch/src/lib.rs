//! Charts from repositories and registries, into a cache. The only crate with a network.
//!
//! Nothing is fetched unless somebody asks for it: `manifesto fetch` fills the [`Cache`], and everything else reads it. A
//! change names the addresses, so only hosts of the [`AllowedHosts`] are asked, also where a server sends elsewhere.

mod cache;
mod client;
mod credentials;
mod digest;
mod error;
mod hosts;
mod index;
mod lock;
mod percent;
mod registry;
mod url;

use std::sync::Arc;

use manifesto_helm::{Chart, newest_in_range};

pub use cache::Cache;
pub use credentials::Credentials;
pub use digest::Digest;
pub use error::{FetchError, Trouble};
pub use hosts::AllowedHosts;
pub use lock::{Lock, LockedChart};

use client::Client;
use index::Indexes;
use url::Address;

/// The largest archive of a chart, in bytes. The charts of this world are smaller by far.
pub const ARCHIVE_BYTES_MAX: u64 = 64 << 20;

/// A chart that is wanted: `repository` is an address (`https://…` or `oci://…`), `range` a version or a range of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wanted {
    /// Where it comes from.
    pub repository: String,
    /// Its name.
    pub name: String,
    /// Which one; empty for the newest.
    pub range: String,
}

/// A chart that came.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// Its version, as the repository names it.
    pub version: String,
    /// The digest of the archive.
    pub digest: Digest,
    /// The archive (`.tgz`).
    pub archive: Arc<[u8]>,
}

/// Fetches charts. What was asked once, an index or a token, is not asked again.
#[derive(Debug)]
pub struct Fetcher {
    client: Client,
    indexes: Indexes,
}

impl Fetcher {
    /// Asks only these hosts, and shows each only its own credentials.
    pub fn new(hosts: AllowedHosts, credentials: Credentials) -> Self {
        Self { client: Client::new(hosts, credentials), indexes: Indexes::default() }
    }

    /// Lets the host of an address be asked.
    pub fn allow_address(&mut self, address: &str) {
        self.client.hosts.allow_address(address);
    }

    /// Fetches a chart. What came is a chart of this name, and has the digest that the repository says and that the lock says.
    pub fn fetch(&self, wanted: &Wanted, lock: &Lock) -> Result<Fetched, Box<FetchError>> {
        let trouble = |trouble| Box::new(FetchError { wanted: wanted.clone(), trouble });
        let fetched = self.download(wanted).map_err(trouble)?;
        if let Some(locked) = lock.digest(&wanted.repository, &wanted.name, &fetched.version)
            && *locked != fetched.digest
        {
            let (expected, got) = (locked.clone(), fetched.digest);
            return Err(trouble(Trouble::NotAsLocked { expected, got }));
        }
        let chart = Chart::from_archive(&fetched.archive);
        let chart = chart.map_err(|error| trouble(Trouble::NoChart(error.to_string())))?;
        if chart.metadata.name != wanted.name {
            let what = format!("it is the chart `{}`", chart.metadata.name);
            return Err(trouble(Trouble::NoChart(what)));
        }
        Ok(fetched)
    }

    fn download(&self, wanted: &Wanted) -> Result<Fetched, Trouble> {
        let address = Address::parse(&wanted.repository)?;
        if address.is_registry {
            return registry::fetch(&self.client, &address, &wanted.name, &wanted.range);
        }
        let index = self.indexes.of(&self.client, &address)?;
        let versions = index.versions(&wanted.name).ok_or(Trouble::UnknownChart)?;
        let version = newest_in_range(&wanted.range, &versions).ok_or_else(|| Trouble::NoVersion {
            known: versions.len(),
            newest: newest_in_range("", &versions),
        })?;
        let entry = index.entry(&wanted.name, &version).ok_or(Trouble::UnknownChart)?;
        let archive = self.client.get(&address.join(&entry.url)?, "application/gzip", ARCHIVE_BYTES_MAX)?;
        let digest = Digest::of(&archive);
        match entry.digest {
            Some(expected) if expected != digest => Err(Trouble::WrongDigest { expected, got: digest }),
            _ => Ok(Fetched { version, digest, archive: archive.into() }),
        }
    }
}
