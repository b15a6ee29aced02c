//! Components: the units that are deployed.

use manifesto_tree::TreePath;

/// How the objects of a component come about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A kustomization is built.
    Kustomization {
        /// The directory of the kustomization.
        directory: TreePath,
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
    },
    /// A chart is rendered.
    Chart {
        /// The directory of the chart.
        directory: TreePath,
    },
}

impl Source {
    /// The directory that holds, or renders to, the objects.
    pub fn directory(&self) -> &TreePath {
        match self {
            Self::Kustomization { directory }
            | Self::Rendered { directory, .. }
            | Self::Manifests { directory, .. }
            | Self::Chart { directory } => directory,
        }
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
}
