//! What is made of the objects of a chart: the facts of helm-controller, internal/postrender/kustomize_test.go, and ours.

use manifesto_kustomize::Session;

use super::support::{objects, places, printed, release};
use crate::flux::{Built, helm_request, post_render};

fn rendered(manifests: &str, spec: &str) -> Built {
    let request = helm_request(&release(spec), &|_| None);
    post_render(&Session::default(), objects("chart/templates/all.yaml", manifests), &request.post_render)
}

const POD: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: image
spec:
  containers:
  - image: repository/image:tag
";

/// The fields of the image, and the image that comes of it.
const IMAGES: &[(&str, &str)] = &[
    ("newTag: 0.1.0", "repository/image:0.1.0"),
    ("newName: repository/new-image", "repository/new-image:tag"),
    ("digest: sha256:24a0c4b4a4c0", "repository/image@sha256:24a0c4b4a4c0"),
];

#[test]
fn images_are_replaced() {
    for (fields, expected) in IMAGES {
        let spec =
            format!("  postRenderers:\n  - kustomize: {{images: [{{name: repository/image, {fields}}}]}}\n");
        let text = printed(&rendered(POD, &spec));
        assert_eq!(text, POD.replace("repository/image:tag", expected), "{fields}");
    }
}

const OPERATIONS: &str = "\
  postRenderers:
  - kustomize:
      patches:
      - target: {version: v1, kind: Pod, name: json6902}
        patch: |
          - op: test
            path: /metadata/annotations/c
            value: foo
          - op: remove
            path: /metadata/annotations/c
          - op: add
            path: /metadata/annotations/c
            value: [ \"foo\", \"bar\" ]
          - op: replace
            path: /metadata/annotations/c
            value: 42
          - op: move
            from: /metadata/annotations/c
            path: /metadata/annotations/d
          - op: copy
            from: /metadata/annotations/d
            path: /metadata/annotations/e
";

#[test]
fn operations_are_applied_in_order() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\n    c: foo\n  name: json6902\n";
    let text = printed(&rendered(pod, OPERATIONS));
    assert_eq!(
        text,
        "apiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\n    d: \"42\"\n    e: \"42\"\n  name: json6902\n"
    );
}

const MERGED: &str = "\
  postRenderers:
  - kustomize:
      patches:
      - patch: |
          apiVersion: apps/v1
          kind: Deployment
          metadata:
            name: nginx
          spec:
            template:
              spec:
                containers:
                  - name: nginx
                    image: nginx:latest
  commonMetadata:
    labels: {team: a}
";

const DEPLOYMENT: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: test
  annotations: {helm.sh/hook: test}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: nginx
spec:
  template:
    spec:
      containers:
      - name: nginx
        image: nginx:v1.0.0
        args: [x]
";

#[test]
fn places_are_those_of_the_chart_and_of_the_release() {
    let built = rendered(DEPLOYMENT, MERGED);
    assert_eq!(built.gaps, []);
    assert_eq!(built.objects[0].id.kind, "Deployment", "hooks are left alone and come last");
    let places = places(&built.objects[0]);
    for expected in [
        "metadata.name chart/templates/all.yaml:10",
        "metadata.labels.team flux/app.yaml:22",
        "spec.template.spec.containers[0].image flux/app.yaml:20",
        "spec.template.spec.containers[0].args[0] chart/templates/all.yaml:17",
    ] {
        assert!(places.iter().any(|place| place == expected), "{expected}: {places:#?}");
    }
    assert_eq!(built.objects[1].labels().count(), 0);
    let combined = rendered(DEPLOYMENT, &format!("{MERGED}  postRenderStrategy: combined\n"));
    assert_eq!(combined.objects[0].labels().collect::<Vec<_>>(), [("team", "a")]);
}

#[test]
fn a_patch_without_a_target_stops_everything() {
    let built = rendered(POD, MERGED);
    assert!(built.objects.is_empty());
    let place = built.gaps[0].place.as_ref().unwrap();
    assert_eq!(place.path.as_str(), "flux/app.yaml", "{}", printed(&built));
}
