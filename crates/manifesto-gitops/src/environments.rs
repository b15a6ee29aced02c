//! Charts that no definition deploys: somebody installs them, once for each environment.
//!
//! Teams that call Helm themselves keep a file of values for each environment beside `values.yaml`. Which file goes where
//! is in their scripts, but that each of them is used with the chart is plain from its name.

use manifesto_tree::{Tree, TreePath};
use manifesto_yaml::{Mapping, Node};

use crate::argocd::SourceOptions;
use crate::component::{Component, Source};
use crate::names;

/// What files of values are called for that nobody installs.
const SHOWN_ONLY: &[&str] =
    &["ci", "default", "defaults", "example", "examples", "sample", "schema", "template", "test", "tests"];

/// The components of a chart: one for each environment that it has values for, else one with its own values.
pub(crate) fn of_chart(tree: &Tree, chart: &TreePath, cluster: &str) -> Vec<Component> {
    let files = tree.files_in(chart);
    let found: Vec<Component> = files
        .filter_map(|entry| {
            let file = entry.path.file_name();
            Some(component(chart, environment(file)?, file, cluster))
        })
        .collect();
    if found.is_empty() { vec![component_with(chart, None, cluster)] } else { found }
}

/// Whether a file holds values of a chart for one environment: the others do not read it.
pub(crate) fn is_for_one(chart: &TreePath, file: &TreePath) -> bool {
    file.parent().as_ref() == Some(chart) && environment(file.file_name()).is_some()
}

/// The environment that a file of values is for: `prod` of `values-prod.yaml` and `prod.values.yml`.
fn environment(file: &str) -> Option<&str> {
    let stem = file.strip_suffix(".yaml").or_else(|| file.strip_suffix(".yml"))?;
    let separators = ['-', '.', '_'];
    let behind = stem.strip_prefix("values").and_then(|rest| rest.strip_prefix(separators));
    let before = stem.strip_suffix("values").and_then(|rest| rest.strip_suffix(separators));
    let name = behind.or(before).filter(|name| !name.is_empty())?;
    (!name.split(separators).any(|word| SHOWN_ONLY.contains(&word))).then_some(name)
}

fn component(chart: &TreePath, name: &str, file: &str, cluster: &str) -> Component {
    let options = Node::mapping(Mapping::from_iter([("valueFiles", Node::sequence([Node::string(file)]))]));
    let mut component = component_with(chart, Some(SourceOptions(options)), cluster);
    component.given_name = Some(format!("{}/{name}", names::name(chart)));
    if component.control.is_empty() {
        name.clone_into(&mut component.control);
    }
    component
}

fn component_with(chart: &TreePath, options: Option<SourceOptions>, cluster: &str) -> Component {
    let source = Source::Chart { directory: chart.clone(), options, references: Vec::new() };
    Component::undeployed(chart.clone(), source, cluster)
}

#[cfg(test)]
mod tests {
    use super::environment;

    #[test]
    fn files_of_values_are_called_for_their_environment() {
        for (file, expected) in [
            ("values-prod.yaml", Some("prod")),
            ("values.eu-west.yml", Some("eu-west")),
            ("staging.values.yaml", Some("staging")),
            ("values.yaml", None),
            ("values.schema.json", None),
            ("values-ci.yaml", None),
            ("values-example-prod.yaml", None),
            ("defaultvalues.yaml", None),
        ] {
            assert_eq!(environment(file), expected, "{file}");
        }
    }
}
