//! What the real cases must say about their operation: costs, the way back, storage (see `../shared`).
//!
//! Each line was read off the trees by hand. A case's facts about these topics are counted: all that are expected must be
//! there, and none may say what a person knows to be false.

use crate::arcane::Arcane;

/// A fact that a case must state: its topic, pieces of its text, and the end of the path that proves it.
struct Expected {
    case: &'static str,
    topic: &'static str,
    pieces: &'static [&'static str],
    path: &'static str,
}

const fn expect(
    case: &'static str,
    topic: &'static str,
    pieces: &'static [&'static str],
    path: &'static str,
) -> Expected {
    Expected { case, topic, pieces, path }
}

const EXPECTED: &[Expected] = &[
    expect(
        "01-add-app-silverbullet",
        "resource-requirements",
        &["CPU: +100m requested"],
        "silverbullet.statefulset.yaml",
    ),
    expect(
        "01-add-app-silverbullet",
        "resource-requirements",
        &["Memory: +256Mi requested, +512Mi limit"],
        "silverbullet.statefulset.yaml",
    ),
    expect(
        "01-add-app-silverbullet",
        "resource-requirements",
        &["Storage: +5Gi", "StatefulSet/silverbullet"],
        "silverbullet.statefulset.yaml",
    ),
    expect("02-add-infra-newt", "resource-requirements", &["Not counted", "newt", "1.1.0"], ""),
    expect(
        "14-remove-app-spoolman",
        "resource-requirements",
        &["Storage: -7Gi", "Cluster/spoolman-database"],
        "spoolman.postgresql.yaml",
    ),
    expect(
        "01-add-app-silverbullet",
        "rollback-procedure",
        &["leaves the 5Gi", "kubectl delete pvc persistent-silverbullet-0 -n silverbullet"],
        "silverbullet.statefulset.yaml",
    ),
    // The ApplicationSet preserves resources: the Application goes, and the database goes when somebody deletes it.
    expect(
        "14-remove-app-spoolman",
        "rollback-procedure",
        &["Loses the 7Gi of Cluster/spoolman-database", "empty database"],
        "spoolman.postgresql.yaml",
    ),
    expect(
        "14-remove-app-spoolman",
        "breaking-changes",
        &["Withdraws the host spoolman.chezmoi.sh"],
        "spoolman.httproute.yaml",
    ),
    // `Prune=confirm`.
    expect(
        "19-cnpg-rename",
        "rollback-procedure",
        &["Loses the 2548Mi of Cluster/pocket-id-database", "confirms"],
        "Cluster.pocket-id-database.yaml",
    ),
    expect(
        "08-gateway-migration",
        "breaking-changes",
        &["Withdraws the host longhorn.amiya.akn.chezmoi.sh"],
        "HTTPRoute.longhorn.yaml",
    ),
    expect(
        "08-gateway-migration",
        "breaking-changes",
        &["Withdraws the host longhorn.lungmen.akn.chezmoi.sh"],
        "HTTPRoute.longhorn.yaml",
    ),
    expect(
        "01-add-app-silverbullet",
        "storage",
        &["StatefulSet/silverbullet keeps 5Gi in persistent"],
        "silverbullet.statefulset.yaml",
    ),
    expect(
        "12-cnpg-backup",
        "storage",
        &["Cluster/apps-20260329 no longer archives its WAL", "point in time is lost"],
        "Cluster.apps-20260329.yaml",
    ),
    expect("12-cnpg-backup", "rollback-procedure", &["point in time is lost"], "Cluster.apps-20260329.yaml"),
    expect(
        "12-cnpg-backup",
        "storage",
        &["ScheduledBackup/apps-daily backs up Cluster/apps-20260329 at 0 0 2"],
        "ScheduledBackup.apps-daily.yaml",
    ),
    expect(
        "12-cnpg-backup",
        "storage",
        &["ObjectStore/apps-selfhosted moves", "earlier backups stay behind"],
        "ObjectStore.apps-selfhosted.yaml",
    ),
    expect(
        "12-cnpg-backup",
        "storage",
        &["ObjectStore/apps-secured-selfhosted moves", "earlier backups stay behind"],
        "ObjectStore.apps-secured-selfhosted.yaml",
    ),
    expect(
        "01-add-app-silverbullet",
        "deployment-method",
        &["applies by itself, with prune and self-heal", "silverbullet"],
        "apps.applicationset.yaml",
    ),
    expect(
        "01-add-app-silverbullet",
        "deployment-prerequisites",
        &["lungmen.akn/silverbullet/auth/oidc-client must be in the secret store"],
        "security-policy.silverbullet-oidc.yaml",
    ),
    expect(
        "02-add-infra-newt",
        "deployment-method",
        &["applies by itself, with prune and self-heal", "newt"],
        "applicationset.yaml",
    ),
    expect(
        "02-add-infra-newt",
        "deployment-prerequisites",
        &["shared/third-parties/pangolin/newt/lungmen.akn", "endpoint, token_id and token_secret"],
        "newt.externalsecret.yaml",
    ),
    expect(
        "12-cnpg-backup",
        "deployment-steps",
        &["argocd app sync databases"],
        "applications.applicationset.yaml",
    ),
];

/// What no case may say, because it is not so: case, topic, piece of text, why.
const FALSE: &[(&str, &str, &str, &str)] = &[
    ("02-add-infra-newt", "resource-requirements", "CPU:", "nobody knows what the chart asks for"),
    ("09-gateway-netpol-fix", "resource-requirements", "requested", "policies ask for nothing"),
    ("17-docs-only-adr", "resource-requirements", "", "a document asks for nothing"),
    ("17-docs-only-adr", "rollback-procedure", "", "nothing is deployed"),
    ("17-docs-only-adr", "breaking-changes", "", "nothing is deployed"),
    ("17-docs-only-adr", "deployment-method", "", "nothing is deployed"),
    ("17-docs-only-adr", "deployment-prerequisites", "", "nothing is deployed"),
    ("02-add-infra-newt", "deployment-steps", "by hand", "all is synced by itself"),
    ("09-gateway-netpol-fix", "monitoring-and-metrics", "", "policies watch nothing"),
    ("09-gateway-netpol-fix", "rollback-procedure", "Loses", "policies hold no data"),
    (
        "08-gateway-migration",
        "rollback-procedure",
        "cannot be changed in place",
        "the Job that differs is a hook",
    ),
];

struct Fact {
    topic: String,
    text: String,
    paths: Vec<String>,
}

fn facts(arcane: &Arcane, case: &str) -> Vec<Fact> {
    let diff = arcane.run("diff", case, &["--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&diff.stdout).unwrap();
    let fact = |fact: &serde_json::Value| Fact {
        topic: fact["topic"].as_str().unwrap().to_owned(),
        text: fact["text"].as_str().unwrap().replace('`', ""),
        paths: fact["origins"]
            .as_array()
            .unwrap()
            .iter()
            .map(|origin| origin["path"].as_str().unwrap().to_owned())
            .collect(),
    };
    report["facts"].as_array().unwrap().iter().map(fact).collect()
}

#[test]
fn the_cases_say_what_a_person_read_off_them() {
    let Some(arcane) = Arcane::open() else { return };
    let mut wrong = Vec::new();
    let mut found = 0;
    let mut cases: Vec<&str> = EXPECTED.iter().map(|e| e.case).chain(FALSE.iter().map(|f| f.0)).collect();
    cases.sort_unstable();
    cases.dedup();
    for case in cases {
        let facts = facts(&arcane, case);
        for expected in EXPECTED.iter().filter(|expected| expected.case == case) {
            let says = |fact: &&Fact| {
                fact.topic == expected.topic && expected.pieces.iter().all(|piece| fact.text.contains(piece))
            };
            let proves = |fact: &Fact| {
                expected.path.is_empty() || fact.paths.iter().any(|p| p.ends_with(expected.path))
            };
            match facts.iter().find(says) {
                Some(fact) if proves(fact) => found += 1,
                Some(fact) => wrong.push(format!("{case}: {} is proven by {:?}", fact.text, fact.paths)),
                None => wrong.push(format!("{case}: {} does not say {:?}", expected.topic, expected.pieces)),
            }
        }
        for (_, topic, piece, why) in FALSE.iter().filter(|(of, ..)| *of == case) {
            let lies = facts.iter().filter(|fact| fact.topic == *topic && fact.text.contains(piece));
            wrong.extend(lies.map(|fact| format!("{case}: {} is false: {why}", fact.text)));
        }
    }
    println!("{found} of {} facts found, {} statements wrong", EXPECTED.len(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
