//! Components as claims speak of them: their namespace, who makes their Application, the charts they use.

use manifesto_evidence::{CensusComponent, ChartUse, Origin, Place, Side};
use manifesto_gitops::{AffectedComponent, Change};
use manifesto_tree::{Tree, TreePath};
use manifesto_yaml::{Dialect, Limits, Node, parse};

/// The components that the change touches.
pub(super) fn components(change: &Change) -> Vec<CensusComponent> {
    let component = |component: &AffectedComponent| {
        let path = component.path();
        let generator = component.deployment().and_then(|deployment| deployment.generated_by.as_ref());
        let is_generated = generator.is_some_and(|generator| generator.kind == "ApplicationSet");
        let namespaces: Vec<Option<String>> =
            sides(component).map(|side| namespace(change.tree(side), &path)).collect();
        // Where the sides differ, nothing is forced: a claim may mean either.
        let namespace = match namespaces.as_slice() {
            [first, rest @ ..] if rest.iter().all(|other| other == first) => first.clone(),
            _ => None,
        };
        CensusComponent { name: component.name.clone(), path, namespace, is_generated }
    };
    change.components.iter().map(component).collect()
}

fn sides(component: &AffectedComponent) -> impl Iterator<Item = Side> + use<'_> {
    Side::BOTH.into_iter().filter(|side| component.side(*side).is_some())
}

/// The namespace that a kustomization puts all its objects into.
fn namespace(tree: &Tree, directory: &TreePath) -> Option<String> {
    let (_, root) = kustomization(tree, directory)?;
    root.get("namespace")?.as_str().map(str::to_owned)
}

/// The charts of the components' own kustomizations, on both sides.
pub(super) fn charts(change: &Change) -> Vec<ChartUse> {
    let mut charts = Vec::new();
    for component in &change.components {
        for side in sides(component) {
            let Some((path, root)) = kustomization(change.tree(side), &component.path()) else { continue };
            let used = root.get("helmCharts").map(Node::items).unwrap_or_default();
            charts.extend(used.iter().filter_map(|chart| {
                let version = chart.get("version")?;
                let place = Place::line(path.clone(), version.mark.line);
                Some(ChartUse {
                    name: chart.get("name")?.as_str()?.to_owned(),
                    version: version.text()?.to_owned(),
                    origin: Origin::direct(side, place),
                })
            }));
        }
    }
    charts
}

/// The kustomization of a directory, with its path.
pub(super) fn kustomization(tree: &Tree, directory: &TreePath) -> Option<(TreePath, Node)> {
    const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
    let entry = NAMES.iter().find_map(|name| tree.entry(&directory.child(name)))?;
    let content = tree.read(entry).ok()?;
    let parsed = parse(&content, Dialect::SigsV2, &Limits::default());
    Some((entry.path.clone(), parsed.documents.first()?.root.clone()))
}
