//! The files that a source hands over.

use manifesto_tree::{Entry, Tree, TreePath};

use super::Source;
use super::ignore::{Pattern, leaves_out};

/// Always left out.
const VERSION_CONTROL: &[&str] = &[".git/", ".gitignore", ".gitmodules", ".gitattributes"];

/// Left out as long as nobody says what to leave out.
const DEFAULTS: &[&str] = &[
    "*.jpg",
    "*.jpeg",
    "*.gif",
    "*.png",
    "*.wmv",
    "*.flv",
    "*.tar.gz",
    "*.zip",
    ".github/",
    ".circleci/",
    ".travis.yml",
    ".gitlab-ci.yml",
    "appveyor.yml",
    ".drone.yml",
    "cloudbuild.yaml",
    "codeship-services.yml",
    "codeship-steps.yml",
    "**/.goreleaser.yml",
    "**/.sops.yaml",
    "**/.flux.yaml",
];

/// The tree that a source makes of a repository: without links and submodules, and without what `.sourceignore` files
/// and `spec.ignore` leave out (fluxcd/pkg, artifact/storage/archive.go and sourceignore/sourceignore.go). The rest is
/// shared.
pub fn artifact(tree: &Tree, source: Option<&Source>) -> Tree {
    let root = TreePath::root();
    let mut own = ignore_files(tree);
    let ignore = source.and_then(|source| source.ignore.as_deref());
    own.extend(ignore.map(|text| Pattern::parse_all(text, &root)).unwrap_or_default());
    let defaults = if own.is_empty() { DEFAULTS } else { &[] };
    let built_in = VERSION_CONTROL.iter().chain(defaults);
    let patterns: Vec<Pattern> = built_in.map(|line| Pattern::parse(line, &root)).chain(own).collect();
    let kept = |entry: &&Entry| entry.is_file() && !leaves_out(&patterns, &entry.path);
    let entries: Vec<Entry> = tree.entries().iter().filter(kept).cloned().collect();
    if entries.len() == tree.entries().len() {
        tree.clone()
    } else {
        Tree::new(entries, tree.blobs().clone())
    }
}

/// The patterns of all `.sourceignore` files, those of outer directories first.
fn ignore_files(tree: &Tree) -> Vec<Pattern> {
    let is_ignore = |entry: &&Entry| entry.is_file() && entry.path.file_name() == ".sourceignore";
    let mut files: Vec<&Entry> = tree.entries().iter().filter(is_ignore).collect();
    files.sort_by_key(|entry| {
        entry.path.parent().map(|p| p.segments().map(str::to_owned).collect::<Vec<_>>())
    });
    let mut patterns = Vec::new();
    for file in files {
        let content = tree.read(file).unwrap_or_else(|_| std::sync::Arc::from([]));
        let domain = file.path.parent().unwrap_or_else(TreePath::root);
        patterns.extend(Pattern::parse_all(&String::from_utf8_lossy(&content), &domain));
    }
    patterns
}
