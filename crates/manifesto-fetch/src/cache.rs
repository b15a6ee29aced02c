//! Archives by their digest, and which version of which chart each is.
//!
//! ```text
//! blobs/DIGITS                                the archive
//! names/HOST%2FPATH/NAME/VERSION              a line with its digest
//! ```

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use etcetera::BaseStrategy as _;

use crate::{Digest, Fetched, Wanted, percent};

/// The charts that were fetched, in a directory. Several processes may use it at once.
#[derive(Debug, Clone)]
pub struct Cache {
    directory: PathBuf,
}

impl Cache {
    /// The cache of the user: `manifesto/charts` where the system keeps caches; none where nobody says where that is.
    pub fn of_user() -> Option<Self> {
        let base = etcetera::choose_base_strategy().ok()?.cache_dir();
        base.is_absolute().then(|| Self::at(base.join("manifesto").join("charts")))
    }

    /// A cache in a directory, which need not be there yet.
    pub fn at(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// Where it is.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Keeps a chart.
    pub fn put(&self, wanted: &Wanted, fetched: &Fetched) -> io::Result<()> {
        let names = self.names(&wanted.repository, &wanted.name);
        write(&self.directory.join("blobs"), &fetched.digest.digits(), &fetched.archive)?;
        write(&names, &escaped(&fetched.version), format!("{}\n", fetched.digest).as_bytes())
    }

    /// The versions of a chart that are here.
    pub fn versions(&self, repository: &str, name: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.names(repository, name)) else { return Vec::new() };
        let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let whole = names.filter(|name| !name.starts_with('.'));
        let mut versions: Vec<String> = whole.filter_map(|name| percent::decode(&name)).collect();
        versions.sort();
        versions
    }

    /// The digest of a version that is here.
    pub fn digest(&self, repository: &str, name: &str, version: &str) -> Option<Digest> {
        let text = fs::read_to_string(self.names(repository, name).join(escaped(version))).ok()?;
        Digest::parse(text.trim())
    }

    /// The archive with a digest; none when it is not here, or is not what it was.
    pub fn archive(&self, digest: &Digest) -> Option<Arc<[u8]>> {
        let content = fs::read(self.directory.join("blobs").join(digest.digits())).ok()?;
        (Digest::of(&content) == *digest).then(|| content.into())
    }

    fn names(&self, repository: &str, name: &str) -> PathBuf {
        self.directory.join("names").join(escaped(repository.trim_end_matches('/'))).join(escaped(name))
    }
}

/// A file that is whole or not there.
fn write(directory: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(content)?;
    file.persist(directory.join(name))?;
    Ok(())
}

/// A text as the name of a file. No name begins with a dot but those of temporary files.
fn escaped(text: &str) -> String {
    match text.strip_prefix('.') {
        Some(rest) => format!("%2E{}", escaped_rest(rest)),
        None => escaped_rest(text),
    }
}

fn escaped_rest(text: &str) -> String {
    percent::encode(text, |byte| b"-_+.".contains(&byte))
}
