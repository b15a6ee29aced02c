//! Given values that nothing in a chart reads.

#![allow(clippy::unwrap_used, reason = "a test")]

use manifesto_helm::{Chart, Options, UnusedValue, Values, ValuesFile, render};
use manifesto_tree::{MemTree, TreePath};

const DEFAULTS: &str = "\
replicaCount: 1
# nodeSelector: {}
ingress:
  enabled: false
  className: nginx
resources:
  limits: {cpu: 1}
";

const TEMPLATE: &str = "\
n: {{ .Values.replicaCount }}
{{- if .Values.ingress.enabled }}
class: {{ .Values.ingress.className }}
hosts: {{ .Values.ingress.hosts }}
{{- end }}
{{- with .Values.resources }}
resources: {{ toYaml . | quote }}
{{- end }}
{{- if .Values.debug }}
level: {{ .Values.debug.level }}
{{- end }}
picked: {{ get .Values (printf \"%s%s\" \"dyn\" \"amic\") }}
";

/// What is unused of these values, a line each: its path, its line, and what was meant.
fn unused(values: &str) -> Vec<String> {
    let tree = MemTree::new()
        .file("Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n")
        .file("values.yaml", DEFAULTS)
        .file("templates/a.yaml", TEMPLATE)
        .file("charts/db/Chart.yaml", "apiVersion: v2\nname: db\nversion: 0.1.0\n")
        .file("charts/db/values.yaml", "size: 1Gi\n")
        .file("charts/db/templates/a.yaml", "size: {{ .Values.size }}\n")
        .build();
    let chart = Chart::load(&tree, &TreePath::root()).chart.unwrap();
    let path = Some(TreePath::new("apps/mine.yaml").unwrap());
    let file = ValuesFile { name: "../mine.yaml".to_owned(), content: values.as_bytes().into(), path };
    let rendered = render(&chart, &Values { files: vec![file], ..Values::default() }, &Options::default());
    let line = |value: &UnusedValue| {
        let place = value.place.as_ref().unwrap();
        assert_eq!(place.path.as_str(), "apps/mine.yaml");
        format!("{} at {}, {}", value.path.join("."), place.line, value.meant.as_deref().unwrap_or("-"))
    };
    rendered.unwrap().unused.iter().map(line).collect()
}

#[test]
fn a_misspelt_key_is_told_with_the_one_that_was_meant() {
    assert_eq!(unused("replicaCuont: 3\n"), ["replicaCuont at 1, replicaCount"]);
    assert_eq!(unused("ingress:\n  enabled: true\n  clasName: x\n"), ["ingress.clasName at 3, className"]);
    assert_eq!(unused("db: {size: 2Gi, sizes: 1}\n"), ["db.sizes at 1, -"]);
    assert_eq!(unused("debug: {verbose: true}\n"), ["debug.verbose at 1, -"]);
    assert_eq!(unused("\nnothingLikeIt: {a: {b: 1}}\n"), ["nothingLikeIt at 2, -"]);
}

#[test]
fn what_a_chart_may_read_in_another_case_is_no_mistake() {
    // The ingress is off, a remark names the key, the whole table is printed, the key is put together.
    assert_eq!(unused("ingress: {className: x, hosts: [a]}\n"), [""; 0]);
    assert_eq!(unused("nodeSelector: {disk: ssd}\n"), [""; 0]);
    assert_eq!(unused("resources: {claims: [a], limits: {memory: 1}}\n"), [""; 0]);
    assert_eq!(unused("dynamic: 1\n"), [""; 0]);
    assert_eq!(unused("debug: {}\nglobal: {anything: 1}\nx-shared: &x {a: 1}\n_note: 1\n"), [""; 0]);
    assert_eq!(unused("gone: null\n"), [""; 0]);
}
