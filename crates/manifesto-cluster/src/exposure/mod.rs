//! What is reachable from outside of the cluster: by which name, through which door, from where, and protected by what.

mod backends;
mod door;
mod envoy;
mod gateway;
mod hostname;
mod ingress;
mod reach;
mod services;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use manifesto_objects::Object;
use manifesto_tree::{Origin, Side};
use manifesto_yaml::Mark;

use crate::Cluster;
use crate::network::{PeerKey, Protocol};

pub use hostname::intersection;
pub use reach::{Doorway, Passage};

/// From where something is reachable. Each reaches further than those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// From the cluster.
    Cluster,
    /// From the network of the nodes.
    Network,
    /// From the tailnet.
    Tailnet,
    /// From outside; whether from everywhere, nobody has written down.
    Outside,
    /// From everywhere.
    Public,
}

/// What stands before the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protection {
    /// A login by OpenID Connect.
    Oidc,
    /// Another service decides.
    ForwardAuth,
    /// A signed token.
    Jwt,
    /// A name and a password.
    BasicAuth,
    /// A key.
    ApiKey,
    /// A certificate of the client.
    ClientCertificate,
    /// Where the client comes from.
    ClientAddress,
}

impl Protection {
    /// Whether it asks who the client is.
    pub fn identifies(self) -> bool {
        self != Self::ClientAddress
    }
}

impl fmt::Display for Protection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Oidc => "OIDC",
            Self::ForwardAuth => "an authentication service",
            Self::Jwt => "JWT",
            Self::BasicAuth => "basic authentication",
            Self::ApiKey => "an API key",
            Self::ClientCertificate => "client certificates",
            Self::ClientAddress => "client addresses",
        })
    }
}

/// Who passes traffic on to the pods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Door {
    /// Cilium's own proxy.
    Cilium,
    /// Pods of a proxy.
    Pods(Vec<PeerKey>),
    /// Nobody: the traffic comes from outside, or from a node.
    Direct,
    /// Nobody knows.
    Unknown,
}

/// Pods and a port of theirs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    /// The pods.
    pub pods: PeerKey,
    /// The protocol.
    pub protocol: Protocol,
    /// The port of the pods.
    pub port: u16,
}

/// A way in.
#[derive(Debug, Clone)]
pub struct Entrance {
    /// The name: a hostname, `*` for any, or the name of a Service.
    pub host: String,
    /// The path, or the port where there are no paths.
    pub path: String,
    /// What says so: a route, an Ingress or a Service.
    pub object: Arc<Object>,
    /// Where it says so.
    pub mark: Mark,
    /// The Gateway, the class of the Ingress, or nothing.
    pub through: String,
    /// From where.
    pub level: Level,
    /// What stands before the application.
    pub protections: BTreeSet<Protection>,
    /// What says how it is protected.
    pub guards: Vec<Arc<Object>>,
    /// Who passes it on.
    pub door: Door,
    /// To which pods; empty where none was found.
    pub targets: Vec<Target>,
}

impl Entrance {
    /// Where it stands.
    pub fn origin(&self, side: Side) -> Origin {
        self.object.origin_at(side, self.mark)
    }
}

/// Something that was meant as a way in, and is none.
#[derive(Debug, Clone)]
pub struct Dangling {
    /// The route or Ingress.
    pub object: Arc<Object>,
    /// What it leads to in vain.
    pub mark: Mark,
    /// Why, as a clause.
    pub why: String,
}

/// All ways in.
#[derive(Debug, Default)]
pub struct Exposure {
    /// Those that are.
    pub entrances: Vec<Entrance>,
    /// Those that are not.
    pub dangling: Vec<Dangling>,
}

impl Exposure {
    /// Reads them from a cluster.
    pub fn of(cluster: &Cluster) -> Self {
        let mut exposure = Self::default();
        gateway::read(cluster, &mut exposure);
        ingress::read(cluster, &mut exposure);
        services::read(cluster, &mut exposure);
        exposure
    }
}
