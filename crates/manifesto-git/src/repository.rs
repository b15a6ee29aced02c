//! Finding and opening a repository.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gix::discover::upwards;
use gix::open::permissions::{Attributes, Config, Environment};
use gix::open::{Options, Permissions};
use gix::sec::{Permission, Trust, trust};

use crate::handles::{Handles, reason};

/// A repository that is open for reading. Cheap to clone, usable from any thread.
#[derive(Debug, Clone)]
pub struct Repository {
    pub(crate) handles: Arc<Handles>,
}

/// Which of git's configuration is read beside the repository's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Configuration {
    /// The system's and the user's, as git does: line endings and ignore rules may be set there.
    Usual,
    /// None: the same repository gives the same result for everybody.
    RepositoryOnly,
}

/// Why there is no repository to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenError {
    /// There is nothing at the path.
    Absent {
        /// The path.
        path: PathBuf,
    },
    /// Neither the path nor a directory above it is a repository.
    NotARepository {
        /// Where the search started.
        path: PathBuf,
    },
    /// It is a repository of a format that Manifesto does not read.
    Unsupported {
        /// Where the search started.
        path: PathBuf,
        /// The format, as a noun: "objects named by SHA-256".
        format: String,
    },
    /// It cannot be read.
    Broken {
        /// Where the search started.
        path: PathBuf,
        /// What failed.
        reason: String,
    },
}

impl OpenError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Absent { .. } => None,
            Self::NotARepository { .. } => {
                Some("run it inside a clone of the repository, or name one".into())
            }
            Self::Unsupported { .. } => {
                Some("clone it again in git's default format: SHA-1 objects and file-based references".into())
            }
            Self::Broken { .. } => Some("`git fsck` tells what is wrong with it".into()),
        }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent { path } => write!(f, "there is no directory {}", path.display()),
            Self::NotARepository { path } => {
                write!(f, "neither {} nor a directory above it is a git repository", path.display())
            }
            Self::Unsupported { path, format } => {
                write!(f, "the repository at {} has {format}, which Manifesto does not read", path.display())
            }
            Self::Broken { path, reason } => {
                write!(f, "the repository at {} cannot be read: {reason}", path.display())
            }
        }
    }
}

impl std::error::Error for OpenError {}

impl Repository {
    /// Opens the repository that `path` is, or is in: a work tree, linked or not, any directory of one, or a bare
    /// repository.
    ///
    /// Unlike git (`safe.directory`), a repository of another user is opened like any other: CI checkouts usually
    /// are, and nothing that its configuration names is executed.
    pub fn open(path: &Path, configuration: Configuration) -> Result<Self, OpenError> {
        let discovery =
            upwards::Options { trust: upwards::TrustPolicy::Assume(Trust::Full), ..Default::default() };
        let options = options(configuration);
        let by_trust = trust::Mapping { full: options.clone(), reduced: options };
        let shared = gix::ThreadSafeRepository::discover_opts(path, discovery, by_trust)
            .map_err(|error| open_error(path, &error))?;
        let handles = Handles::new(shared);
        let references = handles.with(|handle| handle.config_snapshot().string("extensions.refStorage"));
        match references {
            Some(format) if format != "files" => Err(OpenError::Unsupported {
                path: path.to_owned(),
                format: format!("references stored as {format:?}"),
            }),
            _ => Ok(Self { handles: Arc::new(handles) }),
        }
    }
}

/// The configuration file of a repository is read whoever owns it. The environment is not: which repository and
/// which configuration apply is said by the caller, not by `GIT_*`.
fn options(configuration: Configuration) -> Options {
    let read_user = configuration == Configuration::Usual;
    let home = if read_user { Permission::Allow } else { Permission::Deny };
    let permissions = Permissions {
        env: Environment { home, xdg_config_home: home, ..Environment::isolated() },
        config: Config {
            system: read_user,
            git: read_user,
            user: read_user,
            includes: read_user,
            ..Config::isolated()
        },
        attributes: Attributes { system: read_user, git: read_user, ..Attributes::isolated() },
    };
    Options::default().permissions(permissions).filter_config_section(|_| true).config_overrides([
        // No single allocation that a hostile pack asks for is larger. Well above what is read on purpose, because
        // it also bounds the index.
        "gitoxide.objects.allocLimit=536870912",
        // An index over the history that anybody may have left behind, damaged or stale; the commits say it all.
        "core.commitGraph=false",
    ])
}

fn open_error(path: &Path, error: &gix::Error) -> OpenError {
    let path = path.to_owned();
    let classes = error.classify();
    if !path.exists() {
        OpenError::Absent { path }
    } else if error.downcast_any_ref::<upwards::Error>().is_some() {
        OpenError::NotARepository { path }
    } else if classes.is_unsupported() && reason(error).contains("sha256") {
        OpenError::Unsupported { path, format: "objects named by SHA-256".into() }
    } else {
        OpenError::Broken { path, reason: reason(error) }
    }
}
