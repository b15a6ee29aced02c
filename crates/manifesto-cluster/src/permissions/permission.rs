//! What may be done to what, and where.

use std::collections::BTreeMap;
use std::sync::Arc;

use manifesto_objects::Object;
use manifesto_tree::{Origin, Side};
use manifesto_yaml::Mark;

/// Stands for every verb, group or resource.
pub const ANY: &str = "*";

/// How far a permission reaches.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// In all namespaces, and to what has none.
    Everywhere,
    /// In one namespace.
    Namespace(String),
}

/// What a permission is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// Objects.
    Resource {
        /// The API group; the core group is `""`, all are `*`.
        group: String,
        /// The plural, with the subresource after a slash: `pods/exec`; all are `*`.
        resource: String,
        /// The only object that it is about.
        name: Option<String>,
    },
    /// Paths of the API server: `/metrics`, `/api/*`.
    Url(String),
}

impl Target {
    /// The targets that hold this one, itself first (kubernetes 1.35, `pkg/apis/rbac/v1/evaluation_helpers.go`): `*`
    /// is every resource with its subresources, `*/scale` one subresource of all; `pods/*` is no pattern and matches
    /// nothing.
    fn holders(&self) -> Vec<Self> {
        let Self::Resource { group, resource, name } = self else { return vec![self.clone()] };
        let mut resources = vec![resource.clone()];
        if let Some((_, sub)) = resource.split_once('/') {
            resources.push(format!("*/{sub}"));
        }
        resources.push(ANY.to_owned());
        let names = [name.clone(), None];
        let mut holders = Vec::new();
        for name in names.iter().take(if name.is_some() { 2 } else { 1 }) {
            for resource in &resources {
                for group in [group.as_str(), ANY] {
                    let (group, resource) = (group.to_owned(), resource.clone());
                    holders.push(Self::Resource { group, resource, name: name.clone() });
                }
            }
        }
        holders
    }
}

/// Whether a path or pattern of paths holds another one; `*` counts at the end only.
fn url_holds(pattern: &str, url: &str) -> bool {
    pattern == url || pattern.strip_suffix('*').is_some_and(|prefix| url.starts_with(prefix))
}

/// Who says that something is permitted.
#[derive(Debug, Clone)]
pub struct Source {
    /// The role with the line of its rule; none where the cluster itself brings the role.
    pub rule: Option<(Arc<Object>, Mark)>,
    /// The binding; none for what the holders of a role are given.
    pub binding: Option<Arc<Object>>,
}

impl Source {
    /// Where it stands: the rule, then the binding.
    pub fn origins(&self, side: Side) -> impl Iterator<Item = Origin> {
        let rule = self.rule.as_ref().map(|(role, mark)| role.origin_at(side, *mark));
        rule.into_iter().chain(self.binding.as_ref().map(|binding| binding.origin(side)))
    }
}

/// The verbs of a target, each with its source.
pub type Verbs = BTreeMap<String, Source>;

/// A set of permissions.
#[derive(Debug, Clone, Default)]
pub struct Grants(BTreeMap<Reach, BTreeMap<Target, Verbs>>);

impl Grants {
    /// Adds a permission; the first source stays.
    pub fn insert(&mut self, reach: &Reach, target: &Target, verb: &str, source: &Source) {
        let targets = self.0.entry(reach.clone()).or_default();
        let verbs = targets.entry(target.clone()).or_default();
        verbs.entry(verb.to_owned()).or_insert_with(|| source.clone());
    }

    /// Adds all permissions of another set.
    pub fn extend(&mut self, other: &Self) {
        for (reach, target, verbs) in other.iter() {
            for (verb, source) in verbs {
                self.insert(reach, target, verb, source);
            }
        }
    }

    /// Every target with its verbs.
    pub fn iter(&self) -> impl Iterator<Item = (&Reach, &Target, &Verbs)> {
        self.0
            .iter()
            .flat_map(|(reach, targets)| targets.iter().map(move |(target, verbs)| (reach, target, verbs)))
    }

    /// Whether nothing is permitted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one permission of this set gives all that the given one does. What several give only together counts as
    /// not given, as in the API server's own check against escalation (component-helpers,
    /// `auth/rbac/validation/policy_compare.go`).
    pub fn hold(&self, reach: &Reach, target: &Target, verb: &str) -> bool {
        self.holds(reach, target, verb, false)
    }

    fn holds(&self, reach: &Reach, target: &Target, verb: &str, by_another: bool) -> bool {
        let reaches: &[&Reach] =
            if *reach == Reach::Everywhere { &[&Reach::Everywhere] } else { &[reach, &Reach::Everywhere] };
        let is_itself = |r: &Reach, t: &Target, v: &str| by_another && r == reach && t == target && v == verb;
        let given = |r: &Reach, t: &Target, verbs: &Verbs| {
            [verb, ANY].into_iter().any(|v| verbs.contains_key(v) && !is_itself(r, t, v))
        };
        reaches.iter().filter_map(|reach| Some((*reach, self.0.get(*reach)?))).any(
            |(r, targets)| match target {
                Target::Url(url) => targets.iter().any(|(t, verbs)| match t {
                    Target::Url(pattern) => url_holds(pattern, url) && given(r, t, verbs),
                    Target::Resource { .. } => false,
                }),
                Target::Resource { .. } => {
                    target.holders().iter().any(|t| targets.get(t).is_some_and(|verbs| given(r, t, verbs)))
                }
            },
        )
    }

    /// What this set gives and `other` does not, without what another permission of the difference already says.
    #[must_use = "the difference is returned"]
    pub fn without(&self, other: &Self) -> Self {
        self.filtered(|reach, target, verb| !other.hold(reach, target, verb)).minimal()
    }

    fn minimal(&self) -> Self {
        self.filtered(|reach, target, verb| !self.holds(reach, target, verb, true))
    }

    fn filtered(&self, keep: impl Fn(&Reach, &Target, &str) -> bool) -> Self {
        let mut kept = Self::default();
        for (reach, target, verbs) in self.iter() {
            for (verb, source) in verbs.iter().filter(|(verb, _)| keep(reach, target, verb)) {
                kept.insert(reach, target, verb, source);
            }
        }
        kept
    }
}
