//! Rules of roles, one permission at a time.

use std::sync::Arc;

use manifesto_objects::Object;
use manifesto_yaml::{Mark, Node};

use super::permission::{ANY, Target};

/// The most permissions that one role is taken apart into; the largest roles of public charts have some two thousand.
const ROLE_PERMISSIONS_MAX: usize = 20_000;

/// One rule of a role.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) verbs: Vec<String>,
    pub(super) targets: Vec<Target>,
    /// The role and the line; none for roles of the cluster itself.
    pub(super) source: Option<(Arc<Object>, Mark)>,
}

/// Two rules are equal when they permit the same in the same words, wherever they stand.
impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        (&self.verbs, &self.targets) == (&other.verbs, &other.targets)
    }
}

/// The rules of a role; none when they are too many to be taken apart.
pub(super) fn read(role: &Arc<Object>) -> Option<Vec<Rule>> {
    let nodes = role.at(&["rules"]).map(Node::items).unwrap_or_default();
    let mut budget = ROLE_PERMISSIONS_MAX;
    nodes.iter().map(|node| rule(node, role, &mut budget)).collect()
}

fn rule(node: &Node, role: &Arc<Object>, budget: &mut usize) -> Option<Rule> {
    let list = |key| {
        let items = node.get(key).map(Node::items).unwrap_or_default();
        items.iter().filter_map(Node::text).map(str::to_owned).collect::<Vec<String>>()
    };
    let (verbs, groups, resources) = (list("verbs"), list("apiGroups"), list("resources"));
    let names: Vec<Option<String>> = match list("resourceNames") {
        names if names.is_empty() => vec![None],
        names => names.into_iter().map(Some).collect(),
    };
    let urls = list("nonResourceURLs");
    let count = groups.len().saturating_mul(resources.len()).saturating_mul(names.len());
    let cost = count.saturating_add(urls.len()).saturating_mul(verbs.len());
    *budget = budget.checked_sub(cost)?;
    let mut targets: Vec<Target> = urls.into_iter().map(Target::Url).collect();
    for group in &groups {
        for resource in &resources {
            targets.extend(names.iter().map(|name| Target::Resource {
                group: group.clone(),
                resource: resource.clone(),
                name: name.clone(),
            }));
        }
    }
    Some(Rule { verbs, targets, source: Some((Arc::clone(role), node.mark)) })
}

impl Rule {
    /// The permissions that have an effect.
    pub(super) fn permissions(&self) -> impl Iterator<Item = (&Target, &str)> {
        let pairs =
            self.targets.iter().flat_map(|target| self.verbs.iter().map(move |verb| (target, verb.as_str())));
        pairs.filter(|(target, verb)| has_effect(target, verb))
    }
}

/// A rule with names cannot permit what is asked for without a name: an object has none before it is created, and many
/// are deleted at once. `list` and `watch` ask with a name when a field selector names one.
fn has_effect(target: &Target, verb: &str) -> bool {
    match target {
        Target::Resource { resource, name: Some(_), .. } => {
            let nameless = verb == "deletecollection" || (verb == "create" && !resource.contains('/'));
            !nameless && !is_literal_subresource(resource)
        }
        Target::Resource { resource, .. } => !is_literal_subresource(resource),
        Target::Url(_) => true,
    }
}

/// `pods/*` looks like a pattern and is none.
fn is_literal_subresource(resource: &str) -> bool {
    resource.split_once('/').is_some_and(|(_, sub)| sub == ANY)
}
