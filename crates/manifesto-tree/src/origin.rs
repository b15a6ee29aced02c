//! Where something comes from.

use std::fmt;

use crate::TreePath;

/// The two revisions that are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// What the change starts from.
    Base,
    /// What the change leads to.
    Head,
}

impl Side {
    /// Both, base first.
    pub const BOTH: [Self; 2] = [Self::Base, Self::Head];

    /// `base` or `head`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Head => "head",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A line of a file. Lines and columns count from 1; 0 means the file as a whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file.
    pub path: TreePath,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

impl Place {
    /// The file as a whole.
    pub fn file(path: TreePath) -> Self {
        Self { path, line: 0, column: 0 }
    }

    /// The start of a line.
    pub fn line(path: TreePath, line: u32) -> Self {
        Self { path, line, column: 0 }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 { write!(f, "{}", self.path) } else { write!(f, "{}:{}", self.path, self.line) }
    }
}

/// Where something comes from: the place that says it, and the files that led there, the nearest first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// The revision in which the place is.
    pub side: Side,
    /// The place.
    pub place: Place,
    /// What rendered it: the kustomization that lists the file, the Application that names the directory, and so on.
    pub via: Vec<Place>,
}

impl Origin {
    /// An origin that nothing else led to.
    pub fn direct(side: Side, place: Place) -> Self {
        Self { side, place, via: Vec::new() }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.place.fmt(f)
    }
}
