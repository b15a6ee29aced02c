//! The APIs that a repository adds to its clusters, for charts that ask what is served.
//!
//! `helm template` knows only Kubernetes. Argo CD and Flux tell Helm what the cluster serves, by version
//! (`monitoring.coreos.com/v1`) and by kind (`monitoring.coreos.com/v1/ServiceMonitor`): argo-cd,
//! util/argo/argo.go, `APIResourcesToStrings`; helm, pkg/action/action.go, `GetVersionSet`. What nobody has installed
//! yet is served once the whole revision is deployed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use manifesto_helm::AskedApis;
use manifesto_objects::Object;
use manifesto_tree::{Side, TreePath};
use manifesto_yaml::Node;
use rayon::prelude::*;

use crate::layout::{self, Engines, Layout};
use crate::revision::Revision;
use crate::{Rendering, helm_releases, rendering};

/// What is served by the kinds that Kubernetes itself has, in every version that anybody still runs. Helm knows their
/// versions and not their kinds.
const KUBERNETES: &[(&str, &[&str])] = &[
    (
        "v1",
        &[
            "ConfigMap",
            "Endpoints",
            "Event",
            "LimitRange",
            "Namespace",
            "Node",
            "PersistentVolume",
            "PersistentVolumeClaim",
            "Pod",
            "PodTemplate",
            "ReplicationController",
            "ResourceQuota",
            "Secret",
            "Service",
            "ServiceAccount",
        ],
    ),
    (
        "admissionregistration.k8s.io/v1",
        &[
            "MutatingWebhookConfiguration",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
            "ValidatingWebhookConfiguration",
        ],
    ),
    ("apiextensions.k8s.io/v1", &["CustomResourceDefinition"]),
    ("apiregistration.k8s.io/v1", &["APIService"]),
    ("apps/v1", &["ControllerRevision", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"]),
    ("autoscaling/v1", &["HorizontalPodAutoscaler"]),
    ("autoscaling/v2", &["HorizontalPodAutoscaler"]),
    ("batch/v1", &["CronJob", "Job"]),
    ("certificates.k8s.io/v1", &["CertificateSigningRequest"]),
    ("coordination.k8s.io/v1", &["Lease"]),
    ("discovery.k8s.io/v1", &["EndpointSlice"]),
    ("events.k8s.io/v1", &["Event"]),
    ("networking.k8s.io/v1", &["Ingress", "IngressClass", "NetworkPolicy"]),
    ("node.k8s.io/v1", &["RuntimeClass"]),
    ("policy/v1", &["PodDisruptionBudget"]),
    ("rbac.authorization.k8s.io/v1", &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"]),
    ("scheduling.k8s.io/v1", &["PriorityClass"]),
    ("storage.k8s.io/v1", &["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment"]),
];

/// What the custom resource definitions of one side add.
#[derive(Debug, Default)]
pub(crate) struct ServedApis {
    /// By cluster; under the empty name what goes to a cluster that the repository does not tell apart.
    clusters: BTreeMap<String, BTreeSet<String>>,
    /// The files that say so.
    reads: BTreeSet<TreePath>,
}

impl ServedApis {
    /// Reads the definitions that lie in files, and those that charts make.
    pub(crate) fn read(engines: &Engines, side: Side, revision: &Revision) -> Self {
        let mut served = Self::default();
        let in_file = |file| {
            let clusters = clusters_of(revision, file);
            let objects =
                if clusters.is_empty() { Vec::new() } else { objects_in(engines, &revision.layout, file) };
            (objects, clusters)
        };
        let files = &revision.layout.mentions.crds;
        let found: Vec<_> = files.par_iter().map(in_file).collect();
        for (objects, clusters) in &found {
            served.add(objects, clusters);
        }
        served.reads.extend(files.iter().cloned());
        let made = of_charts(engines, side, revision).into_iter().chain(of_releases(engines, revision));
        for (cluster, rendering) in made {
            served.add(&rendering.objects, &BTreeSet::from([cluster]));
            served.reads.extend(rendering.reads);
        }
        served
    }

    fn add(&mut self, objects: &[Arc<Object>], clusters: &BTreeSet<String>) {
        let apis: BTreeSet<String> = objects.iter().flat_map(|object| apis_of(object)).collect();
        for cluster in clusters.iter().filter(|_| !apis.is_empty()) {
            self.clusters.entry(cluster.clone()).or_default().extend(apis.iter().cloned());
        }
    }

    /// Whether it stays as it is when this file differs.
    pub(crate) fn has_read(&self, file: &TreePath) -> bool {
        self.reads.contains(file)
    }

    /// What of that which was asked is served all the same. Where the repository does not tell clusters apart, or does not
    /// say which one this is, everything counts that it installs anywhere.
    pub(crate) fn answers(&self, cluster: &str, asked: &AskedApis) -> BTreeSet<String> {
        let counts = |name: &str| cluster.is_empty() || name.is_empty() || name == cluster;
        let installed: BTreeSet<&String> =
            self.clusters.iter().filter(|(name, _)| counts(name)).flat_map(|(_, apis)| apis).collect();
        let mut answers: BTreeSet<String> =
            asked.absent.iter().filter(|api| installed.contains(api)).cloned().collect();
        if asked.lists_all {
            answers.extend(installed.into_iter().cloned());
            answers.extend(kubernetes_kinds());
        }
        answers
    }
}

/// Whether only the repository can tell.
pub(crate) fn is_asked(asked: &AskedApis) -> bool {
    let known = of_kubernetes(asked);
    asked.lists_all || asked.absent.iter().any(|api| !known.contains(api))
}

/// What of that which was asked every cluster serves.
pub(crate) fn of_kubernetes(asked: &AskedApis) -> BTreeSet<String> {
    kubernetes_kinds().filter(|api| asked.absent.contains(api)).collect()
}

fn kubernetes_kinds() -> impl Iterator<Item = String> {
    KUBERNETES.iter().flat_map(|(version, kinds)| kinds.iter().map(move |kind| format!("{version}/{kind}")))
}

/// The versions and kinds that a custom resource definition has served; none of any other object.
pub(crate) fn apis_of(object: &Object) -> Vec<String> {
    if object.id.group != "apiextensions.k8s.io" || object.id.kind != "CustomResourceDefinition" {
        return Vec::new();
    }
    let text = |path: &[&str]| object.at(path).and_then(Node::as_str).unwrap_or_default();
    let (group, kind) = (text(&["spec", "group"]), text(&["spec", "names", "kind"]));
    let versions = object.at(&["spec", "versions"]).map(Node::items).unwrap_or_default();
    let is_served = |version: &&Node| version.get("served").and_then(Node::as_bool) == Some(true);
    let names = versions.iter().filter(is_served).filter_map(|version| version.get("name")?.as_str());
    names.flat_map(|name| [format!("{group}/{name}"), format!("{group}/{name}/{kind}")]).collect()
}

/// The clusters that what is in a file goes to; none when nothing deploys it.
fn clusters_of(revision: &Revision, file: &TreePath) -> BTreeSet<String> {
    let readers = revision.plan.readers(&revision.layout, file);
    if readers.is_empty() {
        let paths = revision.undeployed_by(file);
        let mut paths = paths.iter().filter(|path| !revision.layout.is_sample(path));
        return paths.next().map(|_| revision.layout.cluster_of(file).to_owned()).into_iter().collect();
    }
    let components = readers.into_iter().filter_map(|index| revision.plan.components.get(index));
    components.map(|component| component.cluster().to_owned()).collect()
}

fn objects_in(engines: &Engines, layout: &Layout, file: &TreePath) -> Vec<Arc<Object>> {
    let entry = layout.tree.entry(file);
    entry.map(|entry| layout::objects_in(engines, &layout.tree, entry)).unwrap_or_default()
}

/// What the components render to whose charts make definitions, with the cluster of each.
fn of_charts(engines: &Engines, side: Side, revision: &Revision) -> Vec<(String, Rendering)> {
    let layout = &revision.layout;
    let components = revision.all_components().into_par_iter().filter(|component| {
        component.sources().any(|source| engines.charts.makes_definitions(layout, source))
    });
    let render = |component| rendering::render(engines, side, layout, &component);
    components.map(|component| (component.cluster().to_owned(), render(component))).collect()
}

/// What HelmReleases render to whose charts are not in the repository and make definitions.
fn of_releases(engines: &Engines, revision: &Revision) -> Vec<(String, Rendering)> {
    if engines.charts.remote.is_empty() {
        return Vec::new();
    }
    let layout = &revision.layout;
    let in_file = |file: &TreePath| -> Vec<(String, Rendering)> {
        let clusters = clusters_of(revision, file);
        let objects = if clusters.is_empty() { Vec::new() } else { objects_in(engines, layout, file) };
        let releases = || objects.iter().filter(|object| helm_releases::is_release(object));
        let rendered = clusters.iter().flat_map(|cluster| {
            let render = |release| helm_releases::defining_kinds(engines, layout, &objects, cluster, release);
            releases().filter_map(render).map(|rendering| (cluster.clone(), rendering)).collect::<Vec<_>>()
        });
        let with_file = rendered.map(|(cluster, mut rendering)| {
            rendering.reads.insert(file.clone());
            (cluster, rendering)
        });
        with_file.collect()
    };
    layout.mentions.releases.par_iter().flat_map_iter(in_file).collect()
}
