//! From what the user wrote to two revisions.

use gix::ObjectId;
use gix::objs::Kind;
use gix::revision::spec::parse;

use crate::branches::{default_branch, is_shallow, near_names};
use crate::handles::reason;
use crate::{
    BaseSpec, CommitId, HeadSpec, RangeError, RangeSpec, Repository, ResolvedRange, Revision, RevisionKind,
};

impl Repository {
    /// Looks up both ends of a range.
    pub fn resolve(&self, range: &RangeSpec) -> Result<ResolvedRange, RangeError> {
        self.handles.with(|repository| Resolver { repository }.range(range))
    }
}

struct Resolver<'r> {
    repository: &'r gix::Repository,
}

/// The commit that head is, or stands on when it is the work tree.
struct Tip<'t> {
    name: &'t str,
    /// None when nothing is committed yet.
    id: Option<ObjectId>,
}

impl Resolver<'_> {
    fn range(&self, range: &RangeSpec) -> Result<ResolvedRange, RangeError> {
        let (head, tip) = self.head(&range.head)?;
        let base = match &range.base {
            BaseSpec::Exactly(name) => commit_revision(name.clone(), self.commit(name)?),
            BaseSpec::ForkFrom(name) => self.fork(name, &tip)?,
            BaseSpec::ForkFromDefault => self.fork_from_default(&tip, &head)?,
            BaseSpec::Parent => self.parent(&tip)?,
        };
        Ok(ResolvedRange { base, head })
    }

    fn head<'t>(&self, head: &'t HeadSpec) -> Result<(Revision, Tip<'t>), RangeError> {
        match head {
            HeadSpec::Revision(name) => {
                let id = self.commit(name)?;
                Ok((commit_revision(name.clone(), id), Tip { name, id: Some(id) }))
            }
            HeadSpec::Worktree if self.repository.workdir().is_none() => Err(RangeError::NoWorktree),
            HeadSpec::Worktree => {
                let id = match self.commit("HEAD") {
                    Ok(id) => Some(id),
                    Err(RangeError::NoCommits) => None,
                    Err(error) => return Err(error),
                };
                let revision = Revision { name: "the work tree".into(), kind: RevisionKind::Worktree };
                Ok((revision, Tip { name: "HEAD", id }))
            }
        }
    }

    /// Where `tip` left `name`.
    fn fork(&self, name: &str, tip: &Tip<'_>) -> Result<Revision, RangeError> {
        let other = self.commit(name)?;
        let none = || RangeError::NoMergeBase {
            base: name.to_owned(),
            head: tip.name.to_owned(),
            shallow: is_shallow(self.repository),
        };
        let fork = self
            .repository
            .merge_base(other, tip.id.ok_or_else(none)?)
            .map_err(|error| broken(&error))?
            .ok_or_else(none)?;
        let fork = fork.detach();
        let name = if fork == other { name.to_owned() } else { format!("the fork from {name}") };
        Ok(commit_revision(name, fork))
    }

    /// A head that has nothing of its own is the default branch, or an old state of it: then the change is its last
    /// commit, or what is not committed.
    fn fork_from_default(&self, tip: &Tip<'_>, head: &Revision) -> Result<Revision, RangeError> {
        let Some(tip_id) = tip.id else { return Ok(nothing()) };
        let no_default = || RangeError::NoDefaultBranch { shallow: is_shallow(self.repository) };
        let name = default_branch(self.repository).ok_or_else(no_default)?;
        let fork = self.fork(&name, tip)?;
        if fork.commit() == Some(CommitId(tip_id)) && !head.is_worktree() {
            self.parent(tip)
        } else {
            Ok(fork)
        }
    }

    fn parent(&self, tip: &Tip<'_>) -> Result<Revision, RangeError> {
        let Some(id) = tip.id else { return Ok(nothing()) };
        let commit = self.repository.find_commit(id).map_err(|error| broken(&error))?;
        let Some(parent) = commit.parent_ids().next() else { return Ok(nothing()) };
        let name = format!("the parent of {}", tip.name);
        // The boundary of a shallow clone names parents that were not fetched.
        if !self.repository.has_object(parent) {
            return Err(RangeError::MissingCommit { name });
        }
        Ok(commit_revision(name, parent.detach()))
    }

    /// The commit that `name` leads to, through tags.
    fn commit(&self, name: &str) -> Result<ObjectId, RangeError> {
        let options = parse::Options {
            object_kind_hint: Some(parse::ObjectKindHint::Committish),
            ..Default::default()
        };
        let spec = gix::revision::Spec::from_bstr(name, self.repository, options)
            .map_err(|error| self.name_error(name, &error))?;
        let not_a_commit = |reason: String| RangeError::NotACommit { name: name.to_owned(), reason };
        let id = spec.single().ok_or_else(|| not_a_commit("it stands for more than one revision".into()))?;
        let object = id.object().map_err(|_| RangeError::MissingCommit { name: name.to_owned() })?;
        let kind = object.kind;
        let commit = object.peel_to_kind(Kind::Commit).map_err(|error| match kind {
            Kind::Tree | Kind::Blob => not_a_commit(format!("it is a {kind}")),
            Kind::Tag | Kind::Commit => not_a_commit(reason(&error)),
        })?;
        Ok(commit.id)
    }

    fn name_error(&self, name: &str, error: &gix::Error) -> RangeError {
        if self.repository.head().is_ok_and(|head| head.is_unborn()) && names_head(name) {
            return RangeError::NoCommits;
        }
        let known = error.iter_errors().find_map(|error| error.downcast_ref::<parse::Error>());
        match known {
            Some(parse::Error::AmbiguousPrefix { candidates, .. }) => RangeError::Ambiguous {
                name: name.to_owned(),
                candidates: candidates.iter().map(|(id, what)| format!("{id} ({what})")).collect(),
            },
            Some(parse::Error::MissingReference { .. }) => RangeError::Unknown {
                name: name.to_owned(),
                near: near_names(self.repository, name),
                shallow: is_shallow(self.repository),
            },
            _ => RangeError::NotACommit { name: name.to_owned(), reason: reason(error) },
        }
    }
}

fn names_head(name: &str) -> bool {
    let stem = name.split(['~', '^', '@', ':']).next().unwrap_or_default();
    stem.is_empty() || stem == "HEAD"
}

fn commit_revision(name: String, id: ObjectId) -> Revision {
    Revision { name, kind: RevisionKind::Commit(CommitId(id)) }
}

fn nothing() -> Revision {
    Revision { name: "nothing".into(), kind: RevisionKind::EmptyTree }
}

fn broken(error: &gix::Error) -> RangeError {
    RangeError::Broken(reason(error))
}
