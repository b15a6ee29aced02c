//! Credentials in clear: in Secrets that are written down, and elsewhere.

use std::collections::BTreeSet;

use manifesto_cluster::secrets::{ClearKey, Literal, clear_keys, literals};
use manifesto_evidence::{Prose, Side, Weight};
use manifesto_gitops::Change;

use super::NAMED_MAX;
use crate::statements::Statements;

/// States what stands in clear in head and did not in base.
pub(super) fn state(change: &Change, statements: &mut Statements) {
    for object_change in change.objects.real() {
        let Some(object) = &object_change.head else { continue };
        let component =
            change.components.get(object_change.component).map(|component| component.name.as_str());
        let base = object_change.base.as_deref();
        let known: BTreeSet<(String, bool)> = base
            .map(clear_keys)
            .unwrap_or_default()
            .into_iter()
            .map(|key| (key.key, key.is_credential))
            .collect();
        let keys: Vec<ClearKey> = clear_keys(object)
            .into_iter()
            .filter(|k| !known.contains(&(k.key.clone(), k.is_credential)))
            .collect();
        let subject = object.id.short();
        if let Some(first) = keys.iter().find(|key| key.is_credential).or(keys.first()) {
            let names =
                keys.iter().filter(|key| key.is_credential == first.is_credential).map(|key| &key.key);
            let what = Prose::from(" holds ").list(names, NAMED_MAX).words(" in clear");
            let weight = if first.is_credential { Weight::Hazard } else { Weight::Plain };
            let origin = object.origin_at(Side::Head, first.mark);
            statements.add(weight, component, (Prose::new(), subject.clone(), what), [origin]);
        }
        let known: BTreeSet<(String, &str)> =
            base.map(literals).unwrap_or_default().into_iter().map(|l| (l.name, l.what)).collect();
        for Literal { name, what, mark } in literals(object) {
            if !known.contains(&(name.clone(), what)) {
                let text = Prose::from(" holds ").words(what).words(", in clear in ").code(&name);
                let said = (Prose::new(), subject.clone(), text);
                statements.add(Weight::Hazard, component, said, [object.origin_at(Side::Head, mark)]);
            }
        }
    }
}
