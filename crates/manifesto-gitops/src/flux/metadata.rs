//! Labels and annotations that a definition puts on all of its objects.

use std::collections::BTreeMap;

use manifesto_kustomize::Resource;
use manifesto_yaml::{Mapping, Mark, Node};

use super::Kustomization;
use super::definition::Placed;
use super::lines::file_number;

/// `spec.commonMetadata`: it wins over what the objects say (fluxcd/pkg, ssa/utils, `SetCommonMetadata`).
pub(super) struct Metadata<'m> {
    fields: [(&'static str, &'m BTreeMap<String, Placed<String>>); 2],
}

impl<'m> Metadata<'m> {
    /// That of a Kustomization.
    pub(super) fn of(kustomization: &'m Kustomization) -> Self {
        Self::from_parts(&kustomization.labels, &kustomization.annotations)
    }

    /// Labels and annotations.
    pub(super) fn from_parts(
        labels: &'m BTreeMap<String, Placed<String>>,
        annotations: &'m BTreeMap<String, Placed<String>>,
    ) -> Self {
        Self { fields: [("labels", labels), ("annotations", annotations)] }
    }

    /// Puts it on one object.
    pub(super) fn apply(&self, resource: &mut Resource) {
        for (field, values) in self.fields.iter().filter(|(_, values)| !values.is_empty()) {
            let mut files = resource.files.to_vec();
            let Some(metadata) = resource.root.get_mut("metadata").and_then(Node::as_mapping_mut) else {
                return;
            };
            if metadata.get(field).is_none_or(|node| node.as_mapping().is_none()) {
                metadata.insert(*field, Node::mapping(Mapping::new()));
            }
            let Some(target) = metadata.get_mut(field) else { return };
            for (key, value) in *values {
                let file = file_number(&mut files, &value.place.path).unwrap_or(0);
                let column = u16::try_from(value.place.column).unwrap_or(u16::MAX);
                let mark = Mark { line: value.place.line, column, file };
                if target.mark.line == 0 {
                    target.mark = mark;
                }
                if let Some(target) = target.as_mapping_mut() {
                    target.insert(key.as_str(), Node::string(value.value.as_str()).at(mark));
                }
            }
            resource.files = files.into();
        }
    }
}
