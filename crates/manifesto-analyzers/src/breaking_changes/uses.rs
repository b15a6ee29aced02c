//! What goes away and is still used.

use std::collections::BTreeSet;

use manifesto_cluster::Cluster;
use manifesto_cluster::references::{Needed, Reference, provided, references};
use manifesto_evidence::{Prose, Reason, Side, Weight};
use manifesto_gitops::Change;

use super::Break;
use crate::surroundings::Surroundings;

/// References of head to what base provided and head does not. What a component whose head is not known may still provide
/// is not in the change set, and is not taken for gone.
pub(super) fn broken(change: &Change, surroundings: &Surroundings<'_>) -> Vec<Break> {
    let mut broken = Vec::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for (index, component) in change.components.iter().enumerate() {
        let own = change.objects.real().filter(|object| object.component == index);
        let gone: Vec<_> = own.filter_map(|object| object.base.clone()).collect();
        let gone = provided(&Cluster::new(gone, Vec::new()));
        if gone.is_empty() {
            continue;
        }
        let head = surroundings.around(component, Side::Head);
        let still: BTreeSet<Needed> = provided(head);
        let lost: BTreeSet<&Needed> = gone.difference(&still).collect();
        if lost.is_empty() {
            continue;
        }
        let users = references(head).into_iter().filter(|reference| lost.contains(&reference.needed));
        for reference in users {
            if seen.insert(format!("{:?} {:?}", reference.from.id, reference.needed)) {
                broken.push(of(&reference, &component.name));
            }
        }
    }
    broken
}

fn of(reference: &Reference, component: &str) -> Break {
    let needed = &reference.needed;
    let text = Prose::from("removes ")
        .code(format!("{}/{}", needed.kind, needed.name))
        .words(", which ")
        .code(reference.from.id.short())
        .words(" still uses");
    let origin = reference.from.origin_at(Side::Head, reference.mark);
    Break { reason: Reason { text, origin }, component: Some(component.to_owned()), weight: Weight::Hazard }
}
