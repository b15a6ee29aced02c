//! Bindings that give nothing, or give it to nobody; workloads that run as somebody else.

use std::collections::{BTreeMap, BTreeSet};

use manifesto_cluster::permissions::{BindingFault, FaultyBinding, RoleKey, Subject};
use manifesto_cluster::{Cluster, Workload};
use manifesto_evidence::{Evidence, Fact, Prose, Side, Topic, Weight};
use manifesto_objects::ObjectId;

use super::attribution::Attribution;
use super::difference;
use crate::clusters::ClusterPair;

/// States what is wrong with bindings in head and was not in base.
pub(super) fn state(pair: &ClusterPair, attribution: &Attribution<'_>, evidence: &mut Evidence) {
    let known: BTreeSet<(&ObjectId, &BindingFault)> =
        pair.base.permissions().faults().iter().map(FaultyBinding::key).collect();
    for faulty in pair.head.permissions().faults().iter().filter(|faulty| !known.contains(&faulty.key())) {
        let Some((text, weight)) = describe(pair, faulty) else { continue };
        let origin = faulty.binding.origin(Side::Head);
        let mut fact = Fact::new(Topic::Permissions, text).weight(weight).origins([origin]);
        fact.component = attribution.component_of(&faulty.binding).map(str::to_owned);
        evidence.facts.push(fact);
    }
}

/// That something is missing is said only where everything is known.
fn describe(pair: &ClusterPair, faulty: &FaultyBinding) -> Option<(Prose, Weight)> {
    let binding = Prose::new().code(faulty.binding.id.short());
    let role = |key: &RoleKey| Prose::new().words(format!("{} ", key.kind)).code(&key.name);
    Some(match &faulty.fault {
        BindingFault::NoRole(key) if pair.head.is_complete() => {
            let text = binding.words(" gives nothing: no object makes ").prose(role(key));
            (text, Weight::Notable)
        }
        BindingFault::UnknownRules(key) => {
            let text = binding.words(" gives what the cluster's own ").prose(role(key));
            (text.words(" says, which is not known here"), Weight::Plain)
        }
        BindingFault::TooManyRules(key) => {
            let text = binding.words(" gives more than is taken apart: ").prose(role(key));
            (text, Weight::Notable)
        }
        BindingFault::NoServiceAccount(subject) => {
            let text = Prose::from("ServiceAccount ").code(subject);
            if had(&pair.base, subject) {
                let text = text.words(" is gone and still bound by ").prose(binding);
                (text.words(": whoever may make one of this name gets what it gives"), Weight::Notable)
            } else if pair.is_complete() {
                (text.words(", which no object makes, is bound by ").prose(binding), Weight::Plain)
            } else {
                return None;
            }
        }
        BindingFault::NoNamespace(name) => {
            let text = binding.words(" is refused: its ServiceAccount ").code(name);
            (text.words(" has no namespace"), Weight::Notable)
        }
        BindingFault::NoRole(_) => return None,
    })
}

fn had(base: &Cluster, subject: &Subject) -> bool {
    match subject {
        Subject::ServiceAccount { namespace, name } => {
            base.get("", "ServiceAccount", namespace, name).is_some()
        }
        _ => false,
    }
}

/// States which workloads run as another ServiceAccount, and what that changes.
pub(super) fn state_other_accounts(pair: &ClusterPair, evidence: &mut Evidence) {
    let before: BTreeMap<&ObjectId, &Workload> =
        pair.base.workloads().iter().map(|workload| (workload.id(), workload)).collect();
    for after in pair.head.workloads() {
        let Some(old) = before.get(after.id()).filter(|old| old.service_account != after.service_account)
        else {
            continue;
        };
        let account = |workload: &Workload| Subject::ServiceAccount {
            namespace: workload.namespace.clone(),
            name: workload.service_account.clone(),
        };
        let text = Prose::new()
            .code(after.id().short())
            .words(" runs as ServiceAccount ")
            .code(&after.service_account)
            .words(", no longer as ")
            .code(&old.service_account);
        let (text, weight) = match difference(pair, &account(old), &account(after)) {
            Some((what, weight)) => (text.words(": ").prose(what), weight),
            None => (text, Weight::Plain),
        };
        let fact = Fact::new(Topic::Permissions, text).weight(weight);
        evidence.facts.push(fact.origins([after.origin(Side::Head)]));
    }
}
