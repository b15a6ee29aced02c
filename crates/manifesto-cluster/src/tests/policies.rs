//! Policies of the secret store: what is read from a text, and which rule counts.

use crate::secrets::policy::{Acl, Capability, parse_policy};

/// `path: operations` for every rule of a text.
fn read(text: &str) -> Vec<String> {
    parse_policy(text)
        .iter()
        .map(|rule| format!("{}:{} {}", rule.line, rule.path, rule.capabilities))
        .collect()
}

#[test]
fn every_form_of_a_policy_is_read() {
    assert_eq!(read("path \"a/*\" { capabilities = [\"read\", \"list\"] }"), ["0:a/* read, list"]);
    assert_eq!(
        read("# path \"x\" {\n/* path \"y\" { */\npath \"/a\" {\n  policy = \"write\"\n}"),
        ["2:a create, read, update, delete, list"]
    );
    assert_eq!(
        read(
            "{\"path\": {\"a\": {\"capabilities\": [\"read\"]}, \"b\": {\"capabilities\": [\"deny\", \"read\"]}}}"
        ),
        ["0:a read", "0:b deny"]
    );
    assert_eq!(
        read(
            "path \"a\" {\n  allowed_parameters = { \"b\" = [\"capabilities\"] }\n  capabilities = [\"create\"]\n}"
        ),
        ["0:a create"]
    );
}

#[test]
fn what_the_server_refuses_is_no_rule() {
    for text in [
        "path \"a/+*\" { capabilities = [\"read\"] }",
        "path \"a\" { capabilities = [\"write\"] }",
        "path \"a\" { policy = \"all\" }",
        "path \"a\" { }",
        "path: {{ .x }}",
        "path \"a\"",
        "path \"a",
        "path \"a\" { capabilities = [\"read\"",
    ] {
        let rules = read(text);
        assert!(rules.is_empty() || text.ends_with("[\"read\""), "{text}: {rules:?}");
    }
}

#[test]
fn a_policy_inside_of_a_template_is_read() {
    let text = "{{ $x := .y }}\nforProvider:\n  policy: |\n    {{- if .on }}\n    path \"{{ default \"a\" .b }}/*\" { capabilities = [\"read\"] }\n    {{- end }}\n";
    assert_eq!(read(text), ["4:{{ default \"a\" .b }}/* read"]);
    assert!(parse_policy(text)[0].is_templated());
}

/// Each trap of the store's rules: a policy, a path, and what is permitted.
#[test]
fn the_most_specific_rule_counts_alone() {
    let cases = [
        ("exact wins over deny", "secret/* deny; secret/data/foo read", "secret/data/foo", "read"),
        ("deny on the same pattern", "a/* read; a/* deny", "a/b", ""),
        ("same pattern adds up", "a/* read; a/* list", "a/b", "read, list"),
        ("a narrow rule takes away", "a/* create,read,update; a/b/* read", "a/b/c", "read"),
        ("a star crosses slashes", "a/* read", "a/b/c/d", "read"),
        ("what is below is not itself", "a/b/* read", "a/b", ""),
        ("a star inside is literal", "a/*/c read", "a/b/c", ""),
        ("plus is one segment", "a/+/c read", "a/b/c", "read"),
        ("plus is not two", "a/+/c read", "a/b/b/c", ""),
        ("plus with more is literal", "a/+b read", "a/xb", ""),
        ("plus with more is itself", "a/+b read", "a/+b", "read"),
        ("the later wildcard wins", "a/+/c read; a/b/+ list", "a/b/c", "list"),
        ("no star at the end wins", "a/+ read; a/+/* list; a/* delete", "a/b", "read"),
        ("fewer plus win", "a/+/+ read; a/+/c list", "a/b/c", "list"),
        ("a later star wins over plus", "a/+/c read; a/b/* list", "a/b/c", "list"),
        ("leading slashes do not count", "/a/b read", "a/b", "read"),
    ];
    for (name, policy, path, expected) in cases {
        let rules = policy.split("; ").map(|rule| {
            let (path, names) = rule.split_once(' ').unwrap();
            let names: Vec<String> = names.split(',').map(|name| format!("\"{name}\"")).collect();
            format!("path \"{path}\" {{ capabilities = [{}] }}", names.join(","))
        });
        let text = rules.collect::<Vec<String>>().join("\n");
        let capabilities = Acl::new(&parse_policy(&text)).capabilities(path);
        let found = if capabilities.is_denied() { String::new() } else { capabilities.to_string() };
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn lists_are_asked_for_with_and_without_a_slash() {
    let acl = Acl::new(&parse_policy(
        "path \"a/b\" { capabilities = [\"list\"] } path \"c/+\" { capabilities = [\"list\"] }",
    ));
    assert!(acl.permits("a/b/", Capability::List) && acl.permits("c/d/", Capability::List));
    assert!(!acl.permits("a/b/", Capability::Read));
}
