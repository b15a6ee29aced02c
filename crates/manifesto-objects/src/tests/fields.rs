use super::{check, node};
use crate::{ObjectId, compare_fields, is_secret_field};

#[track_caller]
fn paths(base: &str, head: &str) -> Vec<String> {
    compare_fields(&node(base), &node(head)).iter().map(|change| change.path.to_string()).collect()
}

#[test]
fn items_are_told_apart_by_their_key_not_by_their_place() {
    let base = "containers: [{name: web, image: a}, {name: log, image: b}]";
    let head = "containers: [{name: side, image: s}, {name: log, image: b}, {name: web, image: c}]";
    assert_eq!(paths(base, head), ["containers[name=side]", "containers[name=web].image"]);
    assert_eq!(
        paths("ports: [{port: 80}, {port: 81}]", "ports: [{port: 81}, {port: 80}]"),
        Vec::<String>::new()
    );
}

#[test]
fn a_key_that_is_not_unique_tells_nothing_apart() {
    let base = "ports: [{port: 53, protocol: TCP}, {port: 53, protocol: UDP}]";
    let head = "ports: [{port: 53, protocol: UDP}, {port: 54, protocol: TCP}]";
    assert_eq!(paths(base, head), ["ports[1].port"]);
}

#[test]
fn arguments_are_paired_by_their_name() {
    let base = "args: [--level=info, --port=1, serve]";
    let head = "args: [--level=debug, serve, --port=1, --new]";
    assert_eq!(paths(base, head), ["args[--level]", "args[--new]"]);
    assert_eq!(paths("args: [a, b]", "args: [b, a]"), ["args"], "the order of arguments counts");
}

#[test]
fn keys_with_dots_are_quoted_in_paths() {
    let (base, head) = ("metadata: {annotations: {a.b/c: x}}", "metadata: {annotations: {a.b/c: y}}");
    assert_eq!(paths(base, head), ["metadata.annotations[\"a.b/c\"]"]);
}

#[test]
fn the_same_value_written_otherwise_is_the_same() {
    assert_eq!(paths("{a: 0777, b: yes, c: 'x'}", "{a: 511, b: true, c: x}"), Vec::<String>::new());
    assert_eq!(paths("a: '1'", "a: 1"), ["a"], "text is no number");
}

#[test]
fn what_comes_with_every_release_is_noise() {
    let object = |version: &str, hash: &str, cpu: &str, more: &str| {
        format!(
            "{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: web, labels: {{helm.sh/chart: web-{version}}}}},
             spec: {{template: {{metadata: {{annotations: {{checksum/config: {hash}}}}},
             spec: {{containers: [{{name: web, resources: {{limits: {{cpu: {cpu}}}}}}}]}}}}}}{more}}}"
        )
    };
    check(
        &object("1.0", "abc", "1", ", status: {}"),
        &object("1.1", "def", "1000m", ""),
        r#"
        noise Deployment/web
          (status: status)
          (metadata.labels["helm.sh/chart"]: version label)
          (spec.template.metadata.annotations.checksum/config: checksum)
          (spec.template.spec.containers[name=web].resources.limits.cpu: same quantity)
        "#,
    );
}

#[test]
fn a_label_of_a_claim_template_is_no_noise() {
    let set = |version: &str| {
        format!(
            "{{apiVersion: apps/v1, kind: StatefulSet, metadata: {{name: db}}, spec: {{volumeClaimTemplates:
             [{{metadata: {{name: data, labels: {{helm.sh/chart: db-{version}}}}}}}]}}}}"
        )
    };
    check(
        &set("1"),
        &set("2"),
        r#"
        replaced StatefulSet/db
          spec.volumeClaimTemplates[metadata.name=data].metadata.labels["helm.sh/chart"]: "db-1" > "db-2"
        "#,
    );
}

#[test]
fn generated_certificates_are_noise_only_where_both_sides_have_one() {
    let secret = |data: &str| {
        format!("{{apiVersion: v1, kind: Secret, metadata: {{name: tls}}, data: {{tls.crt: {data}}}}}")
    };
    check(
        &secret("LS0tLS1CRUdJTiBB"),
        &secret("LS0tLS1CRUdJTiBC"),
        "\nnoise Secret/tls\n  (data[\"tls.crt\"]: generated certificate)\n",
    );
    check(
        &secret("LS0tLS1CRUdJTiBB"),
        &secret("cGFzc3dvcmQ="),
        "\nchanged Secret/tls\n  data[\"tls.crt\"]: \"LS0tLS1CRUdJTiBB\" > \"cGFzc3dvcmQ=\"\n",
    );
}

#[test]
fn what_stands_under_a_name_of_a_credential_is_not_shown() {
    let hidden = |kind: &str, base: &str, head: &str| -> Vec<bool> {
        let [group, kind, namespace, name] = ["", kind, "", "a"].map(str::to_owned);
        let id = ObjectId { group, kind, namespace, name };
        let fields = compare_fields(&node(base), &node(head));
        fields.iter().map(|field| is_secret_field(&id, field)).collect()
    };
    let config = |data: &str| format!("data: {{{data}}}");
    assert_eq!(
        hidden("ConfigMap", &config("DB_PASSWORD: a, LEVEL: b"), &config("DB_PASSWORD: c, LEVEL: d")),
        [true, false]
    );
    assert_eq!(hidden("ConfigMap", "{}", &config("apiToken: a")), [true], "new as a whole");
    let env = |env: &str| format!("containers: [{{name: web, env: [{env}]}}]");
    let from = |name: &str| env(&format!("{{name: {name}, value: a}}"));
    assert_eq!(
        hidden("Pod", &from("API_KEY"), &env("{name: API_KEY, value: b}")),
        [true],
        "the value of a variable"
    );
    assert_eq!(hidden("Pod", &from("LEVEL"), &env("{name: LEVEL, value: b}")), [false]);
    let reference = env("{name: LEVEL, value: a}, {name: API_KEY, valueFrom: {secretKeyRef: {name: b}}}");
    assert_eq!(hidden("Pod", &from("LEVEL"), &reference), [false], "a reference holds no value");
}
