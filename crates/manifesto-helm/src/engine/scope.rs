//! What templates see as their dot (`recAllTpls` in pkg/engine/engine.go).

use std::collections::BTreeMap;
use std::sync::Arc;

use manifesto_gotmpl::{Map, MapKind, Str, Value};

use super::{Renderable, files, values_object};
use crate::chart::{Maintainer, clean};
use crate::dependencies::{Need, Release};
use crate::values::{empty_table, table_at};

/// What is the same for all charts of a release.
#[derive(Debug)]
pub(crate) struct Top {
    /// `.Values` of the outermost chart.
    pub(crate) values: Map,
    /// `.Release`.
    pub(crate) release: Value,
    /// `.Capabilities`.
    pub(crate) capabilities: Value,
}

/// All templates of a release by their paths. Of two with one path, the last one counts.
pub(super) fn all_templates(release: &Release, top: &Top) -> BTreeMap<String, Renderable> {
    let mut templates = BTreeMap::new();
    collect(release, top, None, &mut templates);
    templates
}

/// The chart above: what its templates see, and where it is.
struct Parent<'p> {
    scope: &'p Map,
    path: &'p str,
}

fn collect(
    release: &Release,
    top: &Top,
    parent: Option<&Parent<'_>>,
    templates: &mut BTreeMap<String, Renderable>,
) -> Map {
    let subcharts = empty_table();
    let values = match parent {
        None => top.values.clone(),
        Some(parent) => {
            table_at(parent.scope, &format!("Values.{}", release.name)).unwrap_or_else(empty_table)
        }
    };
    let scope = Map::new(
        MapKind::Any,
        BTreeMap::from([
            (Str::from("Chart"), metadata(release, parent.is_none())),
            (Str::from("Files"), files::Files::of(&release.chart.files)),
            (Str::from("Release"), top.release.clone()),
            (Str::from("Capabilities"), top.capabilities.clone()),
            (Str::from("Values"), Value::Map(values.clone())),
            (Str::from("Subcharts"), Value::Map(subcharts.clone())),
        ]),
    );
    let path = full_path(release, parent.map(|parent| parent.path));
    for inner in &release.charts {
        let below = collect(inner, top, Some(&Parent { scope: &scope, path: &path }), templates);
        subcharts.set(Str::from(inner.name.as_str()), Value::Map(below));
    }
    scope.set(Str::from("Values"), values_object::typed(&values));
    for (index, template) in release.chart.templates.iter().enumerate() {
        let name = &template.file.name;
        if release.chart.metadata.is_library() && !super::is_partial(name) {
            continue;
        }
        let renderable = Renderable {
            release_chart: Arc::clone(&release.chart),
            index,
            values: scope.clone(),
            base_path: clean(&format!("{path}/templates")),
        };
        templates.insert(clean(&format!("{path}/{name}")), renderable);
    }
    scope
}

/// `ChartFullPath`.
pub(crate) fn full_path(release: &Release, parent: Option<&str>) -> String {
    match release.loaded_below.as_deref().or(parent) {
        None => release.name.clone(),
        Some(parent) => format!("{parent}/charts/{}", release.name),
    }
}

fn list(values: impl IntoIterator<Item = Value>) -> Value {
    Value::list(values.into_iter().collect())
}

fn texts(texts: &[String]) -> Value {
    list(texts.iter().map(|text| Value::str(text.as_str())))
}

fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::map(entries.map(|(key, value)| (Str::from(key), value)))
}

/// `.Chart`: since version 4 of Helm a map that is made of the struct, with the names of its fields.
fn metadata(release: &Release, is_root: bool) -> Value {
    let chart = &release.chart.metadata;
    let text = |text: &String| Value::str(text.as_str());
    let annotations = match &chart.annotations {
        None => Map::nil(MapKind::Str),
        Some(annotations) => Map::new(
            MapKind::Str,
            annotations.iter().map(|(key, value)| (Str::from(key.as_str()), text(value))).collect(),
        ),
    };
    map([
        ("Name", text(&release.name)),
        ("Home", text(&chart.home)),
        ("Sources", texts(&chart.sources)),
        ("Version", text(&chart.version)),
        ("Description", text(&chart.description)),
        ("Keywords", texts(&chart.keywords)),
        ("Maintainers", list(chart.maintainers.iter().map(maintainer))),
        ("Icon", text(&chart.icon)),
        ("APIVersion", text(&chart.api_version)),
        ("Condition", text(&chart.condition)),
        ("Tags", text(&chart.tags)),
        ("AppVersion", text(&chart.app_version)),
        ("Deprecated", Value::Bool(chart.deprecated)),
        ("Annotations", Value::Map(annotations)),
        ("KubeVersion", text(&chart.kube_version)),
        ("Dependencies", list(release.needs.iter().flatten().map(need))),
        ("Type", text(&chart.chart_type)),
        ("IsRoot", Value::Bool(is_root)),
    ])
}

fn maintainer(maintainer: &Maintainer) -> Value {
    map([
        ("Name", Value::str(maintainer.name.as_str())),
        ("Email", Value::str(maintainer.email.as_str())),
        ("URL", Value::str(maintainer.url.as_str())),
    ])
}

fn need(need: &Need) -> Value {
    let dependency = &need.dependency;
    let import = |(child, parent): &(String, String)| {
        let entries = [("child", child), ("parent", parent)];
        let entries = entries.map(|(key, value)| (Str::from(key), Value::str(value.as_str())));
        Value::Map(Map::new(MapKind::Str, BTreeMap::from(entries)))
    };
    map([
        ("Name", Value::str(dependency.name.as_str())),
        ("Version", Value::str(dependency.version.as_str())),
        ("Repository", Value::str(dependency.repository.as_str())),
        ("Condition", Value::str(dependency.condition.as_str())),
        ("Tags", texts(&dependency.tags)),
        ("Enabled", Value::Bool(dependency.enabled)),
        ("ImportValues", list(need.imported.iter().map(import))),
        ("Alias", Value::str(dependency.alias.as_str())),
    ])
}
