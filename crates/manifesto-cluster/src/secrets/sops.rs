//! Files that SOPS encrypts (getsops/sops 3, `config/config.go` and `sops.go`), checked without any key.

use std::collections::{BTreeMap, BTreeSet};

use manifesto_yaml::{Mark, Node, Value};

/// What is known of an encrypted document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SopsDocument {
    /// Who can decrypt it: public keys and names of keys, sorted.
    pub recipients: Vec<String>,
    /// Fields that the document's own rule encrypts, and that are in clear.
    pub clear: Vec<(String, Mark)>,
    /// The encrypted values by the path of their keys. They are for comparison only.
    values: Vec<(String, String)>,
    /// When it was last encrypted.
    last_modified: Option<String>,
    /// The code that protects all of it.
    mac: Option<String>,
}

/// Reads the `sops` block of a document; none when it has none.
pub fn read(root: &Node) -> Option<SopsDocument> {
    let sops =
        root.get("sops").filter(|sops| sops.get("mac").is_some() || sops.get("lastmodified").is_some())?;
    let text = |key: &str| sops.get(key).and_then(Node::text).map(str::to_owned);
    let mut document = SopsDocument {
        recipients: recipients(sops),
        last_modified: text("lastmodified"),
        mac: text("mac"),
        ..SopsDocument::default()
    };
    let rule = CryptRule::read(sops);
    for entry in root.entries() {
        let key = entry.key.text().unwrap_or_default();
        if key != "sops" {
            document.walk(&entry.value, &mut vec![key.to_owned()], &rule);
        }
    }
    Some(document)
}

/// The kinds of keys, and the field that names one.
const KEYS: &[(&str, &str)] = &[
    ("age", "recipient"),
    ("pgp", "fp"),
    ("kms", "arn"),
    ("gcp_kms", "resource_id"),
    ("azure_kv", "name"),
    ("hc_vault", "key_name"),
];

fn recipients(sops: &Node) -> Vec<String> {
    let groups = sops.get("key_groups").map(Node::items).unwrap_or_default();
    let holders = std::iter::once(sops).chain(groups);
    let mut names: Vec<String> = holders
        .flat_map(|holder| KEYS.iter().map(move |(kind, field)| (holder, kind, field)))
        .flat_map(|(holder, kind, field)| {
            let keys = holder.get(kind).map(Node::items).unwrap_or_default();
            keys.iter().filter_map(|key| key.get(field)?.text().map(str::to_owned))
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Which fields are encrypted; at most one selector counts.
enum CryptRule {
    UnencryptedSuffix(String),
    EncryptedSuffix(String),
    /// A regular expression that is an alternation of whole names, `^(data|stringData)$`: what nearly all are.
    Names(Vec<String>),
    /// Another regular expression, or a rule about comments: which fields are meant is not worked out.
    Unknown,
}

impl CryptRule {
    fn read(sops: &Node) -> Self {
        let text = |key: &str| sops.get(key).and_then(Node::text).filter(|text| !text.is_empty());
        let others = ["unencrypted_regex", "encrypted_comment_regex", "unencrypted_comment_regex"];
        if let Some(suffix) = text("encrypted_suffix") {
            Self::EncryptedSuffix(suffix.to_owned())
        } else if let Some(regex) = text("encrypted_regex") {
            names_of(regex).map_or(Self::Unknown, Self::Names)
        } else if others.iter().any(|key| text(key).is_some()) {
            Self::Unknown
        } else {
            Self::UnencryptedSuffix(text("unencrypted_suffix").unwrap_or("_unencrypted").to_owned())
        }
    }

    /// Whether a field is encrypted: the rule is held against every key on the way to it.
    fn encrypts(&self, path: &[String]) -> Option<bool> {
        match self {
            Self::UnencryptedSuffix(suffix) => Some(!path.iter().any(|key| key.ends_with(suffix.as_str()))),
            Self::EncryptedSuffix(suffix) => Some(path.iter().any(|key| key.ends_with(suffix.as_str()))),
            Self::Names(names) => Some(path.iter().any(|key| names.contains(key))),
            Self::Unknown => None,
        }
    }
}

/// The names of `^(a|b)$` or `^a$`.
fn names_of(regex: &str) -> Option<Vec<String>> {
    let inside = regex.strip_prefix('^')?.strip_suffix('$')?;
    let inside = inside.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(inside);
    let is_name =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    let names: Vec<String> = inside.split('|').map(str::to_owned).collect();
    names.iter().all(|name| is_name(name)).then_some(names)
}

impl SopsDocument {
    fn walk(&mut self, node: &Node, path: &mut Vec<String>, rule: &CryptRule) {
        match &node.value {
            Value::Mapping(_) => {
                for entry in node.entries() {
                    path.push(entry.key.text().unwrap_or_default().to_owned());
                    self.walk(&entry.value, path, rule);
                    path.pop();
                }
            }
            // The place in a list is not part of what a value is bound to.
            Value::Sequence(items) => items.iter().for_each(|item| self.walk(item, path, rule)),
            Value::Scalar(_) => {
                let text = node.text().unwrap_or_default();
                if text.starts_with("ENC[") {
                    self.values.push((path.join("."), text.to_owned()));
                } else if rule.encrypts(path) == Some(true) && !text.is_empty() && !node.is_null() {
                    self.clear.push((path.join("."), node.mark));
                }
            }
        }
    }

    /// The keys whose encrypted value was at another key before: a value is bound to its path, so nobody can decrypt it
    /// where it is now.
    pub fn moved_from(&self, before: &Self) -> Vec<(String, String)> {
        let old: BTreeMap<&str, &str> =
            before.values.iter().map(|(path, value)| (value.as_str(), path.as_str())).collect();
        let same: BTreeSet<(&str, &str)> =
            before.values.iter().map(|(path, value)| (path.as_str(), value.as_str())).collect();
        let moved = self.values.iter().filter_map(|(path, value)| {
            let old = *old.get(value.as_str())?;
            let stays = same.contains(&(path.as_str(), value.as_str()));
            (!stays).then(|| (old.to_owned(), path.clone()))
        });
        moved.collect()
    }

    /// Whether values differ while the code that protects all of them is the same: the file was edited by hand, and
    /// decrypting it fails.
    pub fn is_edited_by_hand(&self, before: &Self) -> bool {
        self.mac.is_some()
            && self.mac == before.mac
            && self.last_modified == before.last_modified
            && self.values != before.values
    }
}
