//! Why a range is not known.

use std::fmt;

/// Why a range cannot be resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RangeError {
    /// The text is not a range.
    Syntax {
        /// What was written.
        text: String,
        /// What is wrong, as a clause.
        reason: &'static str,
    },
    /// A base was named twice.
    BaseTwice {
        /// The range, which names its base.
        range: String,
        /// The other base.
        base: String,
    },
    /// No branch, tag or commit has this name.
    Unknown {
        /// What was written.
        name: String,
        /// Names that exist and are like it, the nearest first.
        near: Vec<String>,
        /// Whether the clone lacks history, so that the name may exist elsewhere.
        shallow: bool,
    },
    /// The abbreviated name fits more than one commit.
    Ambiguous {
        /// What was written.
        name: String,
        /// What it fits.
        candidates: Vec<String>,
    },
    /// The name is known, but does not lead to one commit.
    NotACommit {
        /// What was written.
        name: String,
        /// What is in the way, as a clause.
        reason: String,
        /// Whether the clone lacks history that may be in the way.
        shallow: bool,
    },
    /// The repository has no commit yet.
    NoCommits,
    /// The repository has no work tree.
    NoWorktree,
    /// Nothing says which branch the change is for.
    NoDefaultBranch {
        /// Whether the clone lacks history.
        shallow: bool,
    },
    /// Both histories have no commit in common, as far as this clone knows.
    NoMergeBase {
        /// What the user called base.
        base: String,
        /// What the user called head.
        head: String,
        /// Whether the clone lacks history.
        shallow: bool,
    },
    /// A commit that the range needs is not in this clone.
    MissingCommit {
        /// What needs it, as a noun: "the parent of HEAD".
        name: String,
    },
    /// The repository cannot be read.
    Broken(String),
}

impl RangeError {
    /// What to do about it, as an order.
    pub fn hint(&self) -> Option<String> {
        let deepen = "fetch the whole history: `git fetch --unshallow`, in CI a fetch depth of 0";
        match self {
            Self::Syntax { .. } => Some(
                "write `BASE...HEAD` for a branch, `BASE..HEAD` for two exact revisions, or one commit"
                    .into(),
            ),
            Self::BaseTwice { .. } => Some("name the base once".into()),
            Self::Unknown { near, .. } if !near.is_empty() => {
                Some(format!("did you mean {}?", near.join(" or ")))
            }
            Self::Unknown { shallow: true, .. }
            | Self::NotACommit { shallow: true, .. }
            | Self::MissingCommit { .. }
            | Self::NoMergeBase { shallow: true, .. } => Some(deepen.into()),
            Self::Unknown { name, .. } => {
                Some(format!("if it exists elsewhere, fetch it: `git fetch origin {name}`"))
            }
            Self::Ambiguous { .. } => Some("write more of its digits".into()),
            Self::NotACommit { shallow: false, .. } => None,
            Self::NoCommits => Some("commit something, or compare the work tree".into()),
            Self::NoWorktree => Some("name the revision that the change leads to".into()),
            Self::NoDefaultBranch { shallow: false } => Some("name the base: `BASE...HEAD`".into()),
            Self::NoDefaultBranch { shallow: true } => Some(format!("name the base, or {deepen}")),
            Self::NoMergeBase { base, head, shallow: false } => {
                Some(format!("compare them as they are: `{base}..{head}`"))
            }
            Self::Broken(_) => Some("`git fsck` tells what is wrong with it".into()),
        }
    }
}

impl fmt::Display for RangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { text, reason } => write!(f, "{text:?} is not a range: {reason}"),
            Self::BaseTwice { range, base } => {
                write!(f, "the range {range:?} names its base, and so does {base:?}")
            }
            Self::Unknown { name, .. } => write!(f, "no branch, tag or commit is called {name:?}"),
            Self::Ambiguous { name, candidates } => {
                write!(f, "{name:?} may be any of {}", candidates.join(", "))
            }
            Self::NotACommit { name, reason, .. } => write!(f, "{name:?} is not a commit: {reason}"),
            Self::NoCommits => f.write_str("the repository has no commit yet"),
            Self::NoWorktree => f.write_str("the repository is bare: it has no work tree"),
            Self::NoDefaultBranch { .. } => {
                f.write_str("there is no `origin/HEAD`, `main` or `master` that tells what the change is for")
            }
            Self::NoMergeBase { base, head, shallow } => {
                write!(f, "{base} and {head} have no commit in common")?;
                if *shallow { f.write_str(" in this shallow clone") } else { Ok(()) }
            }
            Self::MissingCommit { name } => write!(f, "{name} is not in this clone"),
            Self::Broken(reason) => write!(f, "the repository cannot be read: {reason}"),
        }
    }
}

impl std::error::Error for RangeError {}
