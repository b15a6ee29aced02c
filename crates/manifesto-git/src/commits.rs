//! The commits of a range.

use gix::bstr::ByteSlice as _;
use gix::traverse::commit::simple::CommitTimeOrder;

use crate::handles::reason;
use crate::{CommitId, RangeError, Repository, ResolvedRange, RevisionKind};

/// A commit and what its author says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its name.
    pub id: CommitId,
    /// The first paragraph of its message, in one line.
    pub subject: String,
    /// The rest of its message, without white space around it.
    pub body: String,
}

/// The commits of a range.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commits {
    /// The newest first.
    pub commits: Vec<Commit>,
    /// Whether there are more than were asked for.
    pub more: bool,
}

impl Repository {
    /// The commits that lead from base to head, at most `count_max`. What the work tree adds is no commit.
    ///
    /// In a shallow clone the walk ends at what was fetched.
    pub fn commits(&self, range: &ResolvedRange, count_max: usize) -> Result<Commits, RangeError> {
        self.handles.with(|repository| {
            let tip = match range.head.kind {
                RevisionKind::Commit(id) => Some(id.0),
                RevisionKind::Worktree => repository.head_id().ok().map(gix::Id::detach),
                RevisionKind::EmptyTree => None,
            };
            let Some(tip) = tip else { return Ok(Commits::default()) };
            walk(repository, tip, range.base.commit(), count_max)
        })
    }
}

fn walk(
    repository: &gix::Repository,
    tip: gix::ObjectId,
    base: Option<CommitId>,
    count_max: usize,
) -> Result<Commits, RangeError> {
    let broken = |error: gix::Error| RangeError::Broken(reason(&error));
    let walk = repository
        .rev_walk([tip])
        .sorting(gix::revision::walk::Sorting::ByCommitTime(CommitTimeOrder::NewestFirst))
        .with_hidden(base.map(|id| id.0));
    let mut found = Commits::default();
    for info in walk.all().map_err(broken)? {
        if found.commits.len() == count_max {
            found.more = true;
            break;
        }
        found.commits.push(commit(&info.map_err(broken)?.object().map_err(broken)?)?);
    }
    Ok(found)
}

fn commit(commit: &gix::Commit<'_>) -> Result<Commit, RangeError> {
    let message = commit.message().map_err(|error| RangeError::Broken(reason(&error)))?;
    let body = message.body.map(|body| body.trim().to_str_lossy().into_owned());
    Ok(Commit {
        id: CommitId(commit.id),
        subject: message.summary().trim().to_str_lossy().into_owned(),
        body: body.unwrap_or_default(),
    })
}
