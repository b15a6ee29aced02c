//! What is told of each manifest besides its text.

#![allow(clippy::unwrap_used, reason = "a test")]

use manifesto_helm::{
    Chart, Crds, HookEvent, Options, ReadValue, Rendered, Role, ValueReads, ValueSource, Values, ValuesFile,
    render,
};
use manifesto_tree::{MemTree, TreePath};

const CHART: &str = "apiVersion: v2\nname: web\nversion: 0.1.0\n";

fn rendered(tree: MemTree) -> Rendered {
    let tree = tree.file("apps/web/Chart.yaml", CHART).build();
    let chart = Chart::load(&tree, &TreePath::new("apps/web").unwrap()).chart.unwrap();
    let options = Options { crds: Crds::Include, ..Options::default() };
    render(&chart, &Values::default(), &options).unwrap()
}

fn line_of(rendered: &Rendered, manifest: usize, path: &[&str]) -> u32 {
    rendered.manifests[manifest].root.path(path).unwrap().mark.line
}

#[test]
fn manifests_know_the_lines_of_their_templates() {
    let template = "# one\n{{- range until 2 }}\n---\nkind: ConfigMap\ndata:\n  {{- if true }}\n  at: {{ . }}\n  {{- end }}\n  last: x\n{{- end }}\n";
    let rendered = rendered(MemTree::new().file("apps/web/templates/a.yaml", template));
    let places: Vec<String> =
        rendered.manifests.iter().map(|manifest| manifest.place.as_ref().unwrap().to_string()).collect();
    // What has no kind comes last.
    let path = "apps/web/templates/a.yaml";
    assert_eq!(places, [format!("{path}:4"), format!("{path}:4"), format!("{path}:1")]);
    for manifest in [0, 1] {
        assert_eq!(line_of(&rendered, manifest, &["kind"]), 4);
        assert_eq!(line_of(&rendered, manifest, &["data", "at"]), 7);
        assert_eq!(line_of(&rendered, manifest, &["data", "last"]), 9);
    }
}

#[test]
fn what_a_partial_writes_stands_where_it_is_included() {
    let partial = "{{ define \"labels\" }}\napp: web\ntier: front\n{{ end }}";
    let template = "kind: ConfigMap\nlabels:\n  {{- include \"labels\" . | nindent 2 }}\nafter: 1\n";
    let rendered = rendered(
        MemTree::new().file("apps/web/templates/_p.tpl", partial).file("apps/web/templates/a.yaml", template),
    );
    assert_eq!(line_of(&rendered, 0, &["labels", "app"]), 3);
    assert_eq!(line_of(&rendered, 0, &["labels", "tier"]), 3);
    assert_eq!(line_of(&rendered, 0, &["after"]), 4);
}

#[test]
fn what_nobody_knows_is_told_of_the_manifest_that_has_it() {
    let template = "a: {{ randAlphaNum 20 }}\n---\nb: 1\n---\nc: {{ randAlphaNum 12 | b64enc }}\n";
    let rendered = rendered(MemTree::new().file("apps/web/templates/a.yaml", template));
    let unknown: Vec<&[usize]> = rendered.manifests.iter().map(|manifest| &*manifest.unknown).collect();
    assert_eq!(unknown, [&[0][..], &[], &[1]]);
    assert_eq!(rendered.taints[1].function, "randAlphaNum");
    assert_eq!(rendered.taints[1].template, "web/templates/a.yaml");
}

#[test]
fn asking_the_cluster_is_told() {
    let rendered = rendered(
        MemTree::new()
            .file("apps/web/templates/a.yaml", "a: {{ lookup \"v1\" \"Secret\" \"x\" \"y\" | len }}\n"),
    );
    assert_eq!(rendered.taints.iter().map(|taint| taint.function).collect::<Vec<_>>(), ["lookup"]);
}

#[test]
fn roles_are_told_apart() {
    let hook = "kind: Job\nmetadata: {annotations: {helm.sh/hook: \"pre-install,test\"}}\n";
    let rendered = rendered(
        MemTree::new()
            .file("apps/web/crds/x.yaml", "kind: CustomResourceDefinition\n---\nkind: Second\n")
            .file("apps/web/templates/hook.yaml", hook)
            .file("apps/web/templates/a.yaml", "kind: ConfigMap\n")
            .file("apps/web/templates/NOTES.txt", "hello"),
    );
    let crds: Vec<_> = rendered.crds().collect();
    let roles: Vec<(Option<&str>, &Role)> = crds
        .iter()
        .chain(&rendered.manifests)
        .map(|manifest| (manifest.root.get("kind").and_then(|kind| kind.as_str()), &manifest.role))
        .collect();
    let hook = Role::Hook(vec![HookEvent::PreInstall, HookEvent::Test]);
    assert_eq!(
        roles,
        [
            (Some("CustomResourceDefinition"), &Role::Crd),
            (Some("Second"), &Role::Crd),
            (Some("ConfigMap"), &Role::Resource),
            (Some("Job"), &hook),
        ]
    );
    assert_eq!(crds[1].place.as_ref().unwrap().to_string(), "apps/web/crds/x.yaml:2");
    assert_eq!(rendered.notes.as_deref(), Some("hello"));
}

#[test]
fn what_was_read_is_told() {
    let tree = MemTree::new()
        .file("apps/web/Chart.yaml", CHART)
        .file("apps/web/templates/a.yaml", "a: 1")
        .file("apps/shared/x.txt", "x")
        .symlink("apps/web/x.txt", "../shared/x.txt")
        .file("apps/other/y", "y")
        .build();
    let loaded = Chart::load(&tree, &TreePath::new("apps/web").unwrap());
    let mut reads: Vec<&str> = loaded.reads.iter().map(TreePath::as_str).collect();
    reads.sort_unstable();
    reads.dedup();
    assert_eq!(
        reads,
        [
            "apps/shared/x.txt",
            "apps/web",
            "apps/web/.helmignore",
            "apps/web/Chart.yaml",
            "apps/web/templates/a.yaml",
            "apps/web/x.txt"
        ]
    );
}

#[test]
fn a_chart_renders_again_and_again() {
    let tree = MemTree::new()
        .file("Chart.yaml", CHART)
        .file("values.yaml", "n: 1\nt: {x: 1}\n")
        .file(
            "templates/a.yaml",
            "n: {{ .Values.n }}{{ $_ := set .Values.t \"x\" 2 }}{{ $_ := set .Values \"n\" 5 }}\n",
        )
        .build();
    let chart = Chart::load(&tree, &TreePath::root()).chart.unwrap();
    let once = render(&chart, &Values::default(), &Options::default()).unwrap().text();
    let again = render(&chart, &Values::default(), &Options::default()).unwrap().text();
    assert_eq!(once, again);
}

/// What each manifest read, one text for each value.
fn reads(tree: MemTree, values: &Values) -> Vec<Vec<String>> {
    let tree = tree.file("apps/web/Chart.yaml", CHART).build();
    let chart = Chart::load(&tree, &TreePath::new("apps/web").unwrap()).chart.unwrap();
    let options = Options { value_reads: ValueReads::Note, ..Options::default() };
    let shown = |value: &ReadValue| {
        let source = match &value.source {
            ValueSource::Nobody => "nobody".to_owned(),
            ValueSource::Default(place) => {
                format!("default {}", place.as_ref().map(ToString::to_string).unwrap_or_default())
            }
            ValueSource::Given(place) => {
                format!("given {}", place.as_ref().map(ToString::to_string).unwrap_or_default())
            }
        };
        format!("{} {}", value.path.join("."), source.trim_end())
    };
    let rendered = render(&chart, values, &options).unwrap();
    rendered.manifests.iter().map(|manifest| manifest.values.iter().map(shown).collect()).collect()
}

#[test]
fn manifests_know_the_values_that_they_were_made_of() {
    let partial = "{{ define \"name\" }}{{ .Values.nameOverride | default .Chart.Name }}{{ end }}";
    let one = "kind: ConfigMap\nname: {{ include \"name\" . }}\nimage: {{ .Values.image.tag }}\n{{- with .Values.labels }}\nlabels: {{ toYaml . | nindent 2 }}\n{{- end }}\n";
    let other = "kind: Secret\nlevel: {{ .Values.level }}\nset: {{ .Values.set }}\n";
    let inner = "kind: Service\nport: {{ .Values.port }}\nzone: {{ .Values.global.zone }}\n";
    let tree = MemTree::new()
        .file("apps/web/values.yaml", "image:\n  name: web\n  tag: \"1\"\nlabels: {a: b}\nlevel: low\n")
        .file("apps/web/templates/_name.tpl", partial)
        .file("apps/web/templates/one.yaml", one)
        .file("apps/web/templates/other.yaml", other)
        .file("apps/web/charts/in/Chart.yaml", "apiVersion: v2\nname: in\nversion: 0.1.0\n")
        .file("apps/web/charts/in/values.yaml", "port: 80\n")
        .file("apps/web/charts/in/templates/service.yaml", inner);
    let file = ValuesFile {
        name: "prod.yaml".to_owned(),
        content: b"global: {zone: a}\nimage: {tag: \"2\"}\n"[..].into(),
        path: Some(TreePath::new("prod.yaml").unwrap()),
    };
    let values = Values { files: vec![file], set: vec!["set=1".to_owned()], ..Values::default() };
    let found = reads(tree, &values);
    assert_eq!(
        found,
        [
            vec!["level default apps/web/values.yaml:5", "set given"],
            vec![
                "image.tag given prod.yaml:2",
                "labels default apps/web/values.yaml:4",
                "nameOverride nobody"
            ],
            vec!["global.zone given prod.yaml:1", "in.port default apps/web/charts/in/values.yaml:1"],
        ]
    );
}
