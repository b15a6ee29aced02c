//! Credentials that stand in objects as they are. Their values are looked at and never kept.

use manifesto_objects::{Object, is_sensitive_name};
use manifesto_yaml::{Mark, Node, Value};

use super::sensitive::{has_password, is_placeholder, known_token};

/// A credential that an object holds in clear.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Literal {
    /// Where it is: the name of the variable, the argument or the key.
    pub name: String,
    /// What it is, as a noun: "a password or key", "a token of GitHub".
    pub what: &'static str,
    /// Where it stands.
    pub mark: Mark,
}

const BY_NAME: &str = "a password or key, by its name";
const IN_ADDRESS: &str = "an address with a password";

/// The credentials that an object holds in clear. Secrets are left out: they are made to hold some.
pub fn literals(object: &Object) -> Vec<Literal> {
    let mut found = Vec::new();
    if !matches!(object.id.kind.as_str(), "CustomResourceDefinition" | "Secret" | "SealedSecret") {
        let is_config = object.id.is("", "ConfigMap");
        collect(&object.root, "", is_config, &mut found);
    }
    found
}

fn collect(node: &Node, name: &str, is_config: bool, found: &mut Vec<Literal>) {
    match &node.value {
        Value::Mapping(_) => {
            let own_name = node.get("name").and_then(Node::as_str).filter(|_| node.get("value").is_some());
            for entry in node.entries() {
                let key = entry.key.text().unwrap_or_default();
                // `{name: DB_PASSWORD, value: hunter2}` is a variable or a header, called by its name. The data of a
                // ConfigMap is read by programs; other keys are fields of Kubernetes.
                let (called, speaks) = match own_name {
                    Some(own) if key == "value" => (own, true),
                    _ => (key, is_config && name == "data"),
                };
                if let Some(value) = entry.value.as_str().filter(|value| speaks && is_by_name(called, value))
                {
                    let what = known_token(value).unwrap_or(BY_NAME);
                    found.push(Literal { name: called.to_owned(), what, mark: entry.value.mark });
                } else {
                    collect(&entry.value, called, is_config, found);
                }
            }
        }
        Value::Sequence(items) => {
            for item in items.iter() {
                found.extend(item.as_str().and_then(|text| argument(text, item.mark)));
                collect(item, name, is_config, found);
            }
        }
        Value::Scalar(_) => {
            let Some(text) = node.as_str() else { return };
            let is_address = || (!text.contains('\n') && has_password(text)).then_some(IN_ADDRESS);
            if let Some(what) = known_token(text).or_else(is_address) {
                found.push(Literal { name: name.to_owned(), what, mark: node.mark });
            }
        }
    }
}

fn is_by_name(name: &str, value: &str) -> bool {
    is_sensitive_name(name) && !is_placeholder(value)
}

/// `--admin-password=hunter2`.
fn argument(text: &str, mark: Mark) -> Option<Literal> {
    let (flag, value) = text.strip_prefix('-')?.split_once('=')?;
    let name = flag.trim_start_matches('-');
    is_by_name(name, value).then(|| Literal { name: format!("--{name}"), what: BY_NAME, mark })
}
