//! Names for components that the repository does not name.

use std::collections::BTreeMap;

use manifesto_tree::TreePath;

use crate::component::Component;

/// What is to have a name.
#[derive(Debug)]
pub(crate) struct Bearer {
    path: TreePath,
    given: Option<String>,
    cluster: String,
}

impl Bearer {
    pub(crate) fn new(path: TreePath, component: Option<&Component>) -> Self {
        Self {
            path,
            given: component.and_then(|component| component.given_name.clone()),
            cluster: component.map_or_else(String::new, |component| component.cluster().to_owned()),
        }
    }
}

/// Directory names that say what kind of thing is inside, not which.
const GENERIC: &[&str] = &[
    "app",
    "base",
    "bases",
    "chart",
    "charts",
    "config",
    "default",
    "deploy",
    "deployment",
    "dist",
    "env",
    "envs",
    "helm",
    "install",
    "k8s",
    "kubernetes",
    "kustomize",
    "manifests",
    "overlay",
    "overlays",
    "release",
    "resources",
    "src",
];

/// Directory names that say where, not what: the name before them says what.
const PLACES: &[&str] = &[
    "dev",
    "development",
    "local",
    "preprod",
    "prod",
    "production",
    "qa",
    "stage",
    "staging",
    "test",
    "testing",
    "uat",
];

/// A name for each: its own or its last telling segment, with as much of the way before it as makes it unique, or with
/// the cluster where the way does not.
pub(crate) fn names(bearers: &[Bearer]) -> Vec<String> {
    let own: Vec<String> =
        bearers.iter().map(|bearer| bearer.given.clone().unwrap_or_else(|| name(&bearer.path))).collect();
    let mut namesakes: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, name) in own.iter().enumerate() {
        namesakes.entry(name).or_default().push(index);
    }
    let mut names = own.clone();
    for (name, indexes) in namesakes {
        if indexes.len() < 2 {
            continue;
        }
        let group: Vec<&TreePath> =
            indexes.iter().filter_map(|i| bearers.get(*i).map(|bearer| &bearer.path)).collect();
        // What is at one path goes to several clusters.
        let is_one = group.iter().all(|path| group.first() == Some(path));
        for index in indexes {
            let (Some(bearer), Some(slot)) = (bearers.get(index), names.get_mut(index)) else { continue };
            let distinction = if is_one { bearer.cluster.clone() } else { distinction(&bearer.path, &group) };
            if !distinction.is_empty() {
                *slot = format!("{distinction}/{name}");
            }
        }
    }
    tell_clusters_apart(&mut names, bearers);
    names
}

/// Names that are still the same get the cluster that the component goes to.
fn tell_clusters_apart(names: &mut [String], bearers: &[Bearer]) {
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for name in names.iter() {
        *count.entry(name.clone()).or_default() += 1;
    }
    for (name, bearer) in names.iter_mut().zip(bearers) {
        if count.get(name).is_some_and(|count| *count > 1) && !bearer.cluster.is_empty() {
            *name = format!("{}/{name}", bearer.cluster);
        }
    }
}

/// The last telling segment of a path.
pub(crate) fn name(path: &TreePath) -> String {
    let segments: Vec<&str> = path.segments().collect();
    let telling = segments.iter().rposition(|s| !GENERIC.contains(s) && !PLACES.contains(s));
    let Some(at) = telling else {
        return segments.last().map_or_else(|| "(root)".to_owned(), |last| (*last).to_owned());
    };
    let what = segments.get(at).copied().unwrap_or_default();
    let place = segments.iter().skip(at + 1).find(|s| PLACES.contains(s));
    place.map_or_else(|| what.to_owned(), |place| format!("{what}/{place}"))
}

/// The segments by which this path differs from its namesakes.
fn distinction(path: &TreePath, namesakes: &[&TreePath]) -> String {
    let own: Vec<&str> = path.segments().collect();
    let differs = |at: usize| namesakes.iter().any(|other| other.segments().nth(at) != own.get(at).copied());
    let first = (0..own.len()).find(|at| differs(*at)).unwrap_or(0);
    let unique = |length: usize| {
        let part = own.get(first..first + length);
        namesakes
            .iter()
            .filter(|other| {
                let segments: Vec<&str> = other.segments().collect();
                segments.get(first..first + length) == part
            })
            .count()
            == 1
    };
    let length = (1..=own.len().saturating_sub(first)).find(|length| unique(*length)).unwrap_or(1);
    own.get(first..first + length).unwrap_or_default().join("/")
}
