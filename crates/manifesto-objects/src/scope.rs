//! Which kinds have a namespace.

/// Whether objects of a kind live in a namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// They do.
    Namespaced,
    /// They do not.
    Cluster,
    /// Only a CustomResourceDefinition knows.
    Unknown,
}

/// The built-in kinds without a namespace: `kubectl api-resources --namespaced=false` of Kubernetes 1.35.
const CLUSTER: &[(&str, &[&str])] = &[
    ("", &["ComponentStatus", "Namespace", "Node", "PersistentVolume"]),
    (
        "admissionregistration.k8s.io",
        &[
            "MutatingAdmissionPolicy",
            "MutatingAdmissionPolicyBinding",
            "MutatingWebhookConfiguration",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
            "ValidatingWebhookConfiguration",
        ],
    ),
    ("apiextensions.k8s.io", &["CustomResourceDefinition"]),
    ("apiregistration.k8s.io", &["APIService"]),
    ("authentication.k8s.io", &["SelfSubjectReview", "TokenReview"]),
    ("authorization.k8s.io", &["SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview"]),
    ("certificates.k8s.io", &["CertificateSigningRequest", "ClusterTrustBundle"]),
    ("flowcontrol.apiserver.k8s.io", &["FlowSchema", "PriorityLevelConfiguration"]),
    ("networking.k8s.io", &["IPAddress", "IngressClass", "ServiceCIDR"]),
    ("node.k8s.io", &["RuntimeClass"]),
    ("rbac.authorization.k8s.io", &["ClusterRole", "ClusterRoleBinding"]),
    ("resource.k8s.io", &["DeviceClass", "DeviceTaintRule", "ResourceSlice"]),
    ("scheduling.k8s.io", &["PriorityClass"]),
    (
        "storage.k8s.io",
        &["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment", "VolumeAttributesClass"],
    ),
    ("storagemigration.k8s.io", &["StorageVersionMigration"]),
];

/// The groups whose other kinds all live in a namespace.
const BUILT_IN: &[&str] = &[
    "",
    "apps",
    "autoscaling",
    "batch",
    "coordination.k8s.io",
    "discovery.k8s.io",
    "events.k8s.io",
    "extensions",
    "policy",
];

/// Kinds with a namespace of well-known CustomResourceDefinitions, as their `spec.scope` says: cert-manager 1.18,
/// CloudNativePG 1.27 and its barman plugin, External Secrets 0.19, Cilium 1.18, Gateway API 1.4, Envoy Gateway 1.5,
/// Prometheus operator 0.85, Argo CD 3, Flux 2.
const NAMESPACED_CUSTOM: &[(&str, &[&str])] = &[
    ("acme.cert-manager.io", &["Challenge", "Order"]),
    ("argoproj.io", &["AppProject", "Application", "ApplicationSet"]),
    ("barmancloud.cnpg.io", &["ObjectStore"]),
    ("cert-manager.io", &["Certificate", "CertificateRequest", "Issuer"]),
    (
        "cilium.io",
        &["CiliumEndpoint", "CiliumEnvoyConfig", "CiliumLocalRedirectPolicy", "CiliumNetworkPolicy"],
    ),
    ("external-secrets.io", &["ExternalSecret", "PushSecret", "SecretStore"]),
    (
        "gateway.envoyproxy.io",
        &[
            "Backend",
            "BackendTrafficPolicy",
            "ClientTrafficPolicy",
            "EnvoyExtensionPolicy",
            "EnvoyPatchPolicy",
            "EnvoyProxy",
            "HTTPRouteFilter",
            "SecurityPolicy",
        ],
    ),
    (
        "gateway.networking.k8s.io",
        &[
            "BackendTLSPolicy",
            "GRPCRoute",
            "Gateway",
            "HTTPRoute",
            "ReferenceGrant",
            "TCPRoute",
            "TLSRoute",
            "UDPRoute",
        ],
    ),
    ("helm.toolkit.fluxcd.io", &["HelmRelease"]),
    ("kustomize.toolkit.fluxcd.io", &["Kustomization"]),
    (
        "monitoring.coreos.com",
        &[
            "Alertmanager",
            "AlertmanagerConfig",
            "PodMonitor",
            "Probe",
            "Prometheus",
            "PrometheusRule",
            "ScrapeConfig",
            "ServiceMonitor",
        ],
    ),
    (
        "postgresql.cnpg.io",
        &[
            "Backup",
            "Cluster",
            "Database",
            "ImageCatalog",
            "Pooler",
            "Publication",
            "ScheduledBackup",
            "Subscription",
        ],
    ),
    (
        "source.toolkit.fluxcd.io",
        &["Bucket", "GitRepository", "HelmChart", "HelmRepository", "OCIRepository"],
    ),
];

/// Whether objects of this kind live in a namespace.
pub fn scope_of(group: &str, kind: &str) -> Scope {
    match CLUSTER.iter().find(|(name, _)| *name == group) {
        Some((_, kinds)) if kinds.contains(&kind) => Scope::Cluster,
        Some(_) => Scope::Namespaced,
        None if BUILT_IN.contains(&group) => Scope::Namespaced,
        None if NAMESPACED_CUSTOM.iter().any(|(name, kinds)| *name == group && kinds.contains(&kind)) => {
            Scope::Namespaced
        }
        None => Scope::Unknown,
    }
}
