//! Charts that are in no repository, and that somebody put into a directory.

use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::run::{Run, repository, run_in};

/// Puts a chart with one template into an archive, as `helm pull` leaves it.
fn archive(directory: &Path, name: &str, version: &str, chart_yaml: &str, files: &[(&str, &str)]) {
    std::fs::create_dir_all(directory).unwrap();
    let file = std::fs::File::create(directory.join(format!("{name}-{version}.tgz"))).unwrap();
    let mut archive = tar::Builder::new(GzEncoder::new(file, Compression::default()));
    let manifest = format!("apiVersion: v2\nname: {name}\nversion: {version}\n{chart_yaml}");
    for (path, content) in files.iter().copied().chain([("Chart.yaml", manifest.as_str())]) {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        archive.append_data(&mut header, format!("{name}/{path}"), content.as_bytes()).unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap();
}

const CONFIG: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}-{{ .Chart.Name }}}\ndata: {level: {{ .Values.level | quote }}, version: {{ .Chart.Version | quote }}}\n";

const APPLICATION: &str = "apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  project: default
  destination: {name: in-cluster, namespace: web}
  sources:
  - {repoURL: https://charts.example.org, chart: web, targetRevision: \"VERSION\", helm: {valueFiles: [levels/high.yaml, $own/web.yaml]}}
  - {repoURL: https://git.example.org/fleet.git, ref: own}
";

/// A repository whose every component needs a chart from elsewhere.
fn fleet(version: &str) -> Option<tempfile::TempDir> {
    let application = APPLICATION.replace("VERSION", version);
    let files: &[(&str, &str)] = &[
        ("argocd/web.yaml", &application),
        ("web.yaml", "greeting: hello\n"),
        (
            "built/kustomization.yaml",
            "helmCharts:\n- {name: web, repo: oci://ghcr.io/org/charts, version: 1.0.0, releaseName: built}\n",
        ),
        (
            "own/Chart.yaml",
            "apiVersion: v2\nname: own\nversion: 0.1.0\ndependencies:\n- {name: web, version: ^1.0.0, repository: https://charts.example.org}\n",
        ),
    ];
    repository(&[files])
}

fn list(fleet: &Path, charts: &Path) -> Run {
    run_in(fleet, &["components", "--format", "json", "--charts", charts.to_str().unwrap()], b"")
}

/// What is not known of each component.
fn gaps(run: &Run) -> Vec<String> {
    let listing: serde_json::Value =
        serde_json::from_str(&run.stdout).unwrap_or_else(|e| panic!("{e}: {run:?}"));
    let gaps = listing["components"].as_array().unwrap().iter().flat_map(|c| c["gaps"].as_array().unwrap());
    gaps.map(|gap| gap["detail"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn charts_of_a_directory_are_rendered_for_applications_kustomizations_and_other_charts() {
    let Some(fleet) = fleet(">=1.0.0") else { return };
    let charts = tempfile::tempdir().unwrap();
    assert_eq!(gaps(&list(fleet.path(), charts.path())).len(), 3);
    let files = &[
        ("templates/config.yaml", CONFIG),
        ("values.yaml", "level: low\n"),
        ("levels/high.yaml", "level: high\n"),
    ];
    archive(charts.path(), "web", "1.0.0", "", files);
    archive(charts.path(), "web", "1.2.0", "", files);
    // Of another chart, whose name starts alike.
    archive(charts.path(), "web-2", "1.3.0", "", files);
    archive(&charts.path().join("ghcr.io/org/charts"), "web", "1.0.0", "", files);
    assert_eq!(gaps(&list(fleet.path(), charts.path())), Vec::<String>::new());

    std::fs::write(fleet.path().join("web.yaml"), "level: \"11\"\n").unwrap();
    let charts = charts.path().to_str().unwrap();
    let diff = run_in(fleet.path(), &["diff", "HEAD..worktree", "--charts", charts], b"");
    assert!(diff.stdout.contains("ConfigMap/web-web"), "{diff:?}");
    assert!(diff.stdout.contains("data.level  high → 11"), "{diff:?}");
}

#[test]
fn a_chart_that_is_not_in_the_directory_is_a_gap_that_says_what_to_do() {
    let Some(fleet) = fleet("2.0.0") else { return };
    let charts = tempfile::tempdir().unwrap();
    archive(charts.path(), "web", "1.0.0", "", &[("templates/config.yaml", "{{ .Values.a.b }}")]);
    let run = list(fleet.path(), charts.path());
    let gaps = gaps(&run);
    assert!(
        gaps.iter()
            .any(|gap| gap == "the chart `web` 2.0.0 of https://charts.example.org is not in the repository")
    );
    assert!(gaps.iter().any(|gap| gap.contains("nil pointer evaluating interface {}.b")), "{gaps:?}");
    assert!(
        run.stdout.contains(
            "fetch it with `manifesto fetch`, or name a directory with its archive with `--charts`"
        )
    );
}

#[test]
fn a_directory_of_charts_that_is_not_there_is_named() {
    let run = run_in(Path::new("."), &["components", "--charts", "nowhere"], b"");
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("the charts of nowhere cannot be listed"), "{run:?}");
}

#[test]
fn broken_archives_are_gaps() {
    let Some(fleet) = fleet("1.0.0") else { return };
    let charts = tempfile::tempdir().unwrap();
    std::fs::write(charts.path().join("web-1.0.0.tgz"), "no archive").unwrap();
    let gaps = gaps(&list(fleet.path(), charts.path()));
    assert!(gaps.iter().any(|gap| gap.contains("does not appear to be a gzipped archive")), "{gaps:?}");
}

const RELEASE: &str = "apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: shop, namespace: shop}
spec:
  interval: 1h
  chartRef: {kind: OCIRepository, name: web}
  values: {level: LEVEL}
  postRenderers:
  - kustomize: {patches: [{target: {kind: ConfigMap}, patch: \"- {op: add, path: /data/patched, value: also}\"}]}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: web, namespace: shop}
spec: {interval: 1h, url: oci://ghcr.io/org/charts/web, ref: {tag: VERSION}}
";

#[test]
fn what_a_helm_release_renders_to_is_compared_where_both_charts_are_there() {
    let release = |level: &str, version: &str| RELEASE.replace("LEVEL", level).replace("VERSION", version);
    let (base, head) = (release("low", "1.0.0"), release("high", "1.1.0"));
    let Some(fleet) = repository(&[&[("shop/release.yaml", &base)], &[("shop/release.yaml", &head)]]) else {
        return;
    };
    let charts = tempfile::tempdir().unwrap();
    let diff = || {
        let charts = charts.path().to_str().unwrap();
        run_in(fleet.path(), &["diff", "HEAD~1..HEAD", "--charts", charts], b"").stdout
    };
    let files = &[("templates/config.yaml", CONFIG)];
    archive(charts.path(), "web", "1.0.0", "", files);
    let half = diff();
    assert!(half.contains("renders a chart, which is not rendered") && !half.contains("shop-web"), "{half}");
    archive(charts.path(), "web", "1.1.0", "", files);
    let whole = diff();
    assert!(whole.contains("~ ConfigMap/shop-web in shop  shop/release.yaml:1"), "{whole}");
    assert!(
        whole.contains("data.level  low → high") && whole.contains("data.version  1.0.0 → 1.1.0"),
        "{whole}"
    );
    assert!(!whole.contains("not known") && !whole.contains("patched"), "{whole}");
}

#[test]
fn a_release_is_compared_when_only_the_version_of_its_chart_differs() {
    let release = |version: &str| RELEASE.replace("LEVEL", "low").replace("VERSION", version);
    let (base, head) = (release("1.0.0"), release("1.1.0"));
    let Some(fleet) = repository(&[&[("shop/release.yaml", &base)], &[("shop/release.yaml", &head)]]) else {
        return;
    };
    let charts = tempfile::tempdir().unwrap();
    let files = &[("templates/config.yaml", CONFIG)];
    let diff = || {
        let charts = charts.path().to_str().unwrap();
        run_in(fleet.path(), &["diff", "HEAD~1..HEAD", "--charts", charts], b"").stdout
    };
    archive(charts.path(), "web", "1.0.0", "", files);
    let half = diff();
    assert!(half.contains("HelmRelease/shop is given another chart or other values"), "{half}");
    assert!(half.contains("0 of 1 component proven"), "{half}");
    archive(charts.path(), "web", "1.1.0", "", files);
    let whole = diff();
    assert!(
        whole.contains("data.version  1.0.0 → 1.1.0") && whole.contains("1 of 1 component proven"),
        "{whole}"
    );
}

const DEFINITION: &str = "apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: monitors.example.org}
spec: {group: example.org, names: {kind: Monitor, plural: monitors}, scope: Namespaced, versions: [{name: v1, served: true, storage: true}]}
";

#[test]
fn a_release_finds_the_apis_that_the_chart_of_another_release_installs() {
    let release = |name: &str| {
        let shop = RELEASE.replace("LEVEL", "low").replace("VERSION", "1.0.0");
        shop.replace("shop", name)
            .replace("name: web", &format!("name: {name}"))
            .replace("charts/web", &format!("charts/{name}"))
    };
    let (web, operator) = (release("web"), release("operator"));
    let Some(fleet) = repository(&[
        &[("web/release.yaml", &web)],
        &[("web/release.yaml", &web), ("operator/release.yaml", &operator)],
    ]) else {
        return;
    };
    let charts = tempfile::tempdir().unwrap();
    let monitor = "{{ if .Capabilities.APIVersions.Has \"example.org/v1/Monitor\" }}\napiVersion: example.org/v1\nkind: Monitor\nmetadata: {name: web}\n{{ end }}\n";
    archive(charts.path(), "web", "1.0.0", "", &[("templates/monitor.yaml", monitor)]);
    archive(charts.path(), "operator", "1.0.0", "", &[("crds/monitors.yaml", DEFINITION)]);
    let charts = charts.path().to_str().unwrap();
    let diff = run_in(fleet.path(), &["diff", "HEAD~1..HEAD", "--charts", charts], b"").stdout;
    assert!(diff.contains("+ CustomResourceDefinition/monitors.example.org"), "{diff}");
    assert!(diff.contains("+ Monitor/web  web/release.yaml:1"), "{diff}");
}

#[test]
fn an_object_of_a_chart_names_the_values_that_it_differs_by() {
    let template = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: NAME}\ndata: {value: {{ .Values.VALUE | quote }}}\n";
    let of = |name: &str, value: &str| template.replace("NAME", name).replace("VALUE", value);
    let (level, port) = (of("level", "levels.web"), of("port", "port"));
    let base: &[(&str, &str)] = &[
        ("charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"),
        ("charts/web/values.yaml", "levels:\n  web: low\n  db: low\nport: 80\n"),
        ("charts/web/templates/level.yaml", &level),
        ("charts/web/templates/port.yaml", &port),
    ];
    let head = [
        &base[..1],
        &[("charts/web/values.yaml", "levels:\n  web: high\n  db: high\nport: 81\n")],
        &base[2..],
    ];
    let Some(fleet) = repository(&[base, &head.concat()]) else { return };
    let diff = run_in(fleet.path(), &["diff", "HEAD~1..HEAD"], b"").stdout;
    let expected = "web changed  charts/web
  ~ ConfigMap/level  charts/web/templates/level.yaml:1
      data.value  low → high
      by the value levels.web  charts/web/values.yaml:2
  ~ ConfigMap/port  charts/web/templates/port.yaml:1
      data.value  80 → 81
      by the value port  charts/web/values.yaml:4
";
    assert!(diff.starts_with(expected), "{diff}");
    let json = run_in(fleet.path(), &["diff", "HEAD~1..HEAD", "--format", "json"], b"").stdout;
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        report["objects"][1]["values"],
        serde_json::json!([{"value": "port", "origin": {"side": "head", "path": "charts/web/values.yaml", "line": 4}}])
    );
}
