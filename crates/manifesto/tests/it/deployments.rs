//! Which Applications the real cases add, remove and change, with and without declared clusters: read by hand from the
//! ApplicationSets and the files that patch them.

use std::collections::{BTreeMap, BTreeSet};

use manifesto_git::{Configuration, RangeSpec, Repository};
use manifesto_gitops::{Inventory, InventoryCluster, ListedComponent, Listing, Session, Sync};

use crate::arcane::Arcane;
use crate::run::{repository, run_in};

/// Every deployed component: its name, where it goes and how.
fn deployed(listing: &Listing) -> BTreeSet<String> {
    let line = |listed: &ListedComponent| {
        let deployment = listed.component.deployment.as_ref()?;
        let namespace = deployment.namespace.as_deref().unwrap_or("?");
        let sync = match deployment.sync {
            Sync::Manual => "manual".to_owned(),
            Sync::Suspended => "suspended".to_owned(),
            Sync::Automatic { prune, self_heal, .. } => {
                format!(
                    "automatic{}{}",
                    if prune { " prune" } else { "" },
                    if self_heal { " heal" } else { "" }
                )
            }
        };
        Some(format!("{} > {}/{namespace} {sync}", listed.name, listed.component.cluster()))
    };
    listing.components.iter().filter_map(line).collect()
}

/// The clusters of the repository as Argo CD there knows them: its templates ask for labels and annotations.
fn inventory() -> Inventory {
    let one = |key: &str, value: &str| BTreeMap::from([(key.to_owned(), value.to_owned())]);
    let cluster = |name: &str| InventoryCluster {
        name: name.to_owned(),
        server: format!("https://kubernetes.{name}.example.org"),
        labels: one("argocd.argoproj.io/secret-type", "cluster"),
        annotations: one("device.tailscale.com/hostname", name),
    };
    Inventory { clusters: Some(vec![cluster("amiya.akn"), cluster("lungmen.akn")]), ..Inventory::default() }
}

/// The lines that differ, `-` before those of base and `+` before those of head.
fn differing(arcane: &Arcane, case: &str, inventory: &Inventory) -> Vec<String> {
    let repository = Repository::open(&arcane.repository(), Configuration::Usual).unwrap();
    let range =
        repository.resolve(&format!("{case}/base..{case}/head").parse::<RangeSpec>().unwrap()).unwrap();
    let read = |revision| {
        let listing = Session::default().listing(&repository.tree(revision).unwrap().tree, inventory);
        let asks = listing.gaps.iter().any(|gap| gap.detail.contains("which clusters Argo CD knows"));
        assert_eq!(
            asks,
            inventory.clusters.is_none(),
            "{case}: what is not declared is a gap, and only that"
        );
        deployed(&listing)
    };
    let (base, head) = (read(&range.base), read(&range.head));
    let gone = base.difference(&head).map(|line| format!("- {line}"));
    gone.chain(head.difference(&base).map(|line| format!("+ {line}"))).collect()
}

fn check(case: &str, expected: &[&str]) {
    let Some(arcane) = Arcane::open() else { return };
    for inventory in [Inventory::default(), inventory()] {
        assert_eq!(differing(&arcane, case, &inventory), expected, "{case}");
    }
}

#[test]
fn a_new_app_is_deployed_by_the_set_of_its_cluster() {
    check("01-add-app-silverbullet", &["+ silverbullet > lungmen.akn/silverbullet automatic prune heal"]);
}

#[test]
fn new_infrastructure_goes_to_the_namespace_that_its_own_patch_says() {
    check("02-add-infra-newt", &["+ newt > lungmen.akn/newt-system automatic prune heal"]);
}

#[test]
fn an_app_that_is_removed_is_generated_no_more() {
    check("14-remove-app-spoolman", &["- spoolman > lungmen.akn/spoolman automatic prune heal"]);
}

#[test]
fn sets_that_lose_their_policy_turn_every_app_manual() {
    let apps =
        ["atuin", "immich", "jellyfin", "jellyseerr", "linkding", "n8n", "paperless-ngx", "silverbullet"];
    let mut expected: Vec<String> = Vec::new();
    for (sign, sync) in [("-", "automatic prune heal"), ("+", "manual")] {
        let mut lines: Vec<String> = apps
            .iter()
            .chain(&["spoolman"])
            .map(|app| format!("{sign} {app} > lungmen.akn/{app} {sync}"))
            .chain([format!("{sign} home-dashboard > amiya.akn/home-dashboard {sync}")])
            .collect();
        lines.sort();
        expected.extend(lines);
    }
    check("15-applicationset-change", &expected.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn what_nobody_knows_of_a_generated_app_is_spelled_out() {
    let set = |replicas: u32| {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {{name: web, namespace: argocd}}\nspec:\n  \
             generators: [{{clusters: {{}}}}]\n  template:\n    metadata: {{name: 'web-{{{{name}}}}'}}\n    spec:\n      \
             project: default\n      destination: {{server: '{{{{server}}}}', namespace: web}}\n      \
             source: {{repoURL: 'https://git.example.org/fleet', path: chart, helm: {{parameters: \
             [{{name: cluster, value: '{{{{name}}}}-{replicas}'}}]}}}}\n"
        )
    };
    let config =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {cluster: {{ .Values.cluster }}}\n";
    let (base, head) = (set(1), set(2));
    let chart = ("chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n");
    let states: [&[(&str, &str)]; 2] = [
        &[("sets/web.yaml", &base), chart, ("chart/templates/config.yaml", config)],
        &[("sets/web.yaml", &head)],
    ];
    let Some(fleet) = repository(&states) else { return };
    for format in ["terminal", "markdown"] {
        let run = run_in(fleet.path(), &["diff", "HEAD~1..HEAD", "--format", format], b"");
        assert!(!run.stdout.contains("manifesto-unknown"), "{run:?}");
    }
    let run = run_in(fleet.path(), &["diff", "HEAD~1..HEAD"], b"");
    assert!(run.stdout.contains("data.cluster  (unknown)-1 → (unknown)-2"), "{run:?}");
}
