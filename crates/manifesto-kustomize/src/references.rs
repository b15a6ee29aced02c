//! What a kustomization names, read off its file without building it.

use manifesto_yaml::{Limits, Mark, SmolStr};

use crate::error::BuildError;
use crate::file::{KustomizationFile, Text};
use crate::generate::file_source;
use crate::load::{is_remote_file, is_repository};
use crate::object::read_objects;

/// How a kustomization uses what it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReferenceKind {
    /// An entry of `resources`: a file, or a directory.
    Resource,
    /// An entry of `components`: a directory.
    Component,
    /// A patch in a file.
    Patch,
    /// A file that a ConfigMap or Secret is generated from.
    Data,
    /// A chart: the name, not a path.
    Chart,
    /// The directory with the files of a chart, where `helmGlobals.chartHome` and the name put it. It is read when it is
    /// there.
    ChartDirectory,
    /// A file with values of a chart.
    Values,
    /// A generator, transformer or validator: a file, or a directory.
    Plugin,
    /// A configuration, definitions, a schema, or replacements in a file.
    Configuration,
    /// Something on another machine.
    Remote,
}

/// Something that a kustomization names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// How it is used.
    pub kind: ReferenceKind,
    /// What is written: a path from the directory of the kustomization, a URL, or the name of a chart.
    pub text: SmolStr,
    /// Where it is written.
    pub mark: Mark,
}

impl KustomizationFile {
    /// Reads a kustomization file. Refused is what kustomize refuses.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Self, BuildError> {
        Self::read(bytes, limits).map_err(|misread| BuildError {
            place: None,
            via: Vec::new(),
            what: format!("line {} of the kustomization cannot be read", misread.mark.line),
            why: misread.why,
            remedy: None,
        })
    }
}

/// All that a kustomization names, in the order of its fields.
pub fn references(file: &KustomizationFile) -> Vec<Reference> {
    let mut references = Vec::new();
    let mut add = |kind, text: &Text| {
        if text.value.is_empty() {
            return;
        }
        let remote = kind != ReferenceKind::ChartDirectory
            && (is_remote_file(&text.value) || is_repository(&text.value));
        let kind = if remote { ReferenceKind::Remote } else { kind };
        references.push(Reference { kind, text: text.value.clone(), mark: text.mark });
    };
    let lists = [
        (ReferenceKind::Resource, &file.resources),
        (ReferenceKind::Component, &file.components),
        (ReferenceKind::Configuration, &file.configurations),
        (ReferenceKind::Configuration, &file.crds),
    ];
    for (kind, list) in lists {
        list.iter().flatten().for_each(|text| add(kind, text));
    }
    for list in [&file.generators, &file.transformers, &file.validators] {
        list.iter()
            .flatten()
            .filter(|text| !is_inline(text))
            .for_each(|text| add(ReferenceKind::Plugin, text));
    }
    let old_patches = file.patches_strategic_merge.iter().flatten();
    old_patches.filter(|text| !is_inline(text)).for_each(|text| add(ReferenceKind::Patch, text));
    let patches = file.patches.iter().chain(&file.patches_json6902).flatten();
    patches.for_each(|patch| add(ReferenceKind::Patch, &patch.path));
    for field in file.replacements.iter().flatten() {
        add(ReferenceKind::Configuration, &field.path);
    }
    if let Some(path) = file.openapi.as_ref().and_then(|openapi| openapi.get("path")) {
        add(ReferenceKind::Configuration, path);
    }
    for generator in file.config_map_generator.iter().chain(&file.secret_generator).flatten() {
        generator.envs.iter().for_each(|text| add(ReferenceKind::Data, text));
        for source in &generator.files {
            if let Ok((_, path)) = file_source(&source.value) {
                add(ReferenceKind::Data, &Text { value: path.into(), mark: source.mark });
            }
        }
    }
    for chart in file.helm_charts.iter().flatten() {
        let text = |value: &SmolStr| Text { value: value.clone(), mark: chart.mark };
        add(ReferenceKind::Chart, &text(&chart.name));
        if !chart.name.is_empty() {
            let home = file.helm_globals.as_ref().map_or("", |globals| globals.chart_home.as_str());
            let directory = format!("{}/{}", chart.home(home), chart.name);
            add(ReferenceKind::ChartDirectory, &text(&directory.into()));
        }
        add(ReferenceKind::Values, &text(&chart.values_file));
        chart.additional_values_files.iter().for_each(|path| add(ReferenceKind::Values, &text(path)));
    }
    references
}

/// Whether the entry is the object itself, not the path of one.
fn is_inline(text: &Text) -> bool {
    read_objects(text.value.as_bytes(), &Limits::default()).is_ok()
}
