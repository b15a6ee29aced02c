//! Policies and rules that do nothing.

use std::collections::BTreeSet;

use manifesto_cluster::network::{
    Action, Direction, NamespaceScope, Network, PeerKey, PeerTerm, PodSelector, Policy, PortSet, Rule,
};
use manifesto_evidence::{Fact, Prose, Side, Weight};

use super::{View, fact, peers};

pub(super) fn analyze(view: &View<'_>, facts: &mut Vec<Fact>) {
    let mut refused = BTreeSet::new();
    for (index, policy) in view.head.policies.iter().enumerate() {
        let changed = !view.is_unchanged(&policy.object);
        if let Some((why, mark)) = policy.invalid.as_ref().filter(|_| changed) {
            if refused.insert(&policy.object.id) {
                let text = Prose::new().code(policy.object.id.short()).words(" is refused as a whole: ");
                facts.push(about(view, policy, *mark, fact(Weight::Hazard, text.prose(Prose::clause(why)))));
            }
            continue;
        }
        facts.extend(selects_nothing(view, index, policy, changed));
        if changed {
            facts.extend(policy.rules.iter().filter_map(|rule| dead_rule(view, index, policy, rule)));
            facts.extend(policy.unknown.iter().map(|what| {
                let text =
                    Prose::new().code(policy.object.id.short()).words(" may allow more: nobody knows ");
                about(
                    view,
                    policy,
                    policy.object.root.mark,
                    fact(Weight::Notable, text.prose(Prose::clause(what))),
                )
            }));
        }
    }
}

fn about(view: &View<'_>, policy: &Policy, mark: manifesto_yaml::Mark, fact: Fact) -> Fact {
    let fact = fact.origins([policy.origin(Side::Head, mark)]);
    match view.owners.component(&policy.object) {
        Some(component) => fact.component(component),
        None => fact,
    }
}

/// A policy that selected pods in base and selects none in head; or a changed one, where all pods are known.
fn selects_nothing(view: &View<'_>, index: usize, policy: &Policy, changed: bool) -> Option<Fact> {
    let owners = view.head.owners.get(index)?;
    if owners.iter().any(|owner| is_seen(view, owner))
        || policy.tier != manifesto_cluster::network::Tier::Namespace
    {
        return None;
    }
    let before = seen_before(view, &policy.subject);
    let known = match &policy.subject.namespaces {
        NamespaceScope::Only(namespace) => !view.pair.head.may_hide_in(namespace),
        _ => view.pair.head.is_complete(),
    };
    // Where the namespace of pods is not written down, they may be here.
    let stray = view.pair.head.workloads_in("").any(|pod| pod.labels.satisfy(&policy.subject.pods));
    // The policy of a whole namespace waits for pods to come.
    let waits = policy.subject.pods.is_empty();
    if stray || !(before || changed && known && !waits) {
        return None;
    }
    let text = Prose::new().code(policy.object.id.short()).words(" selects no pod");
    let text = if before { text.words(" any more: ") } else { text.words(": ") };
    let mark = selector_mark(policy);
    Some(about(view, policy, mark, fact(Weight::Hazard, text.code(&policy.subject))))
}

fn selector_mark(policy: &Policy) -> manifesto_yaml::Mark {
    let paths: [&[&str]; 3] = [&["spec", "endpointSelector"], &["spec", "podSelector"], &["spec", "subject"]];
    let selector = paths.iter().find_map(|path| policy.object.at(path));
    selector.map_or(policy.object.root.mark, |node| node.mark)
}

/// Whether pods that are gone in head were there: a component that leaves takes its policies with it, or should.
fn seen_before(view: &View<'_>, selector: &PodSelector) -> bool {
    let found = view.comparison.universe.matching(0, selector);
    found.iter().any(|pod| is_seen(view, pod))
}

fn is_seen(view: &View<'_>, index: usize) -> bool {
    matches!(view.comparison.universe.peers.get(index).map(|peer| &peer.key), Some(PeerKey::Workload { .. }))
}

/// A rule that allows nothing in the end: it names no pod any more, or the other end forbids all of it.
fn dead_rule(view: &View<'_>, index: usize, policy: &Policy, rule: &Rule) -> Option<Fact> {
    let owners = view.head.owners.get(index).filter(|owners| !owners.is_empty())?;
    if rule.action != Action::Allow {
        return None;
    }
    if let Some(selector) = api_server_pod(rule) {
        let text = Prose::new()
            .code(policy.object.id.short())
            .words(" selects a pod of the control plane, ")
            .code(selector)
            .words(", which uses the network of its node: the rule allows nothing");
        return Some(about(view, policy, rule.mark, fact(Weight::Notable, text)));
    }
    let peers_of_rule = view.head.peers_named(&rule.peers);
    let only_pods = rule.peers.iter().all(|term| matches!(term, PeerTerm::Pods(_)));
    let governed = |peer: usize| match rule.direction {
        Direction::Ingress => view.head.is_isolated(Direction::Egress, peer),
        Direction::Egress => view.head.is_isolated(Direction::Ingress, peer),
    };
    if !only_pods || peers_of_rule.is_empty() || !peers_of_rule.iter().all(governed) {
        return None;
    }
    let takes_effect =
        owners.iter().any(|owner| peers_of_rule.iter().any(|peer| allows(view.head, rule, owner, peer)));
    if takes_effect {
        return None;
    }
    let (own, others) = (
        peers::describe_exactly(&view.comparison.universe, owners),
        peers::describe_exactly(&view.comparison.universe, &peers_of_rule),
    );
    let name = Prose::new().code(policy.object.id.short());
    let text = match rule.direction {
        Direction::Ingress => name
            .words(" admits ")
            .prose(others)
            .words(" to ")
            .prose(own)
            .words(", which may not leave for it"),
        Direction::Egress => {
            name.words(" lets ").prose(own).words(" out to ").prose(others).words(", which does not admit it")
        }
    };
    Some(about(view, policy, rule.mark, fact(Weight::Notable, text)))
}

/// Whether what a rule allows between two pods is allowed in the end, on any of its ports.
fn allows(network: &Network<'_>, rule: &Rule, owner: usize, peer: usize) -> bool {
    let (source, destination) = match rule.direction {
        Direction::Ingress => (peer, owner),
        Direction::Egress => (owner, peer),
    };
    let ports = network.ports_at(destination, &rule.ports);
    let told: Vec<PortSet> =
        network.ports_told_apart(destination).into_iter().chain([ports.clone()]).collect();
    let pieces: Vec<_> = PortSet::pieces(&told)
        .into_iter()
        .filter(|(protocol, low, _)| ports.contains(*protocol, *low))
        .collect();
    network.reach(destination, &pieces).iter().any(|reach| reach.allowed.contains(source))
}

/// A selector that asks for the API server's own pod.
fn api_server_pod(rule: &Rule) -> Option<&PodSelector> {
    rule.peers.iter().find_map(|term| match term {
        PeerTerm::Pods(selector) => selector.names_static_pod().then_some(selector),
        _ => None,
    })
}
