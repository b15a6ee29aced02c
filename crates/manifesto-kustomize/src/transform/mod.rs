//! The transformers, each over all objects of a layer (api/internal/builtins, api/filters).

mod affix;
mod images;
mod labels;
mod namespace;
mod replacements;
mod replicas;
mod value_add;

use std::collections::HashMap;

use manifesto_tree::TreePath;
use manifesto_yaml::Mark;

pub(crate) use affix::{Affix, add_affix};
pub(crate) use images::set_images;
pub(crate) use labels::{PairField, set_pairs};
pub(crate) use namespace::{Subjects, set_namespace};
pub(crate) use replacements::replace;
pub(crate) use replicas::set_replicas;
pub(crate) use value_add::{AddTarget, add_value};

use crate::config::FieldSpec;
use crate::meter::Meter;
use crate::node::Why;
use crate::object::{Gvk, Object, Objects};
use crate::schema::Schema;

/// What a transformer works with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Work<'w> {
    pub(crate) schema: &'w Schema,
    pub(crate) meter: &'w Meter,
    /// The file that asks for the change.
    pub(crate) file: &'w TreePath,
    /// The line that asks for it.
    pub(crate) mark: Mark,
}

/// The fields of a list that apply to the objects of a kind, found once for each kind.
#[derive(Debug)]
struct ByKind<'s> {
    specs: &'s [FieldSpec],
    known: HashMap<Gvk, Vec<&'s FieldSpec>>,
}

impl<'s> ByKind<'s> {
    fn new(specs: &'s [FieldSpec]) -> Self {
        Self { specs, known: HashMap::new() }
    }

    /// The fields for an object of this kind.
    fn get(&mut self, gvk: &Gvk) -> &[&'s FieldSpec] {
        if !self.known.contains_key(gvk) {
            let fits = self.specs.iter().filter(|spec| gvk.is_selected_by(&spec.gvk)).collect();
            self.known.insert(gvk.clone(), fits);
        }
        self.known.get(gvk).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Changes each object; a refusal says which one it is about.
fn each(objects: &mut Objects, work: Work<'_>, mut change: impl FnMut(&mut Object) -> Why<()>) -> Why<()> {
    for object in objects.iter_mut() {
        work.meter.charge(8)?;
        if !object.is_gone() {
            let identity = std::sync::Arc::clone(object.identity(work.schema));
            change(object).map_err(|why| format!("{}: {why}", identity.current.words()))?;
        }
    }
    Ok(())
}
