//! `manifesto render --origins`: where each object comes from, instead of the object.

use std::fmt::Write as _;

use manifesto_helm::{Manifest, ReadValue, Rendered, ValueSource};
use manifesto_kustomize::Resource;
use manifesto_tree::Place;

/// The objects of a kustomization, each with the lines that led to it.
pub(super) fn of_resources(resources: &[Resource]) -> String {
    let mut text = String::new();
    for resource in resources {
        let mark = resource.root.mark;
        let file = resource.files.get(mark.file as usize).or(resource.files.first());
        let place =
            file.map(|file| format!("  {}", Place::line(file.clone(), mark.line))).unwrap_or_default();
        let field = |path: &[&str]| resource.root.path(path).and_then(|node| node.as_str()).unwrap_or("?");
        let _ = writeln!(text, "{}/{}{place}", field(&["kind"]), field(&["metadata", "name"]));
        for place in resource.via.iter() {
            let _ = writeln!(text, "  by {place}");
        }
    }
    text
}

/// The objects of a chart, each with its template and the values that this reads.
pub(super) fn of_chart(rendered: &Rendered) -> String {
    let mut text = String::new();
    let crds: Vec<Manifest> = rendered.crds().collect();
    for manifest in crds.iter().chain(&rendered.manifests) {
        let field = |path: &[&str]| manifest.root.path(path).and_then(|node| node.as_str()).unwrap_or("?");
        let place = manifest.place.as_ref().filter(|place| place.line > 0);
        let place = place.map_or_else(|| manifest.source.clone(), Place::to_string);
        let _ = writeln!(text, "{}/{}  {place}", field(&["kind"]), field(&["metadata", "name"]));
        for value in manifest.values.iter() {
            let _ = writeln!(text, "  {}  {}", value.path.join("."), source(value));
        }
    }
    text
}

fn source(value: &ReadValue) -> String {
    let at = |what: &str, place: &Option<Place>| match place {
        Some(place) => format!("{what} {place}"),
        None => what.to_owned(),
    };
    match &value.source {
        ValueSource::Nobody => "not set".to_owned(),
        ValueSource::Default(place) => at("default", place),
        ValueSource::Given(place) => at("given", place),
    }
}
