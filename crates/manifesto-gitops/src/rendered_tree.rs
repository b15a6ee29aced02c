//! Rendered trees: manifests that were rendered beforehand and committed, beside what they were rendered from.
//!
//! No tool writes down which directory was rendered from which, so the pair is recognised by its paths:
//! `dist/apps/web` beside `src/apps/web`, `rendered/apps/web` beside `apps/web`, `apps/web/rendered` in `apps/web`.

use manifesto_tree::{Tree, TreePath};

use crate::kustomizations::is_kustomization_file;

/// What directories of rendered manifests are called.
const NAMES: &[&str] = &[
    "dist",
    "rendered",
    "render",
    "hydrated",
    "generated",
    "build",
    "out",
    "output",
    "manifests",
    "_rendered",
    "_out",
];

/// The directory of rendered manifests that belongs to `source`: inside it, or beside it with a segment put before or
/// in place of one of its own.
pub(crate) fn rendered_from(tree: &Tree, source: &TreePath) -> Option<TreePath> {
    let segments: Vec<&str> = source.segments().collect();
    let inside = NAMES.iter().map(|name| source.child(name));
    let beside = (0..segments.len()).rev().flat_map(|at| {
        let (above, below) = segments.split_at(at);
        let replaced = below.get(1..).filter(|rest| !rest.is_empty());
        let tails = [Some(below), replaced].into_iter().flatten();
        tails.flat_map(move |tail| NAMES.iter().map(move |name| [above, &[*name], tail].concat().join("/")))
    });
    let beside = beside.map(|path| TreePath::from_normalized(&path));
    inside.chain(beside).find(|directory| directory != source && holds_manifests(tree, directory))
}

/// What the manifests of `directory` were rendered from, if it is a rendered directory: a place that `is_source` knows.
pub(crate) fn source_of(
    tree: &Tree,
    directory: &TreePath,
    is_source: impl Fn(&TreePath) -> bool,
) -> Option<TreePath> {
    let segments: Vec<&str> = directory.segments().collect();
    let at = segments.iter().rposition(|segment| NAMES.contains(segment))?;
    let (above, rest) = segments.split_at(at);
    let below = rest.split_first().map(|(_, below)| below.join("/")).unwrap_or_default();
    let above = TreePath::new(&above.join("/")).ok()?;
    let unprefixed = above.join(&below).ok().filter(|source| is_source(source));
    if unprefixed.is_some() || below.is_empty() {
        return unprefixed;
    }
    let siblings = tree.directories_in(&above).into_iter();
    let mut replaced =
        siblings.filter_map(|sibling| sibling.join(&below).ok()).filter(|s| s != directory && is_source(s));
    // Two candidates: nobody can tell.
    replaced.next().filter(|_| replaced.next().is_none())
}

fn holds_manifests(tree: &Tree, directory: &TreePath) -> bool {
    let mut files = tree.files_in(directory).peekable();
    files.peek().is_some()
        && tree
            .files_in(directory)
            .any(|entry| matches!(entry.path.extension(), Some("yaml" | "yml" | "json")))
        && !files.any(|entry| is_kustomization_file(&entry.path))
}

/// The API group in a file name of the form `group.version.Kind.name.yaml`, which the renderers of such trees write: it
/// tells what a file holds without reading it.
pub(crate) fn group_in_name(file_name: &str) -> Option<&str> {
    let bytes = file_name.as_bytes();
    let kind_at =
        bytes.windows(2).position(|pair| matches!(pair, [b'.', second] if second.is_ascii_uppercase()))?;
    let (api, rest) = file_name.split_at_checked(kind_at)?;
    let (group, version) = api.rsplit_once('.')?;
    let digits = version.strip_prefix('v')?;
    let is_version =
        digits.starts_with(|c: char| c.is_ascii_digit()) && digits.bytes().all(|b| b.is_ascii_alphanumeric());
    // After the kind comes the name.
    (is_version && rest.trim_start_matches('.').contains('.')).then_some(group)
}
