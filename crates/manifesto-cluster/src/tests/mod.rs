mod model;
mod network;
mod permissions;
mod pod_security;
mod policies;
mod secrets;

use std::sync::Arc;

use manifesto_objects::objects_of;
use manifesto_tree::{Place, TreePath};
use manifesto_yaml::{Dialect, Limits, parse};

use crate::Cluster;

/// A cluster of the objects in some YAML.
pub(crate) fn cluster(yaml: &str) -> Cluster {
    let files: Arc<[TreePath]> = Arc::new([TreePath::new("objects.yaml").unwrap()]);
    let parsed = parse(yaml.as_bytes(), Dialect::SigsV2, &Limits::default());
    assert!(parsed.error.is_none(), "{:?}", parsed.error);
    let via: Arc<[Place]> = Arc::new([]);
    let documents = parsed.documents.iter();
    let objects = documents.flat_map(|document| objects_of(&document.root, &files, &via));
    Cluster::new(objects.filter_map(Result::ok).map(Arc::new).collect(), Vec::new())
}
