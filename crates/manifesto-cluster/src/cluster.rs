//! All objects of one destination at one revision.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

use manifesto_objects::{Object, ObjectId};
use manifesto_tree::{Gap, TreePath};

use crate::namespaces::{self, Namespace};
use crate::permissions::{self, Permissions};
use crate::secrets::{self, Secrets};
use crate::workloads::{self, Workload};

/// The objects of one destination at one revision, and what they mean. Cheap to make: each meaning is worked out when it
/// is first asked for.
#[derive(Debug, Default)]
pub struct Cluster {
    objects: Vec<Arc<Object>>,
    gaps: Vec<Gap>,
    by_id: HashMap<ObjectId, usize>,
    by_kind: HashMap<String, HashMap<String, Vec<usize>>>,
    namespaces: OnceLock<BTreeMap<String, Namespace>>,
    workloads: OnceLock<Workloads>,
    permissions: OnceLock<Permissions>,
    secrets: OnceLock<Secrets>,
    hidden: OnceLock<Hidden>,
}

/// Where objects may be missing.
#[derive(Debug)]
enum Hidden {
    Anywhere,
    In(BTreeSet<String>),
}

#[derive(Debug, Default)]
struct Workloads {
    all: Vec<Workload>,
    by_namespace: BTreeMap<String, Vec<usize>>,
}

impl Cluster {
    /// Takes the objects that go to one destination. Where two components hold the same object, the first counts: they
    /// overwrite each other, and nobody knows who is last.
    pub fn new(objects: Vec<Arc<Object>>, gaps: Vec<Gap>) -> Self {
        let mut cluster = Self { gaps, ..Self::default() };
        for object in objects {
            let index = cluster.objects.len();
            match cluster.by_id.entry(object.id.clone()) {
                Entry::Occupied(_) => continue,
                Entry::Vacant(entry) => entry.insert(index),
            };
            let kinds = cluster.by_kind.entry(object.id.group.clone()).or_default();
            kinds.entry(object.id.kind.clone()).or_default().push(index);
            cluster.objects.push(object);
        }
        cluster
    }

    /// All objects, each once, in the order in which they came.
    pub fn objects(&self) -> &[Arc<Object>] {
        &self.objects
    }

    /// What could not be known of them.
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// Whether objects may be missing.
    pub fn is_complete(&self) -> bool {
        !self.gaps.iter().any(Gap::hides_objects)
    }

    /// Whether objects of this namespace may be missing. What a component does not tell goes where the rest of it goes;
    /// where nothing of it is known, it may go anywhere.
    pub fn may_hide_in(&self, namespace: &str) -> bool {
        match self.hidden.get_or_init(|| self.read_hidden()) {
            Hidden::Anywhere => true,
            Hidden::In(namespaces) => namespaces.contains(namespace),
        }
    }

    fn read_hidden(&self) -> Hidden {
        let mut hidden = BTreeSet::new();
        for gap in self.gaps.iter().filter(|gap| gap.hides_objects()) {
            let Some(path) = &gap.hides else { return Hidden::Anywhere };
            let mut beside = self.namespaces_below(path);
            if beside.is_empty() {
                beside = path.parent().map(|parent| self.namespaces_below(&parent)).unwrap_or_default();
            }
            if beside.is_empty() {
                return Hidden::Anywhere;
            }
            hidden.extend(beside);
        }
        Hidden::In(hidden)
    }

    fn namespaces_below(&self, path: &TreePath) -> BTreeSet<String> {
        let is_below = |object: &&Arc<Object>| {
            let places = object.via.iter().map(|place| &place.path);
            object.files.iter().chain(places).any(|file| file.starts_with(path))
        };
        self.objects.iter().filter(is_below).map(|object| object.id.namespace.clone()).collect()
    }

    /// The objects of a kind, in the order in which they came; the core group is `""`.
    pub fn of_kind(&self, group: &str, kind: &str) -> impl Iterator<Item = &Arc<Object>> {
        let found = self.by_kind.get(group).and_then(|kinds| kinds.get(kind));
        found.into_iter().flatten().filter_map(|index| self.objects.get(*index))
    }

    /// The object of this identity; `namespace` is empty where the kind has none.
    pub fn get(&self, group: &str, kind: &str, namespace: &str, name: &str) -> Option<&Arc<Object>> {
        self.by_id(&ObjectId {
            group: group.to_owned(),
            kind: kind.to_owned(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        })
    }

    /// The object of this identity.
    pub fn by_id(&self, id: &ObjectId) -> Option<&Arc<Object>> {
        self.objects.get(*self.by_id.get(id)?)
    }

    /// The namespaces, by name: those that are objects, and those that others are in.
    pub fn namespaces(&self) -> &BTreeMap<String, Namespace> {
        self.namespaces.get_or_init(|| namespaces::read(self))
    }

    /// The namespace of this name; none when nothing says that it exists.
    pub fn namespace(&self, name: &str) -> Option<&Namespace> {
        self.namespaces().get(name)
    }

    /// The pods as they will be, one entry per template.
    pub fn workloads(&self) -> &[Workload] {
        &self.read_workloads().all
    }

    /// The pods of one namespace.
    pub fn workloads_in(&self, namespace: &str) -> impl Iterator<Item = &Workload> {
        let workloads = self.read_workloads();
        let found = workloads.by_namespace.get(namespace);
        found.into_iter().flatten().filter_map(|index| workloads.all.get(*index))
    }

    /// Which secret comes from where.
    pub fn secrets(&self) -> &Secrets {
        self.secrets.get_or_init(|| secrets::read(self))
    }

    /// Who may do what.
    pub fn permissions(&self) -> &Permissions {
        self.permissions.get_or_init(|| permissions::read(self))
    }

    fn read_workloads(&self) -> &Workloads {
        self.workloads.get_or_init(|| {
            let all = workloads::read(self);
            let mut by_namespace: BTreeMap<String, Vec<usize>> = BTreeMap::new();
            for (index, workload) in all.iter().enumerate() {
                by_namespace.entry(workload.namespace.clone()).or_default().push(index);
            }
            Workloads { all, by_namespace }
        })
    }
}
