//! ConfigMaps, Secrets and providers of inputs that other objects take values from, as they are written in the repository.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use manifesto_objects::{Object, ObjectId, objects_of};
use manifesto_tree::{Entry, Tree, TreePath};
use rayon::prelude::*;

use crate::manifests::is_manifest_file;
use crate::parsed_files::ParsedFiles;

/// The kinds that hold values.
const KINDS: &[(&str, &str)] =
    &[("", "ConfigMap"), ("", "Secret"), ("fluxcd.controlplane.io", "ResourceSetInputProvider")];

type Index = BTreeMap<(String, String), Vec<Arc<Object>>>;

/// Finds them by name. Read only when something asks.
#[derive(Debug, Default)]
pub(crate) struct Values(OnceLock<Index>);

impl Values {
    /// The object of this identity. A file often leaves the namespace to whatever builds it.
    pub(crate) fn find(&self, files: &ParsedFiles, tree: &Tree, id: &ObjectId) -> Option<Arc<Object>> {
        let index = self.0.get_or_init(|| read(files, tree));
        let named = index.get(&(id.kind.clone(), id.name.clone()))?;
        let exact = named.iter().find(|object| object.id.namespace == id.namespace);
        exact.or_else(|| named.iter().find(|object| object.id.namespace.is_empty())).cloned()
    }
}

/// Whether a file may hold values, by its bytes.
pub(crate) fn mentions_values(content: &[u8]) -> bool {
    let mentions = |kind: &str| memchr::memmem::find(content, format!("kind: {kind}").as_bytes()).is_some();
    KINDS.iter().any(|(_, kind)| mentions(kind))
}

fn read(files: &ParsedFiles, tree: &Tree) -> Index {
    let entries: Vec<&Entry> = tree.entries().iter().filter(|entry| is_manifest_file(entry)).collect();
    let found: Vec<Arc<Object>> =
        entries.into_par_iter().flat_map_iter(|entry| values_in(files, tree, entry)).collect();
    let mut index = Index::new();
    for object in found {
        index.entry((object.id.kind.clone(), object.id.name.clone())).or_default().push(object);
    }
    index
}

fn values_in(files: &ParsedFiles, tree: &Tree, entry: &Entry) -> Vec<Arc<Object>> {
    let Ok(content) = tree.read(entry) else { return Vec::new() };
    if !mentions_values(&content) {
        return Vec::new();
    }
    let Ok(parsed) = files.parse(tree, entry) else { return Vec::new() };
    let paths: Arc<[TreePath]> = [entry.path.clone()].into();
    let objects = parsed.documents.iter().flat_map(|document| objects_of(&document.root, &paths, &[].into()));
    let objects = objects
        .flatten()
        .filter(|object| KINDS.contains(&(object.id.group.as_str(), object.id.kind.as_str())));
    objects.map(Arc::new).collect()
}
