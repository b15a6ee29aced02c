//! The files of `crds/`: Helm prints them as they are, and cuts nothing (pkg/chart/v2/chart.go, `CRDObjects`).

use manifesto_tree::Place;
use manifesto_yaml::{Dialect, Limits, parse};

use crate::chart::{ChartFile, extension};
use crate::dependencies::Release;
use crate::engine::full_path;
use crate::error::{ErrorKind, HelmError};
use crate::release::{Manifest, Role};

/// A file of `crds/`.
#[derive(Debug, Clone)]
pub(crate) struct CrdFile {
    /// Its path, with that of its chart.
    pub(crate) source: String,
    file: ChartFile,
}

/// Those of the chart itself, then those of the charts in it.
pub(crate) fn collect(
    release: &Release,
    parent: Option<&str>,
    found: &mut Vec<CrdFile>,
) -> Result<(), HelmError> {
    let path = full_path(release, parent);
    for file in &release.chart.files {
        let is_manifest =
            [".yaml", ".yml", ".json"].iter().any(|known| extension(&file.name).eq_ignore_ascii_case(known));
        if !file.name.starts_with("crds/") || !is_manifest {
            continue;
        }
        let source = format!("{path}/{}", file.name);
        if std::str::from_utf8(&file.data).is_err() {
            return Err(HelmError::new(ErrorKind::Chart, format!("{source} is no text")));
        }
        found.push(CrdFile { source, file: file.clone() });
    }
    for inner in &release.charts {
        collect(inner, Some(&path), found)?;
    }
    Ok(())
}

impl CrdFile {
    /// What it says.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.file.data).unwrap_or_default()
    }

    /// The documents in it.
    pub(crate) fn manifests(&self, limits: &Limits) -> impl Iterator<Item = Manifest> {
        let documents = parse(&self.file.data, Dialect::SigsV2, limits).documents;
        documents.into_iter().filter(|document| !document.root.is_null()).map(|document| Manifest {
            source: self.source.clone(),
            place: self.place(document.line),
            role: Role::Crd,
            text: String::new(),
            root: document.root,
            unknown: Vec::new(),
            values: std::sync::Arc::default(),
        })
    }

    fn place(&self, line: u32) -> Option<Place> {
        let origin = self.file.origin.as_ref()?;
        Some(Place { path: origin.path.clone(), line: if origin.packed { 0 } else { line }, column: 0 })
    }
}
