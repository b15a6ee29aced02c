//! Which values of a chart an object differs by.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use manifesto_helm::{
    ChangedValue, Manifest, Options, Told, ValueReads, ValueSource, changed_values, render,
};
use manifesto_objects::{Object, ObjectId};
use manifesto_tree::{Place, Side};

use crate::change::AffectedComponent;
use crate::chart_releases::ChartRelease;

/// A value that differs and that the template of an object read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ValueCause {
    /// The keys that lead to it, with dots between them.
    pub value: String,
    /// Where it is said; none where that is packed.
    pub place: Option<Place>,
    /// Where that is: in head, unless only base says anything.
    pub side: Side,
}

/// The values that differ, by the objects whose templates read them.
#[derive(Debug, Default)]
pub struct ValueCauses(BTreeMap<Name, BTreeSet<ValueCause>>);

/// Group, kind and name: the namespace is often told by whoever deploys.
type Name = (String, String, String);

impl ValueCauses {
    /// Those of one object.
    pub fn of(&self, id: &ObjectId) -> impl Iterator<Item = &ValueCause> {
        self.0.get(&name(id)).into_iter().flatten()
    }
}

fn name(id: &ObjectId) -> Name {
    (id.group.clone(), id.kind.clone(), id.name.clone())
}

impl AffectedComponent {
    /// The values that differ between both sides, by the objects that may differ by them. Its charts are rendered once more
    /// for that.
    pub fn value_causes(&self) -> ValueCauses {
        let mut causes = ValueCauses::default();
        for (base, head) in self.release_pairs() {
            // What cannot be rendered has been said already.
            let changed = changed_values(base.told(), head.told()).unwrap_or_default();
            if changed.is_empty() {
                continue;
            }
            for release in [base, head] {
                for (name, manifest) in release.manifests() {
                    let read =
                        |changed: &&ChangedValue| manifest.values.iter().any(|read| changed.concerns(read));
                    let found = changed.iter().filter(read).map(|changed| cause(changed, base, head));
                    causes.0.entry(name).or_default().extend(found);
                }
            }
        }
        causes
    }
}

fn cause(changed: &ChangedValue, base: &ChartRelease, head: &ChartRelease) -> ValueCause {
    let release = if changed.side == Side::Base { base } else { head };
    let place = match &changed.value.source {
        ValueSource::Nobody => None,
        ValueSource::Default(place) => place.clone(),
        ValueSource::Given(place) => Some(place.clone().unwrap_or_else(|| release.place.clone())),
    };
    ValueCause { value: changed.value.path.join("."), place, side: changed.side }
}

impl ChartRelease {
    fn told(&self) -> Told<'_> {
        Told { chart: &self.chart, values: &self.values, options: &self.options }
    }

    /// Its manifests with the values that they read.
    fn manifests(&self) -> Vec<(Name, Manifest)> {
        let options = Options { value_reads: ValueReads::Note, ..self.options.clone() };
        let rendered = render(&self.chart, &self.values, &options);
        let named = |manifest: Manifest| {
            let object = Object::new(manifest.root.clone(), Arc::from([]), Arc::from([])).ok()?;
            Some((name(&object.id), manifest))
        };
        rendered
            .map(|rendered| rendered.manifests.into_iter().filter_map(named).collect())
            .unwrap_or_default()
    }
}
