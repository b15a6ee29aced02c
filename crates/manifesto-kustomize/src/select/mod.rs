//! Choosing objects: by regular expressions and by selectors over labels and annotations.

mod labels;
mod pattern;

use crate::file::Selector;
use crate::node::Why;
use crate::object::{Identity, Object};

pub(crate) use labels::LabelSelector;
use pattern::WholePattern;
pub(crate) use pattern::go_regex;

/// A target of a patch, compiled (api/types/selector.go).
#[derive(Debug)]
pub(crate) struct Target {
    group: Option<WholePattern>,
    version: Option<WholePattern>,
    kind: Option<WholePattern>,
    name: Option<WholePattern>,
    namespace: Option<WholePattern>,
    labels: LabelSelector,
    annotations: LabelSelector,
}

impl Target {
    /// Compiles a selector. Empty fields match anything.
    pub(crate) fn new(selector: &Selector) -> Why<Self> {
        let anchored = |pattern: &str| match pattern {
            "" => Ok(None),
            pattern => WholePattern::new(pattern).map(Some),
        };
        Ok(Self {
            group: anchored(&selector.gvk.group)?,
            version: anchored(&selector.gvk.version)?,
            kind: anchored(&selector.gvk.kind)?,
            name: anchored(&selector.name)?,
            namespace: anchored(&selector.namespace)?,
            labels: LabelSelector::new(&selector.labels)?,
            annotations: LabelSelector::new(&selector.annotations)?,
        })
    }

    /// Whether the object is chosen: by its first or its current name and namespace (api/resmap/reswrangler.go,
    /// Select).
    pub(crate) fn matches(&self, object: &Object, identity: &Identity) -> bool {
        let (original, current) = (identity.original(), &identity.current);
        let fits =
            |pattern: &Option<WholePattern>, text: &str| pattern.as_ref().is_none_or(|p| p.is_match(text));
        (fits(&self.namespace, original.effective_namespace())
            || fits(&self.namespace, current.effective_namespace()))
            && (fits(&self.name, &original.name) || fits(&self.name, &current.name))
            && fits(&self.group, &current.gvk.group)
            && fits(&self.version, &current.gvk.version)
            && fits(&self.kind, &current.gvk.kind)
            && self.labels.matches_field(object.root(), "labels")
            && self.annotations.matches_field(object.root(), "annotations")
    }
}
