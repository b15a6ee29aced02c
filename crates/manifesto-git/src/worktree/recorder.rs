//! What git would record of one file.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use gix::attrs::StateRef;
use gix::bstr::BString;
use gix::filter::plumbing::pipeline::CrlfRoundTripCheck;
use gix::filter::plumbing::pipeline::convert::ToGitOutcome;
use gix::index::entry::{Mode, Stat, stat};
use gix::index::fs::Metadata;
use gix::objs::{Kind, compute_hash, compute_stream_hash};
use gix::worktree::stack::state::{attributes, ignore};
use manifesto_tree::{BlobId, EntryKind, ReadError};

use super::{Contents, kind, location};
use crate::blobs::{OBJECT_BYTES_MAX, blob_id};
use crate::handles::reason;
use crate::listing::ListingError;

/// All uncommitted contents together. What is beyond is listed, but cannot be read.
const CONTENTS_BYTES_MAX: u64 = 512 << 20;

/// Reads files of a work tree and keeps those that git does not have.
pub(super) struct Recorder<'r> {
    repository: &'r gix::Repository,
    pub(super) index: &'r gix::index::State,
    pub(super) root: PathBuf,
    pub(super) attributes: gix::AttributeStack<'r>,
    filters: gix::filter::plumbing::Pipeline,
    /// Filters that are programs. They are not run.
    programs: BTreeSet<BString>,
    capabilities: gix::fs::Capabilities,
    stat_options: stat::Options,
    /// Whether each directory is one, and not a link to one.
    directories: BTreeMap<String, bool>,
    pub(super) contents: Contents,
    contents_bytes: u64,
}

impl<'r> Recorder<'r> {
    pub(super) fn new(
        repository: &'r gix::Repository,
        index: &'r gix::index::State,
    ) -> Result<Self, ListingError> {
        let broken = |error: gix::Error| ListingError::broken(&error);
        let mut options = gix::filter::Pipeline::options(repository).map_err(broken)?;
        let drivers = std::mem::take(&mut options.drivers);
        // Git would only warn, and the caller cannot do anything about it.
        options.crlf_roundtrip_check = CrlfRoundTripCheck::Skip;
        let attributes = repository
            .attributes(
                index,
                attributes::Source::WorktreeThenIdMapping,
                ignore::Source::WorktreeThenIdMappingIfNotSkipped,
                None,
            )
            .map_err(broken)?;
        let hash = repository.object_hash();
        Ok(Self {
            repository,
            index,
            root: repository.workdir().map(Path::to_owned).unwrap_or_default(),
            attributes,
            filters: gix::filter::plumbing::Pipeline::new(gix::command::Context::default(), hash, options),
            programs: drivers.into_iter().map(|driver| driver.name).collect(),
            capabilities: repository.filesystem_options().map_err(broken)?,
            stat_options: repository.stat_options().map_err(broken)?,
            directories: BTreeMap::new(),
            contents: Contents::new(),
            contents_bytes: 0,
        })
    }

    /// What is at `path`; none when git would record nothing there. `tracked` is what the index says of it.
    pub(super) fn record(
        &mut self,
        path: &str,
        tracked: Option<&gix::index::Entry>,
    ) -> Option<(EntryKind, BlobId)> {
        if path.rsplit_once('/').is_some_and(|(parent, _)| !self.is_directory(parent)) {
            return None;
        }
        let file = location(&self.root, path);
        let metadata = match Metadata::from_path_no_follow(&file) {
            Ok(metadata) => metadata,
            Err(error) if is_absent(&error) => return None,
            Err(error) => {
                let kind = tracked.map_or(EntryKind::File, |entry| kind(entry.mode));
                return Some((kind, self.unreadable(path, error.to_string())));
            }
        };
        if metadata.is_dir() {
            let submodule = tracked.filter(|entry| entry.mode == Mode::COMMIT)?;
            let id = self.nested_head(&file).unwrap_or(submodule.id);
            return Some((EntryKind::Submodule, blob_id(&id)));
        }
        let kind = self.kind(&metadata, tracked)?;
        if let Some(entry) = tracked.filter(|entry| self.is_unchanged(&metadata, entry)) {
            return Some((kind, blob_id(&entry.id)));
        }
        let id =
            if metadata.is_symlink() { self.link(path, &file) } else { self.file(path, &file, &metadata) };
        Some((kind, id))
    }

    /// The commit that a repository inside of this one is at.
    pub(super) fn nested_head(&self, directory: &Path) -> Option<gix::ObjectId> {
        let nested = gix::open_opts(directory, self.repository.open_options().clone()).ok()?;
        nested.head_id().ok().map(gix::Id::detach)
    }

    /// Git does not follow links to the directory of a file (`has_symlink_leading_path`).
    fn is_directory(&mut self, path: &str) -> bool {
        if let Some(known) = self.directories.get(path) {
            return *known;
        }
        let mut is_directory = true;
        for (end, _) in path.match_indices('/').chain([(path.len(), "")]) {
            let Some(prefix) = path.get(..end) else { return false };
            let root = &self.root;
            is_directory = is_directory
                && *self.directories.entry(prefix.to_owned()).or_insert_with(|| {
                    std::fs::symlink_metadata(location(root, prefix)).is_ok_and(|metadata| metadata.is_dir())
                });
        }
        self.directories.insert(path.to_owned(), is_directory);
        is_directory
    }

    /// What git would call it, where the file system does not know links or executable files as well.
    fn kind(&self, metadata: &Metadata, tracked: Option<&gix::index::Entry>) -> Option<EntryKind> {
        let tracked = tracked.map(|entry| kind(entry.mode));
        if metadata.is_symlink() {
            return Some(EntryKind::Symlink);
        }
        // Git records no devices, sockets or pipes.
        metadata.is_file().then_some(())?;
        Some(match tracked {
            Some(EntryKind::Symlink) if !self.capabilities.symlink => EntryKind::Symlink,
            Some(EntryKind::Executable) if !self.capabilities.executable_bit => EntryKind::Executable,
            _ if self.capabilities.executable_bit && metadata.is_executable() => EntryKind::Executable,
            _ => EntryKind::File,
        })
    }

    /// Whether the index vouches for the content: it was looked at after it was last written (git,
    /// `Documentation/technical/racy-git.txt`), and it is not marked for another look by a size of zero.
    fn is_unchanged(&self, metadata: &Metadata, entry: &gix::index::Entry) -> bool {
        let Ok(stat) = Stat::from_fs(metadata) else { return false };
        stat.matches(&entry.stat, self.stat_options)
            && !stat.is_racy(self.index.timestamp(), self.stat_options)
            && (stat.size > 0 || entry.id.is_empty_blob())
    }

    fn link(&mut self, path: &str, file: &Path) -> BlobId {
        let target = std::fs::read_link(file);
        match target.map(|target| gix::path::into_bstr(target).map(|target| target.to_vec())) {
            Ok(Ok(target)) => self.keep(path, &target),
            Ok(Err(error)) => self.unreadable(path, reason(&error)),
            Err(error) => self.unreadable(path, error.to_string()),
        }
    }

    fn file(&mut self, path: &str, file: &Path, metadata: &Metadata) -> BlobId {
        if metadata.len() > OBJECT_BYTES_MAX {
            return self.large_file(path, file, metadata.len());
        }
        match read(file) {
            Err(error) => self.unreadable(path, error.to_string()),
            Ok(content) => match self.converted(path, content) {
                Err(reason) => self.unreadable(path, reason),
                Ok(content) => self.keep(path, &content),
            },
        }
    }

    /// A file that is too large to be kept still has a name, so that it is known whether it changed.
    fn large_file(&mut self, path: &str, file: &Path, size_bytes: u64) -> BlobId {
        let hash = self.repository.object_hash();
        let mut progress = gix::utils::progress::Discard;
        let id = std::fs::File::open(file).map_err(|error| error.to_string()).and_then(|mut file| {
            let interrupt = AtomicBool::new(false);
            compute_stream_hash(hash, Kind::Blob, &mut file, size_bytes, &mut progress, &interrupt)
                .map_err(|error| reason(&error))
        });
        match id {
            Err(reason) => self.unreadable(path, reason),
            Ok(id) => {
                let error = ReadError::TooLarge { size_bytes, limit_bytes: OBJECT_BYTES_MAX };
                self.contents.insert(blob_id(&id), Err(error));
                blob_id(&id)
            }
        }
    }

    /// The content as git would store it: with its line endings, in UTF-8. An error where only a program knows.
    fn converted(&mut self, path: &str, content: Vec<u8>) -> Result<Vec<u8>, String> {
        let failed = |error: gix::Error| reason(&error);
        let mut filter = self.attributes.selected_attribute_matches(["filter"]);
        let platform = self.attributes.at_entry(path, None).map_err(failed)?;
        platform.matching_attributes(&mut filter);
        for chosen in filter.iter_selected() {
            if let StateRef::Value(name) = chosen.assignment.state
                && self.programs.contains(name.as_bstr())
            {
                return Err(format!("git would run the filter {}, which Manifesto does not", name.as_bstr()));
            }
        }
        let (index, repository) = (self.index, self.repository);
        let mut indexed = |buffer: &mut Vec<u8>| {
            let Some(entry) = index.entry_by_path(path.into()) else { return Ok(None) };
            let found = gix::objs::Find::try_find(&repository.objects, &entry.id, buffer)?;
            Ok(found.filter(|object| object.kind == Kind::Blob).map(|_| ()))
        };
        let mut assigned = |_: &gix::bstr::BStr, matches: &mut gix::attrs::search::Outcome| {
            platform.matching_attributes(matches);
        };
        let outcome = self
            .filters
            .convert_to_git(content.as_slice(), Path::new(path), &mut assigned, &mut indexed)
            .map_err(failed)?;
        match outcome {
            ToGitOutcome::Buffer(converted) => Ok(converted.to_vec()),
            ToGitOutcome::Unchanged(_) | ToGitOutcome::Process(_) => Ok(content),
        }
    }

    /// Names a content, and keeps it when the object store does not have it.
    fn keep(&mut self, path: &str, content: &[u8]) -> BlobId {
        let id = match compute_hash(self.repository.object_hash(), Kind::Blob, content) {
            Ok(id) => id,
            Err(error) => return self.unreadable(path, reason(&error)),
        };
        let name = blob_id(&id);
        if !self.contents.contains_key(&name) && !self.repository.has_object(id) {
            self.contents_bytes = self.contents_bytes.saturating_add(content.len() as u64);
            let kept = if self.contents_bytes > CONTENTS_BYTES_MAX {
                let limit = CONTENTS_BYTES_MAX >> 20;
                Err(ReadError::Broken(format!("the uncommitted files have more than {limit} MiB together")))
            } else {
                Ok(Arc::from(content))
            };
            self.contents.insert(name, kept);
        }
        name
    }

    /// A file that is there but cannot be read differs from every other: it gets the name of an object that no git
    /// makes, a commit that is not one.
    fn unreadable(&mut self, path: &str, reason: String) -> BlobId {
        let name = format!("unreadable {path}");
        let id = compute_hash(self.repository.object_hash(), Kind::Commit, name.as_bytes());
        let id = blob_id(&id.unwrap_or_else(|_| gix::ObjectId::null(self.repository.object_hash())));
        self.contents.insert(id, Err(ReadError::Broken(reason)));
        id
    }
}

/// Whether nothing is there: also when what should be its directory is a file.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Reads a file that may be growing.
fn read(file: &Path) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    std::fs::File::open(file)?.take(OBJECT_BYTES_MAX + 1).read_to_end(&mut content)?;
    if content.len() as u64 > OBJECT_BYTES_MAX {
        return Err(io::Error::other("the file grew while it was read"));
    }
    Ok(content)
}
