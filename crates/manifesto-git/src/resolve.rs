//! From what the user wrote to two revisions.

use gix::ObjectId;
use gix::objs::Kind;
use gix::revision::spec::parse;

use crate::branches::{default_reference, is_shallow, near_names, short_name};
use crate::handles::reason;
use crate::{
    BaseSpec, CommitId, HeadSpec, RangeError, RangeSpec, Repository, ResolvedRange, Revision, RevisionKind,
};

impl Repository {
    /// Looks up both ends of a range.
    pub fn resolve(&self, range: &RangeSpec) -> Result<ResolvedRange, RangeError> {
        self.handles.with(|repository| resolve(repository, range))
    }
}

/// The commit that head is, or stands on when it is the work tree.
struct Tip<'t> {
    name: &'t str,
    /// None when nothing is committed yet.
    id: Option<ObjectId>,
}

fn resolve(repository: &gix::Repository, range: &RangeSpec) -> Result<ResolvedRange, RangeError> {
    let (head, tip) = head(repository, &range.head)?;
    let base = match &range.base {
        BaseSpec::Exactly(name) => commit_revision(name.clone(), commit(repository, name)?),
        BaseSpec::ForkFrom(name) => fork(repository, name, commit(repository, name)?, &tip)?,
        BaseSpec::ForkFromDefault => fork_from_default(repository, &tip, &head)?,
        BaseSpec::Parent => parent(repository, &tip)?,
    };
    Ok(ResolvedRange { base, head })
}

fn head<'t>(repository: &gix::Repository, head: &'t HeadSpec) -> Result<(Revision, Tip<'t>), RangeError> {
    match head {
        HeadSpec::Revision(name) => {
            let id = commit(repository, name)?;
            Ok((commit_revision(name.clone(), id), Tip { name, id: Some(id) }))
        }
        HeadSpec::Worktree if repository.workdir().is_none() => Err(RangeError::NoWorktree),
        HeadSpec::Worktree => {
            let id = match commit(repository, "HEAD") {
                Ok(id) => Some(id),
                Err(RangeError::NoCommits) => None,
                Err(error) => return Err(error),
            };
            let revision = Revision { name: "the work tree".into(), kind: RevisionKind::Worktree };
            Ok((revision, Tip { name: "HEAD", id }))
        }
    }
}

/// Where `tip` left the commit `other`, which is called `name`. Where it left it more than once, git takes the latest.
fn fork(
    repository: &gix::Repository,
    name: &str,
    other: ObjectId,
    tip: &Tip<'_>,
) -> Result<Revision, RangeError> {
    let none = || RangeError::NoMergeBase {
        base: name.to_owned(),
        head: tip.name.to_owned(),
        shallow: is_shallow(repository),
    };
    let tip = tip.id.ok_or_else(none)?;
    let fork = repository.merge_base(other, tip).map_err(|error| broken(&error))?.ok_or_else(none)?.detach();
    let name = if fork == other { name.to_owned() } else { format!("the fork from {name}") };
    Ok(commit_revision(name, fork))
}

/// A head that has nothing of its own is the default branch, or an old state of it: then the change is its last
/// commit, or what is not committed.
fn fork_from_default(
    repository: &gix::Repository,
    tip: &Tip<'_>,
    head: &Revision,
) -> Result<Revision, RangeError> {
    if tip.id.is_none() {
        return Ok(nothing());
    }
    let shallow = is_shallow(repository);
    let default = default_reference(repository).ok_or(RangeError::NoDefaultBranch { shallow })?;
    // By its full name: a tag may be called like the branch, and would go first.
    let other = commit(repository, &default.as_bstr().to_string())?;
    let fork = fork(repository, &short_name(default.as_ref()), other, tip)?;
    let has_nothing_of_its_own = fork.commit().map(|id| id.0) == tip.id && !head.is_worktree();
    if has_nothing_of_its_own { parent(repository, tip) } else { Ok(fork) }
}

fn parent(repository: &gix::Repository, tip: &Tip<'_>) -> Result<Revision, RangeError> {
    let Some(id) = tip.id else { return Ok(nothing()) };
    let commit = repository.find_commit(id).map_err(|error| broken(&error))?;
    let Some(parent) = commit.parent_ids().next() else { return Ok(nothing()) };
    let name = format!("the parent of {}", tip.name);
    // The boundary of a shallow clone names parents that were not fetched.
    if !repository.has_object(parent) {
        return Err(RangeError::MissingCommit { name });
    }
    Ok(commit_revision(name, parent.detach()))
}

/// The commit that `name` leads to, through tags.
fn commit(repository: &gix::Repository, name: &str) -> Result<ObjectId, RangeError> {
    let not_a_commit =
        |reason: String| RangeError::NotACommit { name: name.to_owned(), reason, shallow: false };
    let options =
        parse::Options { object_kind_hint: Some(parse::ObjectKindHint::Committish), ..Default::default() };
    let spec = gix::revision::Spec::from_bstr(name, repository, options)
        .map_err(|error| name_error(repository, name, &error))?;
    let id = spec.single().ok_or_else(|| not_a_commit("it stands for more than one revision".into()))?;
    let object = id.object().map_err(|_| RangeError::MissingCommit { name: name.to_owned() })?;
    let kind = object.kind;
    let commit = object.peel_to_kind(Kind::Commit).map_err(|error| match kind {
        Kind::Tree | Kind::Blob => not_a_commit(format!("it is a {kind}")),
        Kind::Tag | Kind::Commit => not_a_commit(reason(&error)),
    })?;
    Ok(commit.id)
}

fn name_error(repository: &gix::Repository, name: &str, error: &gix::Error) -> RangeError {
    if repository.head().is_ok_and(|head| head.is_unborn()) && names_head(name) {
        return RangeError::NoCommits;
    }
    let (name, shallow) = (name.to_owned(), is_shallow(repository));
    match error.iter_errors().find_map(|error| error.downcast_ref::<parse::Error>()) {
        Some(parse::Error::AmbiguousPrefix { candidates, .. }) => {
            let candidates = candidates.iter().map(|(id, what)| format!("{id} ({what})")).collect();
            RangeError::Ambiguous { name, candidates }
        }
        Some(parse::Error::MissingReference { .. }) => {
            RangeError::Unknown { near: near_names(repository, &name), name, shallow }
        }
        _ => RangeError::NotACommit { name, reason: navigation_reason(error), shallow },
    }
}

/// Why a step such as `~3` leads nowhere. Causes that quote their input speak of gix's parser.
fn navigation_reason(error: &gix::Error) -> String {
    let causes = error.iter_errors().map(ToString::to_string);
    let cause = causes.filter(|cause| !cause.contains("input=")).last();
    cause.map_or_else(|| reason(error), |cause| cause.replace(|c: char| c.is_control(), " "))
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
