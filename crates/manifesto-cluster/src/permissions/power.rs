//! Permissions that lead to more than they say.
//!
//! Each row names what others call it: trivy's `KSV…`, kubescape's `C-…`. Those that lead through custom resources
//! (Argo CD, Flux, External Secrets, Crossplane, Kyverno) have no name elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use super::permission::{ANY, Grants, Reach, Source, Target};

/// How much a power matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Danger {
    /// Who has it in all namespaces can take the cluster.
    Takeover,
    /// It is a step on the way.
    Step,
}

/// What makes a power: any of the verbs on any of the resources.
type Request = (&'static [&'static str], &'static str, &'static [&'static str]);

/// A permission that leads to more than it says.
#[derive(Debug, PartialEq, Eq)]
pub struct Power {
    /// Its name.
    pub id: &'static str,
    /// What it lets do, after "can".
    pub lets: &'static str,
    /// What it is called elsewhere; empty when nobody else looks for it.
    pub known_as: &'static str,
    /// How much it matters.
    pub danger: Danger,
    requests: &'static [Request],
}

const WRITE: &[&str] = &["create", "update", "patch"];

const fn power(
    id: &'static str,
    lets: &'static str,
    known_as: &'static str,
    danger: Danger,
    requests: &'static [Request],
) -> Power {
    Power { id, lets, known_as, danger, requests }
}

use Danger::{Step, Takeover};

/// All powers; the first holds all others.
static POWERS: &[Power] = &[
    power("everything", "do everything", "KSV044, C-0035", Takeover, &[(&[ANY], ANY, &[ANY])]),
    power(
        "read-secrets",
        "read Secrets",
        "KSV041, C-0015",
        Takeover,
        &[(&["get", "list", "watch"], "", &["secrets"])],
    ),
    power(
        "start-pods",
        "start pods as any ServiceAccount",
        "KSV048",
        Takeover,
        &[
            (WRITE, "", &["pods", "replicationcontrollers"]),
            (WRITE, "apps", &["daemonsets", "deployments", "replicasets", "statefulsets"]),
            (WRITE, "batch", &["cronjobs", "jobs"]),
            (WRITE, "argoproj.io", &["cronworkflows", "rollouts", "workflows"]),
        ],
    ),
    power(
        "run-commands",
        "run commands in pods",
        "KSV053, C-0002",
        Takeover,
        // A connection by WebSocket asks with `get` (kubernetes 1.35 also asks for `create`).
        &[
            (&["create", "get"], "", &["pods/exec", "pods/attach"]),
            (&["update", "patch"], "", &["pods/ephemeralcontainers"]),
        ],
    ),
    power(
        "make-tokens",
        "make tokens of ServiceAccounts",
        "C-0282",
        Takeover,
        &[(&["create"], "", &["serviceaccounts/token"])],
    ),
    power(
        "impersonate",
        "act as somebody else",
        "C-0065",
        Takeover,
        &[
            (&["impersonate"], "", &["groups", "serviceaccounts", "users"]),
            (&["impersonate"], "authentication.k8s.io", &["uids", "userextras", "userextras/scopes"]),
        ],
    ),
    power(
        "give-roles",
        "give roles that it does not hold",
        "KSV050, C-0191",
        Takeover,
        &[(&["bind", "escalate"], "rbac.authorization.k8s.io", &["clusterroles", "roles"])],
    ),
    power(
        "change-admission",
        "change what the API server admits",
        "KSV114, C-0281",
        Takeover,
        &[(
            WRITE,
            "admissionregistration.k8s.io",
            &[
                "mutatingadmissionpolicies",
                "mutatingwebhookconfigurations",
                "validatingadmissionpolicies",
                "validatingwebhookconfigurations",
            ],
        )],
    ),
    power(
        "issue-certificates",
        "issue client certificates",
        "C-0280",
        Takeover,
        &[(&["approve", "sign"], "certificates.k8s.io", &["signers"])],
    ),
    power(
        "use-kubelets",
        "use the API of the nodes",
        "KSV047, C-0279",
        Takeover,
        &[(&["create", "get"], "", &["nodes/proxy"])],
    ),
    power(
        "change-nodes",
        "change nodes",
        "",
        Step,
        &[(&["update", "patch"], "", &["nodes", "nodes/status"])],
    ),
    power(
        "make-volumes",
        "make volumes of any kind",
        "C-0278",
        Step,
        &[(&["create"], "", &["persistentvolumes"])],
    ),
    power(
        "label-namespaces",
        "change the labels of namespaces, which pod security and policies go by",
        "",
        Step,
        &[(&["update", "patch"], "", &["namespaces"])],
    ),
    power(
        "deploy-by-argo-cd",
        "deploy whatever Argo CD may deploy",
        "",
        Takeover,
        &[(WRITE, "argoproj.io", &["applications", "applicationsets", "appprojects"])],
    ),
    power(
        "deploy-by-flux",
        "deploy whatever Flux may deploy",
        "",
        Takeover,
        &[
            (WRITE, "helm.toolkit.fluxcd.io", &["helmreleases"]),
            (WRITE, "kustomize.toolkit.fluxcd.io", &["kustomizations"]),
        ],
    ),
    power(
        "read-by-external-secrets",
        "read through External Secrets what its stores may read",
        "",
        Takeover,
        &[(
            WRITE,
            "external-secrets.io",
            &["clusterexternalsecrets", "clustersecretstores", "externalsecrets", "secretstores"],
        )],
    ),
    power(
        "deploy-by-crossplane",
        "make whatever Crossplane may make",
        "",
        Takeover,
        &[
            (WRITE, "apiextensions.crossplane.io", &["compositions"]),
            (WRITE, "pkg.crossplane.io", &["configurations", "functions", "providers"]),
            (WRITE, "kubernetes.crossplane.io", &["objects"]),
        ],
    ),
    power(
        "generate-by-kyverno",
        "make or change objects through Kyverno",
        "",
        Takeover,
        &[(WRITE, "kyverno.io", &["clusterpolicies", "policies"])],
    ),
];

/// A power that somebody holds.
#[derive(Debug, Clone)]
pub struct HeldPower {
    /// Which.
    pub power: &'static Power,
    /// How far it reaches.
    pub reach: Reach,
    /// The only objects that it is about; none when it is about all.
    pub names: Option<BTreeSet<String>>,
    /// Who says so.
    pub source: Source,
}

/// The powers that somebody holds.
#[derive(Debug, Clone, Default)]
pub struct Powers(BTreeMap<(usize, Reach), HeldPower>);

impl Powers {
    /// The powers among some permissions.
    pub fn of(grants: &Grants) -> Self {
        let mut powers = Self::default();
        for (reach, target, verbs) in grants.iter() {
            for (index, power) in POWERS.iter().enumerate() {
                let given =
                    verbs.iter().find(|(verb, _)| power.requests.iter().any(|r| gives(target, verb, r)));
                if let Some((_, source)) = given {
                    powers.add(index, reach, target, source);
                }
            }
        }
        powers.absorbed()
    }

    fn add(&mut self, index: usize, reach: &Reach, target: &Target, source: &Source) {
        let Some(power) = POWERS.get(index) else { return };
        let name = match target {
            Target::Resource { name, .. } => name.clone(),
            Target::Url(_) => None,
        };
        let names = name.map(|name| BTreeSet::from([name]));
        match self.0.get_mut(&(index, reach.clone())) {
            None => {
                let held = HeldPower { power, reach: reach.clone(), names, source: source.clone() };
                self.0.insert((index, reach.clone()), held);
            }
            Some(held) => match (&mut held.names, names) {
                (None, _) => {}
                (Some(known), Some(more)) => known.extend(more),
                (known, None) => {
                    *known = None;
                    held.source = source.clone();
                }
            },
        }
    }

    /// Without what a wider power of the same set says already.
    fn absorbed(self) -> Self {
        let is_said = |(index, reach): &(usize, Reach)| {
            let everywhere = Reach::Everywhere;
            let wider = [(0, reach), (0, &everywhere), (*index, &everywhere)];
            wider
                .into_iter()
                .filter(|(i, r)| (*i, *r) != (*index, reach))
                .any(|(i, r)| self.0.get(&(i, r.clone())).is_some_and(|held| held.names.is_none()))
        };
        Self(
            self.0
                .iter()
                .filter(|(key, _)| !is_said(key))
                .map(|(key, held)| (key.clone(), held.clone()))
                .collect(),
        )
    }

    /// The powers that `other` does not have, or has for fewer objects or in fewer namespaces.
    #[must_use = "the difference is returned"]
    pub fn without(&self, other: &Self) -> Self {
        let has = |index: usize, reach: &Reach, names: Option<&BTreeSet<String>>| {
            other.0.get(&(index, reach.clone())).is_some_and(|held| match (&held.names, names) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(known), Some(names)) => names.is_subset(known),
            })
        };
        let is_old = |(index, reach): &(usize, Reach), held: &HeldPower| {
            [*index, 0].into_iter().any(|i| {
                has(i, reach, held.names.as_ref()) || has(i, &Reach::Everywhere, held.names.as_ref())
            })
        };
        let new = self.0.iter().filter(|(key, held)| !is_old(key, held));
        Self(new.map(|(key, held)| (key.clone(), held.clone())).collect())
    }

    /// Each power.
    pub fn iter(&self) -> impl Iterator<Item = &HeldPower> {
        self.0.values()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Whether a permission gives one of the things that a power is made of.
fn gives(target: &Target, verb: &str, (verbs, group, resources): &Request) -> bool {
    let Target::Resource { group: given_group, resource, .. } = target else { return false };
    let same_verb = verb == ANY || verbs.contains(&verb);
    let same_group = given_group == ANY || given_group == group;
    same_verb && same_group && resources.iter().any(|wanted| resource_gives(resource, wanted))
}

fn resource_gives(given: &str, wanted: &str) -> bool {
    let is_its_subresource =
        || given.strip_prefix("*/").is_some_and(|sub| wanted.split_once('/').is_some_and(|(_, w)| w == sub));
    given == ANY || given == wanted || is_its_subresource()
}
