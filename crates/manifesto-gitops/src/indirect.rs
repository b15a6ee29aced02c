//! Objects from which the cluster makes further objects that are not in the repository.
//!
//! When such an object differs, what it makes may differ too, and nobody has looked: each is a gap of its own.

use std::collections::BTreeSet;

use manifesto_objects::{Object, ObjectChange, ObjectId};
use manifesto_tree::{Gap, GapReason, Side};

use crate::rendering::CHART_REMEDY;
use crate::revision::Revisions;

/// What a change of this object leaves unknown. What was `followed` leaves nothing.
pub(crate) fn gaps_of(
    change: &ObjectChange,
    revisions: &Revisions,
    followed: &BTreeSet<ObjectId>,
) -> Vec<Gap> {
    if !change.is_real() {
        return Vec::new();
    }
    let (side, object) = match (&change.head, &change.base) {
        (Some(object), _) => (Side::Head, object),
        (None, Some(object)) => (Side::Base, object),
        (None, None) => return Vec::new(),
    };
    if let Some(gaps) = revisions.side(side).plan.gaps.get(&object.id) {
        return gaps.iter().cloned().map(|gap| gap.on(side)).collect();
    }
    let Some(detail) = made_by(object) else { return Vec::new() };
    if followed.contains(&object.id) || revisions.side(side).plan.deploys(&object.id) {
        return Vec::new();
    }
    let gap = Gap::new(GapReason::Unsupported, format!("{} {detail}", object.id.short()));
    let gap = gap.at(object.origin(side).place).on(side);
    vec![if object.id.kind == "HelmRelease" { gap.remedy(CHART_REMEDY) } else { gap }]
}

fn made_by(object: &Object) -> Option<&'static str> {
    let id = &object.id;
    Some(match (id.group.as_str(), id.kind.as_str()) {
        ("helm.toolkit.fluxcd.io", "HelmRelease") | ("helm.cattle.io", "HelmChart" | "HelmChartConfig") => {
            "renders a chart, which is not rendered"
        }
        ("apiextensions.crossplane.io", "Composition") => {
            "is used by nothing in the repository, and what it composes elsewhere is not known"
        }
        _ => return None,
    })
}
