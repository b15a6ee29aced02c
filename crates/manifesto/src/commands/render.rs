//! `manifesto render`: the manifests of a directory, as `kustomize build` or `helm template` prints them.

use manifesto_git::{Configuration, RangeSpec, Repository};
use manifesto_kustomize::{Build, LoadRestrictor, Options, Session, kustomization_file, to_yaml};
use manifesto_tree::{Tree, TreePath};
use std::path::{Path, PathBuf};

use super::{render_chart, render_origins};
use crate::charts::{charts, lock_of};
use crate::failure::Failure;
use crate::options::{Global, RenderOptions, Restrictor};
use crate::output::Output;
use crate::{disk, exit_code};

pub(crate) fn run(global: &Global, options: &RenderOptions, output: &Output) -> Result<u8, Failure> {
    let (tree, directory) = match &options.at {
        Some(revision) => at_revision(global, &options.path, revision)?,
        None => on_disk(global, &options.path)?,
    };
    if kustomization_file(&tree, &directory).is_none() {
        let is_archive = directory.extension() == Some("tgz") && tree.entry(&directory).is_some();
        if is_archive || tree.entry(&directory.child("Chart.yaml")).is_some() {
            return render_chart::run(&tree, &directory, options, output);
        }
        let what = format!("{} holds neither a kustomization nor a chart", options.path.display());
        return Err(Failure::input(what));
    }
    if options.release.is_given() {
        return Err(Failure::usage("values are for charts, and this is a kustomization")
            .hint("write them in its `helmCharts`"));
    }
    let load_restrictor = match options.load_restrictor {
        Restrictor::RootOnly => LoadRestrictor::RootOnly,
        Restrictor::None => LoadRestrictor::None,
    };
    let charts = charts(global, lock_of(&tree)?)?;
    let with_charts = Options { load_restrictor, charts: Some(&charts) };
    let build = Session::default().build(&tree, &directory, &with_charts);
    print(&build, options.origins, output)
}

/// The manifests go to standard output and nothing else does; what is missing among them goes to standard error.
fn print(build: &Build, origins: bool, output: &Output) -> Result<u8, Failure> {
    for warning in &build.warnings {
        output.note(&format!("{}: {}", warning.place, warning.detail));
    }
    if let Some(error) = &build.error {
        return Err(Failure::render(error));
    }
    let text = if origins {
        render_origins::of_resources(&build.resources)
    } else {
        to_yaml(&build.resources).map_err(Failure::render)?
    };
    output.print_exactly(&text)?;
    for gap in &build.gaps {
        output.warning(&format!("not rendered: {gap}"));
    }
    Ok(if build.gaps.is_empty() { exit_code::OK } else { exit_code::INCOMPLETE })
}

fn at_revision(global: &Global, path: &Path, revision: &str) -> Result<(Tree, TreePath), Failure> {
    let repository = Repository::open(&global.repo, Configuration::Usual)?;
    let range: RangeSpec = format!("{revision}..{revision}").parse()?;
    let tree = repository.tree(&repository.resolve(&range)?.head)?.tree;
    let text = path.to_string_lossy();
    let directory = TreePath::new(&text).map_err(|_| {
        Failure::usage(format!("{text} is not a path in the repository"))
            .hint("name it from the repository's root")
    })?;
    Ok((tree, directory))
}

fn on_disk(global: &Global, path: &Path) -> Result<(Tree, TreePath), Failure> {
    let path = global.repo.join(path);
    let failed = |error: std::io::Error| Failure::input(format!("{}: {error}", path.display()));
    let directory: PathBuf = path.canonicalize().map_err(failed)?;
    let root = disk::root_of(&directory, &global.repo);
    let relative = directory.strip_prefix(&root).unwrap_or(Path::new("")).to_string_lossy().into_owned();
    let directory =
        TreePath::new(&relative).map_err(|error| Failure::input(format!("{relative}: {error}")))?;
    Ok((disk::tree(&root)?, directory))
}
