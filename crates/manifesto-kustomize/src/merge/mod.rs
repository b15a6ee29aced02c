//! Strategic merge patches, as far as the reference has them (kyaml/yaml/walk, kyaml/yaml/merge2).
//!
//! Lists merge by the keys of the schema, patched items first; all other lists are replaced. The directives are
//! `$patch: delete`, `replace` and `merge`; null deletes. There is no `$retainKeys`, `$deleteFromPrimitiveList` and
//! `$setElementOrder`.
//!
//! Upstream walks both trees at once and changes the target where it stands. This code returns new nodes instead, and
//! leaves what no patch touches shared with the parsed file.

mod directive;
mod items;
mod keyed;

use std::collections::HashMap;

use manifesto_yaml::{Entry, Mapping, Mark, Node, ScalarKind, ScalarStyle, Value};

use crate::meter::Meter;
use crate::node::{
    Tag, Why, is_nil_or_empty, is_old_non_string, is_string, raw_text, restyled, style_of, value_text,
    written,
};
use crate::object::Object;
use crate::schema::{Schema, SchemaNode};
use directive::{Directive, mapping_directive};

/// Merges a patch, whose marks point into the object's files, into the object. Nothing may be left of it.
pub(crate) fn merge(object: &mut Object, patch: &Node, schema: &Schema, meter: &Meter) -> Why<()> {
    let shared = object.shared().to_vec();
    let untagged = object.untagged().to_vec();
    let mut merger = Merger {
        schema,
        shared: &shared,
        untagged: &untagged,
        overwritten: Vec::new(),
        quoted: Vec::new(),
        meter,
    };
    let merged = merger.walk(Some(object.root()), Some(patch), None)?;
    let Merger { overwritten, quoted, .. } = merger;
    for (mark, kind) in quoted {
        object.note_quoted(mark, kind);
    }
    *object.root_mut() = match merged {
        Merged::Gone => Node::null(),
        // What `$patch: replace` leaves at the root is another node for the reference, which only looks at the one that
        // it gave in: the patch does nothing (api/resource/resource.go, ApplyFilter).
        Merged::Node(_, Source::Patch) => return Ok(()),
        Merged::Node(node, Source::Target) | Merged::KeptNull(node) => node,
    };
    settle_shared(object, &overwritten);
    Ok(())
}

/// Merges values of charts: what `patch` says wins.
pub(crate) fn merge_values(dest: &Node, patch: &Node, meter: &Meter) -> Why<Node> {
    let schema = Schema::default();
    let mut merger = Merger {
        schema: &schema,
        shared: &[],
        untagged: &[],
        overwritten: Vec::new(),
        quoted: Vec::new(),
        meter,
    };
    Ok(match merger.walk(Some(dest), Some(patch), None)? {
        Merged::Gone => Node::null(),
        Merged::Node(node, _) | Merged::KeptNull(node) => node,
    })
}

/// Scalars that are one for the reference all get the value that was written last.
fn settle_shared(object: &mut Object, overwritten: &[(Mark, Node)]) {
    for (index, (old, _)) in overwritten.iter().enumerate() {
        let of_same = || overwritten.iter().filter(|(mark, _)| mark == old);
        let is_first = overwritten.iter().position(|(mark, _)| mark == old) == Some(index);
        if let (true, Some((_, last))) = (is_first, of_same().next_back()) {
            let marks: Vec<Mark> = std::iter::once(*old).chain(of_same().map(|(_, new)| new.mark)).collect();
            object.overwrite_shared(&marks, last);
        }
    }
}

struct Merger<'m> {
    schema: &'m Schema,
    shared: &'m [Mark],
    /// Scalars without a tag, which count as text.
    untagged: &'m [Mark],
    /// Shared scalars that were overwritten: the old mark, and what was written.
    overwritten: Vec<(Mark, Node)>,
    /// What is no text and took the quotes of what it replaced: it keeps its tag.
    quoted: Vec<(Mark, ScalarKind)>,
    meter: &'m Meter,
}

/// What a walk leaves.
enum Merged {
    /// Nothing: the field goes.
    Gone,
    /// A node, and where it comes from.
    Node(Node, Source),
    /// A null that was written out in the target; it stays.
    KeptNull(Node),
}

/// Which node the reference would return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// The target's, changed where it stands.
    Target,
    /// The patch's.
    Patch,
}

/// What becomes of a node that no patch touches.
enum Kept {
    Same,
    Gone,
    Changed(Node),
}

type NodeSchema<'m> = Option<SchemaNode<'m>>;

impl<'m> Merger<'m> {
    /// Merges two nodes, either of which may be missing or null.
    fn walk(&mut self, dest: Option<&Node>, patch: Option<&Node>, schema: NodeSchema<'m>) -> Why<Merged> {
        self.meter.charge(1)?;
        let schema = schema.or_else(|| self.schema_of(dest)).or_else(|| self.schema_of(patch));
        let first = [dest, patch].into_iter().flatten().find(|node| !node.is_null());
        match first.map(|node| &node.value) {
            Some(Value::Mapping(_)) => {
                check_kinds([dest, patch], "mapping", |value| matches!(value, Value::Mapping(_)))?;
                self.walk_mapping(dest, patch, schema)
            }
            Some(Value::Sequence(_)) => {
                check_kinds([dest, patch], "list", |value| matches!(value, Value::Sequence(_)))?;
                match schema.and_then(SchemaNode::list_merge) {
                    Some(by) => self.walk_list(dest, patch, &by, schema.and_then(SchemaNode::items)),
                    None => Ok(replaced(dest, patch)),
                }
            }
            Some(Value::Scalar(_)) => {
                check_kinds([dest, patch], "scalar", |value| matches!(value, Value::Scalar(_)))?;
                Ok(replaced(dest, patch))
            }
            None => self.walk_mapping(dest, patch, schema),
        }
    }

    /// The schema of a node that says its own kind, at any depth (Walker.GetSchema).
    fn schema_of(&self, node: Option<&Node>) -> NodeSchema<'m> {
        let text = |field| {
            node?.get(field).filter(|value| !is_nil_or_empty(value)).map(value_text).filter(|t| !t.is_empty())
        };
        self.schema.of_kind(text("apiVersion")?, text("kind")?)
    }

    fn walk_mapping(
        &mut self,
        dest: Option<&Node>,
        patch: Option<&Node>,
        schema: NodeSchema<'m>,
    ) -> Why<Merged> {
        let Some(dest) = dest.filter(|dest| !dest.is_null()) else {
            return self.add_mapping(dest, patch, schema);
        };
        let Some(patch) = patch else {
            return Ok(match self.keep(dest, schema)? {
                Kept::Same => Merged::Node(dest.clone(), Source::Target),
                Kept::Changed(node) => Merged::Node(node, Source::Target),
                Kept::Gone => Merged::Gone,
            });
        };
        if patch.is_null() {
            return Ok(Merged::Gone);
        }
        let is_itself = std::ptr::eq(dest, patch);
        let (directive, patch) = mapping_directive(patch)?;
        // What a patch adds is merged with itself: the reference then takes the directive out of both.
        let dest = if is_itself { &patch } else { dest };
        match directive {
            Directive::Delete => Ok(Merged::Gone),
            // The patch is then merged with itself, as it stands for the target too.
            Directive::Replace => Ok(Merged::Node(self.fields(&patch, &patch, schema)?, Source::Patch)),
            Directive::Merge => Ok(Merged::Node(self.fields(dest, &patch, schema)?, Source::Target)),
        }
    }

    /// What stands where the target has nothing or null.
    fn add_mapping(
        &mut self,
        dest: Option<&Node>,
        patch: Option<&Node>,
        schema: NodeSchema<'m>,
    ) -> Why<Merged> {
        let Some(patch) = patch else {
            // A null that is written out stays, a missing value goes.
            return Ok(match dest {
                Some(null) if !raw_text(null).is_empty() => Merged::KeptNull(null.clone()),
                _ => Merged::Gone,
            });
        };
        if patch.is_null() {
            return Ok(Merged::Node(patch.clone(), Source::Patch));
        }
        // A directive that is unknown stays in the object here.
        let (directive, patch) = mapping_directive(patch).unwrap_or((Directive::Merge, patch.clone()));
        if directive == Directive::Delete {
            return Ok(Merged::Gone);
        }
        Ok(Merged::Node(self.fields(&patch, &patch, schema)?, Source::Patch))
    }

    /// Merges the fields of two mappings.
    fn fields(&mut self, dest: &Node, patch: &Node, schema: NodeSchema<'m>) -> Why<Node> {
        let ours = dest.entries();
        let positions = Positions::of(ours);
        let mut slots: Vec<Option<Entry>> = ours.iter().cloned().map(Some).collect();
        let mut touched = vec![false; ours.len()];
        // In the order of their names, as upstream visits them: of shared scalars the last one counts.
        let mut theirs: Vec<&Entry> = patch.entries().iter().collect();
        theirs.sort_by_key(|entry| raw_text(&entry.key));
        theirs.dedup_by_key(|entry| raw_text(&entry.key));
        for entry in theirs {
            let key = raw_text(&entry.key);
            let position = positions.get(key);
            let old = position.and_then(|position| ours.get(position)).map(|entry| &entry.value);
            let merged = self.walk(old, Some(&entry.value), schema.and_then(|schema| schema.field(key)))?;
            let new = self.field_value(old, merged);
            match position.and_then(|position| Some((slots.get_mut(position)?, touched.get_mut(position)?))) {
                Some((slot, touched)) => {
                    *touched = true;
                    *slot = new.and_then(|value| Some(Entry { key: slot.as_ref()?.key.clone(), value }));
                }
                None => slots.extend(new.map(|value| Some(Entry { key: entry.key.clone(), value }))),
            }
        }
        for ((entry, slot), _) in ours.iter().zip(&mut slots).zip(touched).filter(|(_, touched)| !touched) {
            match self.keep_field(entry, schema)? {
                Kept::Same => {}
                Kept::Gone => *slot = None,
                Kept::Changed(value) => *slot = Some(Entry { key: entry.key.clone(), value }),
            }
        }
        let entries: Vec<Entry> = slots.into_iter().flatten().collect();
        Ok(Node::mapping(entries).at(dest.mark))
    }

    /// What a field is set to, in the style of what was there; none when it goes (kyaml/yaml/fns.go, FieldSetter).
    fn field_value(&mut self, old: Option<&Node>, merged: Merged) -> Option<Node> {
        let new = match merged {
            Merged::Gone => return None,
            Merged::Node(node, _) if node.is_null() => return None,
            Merged::Node(node, _) | Merged::KeptNull(node) => node,
        };
        let Some(old) = old else { return Some(with_quotes(new)) };
        let Some(scalar) = new.as_scalar().filter(|_| new.mark != old.mark) else { return Some(new) };
        if scalar.kind() != ScalarKind::String && style_of(old) != ScalarStyle::Plain {
            self.quoted.push((new.mark, scalar.kind()));
        }
        let scalar = restyled(scalar, old);
        if old.as_scalar().is_some_and(|old| old.text() == scalar.text() && old.kind() == scalar.kind()) {
            return Some(old.clone());
        }
        let new = Node::from(Value::Scalar(scalar)).at(new.mark);
        if self.shared.contains(&old.mark) {
            self.overwritten.push((old.mark, new.clone()));
        }
        Some(new)
    }

    /// What becomes of a node that the patch does not mention: lists that merge are put in order, and missing values
    /// go.
    fn keep(&mut self, node: &Node, schema: NodeSchema<'m>) -> Why<Kept> {
        self.meter.charge(1)?;
        match &node.value {
            Value::Scalar(scalar) if node.is_null() && scalar.text().is_empty() => Ok(Kept::Gone),
            Value::Scalar(_) => Ok(Kept::Same),
            Value::Mapping(mapping) => {
                let schema = schema.or_else(|| self.schema_of(Some(node)));
                self.keep_fields(node, mapping, schema)
            }
            Value::Sequence(items) => match schema.and_then(SchemaNode::list_merge) {
                None => Ok(Kept::Same),
                Some(by) => self.keep_list(node, items, &by, schema.and_then(SchemaNode::items)),
            },
        }
    }

    /// What becomes of a field that the patch does not mention. The reference sets it to itself, and gives it quotes on the
    /// way when it is a bare word that needs them.
    fn keep_field(&mut self, entry: &Entry, schema: NodeSchema<'m>) -> Why<Kept> {
        if needs_quotes(&entry.value) || self.is_untagged_number(&entry.value) {
            return Ok(Kept::Changed(quoted(&entry.value)));
        }
        self.keep(&entry.value, schema.and_then(|schema| schema.field(raw_text(&entry.key))))
    }

    fn is_untagged_number(&self, node: &Node) -> bool {
        self.untagged.contains(&node.mark)
            && style_of(node) == ScalarStyle::Plain
            && node.as_scalar().is_some()
            && is_old_non_string(raw_text(node))
    }

    fn keep_fields(&mut self, node: &Node, mapping: &Mapping, schema: NodeSchema<'m>) -> Why<Kept> {
        let mut changes: Vec<(usize, Option<Node>)> = Vec::new();
        for (position, entry) in mapping.entries().iter().enumerate() {
            match self.keep_field(entry, schema)? {
                Kept::Same => {}
                Kept::Gone => changes.push((position, None)),
                Kept::Changed(new) => changes.push((position, Some(new))),
            }
        }
        if changes.is_empty() {
            return Ok(Kept::Same);
        }
        let mut slots: Vec<Option<Entry>> = mapping.entries().iter().cloned().map(Some).collect();
        for (position, new) in changes {
            if let Some(slot) = slots.get_mut(position) {
                *slot = new.and_then(|value| Some(Entry { key: slot.as_ref()?.key.clone(), value }));
            }
        }
        let entries: Vec<Entry> = slots.into_iter().flatten().collect();
        Ok(Kept::Changed(Node::mapping(entries).at(node.mark)))
    }
}

/// Where the keys of a mapping are; the first place of a key that comes twice.
enum Positions<'n> {
    Few(&'n [Entry]),
    Many(HashMap<&'n str, usize>),
}

impl<'n> Positions<'n> {
    fn of(entries: &'n [Entry]) -> Self {
        if entries.len() <= 16 {
            return Self::Few(entries);
        }
        Self::Many(
            entries
                .iter()
                .enumerate()
                .rev()
                .map(|(position, entry)| (raw_text(&entry.key), position))
                .collect(),
        )
    }

    fn get(&self, key: &str) -> Option<usize> {
        match self {
            Self::Few(entries) => entries.iter().position(|entry| raw_text(&entry.key) == key),
            Self::Many(positions) => positions.get(key).copied(),
        }
    }
}

/// The patch's node when it has one, even a null; the target's otherwise.
fn replaced(dest: Option<&Node>, patch: Option<&Node>) -> Merged {
    match (patch, dest) {
        (Some(patch), _) => Merged::Node(patch.clone(), Source::Patch),
        (None, Some(dest)) => Merged::Node(dest.clone(), Source::Target),
        (None, None) => Merged::Gone,
    }
}

fn check_kinds(nodes: [Option<&Node>; 2], wanted: &str, fits: impl Fn(&Value) -> bool) -> Why<()> {
    match nodes.into_iter().flatten().find(|node| !node.is_null() && !fits(&node.value)) {
        None => Ok(()),
        Some(node) => {
            let found = node.kind_name();
            let line = node.mark.line;
            Err(format!(
                "the patch has one kind of value and the object another: a {wanted} meets the {found} of line {line}"
            ))
        }
    }
}

/// A bare word that YAML 1.1 takes for something else gets quotes when it is added, and keeps them.
fn with_quotes(node: Node) -> Node {
    if needs_quotes(&node) { quoted(&node) } else { node }
}

fn needs_quotes(node: &Node) -> bool {
    let bare = style_of(node) == ScalarStyle::Plain && is_string(node);
    bare && is_old_non_string(raw_text(node))
}

fn quoted(node: &Node) -> Node {
    let quoted = written(raw_text(node), ScalarStyle::DoubleQuoted, Tag::Text);
    Node::from(Value::Scalar(quoted)).at(node.mark)
}
