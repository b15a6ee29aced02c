//! Which kinds belong to which part of the platform.

use manifesto_objects::{Object, ObjectChange};
use manifesto_yaml::Node;

use super::Area;

/// Whether everybody would say that an object belongs to an area, or only some.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Counts {
    /// A reader may see it otherwise.
    Arguably,
    /// Nobody would.
    Surely,
}

/// Whether this change belongs to the area; none when it does not.
pub(crate) fn of_change(area: Area, change: &ObjectChange) -> Option<Counts> {
    let sides = [change.base.as_deref(), change.head.as_deref()];
    sides.into_iter().flatten().filter_map(|object| of_object(area, object, change)).max()
}

fn of_object(area: Area, object: &Object, change: &ObjectChange) -> Option<Counts> {
    let (group, kind) = (object.id.group.as_str(), object.id.kind.as_str());
    if kind == "CustomResourceDefinition" {
        // The definition of a kind is not yet one of the kind.
        let defines = object.at(&["spec", "group"]).and_then(Node::as_str)?;
        return by_kind(area, defines, "").map(|_| Counts::Arguably);
    }
    by_kind(area, group, kind).or_else(|| by_content(area, object, change))
}

/// API groups all of whose kinds belong to an area; subgroups are meant too (`crossplane.io`: `pkg.crossplane.io`).
const GROUPS: &[(Area, &[&str])] = &[
    (Area::Crossplane, &["crossplane.io", "upbound.io"]),
    (Area::GitOps, &["fluxcd.controlplane.io", "toolkit.fluxcd.io"]),
    (
        Area::Network,
        &[
            "cilium.io",
            "gateway.networking.k8s.io",
            "gateway.networking.x-k8s.io",
            "istio.io",
            "k8s.nginx.org",
            "linkerd.io",
            "metallb.io",
            "networking.cfargotunnel.com",
            "networking.k8s.io",
            "policy.networking.k8s.io",
            "projectcalico.org",
            "submariner.io",
            "tailscale.com",
            "traefik.io",
        ],
    ),
    (
        Area::Security,
        &[
            "bitnami.com",
            "certificates.k8s.io",
            "dex.coreos.com",
            "external-secrets.io",
            "gatekeeper.sh",
            "isindir.github.com",
            "keycloak.org",
            "kyverno.io",
            "openpolicyagent.org",
            "pocketid.internal",
            "policy.networking.k8s.io",
            "rbac.authorization.k8s.io",
            "secrets.hashicorp.com",
            "secrets.infisical.com",
            "vault.upbound.io",
        ],
    ),
    (
        Area::Storage,
        &[
            "cnpg.io",
            "csi-addons.openshift.io",
            "k8up.io",
            "longhorn.io",
            "minio.min.io",
            "objectbucket.io",
            "openebs.io",
            "percona.com",
            "rook.io",
            "snapshot.storage.k8s.io",
            "storage.k8s.io",
            "velero.io",
            "volsync.backube",
            "zalan.do",
        ],
    ),
    (Area::Dns, &["cert-manager.io", "externaldns.k8s.io"]),
    (
        Area::Monitoring,
        &[
            "grafana.org",
            "integreatly.org",
            "monitoring.coreos.com",
            "opentelemetry.io",
            "pyrra.dev",
            "sloth.slok.dev",
            "victoriametrics.com",
        ],
    ),
];

/// Kinds that belong to an area though their group as a whole does not, or that only some readers would count.
const KINDS: &[(Area, Counts, &str, &[&str])] = &[
    (Area::GitOps, Counts::Surely, "argoproj.io", &["Application", "ApplicationSet", "AppProject"]),
    // Rollouts, Workflows and events share the group of Argo CD.
    (Area::GitOps, Counts::Arguably, "argoproj.io", &[]),
    (Area::Network, Counts::Arguably, "gateway.envoyproxy.io", &["SecurityPolicy"]),
    (Area::Network, Counts::Surely, "gateway.envoyproxy.io", &[]),
    (Area::Security, Counts::Surely, "gateway.envoyproxy.io", &["SecurityPolicy"]),
    (Area::Security, Counts::Surely, "networking.k8s.io", &["NetworkPolicy"]),
    (Area::Security, Counts::Surely, "cilium.io", &["CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy"]),
    (
        Area::Security,
        Counts::Surely,
        "admissionregistration.k8s.io",
        &["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"],
    ),
    (Area::Security, Counts::Arguably, "admissionregistration.k8s.io", &[]),
    (Area::Security, Counts::Arguably, "", &["Secret", "ServiceAccount"]),
    (Area::Storage, Counts::Surely, "", &["PersistentVolume", "PersistentVolumeClaim"]),
];

/// `kind` is empty when any kind of the group is meant.
fn by_kind(area: Area, group: &str, kind: &str) -> Option<Counts> {
    let within =
        |suffix: &str| group.strip_suffix(suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    if GROUPS.iter().any(|(of, groups)| *of == area && groups.iter().any(|suffix| within(suffix))) {
        return Some(Counts::Surely);
    }
    // A row without kinds is for those that no row before it names.
    let fits = |kinds: &[&str]| kinds.is_empty() || kinds.contains(&kind);
    let mut rows = KINDS.iter().filter(|(of, _, name, kinds)| *of == area && *name == group && fits(kinds));
    rows.next().map(|(_, counts, _, _)| *counts)
}

/// Objects of common kinds belong to an area by what they say.
fn by_content(area: Area, object: &Object, change: &ObjectChange) -> Option<Counts> {
    match area {
        Area::Network if object.id.is("", "Service") => service(object),
        Area::Security if object.id.is("", "Namespace") => {
            let touched = touches(change, &["metadata", "labels"], "pod-security.kubernetes.io/");
            touched.then_some(Counts::Surely)
        }
        Area::Storage => storage(object, change),
        Area::Dns => {
            let touched = touches(change, &["metadata", "annotations"], "external-dns.")
                || touches(change, &["metadata", "annotations"], "cert-manager.io/");
            touched.then_some(Counts::Surely)
        }
        Area::Monitoring => monitoring(object, change),
        _ => None,
    }
}

/// A Service that is reachable from outside the cluster.
fn service(object: &Object) -> Option<Counts> {
    let kind = object.at(&["spec", "type"]).and_then(Node::as_str).unwrap_or("ClusterIP");
    let outside = matches!(kind, "LoadBalancer" | "NodePort" | "ExternalName")
        || object.annotations().any(|(key, _)| key.starts_with("tailscale.com/"))
        || object.at(&["spec", "externalIPs"]).is_some();
    outside.then_some(Counts::Surely)
}

fn storage(object: &Object, change: &ObjectChange) -> Option<Counts> {
    let whole = change.base.is_none() || change.head.is_none();
    let claims = object.at(&["spec", "volumeClaimTemplates"]).is_some();
    let differs = change.fields.iter().any(|field| field.path.starts_with(&["spec", "volumeClaimTemplates"]));
    if claims && (whole || differs) || touches(change, &["metadata", "labels"], "recurring-job") {
        return Some(Counts::Surely);
    }
    let mounts =
        change.fields.iter().any(|field| field.path.keys().any(|key| key == "persistentVolumeClaim"));
    mounts.then_some(Counts::Arguably)
}

fn monitoring(object: &Object, change: &ObjectChange) -> Option<Counts> {
    let dashboard =
        object.id.is("", "ConfigMap") && object.labels().any(|(key, _)| key.starts_with("grafana_"));
    let scraped = touches(change, &["metadata", "annotations"], "prometheus.io/")
        || touches(change, &["spec", "template", "metadata", "annotations"], "prometheus.io/");
    (dashboard || scraped).then_some(Counts::Surely)
}

/// Whether a label or annotation whose key starts like this is added, removed or changed.
fn touches(change: &ObjectChange, mapping: &[&str], prefix: &str) -> bool {
    let has = |object: &Object| {
        let entries = object.at(mapping).into_iter().flat_map(Node::entries);
        entries.filter_map(|entry| entry.key.text()).any(|key| key.starts_with(prefix))
    };
    match (&change.base, &change.head) {
        (Some(_), Some(_)) => change.fields.iter().any(|field| {
            let mut keys = field.path.keys().skip(mapping.len());
            // The mapping itself may be what is new.
            field.path.starts_with(mapping) && keys.next().is_none_or(|key| key.starts_with(prefix))
        }),
        (Some(object), None) | (None, Some(object)) => has(object),
        (None, None) => false,
    }
}
