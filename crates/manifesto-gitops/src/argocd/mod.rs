//! Argo CD: the Applications that are written down, and the directories that generators look at.
//!
//! Applications that ApplicationSets generate are not expanded here; what is read of an ApplicationSet is which
//! directories and files its git generators match, because a new directory there is a new Application.

use globset::{GlobBuilder, GlobMatcher};
use manifesto_objects::{Object, objects_of};
use manifesto_tree::{Entry, Place, Tree, TreePath};
use manifesto_yaml::Node;
use rayon::prelude::*;

use crate::manifests::is_manifest_file;
use crate::parsed_files::ParsedFiles;
use crate::rendered_tree::group_in_name;

/// An Application whose source is a directory of this repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Application {
    pub(crate) name: String,
    pub(crate) path: TreePath,
    /// `spec.source.directory.recurse`.
    pub(crate) recurse: bool,
}

/// A pattern by which an ApplicationSet's git generator turns directories or files into Applications.
#[derive(Debug, Clone)]
pub struct GitGenerator {
    /// The ApplicationSet.
    pub application_set: String,
    /// Where the pattern stands.
    pub place: Place,
    /// The pattern; what a template fills in matches anything.
    pub pattern: String,
    matcher: GlobMatcher,
}

impl GitGenerator {
    /// Whether this directory (or file) becomes an Application.
    pub fn matches(&self, path: &TreePath) -> bool {
        self.matcher.is_match(path.as_str())
    }
}

/// What Argo CD is told in one tree.
#[derive(Debug, Default)]
pub(crate) struct ArgoCd {
    pub(crate) applications: Vec<Application>,
    pub(crate) generators: Vec<GitGenerator>,
}

/// No Application is written by hand in a file of this size: not worth reading on every run.
const FILE_BYTES_MAX: usize = 1 << 20;

impl ArgoCd {
    /// Reads every manifest that speaks of Argo CD.
    pub(crate) fn read(files: &ParsedFiles, tree: &Tree) -> Self {
        let candidates: Vec<&Entry> =
            tree.entries().iter().filter(|entry| may_hold_applications(entry)).collect();
        let objects: Vec<Object> =
            candidates.into_par_iter().flat_map_iter(|entry| argocd_objects(files, tree, entry)).collect();
        let mut argocd = Self::default();
        for object in objects {
            match object.id.kind.as_str() {
                "Application" => argocd.applications.extend(applications(tree, &object)),
                "ApplicationSet" => argocd.generators.extend(generators(&object)),
                _ => {}
            }
        }
        argocd
    }
}

fn may_hold_applications(entry: &Entry) -> bool {
    is_manifest_file(entry)
        && group_in_name(entry.path.file_name()).is_none_or(|group| group == "argoproj.io")
}

fn argocd_objects(files: &ParsedFiles, tree: &Tree, entry: &Entry) -> Vec<Object> {
    let Ok(content) = tree.read(entry) else { return Vec::new() };
    if content.len() > FILE_BYTES_MAX || memchr::memmem::find(&content, b"argoproj.io/").is_none() {
        return Vec::new();
    }
    let Ok(parsed) = files.parse(tree, entry) else { return Vec::new() };
    let paths = [entry.path.clone()].into();
    let objects = parsed.documents.iter().flat_map(|document| objects_of(&document.root, &paths, &[].into()));
    objects.flatten().filter(|object| object.id.group == "argoproj.io").collect()
}

/// The sources of an Application that are directories of this tree.
fn applications(tree: &Tree, object: &Object) -> Vec<Application> {
    let one = object.at(&["spec", "source"]).into_iter();
    let many = object.at(&["spec", "sources"]).into_iter().flat_map(Node::items);
    let paths = one.chain(many).filter(|source| source.get("chart").is_none()).filter_map(|source| {
        let path = TreePath::new(source.get("path")?.as_str()?).ok()?;
        let recurse = source.path(&["directory", "recurse"]).and_then(Node::as_bool).unwrap_or(false);
        tree.is_directory(&path).then(|| Application { name: object.id.name.clone(), path, recurse })
    });
    // A name with a template in it belongs to whatever fills the template in.
    paths.filter(|application| !application.name.contains("{{")).collect()
}

/// Every `git` generator of an ApplicationSet, at any depth of matrix and merge.
fn generators(object: &Object) -> Vec<GitGenerator> {
    let mut found = Vec::new();
    let mut rest: Vec<&Node> = object.at(&["spec", "generators"]).into_iter().flat_map(Node::items).collect();
    while let Some(generator) = rest.pop() {
        for combiner in ["matrix", "merge"] {
            rest.extend(generator.path(&[combiner, "generators"]).into_iter().flat_map(Node::items));
        }
        for list in ["directories", "files"] {
            for item in generator.path(&["git", list]).into_iter().flat_map(Node::items) {
                if item.get("exclude").and_then(Node::as_bool) != Some(true) {
                    found.extend(git_generator(object, item));
                }
            }
        }
    }
    found
}

fn git_generator(object: &Object, item: &Node) -> Option<GitGenerator> {
    let path = item.get("path")?;
    let pattern = without_templates(path.as_str()?);
    // Argo CD matches with Go's path.Match, where `*` stays inside a segment.
    let matcher = GlobBuilder::new(&pattern).literal_separator(true).build().ok()?.compile_matcher();
    let place = object.origin_at(manifesto_tree::Side::Head, path.mark).place;
    Some(GitGenerator { application_set: object.id.name.clone(), place, pattern, matcher })
}

/// The pattern with `*` for each `{{ … }}`.
fn without_templates(pattern: &str) -> String {
    let mut text = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once("{{") {
        text.push_str(before);
        text.push('*');
        rest = after.split_once("}}").map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text
}
