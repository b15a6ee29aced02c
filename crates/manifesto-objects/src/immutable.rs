//! Fields that cannot be changed in place: the object must be deleted and created again.

use manifesto_yaml::Node;

use crate::{FieldPath, Object};

/// The immutable fields of the built-in kinds, by the validation of Kubernetes 1.35 (`pkg/apis/*/validation`).
const IMMUTABLE: &[(&str, &str, &[&[&str]])] = &[
    ("apps", "Deployment", &[&["spec", "selector"]]),
    ("apps", "DaemonSet", &[&["spec", "selector"]]),
    ("apps", "ReplicaSet", &[&["spec", "selector"]]),
    (
        "apps",
        "StatefulSet",
        &[
            &["spec", "selector"],
            &["spec", "serviceName"],
            &["spec", "podManagementPolicy"],
            &["spec", "volumeClaimTemplates"],
        ],
    ),
    ("batch", "Job", &[&["spec", "selector"], &["spec", "template"], &["spec", "completionMode"]]),
    (
        "",
        "Service",
        &[
            &["spec", "clusterIP"],
            &["spec", "clusterIPs"],
            &["spec", "healthCheckNodePort"],
            &["spec", "loadBalancerClass"],
        ],
    ),
    (
        "",
        "PersistentVolumeClaim",
        &[
            &["spec", "accessModes"],
            &["spec", "selector"],
            &["spec", "storageClassName"],
            &["spec", "volumeName"],
            &["spec", "volumeMode"],
            &["spec", "dataSource"],
        ],
    ),
    ("", "Secret", &[&["type"]]),
    ("rbac.authorization.k8s.io", "RoleBinding", &[&["roleRef"]]),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding", &[&["roleRef"]]),
    (
        "storage.k8s.io",
        "StorageClass",
        &[&["parameters"], &["provisioner"], &["reclaimPolicy"], &["volumeBindingMode"]],
    ),
    ("scheduling.k8s.io", "PriorityClass", &[&["value"]]),
    ("networking.k8s.io", "IngressClass", &[&["spec", "controller"]]),
    ("node.k8s.io", "RuntimeClass", &[&["handler"]]),
    (
        "apiextensions.k8s.io",
        "CustomResourceDefinition",
        &[&["spec", "group"], &["spec", "names", "plural"], &["spec", "names", "kind"], &["spec", "scope"]],
    ),
];

/// The immutable field of an object that a change of this path touches, as `spec.selector`; none when the API server
/// accepts it.
pub fn immutable_field(base: &Object, path: &FieldPath) -> Option<String> {
    let id = &base.id;
    if is_sealed(base) {
        let sealed = ["immutable", "data", "binaryData", "stringData"];
        return sealed.into_iter().find(|field| path.starts_with(&[field])).map(str::to_owned);
    }
    let (_, _, fields) = IMMUTABLE.iter().find(|(group, kind, _)| id.is(group, kind))?;
    fields.iter().find(|field| path.starts_with(field)).map(|field| field.join("."))
}

/// A ConfigMap or Secret that says of itself that it never changes (`pkg/apis/core/validation`, `ValidateSecretUpdate`).
fn is_sealed(base: &Object) -> bool {
    let kind = base.id.is("", "ConfigMap") || base.id.is("", "Secret");
    kind && base.at(&["immutable"]).and_then(Node::as_bool) == Some(true)
}
