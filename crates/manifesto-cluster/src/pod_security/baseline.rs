//! What the level baseline forbids.

use manifesto_yaml::Node;

use super::pod::{Pod, PodContainer};
use super::{Check, Offence, Strictness, Version, seccomp};

const fn check(
    id: &'static str,
    says: &'static str,
    known_as: &'static str,
    since: u16,
    find: fn(&Pod<'_>, Version) -> Vec<Offence>,
) -> Check {
    Check { id, says, known_as, level: Strictness::Baseline, since, replaces: None, find }
}

pub(super) static CHECKS: &[Check] = &[
    check("appArmorProfile", "turns AppArmor off", "KSV002", 0, app_armor),
    check("capabilities_baseline", "adds capabilities", "KSV022, C-0046", 0, capabilities),
    check(
        "hostNamespaces",
        "shares namespaces of the node",
        "KSV008, KSV009, KSV010, C-0038, C-0041",
        0,
        host_namespaces,
    ),
    check("hostPathVolumes", "mounts paths of the node", "KSV023, C-0048", 0, host_paths),
    check("hostPorts", "uses ports of the node", "KSV024, C-0044", 0, host_ports),
    check("hostProbesAndHostLifecycle", "sends probes elsewhere", "", 34, probe_hosts),
    check("privileged", "runs privileged", "KSV017, C-0057, privileged-container", 0, privileged),
    check("procMount", "unmasks /proc", "KSV027, unsafe-proc-mount", 0, proc_mount_baseline),
    check("seLinuxOptions", "changes its SELinux type, user or role", "KSV025", 0, se_linux),
    check("seccompProfile_baseline", "turns seccomp off", "KSV104, C-0210", 0, seccomp::baseline),
    check("sysctls", "sets sysctls of the node", "KSV026, unsafe-sysctls", 0, sysctls),
    check("windowsHostProcess", "runs as a process of the node", "KSV103", 0, host_process),
];

/// The containers for which something holds.
pub(super) fn containers(pod: &Pod<'_>, fails: impl Fn(&PodContainer<'_>) -> bool) -> Vec<Offence> {
    pod.containers().filter(fails).map(|container| Offence::of(container.name())).collect()
}

fn is_true(node: Option<&Node>) -> bool {
    node.and_then(Node::as_bool) == Some(true)
}

pub(super) fn text(node: Option<&Node>) -> &str {
    node.and_then(Node::text).unwrap_or_default()
}

const APP_ARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";

fn app_armor(pod: &Pod<'_>, _: Version) -> Vec<Offence> {
    let is_bad = |profile: Option<&Node>| {
        profile.is_some_and(|profile| !matches!(text(profile.get("type")), "RuntimeDefault" | "Localhost"))
    };
    let is_bad_value =
        |value: &str| !(value.is_empty() || value == "runtime/default" || value.starts_with("localhost/"));
    let mut offences = Vec::new();
    if is_bad(pod.security(&["appArmorProfile"])) {
        offences.push(Offence::pod());
    }
    offences.extend(containers(pod, |container| is_bad(container.security(&["appArmorProfile"]))));
    let annotations =
        pod.annotations().filter(|(key, value)| key.starts_with(APP_ARMOR) && is_bad_value(value));
    offences.extend(annotations.map(|(key, _)| Offence::of(key.strip_prefix(APP_ARMOR).unwrap_or_default())));
    offences
}

const CAPABILITIES: &[&str] = &[
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

fn capabilities(pod: &Pod<'_>, _: Version) -> Vec<Offence> {
    added(pod, |name| CAPABILITIES.contains(&name))
}

/// The containers that add capabilities other than these.
pub(super) fn added(pod: &Pod<'_>, is_allowed: impl Fn(&str) -> bool) -> Vec<Offence> {
    let mut offences = Vec::new();
    for container in pod.containers() {
        let names = container.security(&["capabilities", "add"]).map(Node::items).unwrap_or_default();
        let bad: Vec<&str> = names.iter().filter_map(Node::text).filter(|name| !is_allowed(name)).collect();
        if !bad.is_empty() {
            offences.push(Offence::of(container.name()).with(bad.join(", ")));
        }
    }
    offences
}

fn host_namespaces(pod: &Pod<'_>, _: Version) -> Vec<Offence> {
    let fields = ["hostNetwork", "hostPID", "hostIPC"];
    fields
        .into_iter()
        .filter(|field| is_true(pod.field(&[field])))
        .map(|field| Offence::pod().with(field))
        .collect()
}

fn host_paths(pod: &Pod<'_>, _: Version) -> Vec<Offence> {
    let paths =
        pod.volumes().iter().filter_map(|volume| volume.get("hostPath").filter(|path| !path.is_null()));
    paths.map(|path| Offence::pod().with(text(path.get("path")))).collect()
}

fn host_ports(pod: &Pod<'_>, _: Version) -> Vec<Offence> {
    let mut offences = Vec::new();
    for container in pod.containers() {
        let ports = container.field(&["ports"]).map(Node::items).unwrap_or_default();
        let numbers: Vec<String> = ports
            .iter()
            .filter_map(|port| port.get("hostPort")?.as_i64())
            .filter(|port| *port != 0)
            .map(|port| port.to_string())
            .collect();
        if !numbers.is_empty() {
            offences.push(Offence::of(container.name()).with(numbers.join(", ")));
        }
    }
    offences
}

fn probe_hosts(pod: &Pod<'_>, _: Version) -> Vec<Offence> {
    let handlers: [&[&str]; 5] = [
        &["livenessProbe"],
        &["readinessProbe"],
        &["startupProbe"],
        &["lifecycle", "postStart"],
        &["lifecycle", "preStop"],
    ];
    let host = |handler: &Node| {
        let hosts = ["httpGet", "tcpSocket"].map(|kind| text(handler.path(&[kind, "host"])));
        hosts.into_iter().find(|host| !host.is_empty()).map(str::to_owned)
    };
    let of = |container: PodContainer<'_>| {
        let found = handlers.iter().find_map(|path| container.field(path).and_then(host))?;
        Some(Offence::of(container.name()).with(found))
    };
    pod.containers().filter_map(of).collect()
}

fn privileged(pod: &Pod<'_>, _: Version) -> Vec<Offence> {
    containers(pod, |container| is_true(container.security(&["privileged"])))
}

fn proc_mount_baseline(pod: &Pod<'_>, version: Version) -> Vec<Offence> {
    if version.is_since(35) && pod.has_own_users() { Vec::new() } else { proc_mount(pod, version) }
}

pub(super) fn proc_mount(pod: &Pod<'_>, _: Version) -> Vec<Offence> {
    containers(pod, |container| {
        container.security(&["procMount"]).is_some_and(|mount| text(Some(mount)) != "Default")
    })
}

fn se_linux(pod: &Pod<'_>, version: Version) -> Vec<Offence> {
    let is_bad = |options: Option<&Node>| {
        let Some(options) = options else { return false };
        let is_type = match text(options.get("type")) {
            "" | "container_t" | "container_init_t" | "container_kvm_t" => true,
            "container_engine_t" => version.is_since(31),
            _ => false,
        };
        !is_type || !text(options.get("user")).is_empty() || !text(options.get("role")).is_empty()
    };
    let mut offences = Vec::new();
    if is_bad(pod.security(&["seLinuxOptions"])) {
        offences.push(Offence::pod());
    }
    offences.extend(containers(pod, |container| is_bad(container.security(&["seLinuxOptions"]))));
    offences
}

/// The sysctls that stay in the pod, each with the version that knew it first.
const SYSCTLS: &[(u16, &[&str])] = &[
    (
        0,
        &[
            "kernel.shm_rmid_forced",
            "net.ipv4.ip_local_port_range",
            "net.ipv4.tcp_syncookies",
            "net.ipv4.ping_group_range",
            "net.ipv4.ip_unprivileged_port_start",
        ],
    ),
    (27, &["net.ipv4.ip_local_reserved_ports"]),
    (
        29,
        &[
            "net.ipv4.tcp_keepalive_time",
            "net.ipv4.tcp_fin_timeout",
            "net.ipv4.tcp_keepalive_intvl",
            "net.ipv4.tcp_keepalive_probes",
        ],
    ),
    (32, &["net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"]),
    (37, &["net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_notsent_lowat"]),
];

fn sysctls(pod: &Pod<'_>, version: Version) -> Vec<Offence> {
    let is_safe =
        |name: &str| SYSCTLS.iter().any(|(since, names)| version.is_since(*since) && names.contains(&name));
    let set = pod.security(&["sysctls"]).map(Node::items).unwrap_or_default();
    let names = set.iter().map(|sysctl| text(sysctl.get("name")));
    names.filter(|name| !is_safe(name)).map(|name| Offence::pod().with(name)).collect()
}

fn host_process(pod: &Pod<'_>, _: Version) -> Vec<Offence> {
    let mut offences = Vec::new();
    if is_true(pod.security(&["windowsOptions", "hostProcess"])) {
        offences.push(Offence::pod());
    }
    offences.extend(containers(pod, |c| is_true(c.security(&["windowsOptions", "hostProcess"]))));
    offences
}
