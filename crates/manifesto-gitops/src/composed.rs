//! What Crossplane makes, in the cluster, of the composites and claims that a change touches.
//!
//! A composite is touched when it differs itself, or its composition or its definition does, in whatever component these
//! are. All composites of a cluster are looked for only when the change holds something that Crossplane reads.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use manifesto_objects::{Object, ObjectId};
use manifesto_tree::{Gap, GapReason, Side};

use crate::affected::{Key, key};
use crate::clusters::{Held, held};
use crate::component::Component;
use crate::crossplane::{self, CompositeUse, Composition, GROUP};
use crate::layout::Engines;
use crate::revision::Revisions;
use crate::{AffectedComponent, ComponentSide};

/// Adds to each component what its touched composites are made into. Returns the compositions that some composite or
/// claim of the repository uses.
pub(crate) fn compose_touched(
    engines: &Engines,
    revisions: &Revisions,
    components: &mut Vec<AffectedComponent>,
) -> BTreeSet<ObjectId> {
    let concerned = clusters_concerned(revisions, components);
    if concerned.is_empty() {
        return BTreeSet::new();
    }
    let [base, head] = held(engines, revisions, components, |cluster| concerned.contains(cluster));
    let (base, head) = (Composites::among(&base), Composites::among(&head));
    let used = base.used().chain(head.used()).cloned().collect();
    let keys: BTreeSet<&UseKey> = base.uses.keys().chain(head.uses.keys()).collect();
    for use_key in keys {
        let (before, after) = (base.uses.get(use_key), head.uses.get(use_key));
        if !is_touched(before, after) {
            continue;
        }
        let made = [(&base, before), (&head, after)].map(|(all, found)| found.map(|found| all.made(found)));
        let owners = [before, after].map(|found| found.map(|found| found.owner.clone()));
        let index = owner_index(engines, revisions, components, owners);
        if let Some(component) = components.get_mut(index) {
            attach(component, made);
        }
    }
    used
}

/// The clusters in which the change holds something that Crossplane reads.
fn clusters_concerned(revisions: &Revisions, components: &[AffectedComponent]) -> BTreeSet<String> {
    let is_read = |side: Side, object: &Arc<Object>| {
        let id = &object.id;
        id.group == GROUP || revisions.side(side).layout.composite_groups.contains(&id.group)
    };
    let holds = |component: &&AffectedComponent| {
        Side::BOTH.into_iter().any(|side| {
            let own = component.side(side);
            own.is_some_and(|own| own.rendering.objects.iter().any(|object| is_read(side, object)))
        })
    };
    components.iter().filter(holds).map(|component| component.cluster().to_owned()).collect()
}

/// A composite or claim: its cluster and its identity.
type UseKey = (String, ObjectId);

/// A composite, and the component that holds it.
struct Use {
    owner: Component,
    found: CompositeUse,
}

/// The composites of one side.
struct Composites {
    uses: BTreeMap<UseKey, Use>,
    /// All objects of each cluster, which the steps of a pipeline may ask for.
    objects: BTreeMap<String, Vec<Arc<Object>>>,
}

impl Composites {
    fn among(all: &[Held]) -> Self {
        let mut objects: BTreeMap<String, Vec<Arc<Object>>> = BTreeMap::new();
        let mut owners: BTreeMap<UseKey, &Component> = BTreeMap::new();
        for held in all {
            let cluster = held.component.cluster();
            for object in &held.objects.objects {
                owners.insert((cluster.to_owned(), object.id.clone()), &held.component);
            }
            objects.entry(cluster.to_owned()).or_default().extend(held.objects.objects.iter().cloned());
        }
        let mut uses = BTreeMap::new();
        for (cluster, objects) in &objects {
            for found in crossplane::composites(objects) {
                let key = (cluster.clone(), found.composite.id.clone());
                if let Some(owner) = owners.get(&key) {
                    uses.insert(key, Use { owner: (*owner).clone(), found });
                }
            }
        }
        Self { uses, objects }
    }

    fn used(&self) -> impl Iterator<Item = &ObjectId> {
        self.uses.values().filter_map(|known| known.found.composition.as_ref()).map(|object| &object.id)
    }

    fn made(&self, known: &Use) -> Composition {
        let CompositeUse { composite, definition, composition, why } = &known.found;
        let Some(composition) = composition else {
            let why = why.clone().unwrap_or_else(|| "no composition is known".to_owned());
            let detail = format!("what {} is made into is not known: {why}", composite.id.short());
            let gap = Gap::new(GapReason::RemoteSource, detail).at(composite.origin(Side::Head).place);
            return Composition { objects: Vec::new(), gaps: vec![gap] };
        };
        let none = Vec::new();
        let extra = self.objects.get(known.owner.cluster()).unwrap_or(&none);
        crossplane::compose(composite, composition, definition.as_deref(), extra)
    }
}

fn is_touched(before: Option<&Use>, after: Option<&Use>) -> bool {
    let (Some(before), Some(after)) = (before, after) else { return true };
    let parts = |known: &Use| {
        let CompositeUse { composite, definition, composition, .. } = &known.found;
        [Some(Arc::clone(composite)), definition.clone(), composition.clone()]
    };
    let is_same = |(a, b): (Option<Arc<Object>>, Option<Arc<Object>>)| match (a, b) {
        (Some(a), Some(b)) => a.id == b.id && a.version == b.version && a.root == b.root,
        (a, b) => a.is_none() && b.is_none(),
    };
    !parts(before).into_iter().zip(parts(after)).all(is_same)
}

/// Where the component that holds a composite is among the affected ones; it becomes one of them.
fn owner_index(
    engines: &Engines,
    revisions: &Revisions,
    components: &mut Vec<AffectedComponent>,
    owners: [Option<Component>; 2],
) -> usize {
    let keys: Vec<Key> = owners.iter().flatten().map(key).collect();
    let is_owner = |component: &AffectedComponent| {
        let sides = [&component.base, &component.head].into_iter().flatten();
        sides.into_iter().any(|side| keys.contains(&key(&side.component)))
    };
    if let Some(index) = components.iter().position(is_owner) {
        return index;
    }
    let side = |side: Side, component: Option<Component>| {
        let component = component?;
        let mut rendered = revisions.side(side).render_all(engines, side, &[Some(&component)]);
        let rendering = rendered.pop().flatten()?;
        Some(ComponentSide { component, rendering, composed: Vec::new() })
    };
    let [base, head] = owners;
    // A composite that is new in a component that is not: the other side holds the same component without it.
    let other = |owner: &Option<Component>, side: Side| {
        let key_of = key(owner.as_ref()?);
        revisions.side(side).all_components().into_iter().find(|component| key(component) == key_of)
    };
    let (base, head) = match (base, head) {
        (None, head) => (other(&head, Side::Base), head),
        (base, None) => (base.clone(), other(&base, Side::Head)),
        both => both,
    };
    let (base, head) = (side(Side::Base, base), side(Side::Head, head));
    components.push(AffectedComponent { name: String::new(), base, head, indirect: Vec::new() });
    components.len() - 1
}

/// Puts what was made on both sides into the component. What one side does not know is not compared.
fn attach(component: &mut AffectedComponent, made: [Option<Composition>; 2]) {
    let hides = |made: &Option<Composition>| {
        made.as_ref().is_some_and(|made| made.gaps.iter().any(Gap::hides_objects))
    };
    let names = |made: &Option<Composition>| -> BTreeSet<String> {
        made.iter().flat_map(|made| &made.objects).map(|composed| composed.name.clone()).collect()
    };
    let hidden = [hides(&made[1]), hides(&made[0])];
    let others = [names(&made[1]), names(&made[0])];
    for (((made, side), hidden), others) in made.into_iter().zip(Side::BOTH).zip(hidden).zip(others) {
        let Some(made) = made else { continue };
        component.indirect.extend(made.gaps.into_iter().map(|gap| gap.on(side)));
        let own = match side {
            Side::Base => component.base.as_mut(),
            Side::Head => component.head.as_mut(),
        };
        if let Some(own) = own {
            let known =
                made.objects.into_iter().filter(|composed| !hidden || others.contains(&composed.name));
            own.composed.extend(known.map(|composed| composed.object));
        }
    }
}
