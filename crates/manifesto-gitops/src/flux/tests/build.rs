//! What kustomize-controller makes of a directory: the facts of fluxcd/pkg, kustomize/*_test.go, and ours.

use super::support::{built, kustomization, places, printed};

const CONFIG: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\ndata:\n  key: value\n";
const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app
spec:
  template:
    spec:
      containers:
      - name: app
        image: ghcr.io/example/app
";

/// The images of a kustomization, those of the Flux Kustomization, and the image that comes of it.
const IMAGES: &[(&str, &str, &str)] = &[
    ("newTag: v1", "newName: r/app", "r/app:v1"),
    ("newName: r/app", "newTag: v2", "r/app:v2"),
    ("digest: sha256:aa", "newName: r/app", "r/app@sha256:aa"),
    ("digest: sha256:aa", "newTag: v2", "ghcr.io/example/app:v2"),
    ("newTag: v1", "digest: sha256:aa", "ghcr.io/example/app@sha256:aa"),
    ("newName: r/app, digest: sha256:aa", "newTag: v2", "r/app:v2"),
    ("newTag: v1", "newTag: v2, digest: sha256:aa", "ghcr.io/example/app:v2@sha256:aa"),
    ("newName: r/app, newTag: v1", "", "r/app:v1"),
    ("newName: old/app, newTag: v1", "newName: r/app, newTag: v2", "r/app:v2"),
    ("-", "newName: r/app, newTag: v2", "r/app:v2"),
];

#[test]
fn images_are_laid_over_those_of_the_kustomization() {
    for (known, added, expected) in IMAGES {
        let image = |fields: &str| format!("{{name: ghcr.io/example/app, {fields}}}");
        let known = if *known == "-" { String::new() } else { image(known) };
        let file = format!("resources: [deployment.yaml]\nimages: [{known}]\n");
        let files = [("app/kustomization.yaml", file.as_str()), ("app/deployment.yaml", DEPLOYMENT)];
        let text = printed(&built(&files, &format!("  path: ./app\n  images: [{}]\n", image(added)), ""));
        assert!(text.contains(&format!("image: {expected}\n")), "{known} and {added}: {text}");
    }
}

/// What `components` takes for a path of the repository.
const COMPONENTS: &[(&str, bool)] = &[
    ("foobar", true),
    ("./foobar", true),
    ("file://foobar", true),
    ("file:///foobar", false),
    ("/foobar", false),
    ("https://github.com/owner/repo", false),
    ("git@github.com:owner/repo", false),
    ("ssh://git@github.com/owner/repo", false),
    ("github.com/owner/repo", false),
];

#[test]
fn components_are_local_and_relative() {
    for (path, is_local) in COMPONENTS {
        let spec = format!("  path: app\n  components: [\"{path}\"]\n");
        let text = printed(&built(&[("app/one.yaml", CONFIG)], &spec, ""));
        assert_eq!(!text.contains("must be local and relative"), *is_local, "{path}: {text}");
    }
}

#[test]
fn components_come_after_those_of_the_kustomization_and_may_be_missing_where_that_is_said() {
    let component = |label: &str| {
        format!(
            "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncommonLabels: {{{label}: 'yes'}}\n"
        )
    };
    let (a, b) = (component("a"), component("b"));
    let files = [
        ("app/kustomization.yaml", "resources: [one.yaml]\ncomponents: [../a]\n"),
        ("app/one.yaml", CONFIG),
        ("a/kustomization.yaml", a.as_str()),
        ("b/kustomization.yaml", b.as_str()),
    ];
    let text = printed(&built(&files, "  path: app\n  components: [../b]\n", ""));
    assert!(text.contains("    a: \"yes\"\n    b: \"yes\"\n"), "{text}");
    let missing = "  path: app\n  components: [../b, ../missing]\n";
    assert!(printed(&built(&files, missing, "")).contains("../missing"), "an error names it");
    let text = printed(&built(&files, &format!("{missing}  ignoreMissingComponents: true\n"), ""));
    assert!(text.contains("b: \"yes\"") && !text.contains('#'), "{text}");
}

#[test]
fn a_directory_without_a_kustomization_applies_every_manifest_in_it() {
    let second = CONFIG.replace("one", "two");
    let third = CONFIG.replace("one", "three");
    let files = [
        ("app/b.yaml", CONFIG),
        ("app/notes.txt", "no manifest"),
        ("app/sub/a.yml", second.as_str()),
        ("app/sub/deep/kustomization.yaml", "resources: [c.yaml]\nnamePrefix: deep-\n"),
        ("app/sub/deep/c.yaml", third.as_str()),
        ("app/sub/deep/ignored.yaml", "not: [a manifest"),
    ];
    let built = built(&files, "  path: ./app/\n  targetNamespace: target\n", "");
    let names: Vec<String> = built.objects.iter().map(|object| object.id.to_string()).collect();
    assert_eq!(
        names,
        ["ConfigMap/one in target", "ConfigMap/two in target", "ConfigMap/deep-three in target"]
    );
    assert_eq!(built.gaps, []);
    assert_eq!(places(&built.objects[0])[4], "data.key app/b.yaml:6");
    let namespace =
        places(&built.objects[0]).into_iter().find(|place| place.starts_with("metadata.namespace"));
    assert_eq!(
        namespace.as_deref(),
        Some("metadata.namespace flux/app.yaml:8"),
        "what Flux adds is written there"
    );
    let via: Vec<String> = built.objects[0].via.iter().map(ToString::to_string).collect();
    assert_eq!(via, ["flux/app.yaml:7", "flux/app.yaml:1"], "no line of a file that does not exist");
}

#[test]
fn a_file_that_is_no_manifest_stops_everything() {
    let files = [("app/one.yaml", CONFIG), ("app/values.yaml", "replicas: 1\n")];
    let built = built(&files, "  path: app\n", "");
    assert!(built.objects.is_empty() && built.gaps.len() == 1, "{}", printed(&built));
}

#[test]
fn an_empty_directory_applies_nothing() {
    let built = built(&[("app/notes.txt", "x")], "  path: app\n", "");
    assert_eq!((printed(&built).as_str(), built.gaps.len()), ("", 0));
    let built = super::support::built(&[("app/kustomization.yaml", "resources: []\n")], "  path: app\n", "");
    assert_eq!((printed(&built).as_str(), built.gaps.len()), ("", 0));
    let built = super::support::built(&[("other/one.yaml", CONFIG)], "  path: app\n", "");
    assert_eq!(printed(&built), "# missing-file: flux/app.yaml:7: the directory `app` does not exist\n");
}

#[test]
fn a_path_never_leaves_the_repository() {
    for (written, directory) in
        [("./a/../b", "b"), ("../../a", "a"), ("/a/b/", "a/b"), ("a//b/.", "a/b"), (".", ""), ("\"\"", "")]
    {
        let kustomization = kustomization(&format!("  path: {written}\n"));
        assert_eq!(kustomization.directory().as_str(), directory, "{written}");
    }
}

#[test]
fn names_and_namespace_are_those_of_the_flux_kustomization() {
    let file = "configMapGenerator:\n- name: test-configmap\n  literals: [foo=bar, baz=qux]\n";
    let spec = "  path: .\n  targetNamespace: test-namespace\n  namePrefix: prefix-\n  nameSuffix: -suffix\n";
    let built = built(&[("kustomization.yaml", file)], spec, "");
    let id = &built.objects[0].id;
    assert!(id.name.starts_with("prefix-test-configmap-suffix-"), "{id}");
    assert_eq!(id.namespace, "test-namespace");
    // A kustomization without resources gets this, so that kustomize does not take it for empty.
    assert!(printed(&built).contains("config.kubernetes.io/origin"), "{}", printed(&built));
}

#[test]
fn patches_are_laid_over_the_build_and_keep_their_lines() {
    let spec = "\
  path: app
  targetNamespace: apps
  patches:
    - target:
        kind: Deployment
        name: app
      patch: |-
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: app
        spec:
          replicas: 3
    - patch: |
        - op: add
          path: /spec/paused
          value: true
      target: {kind: Deployment}
";
    let files = [
        ("app/kustomization.yml", "# A comment.\nresources:\n- ./deployment.yaml\nunknownField: true\n"),
        ("app/deployment.yaml", DEPLOYMENT),
    ];
    let built = built(&files, spec, "");
    let places = places(&built.objects[0]);
    for expected in [
        "metadata.namespace flux/app.yaml:8",
        "spec.replicas flux/app.yaml:19",
        "spec.paused flux/app.yaml:23",
        "spec.template.spec.containers[0].image app/deployment.yaml:10",
    ] {
        assert!(places.iter().any(|place| place == expected), "{expected}: {places:#?}");
    }
    let via: Vec<String> = built.objects[0].via.iter().map(ToString::to_string).collect();
    assert_eq!(via, ["app/kustomization.yml:3", "flux/app.yaml:1"]);
}

#[test]
fn errors_of_patches_point_at_the_flux_kustomization() {
    let spec = "  path: app\n  patches:\n    - patch: |-\n        - op: remove\n          path: /spec/nothing\n      \
                target: {kind: Deployment}\n";
    let built = built(&[("app/deployment.yaml", DEPLOYMENT)], spec, "");
    assert!(built.objects.is_empty());
    let place = built.gaps[0].place.as_ref().unwrap();
    assert_eq!(place.path.as_str(), "flux/app.yaml", "{}", printed(&built));
    assert!((8..=12).contains(&place.line), "{place}");
}

#[test]
fn labels_and_annotations_of_all_objects_win() {
    let spec = "  path: app\n  commonMetadata:\n    labels: {team: a}\n    annotations: {note: b}\n";
    let labelled = CONFIG.replace("  name: one\n", "  name: one\n  labels: {team: other, own: c}\n");
    let built = built(&[("app/one.yaml", &labelled)], spec, "");
    let text = printed(&built);
    assert!(text.contains("  annotations:\n    note: b\n  labels:\n    own: c\n    team: a\n"), "{text}");
    let places = places(&built.objects[0]);
    assert!(places.contains(&"metadata.labels.team flux/app.yaml:9".to_owned()), "{places:?}");
}

const SEALED: &str = "\
apiVersion: v1
kind: Secret
metadata:
  name: sealed
stringData:
  PASSWORD: ENC[AES256_GCM,data:abc,iv:abc,tag:abc,type:str]
sops:
  mac: ENC[AES256_GCM,data:abc,iv:abc,tag:abc,type:str]
";

#[test]
fn of_sealed_objects_identity_and_keys_are_known() {
    let spec = "  path: app\n  decryption: {provider: sops}\n";
    let built = built(&[("app/sealed.yaml", SEALED)], spec, "");
    assert_eq!(built.objects.len(), 1);
    assert!(built.objects[0].root.get("sops").is_none());
    assert_eq!(
        built.gaps.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["flux/app.yaml:8: SOPS would have to decrypt 1 objects: identity and keys are known, and no values"]
    );
    assert!(!built.gaps[0].hides_objects());
}

#[test]
fn a_sealed_secret_that_nobody_decrypts_stops_everything() {
    let built = built(&[("app/sealed.yaml", SEALED), ("app/one.yaml", CONFIG)], "  path: app\n", "");
    assert!(built.objects.is_empty());
    assert!(built.gaps[0].detail.contains("is encrypted with SOPS"), "{}", printed(&built));
}
