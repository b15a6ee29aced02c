//! `manifesto render`: what goes where, and what the exit code says.

use std::path::Path;

use crate::run::{git, run_in};

const FILES: &[(&str, &str)] = &[
    ("app/kustomization.yaml", "namePrefix: shop-\nresources: [web.yaml, ../shared/cfg.yaml]\n"),
    ("app/web.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n"),
    ("shared/cfg.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cfg}\ndata: {b: '2', a: '1'}\n"),
    ("remote/kustomization.yaml", "resources: [../shared, 'https://example.org/x.yaml']\n"),
    ("shared/kustomization.yaml", "resources: [cfg.yaml]\n"),
];

const RENDERED: &str = "\
apiVersion: v1
data:
  a: \"1\"
  b: \"2\"
kind: ConfigMap
metadata:
  name: shop-cfg
---
apiVersion: v1
kind: Service
metadata:
  name: shop-web
spec:
  ports:
  - port: 80
";

fn write(directory: &Path) {
    for (path, content) in FILES {
        let path = directory.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
}

#[test]
fn render_prints_the_manifests_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path());
    if git(directory.path(), &["init", "-q"]).is_none() {
        println!("skipped: git is not installed");
        return;
    }
    let unrestricted = ["render", "app", "--load-restrictor", "LoadRestrictionsNone"];
    let run = run_in(directory.path(), &unrestricted, b"");
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, RENDERED, ""));
    let restricted = run_in(directory.path(), &["render", "app"], b"");
    assert_eq!((restricted.code, restricted.stdout.as_str()), (1, ""));
    assert!(restricted.stderr.contains("app/kustomization.yaml:2"), "{}", restricted.stderr);
    // From inside the directory, and at a revision: the same.
    let here =
        run_in(&directory.path().join("app"), &["render", "--load-restrictor", "LoadRestrictionsNone"], b"");
    assert_eq!(here.stdout, RENDERED);
    git(directory.path(), &["add", "-A"]);
    git(directory.path(), &["commit", "-qm", "one"]);
    std::fs::remove_file(directory.path().join("app/web.yaml")).unwrap();
    let at = run_in(directory.path(), &[&unrestricted[..], &["--at", "HEAD"]].concat(), b"");
    assert_eq!((at.code, at.stdout.as_str()), (0, RENDERED));
    let gone = run_in(directory.path(), &unrestricted, b"");
    assert_eq!(gone.code, 1);
    assert!(gone.stderr.contains("app/web.yaml"), "{}", gone.stderr);
}

#[test]
fn what_is_not_rendered_is_named_apart() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path());
    let run = run_in(directory.path(), &["render", "remote"], b"");
    assert_eq!(run.code, 4, "{}", run.stderr);
    assert!(run.stdout.contains("name: cfg"));
    assert!(run.stderr.contains("https://example.org/x.yaml"), "{}", run.stderr);
    // Without a repository, nothing above the directory where we stand is read.
    let below = run_in(&directory.path().join("remote"), &["render"], b"");
    assert_eq!((below.code, below.stdout.as_str()), (4, ""));
    let none = run_in(directory.path(), &["render", "."], b"");
    assert_eq!(none.code, 3);
    assert!(none.stderr.contains("neither a kustomization nor a chart"), "{}", none.stderr);
}

#[test]
fn a_chart_is_printed_as_helm_template_prints_it() {
    let directory = tempfile::tempdir().unwrap();
    let files: &[(&str, &str)] = &[
        ("web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"),
        ("web/values.yaml", "level: low\nports: [80]\n"),
        (
            "web/templates/config.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}, namespace: {{ .Release.Namespace }}}\ndata: {{ toJson .Values }}\n",
        ),
        ("web/crds/thing.yaml", "kind: CustomResourceDefinition\n"),
        ("prod.yaml", "level: high\n"),
        ("motd.txt", "hello"),
    ];
    for (path, content) in files {
        let path = directory.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    let arguments =
        ["render", "web", "--name", "shop", "-n", "apps", "-f", "prod.yaml", "--set", "ports={1,2}"];
    let more = ["--set-string", "id=07", "--set-file", "motd=motd.txt", "--include-crds"];
    let run = run_in(directory.path(), &[&arguments[..], &more].concat(), b"");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let expected = "---\n# Source: web/crds/thing.yaml\nkind: CustomResourceDefinition\n\n---\n\
                    # Source: web/templates/config.yaml\napiVersion: v1\nkind: ConfigMap\n\
                    metadata: {name: shop, namespace: apps}\n\
                    data: {\"id\":\"07\",\"level\":\"high\",\"motd\":\"hello\",\"ports\":[1,2]}\n";
    assert_eq!(run.stdout, expected);

    let missing = run_in(directory.path(), &["render", "web", "-f", "nowhere.yaml"], b"");
    assert_eq!(missing.code, 3);
    assert!(missing.stderr.contains("nowhere.yaml"), "{missing:?}");
    std::fs::write(directory.path().join("web/templates/bad.yaml"), "{{ .Values.a.b }}").unwrap();
    let broken = run_in(directory.path(), &["render", "web"], b"");
    assert_eq!((broken.code, broken.stdout.as_str()), (1, ""));
    assert!(broken.stderr.contains("web/templates/bad.yaml:1:10"), "{broken:?}");
}

#[test]
fn origins_say_where_objects_come_from_instead_of_printing_them() {
    let directory = tempfile::tempdir().unwrap();
    let config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {level: {{ .Values.level }}, zone: {{ .Values.zone }}, port: {{ .Values.port }}}\n";
    let files: &[(&str, &str)] = &[
        ("web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"),
        ("web/values.yaml", "port: 80\nlevel: low\n"),
        ("web/templates/config.yaml", config),
        ("prod.yaml", "level: high\n"),
        ("top/kustomization.yaml", "resources: [../base]\n"),
        ("base/kustomization.yaml", "resources: [secret.yaml]\n"),
        ("base/secret.yaml", "# a remark\napiVersion: v1\nkind: Secret\nmetadata: {name: key}\n"),
    ];
    for (path, content) in files {
        let path = directory.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    let chart = run_in(directory.path(), &["render", "web", "-f", "prod.yaml", "--origins"], b"");
    let expected = "ConfigMap/web  web/templates/config.yaml:1\n  level  given prod.yaml:1\n  \
                    port  default web/values.yaml:1\n  zone  not set\n";
    assert_eq!((chart.code, chart.stdout.as_str()), (0, expected), "{chart:?}");
    let kustomization = run_in(directory.path(), &["render", "top", "--origins"], b"");
    let expected =
        "Secret/key  base/secret.yaml:2\n  by base/kustomization.yaml:1\n  by top/kustomization.yaml:1\n";
    assert_eq!((kustomization.code, kustomization.stdout.as_str()), (0, expected), "{kustomization:?}");
}
