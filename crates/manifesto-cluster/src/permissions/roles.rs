//! What a role permits, its parts gathered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use manifesto_objects::{LabelSelector, Object};
use manifesto_yaml::{Mapping, Node};

use super::built_in::{self, GATHERED};
use super::rule::{self, Rule};
use super::{RBAC, RoleKey};
use crate::Cluster;

/// How many labels of ClusterRoles are looked at before gathering stops: parts may have parts.
const LOOKS_MAX: usize = 2_000_000;

/// What is known of a role's rules.
#[derive(Debug, Clone)]
pub(super) enum Rules {
    /// All of them.
    Known(Arc<[Rule]>),
    /// The cluster brings the role; what it permits is not known here.
    Unknown,
    /// There are too many to take them apart.
    TooMany,
    /// There is no such role.
    Missing,
}

/// Roles, each read once.
pub(super) struct Roles<'c> {
    cluster: &'c Cluster,
    read: BTreeMap<RoleKey, Rules>,
    looks: usize,
}

impl<'c> Roles<'c> {
    pub(super) fn new(cluster: &'c Cluster) -> Self {
        Self { cluster, read: BTreeMap::new(), looks: LOOKS_MAX }
    }

    pub(super) fn rules(&mut self, key: &RoleKey) -> Rules {
        if let Some(rules) = self.read.get(key) {
            return rules.clone();
        }
        let rules = self.resolve(key);
        self.read.insert(key.clone(), rules.clone());
        rules
    }

    fn resolve(&mut self, key: &RoleKey) -> Rules {
        let known =
            |rules: Option<Vec<Rule>>| rules.map_or(Rules::TooMany, |rules| Rules::Known(rules.into()));
        let object = self.cluster.get(RBAC, key.kind, &key.namespace, &key.name);
        let is_cluster_role = key.kind == "ClusterRole";
        let is_gathered = |role: &Arc<Object>| is_cluster_role && !selectors(role).is_empty();
        match object {
            Some(role) if is_gathered(role) => known(self.gather(&selectors(role))),
            Some(role) => known(rule::read(role)),
            None if is_cluster_role && GATHERED.iter().any(|gathered| gathered.name == key.name) => {
                known(self.gather_built_in(&key.name))
            }
            None => match built_in::rules(&key.name).filter(|_| is_cluster_role) {
                Some(rules) => Rules::Known(rules.into()),
                None if built_in::exists(key.kind, &key.namespace, &key.name) => Rules::Unknown,
                None => Rules::Missing,
            },
        }
    }

    fn gather_built_in(&mut self, name: &str) -> Option<Vec<Rule>> {
        let from = GATHERED.iter().find(|gathered| gathered.name == name)?.from;
        self.gather(&[labelled(from)])
    }

    /// The rules of all ClusterRoles that one of the selectors matches, and of those that these are gathered from. What
    /// such a role says itself is overwritten (kubernetes,
    /// `pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go`).
    fn gather(&mut self, from: &[LabelSelector]) -> Option<Vec<Rule>> {
        let (mut rules, mut seen, mut next) = (Vec::new(), BTreeSet::new(), from.to_vec());
        while let Some(selector) = next.pop() {
            for role in self.cluster.of_kind(RBAC, "ClusterRole") {
                self.looks = self.looks.checked_sub(1)?;
                let label = |key: &str| role.labels().find(|(k, _)| *k == key).map(|(_, value)| value);
                if !selector.matches(label) || !seen.insert(role.id.name.clone()) {
                    continue;
                }
                match selectors(role) {
                    parts if parts.is_empty() => rules.extend(rule::read(role)?),
                    parts => next.extend(parts),
                }
            }
            for gathered in GATHERED {
                let has = |label: &'static str| {
                    selector.matches(|key| (key == label).then_some("true")) && !selector.is_empty()
                };
                if has(gathered.from) && seen.insert(format!("system:aggregate-to-{}", gathered.name)) {
                    rules.extend(gathered.own_rules());
                }
                if gathered.into.is_some_and(has) && seen.insert(gathered.name.to_owned()) {
                    next.push(labelled(gathered.from));
                }
            }
        }
        Some(rules)
    }
}

fn selectors(role: &Object) -> Vec<LabelSelector> {
    let nodes = role.at(&["aggregationRule", "clusterRoleSelectors"]).map(Node::items).unwrap_or_default();
    nodes.iter().filter_map(|node| LabelSelector::parse(node).ok()).collect()
}

fn labelled(label: &'static str) -> LabelSelector {
    LabelSelector::from_labels(&Node::mapping(Mapping::from_iter([(label, Node::string("true"))])))
}
