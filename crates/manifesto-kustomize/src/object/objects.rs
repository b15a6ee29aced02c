//! The objects of a layer, in order, found by name (api/resmap/reswrangler.go).

use std::collections::{HashMap, HashSet};

use manifesto_yaml::SmolStr;

use super::{Gvk, Id, Object};
use crate::node::Why;
use crate::schema::Schema;

/// Objects in the order in which they were loaded. No two have the same current id when one is added.
#[derive(Debug, Clone, Default)]
pub(crate) struct Objects {
    list: Vec<Object>,
    index: Option<Index>,
}

/// What can be found without walking the list. Dropped by any change that it does not follow.
#[derive(Debug, Clone, Default)]
struct Index {
    current: HashSet<Key>,
    /// Positions of the objects that have, or had, a name.
    by_name: HashMap<SmolStr, Vec<usize>>,
}

/// A current id, for comparisons.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    namespace: SmolStr,
    gvk: Gvk,
    name: SmolStr,
}

impl Key {
    /// The key of an id.
    pub(crate) fn of(id: &Id) -> Self {
        Self { namespace: id.effective_namespace().into(), gvk: id.gvk.clone(), name: id.name.clone() }
    }
}

impl Index {
    fn of(list: &[Object], schema: &Schema) -> Self {
        let mut index = Self::default();
        for (position, object) in list.iter().enumerate() {
            index.add(position, object, schema);
        }
        index
    }

    /// Adds an object; false when another one has its current id.
    fn add(&mut self, position: usize, object: &Object, schema: &Schema) -> bool {
        let identity = object.identity(schema);
        let is_new = self.current.insert(Key::of(&identity.current));
        let mut names: Vec<&SmolStr> = identity.all().map(|id| &id.name).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            self.by_name.entry(name.clone()).or_default().push(position);
        }
        is_new
    }
}

impl Objects {
    /// Objects that are known to have different ids.
    pub(crate) fn from_unique(list: Vec<Object>) -> Self {
        Self { list, index: None }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// The objects in order.
    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Object> {
        self.list.iter()
    }

    /// The objects in order, to change.
    pub(crate) fn iter_mut(&mut self) -> std::slice::IterMut<'_, Object> {
        self.index = None;
        self.list.iter_mut()
    }

    /// One object.
    pub(crate) fn get(&self, position: usize) -> Option<&Object> {
        self.list.get(position)
    }

    /// One object, to change. What is known of the names of the others stays known.
    pub(crate) fn change<T>(
        &mut self,
        position: usize,
        schema: &Schema,
        change: impl FnOnce(&mut Object) -> Why<T>,
    ) -> Why<Option<T>> {
        let Some(object) = self.list.get_mut(position) else { return Ok(None) };
        let before = self.index.is_some().then(|| object.identity(schema).clone());
        let result = change(object)?;
        if before.is_some_and(|before| object.is_gone() || before != *object.identity(schema)) {
            self.index = None;
        }
        Ok(Some(result))
    }

    /// Adds an object. An object with the same current id must not be there.
    pub(crate) fn append(&mut self, object: Object, schema: &Schema) -> Why<()> {
        let index = self.index.get_or_insert_with(|| Index::of(&self.list, schema));
        if !index.add(self.list.len(), &object, schema) {
            let id = &object.identity(schema).current;
            return Err(format!("there is a {} already", id.words()));
        }
        self.list.push(object);
        Ok(())
    }

    /// The objects that have, or had, an id for which `matches` holds; `name` is the id's name. Those that a patch
    /// deleted are not among them.
    pub(crate) fn by_any_id(
        &mut self,
        name: &str,
        schema: &Schema,
        matches: impl Fn(&Id) -> bool,
    ) -> Vec<usize> {
        let index = self.index.get_or_insert_with(|| Index::of(&self.list, schema));
        let candidates = index.by_name.get(name).map(Vec::as_slice).unwrap_or_default();
        let fits = |position: &&usize| {
            self.list
                .get(**position)
                .is_some_and(|object| !object.is_gone() && object.identity(schema).all().any(&matches))
        };
        candidates.iter().filter(fits).copied().collect()
    }

    /// Puts an object in the place of another one.
    pub(crate) fn replace(&mut self, position: usize, object: Object) {
        self.index = None;
        if let Some(old) = self.list.get_mut(position) {
            *old = object;
        }
    }

    /// Drops the objects of which nothing is left.
    pub(crate) fn drop_gone(&mut self) {
        if self.list.iter().any(Object::is_gone) {
            self.retain(|object| !object.is_gone());
        }
    }

    /// Keeps some of the objects.
    pub(crate) fn retain(&mut self, keep: impl Fn(&Object) -> bool) {
        self.index = None;
        self.list.retain(keep);
    }

    /// Takes the objects out.
    pub(crate) fn into_vec(self) -> Vec<Object> {
        self.list
    }

    /// Checks that no two objects have the same current id.
    pub(crate) fn check_unique(&self, schema: &Schema) -> Why<()> {
        let mut seen = HashSet::with_capacity(self.list.len());
        for object in &self.list {
            let id = &object.identity(schema).current;
            if !seen.insert(Key::of(id)) {
                return Err(format!("two objects are the {}", id.words()));
            }
        }
        Ok(())
    }
}
