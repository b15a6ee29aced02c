//! Templates that want to run for ever, to fill the memory or to overflow the stack end in a named budget.

#![allow(clippy::unwrap_used, clippy::format_collect, reason = "a test")]

mod support;

use std::sync::Arc;

use manifesto_gotmpl::{Budget, Limits, Str, Value};

/// Renders on a small stack; the budget that ran out, or the length of the output.
fn render(template: &str) -> Result<usize, Option<Budget>> {
    let template = template.to_owned();
    let thread = std::thread::Builder::new().stack_size(512 << 10);
    let result = thread.spawn(move || {
        let functions = Arc::new(support::functions());
        let data = Value::map([(Str::from("x"), Value::str("{{ tpl .x . }}"))]);
        let mut limits = Limits::default();
        if cfg!(debug_assertions) {
            // Without optimisation a step takes ten times as long.
            limits.steps /= 10;
        }
        let result = support::render(&functions, template.as_bytes(), data, limits);
        result.map(|out| out.len()).map_err(|(_, error)| error.innermost().budget)
    });
    result.unwrap().join().unwrap()
}

fn runs_out(template: &str, budget: Budget) {
    let head: String = template.chars().take(100).collect();
    assert_eq!(render(template), Err(Some(budget)), "{head}");
}

#[test]
fn recursion_ends() {
    runs_out(r#"{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}"#, Budget::TemplateDepth);
    runs_out("{{ tpl .x . }}", Budget::TemplateDepth);
    // Helm's own limit is an error of its own.
    assert_eq!(render(r#"{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}"#), Err(None));
}

#[test]
fn what_makes_much_of_little_ends() {
    runs_out(r#"{{ repeat 1000000000 "x" }}"#, Budget::Memory);
    runs_out("{{ len (until 1000000000) }}", Budget::Memory);
    runs_out("{{ len (seq 1 300000000) }}", Budget::Memory);
    runs_out(r#"{{ indent 100000000 (repeat 50 "x\n") | len }}"#, Budget::Memory);
    runs_out(r#"{{ $s := "x" }}{{ range until 40 }}{{ $s = printf "%s%s" $s $s }}{{ end }}"#, Budget::Memory);
    runs_out(r#"{{ $s := "x" }}{{ range until 40 }}{{ $s = replace "x" "xx" $s }}{{ end }}"#, Budget::Memory);
    runs_out(r#"{{ $s := "x" }}{{ range until 40 }}{{ $s = cat $s $s }}{{ end }}"#, Budget::Memory);
    runs_out(
        r#"{{ $s := "x" }}{{ range until 40 }}{{ $s = join $s (list $s $s) }}{{ end }}"#,
        Budget::Memory,
    );
    runs_out(r#"{{ $s := "\"" }}{{ range until 60 }}{{ $s = quote $s }}{{ end }}"#, Budget::Memory);
    runs_out(r"{{ $l := list 1 }}{{ range until 40 }}{{ $l = concat $l $l }}{{ end }}", Budget::Memory);
    runs_out(
        r#"{{ $d := dict }}{{ range $i := until 100 }}{{ $_ := set $d (toString $i) (repeat 20000000 "x") }}{{ end }}"#,
        Budget::Memory,
    );
    runs_out(
        r"{{ $d := dict }}{{ range $i := until 2000000 }}{{ $_ := set $d (toString $i) $i }}{{ end }}",
        Budget::Memory,
    );
    runs_out(r#"{{ printf (repeat 1000 "%1000000[1]d") 1 }}"#, Budget::Memory);
    assert_eq!(render(r#"{{ printf "%1000000d" 1 }}"#), Ok(1_000_000));
}

#[test]
fn what_runs_long_ends() {
    runs_out("{{ range until 30000 }}{{ range until 30000 }}{{ end }}{{ end }}", Budget::Steps);
    let laughs: String = (0..12)
        .map(|level| {
            let body = if level == 0 {
                "lol".to_owned()
            } else {
                format!("{{{{ include \"d{}\" . }}}}", level - 1).repeat(10)
            };
            format!("{{{{ define \"d{level}\" }}}}{body}{{{{ end }}}}")
        })
        .collect();
    assert!(matches!(
        render(&format!("{laughs}{{{{ include \"d10\" . }}}}")),
        Err(Some(Budget::Steps | Budget::Output | Budget::Memory))
    ));
    runs_out(
        r#"{{ range until 2000 }}{{ $x := derivePassword 1 "long" "p" "u" "s" }}{{ end }}"#,
        Budget::Crypto,
    );
    runs_out(r"{{ $l := until 20000 }}{{ len (uniq $l) }}", Budget::Steps);
    assert!(render(r#"{{ range until 2000 }}{{ $x := htpasswd "a" "b" }}{{ end }}{{ range until 200 }}{{ $x := genPrivateKey "rsa" }}{{ end }}"#).is_ok());
}

#[test]
fn regular_expressions_stay_small() {
    // Go refuses counts of counts above a thousand: that is no match.
    assert_eq!(render(r#"{{ regexMatch "((a{0,1000}){0,1000}){0,1000}" "b" }}"#), Ok(5));
    runs_out(r#"{{ regexMatch "(\\pL{1000}|\\pN{1000})" "b" }}"#, Budget::Regex);
    assert_eq!(render(r#"{{ regexMatch "(a+)+$" (cat (repeat 50000 "a") "b") }}"#), Ok(5));
}

#[test]
fn values_that_hold_themselves_are_noticed() {
    let cycle = r#"{{ $d := dict }}{{ $_ := set $d "a" $d }}"#;
    runs_out(&format!("{cycle}{{{{ printf \"%v\" $d }}}}"), Budget::ValueDepth);
    runs_out(&format!("{cycle}{{{{ $d }}}}"), Budget::ValueDepth);
    runs_out(&format!("{cycle}{{{{ deepCopy $d | len }}}}"), Budget::ValueDepth);
    runs_out(
        &format!("{cycle}{{{{ $e := dict }}}}{{{{ $_ := set $e \"a\" $e }}}}{{{{ deepEqual $d $e }}}}"),
        Budget::ValueDepth,
    );
    runs_out(
        &format!("{cycle}{{{{ $e := dict }}}}{{{{ $_ := set $e \"a\" $e }}}}{{{{ $x := merge $d $e }}}}"),
        Budget::ValueDepth,
    );
    // The reference hides the error of its encoders.
    assert_eq!(
        render(&format!("{cycle}{{{{ toYaml $d }}}}{{{{ toJson $d }}}}{{{{ toPrettyJson $d }}}}")),
        Ok(0)
    );
}

#[test]
fn deep_values_are_dropped_without_recursion() {
    assert_eq!(render("{{ $l := list }}{{ range until 200000 }}{{ $l = list $l }}{{ end }}x"), Ok(1));
    runs_out(
        "{{ $l := list }}{{ range until 200000 }}{{ $l = list $l }}{{ end }}{{ $l }}",
        Budget::ValueDepth,
    );
    assert!(render(r#"{{ (repeat 3000000 "[") | fromJson | toString | len }}"#).is_ok());
}

#[test]
fn deep_sources_are_refused() {
    let parens = format!("{{{{ {}1{} }}}}", "(".repeat(200_000), ")".repeat(200_000));
    assert!(render(&parens).is_err());
    let blocks = format!("{}x{}", "{{ if 1 }}".repeat(100_000), "{{ end }}".repeat(100_000));
    runs_out(&blocks, Budget::Nesting);
    let shallow = format!("{}x{}", "{{ if 1 }}".repeat(5_000), "{{ end }}".repeat(5_000));
    assert_eq!(render(&shallow), Ok(1));
}

#[test]
fn much_output_is_no_offence() {
    let objects = "{{ range $i := until 200000 }}---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a{{ $i }}\n{{ end }}";
    assert!(render(objects).is_ok_and(|len| len > 10_000_000));
}
