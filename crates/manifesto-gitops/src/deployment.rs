//! How a component comes to its cluster: who deploys it, where to, and what happens by itself.

use std::fmt;

use manifesto_objects::ObjectId;
use manifesto_tree::Place;

/// The program that deploys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tool {
    /// Argo CD.
    ArgoCd,
    /// Flux.
    Flux,
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ArgoCd => "Argo CD",
            Self::Flux => "Flux",
        })
    }
}

/// The cluster that something goes to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Cluster {
    /// The one that the deploying program runs in.
    #[default]
    Own,
    /// Another one, by its name or the address of its API server.
    Named(String),
    /// One of several that the repository does not name; by what it tells them apart, if it does.
    Unknown(Option<String>),
}

impl Cluster {
    /// What to call it; empty for the one that everything is in.
    pub fn label(&self) -> &str {
        match self {
            Self::Own | Self::Unknown(None) => "",
            Self::Named(name) | Self::Unknown(Some(name)) => name,
        }
    }
}

/// What happens when the repository changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sync {
    /// Nothing until somebody says so.
    Manual,
    /// It is applied by itself.
    Automatic {
        /// Whether objects that left the repository leave the cluster.
        prune: bool,
        /// Whether changes made in the cluster are undone.
        self_heal: bool,
        /// Whether a component without any object may be pruned away.
        allow_empty: bool,
    },
    /// Nothing: it is suspended.
    Suspended,
}

impl Sync {
    /// Whether a change is applied without anybody doing anything.
    pub fn is_automatic(self) -> bool {
        matches!(self, Self::Automatic { .. })
    }

    /// Whether an object that is no longer in the repository is deleted without anybody doing anything.
    pub fn prunes(self) -> bool {
        matches!(self, Self::Automatic { prune: true, .. })
    }
}

/// What an ApplicationSet does with the Applications that it has made (argo-cd 3.2,
/// pkg/apis/application/v1alpha1/applicationset_types.go).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SetPolicy {
    /// Whether it updates them (`applicationsSync`).
    pub updates: bool,
    /// Whether it deletes those that it generates no more (`applicationsSync`).
    pub deletes: bool,
    /// The fields that it leaves as they are in the cluster (`ignoreApplicationDifferences`).
    pub ignored: Vec<String>,
    /// The steps in which it syncs them (`strategy`); none when each is synced for itself.
    pub steps: Option<usize>,
    /// Where the set is written.
    pub place: Place,
}

/// How a component comes to its cluster.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deployment {
    /// Who deploys it.
    pub tool: Tool,
    /// The object that says so: an Application, a Flux Kustomization or a HelmRelease.
    pub definition: ObjectId,
    /// Where that object is written; for a generated one, where its template is.
    pub place: Place,
    /// What generates the object, if anything does.
    pub generated_by: Option<ObjectId>,
    /// The cluster it goes to.
    pub cluster: Cluster,
    /// The namespace of objects that do not say theirs (Argo CD), or of all (Flux); none when it is not known.
    pub namespace: Option<String>,
    /// What happens when the repository changes.
    pub sync: Sync,
    /// Where that is written.
    pub sync_place: Option<Place>,
    /// `syncOptions`, or what comes to the same.
    pub options: Vec<String>,
    /// The wave among the components of the same parent.
    pub wave: i64,
    /// The definitions that have to be ready before: `namespace/name`.
    pub depends_on: Vec<String>,
    /// The revision that is followed.
    pub revision: Option<String>,
    /// The AppProject.
    pub project: Option<String>,
    /// The repositories and registries that its sources are in, as Argo CD is told them.
    pub repositories: Vec<String>,
    /// Whether deleting the definition deletes the objects.
    pub cascades: bool,
}

impl Deployment {
    /// Whether an option is set: `Prune=confirm`.
    pub fn has_option(&self, option: &str) -> bool {
        self.options.iter().any(|known| known == option)
    }
}
