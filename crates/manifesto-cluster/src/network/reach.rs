//! The connections that policies leave on one side.

use std::collections::{BTreeMap, BTreeSet};

use super::address::AddressRange;
use super::peer_set::PeerSet;
use super::policy::{Action, Direction, Entity, PeerTerm, Policy, PortTerm, Rule, Tier};
use super::ports::{PortSet, Protocol};
use super::universe::{Peer, PeerKey, Universe};

/// What decides about a connection in one direction, for one destination: the sources it is about, and what it does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Verdict {
    tier: Tier,
    /// In a tier with priorities, the place in the policy: the first that fits decides.
    order: usize,
    action: Action,
    /// Index into the sets of peers.
    peers: usize,
    ports: Vec<PortTerm>,
    restriction: Option<String>,
}

/// Who may reach a destination on some ports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// The sources that the destination admits and that may leave for it.
    pub allowed: PeerSet,
    /// The sources that the destination admits.
    pub admitted: PeerSet,
    /// The sources that may leave for it.
    pub let_out: PeerSet,
    /// The sources by what they may say there; the empty text where they may say anything.
    pub by_restriction: BTreeMap<String, PeerSet>,
}

/// What stands in the way of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blocker {
    /// Whether the destination does not admit it, or the source may not leave.
    pub direction: Direction,
    /// A policy that isolates there or denies, by index.
    pub policy: usize,
    /// The rule that denies, by index; none where no rule allows.
    pub rule: Option<usize>,
}

/// The policies of one side, applied to the peers.
#[derive(Debug)]
pub struct Network<'u> {
    universe: &'u Universe,
    side: usize,
    /// The policies.
    pub policies: Vec<Policy>,
    /// The pods that each policy is about.
    pub owners: Vec<PeerSet>,
    /// The pods that some policy isolates, by direction.
    pub isolated: [PeerSet; 2],
    /// The pods whose questions for names are heard: the others reach no host by its name.
    pub heard: PeerSet,
    present: PeerSet,
    sets: Vec<PeerSet>,
    set_ids: BTreeMap<Vec<PeerTerm>, usize>,
    verdicts: Vec<Verdict>,
    /// By destination: what decides on what comes in.
    ingress: Vec<Vec<usize>>,
    /// What decides on what goes out, and from whom.
    egress: Vec<(Verdict, PeerSet)>,
    /// By destination: which of these are about it.
    egress_to: Vec<Vec<usize>>,
}

impl<'u> Network<'u> {
    /// Applies policies to the peers of a side.
    pub fn new(universe: &'u Universe, side: usize, policies: Vec<Policy>) -> Self {
        let none = || PeerSet::none(universe.len());
        let mut network = Self {
            universe,
            side,
            owners: Vec::new(),
            isolated: [none(), none()],
            heard: none(),
            present: universe.set_of(|index, _| universe.is_present(side, index)),
            sets: Vec::new(),
            set_ids: BTreeMap::new(),
            verdicts: Vec::new(),
            ingress: vec![Vec::new(); universe.len()],
            egress: Vec::new(),
            egress_to: vec![Vec::new(); universe.len()],
            policies,
        };
        network.owners =
            network.policies.iter().map(|policy| universe.matching(side, &policy.subject)).collect();
        network.isolate();
        network.resolve();
        network
    }

    fn isolate(&mut self) {
        for (policy, owners) in self.policies.iter().zip(&self.owners) {
            if policy.invalid.is_some() {
                continue;
            }
            for (isolated, isolates) in self.isolated.iter_mut().zip(policy.isolates) {
                if isolates {
                    isolated.add(owners);
                }
            }
        }
    }

    /// The pods whose questions for names Cilium hears. Hosts that others may reach by name have no address to it.
    fn heard(&self) -> PeerSet {
        let mut heard = PeerSet::none(self.universe.len());
        for (policy, owners) in self.policies.iter().zip(&self.owners) {
            if policy.invalid.is_none() && policy.rules.iter().any(|rule| rule.hears_names) {
                heard.add(owners);
            }
        }
        heard
    }

    fn resolve(&mut self) {
        self.heard = self.heard();
        let policies = std::mem::take(&mut self.policies);
        let mut egress: BTreeMap<Verdict, PeerSet> = BTreeMap::new();
        for (policy, owners) in policies.iter().zip(&self.owners.clone()) {
            if policy.invalid.is_some() || owners.is_empty() {
                continue;
            }
            for (order, rule) in policy.rules.iter().enumerate() {
                let verdict = self.verdict(policy, order, rule);
                if rule.direction == Direction::Egress {
                    let by_name = rule.peers.iter().all(|term| matches!(term, PeerTerm::Names(_)));
                    let from = if by_name { owners.and(&self.heard) } else { owners.clone() };
                    let sources = egress.entry(verdict);
                    sources.or_insert_with(|| PeerSet::none(self.universe.len())).add(&from);
                    continue;
                }
                let index = self.verdicts.len();
                self.verdicts.push(verdict);
                for owner in owners.iter() {
                    self.ingress.get_mut(owner).into_iter().for_each(|own| own.push(index));
                }
            }
        }
        for (index, verdict) in egress.keys().enumerate() {
            for to in self.sets.get(verdict.peers).into_iter().flat_map(PeerSet::iter) {
                self.egress_to.get_mut(to).into_iter().for_each(|about| about.push(index));
            }
        }
        self.egress = egress.into_iter().collect();
        self.policies = policies;
    }

    fn verdict(&mut self, policy: &Policy, order: usize, rule: &Rule) -> Verdict {
        Verdict {
            tier: policy.tier,
            order: if policy.tier == Tier::Namespace { 0 } else { order },
            action: rule.action,
            peers: self.set_id(&rule.peers),
            ports: rule.ports.clone(),
            restriction: rule.restriction.clone(),
        }
    }

    fn set_id(&mut self, terms: &[PeerTerm]) -> usize {
        if let Some(id) = self.set_ids.get(terms) {
            return *id;
        }
        let id = self.sets.len();
        let set =
            terms.iter().fold(PeerSet::none(self.universe.len()), |all, term| all.or(&self.peers_of(term)));
        self.sets.push(set);
        self.set_ids.insert(terms.to_vec(), id);
        id
    }

    fn peers_of(&self, term: &PeerTerm) -> PeerSet {
        let universe = self.universe;
        let outside = |peer: &Peer| matches!(peer.key, PeerKey::Addresses(_) | PeerKey::Names(_));
        match term {
            PeerTerm::Anything => self.present.clone(),
            PeerTerm::EveryPod => universe.set_of(|_, peer| peer.is_pod()).and(&self.present),
            PeerTerm::Pods(selector) => universe.matching(self.side, selector),
            PeerTerm::World => universe.set_of(|_, peer| outside(peer)),
            PeerTerm::Entity(entity) => universe.set_of(|_, peer| peer.key == PeerKey::Entity(*entity)),
            PeerTerm::Addresses { range, except } => universe.set_of(|_, peer| match &peer.key {
                PeerKey::Addresses(own) => range.contains(own) && !except.iter().any(|e| e.contains(own)),
                // Whoever may reach every address may reach every host by its name.
                PeerKey::Names(_) => *range == AddressRange::V4 && except.is_empty(),
                _ => false,
            }),
            PeerTerm::Names(pattern) => {
                universe.set_of(|_, peer| matches!(&peer.key, PeerKey::Names(own) if pattern.covers(own)))
            }
        }
    }

    /// The ports of some terms at a destination.
    pub fn ports_at(&self, destination: usize, terms: &[PortTerm]) -> PortSet {
        let pod = self.universe.pod_at(self.side, destination);
        let ports = pod.map(|pod| pod.ports.as_slice()).unwrap_or_default();
        terms.iter().fold(PortSet::default(), |all, term| all.union(&term.resolve(ports)))
    }

    fn ingress_of(&self, destination: usize) -> impl Iterator<Item = &Verdict> {
        let own = self.ingress.get(destination).into_iter().flatten();
        own.filter_map(|index| self.verdicts.get(*index))
    }

    fn egress_to(&self, destination: usize) -> impl Iterator<Item = &(Verdict, PeerSet)> {
        let about = self.egress_to.get(destination).into_iter().flatten();
        about.filter_map(|index| self.egress.get(*index))
    }

    /// The sets of ports that some rule about a destination names.
    pub fn ports_told_apart(&self, destination: usize) -> BTreeSet<PortSet> {
        let verdicts =
            self.ingress_of(destination).chain(self.egress_to(destination).map(|(verdict, _)| verdict));
        verdicts.map(|verdict| self.ports_at(destination, &verdict.ports)).collect()
    }

    /// Who may reach a destination on each of these pieces of ports.
    pub fn reach(&self, destination: usize, pieces: &[(Protocol, u16, u16)]) -> Vec<Reach> {
        if !self.present.contains(destination) {
            let none = PeerSet::none(self.universe.len());
            let nobody = Reach {
                allowed: none.clone(),
                admitted: none.clone(),
                let_out: none,
                by_restriction: BTreeMap::new(),
            };
            return vec![nobody; pieces.len()];
        }
        let sources = |set: usize| self.sets.get(set).cloned().unwrap_or_default();
        let ingress: Vec<(&Verdict, PortSet, PeerSet)> = self
            .ingress_of(destination)
            .map(|verdict| (verdict, self.ports_at(destination, &verdict.ports), sources(verdict.peers)))
            .collect();
        let egress: Vec<(&Verdict, PortSet, PeerSet)> = self
            .egress_to(destination)
            .map(|(verdict, owners)| (verdict, self.ports_at(destination, &verdict.ports), owners.clone()))
            .collect();
        let [isolated_in, isolated_out] = &self.isolated;
        let admission = if isolated_in.contains(destination) {
            self.present.clone()
        } else {
            PeerSet::none(self.universe.len())
        };
        let always = self.always_admitted(destination);
        let pieces = pieces.iter().map(|(protocol, low, _)| {
            let at = |verdicts: &[(&Verdict, PortSet, PeerSet)], isolated: &PeerSet| {
                let here = verdicts.iter().filter(|(_, ports, _)| ports.contains(*protocol, *low));
                decide(
                    &self.present,
                    isolated,
                    &here.map(|(verdict, _, set)| (*verdict, set)).collect::<Vec<_>>(),
                )
            };
            let (mut incoming, outgoing) = (at(&ingress, &admission), at(&egress, isolated_out));
            incoming.allowed.add(&always);
            incoming.plain.add(&always);
            reach_of(destination, incoming, outgoing)
        });
        pieces.collect()
    }

    /// The peers that are there.
    pub fn present_peers(&self) -> &PeerSet {
        &self.present
    }

    /// Who reaches a pod whatever policies say: the node it runs on (kubelet's probes), and itself.
    pub fn always_admitted(&self, destination: usize) -> PeerSet {
        self.universe.set_of(|index, peer| index == destination || peer.key == PeerKey::Entity(Entity::Host))
    }

    /// The rules that allow a connection, by policy and rule: at most one for each direction in which somebody is
    /// isolated. Those for which `prefer` says yes come before others.
    pub fn admitting(
        &self,
        (source, destination): (usize, usize),
        (protocol, port): (Protocol, u16),
        prefer: impl Fn(&Policy) -> bool,
    ) -> Vec<(usize, usize)> {
        let ends = [(Direction::Ingress, destination, source), (Direction::Egress, source, destination)];
        let mut found = Vec::new();
        for (direction, owner, peer) in ends {
            let fits = |rule: &Rule| {
                rule.direction == direction
                    && rule.action == Action::Allow
                    && self
                        .set_ids
                        .get(&rule.peers)
                        .and_then(|id| self.sets.get(*id))
                        .is_some_and(|set| set.contains(peer))
                    && self.ports_at(destination, &rule.ports).contains(protocol, port)
            };
            let rules = self.rules_of(owner).filter(|(.., rule)| fits(rule));
            let best = rules.min_by_key(|(policy, index, _)| {
                (!self.policies.get(*policy).is_some_and(&prefer), *policy, *index)
            });
            found.extend(best.map(|(policy, index, _)| (policy, index)));
        }
        found
    }

    /// The rules of the policies that are about a pod.
    fn rules_of(&self, owner: usize) -> impl Iterator<Item = (usize, usize, &Rule)> {
        let own = self.policies.iter().zip(&self.owners).enumerate();
        let own = own.filter(move |(_, (policy, owners))| owners.contains(owner) && policy.invalid.is_none());
        own.flat_map(|(index, (policy, _))| {
            policy.rules.iter().enumerate().map(move |(at, rule)| (index, at, rule))
        })
    }

    /// What stands in the way of a connection, the destination's side before the source's; nothing where it is allowed.
    pub fn blockers(
        &self,
        (source, destination): (usize, usize),
        (protocol, port): (Protocol, u16),
    ) -> Vec<Blocker> {
        let reach = self.reach(destination, &[(protocol, port, port)]);
        let Some(reach) = reach.first() else { return Vec::new() };
        let ends = [
            (Direction::Ingress, destination, source, reach.admitted.contains(source)),
            (Direction::Egress, source, destination, reach.let_out.contains(source)),
        ];
        let closed = ends.into_iter().filter(|(.., open)| !open);
        closed.filter_map(|(direction, owner, peer, _)| self.blocker(direction, owner, peer)).collect()
    }

    fn blocker(&self, direction: Direction, owner: usize, peer: usize) -> Option<Blocker> {
        let denies = |rule: &Rule| {
            let set = self.set_ids.get(&rule.peers).and_then(|id| self.sets.get(*id));
            rule.direction == direction
                && rule.action == Action::Deny
                && set.is_some_and(|set| set.contains(peer))
        };
        let denial = self.rules_of(owner).find(|(.., rule)| denies(rule));
        if let Some((policy, rule, _)) = denial {
            return Some(Blocker { direction, policy, rule: Some(rule) });
        }
        self.isolating(direction, owner).map(|policy| Blocker { direction, policy, rule: None })
    }

    /// The first policy that isolates a pod in a direction.
    pub fn isolating(&self, direction: Direction, owner: usize) -> Option<usize> {
        let mut own = self.policies.iter().zip(&self.owners);
        own.position(|(policy, owners)| {
            policy.invalid.is_none()
                && policy.isolates.get(direction as usize) == Some(&true)
                && owners.contains(owner)
        })
    }

    /// The peers that some terms stand for.
    pub fn peers_named(&self, terms: &[PeerTerm]) -> PeerSet {
        terms.iter().fold(PeerSet::none(self.universe.len()), |all, term| all.or(&self.peers_of(term)))
    }

    /// The pods that may leave for the API server, as an entity of Cilium or, where addresses count, at any address on the
    /// ports that API servers have.
    pub fn may_leave_for_api_server(&self, addresses_count: bool) -> PeerSet {
        let fits = |key: &PeerKey| match key {
            PeerKey::Entity(entity) => *entity == Entity::KubeApiServer,
            PeerKey::Addresses(_) => addresses_count,
            _ => false,
        };
        self.may_leave_for(&[(Protocol::Tcp, 443, 443), (Protocol::Tcp, 6443, 6443)], |_, peer| {
            fits(&peer.key)
        })
    }

    /// The pods that may ask somebody for the addresses of names: a pod of another namespace or of the system's, a node, or
    /// somebody outside. Pods of one namespace seldom answer names, and often may say anything to each other.
    pub fn may_ask_for_names(&self) -> PeerSet {
        let ports = [(Protocol::Udp, 53, 53), (Protocol::Tcp, 53, 53), (Protocol::Udp, 5353, 5353)];
        self.may_leave_for(&ports, |source, peer| {
            let own = self.universe.namespace_of(source);
            peer.namespace().is_none_or(|namespace| namespace == "kube-system" || own != Some(namespace))
        })
    }

    fn may_leave_for(
        &self,
        ports: &[(Protocol, u16, u16)],
        counts: impl Fn(usize, &Peer) -> bool,
    ) -> PeerSet {
        let [_, isolated] = &self.isolated;
        let mut found = self.present.without(isolated);
        for (destination, peer) in self.universe.peers.iter().enumerate() {
            let missing = self.present.without(&found);
            if !missing.iter().any(|source| counts(source, peer)) {
                continue;
            }
            for reach in self.reach(destination, ports) {
                reach
                    .let_out
                    .and(&missing)
                    .iter()
                    .filter(|source| counts(*source, peer))
                    .for_each(|s| found.insert(s));
            }
        }
        found
    }

    /// Whether some policy isolates a pod in a direction.
    pub fn is_isolated(&self, direction: Direction, owner: usize) -> bool {
        self.isolated.get(direction as usize).is_some_and(|isolated| isolated.contains(owner))
    }
}

/// The sources that one direction allows.
struct Decision {
    allowed: PeerSet,
    /// Those of them that may say anything.
    plain: PeerSet,
    /// The others, by what they may say.
    restricted: Vec<(String, PeerSet)>,
}

/// Applies the tiers in their order. `verdicts` are those about the port; `isolated` are the sources for which the
/// policies of namespaces deny what they do not allow.
fn decide(everyone: &PeerSet, isolated: &PeerSet, verdicts: &[(&Verdict, &PeerSet)]) -> Decision {
    let nobody = everyone.without(everyone);
    let (mut open, mut allowed) = (everyone.clone(), nobody.clone());
    let passed = first_match(verdicts, true, &mut open, &mut allowed);
    open.add(&passed);
    let plain_before = allowed.clone();
    let of = |action: Action, plain_only: bool| {
        let fitting = verdicts.iter().filter(|(verdict, _)| {
            verdict.tier == Tier::Namespace
                && verdict.action == action
                && (!plain_only || verdict.restriction.is_none())
        });
        fitting.fold(nobody.clone(), |all, (_, set)| all.or(set))
    };
    let denied = of(Action::Deny, false);
    let governed = open.and(isolated).without(&denied);
    allowed.add(&governed.and(&of(Action::Allow, false)));
    let mut plain = plain_before.or(&governed.and(&of(Action::Allow, true)));
    open.remove(isolated);
    open.remove(&denied);
    let mut left = nobody.clone();
    first_match(verdicts, false, &mut open, &mut left);
    left.add(&open);
    allowed.add(&left);
    plain.add(&left);
    let restricted = verdicts.iter().filter_map(|(verdict, set)| {
        let restriction = verdict.restriction.clone().filter(|_| verdict.action == Action::Allow)?;
        Some((restriction, governed.and(set).without(&plain)))
    });
    let restricted = restricted.filter(|(_, set)| !set.is_empty()).collect();
    Decision { allowed, plain, restricted }
}

/// Lets the verdicts of a tier with priorities decide, each about what those before it left open. Returns what they pass
/// on to the next tier.
fn first_match(
    verdicts: &[(&Verdict, &PeerSet)],
    of_admin: bool,
    open: &mut PeerSet,
    allowed: &mut PeerSet,
) -> PeerSet {
    let is_asked = |tier| match tier {
        Tier::Admin(_) => of_admin,
        Tier::Namespace => false,
        Tier::Baseline(_) => !of_admin,
    };
    let mut ranked: Vec<&(&Verdict, &PeerSet)> =
        verdicts.iter().filter(|(verdict, _)| is_asked(verdict.tier)).collect();
    ranked.sort_by_key(|(verdict, _)| (verdict.tier, verdict.order));
    let mut passed = open.without(open);
    for (verdict, set) in ranked {
        let hit = open.and(set);
        match verdict.action {
            Action::Allow => allowed.add(&hit),
            Action::Pass => passed.add(&hit),
            Action::Deny => {}
        }
        open.remove(&hit);
    }
    passed
}

fn reach_of(destination: usize, mut incoming: Decision, mut outgoing: Decision) -> Reach {
    // A pod always reaches itself.
    outgoing.allowed.insert(destination);
    outgoing.plain.insert(destination);
    incoming.allowed.insert(destination);
    let allowed = incoming.allowed.and(&outgoing.allowed);
    let mut groups: BTreeMap<BTreeSet<String>, PeerSet> =
        BTreeMap::from([(BTreeSet::new(), allowed.clone())]);
    for (restriction, set) in incoming.restricted.iter().chain(&outgoing.restricted) {
        let mut split = BTreeMap::new();
        for (said, group) in groups {
            let mut more = said.clone();
            more.insert(restriction.clone());
            for (said, part) in [(more, group.and(set)), (said, group.without(set))] {
                if !part.is_empty() {
                    split.entry(said).or_insert_with(|| part.without(&part)).add(&part);
                }
            }
        }
        groups = split;
    }
    let texts = groups.into_iter().filter(|(_, set)| !set.is_empty());
    let by_restriction =
        texts.map(|(said, set)| (said.into_iter().collect::<Vec<_>>().join("; "), set)).collect();
    Reach { allowed, admitted: incoming.allowed, let_out: outgoing.allowed, by_restriction }
}
