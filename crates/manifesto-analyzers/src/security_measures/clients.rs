//! Clients of an identity provider: who may send people to log in, and where they come back to.

use std::collections::BTreeSet;

use manifesto_evidence::{Prose, Side, Weight};
use manifesto_gitops::Change;
use manifesto_objects::Object;
use manifesto_yaml::{Node, Value};

use super::about;
use crate::statements::Statements;

/// How many addresses are named before the rest is counted.
const NAMED_MAX: usize = 4;

/// States the clients that come, go, or send people elsewhere: Pocket-Id's, Keycloak's, Hydra's.
pub(super) fn state(change: &Change, statements: &mut Statements) {
    for object_change in change.objects.real().filter(|change| is_client(&change.id().kind)) {
        let component =
            change.components.get(object_change.component).map(|component| component.name.as_str());
        let subject = object_change.id().short();
        let said = |what| about(subject.clone(), what);
        match (&object_change.base, &object_change.head) {
            (None, Some(new)) => {
                let text = Prose::from(" is a new client of the identity provider")
                    .prose(returning(&addresses(new)));
                statements.add(Weight::Plain, component, said(text), [new.origin(Side::Head)]);
            }
            (Some(old), None) => {
                let text = Prose::from(" is no longer a client of the identity provider");
                statements.add(Weight::Notable, component, said(text), [old.origin(Side::Base)]);
            }
            (Some(old), Some(new)) => {
                let known = addresses(old);
                let fresh: BTreeSet<String> = addresses(new).difference(&known).cloned().collect();
                if !fresh.is_empty() {
                    let text = Prose::from(" may also send people back").prose(returning(&fresh));
                    statements.add(Weight::Notable, component, said(text), [new.origin(Side::Head)]);
                }
            }
            (None, None) => {}
        }
    }
}

fn is_client(kind: &str) -> bool {
    let kind = kind.to_ascii_lowercase();
    kind.ends_with("oidcclient") || matches!(kind.as_str(), "oauth2client" | "keycloakclient")
}

fn returning(addresses: &BTreeSet<String>) -> Prose {
    if addresses.is_empty() { Prose::new() } else { Prose::from(" to ").list(addresses, NAMED_MAX) }
}

/// The addresses that people are sent back to after they logged in.
fn addresses(object: &Object) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(&object.root, false, &mut found);
    found
}

fn collect(node: &Node, is_wanted: bool, found: &mut BTreeSet<String>) {
    match &node.value {
        Value::Mapping(_) => {
            for entry in node.entries() {
                let key = entry.key.text().unwrap_or_default().to_ascii_lowercase();
                let is_one =
                    ["callbackurl", "redirecturi", "redirecturl"].iter().any(|name| key.starts_with(name));
                collect(&entry.value, is_one, found);
            }
        }
        Value::Sequence(items) => items.iter().for_each(|item| collect(item, is_wanted, found)),
        Value::Scalar(_) => found.extend(node.text().filter(|_| is_wanted).map(str::to_owned)),
    }
}
