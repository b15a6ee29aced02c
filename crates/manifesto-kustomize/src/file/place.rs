//! Where the kustomization of a directory is.

use manifesto_tree::{Entry, Tree, TreePath};

/// The names that a kustomization may have (api/konfig/general.go).
const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// The names that a kustomization file may have. A directory may have only one of them.
pub fn kustomization_names() -> &'static [&'static str] {
    &NAMES
}

/// The kustomization file of a directory, links followed; none when it has none or several.
pub fn kustomization_file<'t>(tree: &'t Tree, directory: &TreePath) -> Option<&'t Entry> {
    let mut found = NAMES.iter().filter_map(|name| tree.lookup(&directory.child(name)).ok());
    let file = found.next()?;
    (file.is_file() && found.next().is_none()).then_some(file)
}
