//! Changes of an object that keep its names, its places, and what the reference shares by pointer.

use std::sync::Arc;

use manifesto_tree::TreePath;
use manifesto_yaml::{Entry, Mark, Node, Scalar, ScalarKind, Value};

use super::{Object, metadata};
use crate::node::{Misfit, Tag, Trail, Why, at, at_mut, lookup_trail, new_key, scalar_over};
use crate::schema::Schema;

impl Object {
    /// Notes the current id as a previous one.
    pub(crate) fn store_previous_id(&mut self, schema: &Schema) -> Why<()> {
        let identity = Arc::clone(self.identity(schema));
        let id = &identity.current;
        let root = self.root_mut();
        metadata::append_csv(root, metadata::PREVIOUS_NAMES, &id.name)?;
        metadata::append_csv(root, metadata::PREVIOUS_NAMESPACES, id.effective_namespace())?;
        metadata::append_csv(root, metadata::PREVIOUS_KINDS, &id.gvk.kind)?;
        metadata::check_previous(root)
    }

    /// Sets an annotation that is a switch. The annotations are written anew, as the reference does.
    pub(crate) fn set_switch(&mut self, annotation: &str, value: &str) -> Why<()> {
        let mut annotations = metadata::text_map(&self.root, "annotations")?;
        annotations.insert(annotation.into(), (value.into(), Mark::default()));
        self.set_text_map("annotations", &annotations)
    }

    /// Writes labels or annotations anew, each as text. What was shared with other fields is not any more.
    pub(crate) fn set_text_map(&mut self, field: &str, map: &metadata::TextMap) -> Why<()> {
        self.misfits.retain(|(misfit, _)| !map.values().any(|(_, mark)| mark == misfit));
        let parted: Vec<Mark> =
            map.values().map(|(_, mark)| *mark).filter(|mark| self.shared.contains(mark)).collect();
        if parted.is_empty() {
            return metadata::set_text_map(self.root_mut(), field, map);
        }
        let mut map = map.clone();
        for (_, mark) in map.values_mut() {
            if parted.contains(mark) {
                *mark = self.mark_apart(*mark);
            }
        }
        metadata::set_text_map(self.root_mut(), field, &map)
    }

    /// Puts another scalar where there is one; the same one leaves it where it is written. Where the reference holds that
    /// scalar by a pointer from several places, it changes in all of them.
    pub(crate) fn write_scalar(&mut self, trail: &[usize], scalar: Scalar, mark: Mark) {
        let Some(old) = at(&self.root, trail) else { return };
        let same = |old: &Scalar| old.text() == scalar.text() && old.kind() == scalar.kind();
        if old.as_scalar().is_some_and(same) {
            return;
        }
        let old_mark = old.mark;
        let is_shared = self.shared.contains(&old_mark);
        // What is written from there into other fields is not shared with these.
        let mark = if is_shared { self.mark_apart(mark) } else { mark };
        let new = Node::from(Value::Scalar(scalar)).at(mark);
        if is_shared {
            self.overwrite_shared(&[old_mark], &new);
        }
        if let Some(node) = at_mut(self.root_mut(), trail) {
            *node = new;
        }
    }

    /// Puts a scalar with the same tag where there is one: what is known of the tag is known of the new one.
    pub(crate) fn retext_scalar(&mut self, trail: &[usize], scalar: Scalar, mark: Mark) {
        let Some(old) = at(&self.root, trail).map(|node| node.mark) else { return };
        let (is_untagged, kind) = (self.is_untagged(old), self.kind_in_quotes(old));
        if !is_untagged && kind.is_none() {
            return self.write_scalar(trail, scalar, mark);
        }
        let apart = self.mark_apart(mark);
        self.write_scalar(trail, scalar, apart);
        let Some(new) = at(&self.root, trail).map(|node| node.mark) else { return };
        if is_untagged {
            self.note_untagged(new);
        }
        if let Some(kind) = kind {
            self.note_quoted(new, kind);
        }
    }

    /// Sets a key of the mapping at `trail` to text (filtersutil.SetEntry). Returns the way to the
    /// value when the key is new.
    pub(crate) fn set_entry(
        &mut self,
        trail: &[usize],
        key: &str,
        text: &str,
        mark: Mark,
    ) -> Why<Option<Trail>> {
        let Some(node) = at(&self.root, trail) else { return Ok(None) };
        let mapping = match &node.value {
            Value::Mapping(mapping) => mapping,
            // The reference adds the entry to a null, which then prints as null.
            _ if node.is_null() => return Ok(None),
            _ => return Err(format!("`{key}` is to be set in what is no mapping")),
        };
        let to_entry = |position: usize| -> Trail { trail.iter().copied().chain([position]).collect() };
        if let Some(position) = mapping.position(key) {
            let old = mapping.entries().get(position).map(|entry| &entry.value);
            let scalar = scalar_over(old, text, Tag::Text);
            self.write_scalar(&to_entry(position), scalar, mark);
            return Ok(None);
        }
        let entry = to_entry(mapping.len());
        let value = Node::from(Value::Scalar(scalar_over(None, text, Tag::Text))).at(mark);
        if let Some(mapping) = at_mut(self.root_mut(), trail).and_then(Node::as_mapping_mut) {
            mapping.entries_mut().push(Entry { key: new_key(key).at(mark), value });
        }
        Ok(Some(entry))
    }

    /// A copy of a part of this object, written by the line at `mark`. Nothing in it is shared with where it comes from; what
    /// is known of the scalars there is known of their copies.
    pub(crate) fn copied_within(&mut self, node: &Node, mark: Mark) -> Node {
        let inner = self.mark_apart(mark);
        let is_noted = |mark: Mark| {
            self.is_untagged(mark) || self.misfit(mark).is_some() || self.kind_in_quotes(mark).is_some()
        };
        node.with_marks(|old| if is_noted(old) { old } else { inner }).at(mark)
    }

    /// The same of what stands in another object, where the scalars with the marks `untagged` have no tag.
    pub(crate) fn copied(&mut self, node: &Node, mark: Mark, untagged: &[Mark]) -> Node {
        let (inner, bare) = (self.mark_apart(mark), self.mark_apart(mark));
        self.note_untagged(bare);
        node.with_marks(|old| if untagged.contains(&old) { bare } else { inner }).at(mark)
    }

    /// Gives the scalars at these places a mark of their own for the same line, which is returned: what was only
    /// overwritten from there keeps its own node in the reference and is not shared with them.
    pub(crate) fn set_apart(&mut self, trails: &[Trail], mark: Mark) -> Mark {
        let apart = self.mark_apart(mark);
        for trail in trails {
            if let Some(node) = at_mut(self.root_mut(), trail) {
                node.mark = apart;
            }
        }
        apart
    }

    /// The same place by another index of its file, so that it is not equal to the mark of others.
    fn mark_apart(&mut self, mark: Mark) -> Mark {
        let file = self.files.get(usize::from(mark.file)).cloned();
        file.map_or(mark, |file| Mark { file: self.add_file(file), ..mark })
    }

    /// Notes that the scalars with this mark are one and the same for the reference.
    ///
    /// Its label and annotation transformers put one yaml.Node by pointer into every field that they create
    /// (api/filters/filtersutil/setters.go, SetEntry), so that a patch, a replacement or a variable which later changes
    /// the label in one place changes it in all of them.
    pub(crate) fn share(&mut self, mark: Mark) {
        if !self.shared.contains(&mark) {
            self.shared.push(mark);
        }
    }

    /// The marks of what is shared.
    pub(crate) fn shared(&self) -> &[Mark] {
        &self.shared
    }

    /// Gives all scalars with one of these marks, which stand for one shared scalar, a new value.
    pub(crate) fn overwrite_shared(&mut self, marks: &[Mark], new: &Node) {
        self.share(new.mark);
        sweep(self.root_mut(), marks, new);
    }

    /// Nothing is shared any more: the object was printed and read again.
    pub(crate) fn unshare(&mut self) {
        self.shared.clear();
        self.untagged.clear();
        self.misfits.clear();
        self.quoted.clear();
    }

    /// Notes a scalar without a tag.
    pub(crate) fn note_untagged(&mut self, mark: Mark) {
        if !self.untagged.contains(&mark) {
            self.untagged.push(mark);
        }
    }

    /// Notes that a field has no tag, which it has where upstream sets the field itself (kyaml/yaml/rnode.go, SetMapField).
    pub(crate) fn note_untagged_field(&mut self, path: &[&str]) {
        if let Ok(Some(trail)) = lookup_trail(&self.root, path) {
            self.note_untagged_at(&trail);
        }
    }

    /// Notes that what is there has no tag, as FieldSetter leaves it (kyaml/yaml/fns.go).
    pub(crate) fn note_untagged_at(&mut self, trail: &[usize]) {
        let mark = at(&self.root, trail).map(|node| node.mark);
        if let Some(mark) = mark.filter(|mark| *mark != Mark::default()) {
            self.note_untagged(mark);
        }
    }

    /// Notes that a scalar has this tag, whatever it looks like. Quotes still make it text where it is printed.
    pub(crate) fn note_quoted(&mut self, mark: Mark, kind: ScalarKind) {
        self.quoted.push((mark, kind));
    }

    /// The tag of a quoted scalar that is not that of text.
    pub(crate) fn kind_in_quotes(&self, mark: Mark) -> Option<ScalarKind> {
        self.quoted.iter().rev().find(|(known, _)| *known == mark).map(|(_, kind)| *kind)
    }

    /// The marks of scalars without a tag.
    pub(crate) fn untagged(&self) -> &[Mark] {
        &self.untagged
    }

    /// Whether a scalar has no tag, so that its type follows its text.
    pub(crate) fn is_untagged(&self, mark: Mark) -> bool {
        self.untagged.contains(&mark)
    }

    /// Puts a text under a tag that it does not fit. Nothing is refused before the object is printed: a patch may still
    /// take it out.
    pub(crate) fn write_misfit(&mut self, trail: &[usize], misfit: Misfit, mark: Mark) {
        let mark = self.mark_apart(mark);
        if let Some(node) = at_mut(self.root_mut(), trail) {
            *node = Node::string(misfit.text().clone()).at(mark);
            self.misfits.push((mark, misfit));
        }
    }

    /// The misfit with this mark.
    pub(crate) fn misfit(&self, mark: Mark) -> Option<&Misfit> {
        self.misfits.iter().find(|(known, _)| *known == mark).map(|(_, misfit)| misfit)
    }

    /// Refused while a misfit is there.
    pub(crate) fn check_misfits(&self) -> Result<(), (Mark, String)> {
        match self.misfits.iter().find(|(mark, _)| holds(&self.root, &[*mark])) {
            None => Ok(()),
            Some((mark, misfit)) => Err((*mark, misfit.words())),
        }
    }

    /// A part of a text that starts `offset` lines below the start of `file`, with marks for this object.
    pub(crate) fn adopt(&mut self, node: &Node, file: &TreePath, offset: u32) -> Node {
        match (self.file_index(file), offset) {
            (0, 0) => node.clone(),
            (file, offset) => {
                node.with_marks(|mark| Mark { file, line: mark.line.saturating_add(offset), ..mark })
            }
        }
    }
}

fn sweep(node: &mut Node, marks: &[Mark], new: &Node) {
    if node.as_scalar().is_some() {
        if marks.contains(&node.mark) {
            *node = new.clone();
        }
    } else if holds(node, marks) {
        if let Some(mapping) = node.as_mapping_mut() {
            for entry in mapping.entries_mut() {
                sweep(&mut entry.value, marks, new);
            }
        } else if let Some(items) = node.as_sequence_mut() {
            for item in items {
                sweep(item, marks, new);
            }
        }
    }
}

/// Whether a scalar with one of the marks is in the node, so that nothing else has to be copied.
fn holds(node: &Node, marks: &[Mark]) -> bool {
    match &node.value {
        Value::Scalar(_) => marks.contains(&node.mark),
        Value::Sequence(items) => items.iter().any(|item| holds(item, marks)),
        Value::Mapping(mapping) => mapping.entries().iter().any(|entry| holds(&entry.value, marks)),
    }
}
