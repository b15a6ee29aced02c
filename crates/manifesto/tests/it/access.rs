//! What the real cases must say about permissions, secrets and protections (see `../shared`).
//!
//! Each line was read off the trees by hand: the fact, and the end of the path with the line that proves it.

use crate::arcane::Arcane;
use crate::run::{git, run};

/// A fact that a case must state: pieces of its text, and where it is proven.
struct Expected {
    case: &'static str,
    topic: &'static str,
    pieces: &'static [&'static str],
    places: &'static [(&'static str, u64)],
}

const fn expect(
    case: &'static str,
    topic: &'static str,
    pieces: &'static [&'static str],
    places: &'static [(&'static str, u64)],
) -> Expected {
    Expected { case, topic, pieces, places }
}

const EXPECTED: &[Expected] = &[
    expect(
        "01-add-app-silverbullet",
        "secrets-management",
        &[
            "New ExternalSecret/silverbullet-oidc-secret",
            "lungmen.akn/silverbullet/auth/oidc-client",
            "client_secret",
        ],
        &[("security-policy.silverbullet-oidc.yaml", 45)],
    ),
    expect(
        "02-add-infra-newt",
        "secrets-management",
        &[
            "New ExternalSecret/newt-credentials",
            "shared/third-parties/pangolin/newt/lungmen.akn (endpoint, token_id and token_secret)",
            "ClusterSecretStore/vault.chezmoi.sh",
        ],
        &[("newt.externalsecret.yaml", 10)],
    ),
    expect(
        "06-chart-bump-external-secrets",
        "permissions",
        &["cert-manager-system/cert-manager", "gone: create on serviceaccounts/token[cert-manager]"],
        &[("Role.cert-manager-tokenrequest.yaml", 16)],
    ),
    expect(
        "06-chart-bump-external-secrets",
        "permissions",
        &["external-secrets-cert-controller", "gone: patch, update on secrets"],
        &[("ClusterRole.external-secrets-cert-controller.yaml", 64)],
    ),
    // The wider read, in three Compositions and in the files that they were copied from.
    expect(
        "11-crossplane-composition",
        "secrets-management",
        &[
            "lets read on shared/+/third-parties/+/+/{{ $clusterName }}/*",
            "no longer on shared/third-parties/+/+/{{ $clusterName }}/*",
            "wider, one more segment may be anything",
        ],
        &[
            ("local.x.v1alpha1.openbao.yaml", 130),
            ("remote.x.v1alpha1.openbao.yaml", 161),
            ("tailscaled.x.v1alpha1.openbao.yaml", 129),
        ],
    ),
    expect(
        "11-crossplane-composition",
        "secrets-management",
        &["lets read on shared/+/certificates/*", "wider"],
        &[("local.x.v1alpha1.openbao.yaml", 133), ("global-eso-policy.hcl", 2)],
    ),
    expect(
        "12-cnpg-backup",
        "secrets-management",
        &["ExternalSecret/cnpg-backup-credentials", "objectstore/s3.chezmoi.sh", "no longer"],
        &[("ExternalSecret.cnpg-backup-credentials.yaml", 10)],
    ),
    // The three keys: the store has no path of its own, so that both ways of writing mean one path.
    expect(
        "18-secret-paths",
        "secrets-management",
        &[
            "ExternalSecret/operator-oauth",
            "reads shared/third-parties/tailscale/oauth/amiya.akn",
            "the path stays shared/data/third-parties/tailscale/oauth/amiya.akn",
        ],
        &[(
            "amiya.akn/dist/infrastructure/kubernetes/tailscale/external-secrets.io.v1.ExternalSecret.operator-oauth.yaml",
            12,
        )],
    ),
    expect(
        "18-secret-paths",
        "secrets-management",
        &[
            "ExternalSecret/operator-oauth",
            "the path stays shared/data/third-parties/tailscale/oauth/lungmen.akn",
        ],
        &[(
            "lungmen.akn/dist/infrastructure/kubernetes/tailscale/external-secrets.io.v1.ExternalSecret.operator-oauth.yaml",
            12,
        )],
    ),
    expect(
        "18-secret-paths",
        "secrets-management",
        &["ExternalSecret/cloudflare-credentials", "the path stays shared/data/third-parties/cloudflare/"],
        &[("ExternalSecret.cloudflare-credentials.yaml", 9)],
    ),
];

/// The topics of this file on which a case has nothing to say, with the reason.
const SILENT: &[(&str, &str, &str)] = &[
    ("17-docs-only-adr", "permissions", "a document permits nothing"),
    ("17-docs-only-adr", "secrets-management", "a document holds no secret"),
    ("17-docs-only-adr", "security-measures", "a document protects nothing"),
    ("09-gateway-netpol-fix", "permissions", "network policies are no roles"),
    ("09-gateway-netpol-fix", "secrets-management", "network policies hold no secret"),
    ("18-secret-paths", "permissions", "no role or binding differs"),
    ("18-secret-paths", "security-measures", "no pod differs"),
    ("19-cnpg-rename", "permissions", "no role or binding differs"),
];

struct Fact {
    topic: String,
    text: String,
    origins: Vec<(String, u64)>,
}

fn facts(arcane: &Arcane, case: &str) -> Vec<Fact> {
    let diff = arcane.run("diff", case, &["--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&diff.stdout).unwrap();
    let origin = |origin: &serde_json::Value| {
        (origin["path"].as_str().unwrap().to_owned(), origin["line"].as_u64().unwrap_or_default())
    };
    let fact = |fact: &serde_json::Value| Fact {
        topic: fact["topic"].as_str().unwrap().to_owned(),
        text: fact["text"].as_str().unwrap().replace('`', ""),
        origins: fact["origins"].as_array().unwrap().iter().map(origin).collect(),
    };
    report["facts"].as_array().unwrap().iter().map(fact).collect()
}

impl Expected {
    fn is(&self, fact: &Fact) -> bool {
        let proven = |(path, line): &(&str, u64)| {
            fact.origins.iter().any(|(own, own_line)| own.ends_with(path) && own_line == line)
        };
        fact.topic == self.topic
            && self.pieces.iter().all(|piece| fact.text.contains(piece))
            && self.places.iter().all(proven)
    }
}

#[test]
fn the_cases_say_who_may_do_what_and_which_secret_comes_from_where() {
    let Some(arcane) = Arcane::open() else { return };
    let mut wrong = Vec::new();
    let mut cases: Vec<&str> = EXPECTED.iter().map(|e| e.case).chain(SILENT.iter().map(|s| s.0)).collect();
    cases.sort_unstable();
    cases.dedup();
    for case in cases {
        let facts = facts(&arcane, case);
        for expected in EXPECTED.iter().filter(|expected| expected.case == case) {
            if !facts.iter().any(|fact| expected.is(fact)) {
                wrong.push(format!("{case} does not say {:?} at {:?}", expected.pieces, expected.places));
            }
        }
        for (_, topic, why) in SILENT.iter().filter(|silent| silent.0 == case) {
            let said = facts.iter().filter(|fact| fact.topic == *topic);
            wrong.extend(said.map(|fact| format!("{case} says of {topic}, though {why}: {}", fact.text)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{} facts found", EXPECTED.len());
}

/// No value of a Secret is ever part of what is printed, in clear or in base64.
#[test]
fn credentials_are_named_and_never_shown() {
    let directory = tempfile::tempdir().unwrap();
    let Some(_) = git(directory.path(), &["init", "-q"]) else { return };
    let commit = |text: &str| {
        std::fs::create_dir_all(directory.path().join("apps/web")).unwrap();
        std::fs::write(directory.path().join("apps/web/web.yaml"), text).unwrap();
        git(directory.path(), &["add", "-A"]).unwrap();
        git(directory.path(), &["commit", "-qm", "x"]).unwrap();
    };
    commit("{apiVersion: v1, kind: Secret, metadata: {name: old}, stringData: {level: debug}}\n");
    commit(
        "{apiVersion: v1, kind: Secret, metadata: {name: old}, stringData: {level: debug, password: swordfish-17}}\n---\n\
         {apiVersion: v1, kind: Secret, metadata: {name: new}, data: {password: c3dvcmRmaXNoLTE3}}\n",
    );
    let repository = directory.path().to_str().unwrap();
    for arguments in [&["diff"] as &[&str], &["diff", "--format", "json"], &["diff", "--format", "markdown"]]
    {
        let diff = run(&[arguments, &["HEAD~1..HEAD", "--repo", repository]].concat());
        assert!(diff.stdout.contains("Secret/new"), "{arguments:?}: {}{}", diff.stdout, diff.stderr);
        let shown = ["swordfish-17", "c3dvcmRmaXNoLTE3"].iter().any(|value| diff.stdout.contains(value));
        assert!(!shown, "{arguments:?}: {}", diff.stdout);
    }
}
