//! What an object is called now, and what it was called before (api/resource/resource.go, kyaml/resid).

use manifesto_yaml::{Node, SmolStr};

use super::metadata;
use crate::schema::Schema;

/// Group, version and kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Gvk {
    pub(crate) group: SmolStr,
    pub(crate) version: SmolStr,
    pub(crate) kind: SmolStr,
}

impl Gvk {
    /// From the fields of an object.
    pub(crate) fn new(api_version: &str, kind: &str) -> Self {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        Self { group: group.into(), version: version.into(), kind: kind.into() }
    }

    /// `group/version`, or `version` alone.
    pub(crate) fn api_version(&self) -> SmolStr {
        if self.group.is_empty() {
            self.version.clone()
        } else {
            format!("{}/{}", self.group, self.version).into()
        }
    }

    /// Whether all that the selector says is so; its empty fields match anything.
    pub(crate) fn is_selected_by(&self, selector: &Self) -> bool {
        let fits = |wanted: &SmolStr, found: &SmolStr| wanted.is_empty() || wanted == found;
        fits(&selector.group, &self.group)
            && fits(&selector.version, &self.version)
            && fits(&selector.kind, &self.kind)
    }
}

/// What one name of an object stands for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Id {
    pub(crate) gvk: Gvk,
    pub(crate) name: SmolStr,
    pub(crate) namespace: SmolStr,
    /// Whether objects of this kind certainly have no namespace. Never so for previous names, whose namespace says it.
    pub(crate) cluster_scoped: bool,
}

/// The namespace of what has none.
const NO_NAMESPACE: &str = "_non_namespaceable_";
const DEFAULT_NAMESPACE: &str = "default";

impl Id {
    /// The namespace for comparisons: no namespace is `default`, and what cannot have one has its own.
    pub(crate) fn effective_namespace(&self) -> &str {
        if self.cluster_scoped {
            NO_NAMESPACE
        } else if self.namespace.is_empty() {
            DEFAULT_NAMESPACE
        } else {
            &self.namespace
        }
    }

    /// Whether both name the same object.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.name == other.name
            && self.gvk == other.gvk
            && self.effective_namespace() == other.effective_namespace()
    }

    /// Whether a source or target of a replacement selects it: empty fields match anything.
    pub(crate) fn is_selected_by(&self, selector: &Self) -> bool {
        (selector.name.is_empty() || selector.name == self.name)
            && (selector.namespace.is_empty() || selector.effective_namespace() == self.effective_namespace())
            && self.gvk.is_selected_by(&selector.gvk)
    }

    /// As messages show it.
    pub(crate) fn words(&self) -> String {
        let kind = if self.gvk.kind.is_empty() { "object" } else { self.gvk.kind.as_str() };
        if self.namespace.is_empty() {
            format!("{kind} `{}`", self.name)
        } else {
            format!("{kind} `{}` of the namespace `{}`", self.name, self.namespace)
        }
    }
}

/// All names of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    /// What it is called now.
    pub(crate) current: Id,
    /// What it was called before, the first name first.
    pub(crate) previous: Vec<Id>,
    /// The prefixes that it got, the innermost first.
    pub(crate) prefixes: Vec<SmolStr>,
    /// The suffixes that it got, the innermost first.
    pub(crate) suffixes: Vec<SmolStr>,
}

impl Identity {
    /// Reads the names off an object.
    pub(crate) fn of(root: &Node, schema: &Schema) -> Self {
        let api_version = metadata::api_version(root);
        let gvk = Gvk::new(api_version, metadata::kind(root));
        let cluster_scoped = schema.is_cluster_scoped(&gvk);
        let list = |annotation| metadata::csv_annotation(root, annotation);
        let (names, namespaces, kinds) = (
            list(metadata::PREVIOUS_NAMES),
            list(metadata::PREVIOUS_NAMESPACES),
            list(metadata::PREVIOUS_KINDS),
        );
        let previous = names
            .into_iter()
            .zip(namespaces)
            .zip(kinds)
            .map(|((name, namespace), kind)| Id {
                gvk: Gvk { kind, ..gvk.clone() },
                name,
                namespace,
                cluster_scoped: false,
            })
            .collect();
        Self {
            current: Id {
                name: metadata::name(root).into(),
                namespace: metadata::namespace(root).into(),
                gvk,
                cluster_scoped,
            },
            previous,
            prefixes: list(metadata::PREFIXES),
            suffixes: list(metadata::SUFFIXES),
        }
    }

    /// What it was called first.
    pub(crate) fn original(&self) -> &Id {
        self.previous.first().unwrap_or(&self.current)
    }

    /// All names, the current one last.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Id> {
        self.previous.iter().chain([&self.current])
    }

    /// Whether prefixes and suffixes end alike; with `empty_matches`, having none matches anything
    /// (PrefixesSuffixesEquals).
    pub(crate) fn has_affixes_of(&self, other: &Self, empty_matches: bool) -> bool {
        let alike = |ours: &[SmolStr], theirs: &[SmolStr]| {
            if ours.is_empty() || theirs.is_empty() {
                return empty_matches || ours.len() == theirs.len();
            }
            ours.iter().rev().zip(theirs.iter().rev()).all(|(a, b)| a == b)
        };
        alike(&self.prefixes, &other.prefixes) && alike(&self.suffixes, &other.suffixes)
    }
}
