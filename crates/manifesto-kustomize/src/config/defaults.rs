//! The fields that kustomize knows by itself (api/internal/konfig/builtinpluginconsts).

use manifesto_yaml::SmolStr;

use super::{Config, FieldSpec, NameReference};
use crate::object::Gvk;

/// The kinds that run pods, and where their pod's spec is.
const PODS: [(&str, &str); 8] = [
    ("Pod", "spec"),
    ("PodTemplate", "template/spec"),
    ("Deployment", TEMPLATE),
    ("ReplicaSet", TEMPLATE),
    ("DaemonSet", TEMPLATE),
    ("StatefulSet", TEMPLATE),
    ("Job", TEMPLATE),
    ("CronJob", JOB_TEMPLATE),
];
const TEMPLATE: &str = "spec/template/spec";
const JOB_TEMPLATE: &str = "spec/jobTemplate/spec/template/spec";

/// What a pod's spec says of ConfigMaps and Secrets.
const CONFIG_MAPS: [&str; 6] = [
    "volumes/configMap/name",
    "containers/env/valueFrom/configMapKeyRef/name",
    "initContainers/env/valueFrom/configMapKeyRef/name",
    "containers/envFrom/configMapRef/name",
    "initContainers/envFrom/configMapRef/name",
    "volumes/projected/sources/configMap/name",
];
const SECRETS: [&str; 7] = [
    "volumes/secret/secretName",
    "containers/env/valueFrom/secretKeyRef/name",
    "initContainers/env/valueFrom/secretKeyRef/name",
    "containers/envFrom/secretRef/name",
    "initContainers/envFrom/secretRef/name",
    "imagePullSecrets/name",
    "volumes/projected/sources/secret/name",
];

/// The kinds that run pods as the younger references list them.
const RUNNERS: [(&str, &str); 7] = [
    ("Pod", "spec"),
    ("StatefulSet", TEMPLATE),
    ("Deployment", TEMPLATE),
    ("ReplicationController", TEMPLATE),
    ("CronJob", JOB_TEMPLATE),
    ("Job", TEMPLATE),
    ("DaemonSet", TEMPLATE),
];

/// The default fields, ordered.
pub(super) fn config() -> Config {
    let mut config = Config {
        name_prefix: vec![spec("", "metadata/name", false)],
        name_suffix: vec![spec("", "metadata/name", false)],
        namespace: namespace(),
        common_labels: selectors().into_iter().chain(template_labels()).collect(),
        labels: Vec::new(),
        template_labels: template_labels(),
        common_annotations: annotations(),
        name_references: name_references(),
        var_references: var_references(),
        images: images(),
        replicas: ["Deployment", "ReplicationController", "ReplicaSet", "StatefulSet"]
            .map(|kind| spec(kind, "spec/replicas", true))
            .to_vec(),
    };
    config.sort();
    config
}

/// A field of the objects of `kind`, `group/kind`, or `group/version/kind`; `*` leaves a part open.
fn spec(kind: &str, path: &str, create: bool) -> FieldSpec {
    FieldSpec::new(gvk(kind), path, create)
}

fn gvk(kind: &str) -> Gvk {
    let mut parts = kind.rsplitn(3, '/');
    let mut part = || parts.next().filter(|part| *part != "*").unwrap_or_default().into();
    let kind: SmolStr = part();
    let (second, third): (SmolStr, SmolStr) = (part(), part());
    // `v1/Service` names a version, `apps/Deployment` a group.
    match second {
        version if !third.is_empty() => Gvk { group: third, version, kind },
        version if version == "v1" => Gvk { group: "".into(), version, kind },
        group => Gvk { group, version: "".into(), kind },
    }
}

fn namespace() -> Vec<FieldSpec> {
    vec![
        spec("Namespace", "metadata/name", true),
        spec("apiregistration.k8s.io/APIService", "spec/service/namespace", true),
        spec(
            "apiextensions.k8s.io/CustomResourceDefinition",
            "spec/conversion/webhook/clientConfig/service/namespace",
            false,
        ),
    ]
}

fn selectors() -> Vec<FieldSpec> {
    const AFFINITIES: [&str; 5] = [
        "affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels",
        "affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
        "affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels",
        "affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
        "topologySpreadConstraints/labelSelector/matchLabels",
    ];
    let mut specs = vec![
        spec("v1/Service", "spec/selector", true),
        spec("v1/ReplicationController", "spec/selector", true),
        spec("Deployment", "spec/selector/matchLabels", true),
        spec("ReplicaSet", "spec/selector/matchLabels", true),
        spec("DaemonSet", "spec/selector/matchLabels", true),
        spec("apps/StatefulSet", "spec/selector/matchLabels", true),
        spec("batch/Job", "spec/selector/matchLabels", false),
        spec("batch/CronJob", "spec/jobTemplate/spec/selector/matchLabels", false),
        spec("policy/PodDisruptionBudget", "spec/selector/matchLabels", false),
        spec("networking.k8s.io/NetworkPolicy", "spec/podSelector/matchLabels", false),
        spec("networking.k8s.io/NetworkPolicy", "spec/ingress/from/podSelector/matchLabels", false),
        spec("networking.k8s.io/NetworkPolicy", "spec/egress/to/podSelector/matchLabels", false),
    ];
    for kind in ["apps/Deployment", "apps/StatefulSet"] {
        specs.extend(AFFINITIES.map(|path| spec(kind, &format!("{TEMPLATE}/{path}"), false)));
    }
    specs
}

fn template_labels() -> Vec<FieldSpec> {
    const TEMPLATE_LABELS: &str = "spec/template/metadata/labels";
    vec![
        spec("", "metadata/labels", true),
        spec("v1/ReplicationController", TEMPLATE_LABELS, true),
        spec("Deployment", TEMPLATE_LABELS, true),
        spec("ReplicaSet", TEMPLATE_LABELS, true),
        spec("DaemonSet", TEMPLATE_LABELS, true),
        spec("apps/StatefulSet", TEMPLATE_LABELS, true),
        spec("apps/StatefulSet", "spec/volumeClaimTemplates[]/metadata/labels", true),
        spec("batch/Job", TEMPLATE_LABELS, true),
        spec("batch/CronJob", "spec/jobTemplate/metadata/labels", true),
        spec("batch/CronJob", "spec/jobTemplate/spec/template/metadata/labels", true),
    ]
}

fn annotations() -> Vec<FieldSpec> {
    const TEMPLATE_ANNOTATIONS: &str = "spec/template/metadata/annotations";
    let mut specs = vec![
        spec("", "metadata/annotations", true),
        spec("v1/ReplicationController", TEMPLATE_ANNOTATIONS, true),
        spec("batch/Job", TEMPLATE_ANNOTATIONS, true),
        spec("batch/CronJob", "spec/jobTemplate/metadata/annotations", true),
        spec("batch/CronJob", "spec/jobTemplate/spec/template/metadata/annotations", true),
    ];
    let workloads = ["Deployment", "ReplicaSet", "DaemonSet", "StatefulSet"];
    specs.extend(workloads.map(|kind| spec(kind, TEMPLATE_ANNOTATIONS, true)));
    specs
}

fn images() -> Vec<FieldSpec> {
    let paths = ["containers[]/image", "initContainers[]/image", "volumes[]/image/reference"];
    let of = |pod: &str| paths.map(|path| spec("", &format!("{pod}/{path}"), true));
    [of("spec"), of(TEMPLATE)].concat()
}

fn var_references() -> Vec<FieldSpec> {
    let mut specs: Vec<FieldSpec> = PODS
        .iter()
        .filter(|(kind, _)| *kind != "PodTemplate")
        .flat_map(|(kind, pod)| {
            let containers = ["containers", "initContainers"].into_iter().flat_map(|list| {
                ["args", "command", "env/value", "volumeMounts/mountPath"]
                    .map(|path| format!("{list}/{path}"))
            });
            // The reference has this path, in which no pod spec is.
            let nfs = if *kind == "CronJob" {
                "spec/jobTemplate/spec/template/volumes/nfs/server".to_owned()
            } else {
                format!("{pod}/volumes/nfs/server")
            };
            let paths = containers.map(|path| format!("{pod}/{path}")).chain([nfs]);
            paths.map(|path| spec(kind, &path, false)).collect::<Vec<_>>()
        })
        .collect();
    specs.extend([
        spec("Deployment", "spec/template/metadata/annotations", false),
        spec("Ingress", "spec/rules/host", false),
        spec("Ingress", "spec/tls/hosts", false),
        spec("Ingress", "spec/tls/secretName", false),
        spec("Service", "spec/ports/port", false),
        spec("Service", "spec/ports/targetPort", false),
        spec("StatefulSet", "spec/volumeClaimTemplates/spec/nfs/server", false),
        spec("PersistentVolume", "spec/nfs/server", false),
        spec("", "metadata/labels", false),
        spec("", "metadata/annotations", false),
    ]);
    specs
}

fn name_references() -> Vec<NameReference> {
    const RBAC: &str = "rbac.authorization.k8s.io";
    let mut references: Vec<NameReference> =
        ["Deployment", "ReplicationController", "ReplicaSet", "StatefulSet"]
            .map(|kind| reference(kind, &[("HorizontalPodAutoscaler", "spec/scaleTargetRef/name")]))
            .to_vec();
    references.extend([
        config_map_references(),
        secret_references(),
        service_references(),
        reference(&format!("{RBAC}/Role"), &[(&format!("{RBAC}/RoleBinding"), "roleRef/name")]),
        reference(
            &format!("{RBAC}/ClusterRole"),
            &[
                (&format!("{RBAC}/RoleBinding"), "roleRef/name"),
                (&format!("{RBAC}/ClusterRoleBinding"), "roleRef/name"),
            ],
        ),
        pod_reference(
            "v1/ServiceAccount",
            "serviceAccountName",
            &[
                (&format!("{RBAC}/RoleBinding"), "subjects"),
                (&format!("{RBAC}/ClusterRoleBinding"), "subjects"),
            ],
        ),
        pod_reference("v1/PersistentVolumeClaim", "volumes/persistentVolumeClaim/claimName", &[]),
        reference(
            "v1/PersistentVolume",
            &[("PersistentVolumeClaim", "spec/volumeName"), ("ClusterRole", "rules/resourceNames")],
        ),
        reference(
            "storage.k8s.io/v1/StorageClass",
            &[
                ("PersistentVolume", "spec/storageClassName"),
                ("PersistentVolumeClaim", "spec/storageClassName"),
                ("StatefulSet", "spec/volumeClaimTemplates/spec/storageClassName"),
            ],
        ),
        pod_reference("scheduling.k8s.io/v1/PriorityClass", "priorityClassName", &[]),
        NameReference {
            // The group holds the version too, so that no IngressClass is ever found.
            target: Gvk {
                group: "networking.k8s.io/v1".into(),
                version: "v1".into(),
                kind: "IngressClass".into(),
            },
            referrers: vec![spec("Ingress", "spec/ingressClassName", false)],
        },
        reference(
            "admissionregistration.k8s.io/ValidatingAdmissionPolicy",
            &[("admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding", "spec/policyName")],
        ),
    ]);
    references
}

fn reference(target: &str, referrers: &[(&str, &str)]) -> NameReference {
    let referrers = referrers.iter().map(|(kind, path)| spec(kind, path, false)).collect();
    NameReference { target: gvk(target), referrers }
}

fn pod_reference(target: &str, path: &str, others: &[(&str, &str)]) -> NameReference {
    let mut all = reference(target, others);
    all.referrers.extend(RUNNERS.map(|(kind, pod)| spec(kind, &format!("{pod}/{path}"), false)));
    all
}

/// The fields of pod specs, and others. Those of bare pods name a version too.
fn in_pods(target: &str, paths: &[&str], others: &[(&str, &str)]) -> NameReference {
    let pods = PODS.iter().flat_map(|(kind, pod)| {
        let kind = if *kind == "Pod" { "v1/Pod" } else { kind };
        paths.iter().map(move |path| spec(kind, &format!("{pod}/{path}"), false))
    });
    let mut reference = reference(target, others);
    reference.referrers.splice(0..0, pods);
    reference
}

fn config_map_references() -> NameReference {
    in_pods(
        "v1/ConfigMap",
        &CONFIG_MAPS,
        &[
            ("Node", "spec/configSource/configMap"),
            ("Role", "rules/resourceNames"),
            ("ClusterRole", "rules/resourceNames"),
            ("Ingress", "metadata/annotations/nginx.ingress.kubernetes.io\\/fastcgi-params-configmap"),
        ],
    )
}

fn secret_references() -> NameReference {
    in_pods(
        "v1/Secret",
        &SECRETS,
        &[
            ("Ingress", "spec/tls/secretName"),
            ("Ingress", "metadata/annotations/ingress.kubernetes.io\\/auth-secret"),
            ("Ingress", "metadata/annotations/nginx.ingress.kubernetes.io\\/auth-secret"),
            ("Ingress", "metadata/annotations/nginx.ingress.kubernetes.io\\/auth-tls-secret"),
            ("ServiceAccount", "imagePullSecrets/name"),
            ("StorageClass", "parameters/secretName"),
            ("StorageClass", "parameters/adminSecretName"),
            ("StorageClass", "parameters/userSecretName"),
            ("StorageClass", "parameters/secretRef"),
            ("Role", "rules/resourceNames"),
            ("ClusterRole", "rules/resourceNames"),
            (
                "serving.knative.dev/v1/Service",
                "spec/template/spec/containers/env/valueFrom/secretKeyRef/name",
            ),
            ("PersistentVolume", "spec/azureFile/secretName"),
        ],
    )
}

fn service_references() -> NameReference {
    reference(
        "v1/Service",
        &[
            ("apps/StatefulSet", "spec/serviceName"),
            ("Ingress", "spec/rules/http/paths/backend/serviceName"),
            ("Ingress", "spec/backend/serviceName"),
            ("Ingress", "spec/rules/http/paths/backend/service/name"),
            ("Ingress", "spec/defaultBackend/service/name"),
            ("apiregistration.k8s.io/APIService", "spec/service/name"),
            ("admissionregistration.k8s.io/ValidatingWebhookConfiguration", "webhooks/clientConfig/service"),
            ("admissionregistration.k8s.io/MutatingWebhookConfiguration", "webhooks/clientConfig/service"),
        ],
    )
}
