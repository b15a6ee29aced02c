//! Which resources have no namespace, by the names that rules use.

use std::collections::BTreeSet;

use manifesto_yaml::Node;

use super::permission::{Reach, Target};
use crate::Cluster;

/// The built-in resources without a namespace: `kubectl api-resources --namespaced=false` of Kubernetes 1.35.
/// `namespaces` is left out: a request for one namespace counts as made inside of it (apiserver,
/// `pkg/endpoints/request/requestinfo.go`), so a RoleBinding can permit it.
const BUILT_IN: &[(&str, &[&str])] = &[
    ("", &["componentstatuses", "nodes", "persistentvolumes"]),
    (
        "admissionregistration.k8s.io",
        &[
            "mutatingadmissionpolicies",
            "mutatingadmissionpolicybindings",
            "mutatingwebhookconfigurations",
            "validatingadmissionpolicies",
            "validatingadmissionpolicybindings",
            "validatingwebhookconfigurations",
        ],
    ),
    ("apiextensions.k8s.io", &["customresourcedefinitions"]),
    ("apiregistration.k8s.io", &["apiservices"]),
    ("authentication.k8s.io", &["selfsubjectreviews", "tokenreviews"]),
    (
        "authorization.k8s.io",
        &["selfsubjectaccessreviews", "selfsubjectrulesreviews", "subjectaccessreviews"],
    ),
    ("certificates.k8s.io", &["certificatesigningrequests", "clustertrustbundles", "signers"]),
    ("flowcontrol.apiserver.k8s.io", &["flowschemas", "prioritylevelconfigurations"]),
    ("networking.k8s.io", &["ingressclasses", "ipaddresses", "servicecidrs"]),
    ("node.k8s.io", &["runtimeclasses"]),
    ("rbac.authorization.k8s.io", &["clusterrolebindings", "clusterroles"]),
    ("resource.k8s.io", &["deviceclasses", "devicetaintrules", "resourceslices"]),
    ("scheduling.k8s.io", &["priorityclasses"]),
    (
        "storage.k8s.io",
        &["csidrivers", "csinodes", "storageclasses", "volumeattachments", "volumeattributesclasses"],
    ),
];

/// The resources of a cluster that have no namespace.
#[derive(Debug, Default)]
pub(super) struct Unscoped {
    custom: BTreeSet<(String, String)>,
}

impl Unscoped {
    pub(super) fn read(cluster: &Cluster) -> Self {
        let definitions = cluster.of_kind("apiextensions.k8s.io", "CustomResourceDefinition");
        let custom =
            definitions.filter(|d| d.at(&["spec", "scope"]).and_then(Node::as_str) == Some("Cluster"));
        let name = |d: &std::sync::Arc<manifesto_objects::Object>| {
            let text = |path: &[&str]| d.at(path).and_then(Node::as_str).map(str::to_owned);
            Some((text(&["spec", "group"])?, text(&["spec", "names", "plural"])?))
        };
        Self { custom: custom.filter_map(name).collect() }
    }

    /// Whether a permission has an effect at this reach: a RoleBinding gives nothing on what has no namespace.
    pub(super) fn can_be_given(&self, reach: &Reach, target: &Target) -> bool {
        match (reach, target) {
            (Reach::Everywhere, _) => true,
            (Reach::Namespace(_), Target::Url(_)) => false,
            (Reach::Namespace(_), Target::Resource { group, resource, .. }) => {
                let plural = resource.split('/').next().unwrap_or_default();
                let row = BUILT_IN.iter().find(|(name, _)| name == group);
                let is_built_in = row.is_some_and(|(_, plurals)| plurals.contains(&plural));
                !is_built_in && !self.custom.contains(&(group.clone(), plural.to_owned()))
            }
        }
    }
}
