//! Which pods policies isolate, gained and lost.

use std::collections::BTreeMap;

use manifesto_cluster::network::{Direction, PeerKey, PeerSet};
use manifesto_evidence::{Fact, Prose, Side, Weight};

use super::connections::way;
use super::{View, fact, peers};

/// The pods of one kind of news, by what they gain or lose and the policy that says so.
type Changes = BTreeMap<(News, Option<usize>), PeerSet>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum News {
    /// No policy isolates them any more.
    Open(Direction),
    /// A policy isolates them now.
    Closed(Direction),
    /// New pods, and no policy isolates them.
    NewOpen(Direction),
}

pub(super) fn analyze(view: &View<'_>, facts: &mut Vec<Fact>) {
    // Where nobody writes policies, their absence is no news.
    let in_use = view.base.policies.iter().chain(&view.head.policies).any(|policy| policy.invalid.is_none());
    if !in_use {
        return;
    }
    let mut changes = Changes::new();
    let universe = &view.comparison.universe;
    for (index, peer) in universe.peers.iter().enumerate() {
        if !matches!(peer.key, PeerKey::Workload { .. })
            || !universe.is_present(1, index)
            || is_proxy(view, index)
        {
            continue;
        }
        for direction in Direction::BOTH {
            let Some((news, policy)) = news(view, direction, index) else { continue };
            changes.entry((news, policy)).or_insert_with(|| PeerSet::none(universe.len())).insert(index);
        }
    }
    facts.extend(
        together(changes).into_iter().map(|(news, policy, pods)| sentence(view, &news, policy, &pods)),
    );
}

/// Whether pods belong to an operator: they are where it is, not where the object is that asks for them.
fn is_proxy(view: &View<'_>, pod: usize) -> bool {
    let set = view.comparison.universe.set_of(|index, _| index == pod);
    first_workload(view, &set).is_some_and(|workload| workload.namespace != workload.id().namespace)
}

fn news(view: &View<'_>, direction: Direction, pod: usize) -> Option<(News, Option<usize>)> {
    let is_new = !view.comparison.universe.is_present(0, pod);
    let (before, after) = (view.base.is_isolated(direction, pod), view.head.is_isolated(direction, pod));
    match (is_new, before, after) {
        (false, true, false) => Some((News::Open(direction), view.base.isolating(direction, pod))),
        (false, false, true) => Some((News::Closed(direction), view.head.isolating(direction, pod))),
        (true, _, false) => Some((News::NewOpen(direction), None)),
        _ => None,
    }
}

/// Joins the two directions where the same pods and the same policy are meant.
fn together(changes: Changes) -> Vec<(Vec<News>, Option<usize>, PeerSet)> {
    let mut joined: Vec<(Vec<News>, Option<usize>, PeerSet)> = Vec::new();
    for ((news, policy), pods) in changes {
        let same = |other: &(Vec<News>, Option<usize>, PeerSet)| {
            let kind = |news: &News| std::mem::discriminant(news);
            other.1 == policy && other.2 == pods && other.0.first().map(kind) == Some(kind(&news))
        };
        match joined.iter_mut().find(|other| same(other)) {
            Some(other) => other.0.push(news),
            None => joined.push((vec![news], policy, pods)),
        }
    }
    joined
}

fn sentence(view: &View<'_>, news: &[News], policy: Option<usize>, pods: &PeerSet) -> Fact {
    let who = peers::describe_exactly(&view.comparison.universe, pods);
    let ways: Vec<&str> = news.iter().map(|news| way(news.direction())).collect();
    let ways = ways.join(" and ");
    let (side, weight, text) = match news.first() {
        Some(News::Open(_)) => (
            Side::Base,
            Weight::Hazard,
            Prose::from("No policy limits any longer ").words(ways).words(": ").prose(who),
        ),
        Some(News::Closed(_)) => {
            let text = Prose::from("Denied by default from now on, ").words(ways).words(": ").prose(who);
            (Side::Head, Weight::Notable, text)
        }
        _ => (
            Side::Head,
            Weight::Notable,
            Prose::from("New pods, and no policy limits ").words(ways).words(": ").prose(who),
        ),
    };
    let network = if side == Side::Base { view.base } else { view.head };
    let policy = policy.and_then(|policy| network.policies.get(policy));
    let fact = fact(weight, text);
    match policy {
        Some(policy) => {
            let component = view.owners.component(&policy.object).or_else(|| component_of(view, pods));
            let fact = fact.origins([policy.origin(side, policy.object.root.mark)]);
            component.map_or(fact.clone(), |component| fact.component(component))
        }
        None => with_pods(view, fact, pods),
    }
}

impl News {
    fn direction(self) -> Direction {
        match self {
            Self::Open(direction) | Self::Closed(direction) | Self::NewOpen(direction) => direction,
        }
    }
}

/// Points at the first of some pods.
pub(super) fn with_pods(view: &View<'_>, fact: Fact, pods: &PeerSet) -> Fact {
    let origin = first_workload(view, pods).map(|workload| workload.origin(Side::Head));
    let fact = fact.origins(origin);
    match component_of(view, pods) {
        Some(component) => fact.component(component),
        None => fact,
    }
}

fn component_of<'v>(view: &View<'v>, pods: &PeerSet) -> Option<&'v str> {
    first_workload(view, pods).and_then(|workload| view.owners.component(&workload.object))
}

fn first_workload<'v>(view: &View<'v>, pods: &PeerSet) -> Option<&'v manifesto_cluster::Workload> {
    let first = pods.iter().next()?;
    let universe = &view.comparison.universe;
    view.pair.head.workloads().iter().find(|workload| universe.peer_of(workload) == Some(first))
}
