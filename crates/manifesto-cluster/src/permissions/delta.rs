//! What two sets of permissions give to each subject, subtracted.

use std::collections::BTreeSet;

use super::power::Powers;
use super::{Grants, Held, Permissions, Subject};

/// How many permissions are looked at before the comparison stops; five hundred ServiceAccounts with large roles have
/// some two hundred thousand.
const PERMISSIONS_MAX: usize = 4_000_000;

/// Up to here, what a subject holds is first compared role by role, so that most subjects need no more.
const COMPARISONS_MAX: usize = 10_000;

/// What a subject gains and loses.
#[derive(Debug, Clone)]
pub struct PermissionDelta {
    /// Who.
    pub subject: Subject,
    /// What it could not do before; no more than is needed to say it.
    pub gained: Grants,
    /// What it can no longer do.
    pub lost: Grants,
    /// The ways to more than is written down, that it did not have before.
    pub powers: Powers,
}

/// The outcome of a comparison.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// The subjects for whom something differs, in their order.
    pub deltas: Vec<PermissionDelta>,
    /// How many subjects were not compared, since the permissions are too many.
    pub skipped: usize,
}

/// Compares two sets of permissions. A role that is taken apart, renamed or given by another binding makes no
/// difference.
pub fn compare(base: &Permissions, head: &Permissions) -> Comparison {
    let mut comparison = Comparison::default();
    let mut budget = PERMISSIONS_MAX;
    let subjects: BTreeSet<&Subject> = base.subjects().chain(head.subjects()).collect();
    for subject in subjects.into_iter().filter(|subject| differs(base, head, subject)) {
        let cost = base.cost(subject).saturating_add(head.cost(subject));
        let Some(rest) = budget.checked_sub(cost) else {
            comparison.skipped += 1;
            continue;
        };
        budget = rest;
        comparison.deltas.extend(delta(base, head, subject));
    }
    comparison
}

fn delta(base: &Permissions, head: &Permissions, subject: &Subject) -> Option<PermissionDelta> {
    let (before, after) = (base.with_groups(subject), head.with_groups(subject));
    let own = head.of(subject);
    let gained = own.without(&before);
    let lost = base.of(subject).without(&after);
    let powers = Powers::of(&own).without(&Powers::of(&before));
    let differs = !gained.is_empty() || !lost.is_empty();
    differs.then(|| PermissionDelta { subject: subject.clone(), gained, lost, powers })
}

fn differs(base: &Permissions, head: &Permissions, subject: &Subject) -> bool {
    let held = |side: &'_ Permissions| side.held.get(subject).cloned().unwrap_or_default();
    let (before, after) = (held(base), held(head));
    if before.len().saturating_mul(after.len()) > COMPARISONS_MAX {
        return true;
    }
    let says_all = |some: &[Held], of: &[Held]| of.iter().all(|o| some.iter().any(|s| s.says_the_same(o)));
    !(says_all(&before, &after) && says_all(&after, &before))
}

impl Permissions {
    /// How many permissions there are to look at.
    fn cost(&self, subject: &Subject) -> usize {
        let own = std::iter::once(subject.clone()).chain(subject.groups());
        let held = own.filter_map(|subject| self.held.get(&subject)).flatten();
        held.flat_map(|held| held.rules.iter()).map(|rule| rule.verbs.len() * rule.targets.len()).sum()
    }
}
