//! Clusters that a repository keeps in directories and tells apart in no other way.
//!
//! Where many objects of one name differ by the directory that holds them (`east/…`, `west/…`), they cannot be in one
//! cluster. The directories in which their paths part then name the clusters.

use std::collections::BTreeMap;
use std::sync::Arc;

use manifesto_cluster::Cluster;
use manifesto_gitops::{ClusterObjects, ClusterSides};
use manifesto_objects::{Object, ObjectId};
use manifesto_tree::TreePath;

use crate::clusters::ClusterPair;

/// From so many objects on, a name that is held twice is not an oversight.
const CONFLICTS_MIN: usize = 3;

/// The clusters that are taken for one: mostly that one.
pub(crate) fn separated(sides: &ClusterSides) -> Vec<ClusterPair> {
    let Some(depth) = depth(sides) else { return vec![pair(&sides.name, &sides.base, &sides.head)] };
    let mut names: Vec<String> = [&sides.base, &sides.head]
        .into_iter()
        .flat_map(|side| side.objects.iter().map(|object| name(object, depth)))
        .collect();
    names.sort();
    names.dedup();
    let part = |side: &ClusterObjects, wanted: &str| ClusterObjects {
        objects: side.objects.iter().filter(|object| name(object, depth) == wanted).cloned().collect(),
        gaps: side.gaps.clone(),
    };
    names.iter().map(|wanted| pair(wanted, &part(&sides.base, wanted), &part(&sides.head, wanted))).collect()
}

fn pair(name: &str, base: &ClusterObjects, head: &ClusterObjects) -> ClusterPair {
    let cluster = |side: &ClusterObjects| Cluster::new(side.objects.clone(), side.gaps.clone());
    ClusterPair { name: name.to_owned(), base: cluster(base), head: cluster(head) }
}

/// The depth at which the paths of conflicting objects part, when that explains nearly all conflicts.
fn depth(sides: &ClusterSides) -> Option<usize> {
    let mut depths: BTreeMap<usize, usize> = BTreeMap::new();
    for side in [&sides.base, &sides.head] {
        let mut known: BTreeMap<&ObjectId, &Arc<Object>> = BTreeMap::new();
        for object in side.objects.iter().filter(|object| !object.id.is("", "Namespace")) {
            let first = known.entry(&object.id).or_insert(object);
            if first.root != object.root
                && let Some(depth) = parting(source(first), source(object))
            {
                *depths.entry(depth).or_default() += 1;
            }
        }
    }
    let all: usize = depths.values().sum();
    let (depth, most) =
        depths.into_iter().max_by_key(|(depth, count)| (*count, std::cmp::Reverse(*depth)))?;
    (most >= CONFLICTS_MIN && most * 10 >= all * 9).then_some(depth)
}

/// The directory that an object is deployed from: the outermost of what rendered it, or its own file's.
fn source(object: &Object) -> Option<TreePath> {
    let outermost = object.via.last().map(|place| &place.path).or_else(|| object.files.first())?;
    outermost.parent()
}

/// The first segment in which two paths differ.
fn parting(one: Option<TreePath>, other: Option<TreePath>) -> Option<usize> {
    let (one, other) = (one?, other?);
    one.segments().zip(other.segments()).position(|(a, b)| a != b)
}

/// The segment at this depth; empty for what lies higher up.
fn name(object: &Object, depth: usize) -> String {
    let source = source(object);
    source.and_then(|path| path.segments().nth(depth).map(str::to_owned)).unwrap_or_default()
}
