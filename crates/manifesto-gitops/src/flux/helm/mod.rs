//! What helm-controller has Helm render (helm-controller v1, internal/controller/helmrelease_controller.go).

mod compose;
mod set_value;
mod values;

use std::collections::BTreeSet;

use manifesto_objects::ObjectId;
use manifesto_tree::Gap;
use manifesto_yaml::Node;

use super::{ChartReference, CrdPolicy, Find, HelmRelease, PostRender};

/// What Helm is asked to render.
#[derive(Debug, Clone)]
pub struct HelmRequest {
    /// The chart; none when the object names none, which the controller refuses.
    pub chart: Option<ChartReference>,
    /// The name of the release.
    pub release: String,
    /// The namespace of the release.
    pub namespace: String,
    /// The values, as one values file: a mapping. What is not known has a mark in its place.
    pub values: Node,
    /// What is done with the definitions in `crds/`: by an installation, and by an upgrade.
    pub crds: (CrdPolicy, CrdPolicy),
    /// What is done with the objects afterwards.
    pub post_render: PostRender,
    /// What of the values is not known, or why the controller refuses them.
    pub gaps: Vec<Gap>,
    /// The ConfigMaps and Secrets that were asked for, present or not.
    pub asked: BTreeSet<ObjectId>,
}

/// What a HelmRelease has Helm render; `find` finds the ConfigMaps and Secrets with values.
pub fn helm_request(release: &HelmRelease, find: &Find<'_>) -> HelmRequest {
    let composed = compose::compose(release, find);
    HelmRequest {
        chart: release.chart.clone(),
        release: release.release_name(),
        namespace: release.release_namespace().to_owned(),
        values: composed.values,
        crds: (release.install_crds, release.upgrade_crds),
        post_render: PostRender::of(release),
        gaps: composed.gaps,
        asked: composed.asked,
    }
}
