//! `--charts DIR`: archives of charts that are not in the repository, as `helm pull` leaves them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use manifesto_gitops::ChartStore;

use crate::failure::Failure;

/// The archives below a directory. Those directly in it are of any repository; those in `ghcr.io/org/charts/` are of that one.
#[derive(Debug)]
pub(crate) struct ChartDirectory {
    /// The archives by the directory that they are in, from the one that was named, and their names without `.tgz`.
    archives: BTreeMap<String, BTreeMap<String, PathBuf>>,
}

/// No address of a repository has more parts.
const DEPTH_MAX: usize = 12;

/// The largest archive that is read. The charts of this world are smaller by far.
const ARCHIVE_BYTES_MAX: u64 = 64 << 20;

impl ChartDirectory {
    /// Lists the archives; none of them is read yet.
    pub(crate) fn open(directory: &Path) -> Result<Self, Failure> {
        let mut archives = BTreeMap::new();
        list(directory, "", 0, &mut archives).map_err(|error| {
            Failure::input(format!("the charts of {} cannot be listed: {error}", directory.display()))
                .hint("name a directory with archives, as `helm pull` leaves them")
        })?;
        Ok(Self { archives })
    }

    /// The archives of a chart by their version: those of its repository, or else those of any.
    fn of(&self, repository: &str, name: &str) -> Vec<(&str, &Path)> {
        let address = repository.split_once("://").map_or(repository, |(_, rest)| rest);
        [address.trim_matches('/'), ""]
            .into_iter()
            .filter_map(|address| self.archives.get(address))
            .map(|archives| versions(archives, name))
            .find(|found| !found.is_empty())
            .unwrap_or_default()
    }
}

impl ChartStore for ChartDirectory {
    fn versions(&self, repository: &str, name: &str) -> Vec<String> {
        self.of(repository, name).into_iter().map(|(version, _)| version.to_owned()).collect()
    }

    fn archive(&self, repository: &str, name: &str, version: &str) -> Option<Arc<[u8]>> {
        let (_, path) = self.of(repository, name).into_iter().find(|(found, _)| *found == version)?;
        let mut content = Vec::new();
        File::open(path).ok()?.take(ARCHIVE_BYTES_MAX).read_to_end(&mut content).ok()?;
        Some(content.into())
    }
}

/// `web-1.2.0` is the version 1.2.0 of `web`, and no version of it is `web-app-1.2.0`.
fn versions<'a>(archives: &'a BTreeMap<String, PathBuf>, name: &str) -> Vec<(&'a str, &'a Path)> {
    let of_name = archives.iter().filter_map(|(stem, path)| {
        let version = stem.strip_prefix(name)?.strip_prefix('-')?;
        let number = version.strip_prefix('v').unwrap_or(version);
        number.starts_with(|first: char| first.is_ascii_digit()).then_some((version, path.as_path()))
    });
    of_name.collect()
}

fn list(
    directory: &Path,
    address: &str,
    depth: usize,
    archives: &mut BTreeMap<String, BTreeMap<String, PathBuf>>,
) -> io::Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        let Some(name) = name.to_str() else { continue };
        if path.is_dir() {
            if depth < DEPTH_MAX {
                let inner = if address.is_empty() { name.to_owned() } else { format!("{address}/{name}") };
                list(&path, &inner, depth + 1, archives)?;
            }
        } else if let Some(stem) = name.strip_suffix(".tgz") {
            archives.entry(address.to_owned()).or_default().insert(stem.to_owned(), path);
        }
    }
    Ok(())
}
