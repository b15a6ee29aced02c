//! Which item of a list in base is which item in head.

use std::collections::BTreeMap;

use manifesto_yaml::{Node, Value};

use crate::field::Segment;

/// The fields by which Kubernetes, or the people who write custom resources, tell the items of a list apart; the first
/// that every item has, and that is unique, is taken. Kubernetes' own merge keys (`x-kubernetes-patch-merge-key` in its
/// OpenAPI description) are `name`, `containerPort`, `port`, `mountPath`, `devicePath`, `ip`, `key`, `topologyKey`, `type`,
/// `uid` and `conditionType`.
const KEYS: &[&str] = &[
    "name",
    "metadata.name",
    "id",
    "key",
    "containerPort",
    "mountPath",
    "devicePath",
    "port",
    "secretKey",
    "hostname",
    "host",
    "path",
    "type",
    "kind",
    "ip",
    "topologyKey",
];

/// How the items of two lists belong together.
pub(crate) enum Pairing<'n> {
    /// They are the same, in the same order.
    Same,
    /// They are the same in another order.
    Reordered,
    /// Some differ: the ones that do.
    Items(Vec<Item<'n>>),
}

/// An item that is on one side only, or differs.
pub(crate) struct Item<'n> {
    pub(crate) segment: Segment,
    pub(crate) base: Option<&'n Node>,
    pub(crate) head: Option<&'n Node>,
}

/// Pairs the items of two lists.
pub(crate) fn pair<'n>(base: &'n [Node], head: &'n [Node]) -> Pairing<'n> {
    if base.len() == head.len() && base.iter().zip(head).all(|(b, h)| b == h) {
        return Pairing::Same;
    }
    if let Some(key) = KEYS.iter().find(|key| tells_apart(key, base) && tells_apart(key, head)) {
        return by_key(key, base, head);
    }
    by_content(base, head)
}

/// Whether a key is a name that people give: an item with another name is another item. The other keys are values, and one
/// item with another value is the same item changed.
fn is_name(key: &str) -> bool {
    matches!(key, "name" | "metadata.name" | "id" | "key")
}

fn value_of<'n>(item: &'n Node, key: &str) -> Option<&'n str> {
    key.split('.').try_fold(item, |node, key| node.get(key))?.text()
}

fn tells_apart(key: &str, items: &[Node]) -> bool {
    let mut values: Vec<&str> = Vec::with_capacity(items.len());
    for item in items {
        match value_of(item, key) {
            Some(value) => values.push(value),
            None => return false,
        }
    }
    values.sort_unstable();
    values.windows(2).all(|pair| pair.first() != pair.get(1))
}

fn by_key<'n>(key: &'static str, base: &'n [Node], head: &'n [Node]) -> Pairing<'n> {
    let value = |item: &'n Node| value_of(item, key).unwrap_or_default();
    let before: BTreeMap<&str, &Node> = base.iter().map(|item| (value(item), item)).collect();
    let after: BTreeMap<&str, &Node> = head.iter().map(|item| (value(item), item)).collect();
    let segment = |item: &'n Node| Segment::Item { key, value: value(item).to_owned() };
    let gone = base.iter().filter(|item| !after.contains_key(value(item)));
    let mut items: Vec<Item<'n>> =
        gone.map(|item| Item { segment: segment(item), base: Some(item), head: None }).collect();
    for item in head {
        let twin = before.get(value(item)).copied();
        if twin.is_none_or(|twin| twin != item) {
            items.push(Item { segment: segment(item), base: twin, head: Some(item) });
        }
    }
    if let ([Item { base: Some(old), .. }, Item { base: None, head: Some(new), .. }], false) =
        (&items[..], is_name(key))
    {
        let position = head.iter().position(|item| std::ptr::eq(item, *new)).unwrap_or_default();
        return Pairing::Items(vec![Item {
            segment: Segment::Index(position),
            base: Some(old),
            head: Some(new),
        }]);
    }
    // Lists with a merge key are sets to Kubernetes: their order alone is no difference.
    if items.is_empty() { Pairing::Same } else { Pairing::Items(items) }
}

/// Without a key: equal items belong together; of the rest, scalars pair by what comes before `=` and others by position.
fn by_content<'n>(base: &'n [Node], head: &'n [Node]) -> Pairing<'n> {
    let mut gone: Vec<(usize, &Node)> = base.iter().enumerate().collect();
    let mut new = Vec::new();
    let mut unmatched: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (position, item) in base.iter().enumerate().rev() {
        unmatched.entry(content(item)).or_default().push(position);
    }
    for (position, item) in head.iter().enumerate() {
        match unmatched.get_mut(&content(item)).and_then(Vec::pop) {
            Some(twin) => gone.retain(|(at, _)| *at != twin),
            None => new.push((position, item)),
        }
    }
    if gone.is_empty() && new.is_empty() {
        return Pairing::Reordered;
    }
    let scalars = base.iter().chain(head).all(|item| matches!(item.value, Value::Scalar(_)));
    Pairing::Items(if scalars { pair_scalars(&gone, &new) } else { pair_positions(&gone, &new) })
}

/// What tells an item from the others; what JSON cannot hold has its debug form, which is as good.
fn content(item: &Node) -> String {
    manifesto_yaml::to_json(item, manifesto_yaml::Html::Plain).unwrap_or_else(|_| format!("{:?}", item.value))
}

fn pair_scalars<'n>(gone: &[(usize, &'n Node)], new: &[(usize, &'n Node)]) -> Vec<Item<'n>> {
    let mut rest: Vec<&'n Node> = new.iter().map(|(_, item)| *item).collect();
    let mut items = Vec::new();
    for (_, before) in gone {
        let name = element_name(before);
        let twin = rest.iter().position(|after| name.contains('-') && element_name(after) == name);
        let after = twin.map(|index| rest.remove(index));
        items.push(Item { segment: Segment::Element(name), base: Some(before), head: after });
    }
    let added = rest.into_iter();
    items.extend(added.map(|after| Item {
        segment: Segment::Element(element_name(after)),
        base: None,
        head: Some(after),
    }));
    items
}

/// `--level` of `--level=debug`; a scalar without `=` is its own name.
fn element_name(item: &Node) -> String {
    let text = item.text().unwrap_or_default();
    let name = text.split_once('=').map_or(text, |(name, _)| name);
    name.chars().take(80).collect()
}

fn pair_positions<'n>(gone: &[(usize, &'n Node)], new: &[(usize, &'n Node)]) -> Vec<Item<'n>> {
    let longest = gone.len().max(new.len());
    (0..longest)
        .filter_map(|index| {
            let (before, after) = (gone.get(index), new.get(index));
            let (position, _) = after.or(before)?;
            let (base, head) = (before.map(|(_, item)| *item), after.map(|(_, item)| *item));
            Some(Item { segment: Segment::Index(*position), base, head })
        })
        .collect()
}
