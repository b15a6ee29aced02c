//! Texts as objects and trees, and back.

use std::fmt::Write as _;
use std::sync::Arc;

use manifesto_kustomize::Session;
use manifesto_objects::{Object, ObjectId, objects_of};
use manifesto_tree::{MemTree, TreePath};
use manifesto_yaml::{Dialect, Limits, Writer, parse, to_yaml_stream};

use crate::flux::{Built, Definition, HelmRelease, Kustomization, build};

/// The objects of a text; `path` is the file that it stands for.
pub(super) fn objects(path: &str, text: &str) -> Vec<Arc<Object>> {
    let files = Arc::from([TreePath::new(path).unwrap()]);
    let parsed = parse(text.as_bytes(), Dialect::SigsV2, &Limits::default());
    assert_eq!(parsed.error, None, "{text}");
    let roots = parsed.documents.iter().filter(|document| !document.root.is_null());
    roots.flat_map(|d| objects_of(&d.root, &files, &Arc::from([]))).map(|o| Arc::new(o.unwrap())).collect()
}

/// Finds one of these objects.
pub(super) fn finder(known: &[Arc<Object>]) -> impl Fn(&ObjectId) -> Option<Arc<Object>> + Sync + use<> {
    let known = known.to_vec();
    move |id| known.iter().find(|object| object.id == *id).cloned()
}

/// A spec whose first line lost its indent to a line continuation.
fn indented(spec: &str) -> String {
    if spec.starts_with(' ') { spec.to_owned() } else { format!("  {spec}") }
}

pub(super) fn kustomization(spec: &str) -> Kustomization {
    let text = format!(
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: app\n  namespace: apps\n\
         spec:\n{}",
        indented(spec)
    );
    match Definition::read(&objects("flux/app.yaml", &text)[0]) {
        Some(Definition::Kustomization(kustomization)) => kustomization,
        other => panic!("{other:?}"),
    }
}

pub(super) fn release(spec: &str) -> HelmRelease {
    let text = format!(
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: app\n  namespace: apps\n\
         spec:\n{}",
        indented(spec)
    );
    match Definition::read(&objects("flux/app.yaml", &text)[0]) {
        Some(Definition::HelmRelease(release)) => release,
        other => panic!("{other:?}"),
    }
}

/// A tree of files, `path` and content.
pub(super) fn tree(files: &[(&str, &str)]) -> manifesto_tree::Tree {
    files.iter().fold(MemTree::new(), |tree, (path, content)| tree.file(path, content)).build()
}

/// What a Kustomization builds from these files, with these objects in the cluster.
pub(super) fn built(files: &[(&str, &str)], spec: &str, cluster: &str) -> Built {
    build(&Session::default(), &tree(files), &kustomization(spec), &finder(&objects("cluster.yaml", cluster)))
}

/// The objects as kustomize prints them, then the gaps.
pub(super) fn printed(built: &Built) -> String {
    let mut text = to_yaml_stream(built.objects.iter().map(|object| &object.root), Writer::Sigs).unwrap();
    for gap in &built.gaps {
        writeln!(text, "# {}: {gap}", gap.reason).unwrap();
    }
    text
}

/// Where each scalar of an object is written: `spec.replicas web.yaml:7`.
pub(super) fn places(object: &Object) -> Vec<String> {
    fn walk(object: &Object, node: &manifesto_yaml::Node, way: &str, places: &mut Vec<String>) {
        for entry in node.entries() {
            walk(object, &entry.value, &format!("{way}.{}", entry.key.text().unwrap_or_default()), places);
        }
        for (at, item) in node.items().iter().enumerate() {
            walk(object, item, &format!("{way}[{at}]"), places);
        }
        if node.as_scalar().is_some() {
            let place = object.origin_at(manifesto_tree::Side::Head, node.mark).place;
            places.push(format!("{} {place}", way.trim_start_matches('.')));
        }
    }
    let mut places = Vec::new();
    walk(object, &object.root, "", &mut places);
    places
}
