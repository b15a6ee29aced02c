//! The verbs, one file each.

use manifesto_git::{Configuration as GitConfiguration, RangeError, RangeSpec, Repository};
use manifesto_gitops::{Listing, Session};
use manifesto_tree::Tree;

use crate::charts::{charts, lock_of};
use crate::configuration::Configuration;
use crate::failure::Failure;
use crate::options::Global;
use crate::output::Output;
use crate::progress::Progress;

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod components;
pub(crate) mod diff;
pub(crate) mod draft;
pub(crate) mod explain;
pub(crate) mod fetch;
pub(crate) mod finalize;
pub(crate) mod inventory;
pub(crate) mod man;
pub(crate) mod record;
pub(crate) mod render;
mod render_chart;
mod render_origins;
pub(crate) mod template;

/// Every component of a revision; without one, of the files on disk, or of HEAD where there are none.
fn listing(global: &Global, revision: Option<&str>, output: &Output) -> Result<Listing, Failure> {
    let _progress = Progress::start(output, "rendering every component");
    let repository = Repository::open(&global.repo, GitConfiguration::Usual)?;
    let tree = tree_of(&repository, revision)?;
    let inventory = Configuration::read(&tree)?.inventory();
    Ok(Session::with_charts(charts(global, lock_of(&tree)?)?).listing(&tree, &inventory))
}

/// The tree of a revision; without one, of the files on disk, or of HEAD where there are none.
fn tree_of(repository: &Repository, revision: Option<&str>) -> Result<Tree, Failure> {
    let resolve = |range: &str| repository.resolve(&range.parse::<RangeSpec>()?);
    let resolved = match revision {
        Some(revision) => resolve(&format!("{revision}..{revision}")),
        None => match resolve("HEAD..worktree") {
            Err(RangeError::NoWorktree) => resolve("HEAD..HEAD"),
            resolved => resolved,
        },
    };
    Ok(repository.tree(&resolved?.head)?.tree)
}
