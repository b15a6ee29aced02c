//! Objects from which the cluster makes further objects that are not in the repository.
//!
//! When such an object differs, what it makes may differ too, and nobody has looked: each is a gap of its own.

use manifesto_objects::{Object, ObjectChange};
use manifesto_tree::{Gap, GapReason, Side};

/// What a change of this object leaves unknown.
pub(crate) fn gap_of(change: &ObjectChange) -> Option<Gap> {
    if !change.is_real() {
        return None;
    }
    let (side, object) = match (&change.head, &change.base) {
        (Some(object), _) => (Side::Head, object),
        (None, Some(object)) => (Side::Base, object),
        (None, None) => return None,
    };
    let detail = made_by(object)?;
    let gap = Gap::new(GapReason::Unsupported, format!("{} {detail}", object.id.short()));
    Some(gap.at(object.origin(side).place).on(side))
}

fn made_by(object: &Object) -> Option<&'static str> {
    let id = &object.id;
    Some(match (id.group.as_str(), id.kind.as_str()) {
        ("argoproj.io", "ApplicationSet") => "generates Applications that are not expanded",
        ("argoproj.io", "Application") if renders_elsewhere(object) => {
            "deploys a chart or another repository, which is not rendered"
        }
        ("helm.toolkit.fluxcd.io", "HelmRelease") | ("helm.cattle.io", "HelmChart" | "HelmChartConfig") => {
            "renders a chart, which is not rendered"
        }
        ("apiextensions.crossplane.io", "Composition") => "composes resources that are not rendered",
        ("fluxcd.controlplane.io", "ResourceSet") => "generates objects that are not rendered",
        _ => return None,
    })
}

fn renders_elsewhere(application: &Object) -> bool {
    let one = application.at(&["spec", "source"]).into_iter();
    let many = application.at(&["spec", "sources"]).into_iter().flat_map(manifesto_yaml::Node::items);
    one.chain(many).any(|source| source.get("chart").is_some() || source.get("path").is_none())
}
