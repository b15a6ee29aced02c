//! Held against np-guard/netpol-analyzer: its test directories and the connections it lists for them.
//!
//! `MANIFESTO_NETPOL_ANALYZER` names a checkout of that project (0.9 of October 2025); without it, nothing is compared.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use manifesto_cluster::Cluster;
use manifesto_cluster::network::{
    AddressRange, Network, PeerKey, PortSet, Protocol, Universe, Unseen, read_policies,
};
use manifesto_objects::{Object, objects_of};
use manifesto_tree::{Place, TreePath};
use manifesto_yaml::{Dialect, Limits, Node, parse};

type Connections = BTreeMap<(String, String), PortSet>;

/// What the comparison of many directories came to.
#[derive(Default)]
struct Tally {
    equal: usize,
    differing: Vec<(String, Vec<String>)>,
    out_of_scope: BTreeSet<String>,
}

impl Tally {
    fn add(&mut self, name: &str, difference: Vec<String>) {
        if difference.is_empty() {
            self.equal += 1;
        } else {
            self.differing.push((name.to_owned(), difference));
        }
    }

    fn check(&self, least: usize) {
        println!("{} equal, {} differ", self.equal, self.differing.len());
        self.out_of_scope.iter().for_each(|line| println!("out of scope: {line}"));
        for (name, difference) in &self.differing {
            println!("{name}:\n  {}", difference.iter().take(6).cloned().collect::<Vec<_>>().join("\n  "));
        }
        assert!(self.equal >= least && self.differing.is_empty(), "{} differ", self.differing.len());
    }
}

fn checkout() -> Option<PathBuf> {
    let root = std::env::var("MANIFESTO_NETPOL_ANALYZER").map(PathBuf::from).ok();
    if root.is_none() {
        println!("skipped: MANIFESTO_NETPOL_ANALYZER names no checkout of np-guard/netpol-analyzer");
    }
    root
}

#[test]
fn connections_are_those_that_netpol_analyzer_lists() {
    let Some(root) = checkout() else { return };
    let mut tally = Tally::default();
    for (name, golden) in goldens(&root) {
        let cluster = load(&root.join("tests").join(&name));
        match out_of_scope(&cluster) {
            Some(why) => drop(tally.out_of_scope.insert(format!("{name}: {why}"))),
            None => {
                tally.add(&name, compare(connections(&cluster), golden.lines().filter_map(line).collect()));
            }
        }
    }
    tally.check(150);
}

#[test]
fn differences_are_those_that_netpol_analyzer_lists() {
    let Some(root) = checkout() else { return };
    let mut tally = Tally::default();
    for entry in std::fs::read_dir(root.join("test_outputs/diff")).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let names = file.strip_prefix("diff_between_").and_then(|names| names.split_once("_and_"));
        let (Some((second, first)), Some("txt")) = (names, path.extension().and_then(|e| e.to_str())) else {
            continue;
        };
        let directories = [first, second].map(|name| root.join("tests").join(name));
        if directories.iter().any(|directory| !directory.is_dir()) {
            continue;
        }
        if let Some(why) = directories.iter().find_map(|directory| out_of_scope(&load(directory))) {
            tally.out_of_scope.insert(format!("{file}: {why}"));
            continue;
        }
        let clusters = directories.map(|directory| load(&directory));
        let text = std::fs::read_to_string(&path).unwrap();
        let [before, after] = [("ref1: ", &clusters[0]), ("ref2: ", &clusters[1])].map(|(key, cluster)| {
            let theirs: Vec<_> = text.lines().filter_map(|line| diff_line(line, key)).collect();
            (connections(cluster), theirs)
        });
        let [before, after] = on_common_pieces([before, after]);
        // They list what differs only: of ours, that is kept.
        let differs = |key: &(String, String)| before.0.get(key) != after.0.get(key);
        let mut difference = Vec::new();
        for (ours, theirs) in [&before, &after] {
            let ours =
                ours.iter().filter(|(key, _)| differs(key)).map(|(key, ports)| (key.clone(), ports.clone()));
            difference.extend(compare(ours.collect(), theirs.clone()));
        }
        tally.add(&file, difference);
    }
    tally.check(20);
}

type Listed = (Connections, Vec<(String, String, PortSet)>);

/// Cuts the addresses of both sides in the same way.
fn on_common_pieces(sides: [Listed; 2]) -> [Listed; 2] {
    let keys = sides.iter().flat_map(|(ours, _)| ours.keys());
    let ranges = keys.flat_map(|(from, to)| [range(from), range(to)]).flatten();
    let pieces = AddressRange::pieces(ranges);
    sides.map(|(ours, theirs)| {
        (cut(ours.into_iter().map(|((from, to), ports)| (from, to, ports)), &pieces), theirs)
    })
}

/// `diff-type: changed, source: a, destination: b, ref1: TCP 80, ref2: No Connections`.
fn diff_line(line: &str, key: &str) -> Option<(String, String, PortSet)> {
    let field = |key: &str, end: &str| {
        let (_, rest) = line.split_once(key)?;
        Some(rest.split_once(end).map_or(rest, |(value, _)| value).trim())
    };
    let from = field("source: ", ", destination")?;
    let end = if key == "ref1: " { ", ref2" } else { ", workloads-diff-info" };
    let ports = ports_of(field(key, end)?);
    let is_ours = !from.contains("ingress-controller") && !ports.is_empty();
    is_ours.then(|| Some((peer(from), peer(field("destination: ", ", ref1")?), ports)))?
}

/// The directories that have a list of connections, with its text or, where there is only that, its table.
fn goldens(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(root.join("test_outputs/connlist")).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_str().unwrap().to_owned();
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        let suffix = |kind: &str| file.strip_suffix(&format!("_{kind}_output.{extension}"));
        // Lists of exposure begin with the connections.
        let Some(name) = suffix("connlist").or_else(|| suffix("exposure")) else { continue };
        if !root.join("tests").join(name).is_dir() {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let text = text.split("Exposure Analysis Result").next().unwrap_or_default().to_owned();
        match (extension, suffix("connlist").is_some()) {
            ("txt", true) => drop(found.insert(name.to_owned(), text)),
            ("txt", false) => drop(found.entry(name.to_owned()).or_insert(text)),
            ("csv", true) => drop(found.entry(name.to_owned()).or_insert_with(|| from_csv(&text))),
            _ => {}
        }
    }
    found
}

/// `src,dst,conn` to `src => dst : conn`.
fn from_csv(text: &str) -> String {
    let lines = text.lines().skip(1).filter_map(|line| {
        let (source, rest) = line.split_once(',')?;
        let (destination, connection) = rest.split_once(',')?;
        Some(format!("{source} => {destination} : {}\n", connection.trim_matches('"')))
    });
    lines.collect()
}

fn load(directory: &Path) -> Cluster {
    let mut files = Vec::new();
    collect(directory, &mut files);
    files.sort();
    let mut objects = Vec::new();
    for file in files {
        let Ok(bytes) = std::fs::read(&file) else { continue };
        let paths: Arc<[TreePath]> = Arc::new([TreePath::new("objects.yaml").unwrap()]);
        let via: Arc<[Place]> = Arc::new([]);
        for document in parse(&bytes, Dialect::SigsV2, &Limits::default()).documents {
            for mut object in objects_of(&with_kinds(document.root), &paths, &via).into_iter().flatten() {
                leave_node(&mut object.root);
                if object.id.namespace.is_empty() && object.id.kind != "Namespace" {
                    "default".clone_into(&mut object.id.namespace);
                }
                objects.push(Arc::new(object));
            }
        }
    }
    Cluster::new(objects, Vec::new())
}

/// The items of what `kubectl get -o json` writes as a PodList have no kind of their own.
fn with_kinds(mut root: Node) -> Node {
    let kind = root.get("kind").and_then(Node::as_str).and_then(|kind| kind.strip_suffix("List"));
    let kind = kind.filter(|kind| !kind.is_empty()).map(str::to_owned);
    let version = root.get("apiVersion").cloned();
    if let (Some(kind), Some(version)) = (kind, version) {
        let items = root.get_mut("items").and_then(Node::as_sequence_mut);
        for item in items.into_iter().flatten().filter_map(Node::as_mapping_mut) {
            if item.get("kind").is_none() {
                item.insert("kind", Node::string(kind.clone()));
                item.insert("apiVersion", version.clone());
            }
        }
    }
    root
}

/// netpol-analyzer lists pods that use the network of their node as others, though policies do not apply to them.
fn leave_node(root: &mut Node) {
    for path in
        [&["spec"][..], &["spec", "template", "spec"], &["spec", "jobTemplate", "spec", "template", "spec"]]
    {
        if let Some(host) = root.path_mut(path).and_then(|spec| spec.get_mut("hostNetwork")) {
            *host = Node::bool(false);
        }
    }
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "yaml" || e == "yml" || e == "json") {
            files.push(path);
        }
    }
}

/// What netpol-analyzer knows of besides policies.
fn out_of_scope(cluster: &Cluster) -> Option<&'static str> {
    let has = |group: &str, kind: &str| cluster.of_kind(group, kind).next().is_some();
    if has("k8s.ovn.org", "UserDefinedNetwork") || has("k8s.ovn.org", "ClusterUserDefinedNetwork") {
        return Some("user-defined networks of OVN");
    }
    if has("k8s.cni.cncf.io", "NetworkAttachmentDefinition") || has("k8s.cni.cncf.io", "MultiNetworkPolicy") {
        return Some("secondary networks");
    }
    None
}

/// The text of each line that only one of the two has.
fn compare(ours: Connections, golden: Vec<(String, String, PortSet)>) -> Vec<String> {
    let ranges = golden.iter().flat_map(|(from, to, _)| [range(from), range(to)]).flatten();
    let cuts: Vec<AddressRange> =
        ranges.chain(ours.keys().flat_map(|(from, to)| [range(from), range(to)]).flatten()).collect();
    let pieces = AddressRange::pieces(cuts);
    let ours = cut(ours.into_iter().map(|((from, to), ports)| (from, to, ports)), &pieces);
    let theirs = cut(golden.into_iter(), &pieces);
    let show = |(from, to): &(String, String), ports: Option<&PortSet>| match ports {
        Some(ports) => format!("{from} => {to} : {ports}"),
        None => format!("{from} => {to} : nothing"),
    };
    let keys: BTreeSet<&(String, String)> = ours.keys().chain(theirs.keys()).collect();
    let differing = keys.into_iter().filter(|key| ours.get(*key) != theirs.get(*key));
    differing
        .map(|key| format!("ours {} / theirs {}", show(key, ours.get(key)), show(key, theirs.get(key))))
        .collect()
}

/// Each connection of a range of addresses as one for each piece of it.
fn cut(lines: impl Iterator<Item = (String, String, PortSet)>, pieces: &[AddressRange]) -> Connections {
    let names = |end: &str| match range(end) {
        Some(range) => pieces.iter().filter(|piece| range.contains(piece)).map(ToString::to_string).collect(),
        None => vec![end.to_owned()],
    };
    let mut connections = Connections::new();
    for (from, to, ports) in lines {
        for from in names(&from) {
            for to in names(&to) {
                let entry = connections.entry((from.clone(), to)).or_default();
                *entry = entry.union(&ports);
            }
        }
    }
    connections
}

/// `a => b : TCP 80`; lines about the ingress controller are not about policies.
fn line(line: &str) -> Option<(String, String, PortSet)> {
    let (from, rest) = line.split_once(" => ")?;
    let (to, ports) = rest.split_once(" : ")?;
    if from.contains("ingress-controller") {
        return None;
    }
    Some((peer(from.trim()), peer(to.trim()), ports_of(ports.trim())))
}

fn peer(text: &str) -> String {
    text.trim_end_matches("[External]").to_owned()
}

/// A prefix, or two addresses with a dash between.
fn range(text: &str) -> Option<AddressRange> {
    if let Some(range) = AddressRange::parse(text) {
        return Some(range);
    }
    let (low, high) = text.split_once('-')?;
    let (low, high) = (AddressRange::parse(low)?, AddressRange::parse(high)?);
    Some(AddressRange { high: high.high, ..low })
}

fn ports_of(text: &str) -> PortSet {
    if text == "All Connections" {
        return with_ports(&PortSet::all());
    }
    let (mut set, mut protocol) = (PortSet::default(), None);
    for part in text.split(',') {
        let numbers = match part.trim().split_once(' ') {
            Some((name, numbers)) => {
                protocol = Protocol::parse(name);
                numbers
            }
            None => part.trim(),
        };
        let (low, high) = numbers.split_once('-').unwrap_or((numbers, numbers));
        if let (Some(protocol), Ok(low), Ok(high)) = (protocol, low.parse(), high.parse()) {
            set = set.union(&PortSet::range(protocol, low, high));
        }
    }
    set
}

/// netpol-analyzer knows no ICMP.
fn with_ports(set: &PortSet) -> PortSet {
    let (low, high) = Protocol::Icmp.bounds();
    set.without(&PortSet::range(Protocol::Icmp, low, high))
}

fn connections(cluster: &Cluster) -> Connections {
    let policies = read_policies(cluster);
    let universe = Universe::of(&[(cluster, &policies)], Unseen::LeftOut);
    let network = Network::new(&universe, 0, policies);
    let names: Vec<Option<String>> = universe.peers.iter().map(|peer| name(cluster, &peer.key)).collect();
    let mut connections = Connections::new();
    for (to, destination) in names.iter().enumerate() {
        let Some(destination) = destination else { continue };
        let told: Vec<PortSet> = network.ports_told_apart(to).into_iter().collect();
        let pieces = PortSet::pieces(&told);
        for ((protocol, low, high), reach) in pieces.iter().zip(network.reach(to, &pieces)) {
            for from in reach.allowed.iter() {
                let Some(source) = names.get(from).and_then(Option::as_ref) else { continue };
                let outside = range(source).is_some() && range(destination).is_some();
                if source == destination || outside {
                    continue;
                }
                let entry = connections.entry((source.clone(), destination.clone())).or_default();
                *entry = with_ports(&entry.union(&PortSet::range(*protocol, *low, *high)));
            }
        }
    }
    connections.retain(|_, ports| !ports.is_empty());
    connections
}

/// The name that netpol-analyzer gives a peer; it knows neither IPv6 nor names of hosts.
fn name(cluster: &Cluster, key: &PeerKey) -> Option<String> {
    match key {
        PeerKey::Workload { namespace, name, kind } => {
            let group = match kind.as_str() {
                "Pod" | "ReplicationController" => "",
                "Job" | "CronJob" => "batch",
                _ => "apps",
            };
            let owner = cluster.get(group, kind, namespace, name).and_then(|object| owner(object));
            Some(owner.unwrap_or_else(|| format!("{namespace}/{name}[{kind}]")))
        }
        PeerKey::Addresses(range) => (!range.v6).then(|| range.to_string()),
        _ => None,
    }
}

/// A pod with an owner goes by the owner's name.
fn owner(object: &Object) -> Option<String> {
    let owner = object.at(&["metadata", "ownerReferences"])?.items().first()?;
    let kind = owner.get("kind").and_then(Node::as_str).unwrap_or("Pod");
    let name = owner.get("name").and_then(Node::as_str).filter(|_| kind != "Node")?;
    Some(format!("{}/{name}[{kind}]", object.id.namespace))
}
