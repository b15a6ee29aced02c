//! The roles that every cluster brings, as far as people bind to them.
//!
//! What `cluster-roles.yaml` of Kubernetes 1.35 says (plugin/pkg/auth/authorizer/rbac/bootstrappolicy), in our own
//! form: verbs, then `group: resources`.

use super::permission::Target;
use super::rule::Rule;

const READ: &[&str] = &["get", "list", "watch"];
const WRITE: &[&str] = &["create", "delete", "deletecollection", "patch", "update"];

type Row = (&'static [&'static str], &'static str, &'static [&'static str]);

const VIEW: &[Row] = &[
    (
        READ,
        "",
        &[
            "bindings",
            "configmaps",
            "endpoints",
            "events",
            "limitranges",
            "namespaces",
            "namespaces/status",
            "persistentvolumeclaims",
            "persistentvolumeclaims/status",
            "pods",
            "pods/log",
            "pods/status",
            "replicationcontrollers",
            "replicationcontrollers/scale",
            "replicationcontrollers/status",
            "resourcequotas",
            "resourcequotas/status",
            "serviceaccounts",
            "services",
            "services/status",
        ],
    ),
    (READ, "discovery.k8s.io", &["endpointslices"]),
    (
        READ,
        "apps",
        &[
            "controllerrevisions",
            "daemonsets",
            "daemonsets/status",
            "deployments",
            "deployments/scale",
            "deployments/status",
            "replicasets",
            "replicasets/scale",
            "replicasets/status",
            "statefulsets",
            "statefulsets/scale",
            "statefulsets/status",
        ],
    ),
    (READ, "autoscaling", &["horizontalpodautoscalers", "horizontalpodautoscalers/status"]),
    (READ, "batch", &["cronjobs", "cronjobs/status", "jobs", "jobs/status"]),
    (READ, "policy", &["poddisruptionbudgets", "poddisruptionbudgets/status"]),
    (READ, "networking.k8s.io", &["ingresses", "ingresses/status", "networkpolicies"]),
];

const EDIT: &[Row] = &[
    (READ, "", &["pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "secrets", "services/proxy"]),
    (&["impersonate"], "", &["serviceaccounts"]),
    (WRITE, "", &["pods", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy"]),
    (&["create"], "", &["pods/eviction", "serviceaccounts/token"]),
    (
        WRITE,
        "",
        &[
            "configmaps",
            "events",
            "persistentvolumeclaims",
            "replicationcontrollers",
            "replicationcontrollers/scale",
            "secrets",
            "serviceaccounts",
            "services",
            "services/proxy",
        ],
    ),
    (
        WRITE,
        "apps",
        &[
            "daemonsets",
            "deployments",
            "deployments/rollback",
            "deployments/scale",
            "replicasets",
            "replicasets/scale",
            "statefulsets",
            "statefulsets/scale",
        ],
    ),
    (WRITE, "autoscaling", &["horizontalpodautoscalers"]),
    (WRITE, "batch", &["cronjobs", "jobs"]),
    (WRITE, "policy", &["poddisruptionbudgets"]),
    (WRITE, "networking.k8s.io", &["ingresses", "networkpolicies"]),
    (WRITE, "coordination.k8s.io", &["leases"]),
    (READ, "coordination.k8s.io", &["leases"]),
];

const ADMIN: &[Row] = &[
    (&["create"], "authorization.k8s.io", &["localsubjectaccessreviews"]),
    (READ, "rbac.authorization.k8s.io", &["rolebindings", "roles"]),
    (WRITE, "rbac.authorization.k8s.io", &["rolebindings", "roles"]),
];

const AUTH_DELEGATOR: &[Row] = &[
    (&["create"], "authentication.k8s.io", &["tokenreviews"]),
    (&["create"], "authorization.k8s.io", &["subjectaccessreviews"]),
];

/// A ClusterRole that is put together from others by their labels.
pub(super) struct Gathered {
    pub(super) name: &'static str,
    /// What is put together: the label of its parts.
    pub(super) from: &'static str,
    /// The label that makes it a part of the next.
    pub(super) into: Option<&'static str>,
    rows: &'static [Row],
}

/// Each with the part of its own that the cluster brings (`system:aggregate-to-view` and so on).
pub(super) const GATHERED: &[Gathered] = &[
    Gathered { name: "view", from: TO_VIEW, into: Some(TO_EDIT), rows: VIEW },
    Gathered { name: "edit", from: TO_EDIT, into: Some(TO_ADMIN), rows: EDIT },
    Gathered { name: "admin", from: TO_ADMIN, into: None, rows: ADMIN },
];

const TO_VIEW: &str = "rbac.authorization.k8s.io/aggregate-to-view";
const TO_EDIT: &str = "rbac.authorization.k8s.io/aggregate-to-edit";
const TO_ADMIN: &str = "rbac.authorization.k8s.io/aggregate-to-admin";

impl Gathered {
    pub(super) fn own_rules(&self) -> Vec<Rule> {
        self.rows.iter().map(rule).collect()
    }
}

/// The rules of another ClusterRole that the cluster brings; none when it brings none of this name or when they are not
/// known here.
pub(super) fn rules(name: &str) -> Option<Vec<Rule>> {
    match name {
        "cluster-admin" => Some(everything()),
        "system:auth-delegator" => Some(AUTH_DELEGATOR.iter().map(rule).collect()),
        _ => None,
    }
}

/// Whether the cluster brings a role of this name, known here or not.
pub(super) fn exists(kind: &str, namespace: &str, name: &str) -> bool {
    match kind {
        "ClusterRole" => name.starts_with("system:"),
        _ => {
            namespace.starts_with("kube-")
                && (name.starts_with("system:") || name == "extension-apiserver-authentication-reader")
        }
    }
}

fn rule((verbs, group, resources): &Row) -> Rule {
    let target = |resource: &&str| Target::Resource {
        group: (*group).to_owned(),
        resource: (*resource).to_owned(),
        name: None,
    };
    Rule {
        verbs: verbs.iter().map(|verb| (*verb).to_owned()).collect(),
        targets: resources.iter().map(target).collect(),
        source: None,
    }
}

fn everything() -> Vec<Rule> {
    let all = rule(&(&["*"], "*", &["*"]));
    vec![all, Rule { verbs: vec!["*".to_owned()], targets: vec![Target::Url("*".to_owned())], source: None }]
}
