//! Words for sets of peers.

use std::collections::{BTreeMap, BTreeSet};

use manifesto_cluster::network::{AddressRange, Entity, Peer, PeerKey, PeerSet, Universe};
use manifesto_evidence::Prose;

/// So many peers are named; the rest are counted.
const NAMED_MAX: usize = 4;

/// A set of peers: pods by name, or by namespace where all of it is meant; entities; addresses; hosts. Pods of `besides`,
/// the other end, are not missed.
pub(super) fn describe(universe: &Universe, set: &PeerSet, besides: &PeerSet) -> Prose {
    let set = &meant(universe, set, besides);
    if is_anything(universe, set) {
        return Prose::from("anything else, in the cluster and outside");
    }
    let (pods, mut entities) = (pods(universe, set), Vec::new());
    let (mut ranges, mut hosts) = (Vec::new(), Vec::new());
    for index in set.iter() {
        match universe.peers.get(index).map(|peer| &peer.key) {
            Some(PeerKey::Entity(entity)) => entities.push(format!("entity {}", entity.name())),
            Some(PeerKey::Addresses(range)) => ranges.push(*range),
            Some(PeerKey::Names(pattern)) => hosts.push(pattern.to_string()),
            _ => {}
        }
    }
    let mut parts: Vec<Prose> = Vec::new();
    let mut names = Vec::new();
    match pods {
        // The node itself is always let in.
        None if entities.len() + 1 >= Entity::ALL.len() => {
            parts.push(Prose::from("everything in the cluster"));
        }
        None => {
            parts.push(Prose::from("every pod"));
            names.extend(entities);
        }
        Some(pods) => names.extend(pods.into_iter().chain(entities)),
    }
    let outside = outside(&AddressRange::joined(ranges), &hosts);
    names.extend(outside.as_ref().err().into_iter().flatten().cloned());
    parts.extend((!names.is_empty()).then(|| Prose::new().list(names, NAMED_MAX)));
    parts.extend(outside.ok());
    let mut parts = parts.into_iter();
    let first = parts.next().unwrap_or_default();
    parts.fold(first, |all, part| all.words(" and ").prose(part))
}

/// A set of peers, and nothing else.
pub(super) fn describe_exactly(universe: &Universe, set: &PeerSet) -> Prose {
    describe(universe, set, &PeerSet::none(universe.len()))
}

/// What is outside of the cluster: as words where it is most of it, else each of it.
fn outside(joined: &[AddressRange], hosts: &[String]) -> Result<Prose, Vec<String>> {
    if joined.contains(&AddressRange::V4) {
        return Ok(Prose::from("every address outside the cluster"));
    }
    let v4: Vec<&AddressRange> = joined.iter().filter(|range| !range.v6).collect();
    let mut missing: Vec<AddressRange> = Vec::new();
    let mut next = 0;
    for range in &v4 {
        missing.extend((next < range.low).then(|| AddressRange {
            v6: false,
            low: next,
            high: range.low - 1,
        }));
        next = range.high + 1;
    }
    let end = AddressRange::V4.high;
    missing.extend((next <= end).then_some(AddressRange { v6: false, low: next, high: end }));
    let size = |ranges: &[AddressRange]| ranges.iter().map(|range| range.high - range.low).sum::<u128>();
    if v4.len() > 1 && missing.len() <= v4.len() && size(&missing) < end / 2 {
        return Ok(Prose::from("every address outside the cluster but ").list(missing, NAMED_MAX));
    }
    Err(hosts.iter().cloned().chain(joined.iter().map(ToString::to_string)).collect())
}

/// The set with the other end's pods, where it is about all others.
fn meant(universe: &Universe, set: &PeerSet, besides: &PeerSet) -> PeerSet {
    let missing = universe.set_of(|index, peer| peer.is_pod() && !set.contains(index));
    let has_pods = set.iter().any(|index| universe.peers.get(index).is_some_and(Peer::is_pod));
    if has_pods && missing.without(besides).is_empty() { set.or(besides) } else { set.clone() }
}

/// Whether a set is about everything there is: all addresses and entities, and most pods. The others had it before.
fn is_anything(universe: &Universe, set: &PeerSet) -> bool {
    let is_in = |pods: bool| {
        let indexes = universe.peers.iter().enumerate().filter(move |(_, peer)| peer.is_pod() == pods);
        let others = indexes.filter(|(_, peer)| peer.key != PeerKey::Entity(Entity::Host));
        others.map(|(index, _)| set.contains(index))
    };
    let (pods, in_set) = (is_in(true).count(), is_in(true).filter(|yes| *yes).count());
    is_in(false).all(|yes| yes) && 2 * in_set >= pods
}

/// The pods of a set; none where it is all there are in more than one namespace.
fn pods(universe: &Universe, set: &PeerSet) -> Option<Vec<String>> {
    let mut by_namespace: BTreeMap<&str, (Vec<String>, bool)> = BTreeMap::new();
    for (index, peer) in universe.peers.iter().enumerate().filter(|(_, peer)| peer.is_pod()) {
        let own =
            by_namespace.entry(peer.namespace().unwrap_or_default()).or_insert_with(|| (Vec::new(), true));
        if set.contains(index) {
            own.0.push(peer.key.to_string());
        } else {
            own.1 = false;
        }
    }
    if by_namespace.len() > 1 && by_namespace.values().all(|(_, all)| *all) {
        return None;
    }
    let mut names = BTreeSet::new();
    for (namespace, (pods, all)) in by_namespace {
        if all && pods.len() > 1 && !namespace.is_empty() {
            names.insert(format!("{namespace}/*"));
        } else {
            names.extend(pods);
        }
    }
    Some(names.into_iter().collect())
}
