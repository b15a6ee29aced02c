//! Variables after the build: the facts of fluxcd/pkg, kustomize/kustomize_varsub_test.go, and ours.

use super::support::{built, places, printed};

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app
  labels:
    environment: ${cluster_env:=dev}
    region: \"${cluster_region}\"
spec:
  replicas: ${replicas:=2}
  template:
    metadata:
      annotations:
        scrape: ${prometheus_scrape:=false}
        port: ${prometheus_port}
    spec:
      containers:
      - name: nginx
        image: ${image}
";

const SPEC: &str = "\
  path: app
  postBuild:
    substitute:
      cluster_env: prod
      cluster_region: eu-central-1
    substituteFrom:
      - kind: ConfigMap
        name: app-vars
";

const VARIABLES: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: app-vars
  namespace: apps
data:
  prometheus_scrape: '\"true\"'
  prometheus_port: '\"9797\"'
  image: nginx:1.21.4
  cluster_env: overridden
";

#[test]
fn variables_of_maps_come_first_and_those_of_the_kustomization_win() {
    let built = built(&[("app/app.yaml", DEPLOYMENT)], SPEC, VARIABLES);
    let expected = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  labels:
    environment: prod
    region: eu-central-1
  name: app
spec:
  replicas: 2
  template:
    metadata:
      annotations:
        port: \"9797\"
        scrape: \"true\"
    spec:
      containers:
      - image: nginx:1.21.4
        name: nginx
";
    assert_eq!(printed(&built), expected);
    let places = places(&built.objects[0]);
    for expected in [
        "spec.replicas app/app.yaml:9",
        "metadata.name app/app.yaml:4",
        "metadata.labels.region app/app.yaml:7",
    ] {
        assert!(places.iter().any(|place| place == expected), "{expected}: {places:#?}");
    }
    assert_eq!(
        built.asked.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["ConfigMap/app-vars in apps"]
    );
}

#[test]
fn an_object_can_opt_out() {
    for kind in ["labels", "annotations"] {
        let meta = format!("  name: one\n  {kind}: {{kustomize.toolkit.fluxcd.io/substitute: disabled}}\n");
        let text =
            format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n{meta}data:\n  a: ${{image}} $${{b}}\n");
        let printed = printed(&built(&[("app/one.yaml", &text)], SPEC, VARIABLES));
        assert!(printed.contains("a: ${image} $${b}\n"), "{printed}");
    }
}

const DEFAULTS: &str =
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\ndata:\n  a: ${a:=dev}\n  b: $${b}\n";

#[test]
fn without_variables_nothing_is_replaced_unless_that_is_said() {
    let print = |post_build: &str| {
        printed(&built(
            &[("app/one.yaml", DEFAULTS)],
            &format!("  path: app\n  postBuild: {post_build}\n"),
            "",
        ))
    };
    assert!(print("{}").contains("  a: ${a:=dev}\n  b: $${b}\n"));
    assert!(print("{substitute: {}}").contains("${a:=dev}"));
    assert!(print("{substituteStrategy: Always}").contains("  a: dev\n  b: ${b}\n"));
    assert!(print("{substitute: {x: y}}").contains("  a: dev\n  b: ${b}\n"));
}

#[test]
fn empty_values_are_values() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\n  labels:\n    x: \"${empty}\"\n";
    let spec = "  path: app\n  postBuild: {substitute: {empty: \"\"}}\n";
    assert!(printed(&built(&[("app/one.yaml", text)], spec, "")).contains("x: null\n"));
}

#[test]
fn what_is_refused_stops_everything_and_names_its_line() {
    let text = format!("{DEFAULTS}  script: |\n    echo ${{HOME-none}}\n");
    let spec = "  path: app\n  postBuild: {substitute: {x: y}}\n";
    let built =
        built(&[("app/one.yaml", &text), ("app/two.yaml", &DEFAULTS.replace("one", "two"))], spec, "");
    assert_eq!(
        printed(&built),
        "# broken-file: app/one.yaml:8: variables cannot be replaced: missing closing brace\n"
    );
    let spec = "  path: app\n  postBuild: {substitute: {\"not-a-name\": y}}\n";
    let built = super::support::built(&[("app/one.yaml", DEFAULTS)], spec, "");
    assert!(printed(&built).contains("`not-a-name` is no name of a variable"));
}

const SECRET: &str = "\
apiVersion: v1
kind: Secret
metadata:
  name: app-vars
  namespace: apps
data:
  plain: cGxhaW4tdmFsdWU=
stringData:
  DOMAIN_2: ENC[AES256_GCM,data:abc,iv:abc,tag:abc,type:str]
sops: {mac: x}
";

const USES: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: one
data:
  host: app.${DOMAIN_2}
  plain: ${plain}
  other: ${other:=none}
";

#[test]
fn of_an_encrypted_secret_only_its_values_are_unknown() {
    let spec = SPEC.replace("ConfigMap", "Secret");
    let built = built(&[("app/one.yaml", USES)], &spec, SECRET);
    let text = printed(&built);
    assert!(text.contains("host: app.manifesto-unknown-variable-domain-two\n"), "{text}");
    assert!(text.contains("plain: plain-value\n") && text.contains("other: none\n"), "{text}");
    assert!(crate::is_unknown(built.objects[0].at(&["data", "host"]).unwrap().text().unwrap()));
    assert_eq!(
        built.gaps.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["flux/app.yaml:13: the variable `DOMAIN_2` is encrypted in the Secret `app-vars`"]
    );
    assert!(!built.gaps[0].hides_objects());
}

#[test]
fn what_a_missing_map_may_set_is_unknown_unless_it_is_optional() {
    let missing = built(&[("app/one.yaml", USES)], SPEC, "");
    let text = printed(&missing);
    assert!(text.contains("other: manifesto-unknown-variable-other\n"), "{text}");
    assert!(
        text.contains(
            "the variables `DOMAIN_2`, `other`, `plain` are not known: the ConfigMap `app-vars` may set them"
        ),
        "{text}"
    );
    let optional = built(&[("app/one.yaml", USES)], &format!("{SPEC}        optional: true\n"), "");
    assert!(
        printed(&optional).contains("host: app.\n  other: none\n  plain: null\n"),
        "{}",
        printed(&optional)
    );
    assert_eq!(optional.gaps, []);
}

#[test]
fn values_can_change_what_an_object_is_made_of() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata: ${data}\n";
    let spec = "  path: app\n  postBuild: {substitute: {name: two, data: '{a: b, c: d}'}}\n";
    let built = built(&[("app/one.yaml", text)], spec, "");
    assert!(printed(&built).contains("data:\n  a: b\n  c: d\n"), "{}", printed(&built));
    assert_eq!(built.objects[0].id.name, "two");
    assert!(places(&built.objects[0]).contains(&"data.a app/one.yaml:5".to_owned()));
    let two = text.replace("${name}", "two");
    let same = super::support::built(&[("app/one.yaml", text), ("app/two.yaml", &two)], spec, "");
    assert!(
        same.objects.is_empty() && printed(&same).contains("two objects are ConfigMap/two"),
        "{}",
        printed(&same)
    );
}
