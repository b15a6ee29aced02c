//! From events to nodes: anchors, tags, keys.

use std::borrow::Cow;
use std::sync::Arc;

use super::anchors::{Anchors, Composed, Size};
use super::grammar::{Event, Events, Properties, Tag};
use super::merge::{self, RawEntry};
use super::{Dialect, Document, Parsed};
use crate::number::{self, Number};
use crate::resolve::{decode_base64, resolve_plain, resolve_tagged};
use crate::scalar::Position;
use crate::{Limits, Mark, Node, Scalar, ScalarKind, ScalarStyle, SmolStr, Value, YamlError};

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

/// Puts the nodes of a text together.
struct Composer<'t, 'b> {
    events: Events<'t>,
    dialect: Dialect,
    lines_before: u32,
    budget: &'b mut Budget,
    anchors: Anchors<'t>,
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
        let (event, mark) = self.next()?;
        let root = self.value(event, mark, 1)?.node;
        // The end is part of the document: what follows must be able to stand there.
        self.next()?;
        Ok(Some(Document { root, line }))
    }

    /// A node that is no key.
    fn value(&mut self, event: Event<'t>, mark: Mark, depth: usize) -> Result<Composed, YamlError> {
        let composed = self.node(event, mark, depth)?;
        match composed.node.as_scalar() {
            Some(scalar) if self.dialect == Dialect::SigsV2 && is_infinite(scalar) => {
                Err(YamlError::new(mark, format!("JSON has no `{}`", scalar.text())))
            }
            _ => Ok(composed),
        }
    }

    /// The node that starts with `event`, `depth` collections deep if it is one itself.
    fn node(&mut self, event: Event<'t>, mark: Mark, depth: usize) -> Result<Composed, YamlError> {
        self.budget.add_node(mark)?;
        match event {
            Event::Scalar(text, style, properties) => {
                let scalar = self.scalar(text, style, properties.tag.as_ref(), mark)?;
                // A tag that is written keeps what it is.
                let position = self.position(properties.position).filter(|_| properties.tag.is_none());
                let scalar = scalar.at(position);
                let size = Size::scalar(scalar.text());
                let node = Node { value: Value::Scalar(scalar), mark };
                self.anchored(properties.anchor, |_| Ok(Composed { node, size, aliased: false }))
            }
            Event::SequenceStart(properties) => {
                self.anchored(properties.anchor, |composer| composer.sequence(mark, depth))
            }
            Event::MappingStart(properties) => {
                self.anchored(properties.anchor, |composer| composer.mapping(mark, depth))
            }
            Event::Alias(name, position) => self.alias(name, position, mark, depth),
            Event::DocumentStart
            | Event::DocumentEnd
            | Event::SequenceEnd
            | Event::MappingEnd
            | Event::StreamEnd => Err(YamlError::new(mark, "a value is missing here")),
        }
    }

    fn anchored(
        &mut self,
        anchor: Option<&'t str>,
        compose: impl FnOnce(&mut Self) -> Result<Composed, YamlError>,
    ) -> Result<Composed, YamlError> {
        let number = self.anchors.open(anchor);
        let composed = compose(self)?;
        self.anchors.close(anchor, number, &composed);
        Ok(composed)
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
        let size = Size { nodes: target.size.nodes.saturating_add(1), ..target.size };
        let mut repeated = Composed { size, aliased: true, ..target.clone() };
        self.budget.check_depth(depth - 1 + size.height, mark)?;
        self.budget.add_alias(size, mark)?;
        if self.dialect == Dialect::SigsV2 {
            self.budget.check_alias_ratio(mark)?;
        }
        if let Value::Scalar(scalar) = repeated.node.value {
            // What stood without a tag stands here in another place.
            let moved = scalar.position().and_then(|_| self.position(position));
            repeated.node.value = Value::Scalar(scalar.at(moved));
        }
        Ok(repeated)
    }

    fn sequence(&mut self, mark: Mark, depth: usize) -> Result<Composed, YamlError> {
        self.budget.check_depth(depth, mark)?;
        let mut items = Vec::new();
        let mut size = Size::collection();
        loop {
            let (event, item_mark) = self.next()?;
            if let Event::SequenceEnd = event {
                let node = Node { value: Value::Sequence(Arc::new(items)), mark };
                return Ok(Composed { node, size, aliased: false });
            }
            let item = self.value(event, item_mark, depth + 1)?;
            size = size.with(item.size);
            items.push(item.node);
        }
    }

    fn mapping(&mut self, mark: Mark, depth: usize) -> Result<Composed, YamlError> {
        self.budget.check_depth(depth, mark)?;
        let mut entries = Vec::new();
        let mut size = Size::collection();
        loop {
            let (event, key_mark) = self.next()?;
            if let Event::MappingEnd = event {
                let mapping = merge::mapping(entries, self.dialect)?;
                let node = Node { value: Value::Mapping(Arc::new(mapping)), mark };
                return Ok(Composed { node, size, aliased: false });
            }
            let merge = is_merge_key(&event);
            let tagged = has_unknown_tag(&event);
            let key = self.node(event, key_mark, depth + 1)?;
            if tagged && depth > 1 && self.dialect == Dialect::GoV3 {
                // To JSON it is no string. At the root kyaml asks for strings, and gets one.
                return Err(YamlError::new(key_mark, "a key has a tag that is not known"));
            }
            let (event, value_mark) = self.next()?;
            let value = self.value(event, value_mark, depth + 1)?;
            size = size.with(key.size).with(value.size);
            let key = if merge || self.dialect == Dialect::GoV3 { key.node } else { sigs_key(key.node)? };
            entries.push(RawEntry { key, value, merge });
        }
    }

    fn scalar(
        &self,
        text: Cow<'t, str>,
        style: ScalarStyle,
        tag: Option<&Tag>,
        mark: Mark,
    ) -> Result<Scalar, YamlError> {
        let kind = match (tag, style) {
            (None, ScalarStyle::Plain) => resolve_plain(&text, self.dialect),
            // Version 2 takes the lone `!` for a tag that it does not know, version 3 for none.
            (Some(Tag::NonSpecific), ScalarStyle::Plain) if self.dialect == Dialect::GoV3 => {
                resolve_plain(&text, self.dialect)
            }
            (Some(Tag::Core(name)), _) => return self.tagged(&text, style, name, mark),
            (None | Some(Tag::Other | Tag::NonSpecific), _) => ScalarKind::String,
        };
        Ok(Scalar::new(SmolStr::from(text), self.kind(kind), style))
    }

    /// Version 2 recognises dates, and keeps their text all the same.
    fn kind(&self, kind: ScalarKind) -> ScalarKind {
        match (self.dialect, kind) {
            (Dialect::SigsV2, ScalarKind::Timestamp) => ScalarKind::String,
            _ => kind,
        }
    }

    fn tagged(&self, text: &str, style: ScalarStyle, tag: &str, mark: Mark) -> Result<Scalar, YamlError> {
        let scalar = |text: &str, kind| Scalar::new(SmolStr::from(text), kind, style);
        match tag {
            "null" | "bool" | "int" | "float" | "timestamp" => {
                let kind = resolve_tagged(text, tag, self.dialect)
                    .ok_or_else(|| YamlError::new(mark, format!("`{text}` does not fit its tag !!{tag}")))?;
                Ok(scalar(text, self.kind(kind)))
            }
            "binary" => {
                let decoded = decode_base64(text)
                    .ok_or_else(|| YamlError::new(mark, "the value is tagged !!binary and is not base64"))?;
                Ok(match self.dialect {
                    Dialect::SigsV2 => scalar(&decoded, ScalarKind::String),
                    Dialect::GoV3 => scalar(text, ScalarKind::Binary),
                })
            }
            _ => Ok(scalar(text, ScalarKind::String)),
        }
    }
}

fn has_unknown_tag(event: &Event<'_>) -> bool {
    matches!(event, Event::Scalar(_, _, Properties { tag: Some(Tag::Other), .. }))
}

fn is_merge_key(event: &Event<'_>) -> bool {
    match event {
        Event::Scalar(text, style, Properties { tag, .. }) if text == "<<" => match tag {
            None | Some(Tag::NonSpecific) => *style == ScalarStyle::Plain,
            Some(Tag::Core(name)) => name == "merge",
            Some(Tag::Other) => false,
        },
        _ => false,
    }
}

/// Whether this is one of the words for infinity or for what is no number: the only floats that end in a letter.
fn is_infinite(scalar: &Scalar) -> bool {
    scalar.kind() == ScalarKind::Float && scalar.text().ends_with(|last: char| last.is_ascii_alphabetic())
}

/// A key as the text that sigs.k8s.io/yaml makes of it (yaml.go, convertToJSONableObject).
fn sigs_key(key: Node) -> Result<Node, YamlError> {
    let Node { value: Value::Scalar(scalar), mark } = key else {
        return Err(YamlError::new(key.mark, "a key is a list or a mapping"));
    };
    let text = match scalar.kind() {
        ScalarKind::String => return Ok(Node { value: Value::Scalar(scalar), mark }),
        ScalarKind::Bool => if scalar.as_bool() == Some(true) { "true" } else { "false" }.to_owned(),
        ScalarKind::Null => return Err(YamlError::new(mark, "a key is null")),
        _ => match scalar.as_number() {
            Some(Number::Int(int)) => int.to_string(),
            Some(Number::Float(float)) => number::sigs_key(float),
            Some(Number::Uint(_)) | None => {
                return Err(YamlError::new(mark, format!("the key {} is beyond 64 bits", scalar.text())));
            }
        },
    };
    Ok(Node { value: Value::Scalar(Scalar::new(text.into(), ScalarKind::String, scalar.style())), mark })
}
