//! Patches and resources: the facts of function-patch-and-transform, patches_test.go and fn_test.go, and ours.

use super::support::{composed, json, node, places, printed};
use crate::crossplane::patch::patch_for_test;

/// A patch, what it reads, what it writes to, and what comes of it; what upstream says where it is refused.
const PATCHES: &[(&str, &str, &str, &str)] = &[
    (
        "{fromFieldPath: metadata.labels, toFieldPath: metadata.labels}",
        "{metadata: {labels: {test: blah}}}",
        "{metadata: {name: cd}}",
        r#"{"metadata":{"labels":{"test":"blah"},"name":"cd"}}"#,
    ),
    (
        "{fromFieldPath: metadata.name, toFieldPath: 'metadata.ownerReferences[*].name'}",
        "{metadata: {name: test}}",
        "{metadata: {ownerReferences: [{name: ''}, {name: ''}]}}",
        r#"{"metadata":{"ownerReferences":[{"name":"test"},{"name":"test"}]}}"#,
    ),
    (
        "{fromFieldPath: metadata.name, toFieldPath: 'metadata.ownerReferences[*].badField'}",
        "{metadata: {name: test}}",
        "{metadata: {ownerReferences: [{name: test}, {name: test}]}}",
        "stands for no field",
    ),
    (
        "{fromFieldPath: groups, toFieldPath: 'rules[*].groups', policy: {toFieldPath: ForceMergeObjectsAppendArrays}}",
        "{groups: [12345678, 7891234]}",
        "{rules: [{id: e1, groups: [12345678]}, {id: e2, groups: [12345678]}]}",
        r#"{"rules":[{"groups":[12345678,7891234],"id":"e1"},{"groups":[12345678,7891234],"id":"e2"}]}"#,
    ),
    (
        "{fromFieldPath: metadata.labels}",
        "{metadata: {labels: {test: blah}}}",
        "{kind: Composed}",
        r#"{"kind":"Composed","metadata":{"labels":{"test":"blah"}}}"#,
    ),
    (
        "{type: CombineFromComposite, combine: {variables: [{fromFieldPath: a.one}, {fromFieldPath: a.two}], strategy: string, \
         string: {fmt: '%s-%s'}}, toFieldPath: out}",
        "{b: 1}",
        "{}",
        "no such field",
    ),
    (
        "{type: CombineFromComposite, combine: {variables: [{fromFieldPath: a.one}, {fromFieldPath: a.two}], strategy: string, \
         string: {fmt: '%s-%s'}}, toFieldPath: labels.destination}",
        "{a: {one: foo, two: bar}}",
        "{labels: {test: blah}}",
        r#"{"labels":{"destination":"foo-bar","test":"blah"}}"#,
    ),
    // The policies, over the same two objects.
    (
        "{fromFieldPath: f, policy: {toFieldPath: Replace}}",
        "{f: {new: 1, both: new, list: [b]}}",
        "{f: {old: 1, both: old, list: [a]}}",
        r#"{"f":{"both":"new","list":["b"],"new":1}}"#,
    ),
    (
        "{fromFieldPath: f, policy: {toFieldPath: MergeObjects}}",
        "{f: {new: 1, both: new, list: [b]}}",
        "{f: {old: 1, both: old, list: [a]}}",
        r#"{"f":{"both":"old","list":["a"],"new":1,"old":1}}"#,
    ),
    (
        "{fromFieldPath: f, policy: {toFieldPath: MergeObjectsAppendArrays}}",
        "{f: {new: 1, both: new, list: [b]}}",
        "{f: {old: 1, both: old, list: [a]}}",
        r#"{"f":{"both":"old","list":["a","b"],"new":1,"old":1}}"#,
    ),
    (
        "{fromFieldPath: f, policy: {toFieldPath: ForceMergeObjects}}",
        "{f: {new: 1, both: new, list: [b]}}",
        "{f: {old: 1, both: old, list: [a]}}",
        r#"{"f":{"both":"new","list":["b"],"new":1,"old":1}}"#,
    ),
    (
        "{fromFieldPath: f, policy: {mergeOptions: {appendSlice: true}}}",
        "{f: {new: 1, both: new, list: [b]}}",
        "{f: {old: 1, both: old, list: [a]}}",
        r#"{"f":{"both":"new","list":["a","b"],"new":1,"old":1}}"#,
    ),
    ("{fromFieldPath: f, policy: {toFieldPath: Else}}", "{f: 1}", "{}", "is not known"),
    ("{fromFieldPath: 'f[0]'}", "{f: '10'}", "{}", "not an array"),
    ("{toFieldPath: f}", "{f: '10'}", "{}", "no `fromFieldPath`"),
];

#[test]
fn patches_write_what_upstream_writes() {
    for (patch, from, to, expected) in PATCHES {
        let mut target = node(to);
        match patch_for_test(&node(patch), &node(from), &mut target) {
            Ok(()) => assert_eq!(json(&target), *expected, "{patch}"),
            Err(why) => assert!(why.contains(expected), "{patch}: {why}"),
        }
    }
}

const CONVERTED: &str = "{fromFieldPath: spec.widgets, toFieldPath: spec.watchers, transforms: [{type: convert, convert: \
                         {toType: int64}}, {type: math, math: {multiply: 3}}]}";

/// A pipeline with these inputs of function-patch-and-transform.
fn pipeline(inputs: &[String]) -> String {
    let mut spec = "  mode: Pipeline\n  pipeline:\n".to_owned();
    for input in inputs {
        spec.push_str("  - step: patch\n    functionRef: {name: function-patch-and-transform}\n    input:\n");
        spec.push_str(input);
    }
    spec
}

fn resource(name: &str, base: &str, patches: &[&str]) -> String {
    let base = if base.is_empty() {
        String::new()
    } else {
        format!(", base: {{apiVersion: example.org/v1, kind: CD{base}}}")
    };
    format!("      - {{name: {name}{base}, patches: [{}]}}\n", patches.join(", "))
}

fn input(resources: &[String]) -> String {
    format!("      resources:\n{}", resources.concat())
}

#[test]
fn resources_are_patched_kept_and_replaced() {
    let run = |inputs: &[String], spec: &str| printed(&composed(&pipeline(inputs), spec, ""));
    let cool = |base: &str, patches: &[&str]| input(&[resource("cool", base, patches)]);
    let name = "metadata:\n  name: xr-manifesto-unknown-crossplane-cool-name\n";
    assert_eq!(run(&[cool(" ", &[])], "{}"), format!("# cool\napiVersion: example.org/v1\nkind: CD\n{name}"));
    let patched = format!("# cool\napiVersion: example.org/v1\nkind: CD\n{name}spec:\n  watchers: 30\n");
    assert_eq!(run(&[cool(" ", &[CONVERTED])], "{widgets: '10'}"), patched);
    // A later step patches what an earlier one made.
    assert_eq!(run(&[cool(" ", &[]), cool("", &[CONVERTED])], "{widgets: '10'}"), patched);
    // A later step with a base replaces it.
    let replaced = run(&[cool(", spec: {watchers: 42}", &[]), cool(", spec: {widgets: 9001}", &[])], "{}");
    assert!(replaced.contains("  widgets: 9001\n") && !replaced.contains("watchers"), "{replaced}");
    let nothing = run(&[cool("", &[CONVERTED])], "{widgets: '10'}");
    assert!(
        nothing.starts_with("! broken-file: composition.yaml:") && nothing.contains("it has no base"),
        "{nothing}"
    );
    let optional = run(&[cool(" ", &["{fromFieldPath: spec.missing}", CONVERTED])], "{widgets: '10'}");
    assert_eq!(optional, patched);
    let fatal = run(&[cool(" ", &[CONVERTED, "{fromFieldPath: 'spec.widgets[0]'}"])], "{widgets: '10'}");
    assert!(fatal.contains("not an array") && !fatal.contains("kind"), "{fatal}");
}

#[test]
fn what_waits_for_a_field_is_not_made() {
    let required = "{fromFieldPath: status.id, toFieldPath: spec.id, policy: {fromFieldPath: Required}}";
    let inputs = [input(&[resource("waits", " ", &[required]), resource("other", " ", &[])])];
    let text = printed(&composed(&pipeline(&inputs), "{}", ""));
    assert!(text.starts_with("# other\n") && !text.contains("# waits"), "{text}");
    assert!(text.contains("`waits` waits for `status.id`, which nothing in the repository sets"), "{text}");
}

#[test]
fn patch_sets_and_the_environment_are_known_to_both_modes() {
    let fields = "patchSets:\n- {name: labels, patches: [{fromFieldPath: metadata.name, toFieldPath: 'metadata.labels[from]'}]}\n\
                  environment:\n  patches:\n  - {type: FromCompositeFieldPath, fromFieldPath: spec.region, toFieldPath: region}\n\
                  resources:\n- name: cool\n  base: {apiVersion: example.org/v1, kind: CD, metadata: {name: given}}\n  patches:\n  \
                  - {type: PatchSet, patchSetName: labels}\n  - {type: FromEnvironmentFieldPath, fromFieldPath: region, toFieldPath: spec.region}\n  \
                  - {type: ToCompositeFieldPath, fromFieldPath: status.id, toFieldPath: status.id}\n";
    let indented =
        |by: &str| by.to_owned() + fields.trim_end().replace('\n', &format!("\n{by}")).as_str() + "\n";
    let pipeline = printed(&composed(&pipeline(&[indented("      ")]), "{region: eu}", ""));
    let resources = printed(&composed(&indented("  "), "{region: eu}", ""));
    let expected = "# cool\napiVersion: example.org/v1\nkind: CD\nmetadata:\n  labels:\n    from: xr\n  name: given\nspec:\n  region: eu\n";
    assert_eq!((pipeline.as_str(), resources.as_str()), (expected, expected));
    let undefined = printed(&composed(
        "  resources:\n  - {name: a, base: {}, patches: [{type: PatchSet, patchSetName: b}]}\n",
        "{}",
        "",
    ));
    assert!(undefined.contains("there is no patch set `b`"), "{undefined}");
}

#[test]
fn what_another_function_may_have_set_is_unknown() {
    let spec = "  mode: Pipeline\n  pipeline:\n  - step: configs\n    functionRef: {name: function-environment-configs}\n  \
                - step: patch\n    functionRef: {name: crossplane-contrib-function-patch-and-transform}\n    input:\n      resources:\n      \
                - {name: cool, base: {apiVersion: example.org/v1, kind: CD, metadata: {name: given}}, patches: [{type: FromEnvironmentFieldPath, fromFieldPath: region, toFieldPath: spec.region}]}\n";
    let text = printed(&composed(spec, "{}", ""));
    assert!(text.contains("region: manifesto-unknown-crossplane-environment-region\n"), "{text}");
    assert!(text.contains("! plugin: composition.yaml:8: what the step `configs` makes is known to `function-environment-configs` only"), "{text}");
}

#[test]
fn values_have_their_places() {
    let inputs = [input(&[resource("cool", ", metadata: {name: given}", &["{fromFieldPath: spec.region}"])])];
    let composition = composed(&pipeline(&inputs), "{region: eu}", "");
    let places = places(&composition.objects[0].object);
    assert!(places.contains(&"spec.region xr.yaml:4".to_owned()), "{places:?}");
    assert!(places.contains(&"metadata.name composition.yaml:12".to_owned()), "{places:?}");
    let via: Vec<String> = composition.objects[0].object.via.iter().map(ToString::to_string).collect();
    assert_eq!(via, ["xr.yaml:1"]);
}

#[test]
fn hostile_paths_end() {
    let long = format!("{{fromFieldPath: a, toFieldPath: 'b{}'}}", ".c".repeat(50_000));
    let mut target = node("{}");
    assert!(
        patch_for_test(&node(&long), &node("{a: 1}"), &mut target).is_err_and(|why| why.contains("steps"))
    );
    let wide = node(&format!("{{a: [{}]}}", "{b: [{c: 1}, {c: 2}]}, ".repeat(20_000)));
    let mut target = wide.clone();
    let patch = node("{fromFieldPath: f, toFieldPath: 'a[*].b[*].c'}");
    let done = patch_for_test(&patch, &node("{f: 3}"), &mut target);
    assert!(done.is_err_and(|why| why.contains("larger than 1024")));
}
