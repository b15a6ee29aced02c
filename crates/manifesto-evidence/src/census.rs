//! What the claims of a text are held against: everything that is known to exist, as plain data.

use std::sync::Arc;

use crate::{Origin, Side, TreePath};

/// What a property of a subject says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PropertyKind {
    /// A label of it or of its pods: `key=value`.
    Label,
    /// A port it listens on, sends to or admits: `443/TCP`; without a protocol where none is written.
    Port,
    /// A name it publishes.
    Host,
    /// Where it may connect to outside the cluster: `example.org 443/TCP`.
    Outside,
    /// An image that it runs.
    Image,
    /// A place in a secret store that it reads or writes.
    SecretPath,
    /// A key of a secret.
    SecretKey,
    /// Another object that it makes: `Secret/name`.
    Makes,
    /// Processor time that it asks for or is held to.
    Cpu,
    /// Memory that it asks for or is held to.
    Memory,
    /// The size of a volume.
    Storage,
    /// How many pods it has.
    Replicas,
    /// How often it does its work: `1h`.
    Interval,
}

/// One thing that is known of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// What it says.
    pub kind: PropertyKind,
    /// The value, as written but for the form that the kind asks for.
    pub value: String,
    /// Where it stands.
    pub origin: Origin,
}

/// What the change does to a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectChange {
    /// Nothing.
    Untouched,
    /// It is only in head.
    Added,
    /// It is only in base.
    Removed,
    /// It is in both and differs.
    Changed,
}

/// An object that is known on at least one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The kind.
    pub kind: String,
    /// The name.
    pub name: String,
    /// The namespace; empty when it has none or none is known.
    pub namespace: String,
    /// What the change does to it.
    pub change: SubjectChange,
    /// Where it stands: in head, unless it is gone.
    pub origin: Origin,
    /// All that is known of it, on both sides.
    pub properties: Vec<Property>,
}

impl Subject {
    /// What is known of it in one respect.
    pub fn properties(&self, kind: PropertyKind) -> impl Iterator<Item = &Property> {
        self.properties.iter().filter(move |property| property.kind == kind)
    }

    /// Whether it keeps data that is lost with it.
    pub fn keeps_data(&self) -> bool {
        self.properties(PropertyKind::Storage).next().is_some()
    }

    /// `Kind/name`, the way people write it.
    pub fn short(&self) -> String {
        format!("{}/{}", self.kind, self.name)
    }
}

/// A component that the change touches, as far as claims speak of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CensusComponent {
    /// Its name, unique in this change.
    pub name: String,
    /// The directory that people edit.
    pub path: TreePath,
    /// The namespace that all its objects are put into, whatever they say themselves.
    pub namespace: Option<String>,
    /// Whether an ApplicationSet makes its Application, and makes it again when it is deleted.
    pub is_generated: bool,
}

/// A chart that is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartUse {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where that stands.
    pub origin: Origin,
}

/// Objects that nobody has seen: what a claim says may be among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hidden {
    /// The revision; none when it concerns both.
    pub side: Option<Side>,
    /// The directory whose objects are not known; none when they may come from anywhere.
    pub directory: Option<TreePath>,
    /// Why they are not known.
    pub why: String,
    /// The kinds that are surely not among them. A chart of somebody else's makes no object that needs the name of this
    /// installation's secret store, gateway or issuer unless its values ask for one.
    pub never: Vec<&'static str>,
}

/// What could be reached in base and cannot be reached in head, although it is still published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interruption {
    /// The name that is published.
    pub host: String,
    /// What is in the way, as a clause: "policies do not let Gateway in/default through".
    pub why: String,
    /// What publishes it.
    pub origin: Origin,
}

/// Everything that is known to exist. Where it is empty, nothing is held against anybody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Census {
    /// The files of base, sorted.
    pub base_files: Arc<[TreePath]>,
    /// The files of head, sorted.
    pub head_files: Arc<[TreePath]>,
    /// The objects of the clusters that the change touches.
    pub subjects: Vec<Subject>,
    /// The components that the change touches.
    pub components: Vec<CensusComponent>,
    /// The charts that these use.
    pub charts: Vec<ChartUse>,
    /// What nobody has seen.
    pub hidden: Vec<Hidden>,
    /// What stops being reachable.
    pub interruptions: Vec<Interruption>,
}

impl Census {
    /// Whether a path is a file, or a directory with files in it, on either side.
    pub fn has_path(&self, path: &TreePath) -> bool {
        [&self.base_files, &self.head_files].into_iter().any(|files| holds(files, path))
    }
}

/// Whether sorted paths have this one or something below it.
fn holds(files: &[TreePath], path: &TreePath) -> bool {
    let at = files.partition_point(|file| file < path);
    // What sorts between a directory and its files are its siblings whose names it begins.
    let rest = files.get(at..).unwrap_or_default();
    rest.iter().take_while(|file| file.as_str().starts_with(path.as_str())).any(|file| file.starts_with(path))
}
