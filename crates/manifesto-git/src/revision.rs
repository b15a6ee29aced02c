//! The two revisions that are compared.

use std::fmt;

/// As many digits of a commit's name as are printed: always the same number, so that a clone with more objects does
/// not print more of them.
const SHORT_DIGITS: usize = 12;

/// The name of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitId(pub(crate) gix::ObjectId);

impl CommitId {
    /// Its first twelve digits.
    pub fn short(&self) -> String {
        self.0.to_hex_with_len(SHORT_DIGITS).to_string()
    }
}

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.to_hex())
    }
}

/// What a revision is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RevisionKind {
    /// A commit.
    Commit(CommitId),
    /// What was before the first commit.
    EmptyTree,
    /// The files on disk.
    Worktree,
}

/// One of the two states that are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// What the user called it, or how it was found: "the fork from origin/main".
    pub name: String,
    /// What it is.
    pub kind: RevisionKind,
}

impl Revision {
    /// The commit, if it is one.
    pub fn commit(&self) -> Option<CommitId> {
        match self.kind {
            RevisionKind::Commit(id) => Some(id),
            RevisionKind::EmptyTree | RevisionKind::Worktree => None,
        }
    }

    /// Whether it is what is on disk.
    pub fn is_worktree(&self) -> bool {
        self.kind == RevisionKind::Worktree
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.commit() {
            Some(id) if !id.to_string().starts_with(&self.name) => {
                write!(f, "{} ({})", self.name, id.short())
            }
            Some(id) => f.write_str(&id.short()),
            None => f.write_str(&self.name),
        }
    }
}

/// What is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedRange {
    /// What the change starts from.
    pub base: Revision,
    /// What it leads to.
    pub head: Revision,
}
