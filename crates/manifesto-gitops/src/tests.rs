use std::fmt::Write as _;
use std::path::Path;

use manifesto_case::{Case, check_page};
use manifesto_tree::{GapReason, Side, TreePath};

use crate::names::{Bearer, names};
use crate::{AffectedComponent, Change, Component, Inventory, Session, Source};

/// What a case changes: components with their sources, what becomes of their objects, what is stale or was not read.
fn run(case: &Case, _kind: &str) -> String {
    let files = manifesto_tree::file_changes(&case.base, &case.head);
    let change = Change::between(&case.base, &case.head, files);
    let mut text = String::new();
    for (index, component) in change.components.iter().enumerate() {
        let _ = writeln!(
            text,
            "{}: {} > {}",
            component.name,
            side(component, Side::Base),
            side(component, Side::Head)
        );
        for object in change.objects.changes.iter().filter(|object| object.component == index) {
            let _ = writeln!(text, "  {} {}", object.kind.name(), object.id());
        }
    }
    for gap in change.gaps() {
        let side = gap.side.map_or("both", Side::name);
        let _ = writeln!(text, "gap ({side}) {gap}");
        // What to do about a chart that is elsewhere is always the same.
        for remedy in gap.remedy.iter().filter(|_| gap.reason != GapReason::MissingChart) {
            let _ = writeln!(text, "  {remedy}");
        }
    }
    for stale in &change.stale {
        let _ = writeln!(text, "stale {:?} {} of {}", stale.kind, stale.rendered, stale.source);
    }
    for file in &change.not_analysed {
        let _ = writeln!(text, "not analysed {} ({})", file.path, file.what);
    }
    text
}

fn side(component: &AffectedComponent, side: Side) -> String {
    let Some(side) = component.side(side) else { return "-".to_owned() };
    let sources: Vec<String> = side.component.sources().map(source).collect();
    sources.join(" + ") + &deployment(&side.component)
}

fn deployment(component: &Component) -> String {
    let Some(deployment) = &component.deployment else { return String::new() };
    let namespace = deployment.namespace.as_deref().unwrap_or("?");
    let (by, cluster) = (deployment.definition.short(), deployment.cluster.label());
    format!(" by {by} to {cluster}/{namespace}, {:?}", deployment.sync)
}

fn source(source: &Source) -> String {
    match source {
        Source::Kustomization { directory, options } => {
            format!("kustomization {directory}{}", if options.is_some() { " with options" } else { "" })
        }
        Source::Rendered { directory, from } => format!("rendered {directory} from {from}"),
        Source::Manifests { directory, recurse: false, .. } => format!("manifests {directory}"),
        Source::Manifests { directory, recurse: true, .. } => format!("manifests below {directory}"),
        Source::Chart { directory, .. } => format!("chart {directory}"),
        Source::HelmRelease { directory, .. } => format!("release of {directory}"),
        Source::ResourceSet { directory, .. } => format!("resource set in {directory}"),
        Source::FluxKustomization { directory, .. } => format!("flux {directory}"),
        Source::RemoteChart { name, version, .. } => format!("chart {name} {version}"),
        Source::Elsewhere { detail, .. } => format!("elsewhere: {detail}"),
    }
}

/// What a case deploys in head.
fn list(case: &Case, _kind: &str) -> String {
    let listing = Session::default().listing(&case.head, &Inventory::default());
    let mut text = String::new();
    for listed in &listing.components {
        let sources: Vec<String> = listed.component.sources().map(source).collect();
        let _ = writeln!(text, "{}: {}", listed.name, sources.join(" + ") + &deployment(&listed.component));
        for object in listed.objects().iter().filter(|object| !object.id.namespace.is_empty()) {
            let _ = writeln!(text, "  {}", object.id);
        }
    }
    for duplicate in &listing.duplicates {
        let places: Vec<String> = duplicate.places.iter().map(ToString::to_string).collect();
        let _ = writeln!(text, "duplicate {} {}", duplicate.definition, places.join(" "));
    }
    for gap in listing.gaps.iter().chain(listing.components.iter().flat_map(|listed| &listed.rendering.gaps))
    {
        let _ = writeln!(text, "gap {gap}");
    }
    text
}

#[test]
fn application_sets_generate_as_argo_cd_does() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/application_sets.md");
    let failures = check_page(&page, &["components"], &[], list);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn components_are_found_without_configuration() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/components.md");
    let failures = check_page(&page, &["change"], &[], run);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn charts_find_the_apis_that_the_repository_installs() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/served_apis.md");
    let failures = check_page(&page, &["change"], &[], run);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[track_caller]
fn check_names(paths: &[&str], expected: &[&str]) {
    let bearers: Vec<Bearer> =
        paths.iter().map(|path| Bearer::new(TreePath::new(path).unwrap(), None)).collect();
    assert_eq!(names(&bearers), expected);
}

#[test]
fn names_tell_which_not_what_kind() {
    check_names(&["apps/web", "apps/db/overlays/prod", "apps/api/base"], &["web", "db/prod", "api"]);
    check_names(&["kubernetes/apps/media/jellyfin/app"], &["jellyfin"]);
    check_names(&["", "base"], &["(root)", "base"]);
}

#[test]
fn namesakes_are_told_apart_by_where_they_are() {
    check_names(
        &["projects/amiya/src/infra/tailscale", "projects/lungmen/src/infra/tailscale"],
        &["amiya/tailscale", "lungmen/tailscale"],
    );
    check_names(&["a/x/web", "a/y/web", "b/x/web"], &["a/x/web", "a/y/web", "b/web"]);
}
