//! Which object of base became which object of head, where their identities differ.

use std::collections::BTreeMap;

use crate::change_set::Placed;
use crate::similarity::Leaves;

/// The least resemblance of a renamed object, in per cent: git's own threshold for files.
const RESEMBLANCE_MIN: usize = 50;

/// The most candidates of one kind that are compared with each other: beyond, only exact matches are found.
const CANDIDATES_MAX: usize = 200;

/// Why two objects with different identities or components are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    /// The same identity in another component.
    Moved,
    /// The same kind and name in another API group.
    OtherGroup,
    /// The same content under another name.
    Renamed,
}

/// Pairs what is only in base with what is only in head. Each object is used once; what is left over stays.
pub(crate) fn pair<'o>(
    gone: &mut Vec<&'o Placed>,
    new: &mut Vec<&'o Placed>,
) -> Vec<(&'o Placed, &'o Placed, Link)> {
    let mut pairs = Vec::new();
    pair_by(gone, new, &mut pairs, Link::Moved, |placed| Some(placed.object.id.clone()));
    pair_by(gone, new, &mut pairs, Link::OtherGroup, |placed| {
        let id = &placed.object.id;
        Some((placed.component, id.kind.clone(), id.namespace.clone(), id.name.clone()))
    });
    pair_by(gone, new, &mut pairs, Link::Renamed, |placed| {
        let id = &placed.object.id;
        let stem = without_hash(&id.name)?.to_owned();
        Some((placed.component, id.group.clone(), id.kind.clone(), id.namespace.clone(), stem))
    });
    pair_similar(gone, new, &mut pairs);
    pairs
}

/// `web-config` of `web-config-5h8k2mb6dd`: the hash that kustomize appends to generated objects (api/hasher), ten
/// characters of an alphabet without vowels.
fn without_hash(name: &str) -> Option<&str> {
    let (stem, hash) = name.rsplit_once('-')?;
    let alphabet = |c: char| c.is_ascii_digit() || "bcdfghkmt".contains(c);
    (hash.len() == 10 && hash.chars().all(alphabet)).then_some(stem)
}

fn pair_by<'o, K: Ord>(
    gone: &mut Vec<&'o Placed>,
    new: &mut Vec<&'o Placed>,
    pairs: &mut Vec<(&'o Placed, &'o Placed, Link)>,
    link: Link,
    key: impl Fn(&Placed) -> Option<K>,
) {
    let mut candidates: BTreeMap<K, Vec<&'o Placed>> = BTreeMap::new();
    for placed in gone.iter() {
        if let Some(key) = key(placed) {
            candidates.entry(key).or_default().push(placed);
        }
    }
    let mut taken: Vec<*const Placed> = Vec::new();
    new.retain(|after| {
        let Some(before) = key(after).and_then(|key| candidates.get_mut(&key)).and_then(Vec::pop) else {
            return true;
        };
        taken.push(std::ptr::from_ref(before));
        pairs.push((before, after, link));
        false
    });
    gone.retain(|placed| !taken.contains(&std::ptr::from_ref(*placed)));
}

/// Objects of one kind in one namespace and component that resemble each other, the most alike first.
fn pair_similar<'o>(
    gone: &mut Vec<&'o Placed>,
    new: &mut Vec<&'o Placed>,
    pairs: &mut Vec<(&'o Placed, &'o Placed, Link)>,
) {
    let room = |placed: &Placed| {
        let id = &placed.object.id;
        (placed.component, id.group.clone(), id.kind.clone(), id.namespace.clone())
    };
    let mut rooms: BTreeMap<_, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    gone.iter().enumerate().for_each(|(index, placed)| rooms.entry(room(placed)).or_default().0.push(index));
    new.iter().enumerate().for_each(|(index, placed)| rooms.entry(room(placed)).or_default().1.push(index));
    let mut taken: (Vec<usize>, Vec<usize>) = Default::default();
    for (before, after) in rooms.into_values() {
        if before.is_empty() || after.is_empty() || before.len().max(after.len()) > CANDIDATES_MAX {
            continue;
        }
        for (b, a) in most_alike(&before, &after, gone, new) {
            if let (Some(base), Some(head)) = (gone.get(b), new.get(a)) {
                pairs.push((base, head, Link::Renamed));
                taken.0.push(b);
                taken.1.push(a);
            }
        }
    }
    remove(gone, taken.0);
    remove(new, taken.1);
}

fn most_alike(before: &[usize], after: &[usize], gone: &[&Placed], new: &[&Placed]) -> Vec<(usize, usize)> {
    let leaves = |indexes: &[usize], list: &[&Placed]| -> Vec<(usize, Leaves)> {
        indexes.iter().filter_map(|i| list.get(*i).map(|placed| (*i, Leaves::of(&placed.object)))).collect()
    };
    let (before, after) = (leaves(before, gone), leaves(after, new));
    let mut scores: Vec<(usize, usize, usize)> = before
        .iter()
        .flat_map(|(b, base)| after.iter().map(move |(a, head)| (base.resemblance(head), *b, *a)))
        .filter(|(score, _, _)| *score >= RESEMBLANCE_MIN)
        .collect();
    scores.sort_by(|x, y| y.0.cmp(&x.0).then(x.1.cmp(&y.1)).then(x.2.cmp(&y.2)));
    let mut chosen: Vec<(usize, usize)> = Vec::new();
    for (_, b, a) in scores {
        if chosen.iter().all(|(used_b, used_a)| *used_b != b && *used_a != a) {
            chosen.push((b, a));
        }
    }
    chosen
}

fn remove<T>(list: &mut Vec<T>, mut indexes: Vec<usize>) {
    indexes.sort_unstable();
    for index in indexes.into_iter().rev() {
        list.remove(index);
    }
}
