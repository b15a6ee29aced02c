//! Who may do what: roles and bindings, worked out as the API server does.
//!
//! Permissions only add up; nothing takes one away. A RoleBinding gives what a ClusterRole says inside of its namespace
//! only, and neither paths of the API server nor what has no namespace (kubernetes,
//! `plugin/pkg/auth/authorizer/rbac/rbac.go`).

mod built_in;
mod delta;
mod permission;
mod power;
mod roles;
mod rule;
mod scopes;
mod subject;

use std::collections::BTreeMap;
use std::sync::Arc;

use manifesto_objects::{Object, ObjectId};
use manifesto_yaml::Node;

use crate::Cluster;
use roles::{Roles, Rules};
use rule::Rule;
use scopes::Unscoped;

pub use delta::{Comparison, PermissionDelta, compare};
pub use permission::{ANY, Grants, Reach, Source, Target, Verbs};
pub use power::{Danger, HeldPower, Power, Powers};
pub use subject::Subject;

const RBAC: &str = "rbac.authorization.k8s.io";

/// A role, as bindings name it. ClusterRoles have no namespace.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RoleKey {
    /// `Role` or `ClusterRole`.
    pub kind: &'static str,
    /// The namespace of a Role.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// What is wrong with a binding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum BindingFault {
    /// There is no such role: the binding gives nothing until somebody makes one.
    NoRole(RoleKey),
    /// The cluster brings the role, and what it permits is not known here.
    UnknownRules(RoleKey),
    /// The role has more rules than are taken apart.
    TooManyRules(RoleKey),
    /// No object makes this ServiceAccount: whoever may make one of this name gets what the binding gives.
    NoServiceAccount(Subject),
    /// A ServiceAccount without a namespace: the API server refuses the binding.
    NoNamespace(String),
}

/// A binding with something wrong.
#[derive(Debug, Clone)]
pub struct FaultyBinding {
    /// The binding.
    pub binding: Arc<Object>,
    /// What is wrong.
    pub fault: BindingFault,
}

/// What somebody holds through one binding.
#[derive(Debug, Clone)]
struct Held {
    reach: Reach,
    rules: Arc<[Rule]>,
    binding: Option<Arc<Object>>,
}

/// What a subject holds, in an order that does not depend on names of bindings.
impl Held {
    fn says_the_same(&self, other: &Self) -> bool {
        self.reach == other.reach && (Arc::ptr_eq(&self.rules, &other.rules) || self.rules == other.rules)
    }
}

/// All permissions that the objects of a cluster give.
#[derive(Debug, Default)]
pub struct Permissions {
    held: BTreeMap<Subject, Vec<Held>>,
    faults: Vec<FaultyBinding>,
    unscoped: Unscoped,
}

impl Permissions {
    /// Everybody who is given something.
    pub fn subjects(&self) -> impl Iterator<Item = &Subject> {
        self.held.keys()
    }

    /// What bindings give to exactly this subject.
    pub fn of(&self, subject: &Subject) -> Grants {
        let mut grants = Grants::default();
        for held in self.held.get(subject).into_iter().flatten() {
            for rule in held.rules.iter() {
                let source = Source { rule: rule.source.clone(), binding: held.binding.clone() };
                for (target, verb) in rule.permissions() {
                    if self.unscoped.can_be_given(&held.reach, target) {
                        grants.insert(&held.reach, target, verb, &source);
                    }
                }
            }
        }
        grants
    }

    /// What it can do, through its groups too.
    pub fn with_groups(&self, subject: &Subject) -> Grants {
        let mut grants = self.of(subject);
        for group in subject.groups() {
            grants.extend(&self.of(&group));
        }
        grants
    }

    /// The bindings with something wrong.
    pub fn faults(&self) -> &[FaultyBinding] {
        &self.faults
    }
}

/// Reads the roles and bindings of a cluster.
pub(crate) fn read(cluster: &Cluster) -> Permissions {
    let mut permissions = Permissions { unscoped: Unscoped::read(cluster), ..Permissions::default() };
    let mut roles = Roles::new(cluster);
    for kind in ["ClusterRoleBinding", "RoleBinding"] {
        for binding in cluster.of_kind(RBAC, kind) {
            permissions.add_binding(cluster, &mut roles, binding);
        }
    }
    for name in ["view", "edit", "admin"] {
        let key = RoleKey { kind: "ClusterRole", namespace: String::new(), name: name.to_owned() };
        if let Rules::Known(rules) = roles.rules(&key) {
            let held = Held { reach: Reach::Everywhere, rules, binding: None };
            permissions.held.insert(Subject::Holder(name.to_owned()), vec![held]);
        }
    }
    permissions
}

impl Permissions {
    fn add_binding(&mut self, cluster: &Cluster, roles: &mut Roles<'_>, binding: &Arc<Object>) {
        let Some(key) = role_of(binding) else { return };
        let rules = match roles.rules(&key) {
            Rules::Known(rules) => rules,
            Rules::Unknown => return self.fault(binding, BindingFault::UnknownRules(key)),
            Rules::TooMany => return self.fault(binding, BindingFault::TooManyRules(key)),
            Rules::Missing => return self.fault(binding, BindingFault::NoRole(key)),
        };
        let reach = match binding.id.kind.as_str() {
            "RoleBinding" => Reach::Namespace(binding.id.namespace.clone()),
            _ => Reach::Everywhere,
        };
        for node in binding.at(&["subjects"]).map(Node::items).unwrap_or_default() {
            let Some(subject) = Subject::read(node) else {
                if node.get("kind").and_then(Node::as_str) == Some("ServiceAccount") {
                    let name = node.get("name").and_then(Node::text).unwrap_or_default().to_owned();
                    self.fault(binding, BindingFault::NoNamespace(name));
                }
                continue;
            };
            if !exists(cluster, &subject) {
                self.fault(binding, BindingFault::NoServiceAccount(subject.clone()));
            }
            let held =
                Held { reach: reach.clone(), rules: Arc::clone(&rules), binding: Some(Arc::clone(binding)) };
            self.held.entry(subject).or_default().push(held);
        }
    }

    fn fault(&mut self, binding: &Arc<Object>, fault: BindingFault) {
        self.faults.push(FaultyBinding { binding: Arc::clone(binding), fault });
    }
}

/// The role that a binding names.
fn role_of(binding: &Object) -> Option<RoleKey> {
    let name = binding.at(&["roleRef", "name"])?.text()?.to_owned();
    let kind = match binding.at(&["roleRef", "kind"])?.as_str()? {
        "ClusterRole" => "ClusterRole",
        "Role" => "Role",
        _ => return None,
    };
    let namespace = if kind == "Role" { binding.id.namespace.clone() } else { String::new() };
    Some(RoleKey { kind, namespace, name })
}

/// Every namespace has a ServiceAccount `default`; the others are objects.
fn exists(cluster: &Cluster, subject: &Subject) -> bool {
    match subject {
        Subject::ServiceAccount { namespace, name } => {
            name == "default" || cluster.get("", "ServiceAccount", namespace, name).is_some()
        }
        _ => true,
    }
}

impl FaultyBinding {
    /// What tells this fault from others: the binding and what is wrong.
    pub fn key(&self) -> (&ObjectId, &BindingFault) {
        (&self.binding.id, &self.fault)
    }
}
