//! Argo CD: Applications, and the ApplicationSets that generate them.

mod application;
mod application_set;
mod glob;
mod helm;
mod kustomize;
mod project;

use globset::{GlobBuilder, GlobMatcher};
use manifesto_objects::Object;
use manifesto_tree::{Place, TreePath};
use manifesto_yaml::Node;

pub use application::SourceOptions;
pub(crate) use application::{Application, ApplicationSource};
pub(crate) use application_set::{expand, policy, sanitized};
pub(crate) use helm::{ValuesHome, release};
pub(crate) use kustomize::edited;
pub(crate) use project::refusals;
pub use project::{Refusal, Refused};

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

/// Every `git` generator of an ApplicationSet, at any depth of matrix and merge.
pub(crate) fn git_generators(object: &Object) -> Vec<GitGenerator> {
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
