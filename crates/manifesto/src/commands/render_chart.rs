//! `manifesto render` of a chart: the manifests as `helm template` prints them.

use std::path::Path;
use std::sync::Arc;

use manifesto_helm::{Chart, Crds, Hooks, Options, Rendered, ValueReads, Values, ValuesFile};
use manifesto_tree::{Tree, TreePath};

use super::render_origins;
use crate::exit_code;
use crate::failure::Failure;
use crate::options::{ReleaseOptions, RenderOptions};
use crate::output::Output;

pub(crate) fn run(
    tree: &Tree,
    path: &TreePath,
    options: &RenderOptions,
    output: &Output,
) -> Result<u8, Failure> {
    let chart = Chart::load(tree, path).chart.map_err(Failure::render)?;
    let release = &options.release;
    let value_reads = if options.origins { ValueReads::Note } else { ValueReads::Leave };
    let told = Options { value_reads, ..of(release) };
    let rendered = manifesto_helm::render(&chart, &values(release)?, &told).map_err(Failure::render)?;
    let text = if options.origins { render_origins::of_chart(&rendered) } else { rendered.text() };
    print(&rendered, &text, output)
}

/// The manifests go to standard output; what nobody can know of them goes to standard error.
fn print(rendered: &Rendered, text: &str, output: &Output) -> Result<u8, Failure> {
    output.print_exactly(text)?;
    let unknown: Vec<&str> = rendered
        .manifests
        .iter()
        .filter(|manifest| !manifest.unknown.is_empty())
        .map(|manifest| manifest.source.as_str())
        .collect();
    for source in &unknown {
        output.warning(&format!("{source} has values that nobody knows before it is installed"));
    }
    for value in &rendered.unused {
        let place = value.place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
        let meant =
            value.meant.as_ref().map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
        let path = value.path.join(".");
        output.note(&format!("{place}nothing in the chart reads the value `{path}`{meant}"));
    }
    for gap in &rendered.gaps {
        output.warning(&format!("not rendered: {gap}"));
    }
    let is_complete = unknown.is_empty() && rendered.gaps.is_empty();
    Ok(if is_complete { exit_code::OK } else { exit_code::INCOMPLETE })
}

fn of(release: &ReleaseOptions) -> Options {
    let mut options = Options {
        kube_version: release.kube_version.clone(),
        api_versions: release.api_versions.clone(),
        crds: if release.include_crds { Crds::Include } else { Crds::Leave },
        hooks: if release.skip_tests { Hooks::NoTests } else { Hooks::All },
        ..Options::default()
    };
    if let Some(name) = &release.name {
        options.name.clone_from(name);
    }
    if let Some(namespace) = &release.namespace {
        options.namespace.clone_from(namespace);
    }
    options
}

fn values(release: &ReleaseOptions) -> Result<Values, Failure> {
    let mut values = Values {
        set: release.set.clone(),
        set_string: release.set_string.clone(),
        set_json: release.set_json.clone(),
        set_file: release.set_file.clone(),
        ..Values::default()
    };
    for path in &release.values {
        let name = path.display().to_string();
        let path_told = TreePath::new(&name).ok();
        values.files.push(ValuesFile { name, content: read(path)?, path: path_told });
    }
    for path in release.set_file.iter().flat_map(|set| set.split(',')) {
        if let Some((_, path)) = path.split_once('=') {
            values.file_contents.insert(path.to_owned(), read(Path::new(path))?);
        }
    }
    Ok(values)
}

fn read(path: &Path) -> Result<Arc<[u8]>, Failure> {
    let content = std::fs::read(path);
    content.map(Arc::from).map_err(|error| Failure::input(format!("{}: {error}", path.display())))
}
