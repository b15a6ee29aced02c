//! Values that a secret store must hold.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use manifesto_cluster::Cluster;
use manifesto_cluster::secrets::ExternalSecret;
use manifesto_evidence::{Origin, Prose, Side, Weight};
use manifesto_objects::Object;

use super::Scene;

/// So many names stand in a line; the rest are counted.
const NAMED_MAX: usize = 6;

/// Keys that nothing read before and that nothing in the repository writes.
pub(super) fn state(scene: &mut Scene<'_>) {
    let objects = scene.objects();
    let external: Vec<ExternalSecret> =
        objects.iter().filter_map(|object| ExternalSecret::read(object)).collect();
    if external.is_empty() {
        return;
    }
    let before = read_keys(scene.base);
    let written = scene.head.secrets().pushed.iter().flat_map(|pushed| &pushed.keys);
    let written: BTreeSet<&str> = written.map(|key| key.key.as_str()).collect();
    let mut wanted: BTreeMap<&str, (BTreeSet<&str>, Origin)> = BTreeMap::new();
    for secret in &external {
        for key in secret.keys.iter().filter(|key| !written.contains(key.key.as_str())) {
            let part = key.property.as_deref();
            if before.contains(&(key.key.clone(), key.property.clone())) {
                continue;
            }
            let object: &Arc<Object> = &secret.object;
            let origin = object.origin_at(Side::Head, key.mark);
            let entry = wanted.entry(key.key.as_str()).or_insert_with(|| (BTreeSet::new(), origin));
            entry.0.extend(part);
        }
    }
    for (key, (parts, origin)) in wanted {
        let text = Prose::from(" must be in the secret store before");
        let text = if parts.is_empty() { text } else { text.words(", with ").list(parts, NAMED_MAX) };
        let said = (Prose::new(), key.to_owned(), text);
        scene.statements.add(Weight::Notable, Some(&scene.component.name), said, [origin]);
    }
}

/// The keys that are read in base, each with its part.
fn read_keys(cluster: &Cluster) -> BTreeSet<(String, Option<String>)> {
    let keys = cluster.secrets().external.iter().flat_map(|external| &external.keys);
    keys.map(|key| (key.key.clone(), key.property.clone())).collect()
}
