//! What the level restricted forbids beyond baseline.

use manifesto_yaml::Node;

use super::baseline::{added, containers, proc_mount};
use super::pod::Pod;
use super::{Check, Offence, Strictness, Version, seccomp};

const fn check(
    id: &'static str,
    says: &'static str,
    known_as: &'static str,
    since: u16,
    replaces: Option<&'static str>,
    find: fn(&Pod<'_>, Version) -> Vec<Offence>,
) -> Check {
    Check { id, says, known_as, level: Strictness::Restricted, since, replaces, find }
}

pub(super) static CHECKS: &[Check] = &[
    check(
        "allowPrivilegeEscalation",
        "may gain privileges",
        "KSV001, C-0016, privilege-escalation-container",
        8,
        None,
        privilege_escalation,
    ),
    check(
        "capabilities_restricted",
        "keeps or adds capabilities",
        "KSV106, C-0046",
        22,
        Some("capabilities_baseline"),
        capabilities,
    ),
    check(
        "procMount_restricted",
        "unmasks /proc",
        "KSV027, unsafe-proc-mount",
        35,
        Some("procMount"),
        proc_mount,
    ),
    check(
        "restrictedVolumes",
        "mounts volumes of other kinds",
        "KSV028",
        0,
        Some("hostPathVolumes"),
        volumes,
    ),
    check("runAsNonRoot", "may run as root", "KSV012, C-0013, run-as-non-root", 0, None, non_root),
    check("runAsUser", "runs as user 0", "KSV105", 23, None, user_zero),
    check(
        "seccompProfile_restricted",
        "has no seccomp profile",
        "KSV030, KSV104, C-0210",
        19,
        Some("seccompProfile_baseline"),
        seccomp::restricted,
    ),
];

fn is_exempt(pod: &Pod<'_>, version: Version) -> bool {
    version.is_since(25) && pod.is_windows()
}

fn privilege_escalation(pod: &Pod<'_>, version: Version) -> Vec<Offence> {
    if is_exempt(pod, version) {
        return Vec::new();
    }
    containers(pod, |c| c.security(&["allowPrivilegeEscalation"]).and_then(Node::as_bool) != Some(false))
}

fn capabilities(pod: &Pod<'_>, version: Version) -> Vec<Offence> {
    if is_exempt(pod, version) {
        return Vec::new();
    }
    let mut offences = containers(pod, |container| {
        let dropped = container.security(&["capabilities", "drop"]).map(Node::items).unwrap_or_default();
        !dropped.iter().any(|name| name.text() == Some("ALL"))
    });
    offences.extend(added(pod, |name| name == "NET_BIND_SERVICE"));
    offences
}

const VOLUMES: &[&str] = &[
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

/// A volume that names no source is an empty directory (kubernetes, `pkg/apis/core/v1/defaults.go`).
fn volumes(pod: &Pod<'_>, _: Version) -> Vec<Offence> {
    let sources = |volume: &Node| -> Vec<String> {
        let set = volume.entries().iter().filter(|entry| !entry.value.is_null());
        set.filter_map(|entry| entry.key.text()).filter(|key| *key != "name").map(str::to_owned).collect()
    };
    let of = |volume: &Node| {
        let sources = sources(volume);
        let is_good = sources.is_empty() || sources.iter().any(|source| VOLUMES.contains(&source.as_str()));
        (!is_good).then(|| Offence::pod().with(sources.join(", ")))
    };
    pod.volumes().iter().filter_map(of).collect()
}

fn non_root(pod: &Pod<'_>, version: Version) -> Vec<Offence> {
    if version.is_since(35) && pod.has_own_users() {
        return Vec::new();
    }
    let of_pod = pod.security(&["runAsNonRoot"]).and_then(Node::as_bool);
    let mut offences = Vec::new();
    if of_pod == Some(false) {
        offences.push(Offence::pod());
    }
    offences.extend(containers(pod, |container| {
        container.security(&["runAsNonRoot"]).and_then(Node::as_bool).or(of_pod) != Some(true)
    }));
    offences
}

fn user_zero(pod: &Pod<'_>, version: Version) -> Vec<Offence> {
    if version.is_since(35) && pod.has_own_users() {
        return Vec::new();
    }
    let is_zero = |user: Option<&Node>| user.and_then(Node::as_i64) == Some(0);
    let mut offences = Vec::new();
    if is_zero(pod.security(&["runAsUser"])) {
        offences.push(Offence::pod());
    }
    offences.extend(containers(pod, |container| is_zero(container.security(&["runAsUser"]))));
    offences
}
