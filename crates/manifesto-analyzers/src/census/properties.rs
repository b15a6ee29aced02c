//! What one object says that a claim could speak of. What a field means is told by its key, whatever the kind: a claim
//! is only ever contradicted by what is *not* found, so that finding too much is harmless and finding too little is not.

use manifesto_evidence::{Property, PropertyKind, Side};
use manifesto_objects::Object;
use manifesto_yaml::{Mark, Node, Value};

/// Longer texts are scripts and dashboards.
const TEXT_BYTES_MAX: usize = 4096;

/// Everything that is known of an object. Values of Secrets are not read.
pub(super) fn of(object: &Object, side: Side) -> Vec<Property> {
    let mut reader = Reader { object, side, found: Vec::new() };
    reader.labels();
    reader.makes();
    reader.outside();
    if object.id.is("", "Secret") {
        reader.secret_keys(object.at(&["data"]));
        reader.secret_keys(object.at(&["stringData"]));
    } else {
        reader.walk(&object.root, "", "");
    }
    reader.found
}

struct Reader<'o> {
    object: &'o Object,
    side: Side,
    found: Vec<Property>,
}

impl Reader<'_> {
    fn add(&mut self, kind: PropertyKind, value: impl Into<String>, mark: Mark) {
        let origin = self.object.origin_at(self.side, mark);
        self.found.push(Property { kind, value: value.into(), origin });
    }

    fn labels(&mut self) {
        let own = self.object.at(&["metadata", "labels"]);
        let templates: [&[&str]; 3] = [
            &["spec", "template", "metadata", "labels"],
            &["spec", "jobTemplate", "spec", "template", "metadata", "labels"],
            &["spec", "inheritedMetadata", "labels"],
        ];
        let templates = templates.into_iter().filter_map(|path| self.object.at(path));
        let labels: Vec<&Node> = own.into_iter().chain(templates).collect();
        for entry in labels.into_iter().flat_map(Node::entries) {
            if let (Some(key), Some(value)) = (entry.key.text(), entry.value.text()) {
                self.add(PropertyKind::Label, format!("{key}={value}"), entry.value.mark);
            }
        }
    }

    /// Secrets that controllers make from this object.
    fn makes(&mut self) {
        let (object, id) = (self.object, &self.object.id);
        let name = |path: &[&str]| object.at(path).and_then(Node::as_str).map(str::to_owned);
        let made = match id.kind.as_str() {
            "ExternalSecret" => name(&["spec", "target", "name"]).or_else(|| Some(id.name.clone())),
            "SealedSecret" => Some(id.name.clone()),
            "Certificate" => name(&["spec", "secretName"]),
            _ => None,
        };
        if let Some(made) = made {
            self.add(PropertyKind::Makes, format!("Secret/{made}"), object.root.mark);
        }
    }

    fn secret_keys(&mut self, data: Option<&Node>) {
        for entry in data.into_iter().flat_map(Node::entries) {
            if let Some(key) = entry.key.text() {
                self.add(PropertyKind::SecretKey, key, entry.key.mark);
            }
        }
    }

    /// Reads a node that stands under `key`, itself in what stands under `above`.
    fn walk(&mut self, node: &Node, key: &str, above: &str) {
        match &node.value {
            Value::Mapping(_) => {
                self.mapping(node, key);
                for entry in node.entries() {
                    self.walk(&entry.value, entry.key.text().unwrap_or_default(), key);
                }
            }
            Value::Sequence(items) => items.iter().for_each(|item| self.walk(item, key, above)),
            Value::Scalar(_) => self.scalar(node, key, above),
        }
    }

    /// What a mapping says that no scalar of it says alone.
    fn mapping(&mut self, node: &Node, key: &str) {
        let protocol = node.get("protocol").and_then(Node::as_str);
        for name in ["port", "containerPort", "hostPort", "nodePort"] {
            let Some(port) = node.get(name).filter(|port| port_number(port).is_some()) else { continue };
            let number = port.text().unwrap_or_default();
            let value = protocol.map_or_else(|| number.to_owned(), |protocol| format!("{number}/{protocol}"));
            self.add(PropertyKind::Port, value, port.mark);
        }
        let is_template = key == "template" || key == "target";
        self.secret_keys(node.get("data").filter(|_| is_template));
    }

    fn scalar(&mut self, node: &Node, key: &str, above: &str) {
        let Some(text) = node.text().filter(|text| !text.is_empty() && text.len() <= TEXT_BYTES_MAX) else {
            return;
        };
        match (above, key) {
            (_, "image" | "imageName") => self.add(PropertyKind::Image, text, node.mark),
            ("remoteRef" | "extract", "key") | (_, "remoteKey") => {
                self.add(PropertyKind::SecretPath, text, node.mark);
            }
            (_, "secretKey" | "property") => self.add(PropertyKind::SecretKey, text, node.mark),
            ("requests" | "limits", "cpu") => self.add(PropertyKind::Cpu, text, node.mark),
            ("requests" | "limits", "memory") => self.add(PropertyKind::Memory, text, node.mark),
            ("requests", "storage") | ("storage" | "walStorage", "size") => {
                self.add(PropertyKind::Storage, text, node.mark);
            }
            ("spec", "replicas" | "instances") => self.add(PropertyKind::Replicas, text, node.mark),
            _ if key.ends_with("nterval") => self.add(PropertyKind::Interval, text, node.mark),
            _ => {}
        }
        self.ports_in(text, key, node);
        for host in hosts(text) {
            self.add(PropertyKind::Host, host, node.mark);
        }
    }

    /// Ports in addresses (`http://web:8080`), and numbers in fields and variables that are called ports.
    fn ports_in(&mut self, text: &str, key: &str, node: &Node) {
        let is_port = key.to_ascii_lowercase().contains("port") || key == "value" || key == "number";
        if is_port && port_number(node).is_some() {
            self.add(PropertyKind::Port, text, node.mark);
        }
        let behind_separators = text.split([':', '=', ' ', ',', '\n']).skip(1);
        for rest in behind_separators {
            let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let number = rest.get(..digits).unwrap_or_default();
            if (2..=5).contains(&digits) {
                self.add(PropertyKind::Port, number, node.mark);
            }
        }
    }

    /// What a policy lets out of the cluster.
    fn outside(&mut self) {
        let specs = self.object.at(&["spec"]).into_iter();
        let specs = specs.chain(self.object.at(&["specs"]).into_iter().flat_map(Node::items));
        let rules: Vec<&Node> = specs.filter_map(|spec| spec.get("egress")).flat_map(Node::items).collect();
        for rule in rules {
            let ports = ports_of(rule);
            for (target, mark) in targets_outside(rule) {
                if ports.is_empty() {
                    self.add(PropertyKind::Outside, format!("{target} on every port"), mark);
                }
                for (port, mark) in &ports {
                    self.add(PropertyKind::Outside, format!("{target} {port}"), *mark);
                }
            }
        }
    }
}

/// Where an egress rule leads outside the cluster: names, the world, addresses that are nobody's own.
fn targets_outside(rule: &Node) -> Vec<(String, Mark)> {
    let items = |key: &str| rule.get(key).map(Node::items).unwrap_or_default();
    let names = items("toFQDNs").iter().filter_map(|name| {
        let name = name.get("matchName").or_else(|| name.get("matchPattern"))?;
        Some((name.as_str()?.to_owned(), name.mark))
    });
    let world = items("toEntities").iter().filter(|entity| matches!(entity.as_str(), Some("world" | "all")));
    let world = world.map(|entity| ("the internet".to_owned(), entity.mark));
    let blocks = items("to").iter().filter_map(|peer| peer.path(&["ipBlock", "cidr"]));
    let cidrs = items("toCIDR").iter().chain(blocks);
    let sets = items("toCIDRSet").iter().filter_map(|set| set.get("cidr"));
    let everywhere = cidrs.chain(sets).filter(|cidr| matches!(cidr.as_str(), Some("0.0.0.0/0" | "::/0")));
    let everywhere = everywhere.map(|cidr| ("the internet".to_owned(), cidr.mark));
    names.chain(world).chain(everywhere).collect()
}

/// The ports of a rule, of Cilium's or of Kubernetes's form.
fn ports_of(rule: &Node) -> Vec<(String, Mark)> {
    let cilium = rule.get("toPorts").map(Node::items).unwrap_or_default().iter();
    let cilium = cilium.filter_map(|ports| ports.get("ports")).flat_map(Node::items);
    let plain = rule.get("ports").map(Node::items).unwrap_or_default();
    let port = |port: &Node| {
        let protocol = port.get("protocol").and_then(Node::as_str).unwrap_or("TCP");
        let number = port.get("port")?;
        Some((format!("{}/{protocol}", number.text()?), number.mark))
    };
    cilium.chain(plain).filter_map(port).collect()
}

fn port_number(node: &Node) -> Option<u16> {
    node.text()?.parse().ok().filter(|port| *port > 0)
}

/// The names of hosts in a text: at least three labels, or two that end in letters.
fn hosts(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '*')));
    parts.filter(|part| is_host(part))
}

fn is_host(text: &str) -> bool {
    let mut labels = 0;
    for label in text.split('.') {
        let is_wildcard = label == "*" && labels == 0;
        if !is_wildcard && (label.is_empty() || label.starts_with('-') || label.contains('*')) {
            return false;
        }
        labels += 1;
    }
    let last = text.rsplit('.').next().unwrap_or_default();
    labels >= 2 && last.len() >= 2 && last.bytes().all(|b| b.is_ascii_alphabetic())
}
