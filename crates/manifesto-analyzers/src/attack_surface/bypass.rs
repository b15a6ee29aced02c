//! A second way to pods, past the login that stands before the first.

use std::collections::{BTreeMap, BTreeSet};

use manifesto_cluster::exposure::{Doorway, Entrance, Exposure, Level, Passage};
use manifesto_cluster::network::{Network, PeerKey};
use manifesto_evidence::{Fact, Prose, Side, Weight};

use super::View;
use super::entrances::from_where;

/// The pods, and the names of the guarded and the open way.
type Bypass<'e> = BTreeMap<(&'e PeerKey, &'e str), (&'e Entrance, &'e Entrance)>;

pub(super) fn analyze(view: &View<'_>, facts: &mut Vec<Fact>) {
    let [base, head] = view.networks;
    let before: BTreeSet<(&PeerKey, &str)> = bypasses(view, &view.base, base).into_keys().collect();
    for (key, (guarded, open)) in bypasses(view, &view.head, head) {
        if before.contains(&key) {
            continue;
        }
        let logins: Vec<String> = guarded.protections.iter().map(ToString::to_string).collect();
        let text = Prose::new()
            .code(&open.host)
            .words(" leads to ")
            .code(key.0)
            .words(format!(" {}, through ", from_where(open.level)))
            .code(&open.through)
            .words(format!(", past the {} of ", logins.join(" and ")))
            .code(&guarded.host);
        let mut proofs = vec![
            (open.object.as_ref(), open.origin(Side::Head)),
            (guarded.object.as_ref(), guarded.origin(Side::Head)),
        ];
        proofs.extend(guarded.guards.iter().map(|guard| (guard.as_ref(), guard.origin(Side::Head))));
        facts.push(view.fact(Weight::Hazard, text, proofs));
    }
}

fn bypasses<'e>(view: &'e View<'_>, exposure: &'e Exposure, network: &'e Network<'e>) -> Bypass<'e> {
    let doorway = Doorway::new(&view.comparison.universe, network);
    let mut by_pods: BTreeMap<&PeerKey, Vec<&Entrance>> = BTreeMap::new();
    let outside = exposure.entrances.iter().filter(|entrance| entrance.level > Level::Cluster);
    for entrance in outside {
        for target in &entrance.targets {
            by_pods.entry(&target.pods).or_default().push(entrance);
        }
    }
    let mut found = Bypass::new();
    for (pods, ways) in by_pods {
        let asks = |way: &&&Entrance| way.protections.iter().any(|protection| protection.identifies());
        let Some(guarded) = ways.iter().find(asks) else { continue };
        for open in ways.iter().filter(|way| !asks(way)) {
            // Another port is another service; a path without login behind the same name is meant.
            let same_port = open.targets.iter().any(|target| guarded.targets.contains(target));
            let is_another = open.host != guarded.host || open.through != guarded.through;
            if same_port && is_another && !matches!(doorway.passage(open), Passage::Blocked(_)) {
                found.entry((pods, open.host.as_str())).or_insert((guarded, open));
            }
        }
    }
    found
}
