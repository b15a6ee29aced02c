//! Where files and charts come from (fluxcd/source-controller v1, api/v1).

use std::sync::Arc;

use manifesto_objects::{Object, ObjectId};
use manifesto_tree::Place;

use super::{Definition, SourceReference, Written};

/// What kind of store it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceKind {
    /// A git repository.
    Git,
    /// A repository of charts; `oci://` or an index.
    Helm,
    /// An artifact in a registry.
    Oci,
    /// A bucket.
    Bucket,
    /// A chart of another source.
    Chart,
    /// Something that a generator or another program makes.
    External,
}

/// Where files or charts come from.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its identity.
    pub id: ObjectId,
    /// Where it is written.
    pub place: Place,
    /// What it is.
    pub kind: SourceKind,
    /// Its address; for a bucket the endpoint and the name; empty for a chart.
    pub url: String,
    /// Which state of it: a branch, a tag, a version, a commit or a digest, as written; none for the default.
    pub revision: Option<String>,
    /// Patterns of files that are left out.
    pub ignore: Option<String>,
    /// Whether it is not looked at until somebody says so.
    pub suspend: bool,
    /// How often it is looked at, as written.
    pub interval: Option<String>,
    /// For a chart: its name or its path.
    pub chart: Option<String>,
    /// For a chart: what it is from.
    pub from: Option<SourceReference>,
    /// For a chart: its values files, in order.
    pub values_files: Vec<String>,
    written: Written,
}

/// What names a state, the strongest first (`GitRepositoryRef`, `OCIRepositoryRef`).
const REVISIONS: &[&str] = &["digest", "commit", "name", "semver", "tag", "branch"];

impl Source {
    pub(super) fn read(written: Written) -> Option<Self> {
        let kind = match written.0.id.kind.as_str() {
            "GitRepository" => SourceKind::Git,
            "HelmRepository" => SourceKind::Helm,
            "OCIRepository" => SourceKind::Oci,
            "Bucket" => SourceKind::Bucket,
            "HelmChart" => SourceKind::Chart,
            "ExternalArtifact" | "ArtifactGenerator" => SourceKind::External,
            _ => return None,
        };
        let url = match kind {
            SourceKind::Bucket => {
                let text = |key: &str| written.text(&[key]).unwrap_or_default();
                format!("{}/{}", text("endpoint"), text("bucketName"))
            }
            _ => written.text(&["url"]).unwrap_or_default(),
        };
        let revision = REVISIONS.iter().find_map(|key| written.text(&["ref", key]));
        let files = written.items(&["valuesFiles"]).iter().filter_map(super::text_of);
        Some(Self {
            id: written.0.id.clone(),
            place: written.place(),
            kind,
            url,
            revision: revision.or_else(|| written.text(&["version"])),
            ignore: written.text(&["ignore"]),
            suspend: written.is_on(&["suspend"]),
            interval: written.text(&["interval"]),
            chart: written.text(&["chart"]),
            from: written.spec(&["sourceRef"]).map(|node| SourceReference::read(&written, node)),
            values_files: files.collect(),
            written,
        })
    }

    /// Reads a source; none when the object is none.
    pub(crate) fn of(object: &Arc<Object>) -> Option<Self> {
        match Definition::read(object)? {
            Definition::Source(source) => Some(source),
            _ => None,
        }
    }

    /// The version of the chart that an OCIRepository holds, as written: a digest pins it and does not name it.
    pub(crate) fn version(&self) -> Option<String> {
        ["semver", "tag"].iter().find_map(|key| self.written.text(&["ref", key]))
    }

    /// Where a field below `spec` is written; where the object is, when it does not say it: `&["ref"]`.
    pub fn place_at(&self, path: &[&str]) -> Place {
        self.written.place_at(path)
    }
}
