//! What Flux renders of the HelmReleases that a change touches, where their charts can be read.
//!
//! The objects of a release are in no file of the repository. They are compared only where both sides can be rendered:
//! otherwise that nobody looked is said, as it is of every HelmRelease that differs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use manifesto_helm::Values;
use manifesto_objects::{Object, ObjectId};
use manifesto_tree::{Gap, GapReason, Side, TreePath};
use manifesto_yaml::{Node, Writer, to_yaml};
use rayon::prelude::*;

use crate::chart::Release;
use crate::chart_store::ChartName;
use crate::flux::{
    self, ChartReference, CrdPolicy, Definition, Find, HelmRelease, HelmRequest, SourceKind, SourceReference,
    helm_request, post_render,
};
use crate::layout::{Engines, Layout, objects_in};
use crate::rendering::CHART_REMEDY;
use crate::revision::Revisions;
use crate::{AffectedComponent, ComponentSide, Rendering, namespace};

/// Which releases are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// Those that differ themselves, or whose charts or values do.
    Changed,
    /// Those that do not, and whose charts find other APIs in head than in base.
    OtherwiseServed,
}

/// Adds to each component what those of its HelmReleases render to. Returns those that were followed.
pub(crate) fn follow(
    engines: &Engines,
    revisions: &Revisions,
    components: &mut [AffectedComponent],
    which: Which,
) -> BTreeSet<ObjectId> {
    let mut followed = BTreeSet::new();
    let has_charts = !engines.charts.remote.is_empty();
    for component in components {
        let [before, after] = Side::BOTH.map(|side| releases(component.side(side)));
        let ids: BTreeSet<&ObjectId> = before.keys().chain(after.keys()).collect();
        for id in ids {
            let both = [before.get(id), after.get(id)];
            let is_same = matches!(both, [Some(before), Some(after)]
                if before.version == after.version && before.root == after.root);
            let is_told_otherwise = is_same && is_told_otherwise(engines, revisions, component, both);
            if (is_same && !is_told_otherwise) != (which == Which::OtherwiseServed) {
                continue;
            }
            if has_charts && follow_one(engines, revisions, component, both, which) {
                followed.insert(id.clone());
            } else if is_told_otherwise {
                // Nothing else says so: the release itself is the same.
                component.indirect.extend(both[1].map(|release| unseen(release)));
            }
        }
    }
    followed
}

/// Whether the chart of a release that does not differ does, or the values that it takes from other objects.
fn is_told_otherwise(
    engines: &Engines,
    revisions: &Revisions,
    component: &AffectedComponent,
    both: [Option<&Arc<Object>>; 2],
) -> bool {
    let told = |(side, release): (Side, Option<&Arc<Object>>)| {
        let (layout, own) = (&revisions.side(side).layout, component.side(side)?);
        let Some(Definition::HelmRelease(definition)) = Definition::read(release?) else { return None };
        let beside = &own.rendering.objects;
        let source = match definition.chart.as_ref()? {
            ChartReference::Template(template) => &template.source,
            ChartReference::Object(reference) => reference,
        };
        let source = any_source(layout, beside, source);
        let source = source.map(|source| (source.url, source.revision, source.chart, source.values_files));
        let find = finder(engines, layout, beside, &own.component.control);
        let values = (!definition.values_from.is_empty()).then(|| helm_request(&definition, &find).values);
        Some((source, values))
    };
    let [base, head] = [(Side::Base, both[0]), (Side::Head, both[1])].map(told);
    base != head && both[1].is_some_and(|release| !revisions.side(Side::Head).plan.deploys(&release.id))
}

/// What a release renders to that is the same with another chart or other values.
fn unseen(release: &Object) -> Gap {
    let detail =
        format!("{} is given another chart or other values, and is not rendered", release.id.short());
    let gap = Gap::new(GapReason::MissingChart, detail).at(release.origin(Side::Head).place);
    gap.remedy(CHART_REMEDY).on(Side::Head)
}

/// The kinds of objects that charts come from.
const SOURCES: &[&str] = &["OCIRepository", "HelmRepository", "HelmChart"];

/// The kinds and names of the sources of charts that differ.
pub(crate) fn changed_sources(components: &[AffectedComponent]) -> BTreeSet<(String, String)> {
    let on = |side: Side| -> BTreeMap<&ObjectId, &Node> {
        let objects = components.iter().filter_map(|component| component.side(side));
        let objects = objects.flat_map(|side| &side.rendering.objects);
        let sources = objects.filter(|object| SOURCES.contains(&object.id.kind.as_str()));
        sources.filter_map(|object| Some((&object.id, object.at(&["spec"])?))).collect()
    };
    let (base, head) = (on(Side::Base), on(Side::Head));
    let differs = base.iter().filter(|(id, spec)| head.get(*id).is_some_and(|head| head != *spec));
    differs.map(|(id, _)| (id.kind.clone(), id.name.clone())).collect()
}

/// The files with releases whose charts come from one of these sources.
pub(crate) fn files_using(
    engines: &Engines,
    layout: &Layout,
    sources: &BTreeSet<(String, String)>,
) -> Vec<TreePath> {
    let uses = |release: &Arc<Object>| {
        let Some(Definition::HelmRelease(definition)) = Definition::read(release) else { return false };
        let source = definition.chart.as_ref().map(|chart| match chart {
            ChartReference::Template(template) => &template.source,
            ChartReference::Object(reference) => reference,
        });
        source.is_some_and(|source| sources.contains(&(source.kind.clone(), source.name.clone())))
    };
    let files = layout.mentions.releases.par_iter();
    let using = files.filter(|file| {
        let entry = layout.tree.entry(file);
        let objects = entry.map(|entry| objects_in(engines, &layout.tree, entry)).unwrap_or_default();
        objects.iter().any(|object| is_release(object) && uses(object))
    });
    using.cloned().collect()
}

/// Notes the charts of all releases among the objects of a component.
pub(crate) fn want(engines: &Engines, layout: &Layout, objects: &[Arc<Object>]) {
    for release in objects.iter().filter(|object| is_release(object)) {
        let Some(Definition::HelmRelease(definition)) = Definition::read(release) else { continue };
        if let Some(chart) = Chart::of(layout, objects, &definition) {
            engines.charts.remote.want(chart.name().wanted());
        }
    }
}

pub(crate) fn is_release(object: &Object) -> bool {
    object.id.group == "helm.toolkit.fluxcd.io" && object.id.kind == "HelmRelease"
}

fn releases(side: Option<&ComponentSide>) -> BTreeMap<ObjectId, Arc<Object>> {
    let objects = side.into_iter().flat_map(|side| &side.rendering.objects);
    let releases = objects.filter(|object| is_release(object));
    releases.map(|object| (object.id.clone(), Arc::clone(object))).collect()
}

/// Renders a release on the sides that have it. Says whether every object of it is known there.
fn follow_one(
    engines: &Engines,
    revisions: &Revisions,
    component: &mut AffectedComponent,
    both: [Option<&Arc<Object>>; 2],
    which: Which,
) -> bool {
    let mut made = Vec::new();
    for (side, release) in Side::BOTH.into_iter().zip(both) {
        let (Some(release), Some(own)) = (release, component.side(side)) else { continue };
        let (beside, cluster) = (&own.rendering.objects, own.component.control.as_str());
        let render = |layout: &Layout| render(engines, layout, beside, cluster, release);
        let rendered = revisions.side(side).answering(engines, side, own.component.cluster(), &render);
        let Some(rendered) = rendered else { return false };
        made.push((side, rendered));
    }
    if which == Which::OtherwiseServed && !are_served_otherwise(made.iter().map(|(_, rendered)| rendered)) {
        return false;
    }
    let mut hiding =
        made.iter().flat_map(|(side, rendered)| rendered.gaps.iter().map(move |gap| (side, gap)));
    if let Some((side, gap)) = hiding.find(|(_, gap)| gap.hides_objects()) {
        component.indirect.push(gap.clone().on(*side));
        return false;
    }
    for (side, rendered) in made {
        component.indirect.extend(rendered.gaps.into_iter().map(|gap: Gap| gap.on(side)));
        let own = match side {
            Side::Base => component.base.as_mut(),
            Side::Head => component.head.as_mut(),
        };
        if let Some(own) = own {
            own.composed.extend(rendered.objects);
            own.rendering.releases.extend(rendered.releases);
        }
    }
    true
}

/// Whether charts found other APIs on one side than on the other.
pub(crate) fn are_served_otherwise<'r>(sides: impl Iterator<Item = &'r Rendering>) -> bool {
    let found: Vec<&BTreeSet<String>> = sides.map(|rendering| &rendering.served_apis).collect();
    found.windows(2).any(|pair| matches!(pair, [base, head] if base != head))
}

/// What a release renders to that stands beside these objects; none when its chart cannot be read.
fn render(
    engines: &Engines,
    layout: &Layout,
    beside: &[Arc<Object>],
    cluster: &str,
    release: &Arc<Object>,
) -> Option<Rendering> {
    let Some(Definition::HelmRelease(definition)) = Definition::read(release) else { return None };
    let chart = Chart::of(layout, beside, &definition)?;
    engines.charts.remote.want(chart.name().wanted());
    let find = finder(engines, layout, beside, cluster);
    let Asked { release: asked, request } = asked_release(layout, &definition, &find)?;
    let place = release.origin(Side::Head).place;
    let rendering = engines.charts.render_remote(chart.name(), asked, &place)?;
    Some(finished(engines, rendering, request))
}

/// What a release renders to whose chart may define kinds of objects; none of any other, and of none that cannot be read.
pub(crate) fn defining_kinds(
    engines: &Engines,
    layout: &Layout,
    beside: &[Arc<Object>],
    cluster: &str,
    release: &Arc<Object>,
) -> Option<Rendering> {
    let Some(Definition::HelmRelease(definition)) = Definition::read(release) else { return None };
    let chart = engines.charts.remote.find(Chart::of(layout, beside, &definition)?.name())?.ok()?;
    chart.may_define_kinds().then(|| render(engines, layout, beside, cluster, release))?
}

/// Finds what values are taken from: beside the release, or else wherever the repository has it.
fn finder<'f>(
    engines: &'f Engines,
    layout: &'f Layout,
    beside: &'f [Arc<Object>],
    cluster: &'f str,
) -> impl Fn(&ObjectId) -> Option<Arc<Object>> + 'f {
    move |id| {
        let beside = beside.iter().find(|object| object.id == *id).cloned();
        beside.or_else(|| layout.values.find(&engines.files, layout, cluster, id))
    }
}

/// What Helm is asked for, and what is done with its answer.
pub(crate) struct Asked {
    pub(crate) release: Release,
    pub(crate) request: HelmRequest,
}

/// What a HelmRelease has Helm render; none when its values cannot be written.
pub(crate) fn asked_release(layout: &Layout, definition: &HelmRelease, find: &Find<'_>) -> Option<Asked> {
    let request = helm_request(definition, find);
    let values = to_yaml(&request.values, Writer::Sigs).ok()?;
    let release = Release {
        name: request.release.clone(),
        namespace: request.namespace.clone(),
        values: Values::from_file("values.yaml", values.into_bytes()),
        kube_version: layout.inventory.kubernetes_version.clone(),
        api_versions: layout.inventory.api_versions.clone(),
        leaves_crds: request.crds.0 == CrdPolicy::Skip,
        values_place: Some(definition.place_at(&["values"])),
        ..Release::default()
    };
    Some(Asked { release, request })
}

/// What becomes of the objects behind Helm.
pub(crate) fn finished(engines: &Engines, mut rendering: Rendering, request: HelmRequest) -> Rendering {
    rendering.gaps.extend(request.gaps);
    let built = post_render(&engines.kustomize, std::mem::take(&mut rendering.objects), &request.post_render);
    rendering.objects = built.objects;
    rendering.gaps.extend(built.gaps);
    namespace::fill(&mut rendering.objects, &request.namespace);
    rendering
}

/// The chart that a release names.
struct Chart {
    repository: String,
    name: String,
    version: String,
}

impl Chart {
    fn of(layout: &Layout, beside: &[Arc<Object>], release: &HelmRelease) -> Option<Self> {
        match release.chart.as_ref()? {
            ChartReference::Template(template) if template.values_files.is_empty() => {
                let source = source(layout, beside, &template.source, SourceKind::Helm)?;
                let (name, version) = (template.chart.clone(), template.version.clone());
                Some(Self { repository: source.url, name, version })
            }
            ChartReference::Template(_) => None,
            ChartReference::Object(reference) => {
                let source = source(layout, beside, reference, SourceKind::Oci)?;
                let (repository, name) = source.url.rsplit_once('/')?;
                let version = source.version()?;
                Some(Self { repository: repository.to_owned(), name: name.to_owned(), version })
            }
        }
    }

    fn name(&self) -> ChartName<'_> {
        ChartName { repository: &self.repository, name: &self.name, range: &self.version }
    }
}

/// The source of a chart, if it is of this kind.
fn source(
    layout: &Layout,
    beside: &[Arc<Object>],
    wanted: &SourceReference,
    kind: SourceKind,
) -> Option<flux::Source> {
    any_source(layout, beside, wanted).filter(|source| source.kind == kind)
}

/// The source of a chart: beside the release, or else wherever the repository has it, if it is the same everywhere.
fn any_source(layout: &Layout, beside: &[Arc<Object>], wanted: &SourceReference) -> Option<flux::Source> {
    let is_wanted = |object: &&Arc<Object>| {
        (&*object.id.kind, &*object.id.name) == (&*wanted.kind, &*wanted.name)
            && object.id.namespace == wanted.namespace
    };
    let beside = beside.iter().find(is_wanted).and_then(flux::Source::of);
    beside.or_else(|| layout.source_named(&wanted.kind, &wanted.name, &["spec"]))
}
