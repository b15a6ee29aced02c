//! Templates of flux-operator: the facts of its internal/builder/resourceset_test.go, and ours.

use super::support::{finder, objects, places, printed};
use crate::flux::delimiters::with_braces;
use crate::flux::resource_set::expand;
use crate::flux::{Built, Definition};

fn expanded(spec: &str, cluster: &str) -> Built {
    let text = format!(
        "apiVersion: fluxcd.controlplane.io/v1\nkind: ResourceSet\nmetadata:\n  name: set\n  namespace: apps\nspec:\n{spec}"
    );
    match Definition::read(&objects("set.yaml", &text)[0]) {
        Some(Definition::ResourceSet(set)) => expand(&set, &finder(&objects("cluster.yaml", cluster))),
        other => panic!("{other:?}"),
    }
}

/// A short form of each object: its kind, name and namespace.
fn ids(built: &Built) -> Vec<String> {
    built.objects.iter().map(|object| object.id.to_string()).collect()
}

const TENANTS: &str = "  inputs:
    - tenant: team1
      replicas: \"2\"
      role: cluster-admin
      semver: \">=1.0.0-rc.0\"
    - tenant: team2
      replicas: \"3\"
      role: namespace-admin
      semver: \">=1.0.0\"
";

#[test]
fn objects_are_filled_for_each_tenant_and_kept_once() {
    let spec = format!(
        "{TENANTS}  resources:
    - apiVersion: source.toolkit.fluxcd.io/v1
      kind: OCIRepository
      metadata: {{name: app1, namespace: apps}}
      spec: {{ref: {{semver: '*'}}}}
    - apiVersion: helm.toolkit.fluxcd.io/v2
      kind: HelmRelease
      metadata:
        name: app1-<< inputs.tenant >>
        namespace: apps
        labels: {{version: << inputs.semver | slugify >>}}
      spec:
        values:
          replicas: << inputs.replicas | int >>
          by: << inputs.provider.name >>
"
    );
    let built = expanded(&spec, "");
    assert_eq!(
        ids(&built),
        ["OCIRepository/app1 in apps", "HelmRelease/app1-team1 in apps", "HelmRelease/app1-team2 in apps"]
    );
    let text = printed(&built);
    assert!(text.contains("version: 1-0-0-rc-0\n") && text.contains("version: 1-0-0\n"), "{text}");
    assert!(
        text.contains("replicas: 2\n") && text.contains("replicas: 3\n") && text.contains("by: set\n"),
        "{text}"
    );
    let places = places(&built.objects[1]);
    assert!(places.contains(&"spec.values.replicas set.yaml:29".to_owned()), "{places:#?}");
}

#[test]
fn an_object_may_say_that_it_is_left_out() {
    let spec = format!(
        "{TENANTS}  resources:
    - apiVersion: v1
      kind: Namespace
      metadata: {{name: << inputs.tenant >>}}
    - apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRoleBinding
      metadata:
        name: flux-<< inputs.tenant >>
        annotations:
          fluxcd.controlplane.io/reconcile: << if eq inputs.role \"cluster-admin\" >>enabled<< else >>disabled<< end >>
"
    );
    assert_eq!(
        ids(&expanded(&spec, "")),
        ["Namespace/team1", "Namespace/team2", "ClusterRoleBinding/flux-team1"]
    );
}

#[test]
fn templates_hold_several_documents() {
    let spec = "  inputs:
    - bundle: addons
      decryption: false
      apps: [ingress-nginx, cert-manager]
    - bundle: apps
      decryption: true
      apps: [frontend]
  resourcesTemplate: |
    ---
    apiVersion: source.toolkit.fluxcd.io/v1
    kind: OCIRepository
    metadata: {name: << inputs.bundle >>}
    <<- range $app := inputs.apps >>
    ---
    apiVersion: kustomize.toolkit.fluxcd.io/v1
    kind: Kustomization
    metadata:
      name: << $app >>
    spec:
      <<- if inputs.decryption >>
      decryption: {provider: sops}
      <<- end >>
      path: ./<< $app >>
    <<- end >>
";
    let built = expanded(spec, "");
    assert_eq!(
        ids(&built),
        [
            "OCIRepository/addons",
            "Kustomization/ingress-nginx",
            "Kustomization/cert-manager",
            "OCIRepository/apps",
            "Kustomization/frontend"
        ]
    );
    assert_eq!(printed(&built).matches("provider: sops").count(), 1);
}

#[test]
fn without_inputs_templates_are_filled_once() {
    let spec = "  resources:\n    - {apiVersion: v1, kind: Namespace, metadata: {name: one}}\n";
    assert_eq!(ids(&expanded(spec, "")), ["Namespace/one"]);
    assert_eq!(ids(&expanded("  commonMetadata: {}\n", "")), [""; 0]);
}

#[test]
fn nested_inputs_are_written_as_yaml() {
    let spec = "  inputs:
  - foo: {bar: {k1: v1, k2: v2}}
  resources:
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: one}
    data: << inputs.foo.bar | toYaml | nindent 2 >>
";
    assert!(printed(&expanded(spec, "")).contains("data:\n  k1: v1\n  k2: v2\n"));
}

#[test]
fn steps_are_filled_in_order() {
    let spec = format!(
        "{TENANTS}  steps:
    - name: first
      resourcesTemplate: |
        apiVersion: batch/v1
        kind: Job
        metadata: {{name: migrate-<< inputs.tenant >>}}
    - name: second
      resources:
        - {{apiVersion: v1, kind: ConfigMap, metadata: {{name: config}}, data: {{source: resources}}}}
      resourcesTemplate: |
        apiVersion: v1
        kind: ConfigMap
        metadata: {{name: config}}
        data: {{source: template}}
"
    );
    let built = expanded(&spec, "");
    assert_eq!(ids(&built), ["Job/migrate-team1", "Job/migrate-team2", "ConfigMap/config"]);
    assert!(printed(&built).contains("source: resources"));
}

#[test]
fn what_the_operator_refuses_has_no_objects() {
    let resource = |value: &str| {
        format!(
            "{TENANTS}  resources:\n    - apiVersion: v1\n      kind: ConfigMap\n      metadata: {{name: one}}\n      data: {{a: << {value} >>}}\n"
        )
    };
    for (value, why) in [
        ("inputs.missing", "map has no entry for key"),
        ("inputs.semver", "no YAML"),
        ("nothing", "function \"nothing\" not defined"),
    ] {
        let built = expanded(&resource(value), "");
        assert!(built.objects.is_empty(), "{value}");
        let text = printed(&built);
        assert!(text.contains(why) && text.starts_with("# broken-file: set.yaml:17: "), "{value}: {text}");
    }
}

#[test]
fn inputs_of_others_are_known_where_they_ask_nobody() {
    let spec = "  inputsFrom:\n  - {kind: ResourceSetInputProvider, name: given}\n  resources:\n  - {apiVersion: v1, kind: Namespace, metadata: {name: << inputs.tenant >>}}\n";
    let provider = |kind: &str| {
        format!(
            "apiVersion: fluxcd.controlplane.io/v1\nkind: ResourceSetInputProvider\nmetadata: {{name: given, namespace: apps}}\nspec: {{type: {kind}, defaultValues: {{tenant: one}}}}\n"
        )
    };
    assert_eq!(ids(&expanded(spec, &provider("Static"))), ["Namespace/one"]);
    let unknown = expanded(spec, &provider("GitHubBranch"));
    assert!(
        unknown.objects.is_empty()
            && unknown.gaps.len() == 1
            && unknown.gaps[0].hides_objects()
            && unknown.gaps[0].detail.contains("`given`"),
        "{}",
        printed(&unknown)
    );
}

/// A template with delimiters, and the same with braces.
const DELIMITERS: &[(&str, &str)] = &[
    ("a << b >> c", "a {{ b }} c"),
    ("{{ kept }} << b >>", "{{\"{{\"}} kept }} {{ b }}"),
    ("{<< b >>}", "{{\"{\"}}{{ b }}}"),
    ("{{{<< b >>", "{{\"{{\"}}{{\"{\"}}{{ b }}"),
    ("<< \">>\" >> x", "{{ \">>\" }} x"),
    ("<< `>>` >> x", "{{ `>>` }} x"),
    ("<<- /* >> */ ->> x", "{{- /* >> */ -}} x"),
    ("<< open", "{{ open"),
];

#[test]
fn delimiters_become_braces() {
    for (template, expected) in DELIMITERS {
        assert_eq!(with_braces(template, "<<", ">>"), *expected);
    }
}

#[test]
fn hostile_templates_end() {
    let loops = "  resourcesTemplate: |\n    << range until 100000000 >>x<< end >>\n";
    assert!(printed(&expanded(loops, "")).contains("budget exceeded"));
    let inputs: String = (0..200).map(|at| format!("  - {{a: {at}}}\n")).collect::<Vec<_>>().concat();
    let resources = "  - {apiVersion: v1, kind: Namespace, metadata: {name: a}}\n".repeat(100);
    let many = expanded(&format!("  inputs:\n{inputs}  resources:\n{resources}"), "");
    assert!(many.objects.is_empty() && printed(&many).contains("over-budget"), "{}", printed(&many));
}
