//! Containers and their ports.

use manifesto_yaml::Node;

/// When a container runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContainerRole {
    /// Before the others, and to its end.
    Init,
    /// From before the others to after them: an init container with `restartPolicy: Always`.
    Sidecar,
    /// As the pod's work.
    Main,
}

/// A port that a container says it listens on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerPort {
    /// Its name.
    pub name: Option<String>,
    /// Its number.
    pub number: u16,
    /// `TCP`, `UDP` or `SCTP`.
    pub protocol: String,
    /// The port of the node that leads to it.
    pub host_port: Option<u16>,
}

/// A container.
#[derive(Debug, Clone)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// When it runs.
    pub role: ContainerRole,
    /// The ports it says it listens on; it may listen on others.
    pub ports: Vec<ContainerPort>,
    /// All of it, as written.
    pub node: Node,
}

impl Container {
    /// The environment variables, as written: `{name, value}` or `{name, valueFrom}`.
    pub fn env(&self) -> &[Node] {
        self.node.get("env").map(Node::items).unwrap_or_default()
    }

    /// The objects whose keys become environment variables, as written: `secretRef`, `configMapRef`.
    pub fn env_from(&self) -> &[Node] {
        self.node.get("envFrom").map(Node::items).unwrap_or_default()
    }
}

/// The containers of a pod's spec: init containers, then the others.
pub(super) fn read(spec: &Node) -> Vec<Container> {
    let list = |key| spec.get(key).map(Node::items).unwrap_or_default();
    let init = list("initContainers").iter().map(|node| {
        let always = node.get("restartPolicy").and_then(Node::as_str) == Some("Always");
        container(node, if always { ContainerRole::Sidecar } else { ContainerRole::Init })
    });
    let main = list("containers").iter().map(|node| container(node, ContainerRole::Main));
    init.chain(main).collect()
}

fn container(node: &Node, role: ContainerRole) -> Container {
    let name = node.get("name").and_then(Node::text).unwrap_or_default().to_owned();
    let ports = node.get("ports").map(Node::items).unwrap_or_default();
    Container { name, role, ports: ports.iter().filter_map(port).collect(), node: node.clone() }
}

fn port(node: &Node) -> Option<ContainerPort> {
    let number = |key| node.get(key).and_then(Node::as_i64).and_then(|number| u16::try_from(number).ok());
    Some(ContainerPort {
        name: node.get("name").and_then(Node::text).map(str::to_owned),
        number: number("containerPort")?,
        protocol: node.get("protocol").and_then(Node::as_str).unwrap_or("TCP").to_owned(),
        host_port: number("hostPort").filter(|port| *port != 0),
    })
}

/// A container that an operator adds.
pub(super) fn made(name: &str, ports: Vec<ContainerPort>) -> Container {
    Container { name: name.to_owned(), role: ContainerRole::Main, ports, node: Node::null() }
}
