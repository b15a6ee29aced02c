//! What a change costs in a repository of many Argo CD Applications over 40 charts of its own.
//!
//! Usage: cargo bench -p manifesto-gitops --bench fleet [-- APPLICATIONS]
//!
//! The repository is made here, in memory: every Application has a values file of its own. Measured are all Applications
//! on both sides from nothing, and one changed values file in a session that has seen the repository before; then the same
//! in a repository ten times larger.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use manifesto_gitops::{Change, Inventory, Session};
use manifesto_tree::{MemTree, Side, Tree, file_changes};

const CHARTS: usize = 40;
/// So many changes, each of another file, take turns: more than a session keeps.
const CHANGES: usize = 20;
/// The median of so many is shown: below a millisecond a few would tell more of the machine than of us.
const ROUNDS: usize = 1_000;

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let count = arguments.find_map(|argument| argument.parse().ok()).unwrap_or(500);
    println!(
        "| Applications | objects | all, both sides | one file, cold | reading the trees | one file, warm |"
    );
    println!("|---|---|---|---|---|---|");
    let mut fleets = [count, 10 * count].map(Fleet::new);
    // They take turns, so that both have the machine as it is at that moment.
    for round in 0..ROUNDS {
        for fleet in &mut fleets {
            fleet.change(round);
        }
    }
    for fleet in &mut fleets {
        fleet.print();
    }
    let [small, large] = fleets.map(|fleet| fleet.warm.as_secs_f64());
    println!("\nOne file, warm: {:.2} times the time in a repository ten times larger.", large / small);
}

/// A repository, and what was measured of it.
struct Fleet {
    count: usize,
    objects: usize,
    all: Duration,
    cold: Duration,
    base: Tree,
    heads: Vec<Tree>,
    session: Session,
    readings: Vec<Duration>,
    changes: Vec<Duration>,
    /// The median of `changes`, at the end.
    warm: Duration,
}

impl Fleet {
    fn new(count: usize) -> Self {
        let base = repository(count, None);
        let (all, objects) = timed(|| {
            let change = between(&Session::default(), &base, &repository(count, Some(0)));
            change.clusters().iter().map(|cluster| cluster.side(Side::Head).objects.len()).sum::<usize>()
        });
        let (cold, _) =
            timed(|| between(&Session::default(), &base, &repository(count, Some(0))).components.len());
        let session = Session::default();
        between(&session, &base, &base);
        let heads = (0..CHANGES).map(|at| repository(count, Some(at * 7 % count))).collect();
        let (readings, changes, warm) = (Vec::new(), Vec::new(), Duration::ZERO);
        Self { count, objects, all, cold, base, heads, session, readings, changes, warm }
    }

    fn change(&mut self, round: usize) {
        let Some(head) = self.heads.get(round % CHANGES) else { return };
        let (time, files) = timed(|| file_changes(&self.base, head));
        self.readings.push(time);
        let inventory = Inventory::default();
        let (time, change) = timed(|| self.session.change(&self.base, head, files, &inventory));
        assert!(!change.objects.changes.is_empty(), "one values file changes its Application");
        self.changes.push(time);
    }

    fn print(&mut self) {
        let (count, objects, all, cold) = (self.count, self.objects, self.all, self.cold);
        let reading = median(&mut self.readings);
        self.warm = median(&mut self.changes);
        println!("| {count} | {objects} | {all:.2?} | {cold:.1?} | {reading:.1?} | {:.1?} |", self.warm);
    }
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn between(session: &Session, base: &Tree, head: &Tree) -> Change {
    session.change(base, head, file_changes(base, head), &Inventory::default())
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = work();
    (start.elapsed(), result)
}

/// The repository; the values of one Application differ when one is named.
fn repository(count: usize, changed: Option<usize>) -> Tree {
    let mut tree = MemTree::new();
    for chart in 0..CHARTS {
        tree = self::chart(tree, chart);
    }
    for app in 0..count {
        let replicas = if changed == Some(app) { 5 } else { 2 };
        tree = tree.file(&format!("apps/app-{app}.yaml"), application(app)).file(
            &format!("values/app-{app}.yaml"),
            format!("replicas: {replicas}\nhost: app-{app}.example.org\n"),
        );
    }
    tree.build()
}

fn application(app: usize) -> String {
    format!(
        "apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: app-{app}, namespace: argocd}}
spec:
  source:
    repoURL: https://git.example.org/fleet
    path: charts/chart-{}
    helm: {{valueFiles: [../../values/app-{app}.yaml]}}
  destination: {{namespace: app-{app}, server: https://kubernetes.default.svc}}
  syncPolicy: {{automated: {{prune: true}}}}
",
        app % CHARTS
    )
}

/// A chart as they are: helpers, and a handful of objects that use them.
fn chart(tree: MemTree, chart: usize) -> MemTree {
    let at = |file: &str| format!("charts/chart-{chart}/{file}");
    let name = format!("chart-{chart}");
    let mut values = "replicas: 1\nhost: \"\"\nimage: {repository: web, tag: \"1\"}\nconfig:\n".to_owned();
    for key in 0..20 {
        let _ = writeln!(values, "  key-{key}: value of {key}");
    }
    let helpers = HELPERS.replace("NAME", &name);
    let mut tree = tree
        .file(&at("Chart.yaml"), format!("apiVersion: v2\nname: {name}\nversion: 1.0.{chart}\n"))
        .file(&at("values.yaml"), values)
        .file(&at("templates/_helpers.tpl"), helpers);
    for (file, template) in TEMPLATES {
        tree = tree.file(&at(&format!("templates/{file}.yaml")), template.replace("NAME", &name));
    }
    tree
}

const HELPERS: &str = r#"{{- define "NAME.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | quote }}
{{- end }}
"#;

const TEMPLATES: &[(&str, &str)] = &[
    (
        "deployment",
        r#"apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  labels: {{- include "NAME.labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app.kubernetes.io/instance: {{ .Release.Name }}}}
  template:
    metadata:
      labels: {{- include "NAME.labels" . | nindent 8 }}
    spec:
      containers:
      - name: web
        image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
        env:
        {{- range $key, $value := .Values.config }}
        - {name: {{ $key | upper | replace "-" "_" }}, value: {{ $value | quote }}}
        {{- end }}
"#,
    ),
    (
        "service",
        r#"apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
  labels: {{- include "NAME.labels" . | nindent 4 }}
spec:
  selector: {app.kubernetes.io/instance: {{ .Release.Name }}}
  ports: [{name: http, port: 80}]
"#,
    ),
    (
        "ingress",
        r#"{{- if .Values.host }}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ .Release.Name }}
  labels: {{- include "NAME.labels" . | nindent 4 }}
spec:
  rules:
  - host: {{ .Values.host }}
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: {{ .Release.Name }}, port: {name: http}}}}
{{- end }}
"#,
    ),
    (
        "config",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
  labels: {{- include "NAME.labels" . | nindent 4 }}
data: {{- toYaml .Values.config | nindent 2 }}
"#,
    ),
    (
        "account",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}
  labels: {{- include "NAME.labels" . | nindent 4 }}
"#,
    ),
    (
        "policy",
        r#"apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ .Release.Name }}
  labels: {{- include "NAME.labels" . | nindent 4 }}
spec:
  podSelector: {matchLabels: {app.kubernetes.io/instance: {{ .Release.Name }}}}
  policyTypes: [Ingress]
  ingress: [{ports: [{port: http}]}]
"#,
    ),
];
