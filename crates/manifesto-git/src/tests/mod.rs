//! Repositories are made by hand, file by file and object by object, so that the tests need no `git` and can make what
//! git would refuse to. Where git's own answer is the expectation, it is asked, if it is installed.

#[cfg(unix)]
mod differential;
mod fixture;
mod opening;
mod properties;
mod ranges;
mod renames;
mod trees;
#[cfg(unix)]
mod worktree;
