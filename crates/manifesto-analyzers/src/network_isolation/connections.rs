//! Connections that are gained, lost, or may say other things.

use std::collections::BTreeMap;

use manifesto_cluster::network::{
    Difference, DifferenceKind, Direction, Network, PeerKey, PeerSet, Policy, PortSet, Protocol, differences,
};
use manifesto_evidence::{Fact, Origin, Prose, Side, Weight};
use manifesto_objects::Object;

use super::{View, fact, peers};

/// So many pairs are asked for the rules behind a row, and so many rules are pointed at.
const PAIRS_MAX: usize = 40;
const ORIGINS_MAX: usize = 4;

/// Connections to which the same happened for the same reason.
struct Row<'v> {
    kind: DifferenceKind,
    sources: PeerSet,
    destinations: PeerSet,
    ports: PortSet,
    /// The objects that make it so, the most telling first.
    origins: Vec<(&'v Object, Origin)>,
}

pub(super) fn analyze(view: &View<'_>, facts: &mut Vec<Fact>) {
    let mut rows: Vec<Row<'_>> = Vec::new();
    for difference in differences(&view.comparison.universe, view.base, view.head) {
        // What one end opens is told by the rule that does nothing, not by the pair.
        if matches!(difference.kind, DifferenceKind::HalfOpen(_)) {
            continue;
        }
        for row in split(view, &difference) {
            let twin = rows.iter_mut().find(|other| other.is_like(&row));
            match twin {
                Some(other) => other.destinations.add(&row.destinations),
                None => rows.push(row),
            }
        }
    }
    let mut told = vec![false; rows.len()];
    for (index, row) in rows.iter().enumerate() {
        if told.get(index).copied().unwrap_or(true) {
            continue;
        }
        let counterpart = rows.iter().enumerate().position(|(other, lost)| {
            told.get(other) == Some(&false) && row.kind == DifferenceKind::Gained && lost.gives_way_to(row)
        });
        if let Some(done) = counterpart.and_then(|other| told.get_mut(other)) {
            *done = true;
        }
        facts.push(told_as(view, row, counterpart.and_then(|other| rows.get(other))));
    }
}

/// A row for each namespace of destinations: policies are written by namespace, and so are the reasons. What is lost with
/// the pods themselves is no news.
fn split<'v>(view: &View<'v>, difference: &Difference) -> Vec<Row<'v>> {
    let universe = &view.comparison.universe;
    let mut sources = difference.sources.clone();
    let mut by_namespace: BTreeMap<Option<&str>, PeerSet> = BTreeMap::new();
    for destination in difference.destinations.iter() {
        if difference.kind != DifferenceKind::Lost || universe.is_present(1, destination) {
            let own = by_namespace.entry(universe.namespace_of(destination));
            own.or_insert_with(|| PeerSet::none(universe.len())).insert(destination);
        }
    }
    if difference.kind == DifferenceKind::Lost {
        sources.keep(view.head.present_peers());
    }
    let parts = by_namespace.into_values().filter(|to| !sources.is_empty() && !only_itself(&sources, to));
    let rows = parts.map(|destinations| Row {
        kind: difference.kind.clone(),
        origins: origins(view, difference, &sources, &destinations),
        sources: sources.clone(),
        destinations,
        ports: difference.ports.clone(),
    });
    rows.collect()
}

impl Row<'_> {
    fn is_like(&self, other: &Self) -> bool {
        let places = |row: &Self| row.origins.iter().map(|(_, origin)| origin.clone()).collect::<Vec<_>>();
        (&self.kind, &self.sources, &self.ports) == (&other.kind, &other.sources, &other.ports)
            && places(self) == places(other)
    }

    /// Whether this one is lost and the other gained, with one end and the ports the same.
    fn gives_way_to(&self, gained: &Self) -> bool {
        self.kind == DifferenceKind::Lost
            && self.ports == gained.ports
            && (self.destinations == gained.destinations || self.sources == gained.sources)
    }
}

fn only_itself(sources: &PeerSet, destinations: &PeerSet) -> bool {
    sources == destinations && sources.count() == 1
}

fn told_as(view: &View<'_>, row: &Row<'_>, lost: Option<&Row<'_>>) -> Fact {
    let component = row.origins.iter().find_map(|(object, _)| view.owners.component(object));
    let text = match lost {
        Some(lost) => exchange(view, row, lost),
        None => sentence(view, row),
    };
    let places = row.origins.iter().map(|(_, origin)| origin.clone());
    let weight = weight(view, row);
    let fact = fact(weight, text).origins(places);
    match component {
        Some(component) => fact.component(component),
        None => fact,
    }
}

/// One end is exchanged for another.
fn exchange(view: &View<'_>, row: &Row<'_>, lost: &Row<'_>) -> Prose {
    let say = |set: &PeerSet| peers::describe_exactly(&view.comparison.universe, set);
    if lost.destinations == row.destinations {
        let who = say(&row.sources).words(" instead of ").prose(say(&lost.sources));
        return who.words(" may now reach ").prose(say(&row.destinations)).prose(ports(&row.ports));
    }
    let to = say(&row.destinations).words(" instead of ").prose(say(&lost.destinations));
    say(&row.sources).words(" may now reach ").prose(to).prose(ports(&row.ports))
}

fn sentence(view: &View<'_>, row: &Row<'_>) -> Prose {
    let universe = &view.comparison.universe;
    let from = peers::describe(universe, &row.sources, &row.destinations);
    let to = peers::describe_exactly(universe, &row.destinations);
    let ports = ports(&row.ports);
    match &row.kind {
        DifferenceKind::Gained => {
            let prose = from.words(" may now reach ").prose(to).prose(ports);
            match restriction_in_head(view, row) {
                Some(text) => prose.words(", only ").code(text),
                None => prose,
            }
        }
        DifferenceKind::Lost => from.words(" may no longer reach ").prose(to).prose(ports),
        DifferenceKind::Restricted { base, head } if head.is_empty() => {
            from.words(" may say anything to ").prose(to).prose(ports).words(", before only ").code(base)
        }
        DifferenceKind::Restricted { head, .. } => {
            from.words(" may say to ").prose(to).prose(ports).words(" only ").code(head)
        }
        DifferenceKind::HalfOpen(_) => Prose::new(),
    }
}

/// ` on TCP 80`; nothing where every port is meant.
fn ports(ports: &PortSet) -> Prose {
    if ports.to_string() == "every port" {
        return Prose::from(" on every port");
    }
    Prose::from(" on ").code(ports)
}

fn restriction_in_head(view: &View<'_>, row: &Row<'_>) -> Option<String> {
    let (source, destination) = (row.sources.iter().next()?, row.destinations.iter().next()?);
    let (protocol, port) = first_port(&row.ports)?;
    let reach = view.head.reach(destination, &[(protocol, port, port)]);
    let said = reach.first()?.by_restriction.iter().find(|(_, set)| set.contains(source))?;
    (!said.0.is_empty()).then(|| said.0.clone())
}

fn first_port(ports: &PortSet) -> Option<(Protocol, u16)> {
    Protocol::ALL.into_iter().find_map(|protocol| Some((protocol, ports.ranges(protocol).first()?.0)))
}

/// A way in from outside that was not there before is a door; a way to pods that were there before deserves a look; what
/// new pods may do belongs to the answer, and so does what pods lose that nobody has seen.
fn weight(view: &View<'_>, row: &Row<'_>) -> Weight {
    let universe = &view.comparison.universe;
    let is = |set: &PeerSet, fits: &dyn Fn(usize, &PeerKey) -> bool| {
        set.iter().any(|index| universe.peers.get(index).is_some_and(|peer| fits(index, &peer.key)))
    };
    let on_both = |index: usize, _: &PeerKey| universe.is_present(0, index) && universe.is_present(1, index);
    let public = |_: usize, key: &PeerKey| matches!(key, PeerKey::Addresses(range) if range.is_public());
    let seen = |_: usize, key: &PeerKey| !matches!(key, PeerKey::Unseen(_));
    match &row.kind {
        DifferenceKind::Lost if is(&row.sources, &seen) && is(&row.destinations, &seen) => Weight::Notable,
        DifferenceKind::Lost => Weight::Plain,
        _ if is(&row.sources, &public) => Weight::Hazard,
        DifferenceKind::Restricted { head, .. } if head.is_empty() => Weight::Hazard,
        _ if asks_for_names(&row.ports) => Weight::Detail,
        // What new pods get from policies that were there is what was meant for them.
        _ if !is(&row.sources, &on_both) && view.is_by_old_rules(row) => Weight::Detail,
        _ if is(&row.destinations, &on_both) => Weight::Notable,
        _ => Weight::Plain,
    }
}

/// Whether the ports are those of name servers alone.
fn asks_for_names(ports: &PortSet) -> bool {
    let dns = PortSet::one(Protocol::Udp, 53).union(&PortSet::one(Protocol::Tcp, 53));
    ports.without(&dns).is_empty()
}

impl View<'_> {
    fn is_by_old_rules(&self, row: &Row<'_>) -> bool {
        row.origins.iter().all(|(object, _)| !is_policy(object) || self.is_unchanged(object))
    }
}

fn is_policy(object: &Object) -> bool {
    matches!(object.id.group.as_str(), "cilium.io" | "policy.networking.k8s.io")
        || object.id.is("networking.k8s.io", "NetworkPolicy")
}

/// The rules that make the difference, on the side that allows; where none of them changed, what changed beside them.
fn origins<'v>(
    view: &View<'v>,
    difference: &Difference,
    sources: &PeerSet,
    destinations: &PeerSet,
) -> Vec<(&'v Object, Origin)> {
    let (network, side) = match difference.kind {
        DifferenceKind::Lost => (view.base, Side::Base),
        _ => (view.head, Side::Head),
    };
    let pairs =
        sources.iter().flat_map(|source| destinations.iter().map(move |destination| (source, destination)));
    let pairs: Vec<(usize, usize)> = pairs.filter(|(from, to)| from != to).take(PAIRS_MAX).collect();
    let (Some(pair), Some(port)) = (pairs.first(), first_port(&difference.ports)) else { return Vec::new() };
    let changed = |policy: &Policy| !view.is_unchanged(&policy.object);
    let mut found: Vec<(&Object, Origin)> = Vec::new();
    for pair in &pairs {
        for rule in rules(network, side, &network.admitting(*pair, port, changed)) {
            if found.len() < ORIGINS_MAX && !found.iter().any(|(_, origin)| *origin == rule.1) {
                found.push(rule);
            }
        }
    }
    found.sort_by_key(|(object, _)| view.is_unchanged(object));
    if found.iter().any(|(object, _)| !view.is_unchanged(object)) {
        found.retain(|(object, _)| !view.is_unchanged(object));
        return found;
    }
    let pair = *pair;
    // No rule that allows it changed: what isolates or denies did, or the pods.
    let mut beside: Vec<(&Object, Origin)> = Vec::new();
    if difference.kind == DifferenceKind::Lost {
        let blockers = view.head.blockers(pair, port).into_iter();
        beside.extend(blockers.filter_map(|blocker| {
            let policy = view.head.policies.get(blocker.policy)?;
            let mark = blocker.rule.and_then(|rule| policy.rules.get(rule)).map(|rule| rule.mark);
            let mark = mark.unwrap_or(policy.object.root.mark);
            Some((policy.object.as_ref(), policy.origin(Side::Head, mark)))
        }));
    }
    beside.extend(changed_pods(view, pair));
    beside.retain(|(object, _)| !view.is_unchanged(object));
    beside.extend(found);
    beside
}

fn rules<'v>(network: &'v Network<'_>, side: Side, rules: &[(usize, usize)]) -> Vec<(&'v Object, Origin)> {
    let places = rules.iter().filter_map(|(policy, rule)| {
        let policy = network.policies.get(*policy)?;
        let rule = policy.rules.get(*rule)?;
        Some((policy.object.as_ref(), policy.origin(side, rule.mark)))
    });
    places.collect()
}

/// The templates of the pods at both ends, in head, and the namespaces that they are in.
fn changed_pods<'v>(view: &View<'v>, (source, destination): (usize, usize)) -> Vec<(&'v Object, Origin)> {
    let mut found = Vec::new();
    for index in [source, destination] {
        let Some(PeerKey::Workload { namespace, name, kind }) =
            view.comparison.universe.peers.get(index).map(|peer| &peer.key)
        else {
            continue;
        };
        let pods = view.pair.head.workloads_in(namespace);
        let own = pods.filter(|pod| pod.id().name == *name && pod.id().kind == *kind);
        found.extend(own.map(|pod| (pod.object.as_ref(), pod.origin(Side::Head))));
        let object = view.pair.head.namespace(namespace).and_then(|namespace| namespace.object.as_ref());
        found.extend(object.map(|object| (object.as_ref(), object.origin(Side::Head))));
    }
    found
}

/// The direction's word in a sentence.
pub(super) fn way(direction: Direction) -> &'static str {
    match direction {
        Direction::Ingress => "what comes in",
        Direction::Egress => "what goes out",
    }
}
