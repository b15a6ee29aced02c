use super::{changes, check, placed};
use crate::{ChangeKind, ChangeSet};

const WEB: &str =
    "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {ports: [{port: 80}]}}";

#[test]
fn nothing_becomes_of_what_is_the_same() {
    assert_eq!(changes(WEB, WEB), "");
}

#[test]
fn the_version_of_the_api_is_not_part_of_the_identity() {
    let set =
        |version: &str| format!("{{apiVersion: apps/{version}, kind: StatefulSet, metadata: {{name: db}}}}");
    check(
        &set("v1beta1"),
        &set("v1"),
        "\nchanged StatefulSet/db\n  apiVersion: \"apps/v1beta1\" > \"apps/v1\"\n",
    );
}

#[test]
fn another_group_replaces() {
    let ingress =
        |group: &str| format!("{{apiVersion: {group}/v1beta1, kind: Ingress, metadata: {{name: web}}}}");
    let set = ChangeSet::between(&placed(&ingress("extensions")), &placed(&ingress("networking.k8s.io")));
    let kinds: Vec<_> = set.changes.iter().map(|change| &change.kind).collect();
    assert_eq!(kinds, [&ChangeKind::Replaced { field: "apiVersion".to_owned() }]);
}

#[test]
fn an_immutable_field_replaces() {
    let job = |image: &str| {
        format!(
            "{{apiVersion: batch/v1, kind: Job, metadata: {{name: j}}, spec: {{template: {{spec: {{image: {image}}}}}}}}}"
        )
    };
    let set = ChangeSet::between(&placed(&job("a")), &placed(&job("b")));
    assert_eq!(set.changes[0].kind, ChangeKind::Replaced { field: "spec.template".to_owned() });
}

#[test]
fn a_similar_object_under_another_name_is_renamed() {
    let policy = |name: &str, port: u16| {
        format!(
            "{{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {{name: {name}}}, spec: {{endpointSelector: \
             {{matchLabels: {{app: web}}}}, egress: [{{toPorts: [{{ports: [{{port: {port}, protocol: TCP}}]}}]}}]}}}}"
        )
    };
    check(
        &policy("old", 9000),
        &policy("new", 443),
        r#"
        renamed CiliumNetworkPolicy/new
          metadata.name: "old" > "new"
          spec.egress[0].toPorts[0].ports[0].port: 9000 > 443
        "#,
    );
}

#[test]
fn what_resembles_nothing_is_added_and_removed() {
    let map = |name: &str, data: &str| {
        format!("{{apiVersion: v1, kind: ConfigMap, metadata: {{name: {name}}}, data: {data}}}")
    };
    check(
        &map("old", "{a: 1, b: 2, c: 3, d: 4}"),
        &map("new", "{e: 5, f: 6, g: 7, h: 8}"),
        "\nadded ConfigMap/new\nremoved ConfigMap/old\n",
    );
}

#[test]
fn generated_names_are_paired_by_what_is_before_the_hash() {
    let map = |hash: &str, data: &str| {
        format!("{{apiVersion: v1, kind: ConfigMap, metadata: {{name: config-{hash}}}, data: {{{data}}}}}")
    };
    let set = ChangeSet::between(
        &placed(&map("5h8k2mb6dd", "a: x, b: y, c: z")),
        &placed(&map("27gf9h8tk6", "d: 1, e: 2, f: 3")),
    );
    let kinds: Vec<_> = set.changes.iter().map(|change| &change.kind).collect();
    assert_eq!(kinds, [&ChangeKind::Renamed], "however little they resemble each other");
}

#[test]
fn what_moves_to_another_component_is_not_new() {
    let mut head = placed(WEB);
    head[0].component = 1;
    let set = ChangeSet::between(&placed(WEB), &head);
    assert_eq!(set.changes.len(), 1);
    assert_eq!((&set.changes[0].kind, set.changes[0].component), (&ChangeKind::Moved, 1));
}

#[test]
fn lists_are_their_items() {
    let list = format!("{{apiVersion: v1, kind: List, items: [{WEB}]}}");
    assert_eq!(changes(WEB, &list), "");
}
