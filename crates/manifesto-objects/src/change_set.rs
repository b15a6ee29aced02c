//! What becomes of the objects.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::pairing::{self, Link};
use crate::{FieldChange, Noise, Object, ObjectId, compare_fields, immutable_field};

/// An object and the component that it belongs to.
#[derive(Debug, Clone)]
pub struct Placed {
    /// The component, by a number that is the same on both sides.
    pub component: usize,
    /// The object.
    pub object: Arc<Object>,
}

/// What became of an object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// It is only in head.
    Added,
    /// It is only in base.
    Removed,
    /// It is updated in place.
    Changed,
    /// It cannot be updated in place: this immutable field, or its API group, differs.
    Replaced {
        /// The field, as `spec.selector`; `apiVersion` for the group.
        field: String,
    },
    /// It has another name and a similar content: the old one is deleted, the new one created.
    Renamed,
    /// It belongs to another component.
    Moved,
    /// Nothing differs but noise.
    Noise,
}

impl ChangeKind {
    /// The name in reports.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Replaced { .. } => "replaced",
            Self::Renamed => "renamed",
            Self::Moved => "moved",
            Self::Noise => "noise",
        }
    }
}

/// What became of one object.
#[derive(Debug, Clone)]
pub struct ObjectChange {
    /// What became of it.
    pub kind: ChangeKind,
    /// The component it belongs to: in head, unless it is gone.
    pub component: usize,
    /// The object in base.
    pub base: Option<Arc<Object>>,
    /// The object in head.
    pub head: Option<Arc<Object>>,
    /// The fields that differ and say something.
    pub fields: Vec<FieldChange>,
    /// The fields that differ and say nothing.
    pub noise: Vec<(FieldChange, Noise)>,
}

impl ObjectChange {
    /// The identity in head, or in base when it is gone.
    pub fn id(&self) -> &ObjectId {
        // An `ObjectChange` has a side: both constructors below set one.
        static NOTHING: ObjectId = ObjectId {
            group: String::new(),
            kind: String::new(),
            namespace: String::new(),
            name: String::new(),
        };
        self.head.as_ref().or(self.base.as_ref()).map_or(&NOTHING, |object| &object.id)
    }

    /// Whether an object appears in the cluster under a name that base does not have.
    pub fn adds_a_key(&self) -> bool {
        matches!(self.kind, ChangeKind::Added | ChangeKind::Renamed)
    }

    /// Whether anything differs that says something.
    pub fn is_real(&self) -> bool {
        self.kind != ChangeKind::Noise
    }
}

/// What becomes of all objects, sorted by component and identity.
#[derive(Debug, Clone, Default)]
pub struct ChangeSet {
    /// Every object that differs, noise included.
    pub changes: Vec<ObjectChange>,
}

impl ChangeSet {
    /// Compares the objects of both sides.
    pub fn between(base: &[Placed], head: &[Placed]) -> Self {
        let after: BTreeMap<_, &Placed> = head.iter().map(|placed| (key(placed), placed)).collect();
        let before: BTreeMap<_, &Placed> = base.iter().map(|placed| (key(placed), placed)).collect();
        let mut gone: Vec<&Placed> =
            before.iter().filter(|(k, _)| !after.contains_key(*k)).map(|(_, p)| *p).collect();
        let mut new: Vec<&Placed> =
            after.iter().filter(|(k, _)| !before.contains_key(*k)).map(|(_, p)| *p).collect();
        let mut changes: Vec<ObjectChange> = Vec::new();
        for (key, base) in &before {
            if let Some(head) = after.get(key) {
                changes.extend(compare(base, head, None));
            }
        }
        let pairs = pairing::pair(&mut gone, &mut new);
        changes.extend(pairs.into_iter().filter_map(|(base, head, link)| compare(base, head, Some(link))));
        changes.extend(gone.into_iter().map(|placed| one_sided(placed, ChangeKind::Removed)));
        changes.extend(new.into_iter().map(|placed| one_sided(placed, ChangeKind::Added)));
        changes.sort_by(|a, b| (a.component, a.id(), &a.kind).cmp(&(b.component, b.id(), &b.kind)));
        Self { changes }
    }

    /// The changes that say something.
    pub fn real(&self) -> impl Iterator<Item = &ObjectChange> {
        self.changes.iter().filter(|change| change.is_real())
    }

    /// How many objects differ by noise only.
    pub fn noise_count(&self) -> usize {
        self.changes.iter().filter(|change| !change.is_real()).count()
    }
}

fn key(placed: &Placed) -> (usize, &ObjectId) {
    (placed.component, &placed.object.id)
}

fn one_sided(placed: &Placed, kind: ChangeKind) -> ObjectChange {
    let object = Some(Arc::clone(&placed.object));
    let (base, head) = if kind == ChangeKind::Added { (None, object) } else { (object, None) };
    ObjectChange { kind, component: placed.component, base, head, fields: Vec::new(), noise: Vec::new() }
}

/// None when nothing differs.
fn compare(base: &Placed, head: &Placed, link: Option<Link>) -> Option<ObjectChange> {
    let (before, after) = (&base.object, &head.object);
    if link.is_none() && Arc::ptr_eq(before, after) {
        return None;
    }
    let (mut fields, mut noise) = (Vec::new(), Vec::new());
    for change in compare_fields(&before.root, &after.root) {
        match Noise::of(&after.id, &change) {
            Some(why) => noise.push((change, why)),
            None => fields.push(change),
        }
    }
    let immutable = fields.iter().find_map(|change| immutable_field(before, &change.path));
    let kind = match (link, immutable) {
        (Some(Link::Renamed), _) => ChangeKind::Renamed,
        (Some(Link::OtherGroup), _) => ChangeKind::Replaced { field: "apiVersion".to_owned() },
        (_, Some(field)) => ChangeKind::Replaced { field },
        (Some(Link::Moved), None) => ChangeKind::Moved,
        (None, None) if !fields.is_empty() => ChangeKind::Changed,
        (None, None) if !noise.is_empty() => ChangeKind::Noise,
        (None, None) => return None,
    };
    let (base, head_object) = (Some(Arc::clone(before)), Some(Arc::clone(after)));
    Some(ObjectChange { kind, component: head.component, base, head: head_object, fields, noise })
}
