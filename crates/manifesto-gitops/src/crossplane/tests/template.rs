//! Go templates: the facts of function-go-templating, fn_test.go and function_maps_test.go, and ours.

use std::fmt::Write as _;

use super::support::{composed, places, printed};

/// A pipeline with these templates, each a step of function-go-templating.
fn pipeline(templates: &[&str]) -> String {
    let mut spec = "  mode: Pipeline\n  pipeline:\n".to_owned();
    for template in templates {
        spec.push_str("  - step: go\n    functionRef: {name: function-go-templating}\n    input:\n      source: Inline\n      inline:\n        template: |\n");
        for line in template.lines() {
            writeln!(spec, "          {line}").unwrap();
        }
    }
    spec
}

/// A template of one object with this text as its data.
fn config(data: &str) -> String {
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\n  annotations:\n    {{{{ setResourceNameAnnotation \"one\" }}}}\ndata:\n  a: {data}\n"
    )
}

/// An expression over the composite `{name: one, count: 3, ratio: 1.5, list: [v, w], flag: true}`, and what it prints.
const EXPRESSIONS: &[(&str, &str)] = &[
    ("{{ .observed.composite.resource.spec.name }}", "one"),
    ("{{ (getCompositeResource .).spec.count }}", "3"),
    ("{{ add (getCompositeResource .).spec.count 1 }}", "4"),
    ("{{ printf \"%T\" (getCompositeResource .).spec.count }}", "int64"),
    ("{{ printf \"%T\" (getCompositeResource .).spec.ratio }}", "float64"),
    ("{{ (getCompositeResource .).spec.list | join \"-\" }}", "v-w"),
    ("{{ (getCompositeResource .).spec.missing | default \"none\" }}", "none"),
    ("{{ (fromYaml \"b: 7\").b }}", "7"),
    ("{{ (getResourceCondition \"Ready\" .observed.composite.resource).Status }}", "Unknown"),
    ("{{ getComposedResource . \"x\" | default \"none\" }}", "none"),
    ("{{ getExtraResources . \"x\" | default \"none\" }}", "none"),
    ("{{ .desired.resources | default \"none\" }}", "none"),
    ("{{ with .extraResources }}x{{ else }}none{{ end }}", "none"),
];

const SPEC: &str = "{name: one, count: 3, ratio: 1.5, list: [v, w], flag: true}";

#[test]
fn expressions_see_the_request_as_upstream_gives_it() {
    for (expression, expected) in EXPRESSIONS {
        let composition = composed(&pipeline(&[&config(expression)]), SPEC, "");
        let found =
            composition.objects.first().and_then(|composed| composed.object.at(&["data", "a"])?.text());
        assert_eq!(found, Some(*expected), "{expression}: {}", printed(&composition));
    }
}

#[test]
fn yaml_is_written_with_an_indent_of_four() {
    let template = config("|\n    {{- $.observed.composite.resource.spec | toYaml | nindent 4 }}");
    let text = printed(&composed(&pipeline(&[&template]), "{b: {c: [x, {d: e}]}, a: 1}", ""));
    assert!(text.contains("a: 1\n    b:\n        c:\n            - x\n            - d: e\n"), "{text}");
}

#[test]
fn lines_of_a_template_are_found_again() {
    let template = "\
{{- $spec := .observed.composite.resource.spec }}
{{- range $spec.list }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ . }}
  annotations:
    gotemplating.fn.crossplane.io/composition-resource-name: map-{{ . }}
data:
  fixed: kept
  name: {{ . }}
{{- end }}
";
    let composition = composed(&pipeline(&[template]), SPEC, "");
    assert_eq!(composition.gaps, []);
    let names: Vec<&str> = composition.objects.iter().map(|composed| composed.name.as_str()).collect();
    assert_eq!(names, ["map-v", "map-w"]);
    for composed in &composition.objects {
        let places = places(&composed.object);
        for expected in [
            "kind composition.yaml:18",
            "metadata.name composition.yaml:20",
            "data.fixed composition.yaml:24",
            "data.name composition.yaml:25",
        ] {
            assert!(places.iter().any(|place| place == expected), "{expected}: {places:#?}");
        }
    }
}

#[test]
fn steps_see_what_steps_before_want() {
    let second = "{{ $before := (index .desired.resources \"one\").resource }}\n".to_owned()
        + &config("{{ $before.metadata.name }}-{{ index .context \"key\" }}")
            .replace("\"one\"", "\"two\"")
            .replace("name: one", "name: two");
    let first = config("x")
        + "---\napiVersion: meta.gotemplating.fn.crossplane.io/v1alpha1\nkind: Context\ndata: {key: value}\n";
    let text = printed(&composed(&pipeline(&[&first, &second]), SPEC, ""));
    assert!(text.contains("# two\n") && text.contains("a: one-value\n"), "{text}");
}

#[test]
fn what_a_template_says_wrong_is_a_gap_and_the_other_steps_run() {
    let cases = [
        ("{{ fail \"no name\" }}", "no name"),
        ("{{ .x", "unclosed action"),
        ("a: [", "cannot decode manifest"),
        ("{apiVersion: v1, kind: ConfigMap, metadata: {name: one}}", "is missing required"),
        ("{apiVersion: v1, kind: ConfigMap, metadata: {annotations: {a: 1}}}", "invalid annotations"),
        ("{apiVersion: meta.gotemplating.fn.crossplane.io/v1alpha1, kind: Else}", "invalid kind"),
    ];
    for (template, why) in cases {
        let text = printed(&composed(&pipeline(&[template, &config("x")]), SPEC, ""));
        assert!(text.starts_with("# one\n"), "{template}: {text}");
        assert!(
            text.contains(&format!("! broken-file: composition.yaml:{}", "13")) && text.contains(why),
            "{template}: {text}"
        );
    }
}

#[test]
fn the_composites_own_status_is_no_object() {
    let status =
        "{apiVersion: example.org/v1, kind: XR, status: {phase: made}}\n---\n".to_owned() + &config("x");
    let second = config("{{ .desired.composite.resource.status.phase }}").replace("\"one\"", "\"two\"");
    let text = printed(&composed(&pipeline(&[&status, &second]), SPEC, ""));
    assert!(text.contains("a: made\n") && !text.contains("kind: XR"), "{text}");
}

#[test]
fn what_only_the_cluster_knows_is_a_gap_that_may_hide_objects() {
    let template =
        "{{ if eq (getResourceCondition \"Ready\" (getComposedResource . \"db\")).Status \"True\" }}\n"
            .to_owned()
            + &config("x")
            + "{{ end }}\n";
    let composition = composed(&pipeline(&[&template]), SPEC, "");
    assert!(composition.objects.is_empty());
    assert!(
        composition.gaps.iter().any(|gap| gap.hides_objects() && gap.detail.contains("observed of `db`")),
        "{}",
        printed(&composition)
    );
}

const SECRET: &str = "apiVersion: v1\nkind: Secret\nmetadata: {name: token, namespace: ns, labels: {for: one}}\ndata: {ca.crt: Q0E=}\n";

#[test]
fn extra_resources_come_from_the_repository_or_are_unknown() {
    let find = "  - step: find\n    functionRef: {name: function-extra-resources}\n    input:\n      spec:\n        extraResources:\n        \
                - {kind: Secret, apiVersion: v1, into: found, type: Selector, selector: {minMatch: 1, matchLabels: [{key: for, type: FromCompositeFieldPath, valueFromFieldPath: spec.name}]}}\n";
    let use_it = config(
        "{{ $secret := index (index .context \"apiextensions.crossplane.io/extra-resources\") \"found\" 0 }}{{ $secret.metadata.name }}/{{ index $secret.data \"ca.crt\" | b64dec }}",
    );
    let spec = pipeline(&[&use_it]).replacen("  pipeline:\n", &format!("  pipeline:\n{find}"), 1);
    let known = printed(&composed(&spec, SPEC, SECRET));
    assert!(known.contains("a: token/CA\n") && !known.contains('!'), "{known}");
    let unknown = printed(&composed(&spec, SPEC, ""));
    assert!(
        unknown.contains("a: manifesto-unknown-crossplane-secret-for-one-metadata-name/manifesto-unknown-crossplane-secret-for-one-data-ca-crt\n"),
        "{unknown}"
    );
    assert!(unknown.contains("! unknown-value: composition.yaml:13: the Secret `for=one` that a step asks for is not in the repository"), "{unknown}");
}

#[test]
fn a_template_may_ask_for_objects_itself() {
    let ask = "apiVersion: meta.gotemplating.fn.crossplane.io/v1alpha1\nkind: ExtraResources\nrequirements:\n  secret: {apiVersion: v1, kind: Secret, matchName: token}\n";
    let template = format!(
        "{ask}---\n{{{{ with .extraResources }}}}\n{}{{{{ end }}}}\n",
        config("{{ (index (index . \"secret\").items 0).metadata.namespace }}")
    );
    let text = printed(&composed(&pipeline(&[&template]), SPEC, SECRET));
    assert!(text.contains("a: ns\n"), "{text}");
}

#[test]
fn delimiters_options_and_parts_are_read() {
    let step = |input: &str| {
        format!(
            "  mode: Pipeline\n  pipeline:\n  - step: go\n    functionRef: {{name: function-go-templating}}\n    input:\n{input}"
        )
    };
    let object = |value: &str| {
        format!(
            "{{apiVersion: v1, kind: ConfigMap, metadata: {{name: one, annotations: {{gotemplating.fn.crossplane.io/composition-resource-name: one}}}}, data: {{a: {value}}}}}"
        )
    };
    let own = step(&format!(
        "      source: Inline\n      delims: {{left: '[[', right: ']]'}}\n      inline:\n        template: |\n          {}\n",
        object("'[[ .observed.composite.resource.spec.name ]]{{'")
    ));
    assert!(
        printed(&composed(&own, SPEC, "")).contains("a: one{{\n"),
        "{}",
        printed(&composed(&own, SPEC, ""))
    );
    let several = step(&format!(
        "      source: Inline\n      inline:\n        templates:\n        - '{}'\n        - '{}'\n",
        object("x"),
        object("y").replace("one", "two")
    ));
    assert_eq!(composed(&several, SPEC, "").objects.len(), 2);
    let strict = step(&format!(
        "      source: Inline\n      options: [missingkey=error]\n      inline:\n        template: |\n          {}\n",
        object("'{{ .observed.composite.resource.spec.missing }}'")
    ));
    assert!(printed(&composed(&strict, SPEC, "")).contains("map has no entry for key"));
    let files = step("      source: FileSystem\n      fileSystem: {dirPath: /templates}\n");
    assert!(printed(&composed(&files, SPEC, "")).starts_with("! plugin: composition.yaml:"));
}

#[test]
fn templates_include_each_other() {
    let template = "{{ define \"name\" }}{{ .spec.name }}-x{{ end }}\n".to_owned()
        + &config("{{ include \"name\" .observed.composite.resource }}");
    assert!(printed(&composed(&pipeline(&[&template]), SPEC, "")).contains("a: one-x\n"));
    let endless = "{{ define \"a\" }}{{ include \"a\" . }}{{ end }}{{ include \"a\" . }}";
    assert!(printed(&composed(&pipeline(&[endless]), SPEC, "")).contains("! broken-file"));
}

#[test]
fn hostile_templates_end() {
    for template in [
        "{{ range until 100000000 }}x{{ end }}",
        "{{ printf \"%1000000000d\" 1 }}",
        "{{ repeat 1000000000 \"x\" }}",
    ] {
        let text = printed(&composed(&pipeline(&[template]), SPEC, ""));
        assert!(text.starts_with("! broken-file"), "{template}: {text}");
    }
}
