//! What an Application's `helm` options have Helm render.
//!
//! Upstream: argo-cd v3, reposerver/repository/repository.go and util/helm/cmd.go.

use std::collections::BTreeMap;
use std::sync::Arc;

use manifesto_helm::{Chart, Values, ValuesFile};
use manifesto_tree::{Gap, GapReason, Place, Tree, TreePath};
use manifesto_yaml::{Node, Writer, to_yaml};

use super::application::Referenced;
use crate::chart::Release;
use crate::unknown::is_unknown;

/// The release of an Application. `references` are the sources whose files `$name/…` names, which are of this
/// repository.
pub(crate) fn release(
    tree: &Tree,
    home: ValuesHome<'_>,
    options: Option<&Node>,
    references: &[String],
    application: &str,
    namespace: &str,
    place: &Place,
) -> Release {
    let mut release = Release {
        name: application.to_owned(),
        namespace: namespace.to_owned(),
        values_place: Some(place.clone()),
        ..Release::default()
    };
    let Some(options) = options else { return release };
    let text = |key: &str| options.get(key).and_then(Node::as_str).filter(|text| !text.is_empty());
    let is = |key: &str| options.get(key).and_then(Node::as_bool).unwrap_or(false);
    if let Some(name) = text("releaseName") {
        name.clone_into(&mut release.name);
    }
    if let Some(namespace) = text("namespace") {
        namespace.clone_into(&mut release.namespace);
    }
    release.kube_version = text("kubeVersion").map(str::to_owned);
    let versions = options.get("apiVersions").map(Node::items).unwrap_or_default();
    release.api_versions = versions.iter().filter_map(Node::as_str).map(str::to_owned).collect();
    release.leaves_crds = is("skipCrds");
    let files = options.get("valueFiles").map(Node::items).unwrap_or_default();
    for name in files.iter().filter_map(Node::as_str) {
        value_file(tree, home, references, name, is("ignoreMissingValueFiles"), place, &mut release);
    }
    inline_values(options, &mut release.values);
    parameters(tree, home, options, &mut release);
    release
}

/// What relative names of values files are relative to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ValuesHome<'h> {
    /// The directory of the chart.
    Directory(&'h TreePath),
    /// The chart itself, which lies in no directory.
    Archive(&'h Chart),
}

impl ValuesHome<'_> {
    /// A file by its relative name; none when that leads out of the repository.
    fn read(self, tree: &Tree, name: &str) -> Option<FoundFile> {
        match self {
            Self::Directory(directory) => {
                let path = match name.strip_prefix('/') {
                    Some(path) => TreePath::new(path),
                    None => directory.join(name),
                };
                let path = path.ok()?;
                Some(FoundFile::of(tree, path))
            }
            Self::Archive(chart) => {
                let content = chart.file(name.trim_start_matches("./")).map(Arc::from);
                Some(FoundFile { content, path: None })
            }
        }
    }
}

/// A file that was looked for.
struct FoundFile {
    /// What it holds; none when it is not there.
    content: Option<Arc<[u8]>>,
    /// The path in the repository that it has or would have.
    path: Option<TreePath>,
}

impl FoundFile {
    fn of(tree: &Tree, path: TreePath) -> Self {
        let content = tree.lookup(&path).ok().and_then(|entry| tree.read(entry).ok());
        Self { content, path: Some(path) }
    }
}

fn value_file(
    tree: &Tree,
    home: ValuesHome<'_>,
    references: &[String],
    name: &str,
    may_be_missing: bool,
    place: &Place,
    release: &mut Release,
) {
    let mut gap = |reason, detail: String| release.gaps.push(Gap::new(reason, detail).at(place.clone()));
    if is_unknown(name) {
        return gap(
            GapReason::UnknownValue,
            "a values file depends on a cluster that nobody named".to_owned(),
        );
    }
    let found = match Referenced::of(name, references) {
        Some(Referenced::Here(path)) => path.map(|path| FoundFile::of(tree, path)),
        Some(Referenced::Elsewhere) => {
            return gap(GapReason::RemoteSource, format!("the values file {name} is not in this repository"));
        }
        None => home.read(tree, name),
    };
    let Some(FoundFile { content, path }) = found else {
        return gap(
            GapReason::OutsideRepository,
            format!("the values file {name} is outside the repository"),
        );
    };
    match (content, &path) {
        (Some(content), _) => {
            let file = ValuesFile { name: name.to_owned(), content, path: path.clone() };
            release.values.files.push(file);
        }
        (None, _) if may_be_missing => {}
        (None, Some(path)) => gap(GapReason::MissingFile, format!("the values file {path} does not exist")),
        (None, None) => gap(GapReason::MissingFile, format!("the chart has no values file {name}")),
    }
    release.reads.extend(path);
}

/// `valuesObject` counts and not `values`, where both are there.
fn inline_values(options: &Node, values: &mut Values) {
    let object = options.get("valuesObject").filter(|object| !object.is_null());
    let text = match object {
        Some(object) => to_yaml(object, Writer::Sigs).unwrap_or_default(),
        None => options.get("values").and_then(Node::as_str).unwrap_or_default().to_owned(),
    };
    if !text.trim().is_empty() {
        values.files.extend(Values::from_file("values", text.into_bytes()).files);
    }
}

fn parameters(tree: &Tree, home: ValuesHome<'_>, options: &Node, release: &mut Release) {
    for parameter in options.get("parameters").map(Node::items).unwrap_or_default() {
        let text = |key: &str| parameter.get(key).and_then(Node::text).unwrap_or_default();
        let set = format!("{}={}", text("name"), escaped(text("value")));
        let is_text = parameter.get("forceString").and_then(Node::as_bool).unwrap_or(false);
        if is_text { release.values.set_string.push(set) } else { release.values.set.push(set) }
    }
    let mut contents = BTreeMap::new();
    for parameter in options.get("fileParameters").map(Node::items).unwrap_or_default() {
        let text = |key: &str| parameter.get(key).and_then(Node::as_str).unwrap_or_default();
        let Some(FoundFile { content, path }) = home.read(tree, text("path")) else { continue };
        contents.extend(content.map(|content| (text("path").to_owned(), content)));
        release.values.set_file.push(format!("{}={}", text("name"), text("path")));
        release.reads.extend(path);
    }
    release.values.file_contents.extend(contents);
}

/// A value with its commas escaped, as Argo CD hands it to `--set` (cleanSetParameters): those inside of braces make a
/// list and stay.
fn escaped(value: &str) -> String {
    if value.starts_with('{') && value.ends_with('}') {
        return value.to_owned();
    }
    let mut escaped = String::with_capacity(value.len());
    let mut before = None;
    for char in value.chars() {
        if char == ',' && before != Some('\\') {
            escaped.push('\\');
        }
        escaped.push(char);
        before = Some(char);
    }
    escaped
}
