//! The order in which objects are printed (api/internal/builtins/SortOrderTransformer.go).

use std::cmp::Ordering;
use std::collections::HashMap;

use manifesto_yaml::SmolStr;

use crate::config::{ORDER_FIRST, ORDER_LAST, sort_text};
use crate::object::{Id, Object};
use crate::schema::Schema;

/// Puts objects in order: kinds that come first, all others by group, version and kind, kinds that come last.
pub(crate) fn sort(
    objects: Vec<Object>,
    first: &[SmolStr],
    last: &[SmolStr],
    schema: &Schema,
) -> Vec<Object> {
    let ranks = ranks(first, last);
    let mut keyed: Vec<(SortKey, Object)> = objects
        .into_iter()
        .map(|object| (SortKey::of(&object.identity(schema).current, &ranks), object))
        .collect();
    keyed.sort_by(|(a, _), (b, _)| a.compare(b));
    keyed.into_iter().map(|(_, object)| object).collect()
}

/// The kinds that come first and last when the kustomization names none.
pub(crate) fn default_order() -> (Vec<SmolStr>, Vec<SmolStr>) {
    let list = |kinds: &[&'static str]| kinds.iter().map(|kind| SmolStr::new_static(kind)).collect();
    (list(&ORDER_FIRST), list(&ORDER_LAST))
}

fn ranks(first: &[SmolStr], last: &[SmolStr]) -> HashMap<SmolStr, i64> {
    let mut ranks = HashMap::new();
    let length = i64::try_from(first.len()).unwrap_or(i64::MAX);
    for (index, kind) in (0..).zip(first) {
        ranks.insert(kind.clone(), index - length);
    }
    for (index, kind) in (1..).zip(last) {
        ranks.insert(kind.clone(), index);
    }
    ranks
}

/// What objects are ordered by.
#[derive(Debug)]
struct SortKey {
    rank: i64,
    gvk: String,
    /// A Namespace of the core group, which other Namespaces come behind.
    is_core_namespace: bool,
    is_namespace: bool,
    name: String,
}

impl SortKey {
    fn of(id: &Id, ranks: &HashMap<SmolStr, i64>) -> Self {
        let part =
            |text: &SmolStr, none: &'static str| if text.is_empty() { none.into() } else { text.clone() };
        let is_namespace = id.gvk.kind == "Namespace";
        Self {
            rank: ranks.get(&id.gvk.kind).copied().unwrap_or(0),
            gvk: sort_text(&id.gvk),
            is_core_namespace: is_namespace && id.gvk.group.is_empty(),
            is_namespace,
            name: format!("{}|{}", part(&id.namespace, "~X"), part(&id.name, "~N")),
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        let by_gvk = self.gvk.cmp(&other.gvk);
        let reversed =
            self.is_namespace && other.is_namespace && (self.is_core_namespace || other.is_core_namespace);
        self.rank
            .cmp(&other.rank)
            .then(if reversed { by_gvk.reverse() } else { by_gvk })
            .then_with(|| self.name.cmp(&other.name))
    }
}
