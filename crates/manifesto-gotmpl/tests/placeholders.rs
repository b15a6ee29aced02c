//! What cannot be known before the deployment is stable, has the right shape, and is told.

#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use std::sync::Arc;

use manifesto_gotmpl::{Executor, Library, Limits, MissingKey, TaintKind, Value};

/// The output, and for each taint its function and how often it is found in the output.
fn render(template: &str) -> (String, Vec<(&'static str, TaintKind, usize)>) {
    let functions = Arc::new(support::functions());
    let mut library = Library::new("set", functions);
    let unit = library.parse("page", template.as_bytes(), &Limits::default()).unwrap();
    library.add(&unit);
    let mut nothing = ();
    let mut executor = Executor::new(Arc::new(library), MissingKey::Zero, Limits::default(), &mut nothing);
    let output = executor.execute(b"page", Value::Nil).unwrap();
    let found = executor.placeholders().find_in(&output);
    let told = |(index, taint): (usize, &manifesto_gotmpl::Taint)| {
        let here = |id| executor.placeholders().get(id) == executor.placeholders().taints().get(index);
        (taint.function, taint.kind, found.iter().filter(|(_, _, id)| here(*id)).count())
    };
    let taints = executor.placeholders().taints().iter().enumerate().map(told).collect();
    (String::from_utf8(output.to_vec()).unwrap(), taints)
}

#[test]
fn the_same_place_gives_the_same_text_and_another_place_another() {
    let (once, _) = render(r"{{ randAlphaNum 20 }} {{ randAlphaNum 20 }}");
    let (again, _) = render("# moved down\n\n{{ randAlphaNum 20 }} {{ randAlphaNum 20 }}");
    assert_eq!(once.as_str(), again.trim_start_matches("# moved down\n\n"));
    let (first, second) = once.split_once(' ').unwrap();
    assert_ne!(first, second);
    assert!(first.len() == 20 && first.chars().all(char::is_alphanumeric));
}

#[test]
fn shapes_are_those_of_the_real_thing() {
    let (uuid, _) = render("{{ uuidv4 }}");
    assert_eq!(uuid.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
    assert_eq!(uuid.chars().nth(14), Some('4'));
    let (hash, _) = render(r#"{{ htpasswd "me" "secret" }}"#);
    assert!(hash.starts_with("me:$2a$10$") && hash.len() == 3 + 60, "{hash}");
    let (key, _) = render(r#"{{ genPrivateKey "ecdsa" }}"#);
    assert!(
        key.starts_with("-----BEGIN EC PRIVATE KEY-----\n")
            && key.ends_with("-----END EC PRIVATE KEY-----\n")
    );
    let (number, _) = render("{{ $n := randInt 5 8 }}{{ and (ge $n 5) (lt $n 8) }}");
    assert_eq!(number, "true");
}

#[test]
fn certificates_of_placeholders_can_sign() {
    let template = r#"{{ $ca := genCA "ca" 365 }}{{ $cert := genSignedCert "cn" (list "10.0.0.1") (list "a.b") 365 $ca }}{{ $cert.Key }}"#;
    let (key, taints) = render(template);
    assert!(key.contains("RSA PRIVATE KEY"));
    assert!(
        taints.iter().any(|(function, _, found)| *function == "genSignedCert" && *found > 0),
        "{taints:?}"
    );
}

#[test]
fn placeholders_are_found_in_what_is_made_of_them() {
    let template = r#"{{ $p := randAlphaNum 16 }}a: {{ $p | b64enc | quote }}
b: {{ dict "k" $p | toYaml }}
c: {{ printf "%s!" $p }}
d: {{ sha256sum $p }}
e: {{ genSelfSignedCert "x" nil nil 1 | toJson | b64enc }}"#;
    let (_, taints) = render(template);
    assert_eq!(taints[0], ("randAlphaNum", TaintKind::Value, 4), "{taints:?}");
}

#[test]
fn the_clock_stands_still_and_is_told() {
    let (year, taints) = render(r#"{{ now | date "2006-01-02 15:04" }}{{ (now).Year }}"#);
    assert_eq!(year, "2001-02-03 04:052001");
    assert_eq!(taints[0], ("now", TaintKind::Value, 1));
}

#[test]
fn the_order_of_a_map_is_told_only_where_it_can_be_seen() {
    let (keys, taints) = render(r#"{{ keys (dict "b" 1 "a" 2) }}{{ keys (dict "b" 1) }}"#);
    assert_eq!((keys.as_str(), taints.as_slice()), ("[a b][b]", [("keys", TaintKind::Order, 0)].as_slice()));
}
