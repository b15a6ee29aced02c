//! Which permissions come from what the change touches.

use manifesto_cluster::permissions::{Grants, Source};
use manifesto_evidence::{Origin, Side};
use manifesto_gitops::Change;
use manifesto_objects::Object;

use crate::clusters::Touched;

/// Tells permissions by the objects that the change touches.
pub(super) struct Attribution<'c> {
    touched: Touched<'c>,
}

impl<'c> Attribution<'c> {
    pub(super) fn new(change: &'c Change) -> Self {
        Self { touched: Touched::of(change) }
    }

    /// The component of an object that the change touches.
    pub(super) fn component_of(&self, object: &Object) -> Option<&'c str> {
        self.touched.component(object)
    }

    /// Whether the change touches the rule or the binding.
    pub(super) fn touches(&self, source: &Source) -> bool {
        self.component_of_source(source).is_some()
    }

    fn component_of_source(&self, source: &Source) -> Option<&'c str> {
        let rule = source.rule.as_ref().and_then(|(role, _)| self.component_of(role));
        rule.or_else(|| source.binding.as_deref().and_then(|binding| self.component_of(binding)))
    }

    /// The permissions that come from what the change touches.
    pub(super) fn touched(&self, grants: &Grants) -> Grants {
        let mut touched = Grants::default();
        for (reach, target, verbs) in grants.iter() {
            for (verb, source) in verbs.iter().filter(|(_, source)| self.touches(source)) {
                touched.insert(reach, target, verb, source);
            }
        }
        touched
    }

    /// The component that gives them.
    pub(super) fn component(&self, grants: &Grants) -> Option<String> {
        let mut sources = grants.iter().flat_map(|(_, _, verbs)| verbs.values());
        sources.find_map(|source| self.component_of_source(source)).map(str::to_owned)
    }

    /// The places that give them, what the change touches first.
    pub(super) fn origins(&self, grants: &Grants, side: Side) -> Vec<Origin> {
        let mut origins: Vec<(bool, Origin)> = Vec::new();
        for source in grants.iter().flat_map(|(_, _, verbs)| verbs.values()) {
            if let Some((role, mark)) = &source.rule {
                origins.push((self.component_of(role).is_none(), role.origin_at(side, *mark)));
            }
            if let Some(binding) = &source.binding {
                origins.push((self.component_of(binding).is_none(), binding.origin(side)));
            }
        }
        origins.sort_by_key(|(untouched, _)| *untouched);
        origins.into_iter().map(|(_, origin)| origin).collect()
    }
}
