//! Reading files as a kustomization may (api/internal/loader/fileloader.go), and noting what was read.

mod remote;

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use manifesto_tree::{
    BlobId, Entry, EntryKind, GapReason, LookupError, PathError, ReadError, Tree, TreePath,
};

use crate::options::LoadRestrictor;
use crate::reads::ReadSet;
pub(crate) use remote::{is_remote_file, is_repository};

/// As many links as are followed for one path, as in manifesto-tree.
const LINKS_MAX: usize = 40;

/// The directory of a kustomization, and who led there.
#[derive(Debug)]
pub(crate) struct Root {
    /// The directory, links followed.
    pub(crate) directory: TreePath,
    referrer: Option<Arc<Root>>,
    /// How many led there.
    pub(crate) depth: usize,
}

/// A file that was read.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    pub(crate) bytes: Arc<[u8]>,
    pub(crate) id: BlobId,
    /// Where it is, links followed.
    pub(crate) path: TreePath,
}

/// Why a file or directory is not there for a kustomization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LoadError {
    /// It is on another machine.
    Remote,
    /// It is an absolute path.
    Absolute,
    /// It is above the root of the repository, or a link leads there.
    OutsideRepository,
    /// It is not in or below the kustomization's directory.
    OutsideRoot(TreePath),
    /// Nothing is there.
    NotFound(TreePath),
    /// It is a directory.
    IsDirectory(TreePath),
    /// It is a file.
    IsFile(TreePath),
    /// It is in another repository.
    Submodule(TreePath),
    /// Links go round in a circle.
    LinkLoop(TreePath),
    /// The object store does not have it.
    Unreadable(TreePath, ReadError),
    /// The directory holds, or is, the directory of a kustomization on the way here.
    Cycle(TreePath),
}

impl LoadError {
    /// Why it is not known, where the reference would know it.
    pub(crate) fn gap_reason(&self) -> Option<GapReason> {
        match self {
            Self::Remote | Self::Submodule(_) => Some(GapReason::RemoteSource),
            Self::Absolute | Self::OutsideRepository => Some(GapReason::OutsideRepository),
            Self::Unreadable(_, ReadError::TooLarge { .. }) => Some(GapReason::OverBudget),
            Self::Unreadable(..) => Some(GapReason::Unreadable),
            Self::OutsideRoot(_)
            | Self::NotFound(_)
            | Self::IsDirectory(_)
            | Self::IsFile(_)
            | Self::LinkLoop(_)
            | Self::Cycle(_) => None,
        }
    }

    /// What to do, where it is plain.
    pub(crate) fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::OutsideRoot(_) => {
                Some("move the file, or build with `--load-restrictor LoadRestrictionsNone`")
            }
            Self::Cycle(_) => Some("take one of the entries out"),
            _ => None,
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Remote => f.write_str("it is on another machine"),
            Self::Absolute => f.write_str("the path is absolute"),
            Self::OutsideRepository => f.write_str("the path leads outside the repository"),
            Self::OutsideRoot(path) => {
                write!(f, "{path} is not in or below the directory of the kustomization")
            }
            Self::NotFound(path) => write!(f, "there is no {path}"),
            Self::IsDirectory(path) => write!(f, "{} is a directory", shown(path)),
            Self::IsFile(path) => write!(f, "{path} is a file"),
            Self::Submodule(path) => write!(f, "{path} is a submodule, whose files are not here"),
            Self::LinkLoop(path) => write!(f, "the link {path} leads round in a circle"),
            Self::Unreadable(path, error) => write!(f, "{path} cannot be read: {error}"),
            Self::Cycle(path) => write!(f, "it leads to {}, which leads here", shown(path)),
        }
    }
}

/// A directory in messages: the root has no name of its own.
pub(crate) fn shown(path: &TreePath) -> &str {
    if path.is_root() { "." } else { path.as_str() }
}

/// Reads files of a tree, and notes which.
#[derive(Debug)]
pub(crate) struct Loader<'t> {
    tree: &'t Tree,
    restrictor: LoadRestrictor,
    reads: RefCell<ReadSet>,
}

impl<'t> Loader<'t> {
    pub(crate) fn new(tree: &'t Tree, restrictor: LoadRestrictor) -> Self {
        Self { tree, restrictor, reads: RefCell::default() }
    }

    /// The tree.
    pub(crate) fn tree(&self) -> &'t Tree {
        self.tree
    }

    /// Puts another set in the place of what was read so far, which is returned.
    pub(crate) fn swap_reads(&self, reads: ReadSet) -> ReadSet {
        self.reads.replace(reads)
    }

    /// Notes what somebody else read.
    pub(crate) fn add_reads(&self, reads: &ReadSet) {
        self.reads.borrow_mut().extend(reads);
    }

    /// The directory to start in.
    pub(crate) fn start(&self, directory: &TreePath) -> Result<Arc<Root>, LoadError> {
        let directory = self.directory(directory)?;
        Ok(Arc::new(Root { directory, referrer: None, depth: 0 }))
    }

    /// A directory that a kustomization names.
    pub(crate) fn enter(&self, root: &Arc<Root>, path: &str) -> Result<Arc<Root>, LoadError> {
        if !path.starts_with('/') && is_repository(path) {
            return Err(LoadError::Remote);
        }
        let directory = self.directory(&join(root, path)?)?;
        root.check_cycle(&directory)?;
        Ok(Arc::new(Root { directory, referrer: Some(Arc::clone(root)), depth: root.depth + 1 }))
    }

    /// A file that a kustomization names.
    pub(crate) fn load(&self, root: &Root, path: &str) -> Result<Loaded, LoadError> {
        if is_remote_file(path) {
            return Err(LoadError::Remote);
        }
        let path = join(root, path)?;
        let resolved = self.resolve(&path)?;
        let Some(entry) = self.tree.entry(&resolved) else { return Err(LoadError::IsDirectory(resolved)) };
        if self.restrictor == LoadRestrictor::RootOnly && !resolved.starts_with(&root.directory) {
            return Err(LoadError::OutsideRoot(resolved));
        }
        self.read(entry)
    }

    fn read(&self, entry: &Entry) -> Result<Loaded, LoadError> {
        if entry.kind == EntryKind::Submodule {
            return Err(LoadError::Submodule(entry.path.clone()));
        }
        let bytes =
            self.tree.read(entry).map_err(|error| LoadError::Unreadable(entry.path.clone(), error))?;
        Ok(Loaded { bytes, id: entry.id, path: entry.path.clone() })
    }

    fn directory(&self, path: &TreePath) -> Result<TreePath, LoadError> {
        let resolved = self.resolve(path)?;
        match self.tree.entry(&resolved) {
            None => Ok(resolved),
            Some(entry) if entry.kind == EntryKind::Submodule => Err(LoadError::Submodule(resolved)),
            Some(_) => Err(LoadError::IsFile(resolved)),
        }
    }

    /// The file or directory that a path leads to. Every link on the way is noted, and what was not found.
    fn resolve(&self, path: &TreePath) -> Result<TreePath, LoadError> {
        if self.tree.entry(path).is_some_and(|entry| entry.kind != EntryKind::Symlink) {
            self.note(path);
            return Ok(path.clone());
        }
        self.note_links(path);
        match self.tree.resolve(path) {
            Ok(resolved) => {
                self.note(&resolved);
                Ok(resolved)
            }
            Err(LookupError::NotFound) => Err(self.not_found(path)),
            Err(LookupError::Escapes { .. }) => Err(LoadError::OutsideRepository),
            Err(LookupError::Loop(link)) => Err(LoadError::LinkLoop(link)),
            Err(LookupError::Unreadable(link, error)) => Err(LoadError::Unreadable(link, error)),
        }
    }

    /// A path below a submodule is in another repository.
    fn not_found(&self, path: &TreePath) -> LoadError {
        let submodule =
            |path: &TreePath| self.tree.entry(path).is_some_and(|entry| entry.kind == EntryKind::Submodule);
        match path.ancestors().find(submodule) {
            Some(submodule) => LoadError::Submodule(submodule),
            None => LoadError::NotFound(path.clone()),
        }
    }

    /// Notes the path, and the links that it goes through.
    fn note_links(&self, path: &TreePath) {
        let mut path = path.clone();
        for _ in 0..=LINKS_MAX {
            let mut prefixes: Vec<TreePath> = path.ancestors().collect();
            prefixes.reverse();
            prefixes.push(path.clone());
            let is_link = |entry: &&Entry| entry.kind == EntryKind::Symlink;
            let Some(link) = prefixes.iter().find_map(|prefix| self.tree.entry(prefix).filter(is_link))
            else {
                self.note(&path);
                return;
            };
            self.note(&link.path);
            let Ok(target) = self.tree.read(link) else { return };
            let target = String::from_utf8_lossy(&target).into_owned();
            let parent = link.path.parent().unwrap_or_else(TreePath::root);
            let rest = path.strip_prefix(&link.path).unwrap_or_default();
            match parent.join(&target).and_then(|target| target.join(rest)) {
                Ok(next) => path = next,
                Err(_) => return,
            }
        }
    }

    /// Notes paths that somebody else read.
    pub(crate) fn note_all(&self, paths: &[TreePath]) {
        for path in paths {
            self.note(path);
        }
    }

    fn note(&self, path: &TreePath) {
        self.reads.borrow_mut().note(self.tree, path);
    }
}

fn join(root: &Root, path: &str) -> Result<TreePath, LoadError> {
    root.directory.join(path).map_err(|error| match error {
        PathError::Absolute => LoadError::Absolute,
        PathError::AboveRoot => LoadError::OutsideRepository,
        PathError::Nul => LoadError::NotFound(root.directory.clone()),
    })
}

impl Root {
    /// A directory must not hold one that led to it.
    pub(crate) fn check_cycle(&self, candidate: &TreePath) -> Result<(), LoadError> {
        let mut root = Some(self);
        while let Some(visited) = root {
            if visited.directory.starts_with(candidate) {
                return Err(LoadError::Cycle(candidate.clone()));
            }
            root = visited.referrer.as_deref();
        }
        Ok(())
    }
}
