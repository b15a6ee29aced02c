//! What pods cannot do without: the API server for those that have permissions, and the addresses of names.

use std::collections::BTreeSet;

use manifesto_cluster::Workload;
use manifesto_cluster::network::{Direction, Network, PeerKey, PeerSet, PeerTerm, Policy};
use manifesto_evidence::{Fact, Prose, Side, Weight};
use manifesto_yaml::Node;

use super::{View, fact, isolation, peers};

pub(super) fn analyze(view: &View<'_>, facts: &mut Vec<Fact>) {
    let bound = bound_pods(view);
    let universe = &view.comparison.universe;
    let lost_api = lost(view, Network::may_leave_for_api_server).and(&bound);
    let lost_names = lost(view, |network, _| network.may_ask_for_names());
    let says = [
        (lost_api, "Bound to a role and may no longer reach the API server"),
        (lost_names, "May no longer ask for the addresses of names"),
    ];
    for (pods, what) in says {
        let mut rest = pods;
        while let Some(first) = first_of(&rest) {
            let policy = view.head.isolating(Direction::Egress, first);
            let same = universe
                .set_of(|i, _| rest.contains(i) && view.head.isolating(Direction::Egress, i) == policy);
            let text = Prose::from(what).words(": ").prose(peers::describe_exactly(universe, &same));
            facts.push(by_policy(view, policy, fact(Weight::Hazard, text), &same));
            rest.remove(&same);
        }
    }
    let deaf = view.head.policies.iter().enumerate().filter_map(|(index, policy)| deaf(view, index, policy));
    facts.extend(deaf);
}

fn first_of(set: &PeerSet) -> Option<usize> {
    set.iter().next()
}

/// The pods that had something in base, or are new, and do not have it in head. Pods that may talk to nobody are meant to
/// be alone.
fn lost<'v>(view: &View<'v>, may: impl Fn(&Network<'v>, bool) -> PeerSet) -> PeerSet {
    let universe = &view.comparison.universe;
    let (before, after) = (may(view.base, false), may(view.head, true));
    let (before, alone) = (before.or(&may(view.base, true)), alone(view));
    universe.set_of(|index, peer| {
        let is_new = !universe.is_present(0, index);
        let pod = matches!(peer.key, PeerKey::Workload { .. });
        pod && universe.is_present(1, index)
            && !after.contains(index)
            && (before.contains(index) || is_new)
            && !alone.contains(index)
    })
}

/// Pods that no rule lets out anywhere.
fn alone(view: &View<'_>) -> PeerSet {
    let universe = &view.comparison.universe;
    let mut let_out = PeerSet::none(universe.len());
    for (policy, owners) in view.head.policies.iter().zip(&view.head.owners) {
        if policy.rules.iter().any(|rule| rule.direction == Direction::Egress) {
            let_out.add(owners);
        }
    }
    universe.set_of(|index, _| !let_out.contains(index))
}

fn by_policy(view: &View<'_>, policy: Option<usize>, fact: Fact, pods: &PeerSet) -> Fact {
    let Some(policy) = policy.and_then(|policy| view.head.policies.get(policy)) else {
        return isolation::with_pods(view, fact, pods);
    };
    let fact = fact.origins([policy.origin(Side::Head, policy.object.root.mark)]);
    match view.owners.component(&policy.object) {
        Some(component) => fact.component(component),
        None => fact,
    }
}

/// The pods whose ServiceAccount a binding in head names.
fn bound_pods(view: &View<'_>) -> PeerSet {
    let mut bound: BTreeSet<(&str, &str)> = BTreeSet::new();
    for kind in ["RoleBinding", "ClusterRoleBinding"] {
        for binding in view.pair.head.of_kind("rbac.authorization.k8s.io", kind) {
            for subject in binding.at(&["subjects"]).map(Node::items).unwrap_or_default() {
                let text = |key| subject.get(key).and_then(Node::as_str);
                if text("kind") == Some("ServiceAccount") {
                    bound.extend(text("namespace").zip(text("name")));
                }
            }
        }
    }
    let universe = &view.comparison.universe;
    let is_bound = |workload: &&Workload| {
        bound.contains(&(workload.namespace.as_str(), workload.service_account.as_str()))
    };
    let mut pods = PeerSet::none(universe.len());
    for workload in view.pair.head.workloads().iter().filter(is_bound) {
        universe.peer_of(workload).into_iter().for_each(|index| pods.insert(index));
    }
    pods
}

/// A changed policy that allows hosts by name to pods whose questions for names Cilium does not hear: it never learns the
/// addresses, and the rule allows nothing (Cilium, Documentation/security/dns.rst).
fn deaf(view: &View<'_>, index: usize, policy: &Policy) -> Option<Fact> {
    if policy.invalid.is_some() || view.is_unchanged(&policy.object) {
        return None;
    }
    let rule =
        policy.rules.iter().find(|rule| rule.peers.iter().any(|term| matches!(term, PeerTerm::Names(_))))?;
    let owners = view.head.owners.get(index)?;
    let deaf = owners.without(&view.head.heard);
    if deaf.is_empty() {
        return None;
    }
    let text = Prose::new()
        .code(policy.object.id.short())
        .words(" allows hosts by name, and no rule with `dns` covers ")
        .prose(peers::describe_exactly(&view.comparison.universe, &deaf))
        .words(": their addresses are never learned");
    let fact = fact(Weight::Hazard, text).origins([policy.origin(Side::Head, rule.mark)]);
    Some(match view.owners.component(&policy.object) {
        Some(component) => fact.component(component),
        None => fact,
    })
}
