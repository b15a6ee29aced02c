//! What becomes possible and what no longer is.

use std::collections::BTreeMap;

use super::peer_set::PeerSet;
use super::policy::Direction;
use super::ports::{PortSet, Protocol};
use super::reach::{Network, Reach};
use super::universe::{Universe, Unseen};
use super::{Policy, read_policies};
use crate::Cluster;

/// What happened to a connection.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum DifferenceKind {
    /// It becomes possible.
    Gained,
    /// It is no longer possible.
    Lost,
    /// It is possible on both sides, and other things may be said there; the empty text stands for anything.
    Restricted {
        /// What may be said in base.
        base: String,
        /// What may be said in head.
        head: String,
    },
    /// One end opens in head, and the other does not.
    HalfOpen(Direction),
}

/// Connections to which the same happened: from each source to each destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What happened.
    pub kind: DifferenceKind,
    /// From whom.
    pub sources: PeerSet,
    /// To whom.
    pub destinations: PeerSet,
    /// On which ports of the destination.
    pub ports: PortSet,
}

/// The peers of both sides; the networks stand on them.
#[derive(Debug)]
pub struct Comparison {
    /// The peers. Side 0 is base, side 1 is head.
    pub universe: Universe,
    policies: [Vec<Policy>; 2],
}

impl Comparison {
    /// Reads the policies and peers of both sides.
    pub fn new(base: &Cluster, head: &Cluster) -> Self {
        let policies = [read_policies(base), read_policies(head)];
        let [of_base, of_head] = &policies;
        let universe = Universe::of(&[(base, of_base), (head, of_head)], Unseen::Imagined);
        Self { universe, policies }
    }

    /// The network of each side.
    pub fn networks(&self) -> [Network<'_>; 2] {
        let [base, head] = self.policies.clone();
        [Network::new(&self.universe, 0, base), Network::new(&self.universe, 1, head)]
    }
}

type Found = BTreeMap<(DifferenceKind, PeerSet), PortSet>;

/// Everything that differs between two networks of the same peers.
///
/// What is open only because no policy isolates either end is left out: that is what [`Network::is_isolated`] says, once
/// for a pod and not once for each connection.
pub fn differences(universe: &Universe, base: &Network<'_>, head: &Network<'_>) -> Vec<Difference> {
    let persistent =
        universe.set_of(|index, _| universe.is_present(0, index) && universe.is_present(1, index));
    let mut grouped: BTreeMap<(DifferenceKind, PortSet, PeerSet), PeerSet> = BTreeMap::new();
    for destination in 0..universe.len() {
        let sets: Vec<PortSet> = base
            .ports_told_apart(destination)
            .into_iter()
            .chain(head.ports_told_apart(destination))
            .collect();
        let pieces = PortSet::pieces(&sets);
        let (before, after) = (base.reach(destination, &pieces), head.reach(destination, &pieces));
        let mut found = Found::new();
        for ((piece, before), after) in pieces.iter().zip(&before).zip(&after) {
            let mut differ =
                Piece { destination, base, head, persistent: &persistent, found: &mut found, ports: *piece };
            differ.compare(before, after);
        }
        for ((kind, sources), ports) in found {
            let none = || PeerSet::none(universe.len());
            grouped.entry((kind, ports, sources)).or_insert_with(none).insert(destination);
        }
    }
    let rows = grouped.into_iter();
    rows.map(|((kind, ports, sources), destinations)| Difference { kind, sources, destinations, ports })
        .collect()
}

/// The comparison of one piece of ports at one destination.
struct Piece<'a, 'u> {
    destination: usize,
    base: &'a Network<'u>,
    head: &'a Network<'u>,
    persistent: &'a PeerSet,
    found: &'a mut Found,
    ports: (Protocol, u16, u16),
}

impl Piece<'_, '_> {
    fn compare(&mut self, before: &Reach, after: &Reach) {
        let gained = after.allowed.without(&before.allowed).and(&self.governed(self.head));
        self.add(DifferenceKind::Gained, gained);
        let lost = before.allowed.without(&after.allowed).and(&self.governed(self.base));
        self.add(DifferenceKind::Lost, lost);
        for (base, from) in &before.by_restriction {
            for (head, to) in after.by_restriction.iter().filter(|(head, _)| *head != base) {
                let kind = DifferenceKind::Restricted { base: base.clone(), head: head.clone() };
                self.add(kind, from.and(to));
            }
        }
        self.half_open(before, after);
    }

    /// Who reaches the destination whatever happens says nothing.
    fn always(&self) -> PeerSet {
        self.head.always_admitted(self.destination)
    }

    /// The sources whose connections some policy speaks of: all of them where the destination is isolated.
    fn governed(&self, network: &Network<'_>) -> PeerSet {
        let [isolated_in, isolated_out] = &network.isolated;
        if isolated_in.contains(self.destination) { self.everyone() } else { isolated_out.clone() }
    }

    fn everyone(&self) -> PeerSet {
        let mut everyone = self.persistent.clone();
        everyone.add(self.base.present_peers());
        everyone.add(self.head.present_peers());
        everyone
    }

    /// What one end allows in head, by a rule, and not in base, and the other end forbids.
    fn half_open(&mut self, before: &Reach, after: &Reach) {
        let [isolated_in, isolated_out] = &self.head.isolated;
        if isolated_in.contains(self.destination) {
            let admits = after.admitted.without(&before.admitted).without(&after.let_out);
            self.add(DifferenceKind::HalfOpen(Direction::Ingress), admits);
        }
        let lets_out = after.let_out.and(isolated_out).without(&before.let_out).without(&after.admitted);
        self.add(DifferenceKind::HalfOpen(Direction::Egress), lets_out);
    }

    fn add(&mut self, kind: DifferenceKind, sources: PeerSet) {
        let mut sources = sources;
        sources.remove(&self.always());
        if sources.is_empty() {
            return;
        }
        let (protocol, low, high) = self.ports;
        let ports = self.found.entry((kind, sources)).or_default();
        *ports = ports.union(&PortSet::range(protocol, low, high));
    }
}
