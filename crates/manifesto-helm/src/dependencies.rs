//! Which of a chart's charts take part in a release, under which names and with which values
//! (pkg/chart/v2/util/dependencies.go).

use std::collections::BTreeSet;
use std::sync::Arc;

use manifesto_gotmpl::{Constraint, Map, Str, Value, Version, value_of};

use crate::chart::{Chart, Dependency, ImportValue};
use crate::error::{ErrorKind, HelmError};
use crate::values::{
    as_table, at_path, coalesce_values, deep_copy, empty_table, merge_tables, merge_values, table_at,
};

/// A path of `import-values` may be so deep.
const PATH_DEPTH_MAX: usize = 100;

/// A chart as it takes part in one release.
#[derive(Debug, Clone)]
pub(crate) struct Release {
    pub(crate) chart: Arc<Chart>,
    /// Its name, or the alias that it goes by.
    pub(crate) name: String,
    /// Its defaults, later with those of the charts in it.
    pub(crate) values: Map,
    /// What it says that it needs; none where it says nothing. Later what of that is on.
    pub(crate) needs: Option<Vec<Need>>,
    pub(crate) charts: Vec<Self>,
    /// Where its parent was when it was loaded; none for what was put below a parent since.
    pub(crate) loaded_below: Option<String>,
}

/// A dependency, and what was imported from it.
#[derive(Debug, Clone)]
pub(crate) struct Need {
    pub(crate) dependency: Dependency,
    /// Child and parent paths.
    pub(crate) imported: Vec<(String, String)>,
}

impl Release {
    /// The chart as it was loaded.
    pub(crate) fn new(chart: &Arc<Chart>) -> Self {
        Self::below(chart, None)
    }

    fn below(chart: &Arc<Chart>, parent: Option<&str>) -> Self {
        let path = parent
            .map_or_else(|| chart.name().to_owned(), |parent| format!("{parent}/charts/{}", chart.name()));
        let need = |dependency: &Dependency| Need { dependency: dependency.clone(), imported: Vec::new() };
        Self {
            chart: Arc::clone(chart),
            name: chart.name().to_owned(),
            values: as_table(&value_of(&chart.values)).unwrap_or_else(empty_table),
            needs: chart.metadata.dependencies.as_ref().map(|needs| needs.iter().map(need).collect()),
            charts: chart.charts.iter().map(|inner| Self::below(inner, Some(&path))).collect(),
            loaded_below: parent.map(str::to_owned),
        }
    }

    /// `CheckDependencies`: what the chart names has to be there, whatever its version.
    pub(crate) fn check(&self) -> Result<(), HelmError> {
        let here = |name: &str| self.charts.iter().any(|inner| inner.name == name);
        let needs = self.needs.iter().flatten().map(|need| need.dependency.name.as_str());
        let missing: Vec<&str> = needs.filter(|name| !here(name)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let message = format!(
            "an error occurred while checking for chart dependencies. You may need to run `helm dependency build` to \
             fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: {}",
            missing.join(", ")
        );
        Err(HelmError::new(ErrorKind::Dependency, message))
    }

    /// `ProcessDependencies`.
    pub(crate) fn process(&mut self, values: &Map) -> Result<(), HelmError> {
        let failed = |error: HelmError| error.context("chart dependencies processing failed");
        self.enable(values, "").map_err(failed)?;
        self.import_all().map_err(failed)
    }

    /// `processDependencyEnabled`.
    fn enable(&mut self, values: &Map, path: &str) -> Result<(), HelmError> {
        let Some(mut needs) = self.needs.take() else { return Ok(()) };
        self.charts = self.named(&mut needs);
        let values = coalesce_values(self, values)?;
        switch_by_tags(&mut needs, &values);
        switch_by_conditions(&mut needs, &values, path);
        let off: BTreeSet<String> = needs
            .iter()
            .filter(|need| !need.dependency.enabled)
            .map(|need| need.dependency.name.clone())
            .collect();
        self.charts.retain(|inner| !off.contains(&inner.name));
        needs.retain(|need| !off.contains(&need.dependency.name));
        for inner in &mut self.charts {
            let path = format!("{path}{}.", inner.name);
            inner.enable(&values, &path)?;
        }
        self.needs = (!needs.is_empty()).then_some(needs);
        Ok(())
    }

    /// The charts that are there without being named, and those that are, as often as they are and under their aliases.
    fn named(&self, needs: &mut [Need]) -> Vec<Self> {
        let unnamed = |inner: &&Self| !needs.iter().any(|need| need.is(inner));
        let mut charts: Vec<Self> = self.charts.iter().filter(unnamed).cloned().collect();
        for need in needs {
            if let Some(found) = self.charts.iter().find(|inner| need.is(inner)) {
                let mut found = found.clone();
                for inner in &mut found.charts {
                    inner.loaded_below = None;
                }
                if !need.dependency.alias.is_empty() {
                    found.name.clone_from(&need.dependency.alias);
                }
                charts.push(found);
            }
            if !need.dependency.alias.is_empty() {
                need.dependency.name.clone_from(&need.dependency.alias);
            }
            need.dependency.enabled = true;
        }
        for chart in &mut charts {
            chart.loaded_below = None;
        }
        charts
    }

    /// `processDependencyImportValues`, from the inside out.
    fn import_all(&mut self) -> Result<(), HelmError> {
        for inner in &mut self.charts {
            inner.import_all()?;
        }
        let Some(mut needs) = self.needs.take() else { return Ok(()) };
        let values = merge_values(self, &empty_table())?;
        let imported = empty_table();
        for need in &mut needs {
            need.import(&values, &imported)?;
        }
        let values = as_table(&deep_copy(&Value::Map(values))).unwrap_or_else(empty_table);
        merge_tables(&values, &imported);
        self.values = values;
        self.needs = Some(needs);
        Ok(())
    }
}

impl Need {
    fn is(&self, chart: &Release) -> bool {
        chart.name == self.dependency.name
            && is_in_range(&self.dependency.version, &chart.chart.metadata.version)
    }

    fn import(&mut self, values: &Map, into: &Map) -> Result<(), HelmError> {
        for import in &self.dependency.import_values {
            let (child, parent) = match import {
                ImportValue::Path { child, parent } => (child.clone(), parent.clone()),
                ImportValue::Export(key) => (format!("exports.{key}"), ".".to_owned()),
            };
            let table = table_at(values, &format!("{}.{child}", self.dependency.name));
            self.imported.push((child, parent.clone()));
            // What is not there is passed over.
            let Some(table) = table else { continue };
            if parent.split('.').count() > PATH_DEPTH_MAX {
                return Err(HelmError::budget("depth of a path of import-values"));
            }
            merge_tables(into, &nested(&parent, table));
        }
        Ok(())
    }
}

/// `pathToMap`.
fn nested(path: &str, table: Map) -> Map {
    if path == "." {
        return table;
    }
    path.rsplit('.').fold(table, |inner, key| {
        let outer = empty_table();
        outer.set(Str::from(key), Value::Map(inner));
        outer
    })
}

/// `IsCompatibleRange`: false too when one of them cannot be read.
pub(crate) fn is_in_range(range: &str, version: &str) -> bool {
    let Ok(version) = Version::parse(version) else { return false };
    Constraint::parse(range).is_ok_and(|range| range.allows(&version))
}

/// The version that a chart repository would give for a version or a range: that very one if it is there, else the newest in the
/// range. An empty range takes the newest that is no pre-release (pkg/repo/v1/index.go, IndexFile.Get).
pub fn newest_in_range(range: &str, versions: &[String]) -> Option<String> {
    if let Some(exact) = versions.iter().find(|version| *version == range) {
        return Some(exact.clone());
    }
    let range = Constraint::parse(if range.is_empty() { "*" } else { range }).ok()?;
    let parsed = versions.iter().filter_map(|text| Some((Version::parse(text).ok()?, text)));
    let newest = parsed.filter(|(version, _)| range.allows(version)).max_by(|(a, _), (b, _)| a.compare(b));
    newest.map(|(_, text)| text.clone())
}

/// `processDependencyTags`: one tag that is on is enough.
fn switch_by_tags(needs: &mut [Need], values: &Map) {
    let Some(tags) = table_at(values, "tags") else { return };
    for need in needs {
        let states: Vec<bool> = need
            .dependency
            .tags
            .iter()
            .filter_map(|tag| match tags.get(tag.as_bytes()) {
                Some(Value::Bool(on)) => Some(on),
                _ => None,
            })
            .collect();
        need.dependency.enabled = states.is_empty() || states.contains(&true);
    }
}

/// `processDependencyConditions`: the first path that leads to true or false decides.
fn switch_by_conditions(needs: &mut [Need], values: &Map, path: &str) {
    for need in needs {
        let paths = need.dependency.condition.trim().split(',').filter(|part| !part.is_empty());
        let state = paths.into_iter().find_map(|part| match at_path(values, &format!("{path}{part}")) {
            Some(Value::Bool(on)) => Some(on),
            _ => None,
        });
        if let Some(on) = state {
            need.dependency.enabled = on;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::newest_in_range;

    #[test]
    fn of_a_range_the_newest_version_is_taken() {
        let versions = ["1.9.0", "1.10.0", "v2.0.0", "3.0.0-rc.1"].map(str::to_owned);
        for (range, expected) in [
            ("1.9.0", Some("1.9.0")),
            ("^1.0.0", Some("1.10.0")),
            ("2.0.0", Some("v2.0.0")),
            ("", Some("v2.0.0")),
            (">=3.0.0-0", Some("3.0.0-rc.1")),
            ("4.x", None),
            ("no range", None),
        ] {
            assert_eq!(newest_in_range(range, &versions).as_deref(), expected, "{range}");
        }
    }
}
