//! Charts packed as `.tgz`, read in memory (pkg/chart/loader/archive/archive.go). Nothing is ever unpacked to a disk.

use std::collections::BTreeSet;
use std::io::Read as _;

use flate2::read::GzDecoder;
use tar::{Archive, EntryType};

use super::budget::LoadBudget;
use super::files::ChartFile;
use crate::error::{ErrorKind, HelmError};

fn refused(message: impl Into<String>) -> HelmError {
    HelmError::new(ErrorKind::Chart, message)
}

/// The files of an archive, without the directory that all of them are in. Links and files that come twice are refused:
/// Helm makes empty files of the former and lets the order decide among the latter.
pub(super) fn files(bytes: &[u8], budget: &mut LoadBudget) -> Result<Vec<ChartFile>, HelmError> {
    if !bytes.starts_with(&[0x1f, 0x8b, 0x08]) {
        return Err(refused("file does not appear to be a gzipped archive"));
    }
    let damaged = |error: std::io::Error| refused(format!("unable to load chart archive: {error}"));
    // Headers count as well: an archive of a million empty files is as large as one big file.
    let mut archive = Archive::new(GzDecoder::new(bytes).take(budget.bytes.saturating_mul(2)));
    let mut files = Vec::new();
    let mut seen = BTreeSet::new();
    for entry in archive.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        let kind = entry.header().entry_type();
        let path = entry.path_bytes().into_owned();
        let is_directory = kind == EntryType::Directory || path.ends_with(b"/");
        if is_directory || matches!(kind, EntryType::XGlobalHeader | EntryType::XHeader) {
            continue;
        }
        let path =
            String::from_utf8(path).map_err(|_| refused("chart contains a file whose name is no text"))?;
        if !matches!(kind, EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse) {
            return Err(refused(format!("chart archive holds {path:?}, which is no regular file")));
        }
        let name = inner_path(&path)?;
        if !seen.insert(name.clone()) {
            return Err(refused(format!("chart archive holds {name:?} twice")));
        }
        let size = entry.size();
        budget.file(&name, size)?;
        let mut data = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
        entry.read_to_end(&mut data).map_err(damaged)?;
        files.push(ChartFile::new(name, data, None));
    }
    if files.is_empty() { Err(refused("no files in chart archive")) } else { Ok(files) }
}

/// The path inside of the chart.
fn inner_path(path: &str) -> Result<String, HelmError> {
    let delimiter = if path.contains('\\') { '\\' } else { '/' };
    let (top, rest) = path.split_once(delimiter).unwrap_or((path, ""));
    let rest = rest.replace(delimiter, "/");
    if rest.starts_with('/') {
        return Err(refused("chart illegally contains absolute paths"));
    }
    let cleaned = clean(&rest);
    if cleaned == "." {
        return Err(refused(format!(
            "chart illegally contains content outside the base directory: {path:?}"
        )));
    }
    if cleaned.starts_with("..") {
        return Err(refused("chart illegally references parent directory"));
    }
    let mut chars = cleaned.chars();
    if chars.next().is_some_and(|char| char.is_ascii_alphabetic()) && chars.as_str().starts_with(":/") {
        return Err(refused("chart contains illegally named files"));
    }
    if top == "Chart.yaml" {
        return Err(refused("chart yaml not in base directory"));
    }
    Ok(cleaned)
}

/// Go's `path.Clean` of a path that is not absolute.
pub(crate) fn clean(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." if segments.last().is_some_and(|last| *last != "..") => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    if segments.is_empty() { ".".to_owned() } else { segments.join("/") }
}
