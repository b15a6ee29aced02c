//! Version 1 of the JSON listing of components.

use schemars::JsonSchema;
use serde::Serialize;

use super::v1::Gap;

/// Every component of a revision.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "Manifesto listing of components, version 1")]
pub struct Listing {
    /// Always `1`.
    pub version: u32,
    /// The components, by path.
    pub components: Vec<Component>,
    /// The definitions that come out as the same object: the program that deploys them gets only one.
    pub duplicates: Vec<Duplicate>,
    /// What is not known of what definitions generate.
    pub gaps: Vec<Gap>,
}

/// A component.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Component {
    /// Its name, unique in the listing.
    pub name: String,
    /// The directory that people edit.
    pub path: String,
    /// The cluster that it goes to; empty when the repository does not tell clusters apart.
    pub cluster: String,
    /// How it comes to its cluster; absent when no definition deploys it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment: Option<Deployment>,
    /// How many objects it renders to, as far as they are known.
    pub objects_count: usize,
    /// Whether all its objects are known.
    pub complete: bool,
    /// What is not known of it.
    pub gaps: Vec<Gap>,
    /// The files that it reads, and those that it looked for.
    pub reads: Vec<String>,
}

/// How a component comes to its cluster.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Deployment {
    /// `argo-cd` or `flux`.
    pub tool: String,
    /// The object that deploys it: `Application/web`.
    pub definition: String,
    /// Where that object is written: `path:line`.
    pub place: String,
    /// What generates that object; absent when it is written down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generated_by: Option<String>,
    /// The namespace that it goes to; absent when it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// `automatic`, `manual` or `suspended`.
    pub sync: String,
    /// Whether objects that left the repository leave the cluster by themselves.
    pub prune: bool,
    /// Whether changes made in the cluster are undone.
    pub self_heal: bool,
    /// Its options.
    pub options: Vec<String>,
    /// Its wave among the components of the same parent.
    pub wave: i64,
    /// The definitions that have to be ready before.
    pub depends_on: Vec<String>,
    /// The AppProject; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The revision that is followed; absent when that is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
}

/// Definitions that come out as the same object.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Duplicate {
    /// The object.
    pub definition: String,
    /// The cluster of the program that deploys.
    pub cluster: String,
    /// Where the definitions are written.
    pub places: Vec<String>,
}
