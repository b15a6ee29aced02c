//! Seccomp profiles: in annotations before Kubernetes 1.19, in fields since.

use manifesto_yaml::Node;

use super::baseline::{containers, text};
use super::pod::Pod;
use super::{Offence, Version};

const OF_POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
const OF_CONTAINER: &str = "container.seccomp.security.alpha.kubernetes.io/";

/// A profile that is given must be a good one.
pub(super) fn baseline(pod: &Pod<'_>, version: Version) -> Vec<Offence> {
    if !version.is_since(19) {
        return by_annotation(pod);
    }
    let is_bad = |profile: Option<&Node>| profile.is_some_and(|profile| !is_good(profile));
    let mut offences = Vec::new();
    if is_bad(pod.security(&["seccompProfile"])) {
        offences.push(Offence::pod());
    }
    offences.extend(containers(pod, |container| is_bad(container.security(&["seccompProfile"]))));
    offences
}

/// Every container has a good profile, its own or the pod's.
pub(super) fn restricted(pod: &Pod<'_>, version: Version) -> Vec<Offence> {
    if version.is_since(25) && pod.is_windows() {
        return Vec::new();
    }
    let of_pod = pod.security(&["seccompProfile"]).map(is_good);
    let mut offences = Vec::new();
    if of_pod == Some(false) {
        offences.push(Offence::pod());
    }
    offences.extend(containers(pod, |container| {
        container.security(&["seccompProfile"]).map(is_good).or(of_pod) != Some(true)
    }));
    offences
}

fn is_good(profile: &Node) -> bool {
    matches!(text(profile.get("type")), "RuntimeDefault" | "Localhost")
}

fn by_annotation(pod: &Pod<'_>) -> Vec<Offence> {
    let is_bad = |value: &str| {
        !(matches!(value, "runtime/default" | "docker/default") || value.starts_with("localhost/"))
    };
    let bad = |wanted: &str| pod.annotations().any(|(key, value)| key == wanted && is_bad(value));
    let mut offences = Vec::new();
    if bad(OF_POD) {
        offences.push(Offence::pod());
    }
    offences.extend(containers(pod, |container| bad(&format!("{OF_CONTAINER}{}", container.name()))));
    offences
}
