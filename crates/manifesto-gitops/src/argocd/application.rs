//! Applications: what one deploys, where to, and when.
//!
//! Upstream: argo-cd v3, pkg/apis/application/v1alpha1/types.go.

use manifesto_objects::Object;
use manifesto_tree::{Place, Side, Tree, TreePath};
use manifesto_yaml::Node;

use crate::deployment::{Cluster, Deployment, Sync, Tool};
use crate::unknown::is_unknown;

/// An Application, read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Application {
    pub(crate) deployment: Deployment,
    pub(crate) sources: Vec<ApplicationSource>,
}

/// One source of an Application.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ApplicationSource {
    pub(crate) repository: String,
    /// The directory, if it is one of this repository.
    pub(crate) path: Option<TreePath>,
    /// What is written as the path.
    pub(crate) written_path: Option<String>,
    pub(crate) chart: Option<String>,
    pub(crate) revision: String,
    /// The name by which value files of other sources refer to this one.
    pub(crate) reference: Option<String>,
    pub(crate) recurse: bool,
    pub(crate) include: Option<String>,
    pub(crate) exclude: Option<String>,
    pub(crate) has_jsonnet: bool,
    pub(crate) has_plugin: bool,
    pub(crate) helm: Option<SourceOptions>,
    pub(crate) kustomize: Option<SourceOptions>,
    pub(crate) place: Place,
}

/// SourceOptions as they are written, compared by their content.
#[derive(Debug, Clone)]
pub struct SourceOptions(pub(crate) Node);

impl SourceOptions {
    /// The directories that kustomize options name, from the directory of the kustomization.
    pub(crate) fn paths(&self, directory: &TreePath) -> Vec<TreePath> {
        let components = self.0.get("components").map(Node::items).unwrap_or_default();
        let paths = components.iter().filter_map(Node::as_str).filter(|path| !is_unknown(path));
        paths.filter_map(|path| directory.join(path).ok()).collect()
    }

    /// The files of this repository that helm options take values from.
    pub(crate) fn value_files(&self, directory: &TreePath, references: &[String]) -> Vec<TreePath> {
        let names =
            self.0.get("valueFiles").map(Node::items).unwrap_or_default().iter().filter_map(Node::as_str);
        let path = |name: &str| match Referenced::of(name, references) {
            Some(Referenced::Here(path)) => path,
            Some(Referenced::Elsewhere) => None,
            None => match name.strip_prefix('/') {
                Some(path) => TreePath::new(path).ok(),
                None => directory.join(name).ok(),
            },
        };
        names.filter_map(path).collect()
    }

    /// Those of them that are named by a source, and so are not files of the chart.
    pub(crate) fn referenced_files(&self, references: &[String]) -> Vec<TreePath> {
        let names = self.0.get("valueFiles").map(Node::items).unwrap_or_default().iter();
        let named = names.filter_map(Node::as_str).filter_map(|name| Referenced::of(name, references));
        let path = |named| if let Referenced::Here(path) = named { path } else { None };
        named.filter_map(path).collect()
    }

    fn text(&self) -> String {
        manifesto_yaml::to_json(&self.0, manifesto_yaml::Html::Plain).unwrap_or_default()
    }
}

/// What `$name/path` stands for where values files are named: a file of the source that has the name.
pub(super) enum Referenced {
    /// A file of this repository; none when the path leads out of it.
    Here(Option<TreePath>),
    /// A file of another repository.
    Elsewhere,
}

impl Referenced {
    /// None when the name is no reference. `references` are the names of sources that are this repository.
    pub(super) fn of(name: &str, references: &[String]) -> Option<Self> {
        let (reference, path) = name.strip_prefix('$')?.split_once('/')?;
        let is_here = references.iter().any(|known| known == reference);
        Some(if is_here { Self::Here(TreePath::new(path).ok()) } else { Self::Elsewhere })
    }
}

impl PartialEq for SourceOptions {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for SourceOptions {}

impl PartialOrd for SourceOptions {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SourceOptions {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.text().cmp(&other.text())
    }
}

/// Deleting an Application deletes its objects only with one of these finalizers.
const CASCADING: &[&str] = &["resources-finalizer.argocd.argoproj.io", "foregroundfinalizer"];

impl Application {
    /// Reads an Application. `hint` is what tells its cluster from others where its name is not known.
    pub(crate) fn read(tree: &Tree, object: &Object, hint: Option<&str>) -> Self {
        let place = |node: &Node| object.origin_at(Side::Head, node.mark).place;
        let spec = |keys: &[&str]| object.at(&[&["spec"], keys].concat());
        let text = |keys: &[&str]| spec(keys).and_then(Node::as_str).map(str::to_owned);
        let (sync, sync_place) = sync(object);
        let many = spec(&["sources"]).map(Node::items).unwrap_or_default();
        // With `sources`, Argo CD does not look at `source`.
        let sources: Vec<&Node> =
            if many.is_empty() { spec(&["source"]).into_iter().collect() } else { many.iter().collect() };
        let sources: Vec<ApplicationSource> =
            sources.into_iter().map(|source| ApplicationSource::read(tree, source, place(source))).collect();
        let finalizers = object.at(&["metadata", "finalizers"]).map(Node::items).unwrap_or_default();
        let cascades = finalizers
            .iter()
            .filter_map(Node::as_str)
            .any(|f| CASCADING.iter().any(|known| f.starts_with(known)));
        let options = spec(&["syncPolicy", "syncOptions"]).map(Node::items).unwrap_or_default();
        let wave = object.annotations().find(|(key, _)| *key == "argocd.argoproj.io/sync-wave");
        let deployment = Deployment {
            tool: Tool::ArgoCd,
            definition: object.id.clone(),
            place: object.origin(Side::Head).place,
            generated_by: None,
            cluster: cluster(text(&["destination", "name"]), text(&["destination", "server"]), hint),
            namespace: text(&["destination", "namespace"]).filter(|namespace| !is_unknown(namespace)),
            sync,
            sync_place,
            options: options.iter().filter_map(Node::as_str).map(str::to_owned).collect(),
            wave: wave.and_then(|(_, wave)| wave.trim().parse().ok()).unwrap_or(0),
            depends_on: Vec::new(),
            revision: sources.first().map(|source| source.revision.clone()).filter(|r| !r.is_empty()),
            project: text(&["project"]),
            repositories: sources.iter().map(|source| source.repository.clone()).collect(),
            cascades,
        };
        Self { deployment, sources }
    }
}

impl ApplicationSource {
    fn read(tree: &Tree, source: &Node, place: Place) -> Self {
        let text = |keys: &[&str]| source.path(keys).and_then(Node::as_str).map(str::to_owned);
        let chart = text(&["chart"]).filter(|chart| !chart.is_empty());
        let written_path = text(&["path"]);
        let path =
            written_path.as_deref().filter(|_| chart.is_none()).and_then(|path| TreePath::new(path).ok());
        Self {
            repository: text(&["repoURL"]).unwrap_or_default(),
            path: path.filter(|path| tree.is_directory(path)),
            written_path,
            chart,
            revision: text(&["targetRevision"]).unwrap_or_default(),
            reference: text(&["ref"]),
            recurse: source.path(&["directory", "recurse"]).and_then(Node::as_bool).unwrap_or(false),
            include: text(&["directory", "include"]).filter(|glob| !glob.is_empty()),
            exclude: text(&["directory", "exclude"]).filter(|glob| !glob.is_empty()),
            has_jsonnet: source
                .path(&["directory", "jsonnet"])
                .is_some_and(|jsonnet| !jsonnet.entries().is_empty()),
            has_plugin: source.get("plugin").is_some(),
            helm: source.get("helm").cloned().map(SourceOptions),
            kustomize: source.get("kustomize").cloned().map(SourceOptions),
            place,
        }
    }
}

/// Automatic when `automated` is there and not switched off.
fn sync(object: &Object) -> (Sync, Option<Place>) {
    let place = |node: &Node| Some(object.origin_at(Side::Head, node.mark).place);
    let Some(policy) = object.at(&["spec", "syncPolicy"]) else { return (Sync::Manual, None) };
    let Some(automated) = policy.get("automated").filter(|node| !node.is_null()) else {
        return (Sync::Manual, place(policy));
    };
    let is = |key: &str| automated.get(key).and_then(Node::as_bool);
    if is("enabled") == Some(false) {
        return (Sync::Manual, place(automated));
    }
    let flag = |key: &str| is(key).unwrap_or(false);
    let sync = Sync::Automatic {
        prune: flag("prune"),
        self_heal: flag("selfHeal"),
        allow_empty: flag("allowEmpty"),
    };
    (sync, place(automated))
}

fn cluster(name: Option<String>, server: Option<String>, hint: Option<&str>) -> Cluster {
    match name.filter(|name| !name.is_empty()).or(server) {
        None => Cluster::Own,
        Some(name) if is_unknown(&name) => Cluster::Unknown(hint.map(str::to_owned)),
        Some(name)
            if name == "in-cluster" || name.trim_end_matches('/') == "https://kubernetes.default.svc" =>
        {
            Cluster::Own
        }
        Some(name) => Cluster::Named(name),
    }
}
