//! What an AppProject lets its Applications do (argo-cd, pkg/apis/application/v1alpha1/app_project_types.go,
//! IsSourcePermitted and isDestinationMatched).

use std::sync::Arc;

use globset::GlobBuilder;
use manifesto_objects::{Object, ObjectId};
use manifesto_tree::{Place, Side};
use manifesto_yaml::Node;

use crate::deployment::{Cluster, Deployment};
use crate::inventory::Inventory;
use crate::is_unknown;

/// An AppProject that refuses an Application: Argo CD then syncs nothing of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The Application.
    pub application: ObjectId,
    /// Where the Application is written.
    pub place: Place,
    /// The AppProject.
    pub project: ObjectId,
    /// Where the project lists what it permits.
    pub project_place: Place,
    /// What it does not permit.
    pub refused: Refused,
}

/// What a project does not permit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// A repository, or a registry of charts.
    Source(String),
    /// A cluster and a namespace.
    Destination {
        /// The cluster, as the Application names it.
        cluster: String,
        /// The namespace.
        namespace: String,
    },
}

/// What the project refuses of an Application, as far as both are known.
pub(crate) fn refusals(
    project: &Arc<Object>,
    deployment: &Deployment,
    inventory: &Inventory,
) -> Vec<Refusal> {
    let list = |field: &str| {
        let found = project.at(&["spec", field]);
        let node = found.or_else(|| project.at(&["spec"])).unwrap_or(&project.root);
        let items = found.map(Node::items).unwrap_or_default();
        (items, project.origin_at(Side::Head, node.mark).place)
    };
    let refusal = |project_place: &Place, refused| Refusal {
        application: deployment.definition.clone(),
        place: deployment.place.clone(),
        project: project.id.clone(),
        project_place: project_place.clone(),
        refused,
    };
    let mut found = Vec::new();
    let (patterns, place) = list("sourceRepos");
    let patterns: Vec<&str> = patterns.iter().filter_map(Node::as_str).collect();
    for repository in &deployment.repositories {
        if permits_source(&patterns, repository) == Some(false) {
            found.push(refusal(&place, Refused::Source(repository.clone())));
        }
    }
    let (items, place) = list("destinations");
    if let (Some(target), Some(namespace)) =
        (Target::of(&deployment.cluster, inventory), &deployment.namespace)
        && permits_destination(items, &target, namespace) == Some(false)
    {
        let cluster = target.name.or(target.server).unwrap_or_default();
        found.push(refusal(&place, Refused::Destination { cluster, namespace: namespace.clone() }));
    }
    found
}

fn permits_source(patterns: &[&str], repository: &str) -> Option<bool> {
    if is_unknown(repository) || patterns.iter().any(|pattern| is_unknown(pattern)) {
        return None;
    }
    let (repository, mut any) = (normalized(repository), false);
    for pattern in patterns {
        let (denied, pattern) = pattern.strip_prefix('!').map_or((false, *pattern), |denied| (true, denied));
        match (denied, is_match(&normalized(pattern), &repository, true)) {
            (true, true) => return Some(false),
            (true, false) | (false, true) => any = true,
            (false, false) => {}
        }
    }
    Some(any)
}

/// A destination, by what is known of it.
struct Target {
    name: Option<String>,
    server: Option<String>,
}

impl Target {
    fn of(cluster: &Cluster, inventory: &Inventory) -> Option<Self> {
        let declared = inventory.clusters.iter().flatten();
        Some(match cluster {
            Cluster::Unknown(_) => return None,
            Cluster::Own => Self {
                name: Some("in-cluster".to_owned()),
                server: Some("https://kubernetes.default.svc".to_owned()),
            },
            Cluster::Named(named) => {
                let known = declared.into_iter().find(|cluster| cluster.name == *named);
                let is_address = named.contains("://");
                Self {
                    name: Some(named.clone()).filter(|_| !is_address),
                    server: known.map_or_else(
                        || Some(named.clone()).filter(|_| is_address),
                        |cluster| Some(cluster.server.clone()),
                    ),
                }
            }
        })
    }
}

/// Whether a list of destinations has one; none when that depends on what is not known.
fn permits_destination(items: &[Node], target: &Target, namespace: &str) -> Option<bool> {
    let mut any = false;
    for item in items {
        let pattern = |key: &str| item.get(key).and_then(Node::as_str).unwrap_or_default();
        let [name, server, space] = ["name", "server", "namespace"].map(pattern);
        if [name, server, space].into_iter().any(is_unknown) {
            return None;
        }
        let is_hidden =
            |pattern: &str, known: &Option<String>| known.is_none() && !matches!(pattern, "" | "*");
        if is_hidden(name, &target.name) || is_hidden(server, &target.server) {
            return None;
        }
        let takes = |pattern: &str, known: &Option<String>| match known {
            Some(known) => takes(pattern, known),
            // It has one, whatever it is.
            None => pattern == "*",
        };
        let (by_name, by_server) = (takes(name, &target.name), takes(server, &target.server));
        let in_namespace = self::takes(space, namespace);
        let denies = |pattern: &str| pattern.starts_with('!');
        if (by_name || by_server) && in_namespace {
            any = true;
        } else if (!by_name && denies(name))
            || (!by_server && denies(server) && in_namespace)
            || (!in_namespace && denies(space) && by_server)
        {
            return Some(false);
        }
    }
    Some(any)
}

/// Whether a pattern matches; one with `!` before it matches what the rest does not.
fn takes(pattern: &str, text: &str) -> bool {
    match pattern.strip_prefix('!') {
        Some(denied) => !is_match(denied, text, false),
        None => is_match(pattern, text, false),
    }
}

fn is_match(pattern: &str, text: &str, has_separators: bool) -> bool {
    let glob =
        || Some(GlobBuilder::new(pattern).literal_separator(has_separators).build().ok()?.compile_matcher());
    pattern == "*" || pattern == text || glob().is_some_and(|glob| glob.is_match(text))
}

/// An address as projects compare it (util/git/git.go, NormalizeGitURL).
fn normalized(address: &str) -> String {
    let address = address.trim().to_lowercase();
    let is_scp =
        !address.contains("://") && address.split_once('@').is_some_and(|(_, rest)| rest.contains(':'));
    let address = if is_scp { address.replacen(':', "/", 1) } else { address };
    let address = address.strip_suffix(".git").unwrap_or(&address);
    address.strip_prefix("ssh://").unwrap_or(address).to_owned()
}

#[cfg(test)]
mod tests {
    use manifesto_yaml::{Dialect, Limits, parse};

    use super::{Target, permits_destination, permits_source};

    #[test]
    fn sources_are_permitted_by_patterns_and_denied_by_patterns_with_a_mark() {
        let fleet = "https://git.example.org/team/fleet.git";
        for (patterns, repository, expected) in [
            (&["*"][..], fleet, true),
            (&[], fleet, false),
            (&["https://git.example.org/Team/Fleet"], fleet, true),
            (&["https://git.example.org/*"], fleet, false),
            (&["https://git.example.org/**"], fleet, true),
            (&["https://git.example.org/*/fleet"], fleet, true),
            (&["*", "!https://git.example.org/team/fleet"], fleet, false),
            // A pattern that denies something else permits.
            (&["!https://git.example.org/team/other"], fleet, true),
            (&["ssh://git@git.example.org/team/fleet"], "git@git.example.org:team/fleet.git", true),
        ] {
            assert_eq!(permits_source(patterns, repository), Some(expected), "{patterns:?}");
        }
    }

    #[track_caller]
    fn check(items: &str, (name, server): (&str, &str), namespace: &str, expected: Option<bool>) {
        let parsed = parse(items.as_bytes(), Dialect::SigsV2, &Limits::default());
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let target = Target { name: text(name), server: text(server) };
        let items = parsed.documents.first().map(|document| document.root.items().to_vec()).unwrap();
        assert_eq!(permits_destination(&items, &target, namespace), expected);
    }

    #[test]
    fn destinations_are_permitted_by_cluster_and_namespace() {
        let own = ("in-cluster", "https://kubernetes.default.svc");
        check("[{server: '*', namespace: '*'}]", own, "web", Some(true));
        check("[{server: 'https://kubernetes.default.svc', namespace: 'web-*'}]", own, "web", Some(false));
        check("[{name: in-cluster, namespace: 'web*'}]", own, "web", Some(true));
        check("[{server: '*', namespace: '*'}, {server: '*', namespace: '!web'}]", own, "web", Some(false));
        check(
            "[{server: '*', namespace: '*'}, {server: '!https://other', namespace: '*'}]",
            own,
            "web",
            Some(true),
        );
    }

    #[test]
    fn what_is_not_known_of_a_destination_refuses_nothing() {
        check("[{server: 'https://one', namespace: '*'}]", ("east", ""), "web", None);
        check("[{name: east, namespace: '*'}]", ("", "https://one"), "web", None);
        check("[{server: '*', namespace: '*'}]", ("east", ""), "web", Some(true));
    }
}
