//! Which branch a change is on, and which it is for.

use gix::bstr::ByteSlice as _;
use gix::refs::{Category, FullName, FullNameRef};

use crate::Repository;

/// Beyond so many references no similar name is looked for.
const REFERENCES_MAX: usize = 20_000;

/// So many similar names help; more do not.
const NEAR_MAX: usize = 3;

impl Repository {
    /// The branch that is checked out; none when `HEAD` is detached.
    pub fn branch(&self) -> Option<String> {
        self.handles.with(|repository| branch(repository).map(|name| short_name(name.as_ref())))
    }

    /// The branch that changes are for, as a name that git knows: `origin/main`.
    ///
    /// It is what the remote's `HEAD` says; else `main`, else `master`, of the remote before the local one, because
    /// the local one may be behind. In a bare repository without a remote it is what `HEAD` says.
    pub fn default_branch(&self) -> Option<String> {
        self.handles.with(|repository| default_reference(repository).map(|name| short_name(name.as_ref())))
    }
}

fn branch(repository: &gix::Repository) -> Option<FullName> {
    repository.head_name().ok().flatten()
}

/// The reference of the default branch.
pub(crate) fn default_reference(repository: &gix::Repository) -> Option<FullName> {
    let find = |name: &str| repository.try_find_reference(name).ok().flatten();
    let named = |name: &str| find(name).map(|reference| reference.name().to_owned());
    let remote_head = find("refs/remotes/origin/HEAD")
        .and_then(|head| named(head.target().try_name()?.as_bstr().to_str().ok()?));
    let usual =
        ["refs/remotes/origin/main", "refs/heads/main", "refs/remotes/origin/master", "refs/heads/master"];
    let bare_head = || branch(repository).filter(|_| repository.is_bare());
    remote_head.or_else(|| usual.into_iter().find_map(named)).or_else(bare_head)
}

/// A reference as users write it: `origin/main`.
pub(crate) fn short_name(name: &FullNameRef) -> String {
    name.shorten().to_str_lossy().into_owned()
}

/// Names of branches and tags that are like `name`, the nearest first.
pub(crate) fn near_names(repository: &gix::Repository, name: &str) -> Vec<String> {
    // `feature~2` is as near to `features` as `feature` is.
    let stem = name.split(['~', '^', '@', ':']).next().unwrap_or_default();
    let Ok(references) = repository.references() else { return Vec::new() };
    let Ok(all) = references.all() else { return Vec::new() };
    let mut near: Vec<(usize, String)> = all
        .take(REFERENCES_MAX)
        .filter_map(Result::ok)
        .filter_map(|reference| {
            let (category, short) = reference.name().category_and_short_name()?;
            let wanted = matches!(category, Category::Tag | Category::LocalBranch | Category::RemoteBranch);
            let short = short.to_str().ok().filter(|_| wanted)?;
            Some((distance(stem, short)?, short.to_owned()))
        })
        .collect();
    near.sort();
    near.dedup();
    near.into_iter().map(|(_, name)| name).take(NEAR_MAX).collect()
}

/// How far apart two names are, if near at all. A branch of a remote is nearest to its own name.
fn distance(wanted: &str, name: &str) -> Option<usize> {
    const LENGTH_MAX: usize = 100;
    if wanted.is_empty() || wanted.len() > LENGTH_MAX || name.len() > LENGTH_MAX {
        return None;
    }
    let local = name.split_once('/').map_or(name, |(_, local)| local);
    let (wanted, whole, local) = (wanted.to_lowercase(), name.to_lowercase(), local.to_lowercase());
    let distance = strsim::osa_distance(&wanted, &whole).min(strsim::osa_distance(&wanted, &local));
    (distance <= wanted.chars().count() / 3).then_some(distance)
}

/// Whether this clone lacks history.
pub(crate) fn is_shallow(repository: &gix::Repository) -> bool {
    repository.is_shallow().unwrap_or_default()
}
