//! Permissions in few words.

use std::collections::{BTreeMap, BTreeSet};

use manifesto_cluster::permissions::{ANY, Grants, HeldPower, Reach, Source, Target};
use manifesto_evidence::Prose;

/// How many powers are told before the rest is counted.
const POWERS_MAX: usize = 4;

/// How many groups of permissions are told before the rest is counted.
const GROUPS_MAX: usize = 4;

/// How many resources, names or namespaces of a group are named.
const NAMED_MAX: usize = 4;

/// "can now read Secrets (KSV041, C-0015); new: `get` on `secrets`; gone: `list` on `pods`".
pub(super) fn difference(held: &[&HeldPower], gained: &Grants, lost: &Grants) -> Prose {
    let clauses = [
        (!held.is_empty()).then(|| powers(Prose::from("can now "), held)),
        (!gained.is_empty()).then(|| grants(Prose::from("new: "), gained)),
        (!lost.is_empty()).then(|| grants(Prose::from("gone: "), lost)),
    ];
    clauses.into_iter().flatten().fold(Prose::new(), |prose, clause| {
        if prose.is_empty() { clause } else { prose.words("; ").prose(clause) }
    })
}

/// "read Secrets in all namespaces (KSV041, C-0015), start pods … in `web`".
fn powers(mut prose: Prose, powers: &[&HeldPower]) -> Prose {
    for (index, held) in powers.iter().take(POWERS_MAX).enumerate() {
        prose = prose.words(if index == 0 { "" } else { ", " }).words(held.power.lets);
        if let Some(names) = &held.names {
            prose = prose.words(" (only of ").list(names, NAMED_MAX).words(")");
        }
        prose = match &held.reach {
            Reach::Everywhere => prose,
            Reach::Namespace(namespace) => prose.words(" in ").code(namespace),
        };
        if !held.power.known_as.is_empty() {
            prose = prose.words(format!(" ({})", held.power.known_as));
        }
    }
    more(prose, powers.len().saturating_sub(POWERS_MAX))
}

fn more(prose: Prose, rest: usize) -> Prose {
    if rest == 0 { prose } else { prose.words(format!(" and {rest} more")) }
}

/// "`get, list` on `pods` and `services` in `web`; what ClusterRole `view` gives in `ops`".
fn grants(mut prose: Prose, grants: &Grants) -> Prose {
    let (whole, parts) = whole_roles(grants);
    let groups = groups(&parts);
    let mut separator = "";
    for (role, namespaces) in &whole {
        prose = prose.words(separator).words("what ClusterRole ").code(role).words(" gives");
        prose = places(prose, namespaces);
        separator = ", ";
    }
    for group in groups.iter().take(GROUPS_MAX) {
        prose = prose.words(separator).code(&group.verbs).words(" on ").list(&group.targets, NAMED_MAX);
        prose = places(prose, &group.namespaces);
        separator = ", ";
    }
    more(prose, groups.len().saturating_sub(GROUPS_MAX))
}

fn places(prose: Prose, namespaces: &[String]) -> Prose {
    if namespaces.is_empty() { prose } else { prose.words(" in ").list(namespaces, NAMED_MAX) }
}

/// The roles of the cluster itself that are given, with the namespaces (none means everywhere), and what else is given.
/// What such a role permits is known to the reader.
fn whole_roles(grants: &Grants) -> (Vec<(String, Vec<String>)>, Grants) {
    let mut whole: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut parts = Grants::default();
    for (reach, target, verbs) in grants.iter() {
        for (verb, source) in verbs {
            let Some(role) = own_role(source) else {
                parts.insert(reach, target, verb, source);
                continue;
            };
            let namespaces = whole.entry(role.to_owned()).or_default();
            if let Reach::Namespace(namespace) = reach {
                namespaces.insert(namespace.clone());
            }
        }
    }
    (whole.into_iter().map(|(role, namespaces)| (role, namespaces.into_iter().collect())).collect(), parts)
}

/// The role of the cluster itself that a permission comes from.
fn own_role(source: &Source) -> Option<&str> {
    let binding = source.binding.as_ref().filter(|_| source.rule.is_none())?;
    binding.at(&["roleRef", "name"])?.text()
}

/// Targets that the same verbs are permitted on, and where; no namespace means everywhere.
struct Group {
    verbs: String,
    targets: Vec<String>,
    namespaces: Vec<String>,
}

fn groups(grants: &Grants) -> Vec<Group> {
    type Targets = BTreeMap<(String, String), BTreeSet<String>>;
    let mut by_verbs: BTreeMap<(&Reach, String), Targets> = BTreeMap::new();
    for (reach, target, verbs) in grants.iter() {
        let verbs: Vec<&str> = verbs.keys().map(String::as_str).collect();
        let targets = by_verbs.entry((reach, verbs.join(", "))).or_default();
        let (group, resource, name) = match target {
            Target::Resource { group, resource, name } => (group.clone(), resource.clone(), name.clone()),
            Target::Url(url) => (String::new(), url.clone(), None),
        };
        targets.entry((group, resource)).or_default().extend(name);
    }
    let mut by_targets: BTreeMap<(String, Vec<String>), Vec<String>> = BTreeMap::new();
    for ((reach, verbs), targets) in by_verbs {
        let targets =
            targets.iter().map(|((group, resource), names)| shown(group, resource, names)).collect();
        let namespaces = by_targets.entry((verbs, targets)).or_default();
        if let Reach::Namespace(namespace) = reach {
            namespaces.push(namespace.clone());
        }
    }
    let mut groups: Vec<Group> = by_targets
        .into_iter()
        .map(|((verbs, targets), namespaces)| Group { verbs, targets, namespaces })
        .collect();
    groups.sort_by_key(|group| (group.verbs != ANY, std::cmp::Reverse(group.targets.len())));
    groups
}

/// `deployments.apps`, `secrets[a, b]`, `*.*`.
fn shown(group: &str, resource: &str, names: &BTreeSet<String>) -> String {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let names = if names.is_empty() { String::new() } else { format!("[{}]", names.join(", ")) };
    let group = if group.is_empty() { String::new() } else { format!(".{group}") };
    format!("{resource}{group}{names}")
}

/// Whether all resources of a group, or all verbs on secrets and the like, are among them.
pub(super) fn has_wildcard(grants: &Grants) -> bool {
    grants.iter().any(|(_, target, verbs)| {
        let all_resources = matches!(target, Target::Resource { resource, .. } if resource == ANY);
        all_resources
            || (verbs.contains_key(ANY) && matches!(target, Target::Resource { group, .. } if group == ANY))
    })
}
