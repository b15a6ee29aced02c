//! Secrets that pods need and that the change no longer makes.

use std::collections::{BTreeMap, BTreeSet};

use manifesto_cluster::Cluster;
use manifesto_cluster::secrets::{Keys, MadeSecret, SecretNeed, needs_of};
use manifesto_evidence::{Origin, Prose, Side, Weight};

use super::NAMED_MAX;
use crate::clusters::{ClusterPair, Touched};
use crate::statements::Statements;

/// A Secret or a key of one that pods need and that is not there.
type Missing = (String, String, Option<String>);

/// States the needs that are unmet in head and were met, or were not there, in base. That nobody ever makes a Secret is
/// not said: others than these objects may.
pub(super) fn state(pair: &ClusterPair, touched: &Touched<'_>, statements: &mut Statements) {
    let known: BTreeSet<(String, Missing)> =
        unmet(&pair.base).into_iter().map(|unmet| (unmet.workload, unmet.missing)).collect();
    for unmet in unmet(&pair.head) {
        if known.contains(&(unmet.workload.clone(), unmet.missing.clone())) {
            continue;
        }
        let (namespace, secret, key) = &unmet.missing;
        let makers = |cluster: &'_ Cluster| -> Vec<MadeSecret> {
            let made = &cluster.secrets().made;
            made.get(&(namespace.clone(), secret.clone())).cloned().unwrap_or_default()
        };
        let what = match (key, makers(&pair.head).as_slice(), makers(&pair.base).as_slice()) {
            // The whole Secret is gone, by this change.
            (_, [], [maker, ..]) => {
                let text = Prose::from(" needs Secret ").code(secret).words(", which ");
                text.code(maker.maker.id.short()).words(" no longer makes")
            }
            (Some(key), [maker, ..], _) => {
                let text = Prose::from(" needs key ").code(key).words(" of Secret ").code(secret);
                let text = text.words(", which ").code(maker.maker.id.short());
                match &maker.keys {
                    Keys::Known(keys) => text.words(" makes with ").list(keys, NAMED_MAX).words(" only"),
                    Keys::Unknown => continue,
                }
            }
            _ => continue,
        };
        let said = (Prose::new(), unmet.workload.clone(), what);
        statements.add(Weight::Hazard, unmet.component(pair, touched), said, [unmet.origin.clone()]);
    }
}

struct Unmet {
    workload: String,
    object: manifesto_objects::ObjectId,
    missing: Missing,
    origin: Origin,
}

impl Unmet {
    fn component<'c>(&self, pair: &ClusterPair, touched: &Touched<'c>) -> Option<&'c str> {
        pair.head.by_id(&self.object).and_then(|object| touched.component(object))
    }
}

/// What pods need and no object of this side makes.
fn unmet(cluster: &Cluster) -> Vec<Unmet> {
    let made = &cluster.secrets().made;
    let mut unmet: BTreeMap<(String, Missing), Unmet> = BTreeMap::new();
    for workload in cluster.workloads() {
        for need in needs_of(workload).into_iter().filter(|need| !need.optional) {
            let found = made.get(&(workload.namespace.clone(), need.secret.clone()));
            if found.is_some_and(|makers| makers.iter().any(|maker| has_key(maker, &need))) {
                continue;
            }
            let id = workload.id();
            let missing = (workload.namespace.clone(), need.secret.clone(), need.key.clone());
            let entry = (id.short(), missing.clone());
            unmet.entry(entry.clone()).or_insert_with(|| Unmet {
                workload: entry.0,
                object: id.clone(),
                missing,
                origin: workload.object.origin_at(Side::Head, need.mark),
            });
        }
    }
    unmet.into_values().collect()
}

fn has_key(made: &MadeSecret, need: &SecretNeed) -> bool {
    match (&made.keys, &need.key) {
        (Keys::Unknown, _) | (_, None) => true,
        (Keys::Known(keys), Some(key)) => keys.contains(key),
    }
}
