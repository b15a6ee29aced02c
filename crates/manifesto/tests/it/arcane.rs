//! The real cases: a public repository, both sides of twelve changes (see `../shared`).

use std::path::{Path, PathBuf};

use crate::run::{Run, git, run, shared};

const CASES: [&str; 12] = [
    "01-add-app-silverbullet",
    "02-add-infra-newt",
    "06-chart-bump-external-secrets",
    "08-gateway-migration",
    "09-gateway-netpol-fix",
    "11-crossplane-composition",
    "12-cnpg-backup",
    "14-remove-app-spoolman",
    "15-applicationset-change",
    "17-docs-only-adr",
    "18-secret-paths",
    "19-cnpg-rename",
];

/// The bundle as a bare repository, and the template that the repository had when it was written.
pub(crate) struct Arcane {
    directory: tempfile::TempDir,
    template: PathBuf,
}

impl Arcane {
    pub(crate) fn open() -> Option<Self> {
        let (bundle, template) = (shared("corpora/arcane.bundle")?, shared("template/feature.md")?);
        let directory = tempfile::tempdir().unwrap();
        git(directory.path(), &["clone", "-q", "--bare", bundle.to_str()?, "arcane.git"])?;
        Some(Self { directory, template })
    }

    pub(crate) fn repository(&self) -> PathBuf {
        self.directory.path().join("arcane.git")
    }

    pub(crate) fn run(&self, verb: &str, case: &str, more: &[&str]) -> Run {
        let (repository, range) = (self.repository(), format!("{case}/base..{case}/head"));
        let mut arguments = vec![verb, &range, "--repo", repository.to_str().unwrap()];
        if verb != "diff" {
            arguments.extend(["--template", self.template.to_str().unwrap()]);
        }
        arguments.extend(more);
        run(&arguments)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn every_case_is_drafted_says_how_complete_it_is_and_passes_its_own_check() {
    let Some(arcane) = Arcane::open() else { return };
    for case in CASES {
        let draft = arcane.run("draft", case, &[]);
        assert_eq!(draft.code, 0, "{case}: {}", draft.stderr);
        assert!(
            draft.stdout.contains("Drafted by Manifesto from "),
            "{case}: the draft does not say how complete it is"
        );
        let file = arcane.write("draft.md", &draft.stdout);
        let again = arcane.run("draft", case, &["--text", text(&file)]);
        assert_eq!(again.stdout, draft.stdout, "{case}: a second draft differs from the first");
        let check = arcane.run("check", case, &["--text", text(&file), "--min-severity", "note"]);
        assert_eq!(check.code, 0, "{case}: {}", check.stdout);
        assert!(check.stdout.contains("nothing is wrong"), "{case}: {}", check.stdout);
    }
}

/// The infrastructure boxes of the template, in its order.
const BOXES: [&str; 8] = [
    "New Kubernetes resources/manifests",
    "Crossplane compositions or claims",
    "GitOps configuration (ArgoCD)",
    "Network architecture (Cilium, Envoy Gateway, Tailscale)",
    "Security infrastructure (Pocket-Id, OpenBao, network policies)",
    "Storage infrastructure (Longhorn, CloudNative-PG, S3)",
    "DNS/Certificate management",
    "Monitoring/Observability",
];

/// Judged by hand from the rendered trees: the boxes that an honest author ticks, and why.
const JUDGED: [(&str, &[(&str, &str)]); 5] = [
    (
        "09-gateway-netpol-fix",
        &[
            ("New Kubernetes", "ten policies appear under new names: to the cluster they are new objects"),
            ("Network", "the policies now admit the ingress entity, and one egress to the gateway is gone"),
            ("Security", "network policies are named in the label"),
        ],
    ),
    (
        "12-cnpg-backup",
        &[
            ("New Kubernetes", "ScheduledBackup apps-daily"),
            ("Network", "three policies: S3 egress from port 9000 to 443"),
            ("Security", "those policies, and the OpenBao path of cnpg-backup-credentials"),
            ("Storage", "four ObjectStores move, WAL archiving of a Cluster is switched off"),
        ],
    ),
    ("17-docs-only-adr", &[]),
    ("18-secret-paths", &[("Security", "OpenBao paths of three ExternalSecrets")]),
    (
        "19-cnpg-rename",
        &[
            ("New Kubernetes", "a Cluster and its ScheduledBackup appear under a new name: a new database"),
            ("Storage", "CloudNative-PG objects"),
        ],
    ),
];

#[test]
fn infrastructure_boxes_are_ticked_as_a_person_would() {
    let Some(arcane) = Arcane::open() else { return };
    for (case, expected) in JUDGED {
        let draft = arcane.run("draft", case, &[]).stdout;
        for label in BOXES {
            let line = draft
                .lines()
                .find(|line| line.ends_with(label))
                .unwrap_or_else(|| panic!("{case}: no {label}"));
            let why = expected.iter().find(|(name, _)| label.starts_with(name)).map(|(_, why)| *why);
            assert_eq!(
                line.contains("[x]"),
                why.is_some(),
                "{case}: {label} ({})",
                why.unwrap_or("nothing of it changes")
            );
        }
    }
}

#[test]
fn a_chart_bump_is_a_few_real_changes_and_much_noise() {
    let Some(arcane) = Arcane::open() else { return };
    let diff = arcane.run("diff", "06-chart-bump-external-secrets", &["--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&diff.stdout).unwrap();
    let real = report["objects"].as_array().unwrap().len();
    let noise = report["objects_noise_count"].as_u64().unwrap();
    // 81 files of the rendered tree are modified, two are new and two are gone.
    assert_eq!(real as u64 + noise, 85);
    assert!((30..=36).contains(&real), "{real} real changes");
    let facts = report["facts"].as_array().unwrap().iter();
    let leaves = facts.filter(|fact| {
        fact["topic"] == "images" && fact["text"].as_str().unwrap().contains("leaves the registry")
    });
    let leaves: Vec<&str> = leaves.map(|fact| fact["text"].as_str().unwrap()).collect();
    assert_eq!(leaves.len(), 1, "{leaves:?}");
    let deployments = [
        "Deployment/external-secrets,",
        "Deployment/external-secrets-cert-controller",
        "Deployment/external-secrets-webhook",
    ];
    assert!(deployments.iter().all(|name| leaves[0].contains(name)), "{}", leaves[0]);
    assert!(leaves[0].contains("oci.chezmoi.sh"), "{}", leaves[0]);
}
