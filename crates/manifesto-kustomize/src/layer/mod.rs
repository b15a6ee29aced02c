//! One kustomization after the other, from the innermost out (api/internal/target/kusttarget.go).

mod accumulate;
mod cache;
mod charts;
mod context;
mod finish;
mod generators;
mod ksops;
mod origin;
mod plugins;
mod resources;
mod transformers;

use std::collections::BTreeMap;
use std::sync::Arc;

use manifesto_tree::{Gap, GapReason, Place, Tree, TreePath};
use manifesto_yaml::{Mark, SmolStr};

pub(crate) use cache::CachedBase;
pub(crate) use context::Context;
use origin::Origin;

use crate::build::Build;
use crate::config::Config;
use crate::error::{Halt, Outcome};
use crate::file::{KustomizationFile, Var};
use crate::load::Root;
use crate::node::Why;
use crate::object::Objects;
use crate::options::Options;
use crate::session::Session;

/// What the layers below a kustomization have come to (api/internal/accumulator/resaccumulator.go).
#[derive(Debug, Clone, Default)]
pub(crate) struct Accumulated {
    pub(crate) objects: Objects,
    pub(crate) config: Arc<Config>,
    pub(crate) vars: BTreeMap<SmolStr, Var>,
    /// Why objects may be missing, when some may.
    pub(crate) incomplete: Option<GapReason>,
}

/// A kustomization that is being built.
#[derive(Debug)]
pub(crate) struct Layer {
    pub(crate) root: Arc<Root>,
    pub(crate) file: Arc<KustomizationFile>,
    /// Where the file is.
    pub(crate) path: TreePath,
    /// Its name, as its directory has it.
    pub(crate) name: &'static str,
    /// The lines that name the components around this one, the outermost first.
    pub(crate) component_of: Vec<Place>,
    /// For `buildMetadata`.
    pub(crate) origin: Option<Origin>,
}

impl Layer {
    /// A line of the kustomization file.
    pub(crate) fn place(&self, mark: Mark) -> Place {
        Place { path: self.path.clone(), line: mark.line, column: u32::from(mark.column) }
    }

    /// Refuses something that the kustomization asks for.
    pub(crate) fn refused(&self, mark: Mark, what: impl Into<String>, why: impl Into<String>) -> Halt {
        Halt::refused(Some(self.place(mark)), what, why)
    }
}

/// Turns a reason into a refusal, or into a gap when the reason is that the work was too much.
pub(crate) fn check<T>(
    context: &Context<'_>,
    place: Option<Place>,
    what: &str,
    result: Why<T>,
) -> Outcome<T> {
    result.map_err(|why| {
        if context.meter.is_over() {
            Halt::over(place, format!("{what}: {why}"))
        } else {
            Halt::refused(place, what, why)
        }
    })
}

/// Builds a directory.
pub(crate) fn build(session: &Session, tree: &Tree, directory: &TreePath, options: &Options<'_>) -> Build {
    let context = Context::new(session, tree, options);
    let result = finish::build(&context, directory);
    let mut build = context.finish();
    match result {
        Ok(resources) => build.resources = resources,
        Err(Halt::Refused(error)) => build.error = Some(*error),
        Err(Halt::OverBudget(gap)) => build.gaps.push(Gap { hides: Some(directory.clone()), ..*gap }),
    }
    build
}
