//! Names that say that their value is a credential.

/// Whether a name says that its value is a credential: `DB_PASSWORD`, `apiKey`, not `PASSWORD_FILE`.
pub fn is_sensitive_name(name: &str) -> bool {
    let words = words(name);
    let has = |wanted: &&[&str]| {
        words.windows(wanted.len()).any(|part| part.iter().zip(*wanted).all(|(a, b)| a == b))
    };
    let Some(last) = words.last() else { return false };
    // `existingSecret`, as charts call the name of a Secret.
    if words.iter().any(|word| word == "existing") {
        return false;
    }
    let ends_as_key = SENSITIVE.iter().any(|wanted| wanted.len() == 2 && words.ends_with(&owned(wanted)));
    SENSITIVE.iter().any(has) && (ends_as_key || !ABOUT.contains(&last.as_str()))
}

/// Words that make a name sensitive, as one word or two.
const SENSITIVE: &[&[&str]] = &[
    &["password"],
    &["passwd"],
    &["passphrase"],
    &["secret"],
    &["token"],
    &["apikey"],
    &["credential"],
    &["credentials"],
    &["api", "key"],
    &["access", "key"],
    &["private", "key"],
    &["secret", "key"],
    &["auth", "key"],
    &["encryption", "key"],
    &["signing", "key"],
];

/// Last words of names that tell of a secret and do not hold it.
const ABOUT: &[&str] = &[
    "algorithm",
    "audience",
    "class",
    "count",
    "dir",
    "duration",
    "enabled",
    "endpoint",
    "expiration",
    "expiry",
    "field",
    "file",
    "format",
    "header",
    "host",
    "id",
    "interval",
    "issuer",
    "key",
    "length",
    "lifetime",
    "limit",
    "max",
    "mode",
    "mount",
    "name",
    "names",
    "namespace",
    "path",
    "policy",
    "prefix",
    "provider",
    "ref",
    "refresh",
    "rotation",
    "seconds",
    "size",
    "store",
    "timeout",
    "ttl",
    "type",
    "uri",
    "url",
    "user",
    "username",
    "version",
];

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// The words of a name, in lower case: `DB_PASSWORD`, `db-password` and `dbPassword` have two.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut before_is_lower = false;
    for c in name.chars() {
        let starts = before_is_lower && c.is_uppercase();
        if !c.is_alphanumeric() || starts {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
        before_is_lower = c.is_lowercase() || c.is_ascii_digit();
    }
    words.retain(|word| !word.is_empty());
    words
}
