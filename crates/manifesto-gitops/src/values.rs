//! ConfigMaps, Secrets and providers of inputs that other objects take values from, as they are written in the repository.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use manifesto_objects::{Object, ObjectId, objects_of};
use manifesto_tree::{Entry, Tree, TreePath};

use crate::layout::Layout;
use crate::parsed_files::ParsedFiles;

/// The kinds that hold values.
const KINDS: &[(&str, &str)] =
    &[("", "ConfigMap"), ("", "Secret"), ("fluxcd.controlplane.io", "ResourceSetInputProvider")];

type Index = BTreeMap<(String, String), Vec<Arc<Object>>>;

/// Finds them by name. Read only when something asks.
#[derive(Debug, Default)]
pub(crate) struct Values(OnceLock<Index>);

impl Values {
    /// The object of this identity in a cluster. A file often leaves the namespace to whatever builds it. Where several files
    /// have one and none of them is the cluster's, nobody knows which it is.
    pub(crate) fn find(
        &self,
        files: &ParsedFiles,
        layout: &Layout,
        cluster: &str,
        id: &ObjectId,
    ) -> Option<Arc<Object>> {
        let named = self.named(files, layout, id);
        let in_namespace = |namespace: &str| -> Vec<&Arc<Object>> {
            named.iter().filter(|object| object.id.namespace == namespace).collect()
        };
        let exact = in_namespace(&id.namespace);
        one_of(layout, cluster, if exact.is_empty() { in_namespace("") } else { exact }).cloned()
    }

    /// The files that decide which object has this identity.
    pub(crate) fn files_of(&self, files: &ParsedFiles, layout: &Layout, id: &ObjectId) -> Vec<TreePath> {
        self.named(files, layout, id).iter().flat_map(|object| object.files.to_vec()).collect()
    }

    fn named(&self, files: &ParsedFiles, layout: &Layout, id: &ObjectId) -> &[Arc<Object>] {
        let index = self.0.get_or_init(|| read(files, layout));
        index.get(&(id.kind.clone(), id.name.clone())).map(Vec::as_slice).unwrap_or_default()
    }
}

fn one_of<'o>(layout: &Layout, cluster: &str, mut found: Vec<&'o Arc<Object>>) -> Option<&'o Arc<Object>> {
    let is_sample = |object: &Object| object.files.iter().any(|file| layout.is_sample(file));
    if found.iter().any(|object| !is_sample(object)) {
        found.retain(|object| !is_sample(object));
    }
    let first = *found.first()?;
    if found.iter().all(|object| object.root == first.root) {
        return Some(first);
    }
    let cluster_of =
        |object: &Object| object.files.first().map_or("", |file| layout.cluster_of(file)).to_owned();
    if found.iter().any(|object| cluster_of(object).is_empty()) {
        return None;
    }
    found.retain(|object| cluster_of(object) == cluster);
    found.first().copied().filter(|_| found.len() == 1)
}

/// Whether a file may hold values, by its bytes.
pub(crate) fn mentions_values(content: &[u8]) -> bool {
    let mentions = |kind: &str| memchr::memmem::find(content, format!("kind: {kind}").as_bytes()).is_some();
    KINDS.iter().any(|(_, kind)| mentions(kind))
}

/// One file after the other: who asks may be one of many in parallel, and would wait for itself if it took over another
/// one that asks while it waits here.
fn read(files: &ParsedFiles, layout: &Layout) -> Index {
    let tree = &layout.tree;
    let entries = layout.mentions.values.iter().filter_map(|path| tree.entry(path));
    let mut index = Index::new();
    for object in entries.flat_map(|entry| values_in(files, tree, entry)) {
        index.entry((object.id.kind.clone(), object.id.name.clone())).or_default().push(object);
    }
    index
}

fn values_in(files: &ParsedFiles, tree: &Tree, entry: &Entry) -> Vec<Arc<Object>> {
    let Ok(parsed) = files.parse(tree, entry) else { return Vec::new() };
    let paths: Arc<[TreePath]> = [entry.path.clone()].into();
    let objects = parsed.documents.iter().flat_map(|document| objects_of(&document.root, &paths, &[].into()));
    let objects = objects
        .flatten()
        .filter(|object| KINDS.contains(&(object.id.group.as_str(), object.id.kind.as_str())));
    objects.map(Arc::new).collect()
}
