//! What the real cases must say about who reaches whom, and what is reachable from outside (see `../shared`).
//!
//! Each line was read off the trees by hand: the fact, the file and the line that prove it.

use std::collections::BTreeMap;

use crate::arcane::Arcane;

const NETWORK: &str = "network-isolation";
const SURFACE: &str = "attack-surface";

/// A fact that a case must state: case, topic, weight, pieces of its text, the end of a path that proves it, and the line.
type Expected = (&'static str, &'static str, &'static str, &'static [&'static str], &'static str, u64);

const EXPECTED: &[Expected] = &[
    (
        "01-add-app-silverbullet",
        SURFACE,
        "hazard",
        &[
            "silverbullet leads to silverbullet/silverbullet from the tailnet",
            "past the OIDC of notes.chezmoi.sh",
        ],
        "silverbullet.ingress.yaml",
        12,
    ),
    (
        "01-add-app-silverbullet",
        SURFACE,
        "notable",
        &["notes.chezmoi.sh is now reachable", "Gateway envoy-gateway-system/default", "behind OIDC"],
        "silverbullet.httproute.yaml",
        25,
    ),
    (
        "01-add-app-silverbullet",
        NETWORK,
        "plain",
        &[
            "envoy-gateway-system/* and tailscale-system/* may now reach silverbullet/silverbullet on TCP 3000",
        ],
        "network-policy.allow-silverbullet-from-tailscale.yaml",
        18,
    ),
    (
        "02-add-infra-newt",
        NETWORK,
        "notable",
        &["may now reach pangolin.chezmoi.sh on TCP 443, UDP 51820"],
        "network-policy.allow-newt-to-pangolin.yaml",
        17,
    ),
    (
        "19-cnpg-rename",
        NETWORK,
        "hazard",
        &[
            "CiliumNetworkPolicy/allow-postgres-to-s3-backup selects no pod any more",
            "cnpg.io/cluster=pocket-id-database",
        ],
        "CiliumNetworkPolicy.allow-postgres-to-s3-backup.yaml",
        34,
    ),
    (
        "08-gateway-migration",
        SURFACE,
        "notable",
        &["longhorn.amiya.akn.chezmoi.sh is no longer reachable", "HTTPRoute/longhorn is gone"],
        "amiya.akn/dist/infrastructure/kubernetes/longhorn/gateway.networking.k8s.io.v1.HTTPRoute.longhorn.yaml",
        27,
    ),
    (
        "08-gateway-migration",
        SURFACE,
        "notable",
        &["longhorn.lungmen.akn.chezmoi.sh is no longer reachable", "HTTPRoute/longhorn is gone"],
        "lungmen.akn/dist/infrastructure/kubernetes/longhorn/gateway.networking.k8s.io.v1.HTTPRoute.longhorn.yaml",
        27,
    ),
    (
        "09-gateway-netpol-fix",
        SURFACE,
        "notable",
        &["Policies still block, as before, what leads to auth.chezmoi.sh and vault.chezmoi.sh"],
        "HTTPRoute.pocket-id.yaml",
        30,
    ),
];

/// The five ways in that case 02 opens: the pods, the port, and the policies at both ends.
const WAYS_IN: [(&str, &str, &str); 5] = [
    ("immich/immich-server", "TCP 2283", "immich"),
    ("jellyfin/jellyfin", "TCP 8096", "jellyfin"),
    ("jellyseerr/", "TCP 5055", "jellyseerr"),
    ("linkding/linkding", "TCP 9090", "linkding"),
    ("n8n/n8n-main", "TCP 5678", "n8n"),
];

/// The routes that case 08 leaves to a Gateway that no policy admits, with their pods' ports.
const BLOCKED: [(&str, &str); 12] = [
    ("auth.chezmoi.sh", "1411"),
    ("vault.chezmoi.sh", "8200"),
    ("oci.chezmoi.sh", "5000"),
    ("budget.chezmoi.sh", "5006"),
    ("atuin.chezmoi.sh", "8888"),
    ("git.chezmoi.sh", "3000"),
    ("photos.chezmoi.sh", "2283"),
    ("streaming.chezmoi.sh", "8096"),
    ("bookmarks.chezmoi.sh", "9090"),
    ("n8n.chezmoi.sh", "5678"),
    ("paperless.chezmoi.sh", "8000"),
    ("notes.chezmoi.sh", "3000"),
];

struct Fact {
    topic: String,
    weight: String,
    text: String,
    places: Vec<(String, u64)>,
}

fn facts(arcane: &Arcane, case: &str) -> Vec<Fact> {
    let diff = arcane.run("diff", case, &["--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&diff.stdout).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().replace('`', "");
    let place = |origin: &serde_json::Value| (text(&origin["path"]), origin["line"].as_u64().unwrap_or(0));
    let fact = |fact: &serde_json::Value| Fact {
        topic: text(&fact["topic"]),
        weight: text(&fact["weight"]),
        text: text(&fact["text"]),
        places: fact["origins"].as_array().unwrap().iter().map(place).collect(),
    };
    report["facts"]
        .as_array()
        .unwrap()
        .iter()
        .map(fact)
        .filter(|f| [NETWORK, SURFACE].contains(&f.topic.as_str()))
        .collect()
}

#[test]
fn the_cases_say_who_reaches_whom() {
    let Some(arcane) = Arcane::open() else { return };
    let mut read: BTreeMap<&str, Vec<Fact>> = BTreeMap::new();
    for (case, topic, weight, pieces, path, line) in EXPECTED {
        let facts = read.entry(case).or_insert_with(|| facts(&arcane, case));
        let says =
            |fact: &&Fact| fact.topic == *topic && pieces.iter().all(|piece| fact.text.contains(piece));
        let fact = facts.iter().find(says).unwrap_or_else(|| panic!("{case}: nothing says {pieces:?}"));
        assert_eq!(fact.weight, *weight, "{case}: {}", fact.text);
        let proves = |(own, at): &(String, u64)| own.ends_with(path) && at == line;
        assert!(fact.places.iter().any(proves), "{case}: {} is proven by {:?}", fact.text, fact.places);
    }
}

#[test]
fn five_ways_in_are_found_with_the_policies_at_both_ends() {
    let Some(arcane) = Arcane::open() else { return };
    let facts = facts(&arcane, "02-add-infra-newt");
    for (pods, port, name) in WAYS_IN {
        let way = format!("newt-system/[app.kubernetes.io/name=newt] may now reach {pods}");
        let fact = facts.iter().find(|fact| fact.text.starts_with(&way)).unwrap_or_else(|| panic!("{way}"));
        assert!(fact.text.ends_with(port), "{}", fact.text);
        for policy in [format!("allow-{name}-from-newt.yaml"), format!("allow-newt-to-{name}.yaml")] {
            assert!(
                fact.places.iter().any(|(path, _)| path.ends_with(&policy)),
                "{policy} {:?}",
                fact.places
            );
        }
    }
}

#[test]
fn twelve_routes_are_blocked_by_the_migration_and_ten_freed_by_its_repair() {
    let Some(arcane) = Arcane::open() else { return };
    let blocked = facts(&arcane, "08-gateway-migration");
    let blocked: Vec<&Fact> = blocked.iter().filter(|fact| fact.text.contains("leads nowhere")).collect();
    assert_eq!(blocked.len(), BLOCKED.len());
    for (host, port) in BLOCKED {
        let text = format!("on TCP {port}: {host} leads nowhere");
        let fact = blocked.iter().find(|fact| fact.text.ends_with(&text)).unwrap_or_else(|| panic!("{text}"));
        assert_eq!((fact.topic.as_str(), fact.weight.as_str()), (SURFACE, "hazard"));
        let kinds = ["HTTPRoute", "CiliumNetworkPolicy"];
        assert!(
            kinds.iter().all(|kind| fact.places.iter().any(|(path, _)| path.contains(kind))),
            "{:?}",
            fact.places
        );
    }
    let freed = facts(&arcane, "09-gateway-netpol-fix");
    let freed =
        freed.iter().filter(|fact| fact.text.contains("through to") && fact.text.contains(" again, for "));
    assert_eq!(freed.count(), 10);
}

#[test]
fn what_changes_nothing_raises_no_alarm() {
    let Some(arcane) = Arcane::open() else { return };
    for case in ["17-docs-only-adr", "18-secret-paths", "06-chart-bump-external-secrets"] {
        let facts = facts(&arcane, case);
        assert!(facts.is_empty(), "{case}: {}", facts[0].text);
    }
}
