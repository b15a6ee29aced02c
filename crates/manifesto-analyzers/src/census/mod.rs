//! What the claims of a text are held against: every object of the clusters that a change touches, as plain data.
//!
//! This is no analyzer: it answers no topic. It is read only when a text is checked, since it asks for everything that
//! the clusters hold.

mod components;
mod hidden;
mod properties;

use std::collections::BTreeMap;
use std::sync::Arc;

use manifesto_evidence::{Census, Property, Side, Subject, SubjectChange};
use manifesto_gitops::Change;
use manifesto_objects::{ChangeKind, Object, ObjectId};
use manifesto_tree::{Tree, TreePath};

use crate::attack_surface;

/// Everything that a claim about this change can be held against.
pub fn census(change: &Change) -> Census {
    Census {
        base_files: files(&change.base),
        head_files: files(&change.head),
        subjects: subjects(change),
        components: components::components(change),
        charts: components::charts(change),
        hidden: hidden::hidden(change),
        interruptions: attack_surface::interruptions(change),
    }
}

fn files(tree: &Tree) -> Arc<[TreePath]> {
    tree.entries().iter().map(|entry| entry.path.clone()).collect()
}

/// The objects of both sides, those of one identity as one subject: a claim does not say which cluster it means.
fn subjects(change: &Change) -> Vec<Subject> {
    let changes = changes(change);
    let mut sides: BTreeMap<&ObjectId, Vec<(Side, &Arc<Object>)>> = BTreeMap::new();
    for cluster in change.clusters() {
        for side in Side::BOTH {
            for object in &cluster.side(side).objects {
                sides.entry(&object.id).or_default().push((side, object));
            }
        }
    }
    let subject = |(id, objects): (&ObjectId, Vec<(Side, &Arc<Object>)>)| {
        let (side, shown) = objects.iter().max_by_key(|(side, _)| *side)?;
        Some(Subject {
            kind: id.kind.clone(),
            name: id.name.clone(),
            namespace: id.namespace.clone(),
            change: changes.get(id).copied().unwrap_or(SubjectChange::Untouched),
            origin: shown.origin(*side),
            properties: all_properties(&objects),
        })
    };
    sides.into_iter().filter_map(subject).collect()
}

/// What is known of an object on both sides, the values that both have once, with their place in head.
fn all_properties(objects: &[(Side, &Arc<Object>)]) -> Vec<Property> {
    let mut found: Vec<Property> = Vec::new();
    let head_first = objects.iter().rev().filter(|(side, _)| *side == Side::Head);
    let then_base = objects.iter().filter(|(side, _)| *side == Side::Base);
    let mut last: Option<&Arc<Object>> = None;
    for (side, object) in head_first.chain(then_base) {
        if last.replace(object).is_some_and(|last| Arc::ptr_eq(last, object)) {
            continue;
        }
        found.extend(properties::of(object, *side));
    }
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|property| seen.insert((property.kind, property.value.clone())));
    found
}

/// What becomes of each object that differs.
fn changes(change: &Change) -> BTreeMap<ObjectId, SubjectChange> {
    let mut changes = BTreeMap::new();
    for object in change.objects.real() {
        let (base, head) = (object.base.as_ref(), object.head.as_ref());
        let same = base.zip(head).is_some_and(|(base, head)| base.id == head.id);
        if same || object.kind == ChangeKind::Moved {
            changes.insert(object.id().clone(), SubjectChange::Changed);
            continue;
        }
        changes.extend(base.map(|object| (object.id.clone(), SubjectChange::Removed)));
        changes.extend(head.map(|object| (object.id.clone(), SubjectChange::Added)));
    }
    changes
}
