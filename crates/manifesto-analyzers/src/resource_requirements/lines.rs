//! The totals, and what they leave out.

use std::collections::BTreeSet;

use manifesto_cluster::resources::{Demand, Missing, PodResources};
use manifesto_evidence::{Fact, Origin, Prose, Side, Weight};
use manifesto_objects::Quantity;

use super::fact;
use crate::demands::{Pair, Pairs, Sum};

/// So many objects or components are named in a line; the rest are counted.
pub(super) const NAMED_MAX: usize = 4;

/// An amount in the unit of its resource.
pub(super) fn amount(resource: &str, amount: Quantity) -> String {
    let is_bytes =
        ["memory", "storage", "ephemeral-storage"].contains(&resource) || resource.starts_with("hugepages-");
    if is_bytes { amount.as_bytes() } else { amount.as_cpu() }
}

/// The same with its sign.
fn signed(resource: &str, difference: Quantity) -> String {
    let sign = if difference > Quantity::default() { "+" } else { "" };
    format!("{sign}{}", amount(resource, difference))
}

/// One line per resource that changes, the parts of each component in it.
pub(super) fn totals(costs: &[Pairs<'_>]) -> Vec<Fact> {
    let mut resources: Vec<String> = vec!["cpu".to_owned(), "memory".to_owned()];
    let others: BTreeSet<&String> = costs
        .iter()
        .flat_map(|pairs| &pairs.pairs)
        .filter_map(|pair| pair.newest())
        .filter_map(|(_, demand)| demand.pods.as_ref()?.each.as_ref())
        .flat_map(|pod| pod.requests.0.keys())
        .filter(|name| !resources.contains(name))
        .collect();
    resources.extend(others.into_iter().cloned().collect::<Vec<String>>());
    let mut lines: Vec<Fact> = resources.iter().filter_map(|resource| compute(costs, resource)).collect();
    lines.extend(storage(costs));
    lines
}

/// "CPU: +100m requested (200m → 300m), +1 limit"
fn compute(costs: &[Pairs<'_>], resource: &str) -> Option<Fact> {
    let requests = Difference::of(costs, |sum| sum.requests.get(resource).unwrap_or_default());
    let limits = Difference::of(costs, |sum| sum.limits.get(resource).unwrap_or_default());
    if requests.is_none() && limits.is_none() {
        return None;
    }
    let mut text = match resource {
        "cpu" => Prose::from("CPU: "),
        "memory" => Prose::from("Memory: "),
        other => Prose::new().code(other).words(": "),
    };
    text = match requests.change() {
        change if change.is_zero() => text.words("requests in all as before"),
        change => text.words(format!("{} requested", signed(resource, change))),
    };
    if let Some((before, after)) = requests.both() {
        text = text.words(format!(" ({} → {})", amount(resource, before), amount(resource, after)));
    }
    if !limits.change().is_zero() {
        text = text.words(format!(", {} limit", signed(resource, limits.change())));
    }
    text = text.prose(parts(costs, resource, |pair| {
        change(pair, |sum| sum.requests.get(resource).unwrap_or_default())
    }));
    let differs = |pair: &Pair| {
        let of = |sum: Sum| (sum.requests.get(resource), sum.limits.get(resource));
        of(pair.base_sum()) != of(pair.head_sum())
    };
    let pairs = costs.iter().flat_map(|pairs| &pairs.pairs).filter(|pair| differs(pair));
    let origins = pairs.filter_map(|pair| pod_origin(pair, resource));
    Some(fact(text).weight(Weight::Notable).origins(origins))
}

/// "Storage: +5Gi: `StatefulSet/web`"
fn storage(costs: &[Pairs<'_>]) -> Option<Fact> {
    let pairs: Vec<&Pair> = costs.iter().flat_map(|pairs| &pairs.pairs).collect();
    let changed: Vec<&&Pair> = pairs.iter().filter(|pair| !pair.storage_change().is_zero()).collect();
    let total: Quantity = changed.iter().map(|pair| pair.storage_change()).sum();
    let mut text = Prose::from("Storage: ").words(if total.is_zero() {
        "in all as before".to_owned()
    } else {
        signed("storage", total)
    });
    for (index, pair) in changed.iter().take(NAMED_MAX).enumerate() {
        let (_, demand) = pair.newest()?;
        let first = if total.is_zero() { ": " } else { ", of " };
        text = text.words(if index == 0 { first } else { ", " }).code(demand.object.id.short());
        if changed.len() > 1 {
            text = text.words(format!(" {}", signed("storage", pair.storage_change())));
        }
    }
    if changed.len() > NAMED_MAX {
        text = text.words(format!(" and {} more", changed.len() - NAMED_MAX));
    }
    let origins = changed.iter().filter_map(|pair| claim_origin(pair));
    (!changed.is_empty()).then(|| fact(text).weight(Weight::Notable).origins(origins))
}

/// Claims that outlive what made them.
pub(super) fn kept(pairs: &Pairs<'_>) -> Vec<Fact> {
    let kept = pairs.pairs.iter().filter(|pair| !pair.kept().is_zero());
    let fact = |pair: &Pair| {
        let demand = pair.base.as_ref()?;
        let what = if pair.head.is_some() { " has fewer pods" } else { " goes" };
        let text = Prose::from("Storage: ")
            .words(format!("{} stay allocated, because the claims of ", pair.kept().as_bytes()))
            .code(demand.object.id.short())
            .words(" are not deleted when it")
            .words(what);
        Some(fact(text).weight(Weight::Notable).origins(claim_origin(pair)))
    };
    kept.filter_map(fact).collect()
}

/// A list of what the containers of a pod do not say.
type Lack = fn(&PodResources) -> &[Missing];

/// Containers that are new, or have lost a bound, and ask for nothing or may use everything.
pub(super) fn missing(pairs: &Pairs<'_>) -> Vec<Fact> {
    let lists: [(&str, Lack); 2] =
        [("No limit for", |pod| &pod.unlimited), ("Nothing requested for", |pod| &pod.unrequested)];
    let mut facts = Vec::new();
    for (words, list) in lists {
        for resource in ["CPU", "memory"] {
            let key = resource.to_ascii_lowercase();
            let new = pairs.differing().filter_map(|pair| {
                let head = pair.head.as_ref()?;
                let of = |demand: &Demand| -> BTreeSet<String> {
                    let pod = demand.pods.as_ref().and_then(|pods| pods.each.as_ref());
                    let own = pod.map(list).unwrap_or_default().iter();
                    own.filter(|missing| missing.resource == key).map(|m| m.container.clone()).collect()
                };
                let before = pair.before().map(&of).unwrap_or_default();
                let origin = list(head.pods.as_ref()?.each.as_ref()?)
                    .iter()
                    .find(|m| m.resource == key && !before.contains(&m.container))
                    .map(|missing| head.object.origin_at(Side::Head, missing.mark))?;
                Some((head.object.id.short(), origin))
            });
            let (names, origins): (Vec<String>, Vec<Origin>) = new.unzip();
            let text = Prose::new().words(format!("{words} {resource}: ")).list(&names, NAMED_MAX);
            facts.extend((!names.is_empty()).then(|| fact(text).origins(origins)));
        }
    }
    facts.extend(undecided(pairs));
    facts
}

/// Pods whose operator decides what they ask for.
fn undecided(pairs: &Pairs<'_>) -> Option<Fact> {
    let new = pairs.differing().filter_map(|pair| {
        let head = pair.head.as_ref()?;
        let is_undecided = |demand: &Demand| demand.pods.as_ref().is_some_and(|pods| pods.each.is_none());
        let is_new = is_undecided(head) && !pair.before().is_some_and(is_undecided);
        is_new.then(|| (head.object.id.short(), head.object.origin(Side::Head)))
    });
    let (names, origins): (Vec<String>, Vec<Origin>) = new.unzip();
    let text =
        Prose::new().words("Says nothing of CPU and memory, which are not counted: ").list(&names, NAMED_MAX);
    (!names.is_empty()).then(|| fact(text).origins(origins))
}

/// An amount over all components, on both sides.
struct Difference {
    before: Quantity,
    after: Quantity,
    differs: bool,
}

impl Difference {
    fn of(costs: &[Pairs<'_>], of: impl Fn(&Sum) -> Quantity) -> Self {
        let mut found = Self { before: Quantity::default(), after: Quantity::default(), differs: false };
        for pair in costs.iter().flat_map(|pairs| &pairs.pairs) {
            let (before, after) = (of(&pair.base_sum()), of(&pair.head_sum()));
            found.before = found.before + before;
            found.after = found.after + after;
            found.differs |= before != after;
        }
        found
    }

    fn is_none(&self) -> bool {
        !self.differs
    }

    fn change(&self) -> Quantity {
        self.after - self.before
    }

    /// Both amounts, where each says something that the difference does not.
    fn both(&self) -> Option<(Quantity, Quantity)> {
        (!self.before.is_zero() && !self.after.is_zero() && self.before != self.after)
            .then_some((self.before, self.after))
    }
}

fn change(pair: &Pair, of: impl Fn(&Sum) -> Quantity) -> Quantity {
    of(&pair.head_sum()) - of(&pair.base_sum())
}

/// ": `web` +100m, `db` -50m", where there is more than one.
fn parts(costs: &[Pairs<'_>], resource: &str, change: impl Fn(&Pair) -> Quantity) -> Prose {
    let parts: Vec<(&str, Quantity)> = costs
        .iter()
        .map(|pairs| (pairs.component.name.as_str(), pairs.pairs.iter().map(&change).sum::<Quantity>()))
        .filter(|(_, change)| !change.is_zero())
        .collect();
    if parts.len() < 2 {
        return Prose::new();
    }
    let mut text = Prose::new();
    for (index, (name, change)) in parts.iter().take(NAMED_MAX).enumerate() {
        let separator = if index == 0 { ": " } else { ", " };
        text = text.words(separator).code(name).words(format!(" {}", signed(resource, *change)));
    }
    if parts.len() > NAMED_MAX {
        text = text.words(format!(" and {} more", parts.len() - NAMED_MAX));
    }
    text
}

/// Where a pod says what it needs of a resource.
fn pod_origin(pair: &Pair, resource: &str) -> Option<Origin> {
    let (side, demand) = pair.newest()?;
    let containers = &demand.pods.as_ref()?.each.as_ref()?.containers;
    let says = containers.iter().find(|container| container.requests.get(resource).is_some());
    Some(match says {
        Some(container) => demand.object.origin_at(side, container.mark),
        None => demand.object.origin(side),
    })
}

fn claim_origin(pair: &Pair) -> Option<Origin> {
    let (side, demand) = pair.newest()?;
    let mark = demand.claims.first().map(|claim| claim.mark);
    Some(mark.map_or_else(|| demand.object.origin(side), |mark| demand.object.origin_at(side, mark)))
}
