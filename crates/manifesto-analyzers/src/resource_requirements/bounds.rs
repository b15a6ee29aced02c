//! What LimitRanges and ResourceQuotas refuse.

use std::collections::BTreeSet;

use manifesto_cluster::Cluster;
use manifesto_cluster::resources::{
    Demand, Excess, LimitRanges, Refusal, demands, excesses, mandatory, quotas,
};
use manifesto_evidence::{Fact, Prose, Side, Weight};
use manifesto_objects::ObjectId;

use super::fact;
use super::lines::{NAMED_MAX, amount};
use crate::demands::Pairs;
use crate::surroundings::Surroundings;

/// What will be refused in head and was not in base.
pub(super) fn facts(pairs: &Pairs<'_>, surroundings: &Surroundings<'_>) -> Vec<Fact> {
    if pairs.pairs.is_empty() {
        return Vec::new();
    }
    let around = |side| surroundings.around(pairs.component, side);
    let (before, after) = (around(Side::Base), around(Side::Head));
    let mut facts = Vec::new();
    for pair in &pairs.pairs {
        let old: BTreeSet<String> =
            pair.base.iter().flat_map(|demand| refusals(demand, before)).map(|r| key(&r)).collect();
        let Some(head) = &pair.head else { continue };
        let new = refusals(head, after).into_iter().filter(|refusal| !old.contains(&key(refusal)));
        facts.extend(new.map(|found| refusal(head, &found)));
        facts.extend(unquoted(head, after, pair.base.as_ref().map(|base| (base, before))));
    }
    facts.extend(exceeded(pairs, before, after));
    facts
}

fn refusals(demand: &Demand, around: &Cluster) -> Vec<Refusal> {
    let ranges = LimitRanges::of(around, &demand.namespace);
    let pod = demand.pods.as_ref().and_then(|pods| pods.each.as_ref());
    // What an operator adds to a container that it makes is not known.
    let pod = pod.filter(|pod| !pod.containers.is_empty());
    let sizes = demand.claims.iter().filter_map(|claim| claim.size);
    pod.map(|pod| ranges.refusals(pod))
        .into_iter()
        .flatten()
        .chain(sizes.flat_map(|size| ranges.claim_refusals(size)))
        .collect()
}

fn key(refusal: &Refusal) -> String {
    format!("{:?} {} {:?} {}", refusal.range.id, refusal.resource, refusal.container, refusal.is_maximum)
}

/// "`LimitRange/bounds` refuses the pods of `Deployment/web`: `web` may use 2Gi memory, at most 1Gi is allowed"
fn refusal(demand: &Demand, refusal: &Refusal) -> Fact {
    let subject = if demand.pods.is_some() && refusal.resource != "storage" {
        "the pods of "
    } else {
        "the claims of "
    };
    let mut text = Prose::new()
        .code(refusal.range.id.short())
        .words(" refuses ")
        .words(subject)
        .code(demand.object.id.short())
        .words(": ");
    text = match &refusal.container {
        Some(container) => text.code(container),
        None => text.words("each"),
    };
    let verb = if refusal.is_maximum { " may use " } else { " asks for " };
    let said = refusal.amount.map_or_else(|| "any amount".to_owned(), |said| amount(&refusal.resource, said));
    let bound = if refusal.is_maximum { "at most " } else { "at least " };
    let bound = format!("{bound}{}", amount(&refusal.resource, refusal.bound));
    text = text
        .words(format!("{verb}{said} of "))
        .code(&refusal.resource)
        .words(format!(", allowed is {bound}"));
    let origins = [demand.object.origin(Side::Head), refusal.range.origin_at(Side::Head, refusal.mark)];
    fact(text).weight(Weight::Hazard).origins(origins)
}

/// A quota makes requests and limits mandatory.
fn unquoted(head: &Demand, around: &Cluster, base: Option<(&Demand, &Cluster)>) -> Option<Fact> {
    let lacks = |demand: &Demand, around: &Cluster| {
        let pod = demand.pods.as_ref()?.each.as_ref().filter(|pod| !pod.containers.is_empty())?;
        quotas(around, &demand.namespace).find_map(|quota| {
            let needed = mandatory(quota).into_iter().find(|(what, resource)| {
                let list = if *what == "limits" { &pod.unlimited } else { &pod.unrequested };
                list.iter().any(|missing| missing.resource == *resource)
            })?;
            Some((quota.clone(), needed))
        })
    };
    let (quota, (what, resource)) = lacks(head, around)?;
    if base.is_some_and(|(demand, around)| lacks(demand, around).is_some()) {
        return None;
    }
    let text = Prose::new()
        .code(quota.id.short())
        .words(" refuses the pods of ")
        .code(head.object.id.short())
        .words(format!(": it makes {what} of {resource} mandatory, and they have none"));
    let origins = [head.object.origin(Side::Head), quota.origin(Side::Head)];
    Some(fact(text).weight(Weight::Hazard).origins(origins))
}

/// Quotas of the component's namespaces that are passed in head and were not in base.
fn exceeded(pairs: &Pairs<'_>, before: &Cluster, after: &Cluster) -> Vec<Fact> {
    let namespaces: BTreeSet<&str> = pairs
        .differing()
        .filter_map(|pair| Some(pair.head.as_ref()?.namespace.as_str()))
        .filter(|namespace| quotas(after, namespace).next().is_some())
        .collect();
    if namespaces.is_empty() {
        return Vec::new();
    }
    let (base, head) = (demands(before, || before), demands(after, || after));
    let mut facts = Vec::new();
    for namespace in namespaces {
        let old: BTreeSet<(ObjectId, String)> = excesses(before, &base, namespace)
            .into_iter()
            .map(|excess| (excess.quota.id.clone(), excess.resource))
            .collect();
        let new = excesses(after, &head, namespace);
        let new = new.iter().filter(|e| !old.contains(&(e.quota.id.clone(), e.resource.clone())));
        facts.extend(new.map(|excess| excessive(excess, pairs)));
    }
    facts
}

fn excessive(excess: &Excess, pairs: &Pairs<'_>) -> Fact {
    let resource = excess.resource.rsplit('.').next().unwrap_or_default();
    let shown =
        |quantity| amount(if excess.resource.ends_with("storage") { "storage" } else { resource }, quantity);
    let is_storage = excess.resource.ends_with("storage") || excess.resource == "persistentvolumeclaims";
    let asks = |demand: &&Demand| if is_storage { !demand.claims.is_empty() } else { demand.pods.is_some() };
    let new = pairs.differing().filter_map(|pair| pair.head.as_ref()).filter(asks);
    let new = new.map(|demand| demand.object.id.short());
    let text = Prose::new()
        .code(excess.quota.id.short())
        .words(" allows ")
        .words(shown(excess.hard))
        .words(" of ")
        .code(&excess.resource)
        .words(format!(", and its namespace asks for {}: not everything fits of ", shown(excess.used)))
        .list(new.collect::<Vec<String>>(), NAMED_MAX);
    let quota = &excess.quota;
    let mark = quota.at(&["spec", "hard", &excess.resource]).map_or(quota.root.mark, |node| node.mark);
    fact(text).weight(Weight::Hazard).origins([quota.origin_at(Side::Head, mark)])
}
