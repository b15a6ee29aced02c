//! What people call kinds.

/// Short names of kubectl and of well-known operators, with the kinds they mean.
const SHORT: &[(&str, &str)] = &[
    ("app", "Application"),
    ("appset", "ApplicationSet"),
    ("ccnp", "CiliumClusterwideNetworkPolicy"),
    ("cj", "CronJob"),
    ("cm", "ConfigMap"),
    ("cnp", "CiliumNetworkPolicy"),
    ("crd", "CustomResourceDefinition"),
    ("deploy", "Deployment"),
    ("ds", "DaemonSet"),
    ("es", "ExternalSecret"),
    ("ext-secret", "ExternalSecret"),
    ("gtw", "Gateway"),
    ("hpa", "HorizontalPodAutoscaler"),
    ("hr", "HelmRelease"),
    ("ing", "Ingress"),
    ("ks", "Kustomization"),
    ("netpol", "NetworkPolicy"),
    ("ns", "Namespace"),
    ("pdb", "PodDisruptionBudget"),
    ("po", "Pod"),
    ("pv", "PersistentVolume"),
    ("pvc", "PersistentVolumeClaim"),
    ("rs", "ReplicaSet"),
    ("sa", "ServiceAccount"),
    ("sc", "StorageClass"),
    ("sts", "StatefulSet"),
    ("svc", "Service"),
];
/// Kinds that a text may speak of where the change has none of them.
const WELL_KNOWN: &[&str] = &[
    "Certificate",
    "CiliumNetworkPolicy",
    "ClusterRole",
    "ClusterRoleBinding",
    "ConfigMap",
    "CronJob",
    "DaemonSet",
    "Deployment",
    "ExternalSecret",
    "Gateway",
    "HTTPRoute",
    "Ingress",
    "Job",
    "NetworkPolicy",
    "PersistentVolumeClaim",
    "PodMonitor",
    "Role",
    "RoleBinding",
    "Secret",
    "SecurityPolicy",
    "Service",
    "ServiceAccount",
    "ServiceMonitor",
    "StatefulSet",
];
/// Kinds that run pods: of one name, there is one of them.
pub(super) const WORKLOADS: &[&str] = &["DaemonSet", "Deployment", "StatefulSet"];

/// The kind of this name as people write it in prose: `ExternalSecret`, never `secret`.
pub(super) fn in_prose(word: &str, known: &[&str]) -> Option<String> {
    let singular = word.strip_suffix('s').unwrap_or(word);
    let all = || known.iter().chain(WELL_KNOWN);
    all().find(|kind| **kind == word || **kind == singular).map(|kind| (*kind).to_owned())
}

/// The kind that a command means: `deploy`, `externalsecrets`, `volumes.longhorn.io`.
pub(super) fn in_command(word: &str, known: &[&str]) -> Option<String> {
    let word = word.to_lowercase();
    let word = word.split('.').next().unwrap_or_default();
    let short = SHORT.iter().find(|(short, _)| *short == word || format!("{short}s") == word);
    if let Some((_, kind)) = short {
        return Some((*kind).to_owned());
    }
    let is_it = |kind: &&&str| {
        let kind = kind.to_lowercase();
        let plural = match kind.strip_suffix('y') {
            Some(stem) => format!("{stem}ies"),
            None if kind.ends_with('s') => format!("{kind}es"),
            None => format!("{kind}s"),
        };
        kind == word || plural == word
    };
    known.iter().chain(WELL_KNOWN).find(is_it).map(|kind| (*kind).to_owned())
}
