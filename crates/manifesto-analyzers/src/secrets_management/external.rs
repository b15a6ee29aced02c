//! ExternalSecrets: what is read from the store, from where, into which Secret.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use manifesto_cluster::Cluster;
use manifesto_cluster::secrets::policy::{Capabilities, Capability};
use manifesto_cluster::secrets::{ExternalSecret, RemoteKey, SecretStore, StoreKey, data_path};
use manifesto_evidence::{Origin, Prose, Side, Weight};
use manifesto_gitops::Change;
use manifesto_objects::{Object, ObjectId};

use super::NAMED_MAX;
use crate::clusters::{ClusterPair, Touched};
use crate::statements::Statements;

/// States what differs in the ExternalSecrets that the change touches.
pub(super) fn state(change: &Change, pairs: &[ClusterPair], statements: &mut Statements) {
    let nowhere = ClusterPair::default();
    for object_change in change.objects.real() {
        let Some(component) = change.components.get(object_change.component) else { continue };
        let read = |object: &Option<Arc<Object>>| object.as_ref().and_then(ExternalSecret::read);
        let id = object_change.id();
        let pair = pairs.iter().find(|pair| pair.head.by_id(id).is_some()).unwrap_or(&nowhere);
        match (read(&object_change.base), read(&object_change.head)) {
            (None, Some(new)) => added(pair, &new, &component.name, statements),
            (Some(old), Some(new)) => changed(pair, &old, &new, &component.name, statements),
            (Some(old), None) => {
                let what = Prose::from(" is gone, and with it Secret ").code(&old.target);
                let what = if old.owns { what } else { Prose::from(" is gone; its Secret stays") };
                let said = (Prose::new(), id.short(), what);
                statements.add(Weight::Plain, Some(&component.name), said, [old.object.origin(Side::Base)]);
            }
            (None, None) => {}
        }
    }
}

/// States what newly goes wrong with any ExternalSecret of a cluster.
pub(super) fn state_faults(pair: &ClusterPair, touched: &Touched<'_>, statements: &mut Statements) {
    let before: BTreeMap<&ObjectId, &ExternalSecret> =
        pair.base.secrets().external.iter().map(|external| (&external.object.id, external)).collect();
    for external in &pair.head.secrets().external {
        faults(pair, before.get(&external.object.id).copied(), external, touched, statements);
    }
    overlaps(pair, touched, statements);
}

/// The keys of an ExternalSecret, each with its store and the parts that are taken.
fn sources(external: &ExternalSecret) -> BTreeMap<(Option<StoreKey>, String), BTreeSet<String>> {
    let mut sources: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for key in &external.keys {
        let store = key.store.clone().or_else(|| external.store.clone());
        let parts = sources.entry((store, key.key.clone())).or_default();
        parts.extend(key.property.clone().or_else(|| key.secret_key.clone()));
    }
    sources
}

fn store_of<'c>(cluster: &'c Cluster, key: Option<&StoreKey>) -> Option<&'c SecretStore> {
    cluster.secrets().stores.get(key?)
}

/// The path that policies see; none when the store is not known or is no OpenBao or Vault.
fn path(cluster: &Cluster, store: Option<&StoreKey>, key: &str) -> Option<String> {
    let vault = store_of(cluster, store)?.vault.as_ref()?;
    Some(data_path(vault.path.as_deref(), vault.version, key))
}

fn added(pair: &ClusterPair, external: &ExternalSecret, component: &str, statements: &mut Statements) {
    let mut what = Prose::from(" makes Secret ").code(&external.target);
    for (index, ((store, key), parts)) in sources(external).iter().take(NAMED_MAX).enumerate() {
        what = what.words(if index == 0 { " from " } else { ", " }).code(key);
        if !parts.is_empty() {
            what = what.words(" (").list(parts, NAMED_MAX).words(")");
        }
        if let Some(path) = path(&pair.head, store.as_ref(), key).filter(|path| path != key) {
            what = what.words(", path ").code(path);
        }
    }
    if external.reads_more {
        what = what.words(if external.keys.is_empty() {
            " from what a search or generator gives"
        } else {
            " and more"
        });
    }
    if let Some(store) = &external.store {
        what = what.words(" in ").code(format!("{}/{}", store.kind, store.name));
    }
    let said = (Prose::from("New "), external.object.id.short(), what);
    let origins = origins_of(external, external.keys.iter());
    statements.add(Weight::Plain, Some(component), said, origins);
}

fn origins_of<'k>(external: &ExternalSecret, keys: impl Iterator<Item = &'k RemoteKey>) -> Vec<Origin> {
    let first = keys.map(|key| external.object.origin_at(Side::Head, key.mark)).next();
    vec![first.unwrap_or_else(|| external.object.origin(Side::Head))]
}

fn changed(
    pair: &ClusterPair,
    old: &ExternalSecret,
    new: &ExternalSecret,
    component: &str,
    statements: &mut Statements,
) {
    let (before, after) = (sources(old), sources(new));
    let keys = |of: &BTreeMap<(Option<StoreKey>, String), BTreeSet<String>>,
                other: &BTreeMap<(Option<StoreKey>, String), BTreeSet<String>>| {
        of.keys().filter(|key| !other.contains_key(*key)).cloned().collect::<Vec<_>>()
    };
    let (gone, fresh) = (keys(&before, &after), keys(&after, &before));
    let id = new.object.id.short();
    if !gone.is_empty() || !fresh.is_empty() {
        let (what, weight) = other_keys(pair, &gone, &fresh);
        let is_fresh = |key: &&RemoteKey| fresh.iter().any(|(_, name)| *name == key.key);
        let origins = origins_of(new, new.keys.iter().filter(is_fresh));
        statements.add(weight, Some(component), (Prose::new(), id.clone(), what), origins);
    }
    if old.target != new.target {
        let what = Prose::from(" makes Secret ").code(&new.target).words(", no longer ").code(&old.target);
        let said = (Prose::new(), id.clone(), what);
        statements.add(Weight::Notable, Some(component), said, [new.object.origin(Side::Head)]);
    }
    if old.owns != new.owns {
        let what = if new.owns {
            " now owns its Secret: they are deleted together"
        } else {
            " no longer owns its Secret"
        };
        let said = (Prose::new(), id, Prose::from(what));
        statements.add(Weight::Notable, Some(component), said, [new.object.origin(Side::Head)]);
    }
}

/// What is read otherwise than before. Two keys can mean one path: `shared/data/app` and `shared/app`.
fn other_keys(
    pair: &ClusterPair,
    gone: &[(Option<StoreKey>, String)],
    fresh: &[(Option<StoreKey>, String)],
) -> (Prose, Weight) {
    let names = |keys: &[(Option<StoreKey>, String)]| {
        keys.iter().map(|(_, key)| key.clone()).collect::<BTreeSet<_>>()
    };
    let paths = |cluster: &Cluster, keys: &[(Option<StoreKey>, String)]| {
        keys.iter()
            .map(|(store, key)| path(cluster, store.as_ref(), key))
            .collect::<Option<BTreeSet<String>>>()
    };
    let (old, new) = (names(gone), names(fresh));
    let text = match (old == new, old.is_empty(), new.is_empty()) {
        (true, _, _) => Prose::from(" reads ").list(&new, NAMED_MAX).words(" from another store"),
        (_, true, _) => Prose::from(" also reads ").list(&new, NAMED_MAX),
        (_, _, true) => Prose::from(" no longer reads ").list(&old, NAMED_MAX),
        _ => Prose::from(" reads ").list(&new, NAMED_MAX).words(", no longer ").list(&old, NAMED_MAX),
    };
    match (paths(&pair.base, gone), paths(&pair.head, fresh)) {
        (Some(before), Some(after)) if before == after && !after.is_empty() => {
            (text.words("; the path stays ").list(&after, NAMED_MAX), Weight::Plain)
        }
        (_, Some(after)) if !after.is_empty() && after != new => {
            (text.words("; the path is ").list(&after, NAMED_MAX), Weight::Notable)
        }
        _ => (text, Weight::Notable),
    }
}

/// What goes wrong with an ExternalSecret in head and did not in base: its store is not there or not for its namespace,
/// or the store's policies do not let it read.
fn faults(
    pair: &ClusterPair,
    old: Option<&ExternalSecret>,
    new: &ExternalSecret,
    touched: &Touched<'_>,
    statements: &mut Statements,
) {
    let known: BTreeSet<String> = old
        .map(|old| faults_of(&pair.base, old))
        .into_iter()
        .flatten()
        .map(|(text, _)| text.to_string())
        .collect();
    for (what, weight) in faults_of(&pair.head, new) {
        if !known.contains(&what.to_string()) {
            let said = (Prose::new(), new.object.id.short(), what);
            let origins = origins_of(new, new.keys.iter());
            statements.add(weight, touched.component(&new.object), said, origins);
        }
    }
}

fn faults_of(cluster: &Cluster, external: &ExternalSecret) -> Vec<(Prose, Weight)> {
    let mut faults = Vec::new();
    let mut told = BTreeSet::new();
    for (store_key, key) in sources(external).into_keys() {
        let Some(store_key) = store_key else { continue };
        let shown = format!("{}/{}", store_key.kind, store_key.name);
        let Some(store) = store_of(cluster, Some(&store_key)) else {
            if cluster.is_complete() && told.insert(shown.clone()) {
                let text = Prose::from(" reads from ").code(shown).words(", which no object makes");
                faults.push((text, Weight::Hazard));
            }
            continue;
        };
        let namespace = external.object.id.namespace.as_str();
        if store.admits(cluster, namespace) == Some(false) && told.insert(shown.clone()) {
            let text = Prose::from(" may not use ").code(&shown).words(" from ").code(namespace);
            faults.push((text, Weight::Hazard));
        }
        if let Some((role, path)) = denied(cluster, store, &store_key, &key) {
            let text = Prose::from(" may not read ").code(path).words(": the policies of role ").code(role);
            faults.push((text.words(" do not permit it"), Weight::Hazard));
        }
    }
    faults
}

/// The role and path of a read that the policies, all of them known, do not permit.
fn denied(cluster: &Cluster, store: &SecretStore, key: &StoreKey, name: &str) -> Option<(String, String)> {
    let (mount, role) = store.vault.as_ref()?.login.clone()?;
    let path = path(cluster, Some(key), name)?;
    let capabilities: Capabilities = cluster.secrets().capabilities(&mount, &role, &path)?;
    let is_denied = capabilities.is_denied() || !capabilities.has(Capability::Read);
    is_denied.then_some((role, path))
}

/// Two ExternalSecrets that make one Secret overwrite each other without end.
fn overlaps(pair: &ClusterPair, touched: &Touched<'_>, statements: &mut Statements) {
    let makers = |cluster: &'_ Cluster| -> BTreeMap<(String, String), BTreeSet<ObjectId>> {
        let mut makers: BTreeMap<_, BTreeSet<ObjectId>> = BTreeMap::new();
        for external in
            cluster.secrets().external.iter().filter(|e| e.owns && e.object.id.kind == "ExternalSecret")
        {
            let secret = (external.object.id.namespace.clone(), external.target.clone());
            makers.entry(secret).or_default().insert(external.object.id.clone());
        }
        makers
    };
    let before = makers(&pair.base);
    for (secret, ids) in makers(&pair.head) {
        if ids.len() < 2 || before.get(&secret) == Some(&ids) {
            continue;
        }
        let names: Vec<String> = ids.iter().map(ObjectId::short).collect();
        let text =
            Prose::from("Secret ").code(&secret.1).words(" is made by several that overwrite each other: ");
        let objects: Vec<_> = ids.iter().filter_map(|id| pair.head.by_id(id)).collect();
        let component = objects.iter().find_map(|object| touched.component(object));
        let origins: Vec<_> = objects.iter().map(|object| object.origin(Side::Head)).collect();
        for name in names {
            statements.add(Weight::Hazard, component, (text.clone(), name, Prose::new()), origins.clone());
        }
    }
}
