//! Where secrets come from, and what looks like one.

use manifesto_yaml::{Dialect, Limits, parse};

use super::cluster;
use crate::secrets::{
    Keys, KvVersion, StoreKey, data_path, is_placeholder, is_sensitive_name, known_token, literals, needs_of,
    sops,
};

#[test]
fn keys_become_paths_as_upstream_builds_them() {
    use KvVersion::{V1, V2};
    let cases = [
        (None, V2, "shared/app", "shared/data/app"),
        (None, V2, "shared/data/app", "shared/data/app"),
        (None, V2, "shared", "shared/data"),
        (None, V1, "shared/app", "shared/app"),
        (Some("kv"), V2, "app/web", "kv/data/app/web"),
        (Some("kv"), V2, "kv/app", "kv/data/app"),
        (Some("kv"), V2, "kv/data/app", "kv/data/app"),
        (Some("kv"), V2, "data/app", "kv/data/data/app"),
        (Some("kv"), V2, "kvs/app", "kv/data/kvs/app"),
        (Some("kv"), V1, "kv/app", "kv/app"),
        (Some("a/b"), V2, "a/b/c", "a/b/data/c"),
    ];
    for (mount, version, key, path) in cases {
        assert_eq!(data_path(mount, version, key), path, "{mount:?} {key}");
    }
}

#[test]
fn names_that_hold_a_credential_are_told_from_those_about_one() {
    for name in [
        "DB_PASSWORD",
        "apiKey",
        "admin-password",
        "SECRET_KEY",
        "GITHUB_TOKEN",
        "clientSecret",
        "AUTHKEY_TOKEN",
    ] {
        assert!(is_sensitive_name(name), "{name}");
    }
    for name in [
        "PASSWORD_FILE",
        "SECRET_NAME",
        "TOKEN_TTL",
        "existingSecret_key",
        "TOKEN_URL",
        "MAX_TOKENS",
        "KEY",
        "passwordSecretRef",
        "secretName",
        "author",
        "TOKENIZER",
        "MONKEY",
        "PASSWORD_MIN_LENGTH",
        "secret-store",
        "",
    ] {
        assert!(!is_sensitive_name(name), "{name}");
    }
}

#[test]
fn values_that_stand_for_another_are_no_credentials() {
    for value in [
        "",
        "true",
        "1234",
        "$(PASSWORD)",
        "${PW}",
        "{{ .x }}",
        "/run/secrets/pw",
        "https://x.y/z",
        "ENC[AES256_GCM]",
        "<pw>",
        "********",
        "a b c d",
    ] {
        assert!(is_placeholder(value), "{value}");
    }
    assert!(!is_placeholder("hunter2") && !is_placeholder("postgres://u:hunter2@db"));
}

#[test]
fn known_tokens_are_found_whole() {
    let long = "a".repeat(40);
    assert_eq!(known_token(&format!("x ghp_{long}")), Some("a token of GitHub"));
    assert_eq!(known_token(&format!("xghp_{long}")), None);
    assert_eq!(known_token("ghp_short"), None);
    assert_eq!(known_token("-----BEGIN PRIVATE KEY-----\nMII"), Some("a private key"));
    assert_eq!(known_token("-----BEGIN CERTIFICATE-----"), None);
}

const CHAIN: &str = "
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec:
  conditions: [{namespaces: [shop]}, {namespaceSelector: {matchLabels: {secrets: 'yes'}}}]
  provider: {vault: {server: 'https://v', path: kv, auth: {kubernetes: {mountPath: /prod/, role: eso}}}}
---
apiVersion: v1
kind: Namespace
metadata: {name: bank, labels: {secrets: 'yes'}}
---
apiVersion: v1
kind: Namespace
metadata: {name: park}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  target: {name: db-login}
  data:
  - {secretKey: password, remoteRef: {key: shop/db, property: pw}}
---
apiVersion: kubernetes.vault.upbound.io/v1alpha1
kind: AuthBackendRole
metadata: {name: eso-role}
spec: {forProvider: {backend: prod, roleName: eso, tokenPolicies: [readers]}}
---
apiVersion: vault.vault.upbound.io/v1alpha1
kind: Policy
metadata: {name: readers-policy}
spec:
  forProvider:
    name: readers
    policy: |
      # reads the shop
      path \"kv/data/shop/*\" { capabilities = [\"read\"] }
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      volumes: [{name: v, secret: {secretName: files, items: [{key: a, path: a}]}}]
      containers:
      - name: web
        env: [{name: PW, valueFrom: {secretKeyRef: {name: db-login, key: password}}}]
        envFrom: [{secretRef: {name: all, optional: true}}]
";

#[test]
fn a_secret_is_followed_from_its_key_to_the_policy() {
    let cluster = cluster(CHAIN);
    let secrets = cluster.secrets();
    let external = &secrets.external[0];
    let key = external.store.clone().unwrap();
    assert_eq!(
        key,
        StoreKey { kind: "ClusterSecretStore".into(), namespace: String::new(), name: "vault".into() }
    );
    let store = &secrets.stores[&key];
    assert_eq!(store.admits(&cluster, "shop"), Some(true));
    assert_eq!(store.admits(&cluster, "bank"), Some(true));
    assert_eq!(store.admits(&cluster, "park"), Some(false));
    assert_eq!(store.admits(&cluster, "unknown"), None);
    let vault = store.vault.as_ref().unwrap();
    let (mount, role) = vault.login.clone().unwrap();
    let path = data_path(vault.path.as_deref(), vault.version, &external.keys[0].key);
    assert_eq!(path, "kv/data/shop/db");
    assert_eq!(secrets.capabilities(&mount, &role, &path).unwrap().to_string(), "read");
    assert!(secrets.capabilities(&mount, &role, "kv/data/bank/db").unwrap().is_denied());
    assert!(secrets.capabilities(&mount, "other", &path).is_none());
    let policy = &secrets.policies["readers"][0];
    let line = CHAIN.lines().position(|line| line.contains("path \"kv/")).unwrap() + 1;
    assert_eq!(usize::try_from(policy.mark(&policy.rules[0]).line).unwrap(), line);
    assert_eq!(external.secret_keys(), Keys::Known(["password".to_owned()].into()));
}

#[test]
fn pods_need_secrets_as_variables_and_files() {
    let cluster = cluster(CHAIN);
    let needs: Vec<String> = needs_of(&cluster.workloads()[0])
        .iter()
        .map(|need| format!("{} {} {}", need.secret, need.key.as_deref().unwrap_or("*"), need.optional))
        .collect();
    assert_eq!(needs, ["db-login password false", "all * true", "files a false"]);
    assert!(cluster.secrets().made.contains_key(&("shop".to_owned(), "db-login".to_owned())));
}

#[test]
fn credentials_in_clear_are_found_and_references_are_not() {
    let cluster = cluster(
        "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
      - name: web
        args: [--admin-password=hunter2, --password-file=/run/pw, --token=$(TOKEN)]
        env:
        - {name: DB_PASSWORD, value: hunter2}
        - {name: DB_PASSWORD_2, valueFrom: {secretKeyRef: {name: a, key: b}}}
        - {name: URL, value: 'postgres://user:hunter2@db/x'}
        - {name: URL_2, value: 'postgres://user:$(PW)@db/x'}
        - {name: OAUTH_TOKEN_URL, value: 'https://auth.example.org/token'}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: config}
data: {smtp-password: hunter2, secret-name: smtp, tokens: 'false'}
",
    );
    let found: Vec<String> =
        cluster.objects().iter().flat_map(|object| literals(object)).map(|literal| literal.name).collect();
    assert_eq!(found, ["--admin-password", "DB_PASSWORD", "URL", "smtp-password"]);
}

fn document(text: &str) -> sops::SopsDocument {
    let parsed = parse(text.as_bytes(), Dialect::SigsV2, &Limits::default());
    sops::read(&parsed.documents[0].root).unwrap()
}

#[test]
fn encrypted_files_are_checked_without_a_key() {
    let text = |a: &str, b: &str, mac: &str| {
        format!(
            "kind: Secret\nmetadata: {{name: x}}\ndata:\n  a: {a}\n  b: {b}\nsops:\n  age: [{{recipient: age1x}}]\n  encrypted_regex: ^(data|stringData)$\n  lastmodified: '2026'\n  mac: {mac}\n"
        )
    };
    let before = document(&text("ENC[1]", "ENC[2]", "ENC[m]"));
    assert_eq!(before.recipients, ["age1x"]);
    assert!(before.clear.is_empty());
    let moved = document(&text("ENC[2]", "ENC[3]", "ENC[n]"));
    assert_eq!(moved.moved_from(&before), [("data.b".to_owned(), "data.a".to_owned())]);
    assert!(!moved.is_edited_by_hand(&before));
    let edited = document(&text("ENC[1]", "hunter2", "ENC[m]"));
    assert!(edited.is_edited_by_hand(&before));
    assert_eq!(edited.clear[0].0, "data.b");
}
