//! Whether policies let traffic through from a door to the pods behind it.

use super::{Door, Entrance, Target};
use crate::network::{Blocker, Entity, Network, PeerKey, Universe};

/// What becomes of traffic behind a door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Passage {
    /// Some pods are reached.
    Open,
    /// None is: what stands in the way of the first.
    Blocked(Vec<Blocker>),
    /// Nobody knows who passes the traffic on, or to whom.
    Unknown,
}

/// A network, and the peers that doors stand for in it.
#[derive(Debug)]
pub struct Doorway<'n> {
    universe: &'n Universe,
    network: &'n Network<'n>,
}

impl<'n> Doorway<'n> {
    /// Looks at a network.
    pub fn new(universe: &'n Universe, network: &'n Network<'n>) -> Self {
        Self { universe, network }
    }

    /// What becomes of the traffic of an entrance.
    pub fn passage(&self, entrance: &Entrance) -> Passage {
        let sources = self.sources(&entrance.door);
        let targets: Vec<(usize, &Target)> = entrance
            .targets
            .iter()
            .filter_map(|target| Some((self.universe.find(&target.pods)?, target)))
            .collect();
        if sources.is_empty() || targets.is_empty() {
            return Passage::Unknown;
        }
        let mut blockers = Vec::new();
        for (pod, target) in &targets {
            let reach = self.network.reach(*pod, &[(target.protocol, target.port, target.port)]);
            if reach.iter().any(|reach| sources.iter().any(|source| reach.allowed.contains(*source))) {
                return Passage::Open;
            }
            if let (true, Some(source)) = (blockers.is_empty(), sources.first()) {
                blockers = self.network.blockers((*source, *pod), (target.protocol, target.port));
            }
        }
        Passage::Blocked(blockers)
    }

    /// The peers as which traffic may arrive. Behind a load balancer it comes from outside or from a node, as the mode of
    /// the network is.
    fn sources(&self, door: &Door) -> Vec<usize> {
        let by_key = |key: &PeerKey| self.universe.find(key);
        match door {
            Door::Cilium => by_key(&PeerKey::Entity(Entity::Ingress)).into_iter().collect(),
            Door::Pods(pods) => pods.iter().filter_map(by_key).collect(),
            Door::Direct => {
                let comes_in = |key: &PeerKey| match key {
                    PeerKey::Addresses(_) => true,
                    PeerKey::Entity(entity) => matches!(entity, Entity::Host | Entity::RemoteNode),
                    _ => false,
                };
                let peers = self.universe.peers.iter().enumerate();
                peers.filter(|(_, peer)| comes_in(&peer.key)).map(|(index, _)| index).collect()
            }
            Door::Unknown => Vec::new(),
        }
    }
}
