//! From events to nodes.

use std::sync::Arc;

use super::anchors::{Anchors, Composed, Size};
use super::grammar::{Event, Events, Properties};
use super::merge::{self, RawEntry};
use super::tags::{self, Role};
use super::{Dialect, Document, Parsed};
use crate::scalar::Position;
use crate::{Limits, Mark, Node, Value, YamlError};

pub(super) use super::anchors::Budget;

/// All documents of a text.
pub(super) fn stream(text: &str, dialect: Dialect, limits: &Limits) -> Parsed {
    let mut budget = Budget::new(limits);
    let mut composer = Composer::new(text, dialect, 0, &mut budget);
    let mut parsed = Parsed::default();
    loop {
        match composer.document() {
            Ok(Some(document)) => parsed.documents.push(document),
            Ok(None) => return parsed,
            Err(error) => {
                parsed.error = Some(error);
                return parsed;
            }
        }
    }
}

/// The first document of a text, which starts behind `lines_before` lines of its file. None when it holds nothing.
pub(super) fn first(
    text: &str,
    dialect: Dialect,
    lines_before: u32,
    budget: &mut Budget,
) -> Result<Option<Document>, YamlError> {
    let document = Composer::new(text, dialect, lines_before, budget).document()?;
    Ok(document.filter(|document| !document.root.is_null()))
}

/// Puts the nodes of a text together, without recursion: how deep a text goes is not ours to trust.
struct Composer<'t, 'b> {
    events: Events<'t>,
    dialect: Dialect,
    lines_before: u32,
    budget: &'b mut Budget,
    anchors: Anchors<'t>,
}

/// A collection that is not complete.
struct Open<'t> {
    parts: Parts,
    size: Size,
    mark: Mark,
    anchor: Option<&'t str>,
    /// What [`Anchors::open`] gave.
    number: usize,
}

/// What an open collection holds so far.
enum Parts {
    Items(Vec<Node>),
    Entries(Vec<RawEntry>, Option<(Node, Role)>),
}

impl<'t, 'b> Composer<'t, 'b> {
    fn new(text: &'t str, dialect: Dialect, lines_before: u32, budget: &'b mut Budget) -> Self {
        let events = Events::new(text, dialect);
        Self { events, dialect, lines_before, budget, anchors: Anchors::default() }
    }

    fn next(&mut self) -> Result<(Event<'t>, Mark), YamlError> {
        let place = |mark: Mark| Mark { line: mark.line.saturating_add(self.lines_before), ..mark };
        match self.events.next() {
            Ok((event, mark)) => Ok((event, place(mark))),
            Err(error) => Err(YamlError { mark: place(error.mark), ..error }),
        }
    }

    fn document(&mut self) -> Result<Option<Document>, YamlError> {
        let (Event::DocumentStart, Mark { line, .. }) = self.next()? else { return Ok(None) };
        self.anchors.clear();
        self.budget.start_document();
        let root = self.root()?;
        // The end is part of the document: what follows must be able to stand there.
        self.next()?;
        Ok(Some(Document { root, line }))
    }

    fn root(&mut self) -> Result<Node, YamlError> {
        let mut open: Vec<Open<'t>> = Vec::new();
        loop {
            let (event, mark) = self.next()?;
            let missing = || YamlError::new(mark, "a value is missing here");
            let (composed, role) = match event {
                Event::SequenceStart(properties) => {
                    open.push(self.open(Parts::Items(Vec::new()), &properties, mark, open.len())?);
                    continue;
                }
                Event::MappingStart(properties) => {
                    open.push(self.open(Parts::Entries(Vec::new(), None), &properties, mark, open.len())?);
                    continue;
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    (self.close(open.pop().ok_or_else(missing)?)?, Role::Plain)
                }
                Event::Scalar(text, style, properties) => {
                    self.budget.add_node(mark)?;
                    let role = tags::role(&text, style, properties.tag.as_ref());
                    let scalar = tags::scalar(text, style, properties.tag.as_ref(), mark, self.dialect)?;
                    // A tag that is written keeps what it is.
                    let position = self.position(properties.position).filter(|_| properties.tag.is_none());
                    let scalar = scalar.at(position);
                    let size = Size::scalar(scalar.text());
                    let node = Node { value: Value::Scalar(scalar), mark };
                    let composed = Composed { node, size, aliased: false };
                    let number = self.anchors.open(properties.anchor);
                    self.anchors.close(properties.anchor, number, &composed);
                    (composed, role)
                }
                Event::Alias(name, position) => {
                    self.budget.add_node(mark)?;
                    (self.alias(name, position, mark, open.len())?, Role::Plain)
                }
                Event::DocumentStart | Event::DocumentEnd | Event::StreamEnd => return Err(missing()),
            };
            let depth = open.len();
            match open.last_mut() {
                Some(parent) => self.add(parent, composed, role, depth)?,
                None => return tags::check_value(composed.node, self.dialect),
            }
        }
    }

    fn open(
        &mut self,
        parts: Parts,
        properties: &Properties<'t>,
        mark: Mark,
        depth: usize,
    ) -> Result<Open<'t>, YamlError> {
        self.budget.add_node(mark)?;
        self.budget.check_depth(depth + 1, mark)?;
        let number = self.anchors.open(properties.anchor);
        Ok(Open { parts, size: Size::collection(), mark, anchor: properties.anchor, number })
    }

    fn close(&mut self, open: Open<'t>) -> Result<Composed, YamlError> {
        let value = match open.parts {
            Parts::Items(items) => Value::Sequence(Arc::new(items)),
            Parts::Entries(entries, _) => Value::Mapping(Arc::new(merge::mapping(entries, self.dialect)?)),
        };
        let node = Node { value, mark: open.mark };
        let composed = Composed { node, size: open.size, aliased: false };
        self.anchors.close(open.anchor, open.number, &composed);
        Ok(composed)
    }

    /// Adds a part to the innermost one of `depth` open collections.
    fn add(&self, parent: &mut Open<'t>, part: Composed, role: Role, depth: usize) -> Result<(), YamlError> {
        parent.size = parent.size.with(part.size);
        match &mut parent.parts {
            Parts::Items(items) => items.push(tags::check_value(part.node, self.dialect)?),
            Parts::Entries(entries, key) => match key.take() {
                None => *key = Some((tags::key(part.node, role, self.dialect, depth)?, role)),
                Some((key, role)) => {
                    let value = Composed { node: tags::check_value(part.node, self.dialect)?, ..part };
                    entries.push(RawEntry { key, value, merge: role == Role::Merge });
                }
            },
        }
        Ok(())
    }

    /// Where a scalar stands, as far as that matters: to kyaml only.
    fn position(&self, position: Position) -> Option<Position> {
        (self.dialect == Dialect::GoV3).then_some(position)
    }

    fn alias(
        &mut self,
        name: &str,
        position: Position,
        mark: Mark,
        depth: usize,
    ) -> Result<Composed, YamlError> {
        let target = self.anchors.get(name).map_err(|problem| YamlError::new(mark, problem))?;
        self.budget.check_depth(depth + target.size.height, mark)?;
        self.budget.add_alias(target.size, mark)?;
        if self.dialect == Dialect::SigsV2 {
            self.budget.check_alias_ratio(mark)?;
        }
        let size = Size { nodes: target.size.nodes.saturating_add(1), ..target.size };
        let mut repeated = Composed { size, aliased: true, ..target.clone() };
        if let Value::Scalar(scalar) = repeated.node.value {
            // What stood without a tag stands here in another place.
            let moved = scalar.position().and_then(|_| self.position(position));
            repeated.node.value = Value::Scalar(scalar.at(moved));
        }
        Ok(repeated)
    }
}
