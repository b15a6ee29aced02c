//! Whether policies let traffic through from the door to the pods behind a route.

use std::collections::{BTreeMap, BTreeSet};

use manifesto_cluster::exposure::{Doorway, Entrance, Exposure, Passage};
use manifesto_evidence::{Fact, Interruption, Prose, Side, Weight};
use manifesto_objects::{Object, ObjectId};

use super::View;

/// So many names are told; the rest are counted.
const NAMED_MAX: usize = 6;

/// Each route once: the object, and the Gateway that it passes.
type Routes<'e> = BTreeMap<(&'e ObjectId, &'e str), (&'e Entrance, Passage)>;

pub(super) fn analyze(view: &View<'_>, facts: &mut Vec<Fact>) {
    let [base, head] = view.networks;
    let before = routes(&view.base, &Doorway::new(&view.comparison.universe, base));
    let after = routes(&view.head, &Doorway::new(&view.comparison.universe, head));
    let was_blocked = |id: &ObjectId| {
        let own = before.iter().filter(|((other, _), _)| *other == id);
        let passages: Vec<&Passage> = own.map(|(_, (_, passage))| passage).collect();
        !passages.is_empty() && passages.iter().all(|passage| matches!(passage, Passage::Blocked(_)))
    };
    let (mut still, mut freed) = (Vec::new(), BTreeSet::new());
    for ((id, _), (entrance, passage)) in &after {
        match passage {
            Passage::Blocked(_) if was_blocked(id) => still.push(*entrance),
            Passage::Blocked(_) => facts.push(blocked(view, entrance, passage)),
            Passage::Open if was_blocked(id) => {
                freed.insert(entrance.through.as_str());
                facts.push(free(view, entrance));
            }
            _ => {}
        }
    }
    // What was blocked before is told where others of the same door were freed: the way on is the same.
    still.retain(|entrance| freed.contains(entrance.through.as_str()));
    if !still.is_empty() {
        facts.push(remaining(view, &still));
    }
}

/// The hosts that were published in base, where nothing is known to have blocked them, and that policies block in head; each
/// once. Who passes traffic on in base is often an operator's business, and unknown: what blocks it in head is not.
pub(super) fn interruptions(view: &View<'_>) -> Vec<Interruption> {
    let [base, head] = view.networks;
    let before = routes(&view.base, &Doorway::new(&view.comparison.universe, base));
    let after = routes(&view.head, &Doorway::new(&view.comparison.universe, head));
    let led_on = |host: &str| {
        let mut own = before.values().filter(|(entrance, _)| entrance.host == host);
        own.any(|(_, passage)| !matches!(passage, Passage::Blocked(_)))
    };
    let mut found: BTreeMap<&str, Interruption> = BTreeMap::new();
    for (entrance, passage) in after.values() {
        if !matches!(passage, Passage::Blocked(_)) || !led_on(&entrance.host) {
            continue;
        }
        found.entry(entrance.host.as_str()).or_insert_with(|| Interruption {
            host: entrance.host.clone(),
            why: format!("policies do not let {} through to its pods", entrance.through),
            origin: entrance.origin(Side::Head),
        });
    }
    // A second way that is open still leads there.
    let leads_on = |host: &str| {
        let mut own = after.values().filter(|(entrance, _)| entrance.host == host);
        own.any(|(_, passage)| !matches!(passage, Passage::Blocked(_)))
    };
    found.into_values().filter(|interruption| !leads_on(&interruption.host)).collect()
}

fn routes<'e>(exposure: &'e Exposure, doorway: &Doorway<'_>) -> Routes<'e> {
    let mut routes = Routes::new();
    for entrance in &exposure.entrances {
        let key = (&entrance.object.id, entrance.through.as_str());
        let passage = doorway.passage(entrance);
        let known = routes.entry(key).or_insert_with(|| (entrance, passage.clone()));
        // One path that policies block is news, whatever the others are.
        if matches!(passage, Passage::Blocked(_)) && !matches!(known.1, Passage::Blocked(_)) {
            *known = (entrance, passage);
        }
    }
    routes
}

/// `app/web` on TCP 80.
fn target(entrance: &Entrance) -> Prose {
    let pods: Vec<String> = entrance.targets.iter().map(|target| target.pods.to_string()).collect();
    let ports: Vec<String> = entrance
        .targets
        .iter()
        .take(1)
        .map(|target| format!("{} {}", target.protocol.name(), target.port))
        .collect();
    let mut names = pods;
    names.dedup();
    Prose::new().list(names, NAMED_MAX).words(" on ").list(ports, NAMED_MAX)
}

fn blocked(view: &View<'_>, entrance: &Entrance, passage: &Passage) -> Fact {
    let text = Prose::from("Policies do not let ")
        .code(&entrance.through)
        .words(" through to ")
        .prose(target(entrance))
        .words(": ")
        .code(&entrance.host)
        .words(" leads nowhere");
    let mut proofs: Vec<(&Object, _)> = vec![(entrance.object.as_ref(), entrance.origin(Side::Head))];
    if let Passage::Blocked(blockers) = passage {
        let [_, head] = view.networks;
        proofs.extend(blockers.iter().filter_map(|blocker| {
            let policy = head.policies.get(blocker.policy)?;
            let mark = blocker.rule.and_then(|rule| policy.rules.get(rule)).map(|rule| rule.mark);
            let mark = mark.unwrap_or(policy.object.root.mark);
            Some((policy.object.as_ref(), policy.origin(Side::Head, mark)))
        }));
    }
    view.fact(Weight::Hazard, text, proofs)
}

fn free(view: &View<'_>, entrance: &Entrance) -> Fact {
    let text = Prose::from("Policies let ")
        .code(&entrance.through)
        .words(" through to ")
        .prose(target(entrance))
        .words(" again, for ")
        .code(&entrance.host);
    view.fact(Weight::Plain, text, vec![(entrance.object.as_ref(), entrance.origin(Side::Head))])
}

fn remaining(view: &View<'_>, still: &[&Entrance]) -> Fact {
    let names: Vec<&str> = still.iter().map(|entrance| entrance.host.as_str()).collect();
    let text = Prose::from("Policies still block, as before, what leads to ").list(names, NAMED_MAX);
    let proofs = still.iter().map(|entrance| (entrance.object.as_ref(), entrance.origin(Side::Head)));
    Fact { component: None, ..view.fact(Weight::Notable, text, proofs.collect()) }
}
