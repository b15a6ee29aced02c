//! Volumes and their classes.

use manifesto_cluster::data::storage_class;
use manifesto_cluster::resources::{Claim, Demand};
use manifesto_evidence::{Fact, Prose, Side, Weight};
use manifesto_objects::{ChangeKind, ObjectChange};
use manifesto_yaml::Node;

use super::{fact, longhorn};
use crate::demands::Pairs;
use crate::surroundings::Surroundings;
use crate::wording;

/// Volumes that are new.
pub(super) fn facts(pairs: &Pairs<'_>, surroundings: &Surroundings<'_>) -> Vec<Fact> {
    let new = pairs.pairs.iter().filter(|pair| pair.base.is_none()).filter_map(|pair| pair.head.as_ref());
    let mut facts = Vec::new();
    for demand in new.filter(|demand| !demand.claims.is_empty()) {
        let head = surroundings.around(pairs.component, Side::Head);
        for claim in &demand.claims {
            let class = storage_class(head, claim.class.as_deref()).map(|class| &**class);
            facts.push(volume(demand, claim, class.map(|class| class.id.name.as_str())));
            facts.extend(longhorn::saving(demand, claim, class, head));
        }
    }
    facts
}

/// "`StatefulSet/notes` keeps 5Gi in `space`, of class `longhorn`"
fn volume(demand: &Demand, claim: &Claim, class: Option<&str>) -> Fact {
    let size =
        claim.size.map_or_else(|| "an unknown amount".to_owned(), manifesto_objects::Quantity::as_bytes);
    let each = match claim.count.steady() {
        Some(1) => String::new(),
        Some(count) => format!(" for each of {count} pods"),
        None => " for each pod".to_owned(),
    };
    let text = Prose::new()
        .code(demand.object.id.short())
        .words(format!(" keeps {size}{each} in "))
        .code(&claim.name);
    let text = match (claim.class.as_deref(), class) {
        (Some(name), _) => text.words(", of class ").code(name),
        (None, Some(name)) => text.words(", of the default class ").code(name),
        (None, None) => text.words(", of the default class"),
    };
    fact(text).origins([demand.object.origin_at(Side::Head, claim.mark)])
}

/// Classes that change, also the one that Longhorn keeps in a ConfigMap.
pub(super) fn classes(own: &[&ObjectChange]) -> Vec<Fact> {
    own.iter().filter_map(|change| class(change)).collect()
}

fn class(change: &ObjectChange) -> Option<Fact> {
    let id = change.id();
    let is_class = id.is("storage.k8s.io", "StorageClass");
    let is_hidden = id.is("", "ConfigMap") && id.name == "longhorn-storageclass";
    if !is_class && !is_hidden {
        return None;
    }
    let text = match change.kind {
        ChangeKind::Added | ChangeKind::Removed if is_class => capital(change),
        ChangeKind::Changed | ChangeKind::Replaced { .. } => Prose::from("The class in ")
            .code(id.short())
            .words(" differs: volumes that exist keep what they were made with"),
        _ => return None,
    };
    let is_default = |object: &manifesto_objects::Object| {
        let key = "storageclass.kubernetes.io/is-default-class";
        object.annotations().any(|(name, value)| name == key && value == "true")
    };
    let defaults = [&change.base, &change.head].map(|side| side.as_deref().is_some_and(is_default));
    let text = match defaults {
        [true, false] => text.words("; it is no longer the default"),
        [false, true] => text.words("; it is the default"),
        _ => text,
    };
    Some(fact(text).weight(Weight::Notable).origins(wording::origin(change)))
}

fn capital(change: &ObjectChange) -> Prose {
    let word = if change.kind == ChangeKind::Added { "Adds " } else { "Removes " };
    let class = change.head.as_ref().or(change.base.as_ref());
    let provisioner = class.and_then(|class| class.at(&["provisioner"])).and_then(Node::as_str);
    let text = Prose::from(word).code(change.id().short());
    provisioner.map_or_else(|| text.clone(), |name| text.clone().words(" of ").code(name))
}
