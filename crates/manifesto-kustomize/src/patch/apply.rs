//! Merging a patch into one object (api/resource/resource.go, ApplySmPatch).

use manifesto_tree::TreePath;
use manifesto_yaml::Node;

use crate::merge::merge;
use crate::meter::Meter;
use crate::node::{Why, at_mut, lookup_trail, raw_text};
use crate::object::{Object, metadata};
use crate::schema::Schema;

/// Where a patch is written.
#[derive(Debug, Clone)]
pub(crate) struct PatchPlace {
    pub(crate) file: TreePath,
    /// The lines of the file before its text.
    pub(crate) offset: u32,
}

/// A way to merge a patch into an object.
pub(crate) type MergePatch = fn(&mut Object, &Node, &PatchPlace, &Schema, &Meter) -> Why<()>;

/// The fields that a patch only changes when it may.
const NAMES: [&[&str]; 4] = [&["apiVersion"], &["kind"], &["metadata", "name"], &["metadata", "namespace"]];

/// Merges a patch into an object. Name and kind stay unless the patch may change them, the namespace stays.
pub(crate) fn apply_strategic(
    object: &mut Object,
    patch: &Node,
    place: &PatchPlace,
    schema: &Schema,
    meter: &Meter,
) -> Why<()> {
    let allowed = |switch| metadata::annotation(patch, switch) == Some(metadata::ENABLED);
    let (rename, change_kind) = (allowed(metadata::ALLOW_NAME_CHANGE), allowed(metadata::ALLOW_KIND_CHANGE));
    let before = object.root().clone();
    if rename || change_kind {
        object.store_previous_id(schema)?;
    }
    let patch = object.adopt(patch, &place.file, place.offset);
    merge(object, &patch, schema, meter)?;
    if object.is_gone() {
        *object.root_mut() = Node::null();
        return Ok(());
    }
    let root = object.root_mut();
    if !change_kind {
        metadata::set_field(root, &["kind"], metadata::kind(&before))?;
    }
    if !rename {
        metadata::set_field(root, &["metadata", "name"], metadata::name(&before))?;
    }
    metadata::set_namespace(root, metadata::namespace(&before))?;
    restore_places(root, &before);
    let written = [(!change_kind, NAMES[1]), (!rename, NAMES[2]), (true, NAMES[3])];
    written
        .into_iter()
        .filter(|(is_written, _)| *is_written)
        .for_each(|(_, path)| object.note_untagged_field(path));
    Ok(())
}

/// Merges a patch into an object that a set names: it gets the object's group and version, even where it has none
/// (api/resmap/reswrangler.go, ApplySmPatch).
pub(crate) fn apply_to_selected(
    object: &mut Object,
    patch: &Node,
    place: &PatchPlace,
    schema: &Schema,
    meter: &Meter,
) -> Why<()> {
    let api_version = object.identity(schema).current.gvk.api_version();
    if object.root().get(NAMES[0][0]).is_some_and(|old| old.as_scalar().is_none()) {
        return Err("its `apiVersion` is no text".to_owned());
    }
    apply_strategic(object, &patch_for(patch, &api_version)?, place, schema, meter)?;
    if object.root().is_null() {
        return Ok(());
    }
    if api_version.is_empty() {
        metadata::set_field(object.root_mut(), NAMES[0], "")?;
    }
    // A patch that replaces the whole object is taken as it is; a merge sets each field anew.
    if patch.get("$patch").and_then(Node::as_str) != Some("replace") {
        object.note_untagged_field(NAMES[0]);
    }
    Ok(())
}

/// A name that is what it was is written where it was.
fn restore_places(root: &mut Node, before: &Node) {
    for path in NAMES {
        let (Some(old), Some(new)) = (before.path(path), root.path(path)) else { continue };
        if raw_text(old) == raw_text(new)
            && old.mark != new.mark
            && let Ok(Some(trail)) = lookup_trail(root, path)
            && let Some(new) = at_mut(root, &trail)
        {
            new.mark = old.mark;
        }
    }
}

/// The patch for one of the objects that its target selects: labels and annotations become text, and the kind of
/// the object counts (api/resmap/reswrangler.go, ApplySmPatch; api/resource/resource.go, CopyMergeMetaDataFieldsFrom).
fn patch_for(patch: &Node, api_version: &str) -> Why<Node> {
    let mut copy = patch.clone();
    for field in ["labels", "annotations"] {
        let map = metadata::text_map(patch, field)?;
        metadata::set_text_map(&mut copy, field, &map)?;
    }
    metadata::set_field(&mut copy, &["metadata", "name"], metadata::name(patch))?;
    metadata::set_namespace(&mut copy, metadata::namespace(patch))?;
    metadata::set_field(&mut copy, &["kind"], metadata::kind(patch))?;
    metadata::set_field(&mut copy, &["apiVersion"], api_version)?;
    Ok(copy)
}
