//! `namePrefix` and `nameSuffix` (api/internal/builtins/PrefixTransformer.go, SuffixTransformer.go).

use manifesto_yaml::{SmolStr, Value};

use super::{Work, each};
use crate::config::FieldSpec;
use crate::node::{Kind, Tag, Why, at, materialize, raw_text, scalar_over, sites};
use crate::object::{Gvk, Objects, metadata};

/// Which end of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Affix {
    /// The start.
    Prefix,
    /// The end.
    Suffix,
}

/// Adds a text to the names of all objects that may be renamed.
pub(crate) fn add_affix(
    objects: &mut Objects,
    affix: Affix,
    text: &SmolStr,
    specs: &[FieldSpec],
    work: Work<'_>,
) -> Why<()> {
    each(objects, work, |object| {
        let original = object.identity(work.schema).original().gvk.clone();
        if keeps_name(&original) {
            return Ok(());
        }
        let mark = object.mark_in(work.file, work.mark);
        for spec in specs.iter().filter(|spec| original.is_selected_by(&spec.gvk)) {
            if spec.path.text() == "metadata/name" {
                let list = if affix == Affix::Prefix { metadata::PREFIXES } else { metadata::SUFFIXES };
                metadata::append_csv(object.root_mut(), list, text)?;
                if !text.is_empty() {
                    object.store_previous_id(work.schema)?;
                }
            }
            // The filter looks at the current kind again.
            if !object.identity(work.schema).current.gvk.is_selected_by(&spec.gvk) {
                continue;
            }
            let create = spec.create.then_some(Kind::Scalar);
            for site in sites(object.root(), &spec.path, create)? {
                let trail = materialize(object.root_mut(), &spec.path, &site, Kind::Scalar, mark);
                let Some(trail) = trail else { continue };
                let Some(node) = at(object.root(), &trail) else { continue };
                if !matches!(node.value, Value::Scalar(_)) {
                    return Err(format!("{} is no scalar", spec.path.text()));
                }
                let old = raw_text(node);
                let new =
                    if affix == Affix::Prefix { format!("{text}{old}") } else { format!("{old}{text}") };
                // An empty text sets nothing.
                let scalar = scalar_over(Some(node), new, Tag::None);
                object.write_scalar(&trail, scalar, mark);
                object.note_untagged(mark);
            }
        }
        Ok(())
    })
}

/// Kinds whose names mean something to others.
fn keeps_name(gvk: &Gvk) -> bool {
    match gvk.kind.as_str() {
        "CustomResourceDefinition" | "Namespace" => true,
        "APIService" => gvk.group == "apiregistration.k8s.io",
        _ => false,
    }
}
