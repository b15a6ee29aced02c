//! Secrets whose values stand in the repository. The values are looked at and never kept.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use manifesto_objects::{Object, is_sensitive_name};
use manifesto_yaml::{Mark, Node};

use super::sensitive::{has_password, is_placeholder, known_token};

/// A key of a Secret with a value that is not encrypted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClearKey {
    /// The key.
    pub key: String,
    /// Whether it is a credential, by its value or by its name.
    pub is_credential: bool,
    /// Where it stands.
    pub mark: Mark,
}

/// The keys of a Secret that stand in clear: base64 hides nothing. What is encrypted, empty or filled in later is left
/// out.
pub fn clear_keys(secret: &Object) -> Vec<ClearKey> {
    if !secret.id.is("", "Secret") {
        return Vec::new();
    }
    let encoded = entries(secret, "data").filter_map(|(key, node)| {
        let bytes = STANDARD.decode(node.text()?.split_whitespace().collect::<String>()).ok()?;
        clear_key(key, &String::from_utf8_lossy(&bytes), node.mark)
    });
    let plain =
        entries(secret, "stringData").filter_map(|(key, node)| clear_key(key, node.text()?, node.mark));
    encoded.chain(plain).collect()
}

fn entries<'s>(secret: &'s Object, field: &str) -> impl Iterator<Item = (&'s str, &'s Node)> {
    let entries = secret.at(&[field]).map(Node::entries).unwrap_or_default();
    entries.iter().filter_map(|entry| Some((entry.key.text()?, &entry.value)))
}

fn clear_key(key: &str, value: &str, mark: Mark) -> Option<ClearKey> {
    let is_encrypted =
        ["ENC[", "$(", "${", "{{", "vault:", "ref+"].iter().any(|start| value.trim().starts_with(start));
    if value.trim().is_empty() || is_encrypted {
        return None;
    }
    let is_credential = known_token(value).is_some()
        || has_password(value)
        || (is_sensitive_name(key) && !is_placeholder(value));
    Some(ClearKey { key: key.to_owned(), is_credential, mark })
}
