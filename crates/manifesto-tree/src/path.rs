//! Paths inside a tree: relative, normalised, never above the root.

use std::fmt;
use std::sync::Arc;

/// A path from the root of a tree: segments joined by `/`, no `.`, no `..`, no empty segment.
/// The root itself is the empty path.
///
/// The order is that of the bytes, so everything below a directory is one contiguous run of a sorted list.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreePath(Arc<str>);

/// Why some text is not a path inside the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathError {
    /// It starts with `/`.
    Absolute,
    /// Its `..` lead above the root of the repository.
    AboveRoot,
    /// It holds a NUL byte.
    Nul,
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absolute => "the path is absolute",
            Self::AboveRoot => "the path leads outside the repository",
            Self::Nul => "the path holds a NUL byte",
        })
    }
}

impl std::error::Error for PathError {}

impl TreePath {
    /// The root of the tree.
    pub fn root() -> Self {
        Self(Arc::from(""))
    }

    /// Normalises `text` against the root.
    pub fn new(text: &str) -> Result<Self, PathError> {
        Self::root().join(text)
    }

    /// A path that is already normalised, as git lists them.
    pub fn from_normalized(text: &str) -> Self {
        debug_assert_eq!(Self::new(text).as_ref().map(Self::as_str), Ok(text));
        Self(Arc::from(text))
    }

    /// Follows `relative` from this directory; `.` and `..` are resolved by name, links are not followed.
    pub fn join(&self, relative: &str) -> Result<Self, PathError> {
        if relative.starts_with('/') {
            return Err(PathError::Absolute);
        }
        if relative.contains('\0') {
            return Err(PathError::Nul);
        }
        let mut segments: Vec<&str> = self.segments().collect();
        for segment in relative.split('/') {
            match segment {
                "" | "." => {}
                ".." => {
                    segments.pop().ok_or(PathError::AboveRoot)?;
                }
                name => segments.push(name),
            }
        }
        Ok(Self(Arc::from(segments.join("/"))))
    }

    /// The child `name` of this directory. `name` is one segment.
    pub fn child(&self, name: &str) -> Self {
        debug_assert!(!name.is_empty() && !name.contains('/'));
        if self.is_root() { Self(Arc::from(name)) } else { Self(Arc::from(format!("{self}/{name}"))) }
    }

    /// The directory that holds this path; none for the root.
    pub fn parent(&self) -> Option<Self> {
        if self.is_root() {
            return None;
        }
        Some(self.0.rsplit_once('/').map_or_else(Self::root, |(directory, _)| Self(Arc::from(directory))))
    }

    /// The last segment; empty for the root.
    pub fn file_name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&*self.0, |(_, name)| name)
    }

    /// What follows the last dot of the file name; none for `.hidden` and `plain`.
    pub fn extension(&self) -> Option<&str> {
        self.file_name().rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, extension)| extension)
    }

    /// The segments from the root down.
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = &str> + Clone {
        self.0.split('/').filter(|segment| !segment.is_empty())
    }

    /// The directories above this path, the nearest first, the root last.
    pub fn ancestors(&self) -> impl Iterator<Item = Self> + use<> {
        std::iter::successors(self.parent(), Self::parent)
    }

    /// Whether this path is `directory` or lies below it.
    pub fn starts_with(&self, directory: &Self) -> bool {
        self.strip_prefix(directory).is_some()
    }

    /// The way from `directory` down to this path; empty when they are the same, none when it is elsewhere.
    pub fn strip_prefix(&self, directory: &Self) -> Option<&str> {
        if directory.is_root() {
            return Some(&self.0);
        }
        let rest = self.0.strip_prefix(&*directory.0)?;
        if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
    }

    /// Whether this is the root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The path as text; empty for the root.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl AsRef<str> for TreePath {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for TreePath {
    fn borrow(&self) -> &str {
        &self.0
    }
}
