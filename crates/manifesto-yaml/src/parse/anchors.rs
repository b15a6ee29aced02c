//! What anchors name, and what repeating it costs.

use std::collections::HashMap;

use crate::{Limits, Mark, Node, YamlError};

/// The most that is nested whatever the caller allows: comparing, writing and dropping recurse.
const DEPTH_LIMIT: usize = 512;

/// A node, and what it comes to when every alias in it is written out.
#[derive(Clone)]
pub(super) struct Composed {
    /// The node.
    pub node: Node,
    /// What it comes to.
    pub size: Size,
    /// Whether it stands here through an alias.
    pub aliased: bool,
}

/// What a node comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    /// Nodes, itself included.
    pub nodes: usize,
    /// Bytes of text.
    pub bytes: usize,
    /// Collections inside each other, itself included; 0 for a scalar.
    pub height: usize,
}

impl Size {
    /// A scalar.
    pub(super) fn scalar(text: &str) -> Self {
        Self { nodes: 1, bytes: text.len(), height: 0 }
    }

    /// A collection without parts.
    pub(super) fn collection() -> Self {
        Self { nodes: 1, bytes: 0, height: 1 }
    }

    /// The same collection with one more part.
    pub(super) fn with(self, part: Self) -> Self {
        Self {
            nodes: self.nodes.saturating_add(part.nodes),
            bytes: self.bytes.saturating_add(part.bytes),
            height: self.height.max(part.height + 1),
        }
    }
}

/// The nodes of one document that have an anchor, by its name.
#[derive(Default)]
pub(super) struct Anchors<'t> {
    nodes: HashMap<&'t str, Anchored>,
    opened: usize,
}

/// The last node with some anchor.
struct Anchored {
    /// Its number among the nodes with anchors.
    number: usize,
    /// The node, once it is complete.
    composed: Option<Composed>,
}

impl<'t> Anchors<'t> {
    /// A node with this anchor starts; from here on the name stands for it. Returns its number.
    pub(super) fn open(&mut self, anchor: Option<&'t str>) -> usize {
        self.opened += 1;
        if let Some(name) = anchor {
            self.nodes.insert(name, Anchored { number: self.opened, composed: None });
        }
        self.opened
    }

    /// The node with this number is complete. A node inside of it may have taken the name over.
    pub(super) fn close(&mut self, anchor: Option<&'t str>, number: usize, composed: &Composed) {
        if let Some(anchored) = anchor.and_then(|name| self.nodes.get_mut(name))
            && anchored.number == number
        {
            anchored.composed = Some(composed.clone());
        }
    }

    /// The node with this anchor, or why there is none.
    pub(super) fn get(&self, name: &str) -> Result<&Composed, String> {
        match self.nodes.get(name).map(|anchored| &anchored.composed) {
            Some(Some(composed)) => Ok(composed),
            Some(None) => Err(format!("the alias `{name}` stands inside of the value that it repeats")),
            None => Err(format!("no value has the anchor `{name}`")),
        }
    }

    /// Forgets all: anchors are good for one document.
    pub(super) fn clear(&mut self) {
        self.nodes.clear();
    }
}

/// What may still be read of a text.
pub(super) struct Budget {
    limits: Limits,
    nodes: usize,
    alias_nodes: usize,
    alias_bytes: usize,
    /// The counts of nodes for the current document, as go-yaml's decoder keeps them.
    document_nodes: usize,
    document_alias_nodes: usize,
}

impl Budget {
    /// The whole budget.
    pub(super) fn new(limits: &Limits) -> Self {
        let limits = Limits { depth_max: limits.depth_max.min(DEPTH_LIMIT), ..*limits };
        Self { limits, nodes: 0, alias_nodes: 0, alias_bytes: 0, document_nodes: 0, document_alias_nodes: 0 }
    }

    /// A document starts.
    pub(super) fn start_document(&mut self) {
        (self.document_nodes, self.document_alias_nodes) = (1, 0);
    }

    /// Pays for a node.
    pub(super) fn add_node(&mut self, mark: Mark) -> Result<(), YamlError> {
        self.nodes += 1;
        self.document_nodes += 1;
        if self.nodes > self.limits.nodes_max {
            return Err(YamlError::new(
                mark,
                format!("the text has more than {} values", self.limits.nodes_max),
            ));
        }
        Ok(())
    }

    /// Pays for what an alias repeats.
    pub(super) fn add_alias(&mut self, size: Size, mark: Mark) -> Result<(), YamlError> {
        self.alias_nodes = self.alias_nodes.saturating_add(size.nodes);
        self.alias_bytes = self.alias_bytes.saturating_add(size.bytes);
        self.document_nodes = self.document_nodes.saturating_add(size.nodes);
        self.document_alias_nodes = self.document_alias_nodes.saturating_add(size.nodes);
        if self.alias_nodes > self.limits.alias_nodes_max {
            let problem = format!("aliases repeat more than {} values", self.limits.alias_nodes_max);
            return Err(YamlError::new(mark, problem));
        }
        if self.alias_bytes > self.limits.alias_bytes_max {
            let problem = format!("aliases repeat more than {} bytes of text", self.limits.alias_bytes_max);
            return Err(YamlError::new(mark, problem));
        }
        Ok(())
    }

    /// Refuses what is nested too deeply.
    pub(super) fn check_depth(&self, depth: usize, mark: Mark) -> Result<(), YamlError> {
        if depth > self.limits.depth_max {
            let problem = format!("more than {} collections are inside each other", self.limits.depth_max);
            return Err(YamlError::new(mark, problem));
        }
        Ok(())
    }

    /// go-yaml's own rule (decode.go, allowedAliasRatio): the larger a document, the fewer of its nodes may come
    /// from aliases.
    #[expect(clippy::cast_precision_loss, reason = "a ratio")]
    pub(super) fn check_alias_ratio(&self, mark: Mark) -> Result<(), YamlError> {
        const RANGE: std::ops::RangeInclusive<f64> = 400_000.0..=4_000_000.0;
        let (nodes, aliases) = (self.document_nodes as f64, self.document_alias_nodes as f64);
        let position =
            (nodes.clamp(*RANGE.start(), *RANGE.end()) - RANGE.start()) / (RANGE.end() - RANGE.start());
        let allowed = 0.99 - 0.89 * position;
        if aliases > 100.0 && nodes > 1000.0 && aliases / nodes > allowed {
            return Err(YamlError::new(mark, "the document contains excessive aliasing"));
        }
        Ok(())
    }
}
