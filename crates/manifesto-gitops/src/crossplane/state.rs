//! What the steps of a pipeline hand to each other.

use std::sync::Arc;

use manifesto_objects::Object;
use manifesto_tree::{Gap, GapReason, Place};
use manifesto_yaml::{Mapping, Mark, Node};

/// The state of a pipeline.
#[derive(Debug)]
pub(super) struct State<'s> {
    /// The composition; marks of nodes count its files, then those of the composite.
    pub(super) composition: &'s Object,
    /// The composite as it is in the cluster.
    pub(super) composite: Node,
    /// What the steps want the composite's status to be.
    pub(super) desired_composite: Node,
    /// The objects that the steps want, by their names in the composition.
    pub(super) desired: Vec<(String, Node)>,
    /// What the steps tell each other.
    pub(super) context: Mapping,
    /// Whether something that is not known may be in the environment.
    pub(super) is_environment_unknown: bool,
    /// Objects that steps may ask for.
    pub(super) extra: &'s [Arc<Object>],
    pub(super) gaps: Vec<Gap>,
}

/// The key of the environment in the context (function-sdk-go, context/context.go).
pub(super) const ENVIRONMENT: &str = "apiextensions.crossplane.io/environment";

impl State<'_> {
    /// The object that a step before wants under this name.
    pub(super) fn desired(&self, name: &str) -> Option<&Node> {
        self.desired.iter().find(|(known, _)| known == name).map(|(_, node)| node)
    }

    /// Wants an object under this name, in the place of what was wanted before.
    pub(super) fn want(&mut self, name: &str, node: Node) {
        match self.desired.iter_mut().find(|(known, _)| known == name) {
            Some((_, slot)) => *slot = node,
            None => self.desired.push((name.to_owned(), node)),
        }
    }

    /// Where a node of the composition is written.
    pub(super) fn place(&self, mark: Mark) -> Place {
        self.composition.origin_at(manifesto_tree::Side::Head, mark).place
    }

    /// Notes that something is not known.
    pub(super) fn gap(&mut self, reason: GapReason, mark: Mark, detail: String) {
        let gap = Gap::new(reason, detail).at(self.place(mark));
        if !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    /// The environment, to read.
    pub(super) fn environment(&self) -> Node {
        self.context.get(ENVIRONMENT).cloned().unwrap_or_else(|| Node::mapping(Mapping::new()))
    }
}
