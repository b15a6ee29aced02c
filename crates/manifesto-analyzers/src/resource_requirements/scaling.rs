//! What is not there all the time: autoscalers, jobs, one pod per node, rollouts.

use manifesto_cluster::resources::{Amounts, Count, Demand, PodDemand};
use manifesto_evidence::{Fact, Origin, Prose, Side, Weight};

use super::fact;
use super::lines::amount;
use crate::demands::{Pair, Pairs};

/// What comes and goes with the objects that differ.
pub(super) fn facts(pairs: &Pairs<'_>) -> Vec<Fact> {
    pairs.differing().filter(|pair| counts_differently(pair)).flat_map(of).collect()
}

/// Whether a pair says something here that base does not.
fn counts_differently(pair: &Pair) -> bool {
    let said = |demand: Option<&Demand>| {
        let pods = demand.and_then(|demand| demand.pods.as_ref());
        pods.map(|pods| {
            (range(&pods.count), pods.surge, pods.each.as_ref().map(|each| each.requests.clone()))
        })
    };
    said(pair.before()) != said(pair.head.as_ref())
}

fn range(count: &Count) -> (i64, i64) {
    match count {
        Count::Always(count) => (*count, *count),
        Count::Between { min, max, .. } => (*min, *max),
        Count::PerNode => (-1, -1),
        Count::WhileRunning(count) => (0, *count),
        Count::Unknown => (-2, -2),
    }
}

fn of(pair: &Pair) -> Vec<Fact> {
    let Some((head, pods)) = pair.head.as_ref().and_then(|head| Some((head, head.pods.as_ref()?))) else {
        return Vec::new();
    };
    let name = || Prose::new().code(head.object.id.short());
    let origin = head.object.origin(Side::Head);
    let mut facts: Vec<Fact> = Vec::new();
    match &pods.count {
        Count::Always(count) if pods.surge > 0 && *count > 0 => facts.extend(rollout(head, pods)),
        Count::Always(_) => {}
        Count::Between { min, max, by } => {
            facts.extend(scaled(head, pods, *min, *max, by.origin(Side::Head)));
        }
        Count::PerNode => {
            let text = name().words(" runs once on each node").prose(times(pods, 1, ", each with "));
            facts.push(fact(text.words("; not counted")).origins([origin]));
        }
        Count::WhileRunning(count) => {
            let runs = if *count == 1 { " runs at times" } else { " runs several pods at times" };
            let text = name().words(runs).prose(times(pods, *count, ", with "));
            facts.push(fact(text.words("; not counted")).weight(Weight::Detail).origins([origin]));
        }
        Count::Unknown => {
            let text = name().words(" runs as many pods as its controller decides; not counted");
            facts.push(fact(text).origins([origin]));
        }
    }
    facts
}

/// "`Deployment/web` scales from 2 to 10 pods: up to 1 CPU and 2Gi memory requested"
fn scaled(head: &Demand, pods: &PodDemand, min: i64, max: i64, by: Origin) -> Vec<Fact> {
    let text = Prose::new()
        .code(head.object.id.short())
        .words(format!(" scales from {min} to {max} pods"))
        .prose(times(pods, max, ", up to "))
        .words(format!("; counted with {min}"));
    let mut facts = vec![fact(text).origins([by.clone()])];
    let replicas = head.object.at(&["spec", "replicas"]).filter(|node| !node.is_null());
    if let Some(replicas) = replicas {
        let text = Prose::new()
            .code(head.object.id.short())
            .words(" sets ")
            .code("spec.replicas")
            .words(" although an autoscaler does: each sync sets it back");
        let origin = head.object.origin_at(Side::Head, replicas.mark);
        facts.push(fact(text).weight(Weight::Notable).origins([origin, by]));
    }
    facts
}

/// What a rollout needs beyond what is counted.
fn rollout(head: &Demand, pods: &PodDemand) -> Option<Fact> {
    let more = times(pods, pods.surge, " and needs ");
    if more.is_empty() {
        return None;
    }
    let text = Prose::new()
        .code(head.object.id.short())
        .words(format!(
            " runs {} more while it rolls out",
            crate::wording::count(to_usize(pods.surge), "pod")
        ))
        .prose(more)
        .words(" besides");
    Some(fact(text).weight(Weight::Detail).origins([head.object.origin(Side::Head)]))
}

fn to_usize(count: i64) -> usize {
    usize::try_from(count).unwrap_or_default()
}

/// "`words` 100m CPU and 64Mi memory": the requests of so many pods; nothing where they request nothing.
fn times(pods: &PodDemand, count: i64, words: &str) -> Prose {
    let Some(each) = &pods.each else { return Prose::new() };
    let Amounts(amounts) = each.requests.times(count);
    let said = |name: &str, word: &str| {
        let found = amounts.get(name).filter(|found| !found.is_zero())?;
        Some(format!("{} {word}", amount(name, *found)))
    };
    let parts: Vec<String> =
        [("cpu", "CPU"), ("memory", "memory")].iter().filter_map(|(n, w)| said(n, w)).collect();
    if parts.is_empty() {
        Prose::new()
    } else {
        Prose::new().words(format!("{words}{}", parts.join(" and ")))
    }
}
