//! Components: the units that are deployed.

use std::sync::Arc;

use manifesto_objects::{Object, ObjectId};
use manifesto_tree::{Place, TreePath};
use manifesto_yaml::{Html, to_json};

use crate::argocd::SourceOptions;
use crate::chart_store::WantedChart;
use crate::deployment::Deployment;

/// How the objects of a component come about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A kustomization is built.
    Kustomization {
        /// The directory of the kustomization.
        directory: TreePath,
        /// What the deploying program changes in it before it builds.
        options: Option<SourceOptions>,
    },
    /// The manifests were rendered beforehand and are in the repository.
    Rendered {
        /// The directory of the manifests.
        directory: TreePath,
        /// What they were rendered from.
        from: TreePath,
    },
    /// The manifests of a directory are applied as they are.
    Manifests {
        /// The directory.
        directory: TreePath,
        /// Whether the directories below are applied as well.
        recurse: bool,
        /// The glob that files must match.
        include: Option<String>,
        /// The glob of files that are left out.
        exclude: Option<String>,
    },
    /// A chart is rendered.
    Chart {
        /// The directory of the chart.
        directory: TreePath,
        /// What the deploying program tells Helm.
        options: Option<SourceOptions>,
        /// The names by which these options refer to files of this repository.
        references: Vec<String>,
    },
    /// A chart that is not in the repository, and that somebody put where it can be read.
    RemoteChart {
        /// The address of its repository.
        repository: String,
        /// Its name.
        name: String,
        /// Its version, or a range.
        version: String,
        /// What the deploying program tells Helm.
        options: Option<SourceOptions>,
        /// The names by which these options refer to files of this repository.
        references: Vec<String>,
        /// The file that names it.
        file: TreePath,
    },
    /// What a Flux Kustomization builds.
    FluxKustomization {
        /// The directory.
        directory: TreePath,
        /// The Kustomization.
        definition: Written,
    },
    /// What Helm renders for a HelmRelease of Flux.
    HelmRelease {
        /// The directory of the chart.
        directory: TreePath,
        /// The HelmRelease.
        definition: Written,
    },
    /// What flux-operator fills the templates of a ResourceSet with.
    ResourceSet {
        /// The directory that the set is written in.
        directory: TreePath,
        /// The set.
        definition: Written,
    },
    /// Something that this repository does not hold, or that only a program could render.
    Elsewhere {
        /// What it is, as a clause: "the chart `loki` 6.1.0 of <https://…> is not in the repository".
        detail: String,
        /// The chart, if it is one.
        chart: Option<WantedChart>,
        /// The file that names it.
        file: TreePath,
    },
}

impl Source {
    /// The directory that holds, or renders to, the objects.
    pub fn directory(&self) -> &TreePath {
        match self {
            Self::Kustomization { directory, .. }
            | Self::Rendered { directory, .. }
            | Self::Manifests { directory, .. }
            | Self::FluxKustomization { directory, .. }
            | Self::HelmRelease { directory, .. }
            | Self::ResourceSet { directory, .. }
            | Self::Chart { directory, .. } => directory,
            Self::Elsewhere { file, .. } | Self::RemoteChart { file, .. } => file,
        }
    }
}

/// A definition, compared by what it says.
#[derive(Debug, Clone)]
pub struct Written(pub(crate) Arc<Object>);

impl Written {
    fn content(&self) -> (&ObjectId, String) {
        (&self.0.id, to_json(&self.0.root, Html::Plain).unwrap_or_default())
    }
}

impl PartialEq for Written {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id && self.0.root == other.0.root
    }
}

impl Eq for Written {}

impl PartialOrd for Written {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Written {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.content().cmp(&other.content())
    }
}

/// One deployed unit, on one side.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Component {
    /// The directory that people edit: the same on both sides unless the component moved.
    pub path: TreePath,
    /// The name that the repository gives it, if any: that of the Application.
    pub given_name: Option<String>,
    /// How its objects come about.
    pub source: Source,
    /// Where further objects come from.
    pub further_sources: Vec<Source>,
    /// How it comes to its cluster, if the repository says so.
    pub deployment: Option<Deployment>,
    /// The cluster that its program runs in; empty when the repository does not tell clusters apart.
    pub control: String,
}

impl Component {
    /// A component that no definition deploys, and the name of the cluster that its path belongs to.
    pub(crate) fn undeployed(path: TreePath, source: Source, cluster: &str) -> Self {
        let control = cluster.to_owned();
        Self { path, given_name: None, source, further_sources: Vec::new(), deployment: None, control }
    }

    /// All its sources.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        std::iter::once(&self.source).chain(&self.further_sources)
    }

    /// The name of its cluster; empty when the repository does not tell clusters apart.
    pub fn cluster(&self) -> &str {
        let cluster = self.deployment.as_ref().map(|deployment| deployment.cluster.label());
        cluster.filter(|label| !label.is_empty()).unwrap_or(&self.control)
    }

    /// What is the same as long as nothing but the lines of its definition moved.
    pub fn definition_without_lines(&self) -> Self {
        let mut essence = self.clone();
        if let Some(deployment) = &mut essence.deployment {
            deployment.place = Place::file(TreePath::root());
            deployment.sync_place = None;
        }
        essence
    }
}
