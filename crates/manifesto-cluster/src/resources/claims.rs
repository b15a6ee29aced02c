//! The volumes that are asked for.

use std::sync::Arc;

use manifesto_objects::{Object, Quantity};
use manifesto_yaml::{Mark, Node};

use super::amounts::quantity;
use super::count::Count;
use crate::Workload;

/// A volume that is asked for, or as many as there are pods.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The name of the claim or of its template.
    pub name: String,
    /// The size; none where it cannot be read.
    pub size: Option<Quantity>,
    /// How many there are.
    pub count: Count,
    /// The storage class, where one is named.
    pub class: Option<String>,
    /// Whether it stays when the object that makes it is gone.
    pub is_kept: bool,
    /// Where the size stands, or the claim.
    pub mark: Mark,
}

impl Claim {
    /// How much it is in all, all the time; none where the size or the count is not known.
    pub fn total(&self) -> Option<Quantity> {
        Some(self.size?.times(self.count.steady()?))
    }
}

const SIZE: &[&str] = &["spec", "resources", "requests", "storage"];

/// A PersistentVolumeClaim, or a template of one.
fn claim(node: &Node, name: &str, count: Count, is_kept: bool) -> Claim {
    let size = node.path(SIZE);
    Claim {
        name: name.to_owned(),
        size: size.and_then(quantity),
        count,
        class: node.path(&["spec", "storageClassName"]).and_then(Node::as_str).map(str::to_owned),
        is_kept,
        mark: size.map_or(node.mark, |size| size.mark),
    }
}

/// A claim that is an object of its own.
pub(super) fn of_object(object: &Arc<Object>) -> Option<Claim> {
    let is_claim = object.id.is("", "PersistentVolumeClaim");
    is_claim.then(|| claim(&object.root, &object.id.name, Count::Always(1), false))
}

/// The claims that the pods of a workload bring with them.
pub(super) fn of_workload(workload: &Workload, count: &Count) -> Vec<Claim> {
    let object = &workload.object;
    let name =
        |node: &Node| node.path(&["metadata", "name"]).and_then(Node::text).unwrap_or_default().to_owned();
    // Claims of a StatefulSet outlive it unless it says otherwise.
    let policy = ["spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"];
    let is_kept = object.at(&policy).and_then(Node::as_str) != Some("Delete");
    let templates = object.at(&["spec", "volumeClaimTemplates"]).map(Node::items).unwrap_or_default();
    let templates = templates.iter().map(|node| claim(node, &name(node), count.clone(), is_kept));
    // A generic ephemeral volume lives as long as its pod.
    let volumes = workload.volumes().iter().filter_map(|volume| {
        let template = volume.path(&["ephemeral", "volumeClaimTemplate"])?;
        let name = volume.get("name").and_then(Node::text).unwrap_or_default();
        Some(claim(template, name, count.clone(), false))
    });
    templates.chain(volumes).collect()
}
