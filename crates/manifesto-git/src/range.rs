//! What to compare, as the user writes it.

use std::fmt;
use std::str::FromStr;

use crate::RangeError;

/// The word for the files on disk. A branch of that name is written `heads/worktree`.
const WORKTREE: &str = "worktree";

/// What to compare, not yet looked up.
///
/// | text | base | head |
/// |---|---|---|
/// | `A..B` | A | B |
/// | `A...B` | where B left A | B |
/// | `C` | the first parent of C | C |
/// | nothing | where `HEAD` left the default branch | `HEAD` |
/// | `worktree` | where `HEAD` left the default branch | the files on disk |
///
/// `worktree` may stand for B too. An empty side of `..` and `...` is `HEAD`, as in git.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RangeSpec {
    /// What the change starts from.
    pub base: BaseSpec,
    /// What it leads to.
    pub head: HeadSpec,
}

/// Where the change starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BaseSpec {
    /// At this revision itself.
    Exactly(String),
    /// Where head left this revision, as forges compare a pull request.
    ForkFrom(String),
    /// Where head left the default branch; at the last commit when head has nothing that it lacks.
    ForkFromDefault,
    /// At the first parent of head, or at nothing when it has none.
    Parent,
}

/// Where the change leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeadSpec {
    /// To this revision.
    Revision(String),
    /// To what is on disk.
    Worktree,
}

impl Default for RangeSpec {
    fn default() -> Self {
        Self { base: BaseSpec::ForkFromDefault, head: HeadSpec::Revision("HEAD".into()) }
    }
}

impl RangeSpec {
    /// Starts where head left `base`. An error when the range names its base itself.
    pub fn with_base(self, base: &str) -> Result<Self, RangeError> {
        match self.base {
            BaseSpec::ForkFromDefault | BaseSpec::Parent => {
                Ok(Self { base: BaseSpec::ForkFrom(base.to_owned()), ..self })
            }
            BaseSpec::Exactly(_) | BaseSpec::ForkFrom(_) => {
                Err(RangeError::BaseTwice { range: self.to_string(), base: base.to_owned() })
            }
        }
    }
}

impl FromStr for RangeSpec {
    type Err = RangeError;

    fn from_str(text: &str) -> Result<Self, RangeError> {
        let text = text.trim();
        let syntax = |reason| RangeError::Syntax { text: text.to_owned(), reason };
        if text.contains(|c: char| c.is_control()) {
            return Err(syntax("it holds a control character"));
        }
        let Some((base, dots, head)) = split(text) else {
            return Ok(match text {
                "" => Self::default(),
                WORKTREE => Self { head: HeadSpec::Worktree, ..Self::default() },
                _ => Self { base: BaseSpec::Parent, head: HeadSpec::Revision(text.to_owned()) },
            });
        };
        if split(head).is_some() || head.starts_with('.') {
            return Err(syntax("it has more than two ends"));
        }
        if base == WORKTREE {
            return Err(syntax("the work tree can only be what the change leads to"));
        }
        let or_head = |end: &str| if end.is_empty() { "HEAD".to_owned() } else { end.to_owned() };
        let head = if head == WORKTREE { HeadSpec::Worktree } else { HeadSpec::Revision(or_head(head)) };
        let base =
            if dots == 2 { BaseSpec::Exactly(or_head(base)) } else { BaseSpec::ForkFrom(or_head(base)) };
        Ok(Self { base, head })
    }
}

/// Both sides of the first `..` or `...`, and the number of its dots. Dots in braces belong to a name: `HEAD^{/a..b}`.
fn split(text: &str) -> Option<(&str, usize, &str)> {
    let mut depth = 0_usize;
    for (index, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b'.' if depth == 0 => {
                let (base, rest) = text.split_at_checked(index)?;
                if let Some(head) = rest.strip_prefix("...") {
                    return Some((base, 3, head));
                }
                if let Some(head) = rest.strip_prefix("..") {
                    return Some((base, 2, head));
                }
            }
            _ => {}
        }
    }
    None
}

impl fmt::Display for RangeSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.base {
            BaseSpec::Exactly(base) => write!(f, "{base}..{}", self.head),
            BaseSpec::ForkFrom(base) => write!(f, "{base}...{}", self.head),
            BaseSpec::ForkFromDefault if *self == Self::default() => Ok(()),
            BaseSpec::ForkFromDefault | BaseSpec::Parent => self.head.fmt(f),
        }
    }
}

impl fmt::Display for HeadSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Revision(name) => f.write_str(name),
            Self::Worktree => f.write_str(WORKTREE),
        }
    }
}
