//! What Helm is asked to render: the facts of fluxcd/pkg, chartutil/values_test.go, of helm-controller,
//! internal/release/name_test.go, and ours.

use std::fmt::Write as _;

use manifesto_yaml::{Html, to_json};

use super::support::{finder, objects, release};
use crate::flux::{ChartReference, CrdPolicy, HelmRequest, helm_request};

fn request(spec: &str, cluster: &str) -> HelmRequest {
    helm_request(&release(spec), &finder(&objects("cluster.yaml", cluster)))
}

/// The values as JSON, then the gaps.
fn values(spec: &str, cluster: &str) -> String {
    let request = request(spec, cluster);
    let mut text = to_json(&request.values, Html::Plain).unwrap();
    for gap in request.gaps {
        write!(text, " # {}: {}", gap.reason, gap.detail).unwrap();
    }
    text
}

fn map(kind: &str, name: &str, key: &str, value: &str) -> String {
    let field = if kind == "Secret" { "stringData" } else { "data" };
    let value = value.replace('\n', "\n    ");
    format!(
        "---\napiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}, namespace: apps}}\n{field}:\n  {key}: |-\n    {value}\n"
    )
}

/// The value of the key `single`, the path that it goes to, whether it is literal, and what comes of it; none where it
/// is refused.
const AT_PATH: &[(&str, &str, bool, Option<&str>)] = &[
    ("value", "outer.inner", false, Some(r#"{"outer":{"inner":"value"}}"#)),
    ("value", "merge.at.specific.path", false, Some(r#"{"merge":{"at":{"specific":{"path":"value"}}}}"#)),
    ("{a,b,c}", "name", false, Some(r#"{"name":["a","b","c"]}"#)),
    (r"value1\,value2", "name", false, Some(r#"{"name":"value1,value2"}"#)),
    ("true", "merge.path", false, Some(r#"{"merge":{"path":true}}"#)),
    ("\"true\"", "merge.path", false, Some(r#"{"merge":{"path":"true"}}"#)),
    ("value", "merge.at[2]", false, Some(r#"{"merge":{"at":[null,null,"value"]}}"#)),
    (
        "master",
        r"nodeSelector.kubernetes\.io/role",
        false,
        Some(r#"{"nodeSelector":{"kubernetes.io/role":"master"}}"#),
    ),
    ("endpoints: [a,b,c]", r"externalConfig.application\.yml.content", false, None),
    ("kafka01.net:9092,kafka02.net:9092", "kafka.brokers", false, None),
    ("value", "outer.inner", true, Some(r#"{"outer":{"inner":"value"}}"#)),
    ("a,b,c", "name", true, Some(r#"{"name":"a,b,c"}"#)),
    ("{a,b,c}", "name", true, Some(r#"{"name":"{a,b,c}"}"#)),
    ("foo=bar=baz", "name", true, Some(r#"{"name":"foo=bar=baz"}"#)),
    ("endpoints: [a, b, c]", "config", true, Some(r#"{"config":"endpoints: [a, b, c]"}"#)),
    (
        "server:\n  port: 8080\n  list: [ \"a\", \"b\" ]",
        r"externalConfig.application\.yml.content",
        true,
        Some(
            r#"{"externalConfig":{"application.yml":{"content":"server:\n  port: 8080\n  list: [ \"a\", \"b\" ]"}}}"#,
        ),
    ),
    (
        "kafka {\n  bootstrap = \"b-1:9098,b-2:9098\"\n}",
        r"externalConfig.application\.conf.content",
        true,
        Some(
            r#"{"externalConfig":{"application.conf":{"content":"kafka {\n  bootstrap = \"b-1:9098,b-2:9098\"\n}"}}}"#,
        ),
    ),
    (r#"["a","b","c"]"#, "subnet_ids", true, Some(r#"{"subnet_ids":"[\"a\",\"b\",\"c\"]"}"#)),
    ("true", "feature.enabled", true, Some(r#"{"feature":{"enabled":"true"}}"#)),
    (
        "master",
        r"nodeSelector.kubernetes\.io/role",
        true,
        Some(r#"{"nodeSelector":{"kubernetes.io/role":"master"}}"#),
    ),
    (
        "kafka01.net:9092,kafka02.net:9092",
        "kafka.brokers",
        true,
        Some(r#"{"kafka":{"brokers":"kafka01.net:9092,kafka02.net:9092"}}"#),
    ),
    // Ours, by the reference's parser.
    ("0", "a", false, Some(r#"{"a":0}"#)),
    ("007", "a", false, Some(r#"{"a":"007"}"#)),
    ("1,b=2,c.d[1]=x", "a", false, Some(r#"{"a":1,"b":2,"c":{"d":[null,"x"]}}"#)),
    ("null", "a", false, Some(r#"{"a":null}"#)),
    ("x", "a[99999]", false, None),
    ("{a,b", "a", false, None),
    ("x", "a[0][1].b", false, Some(r#"{"a":[[null,{"b":"x"}]]}"#)),
];

#[test]
fn a_value_at_a_path_is_set_as_helm_sets_it() {
    for (value, path, is_literal, expected) in AT_PATH {
        let spec = format!(
            "  valuesFrom:\n  - kind: Secret\n    name: values\n    valuesKey: single\n    targetPath: '{path}'\n    literal: {is_literal}\n"
        );
        let text = values(&spec, &map("Secret", "values", "single", value));
        match expected {
            Some(expected) => assert_eq!(text, *expected, "{value} at {path}"),
            None => assert!(text.contains("# broken-file: "), "{value} at {path}: {text}"),
        }
    }
}

const CONFIG: &str = "  valuesFrom:\n  - {kind: ConfigMap, name: values}\n";
const BOTH: &str = "  valuesFrom:\n  - {kind: ConfigMap, name: values}\n  - {kind: Secret, name: values}\n";

#[test]
fn values_are_merged_in_order_and_those_of_the_release_win() {
    let cluster = map("ConfigMap", "values", "values.yaml", "flat: value\nnested:\n  configuration: value")
        + &map("Secret", "values", "values.yaml", "flat:\n  nested: value\nnested: value");
    assert_eq!(
        values(&format!("{BOTH}  values: {{other: values}}\n"), &cluster),
        r#"{"flat":{"nested":"value"},"nested":"value","other":"values"}"#
    );
    assert_eq!(
        values(&format!("{BOTH}  values: {{flat: {{own: 1}}}}\n"), &cluster),
        r#"{"flat":{"nested":"value","own":1},"nested":"value"}"#
    );
    assert_eq!(values("  values: {a: null}\n", ""), r#"{"a":null}"#);
    assert_eq!(values("  interval: 1h\n", ""), "{}");
}

#[test]
fn a_value_at_a_path_goes_over_all_that_nothing_had_to_be_merged_into() {
    let lists = "nested:\n  configuration:\n  - one\n  - two\n  - three";
    let cluster = map("ConfigMap", "values", "values.yaml", &format!("flat: value\n{lists}"))
        + &map("Secret", "values", "key", "value");
    let at_path = "{kind: Secret, name: values, valuesKey: key, targetPath: 'nested.configuration[0]'}";
    let own = "  values: {nested: {configuration: [list, item, option]}}\n";
    let spec = format!("  valuesFrom:\n  - {at_path}\n  - {{kind: ConfigMap, name: values}}\n{own}");
    assert_eq!(
        values(&spec, &cluster),
        r#"{"flat":"value","nested":{"configuration":["value","item","option"]}}"#
    );
    // Where the map had to be merged, the release's own value is put over it again.
    let at_path = "{kind: Secret, name: values, valuesKey: key, targetPath: nested.extra}";
    let spec = format!(
        "  valuesFrom:\n  - {{kind: ConfigMap, name: values}}\n  - {at_path}\n  values: {{nested: {{extra: own}}}}\n"
    );
    assert!(values(&spec, &cluster).contains(r#""extra":"own""#));
    let spec = format!("  valuesFrom:\n  - {at_path}\n  values: {{nested: {{extra: own}}}}\n");
    assert!(values(&spec, &cluster).contains(r#""extra":"value""#));
}

#[test]
fn what_is_missing_is_unknown_and_what_is_wrong_is_refused() {
    assert_eq!(
        values(CONFIG, ""),
        "{} # unknown-value: the values `values.yaml` of the ConfigMap `values` are not known"
    );
    let optional = CONFIG.replace("values}", "values, optional: true}");
    assert_eq!(values(&optional, ""), "{}");
    let other = map("ConfigMap", "values", "other", "x");
    assert_eq!(values(CONFIG, &other), "{} # broken-file: the ConfigMap `values` has no key `values.yaml`");
    assert_eq!(values(&optional, &other), "{}");
    let unsupported = CONFIG.replace("ConfigMap", "Unsupported");
    assert_eq!(values(&unsupported, ""), "{} # broken-file: values cannot come from a Unsupported");
    let invalid = map("ConfigMap", "values", "values.yaml", "invalid");
    assert!(
        values(CONFIG, &invalid)
            .starts_with("{} # broken-file: the values of the ConfigMap `values` cannot be")
    );
    let literal = CONFIG.replace("values}", "values, literal: true}");
    assert_eq!(
        values(&literal, &map("ConfigMap", "values", "values.yaml", "flat: value")),
        r#"{"flat":"value"}"#
    );
}

#[test]
fn of_encrypted_values_the_one_at_a_path_has_a_mark() {
    let sealed = map("Secret", "values", "key", "ENC[AES256_GCM,data:abc,iv:a,tag:a,type:str]");
    let spec = "  valuesFrom:\n  - {kind: Secret, name: values, valuesKey: key, targetPath: db.password}\n";
    assert_eq!(
        values(spec, &sealed),
        r#"{"db":{"password":"manifesto-unknown-value-values-key"}} # unknown-value: the values `key` of the Secret `values` are encrypted"#
    );
}

#[test]
fn a_release_is_called_as_the_controller_calls_it() {
    let name = |spec: &str| {
        let request = request(spec, "");
        format!("{} in {}", request.release, request.namespace)
    };
    assert_eq!(name("  interval: 1h\n"), "app in apps");
    assert_eq!(name("  targetNamespace: other\n"), "other-app in other");
    assert_eq!(name("  targetNamespace: other\n  releaseName: given\n"), "given in other");
    let long = "front-appended-namespace-some-release-with-a-long-name-0123456789";
    let short = name(&format!("  releaseName: {long}\n"));
    // sha256 of the name, as helm-controller shortens it.
    assert_eq!(short, format!("{}-{} in apps", "front-appended-namespace-some-release-wi", "cfb56f1b3418"));
}

#[test]
fn a_chart_comes_by_its_name_or_as_another_object_has_it() {
    let template = request(
        "  chart:\n    spec:\n      chart: podinfo\n      version: 6.x\n      valuesFiles: [values-prod.yaml]\n      sourceRef: {kind: HelmRepository, name: podinfo, namespace: flux-system}\n  install: {crds: Skip}\n  upgrade: {crds: CreateReplace}\n",
        "",
    );
    let Some(ChartReference::Template(chart)) = template.chart else { panic!("{:?}", template.chart) };
    assert_eq!((chart.chart.as_str(), chart.version.as_str()), ("podinfo", "6.x"));
    assert_eq!((chart.source.namespace.as_str(), chart.source.name.as_str()), ("flux-system", "podinfo"));
    assert_eq!(chart.values_files, ["values-prod.yaml"]);
    assert_eq!(chart.place.to_string(), "flux/app.yaml:9");
    assert_eq!(template.crds, (CrdPolicy::Skip, CrdPolicy::CreateReplace));
    let reference = request("  chartRef: {kind: OCIRepository, name: podinfo}\n", "");
    let Some(ChartReference::Object(source)) = reference.chart else { panic!("{:?}", reference.chart) };
    assert_eq!((source.kind.as_str(), source.namespace.as_str()), ("OCIRepository", "apps"));
    assert_eq!(reference.crds, (CrdPolicy::Create, CrdPolicy::Create));
}

#[test]
fn hostile_paths_end() {
    let set = |path: &str, value: &str| {
        let spec = format!(
            "  valuesFrom:\n  - {{kind: Secret, name: values, valuesKey: single, targetPath: '{path}'}}\n"
        );
        values(&spec, &map("Secret", "values", "single", value))
    };
    assert!(set(&format!("a{}", "[0]".repeat(50_000)), "x").contains("lists inside of each other"));
    assert!(set(&format!("a{}", ".b".repeat(50_000)), "x").contains("names inside of each other"));
    let lists: String = (0..1000).map(|at| format!(",k{at}[65000]=x")).collect::<Vec<_>>().concat();
    assert!(set("a", &format!("x{lists}")).contains("would cost more"));
    let grown: String = (0..60_000).map(|at| format!(",k[{at}]=x")).collect::<Vec<_>>().concat();
    assert!(set("a", &format!("x{grown}")).contains("would cost more"));
}
