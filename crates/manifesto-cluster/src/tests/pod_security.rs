//! What each level forbids, and since when.

use manifesto_yaml::{Dialect, Limits, parse};

use crate::Labels;
use crate::pod_security::{Enforcement, Pod, Strictness, Version, breaches, level_of};

/// A pod with one container that meets restricted, with more of the pod's spec and of its container.
fn check(pod: &str, container: &str) -> String {
    let security = "capabilities: {drop: [ALL]}, allowPrivilegeEscalation: false";
    format!(
        "{{metadata: {{}}, spec: {{{pod} containers: [{{name: c, securityContext: {{{security}}}}}, {{name: d, {container}}}]}}}}"
    )
}

/// The checks that a pod fails, as `id` or `id@container`.
fn failed(text: &str, level: Strictness, minor: u16) -> Vec<String> {
    let parsed = parse(text.as_bytes(), Dialect::SigsV2, &Limits::default());
    assert!(parsed.error.is_none(), "{text}: {:?}", parsed.error);
    let pod = Pod::of_template(&parsed.documents[0].root).unwrap();
    let found = breaches(&pod, level, Version::minor(minor));
    let of = |breach: &crate::pod_security::Breach| {
        let places = breach.offences.iter().map(|offence| match &offence.container {
            Some(container) => format!("{}@{container}", breach.check.id),
            None => breach.check.id.to_owned(),
        });
        places.collect::<Vec<String>>()
    };
    found.iter().flat_map(of).collect()
}

/// What makes a pod of the helper above meet restricted.
const GOOD: &str = "securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}},";
const GOOD_CONTAINER: &str =
    "securityContext: {capabilities: {drop: [ALL]}, allowPrivilegeEscalation: false}";

#[test]
fn a_good_pod_meets_every_level() {
    for minor in 0..=Version::LATEST.minor_number() {
        assert!(failed(&check(GOOD, GOOD_CONTAINER), Strictness::Restricted, minor).is_empty(), "{minor}");
    }
}

#[test]
fn checks_begin_and_end_with_their_versions() {
    let escalation = check(GOOD, "securityContext: {capabilities: {drop: [ALL]}}");
    let no_drop = check(GOOD, "securityContext: {allowPrivilegeEscalation: false}");
    let probe = check(GOOD, &format!("livenessProbe: {{httpGet: {{host: h}}}}, {GOOD_CONTAINER}"));
    let root = check(
        "securityContext: {runAsUser: 0, runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}},",
        GOOD_CONTAINER,
    );
    let own_users = check(
        "hostUsers: false, securityContext: {runAsUser: 0, seccompProfile: {type: RuntimeDefault}},",
        GOOD_CONTAINER,
    );
    let rmem = check(
        "securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}, sysctls: [{name: net.ipv4.tcp_rmem}]},",
        GOOD_CONTAINER,
    );
    let cases: [(&str, u16, &[&str]); 13] = [
        (&escalation, 7, &[]),
        (&escalation, 8, &["allowPrivilegeEscalation@d"]),
        (&no_drop, 21, &[]),
        (&no_drop, 22, &["capabilities_restricted@d"]),
        (&probe, 33, &[]),
        (&probe, 34, &["hostProbesAndHostLifecycle@d"]),
        (&root, 22, &[]),
        (&root, 23, &["runAsUser"]),
        (&root, 37, &["runAsUser"]),
        (&own_users, 34, &["runAsNonRoot@c", "runAsNonRoot@d", "runAsUser"]),
        (&own_users, 35, &[]),
        (&rmem, 31, &["sysctls"]),
        (&rmem, 32, &[]),
    ];
    for (pod, minor, expected) in cases {
        assert_eq!(failed(pod, Strictness::Restricted, minor), expected, "1.{minor}: {pod}");
    }
}

#[test]
fn the_pods_own_settings_count_where_a_container_has_none() {
    let cases: [(&str, &str, &[&str]); 4] = [
        ("", "securityContext: {runAsNonRoot: true}", &["runAsNonRoot@c"]),
        (
            "securityContext: {runAsNonRoot: true},",
            "securityContext: {runAsNonRoot: false}",
            &["runAsNonRoot@d"],
        ),
        (
            "securityContext: {runAsNonRoot: false},",
            "securityContext: {runAsNonRoot: true}",
            &["runAsNonRoot", "runAsNonRoot@c"],
        ),
        ("securityContext: {runAsNonRoot: true},", "securityContext: {runAsNonRoot: null}", &[]),
    ];
    for (pod, container, expected) in cases {
        assert_eq!(failed(&check(pod, container), Strictness::Restricted, 0), expected, "{pod} {container}");
    }
}

#[test]
fn a_restricted_check_stands_in_for_its_baseline_check() {
    let bad = check(
        "volumes: [{name: v, hostPath: {path: /}}],",
        "securityContext: {capabilities: {add: [NET_ADMIN], drop: [ALL]}}",
    );
    assert_eq!(failed(&bad, Strictness::Baseline, 37), ["capabilities_baseline@d", "hostPathVolumes"]);
    let restricted = failed(&bad, Strictness::Restricted, 37);
    assert!(
        restricted.contains(&"restrictedVolumes".to_owned())
            && !restricted.contains(&"hostPathVolumes".to_owned())
    );
}

#[test]
fn windows_is_exempt_from_what_it_does_not_have() {
    let pod = "{spec: {os: {name: windows}, securityContext: {runAsNonRoot: true}, containers: [{name: c}]}}";
    assert!(failed(pod, Strictness::Restricted, 25).is_empty());
    assert_eq!(failed(pod, Strictness::Restricted, 24).len(), 3);
}

#[test]
fn levels_and_labels_are_read() {
    let parsed = parse(b"{spec: {hostNetwork: true}}", Dialect::SigsV2, &Limits::default());
    let pod = Pod::of_template(&parsed.documents[0].root).unwrap();
    assert_eq!(level_of(&pod, Version::LATEST), Strictness::Privileged);
    let labels = |level: &str, version: &str| -> Labels {
        [
            ("pod-security.kubernetes.io/enforce", level),
            ("pod-security.kubernetes.io/enforce-version", version),
        ]
        .into_iter()
        .collect()
    };
    let read = |level, version| Enforcement::read(&labels(level, version));
    let Enforcement::Standard(standard) = read("baseline", "v1.25") else { panic!() };
    assert_eq!((standard.level, standard.version), (Strictness::Baseline, Some(Version::minor(25))));
    assert_eq!(read("nonsense", "latest").level(), Strictness::Restricted);
    assert_eq!(Enforcement::read(&Labels::default()).level(), Strictness::Privileged);
    assert!(Version::parse("v1.01").is_none() && Version::parse("1.30").is_none());
    assert_eq!(Version::parse("v1.99"), Some(Version::LATEST));
}
