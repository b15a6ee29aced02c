//! What each object asks for on both sides.

use std::collections::{BTreeMap, BTreeSet};

use manifesto_cluster::Cluster;
use manifesto_cluster::resources::{Amounts, Claim, Demand, demands};
use manifesto_evidence::Side;
use manifesto_gitops::{AffectedComponent, Change};
use manifesto_objects::{ChangeKind, ObjectId, Quantity};

use crate::surroundings::Surroundings;

/// What one object asks for on both sides.
pub(crate) struct Pair {
    pub(crate) base: Option<Demand>,
    pub(crate) head: Option<Demand>,
    /// What the object asked for under the name that it had in base: its successor's lacks are not new.
    pub(crate) before_rename: Option<Demand>,
}

/// What the objects of a component ask for on both sides.
pub(crate) struct Pairs<'c> {
    pub(crate) component: &'c AffectedComponent,
    pub(crate) pairs: Vec<Pair>,
}

/// What a demand amounts to, all the time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    pub(crate) requests: Amounts,
    /// Of what is bounded.
    pub(crate) limits: Amounts,
    pub(crate) storage: Quantity,
}

impl<'c> Pairs<'c> {
    pub(crate) fn of(change: &Change, component: &'c AffectedComponent, around: &Surroundings<'_>) -> Self {
        let side = |side: Side| -> BTreeMap<ObjectId, Demand> {
            let Some(own) = component.side(side) else { return BTreeMap::new() };
            let cluster = Cluster::new(own.rendering.objects.clone(), Vec::new());
            let demands = demands(&cluster, || around.around(component, side));
            demands.into_iter().map(|demand| (demand.object.id.clone(), demand)).collect()
        };
        let (mut base, mut head) = (side(Side::Base), side(Side::Head));
        keep_known(change, &mut base, &mut head);
        let ids: BTreeSet<ObjectId> = base.keys().chain(head.keys()).cloned().collect();
        let mut renamed = renamed(change, &base);
        let pairs = ids.into_iter().map(|id| Pair {
            before_rename: renamed.remove(&id),
            base: base.remove(&id),
            head: head.remove(&id),
        });
        Self { component, pairs: pairs.collect() }
    }

    /// The objects whose demand differs.
    pub(crate) fn differing(&self) -> impl Iterator<Item = &Pair> {
        self.pairs.iter().filter(|pair| pair.differs())
    }
}

/// An object that one side alone has may be hidden on the other by something that is not known there: it counts only where
/// the change set says what becomes of it.
fn keep_known(change: &Change, base: &mut BTreeMap<ObjectId, Demand>, head: &mut BTreeMap<ObjectId, Demand>) {
    let changes = &change.objects.changes;
    let gone: BTreeSet<&ObjectId> = changes.iter().filter_map(|c| Some(&c.base.as_ref()?.id)).collect();
    let new: BTreeSet<&ObjectId> = changes.iter().filter_map(|c| Some(&c.head.as_ref()?.id)).collect();
    base.retain(|id, _| head.contains_key(id) || gone.contains(id));
    head.retain(|id, _| base.contains_key(id) || new.contains(id));
}

/// What renamed objects asked for, by their new names.
fn renamed(change: &Change, base: &BTreeMap<ObjectId, Demand>) -> BTreeMap<ObjectId, Demand> {
    let renamed = change.objects.changes.iter().filter(|change| change.kind == ChangeKind::Renamed);
    renamed
        .filter_map(|change| {
            let before = base.get(&change.base.as_ref()?.id)?;
            Some((change.id().clone(), before.clone()))
        })
        .collect()
}

impl Pair {
    /// What the object asked for in base, under whatever name.
    pub(crate) fn before(&self) -> Option<&Demand> {
        self.base.as_ref().or(self.before_rename.as_ref())
    }

    /// The side that counts: head, unless the object is gone.
    pub(crate) fn newest(&self) -> Option<(Side, &Demand)> {
        let head = self.head.as_ref().map(|demand| (Side::Head, demand));
        head.or(self.base.as_ref().map(|demand| (Side::Base, demand)))
    }

    pub(crate) fn base_sum(&self) -> Sum {
        self.base.as_ref().map(sum).unwrap_or_default()
    }

    pub(crate) fn head_sum(&self) -> Sum {
        self.head.as_ref().map(sum).unwrap_or_default()
    }

    /// How much storage claims keep that nothing uses any more.
    pub(crate) fn kept(&self) -> Quantity {
        let kept = |demand: &Demand| -> Quantity {
            demand.claims.iter().filter(|claim| claim.is_kept).filter_map(Claim::total).sum()
        };
        let base = self.base.as_ref().map(kept).unwrap_or_default();
        let head = self.head.as_ref().map(kept).unwrap_or_default();
        if base > head { base - head } else { Quantity::default() }
    }

    /// How the storage that is allocated changes.
    pub(crate) fn storage_change(&self) -> Quantity {
        self.head_sum().storage - self.base_sum().storage + self.kept()
    }

    /// Whether the object is new, gone or asks for something else.
    pub(crate) fn differs(&self) -> bool {
        let (Some(base), Some(head)) = (&self.base, &self.head) else { return true };
        self.base_sum() != self.head_sum() || base.object.root != head.object.root
    }
}

fn sum(demand: &Demand) -> Sum {
    let mut sum = Sum { storage: demand.claims.iter().filter_map(Claim::total).sum(), ..Sum::default() };
    let pods = demand.pods.as_ref();
    if let Some((pod, count)) = pods.and_then(|pods| Some((pods.each.as_ref()?, pods.count.steady()?))) {
        sum.requests = pod.requests.times(count);
        sum.limits = pod.limits.times(count);
        sum.limits.0.retain(|name, _| pod.unlimited.iter().all(|missing| missing.resource != name));
    }
    sum
}
