//! Lists that merge (kyaml/yaml/walk/associative_sequence.go).

use std::collections::{HashMap, HashSet};

use manifesto_yaml::{Node, SmolStr, Value};

use super::directive::{Directive, list_directive, mapping_directive};
use super::items::{append_list, find_element, set_element};
use super::{Kept, Merged, Merger, NodeSchema, Source};
use crate::node::{Tag, Why, is_nil_or_empty, raw_text, scalar_over, value_text};
use crate::schema::ListMerge;

impl<'m> Merger<'m> {
    /// Merges two lists, of which one may be missing or null.
    pub(super) fn walk_list(
        &mut self,
        dest: Option<&Node>,
        patch: Option<&Node>,
        by: &ListMerge,
        items: NodeSchema<'m>,
    ) -> Why<Merged> {
        let (dest, patch, source) = match (dest.filter(|dest| !dest.is_null()), patch) {
            (None, None) => return Ok(Merged::Gone),
            // A directive in a list that is new stays in it.
            (None, Some(patch)) => (patch.clone(), Some(patch.clone()), Source::Patch),
            (Some(dest), None) => (dest.clone(), None, Source::Target),
            (Some(_), Some(patch)) if patch.is_null() => return Ok(Merged::Gone),
            (Some(dest), Some(patch)) => match list_directive(patch)? {
                (Directive::Delete, _) => return Ok(Merged::Gone),
                (Directive::Replace, rest) => (rest.clone(), Some(rest), Source::Patch),
                // What a patch adds is merged with itself, and the directive goes from both.
                (Directive::Merge, rest) if std::ptr::eq(dest, patch) => {
                    (rest.clone(), Some(rest), Source::Target)
                }
                (Directive::Merge, rest) => (dest.clone(), Some(rest), Source::Target),
            },
        };
        let patched = patch.as_ref().map(Node::items).unwrap_or_default();
        let merged = self.items(dest.items(), patched, by, items)?;
        Ok(Merged::Node(Node { value: Value::Sequence(merged.into()), mark: dest.mark }, source))
    }

    /// A list that merges and that no patch mentions.
    pub(super) fn keep_list(
        &mut self,
        node: &Node,
        list: &[Node],
        by: &ListMerge,
        items: NodeSchema<'m>,
    ) -> Why<Kept> {
        if self.is_settled(list, by, items)? {
            return Ok(Kept::Same);
        }
        let merged = self.items(list, &[], by, items)?;
        Ok(Kept::Changed(Node { value: Value::Sequence(merged.into()), mark: node.mark }))
    }

    /// Whether merging with nothing changes nothing.
    fn is_settled(&mut self, list: &[Node], by: &ListMerge, items: NodeSchema<'m>) -> Why<bool> {
        let unique = match by {
            ListMerge::Set => unique_scalars(list).is_some(),
            ListMerge::Keys(keys) => unique_tuples(list, keys),
        };
        if !unique {
            return Ok(false);
        }
        for item in list {
            if !matches!(self.keep(item, items)?, Kept::Same) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn items(
        &mut self,
        dest: &[Node],
        patch: &[Node],
        by: &ListMerge,
        schema: NodeSchema<'m>,
    ) -> Why<Vec<Node>> {
        match by {
            ListMerge::Set => {
                if let (Some(ours), Some(theirs)) = (unique_scalars(dest), unique_scalars(patch)) {
                    return Ok(union(dest, &ours, patch, &theirs));
                }
                let values = unique_texts([patch, dest]);
                self.by_steps(dest, patch, values, &[SmolStr::default()], schema)
            }
            ListMerge::Keys(keys) => {
                if let [key] = keys.as_slice()
                    && let (Some(ours), Some(theirs)) = (unique_keys(dest, key), unique_keys(patch, key))
                {
                    return self.by_unique_key(dest, &ours, patch, &theirs, schema);
                }
                let values = tuples([patch, dest], keys);
                self.by_steps(dest, patch, values, keys, schema)
            }
        }
    }

    /// What the steps of upstream come to where each item has its own key: patched items first, then the others. An
    /// item that the patch replaces or makes stands in the place of the patch's item; one of the target that the
    /// directive `replace` meant to replace stays, as its old version is put back by its key.
    fn by_unique_key(
        &mut self,
        dest: &[Node],
        ours: &[&str],
        patch: &[Node],
        theirs: &[&str],
        schema: NodeSchema<'m>,
    ) -> Why<Vec<Node>> {
        let positions: HashMap<&str, usize> = ours.iter().copied().zip(0..).collect();
        let patched: HashSet<&str> = theirs.iter().copied().collect();
        let mut merged = Vec::with_capacity(dest.len() + patch.len());
        for (key, item) in theirs.iter().zip(patch) {
            let old = positions.get(key).and_then(|position| dest.get(*position));
            match (self.walk(old, Some(item), schema)?, old) {
                // What a patch adds is merged with itself: there the old version has lost its directive too.
                (Merged::Node(node, Source::Patch), Some(old))
                    if !is_empty_item(&node) && !std::ptr::eq(old, item) =>
                {
                    merged.push(old.clone());
                }
                (Merged::Node(node, _), _) if !is_empty_item(&node) => merged.push(node),
                _ => {}
            }
        }
        for (key, item) in ours.iter().zip(dest).filter(|(key, _)| !patched.contains(*key)) {
            debug_assert!(!key.is_empty());
            match self.keep(item, schema)? {
                Kept::Same => merged.push(item.clone()),
                Kept::Changed(node) if !is_empty_item(&node) => merged.push(node),
                Kept::Changed(_) | Kept::Gone => {}
            }
        }
        Ok(merged)
    }

    /// The steps of upstream, for lists whose items lack keys, share them or have several (setAssociativeSequenceElements).
    fn by_steps(
        &mut self,
        dest: &[Node],
        patch: &[Node],
        mut tuples: Vec<Tuple>,
        keys: &[SmolStr],
        schema: NodeSchema<'m>,
    ) -> Why<Vec<Node>> {
        // What a patch adds is merged with itself.
        let is_itself = std::ptr::eq(dest, patch);
        let (mut dest, mut patch) = (dest.to_vec(), patch.to_vec());
        let mut merged: Vec<Node> = Vec::new();
        if keys.len() > 1 {
            unify(&mut tuples);
        }
        let mut last_keys: Vec<&SmolStr> = Vec::new();
        let steps = tuples.len().saturating_mul(dest.len() + patch.len() + tuples.len());
        self.meter.charge(steps as u64)?;
        for tuple in &tuples {
            let (keys, values) = valid_keys(&tuples, tuple, keys);
            let (own_keys, own_values) =
                valid_keys(std::slice::from_ref(&values), &values, keys.iter().copied());
            let ours = find_element(&dest, &own_keys, &own_values);
            let theirs = find_element(&patch, &own_keys, &own_values);
            let theirs = theirs.and_then(|index| Some((index, patch.get(index)?.clone())));
            if let Some((index, item)) = &theirs
                && let Some(walked) = patch.get_mut(*index)
            {
                // Following a directive takes it out: items that are unified with this one find it without.
                *walked = mapping_directive(item)?.1;
                if is_itself && let Some(same) = dest.get_mut(*index) {
                    same.clone_from(walked);
                }
            }
            let theirs = theirs.as_ref().map(|(_, item)| item);
            let walked = self.walk(ours.and_then(|index| dest.get(index)), theirs, schema)?;
            last_keys.clone_from(&keys);
            let (mut item, source) = match walked {
                Merged::Node(node, source) if !is_empty_item(&node) => (node, source),
                _ => {
                    for _ in &keys {
                        set_element(&mut dest, None, &keys, &values)?;
                    }
                    continue;
                }
            };
            add_missing_keys(&mut item, &keys, &values);
            if let (Source::Target, Some(old)) = (source, ours.and_then(|index| dest.get_mut(index))) {
                *old = item.clone();
            }
            set_element(&mut merged, Some(&item), &keys, &values)?;
        }
        if tuples.is_empty() {
            return Ok(dest);
        }
        append_list(&mut merged, &dest, &last_keys)?;
        Ok(merged)
    }
}

/// The values of the keys of an item.
type Tuple = Vec<SmolStr>;

fn is_empty_item(node: &Node) -> bool {
    node.is_null() || node.as_mapping().is_some_and(manifesto_yaml::Mapping::is_empty)
}

fn add_missing_keys(item: &mut Node, keys: &[&SmolStr], values: &[SmolStr]) {
    for (key, value) in keys.iter().zip(values) {
        if !key.is_empty() && !value.is_empty() && item.as_mapping().is_some() && item.get(key).is_none() {
            let scalar = scalar_over(None, value.clone(), Tag::None);
            let mark = item.mark;
            if let Some(mapping) = item.as_mapping_mut() {
                mapping.push((*key).clone(), Node::from(Value::Scalar(scalar)).at(mark));
            }
        }
    }
}

/// The texts of scalars, when none is empty, null or there twice.
fn unique_scalars(list: &[Node]) -> Option<Vec<&str>> {
    let texts: Vec<&str> =
        list.iter().map(|item| Some(value_text(item.as_scalar().map(|_| item)?))).collect::<Option<_>>()?;
    all_unique(&texts).then_some(texts)
}

/// The values of a key, when each item has one of its own.
fn unique_keys<'n>(list: &'n [Node], key: &str) -> Option<Vec<&'n str>> {
    let values =
        list.iter().map(|item| item.get(key).filter(|value| value.as_scalar().is_some()).map(value_text));
    let values: Vec<&str> = values.collect::<Option<_>>()?;
    all_unique(&values).then_some(values)
}

fn all_unique(texts: &[&str]) -> bool {
    let mut seen = HashSet::with_capacity(texts.len());
    texts.iter().all(|text| !text.is_empty() && seen.insert(*text))
}

/// Whether each item has all of the keys, and no two the same values.
fn unique_tuples(list: &[Node], keys: &[SmolStr]) -> bool {
    let mut seen = HashSet::with_capacity(list.len());
    list.iter().all(|item| {
        let tuple = tuple(item, keys);
        tuple.iter().all(|value| !value.is_empty()) && seen.insert(tuple)
    })
}

fn tuple(item: &Node, keys: &[SmolStr]) -> Tuple {
    let value = |key: &SmolStr| {
        let value = item.get(key).filter(|value| !is_nil_or_empty(value));
        SmolStr::from(value.map(raw_text).unwrap_or_default())
    };
    keys.iter().map(value).collect()
}

/// The values of all items, each once, in order (elementValues).
fn tuples(lists: [&[Node]; 2], keys: &[SmolStr]) -> Vec<Tuple> {
    let mut seen = HashSet::new();
    let all = lists.into_iter().flatten().map(|item| tuple(item, keys));
    all.filter(|tuple| !tuple.is_empty() && seen.insert(tuple.clone())).collect()
}

/// The texts of all items, each once, in order (elementPrimitiveValues).
fn unique_texts(lists: [&[Node]; 2]) -> Vec<Tuple> {
    let mut seen = HashSet::new();
    let all = lists.into_iter().flatten().map(raw_text).filter(|text| seen.insert(*text));
    all.map(|text| vec![text.into()]).collect()
}

/// The items of both lists, those of the patch first; where both have one, it is the target's.
fn union(dest: &[Node], ours: &[&str], patch: &[Node], theirs: &[&str]) -> Vec<Node> {
    let positions: HashMap<&str, &Node> = ours.iter().copied().zip(dest).collect();
    let patched: HashSet<&str> = theirs.iter().copied().collect();
    let first = theirs.iter().zip(patch).map(|(text, item)| positions.get(text).copied().unwrap_or(item));
    let rest = ours.iter().zip(dest).filter(|(text, _)| !patched.contains(*text)).map(|(_, item)| item);
    first.chain(rest).cloned().collect()
}

/// Items that differ only in a key that one of them lacks are the same (mergeValues).
fn unify(tuples: &mut [Tuple]) {
    for index in 0..tuples.len() {
        let Some(first) = tuples.get(index).cloned() else { continue };
        for other in 0..tuples.len() {
            let Some(joined) = tuples.get(other).and_then(|second| join(&first, second)) else { continue };
            for position in [index, other] {
                if let Some(tuple) = tuples.get_mut(position) {
                    tuple.clone_from(&joined);
                }
            }
        }
    }
}

/// Both together, when they have a value in common and differ only where one is empty.
fn join(first: &[SmolStr], second: &[SmolStr]) -> Option<Tuple> {
    let mut common = false;
    let mut joined = Vec::with_capacity(first.len());
    for (a, b) in first.iter().zip(second) {
        if a == b {
            common = true;
        } else if !a.is_empty() && !b.is_empty() {
            return None;
        }
        joined.push(if a.is_empty() { b.clone() } else { a.clone() });
    }
    common.then_some(joined)
}

/// The keys that any item has, and the item's values of them (validateKeys).
fn valid_keys<'k>(
    tuples: &[Tuple],
    tuple: &[SmolStr],
    keys: impl IntoIterator<Item = &'k SmolStr>,
) -> (Vec<&'k SmolStr>, Vec<SmolStr>) {
    let keys: Vec<&SmolStr> = keys.into_iter().collect();
    let used =
        |index: usize| tuples.iter().any(|tuple| tuple.get(index).is_some_and(|value| !value.is_empty()));
    if !(0..keys.len()).any(used) {
        return (keys, tuple.to_vec());
    }
    let valid = keys.iter().enumerate().filter(|(index, _)| used(*index)).map(|(_, key)| *key).collect();
    let values = (0..).zip(tuple).filter(|(index, value)| !value.is_empty() || used(*index));
    (valid, values.map(|(_, value)| value.clone()).collect())
}
