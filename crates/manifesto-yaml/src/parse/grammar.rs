//! From tokens to events, by the grammar of libyaml (go-yaml's parserc.go).

use std::borrow::Cow;

use super::Dialect;
use super::cursor::Place;
use super::scanner::Scanner;
use super::token::Token;
use crate::scalar::Position;
use crate::{Mark, ScalarStyle, YamlError};

/// What stands next in a text.
pub(super) enum Event<'t> {
    /// A document starts.
    DocumentStart,
    /// A document ends.
    DocumentEnd,
    /// A scalar.
    Scalar(Cow<'t, str>, ScalarStyle, Properties<'t>),
    /// A list starts.
    SequenceStart(Properties<'t>),
    /// A list ends.
    SequenceEnd,
    /// A mapping starts; keys and values follow in turn.
    MappingStart(Properties<'t>),
    /// A mapping ends.
    MappingEnd,
    /// The node with this anchor once more.
    Alias(&'t str, Position),
    /// The text ends.
    StreamEnd,
}

/// What may stand before a node, and where the node stands.
pub(super) struct Properties<'t> {
    /// In a block or in a flow collection.
    pub position: Position,
    /// Its anchor.
    pub anchor: Option<&'t str>,
    /// Its tag.
    pub tag: Option<Tag>,
}

impl Properties<'_> {
    fn none(position: Position) -> Self {
        Self { position, anchor: None, tag: None }
    }
}

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tag {
    /// The lone `!`.
    NonSpecific,
    /// A tag of YAML itself, by its name behind `!!`.
    Core(String),
    /// Any other.
    Other,
}

/// What the grammar expects next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The first document, which needs no `---`.
    FirstDocument,
    /// Another document.
    NextDocument,
    /// What the first document holds when no `---` introduces it.
    FirstContent,
    /// What a `---` introduces.
    DocumentContent,
    DocumentEnd,
    BlockSequenceItem,
    /// An item of a list that is not indented below its key.
    IndentlessItem,
    BlockMappingKey,
    BlockMappingValue,
    FlowSequenceItem(First),
    /// The mapping of one pair that `[a: b]` holds.
    PairKey,
    PairValue,
    PairEnd,
    FlowMappingKey(First),
    FlowMappingValue,
    /// The value of `{a}`.
    FlowMappingNoValue,
}

/// Whether an item is the first one, which no comma precedes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum First {
    Yes,
    No,
}

/// Where a node stands, as far as that decides what it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Context {
    Block,
    /// Behind a key, where a list need not be indented.
    BlockMappingEntry,
    Flow,
}

/// The events of a text.
pub(super) struct Events<'t> {
    scanner: Scanner<'t>,
    state: State,
    /// What follows once the current collection has ended.
    states: Vec<State>,
    /// The `%TAG` directives of the current document.
    tag_prefixes: Vec<(&'t str, Cow<'t, str>)>,
}

type Next<'t> = Result<(Event<'t>, Place), YamlError>;

impl<'t> Events<'t> {
    /// The events of `text`.
    pub(super) fn new(text: &'t str, dialect: Dialect) -> Self {
        Self {
            scanner: Scanner::new(text, dialect),
            state: State::FirstDocument,
            states: Vec::new(),
            tag_prefixes: Vec::new(),
        }
    }

    /// The next event and where it starts. Behind the end of the text, and behind an error, there is no next one.
    pub(super) fn next(&mut self) -> Result<(Event<'t>, Mark), YamlError> {
        let (event, place) = match self.state {
            State::FirstDocument | State::NextDocument => self.document_start(),
            State::FirstContent => self.node(Context::Block),
            State::DocumentContent => self.document_content(),
            State::DocumentEnd => self.document_end(),
            State::BlockSequenceItem => self.block_sequence_item(),
            State::IndentlessItem => self.indentless_item(),
            State::BlockMappingKey => self.block_mapping_key(),
            State::BlockMappingValue => self.block_mapping_value(),
            State::FlowSequenceItem(first) => self.flow_sequence_item(first),
            State::PairKey => self.pair_key(),
            State::PairValue => self.pair_value(),
            State::PairEnd => {
                self.state = State::FlowSequenceItem(First::No);
                Ok((Event::MappingEnd, self.scanner.peek()?.1))
            }
            State::FlowMappingKey(first) => self.flow_mapping_key(first),
            State::FlowMappingValue => self.flow_mapping_value(),
            State::FlowMappingNoValue => {
                let place = self.scanner.peek()?.1;
                Ok(self.empty(place, State::FlowMappingKey(First::No)))
            }
        }?;
        Ok((event, place.mark()))
    }

    fn document_start(&mut self) -> Next<'t> {
        if self.state == State::NextDocument {
            while matches!(self.scanner.peek()?.0, Token::DocumentEnd) {
                self.scanner.take();
            }
        }
        let (token, place) = self.scanner.peek()?;
        match token {
            Token::StreamEnd => return Ok((Event::StreamEnd, place)),
            Token::VersionDirective(..) | Token::TagDirective(..) | Token::DocumentStart => {}
            _ if self.state == State::FirstDocument => {
                self.tag_prefixes.clear();
                self.states.push(State::DocumentEnd);
                self.state = State::FirstContent;
                return Ok((Event::DocumentStart, place));
            }
            _ => {}
        }
        self.directives()?;
        let (token, token_place) = self.scanner.peek()?;
        if !matches!(token, Token::DocumentStart) {
            return Err(error(token_place, "a document must start with `---` here"));
        }
        self.scanner.take();
        self.states.push(State::DocumentEnd);
        self.state = State::DocumentContent;
        Ok((Event::DocumentStart, place))
    }

    fn directives(&mut self) -> Result<(), YamlError> {
        self.tag_prefixes.clear();
        let mut version_seen = false;
        loop {
            let (token, place) = self.scanner.peek()?;
            match token {
                Token::VersionDirective(..) if version_seen => {
                    return Err(error(place, "the document has two %YAML directives"));
                }
                Token::VersionDirective(1, 1) => version_seen = true,
                Token::VersionDirective(major, minor) => {
                    return Err(error(place, &format!("YAML {major}.{minor} is not read, only 1.1")));
                }
                Token::TagDirective(handle, prefix) => {
                    if self.tag_prefixes.iter().any(|(known, _)| known == handle) {
                        return Err(error(place, "the document has two %TAG directives of one name"));
                    }
                    self.tag_prefixes.push((handle, prefix.clone()));
                }
                _ => return Ok(()),
            }
            self.scanner.take();
        }
    }

    fn document_content(&mut self) -> Next<'t> {
        let (token, place) = self.scanner.peek()?;
        match token {
            Token::VersionDirective(..)
            | Token::TagDirective(..)
            | Token::DocumentStart
            | Token::DocumentEnd
            | Token::StreamEnd => Ok(self.empty_last(place)),
            _ => self.node(Context::Block),
        }
    }

    fn document_end(&mut self) -> Next<'t> {
        let (token, place) = self.scanner.peek()?;
        if matches!(token, Token::DocumentEnd) {
            self.scanner.take();
        }
        self.state = State::NextDocument;
        Ok((Event::DocumentEnd, place))
    }

    /// A node, whose successor is the last one of the states.
    fn node(&mut self, context: Context) -> Next<'t> {
        let position = if context == Context::Flow { Position::Flow } else { Position::Block };
        let (token, place) = self.scanner.peek()?;
        if let Token::Alias(name) = *token {
            self.scanner.take();
            self.pop_state();
            return Ok((Event::Alias(name, position), place));
        }
        let properties = self.properties(position, place)?;
        let (token, token_place) = self.scanner.peek()?;
        let has_properties = properties.anchor.is_some() || properties.tag.is_some();
        let place = if has_properties { place } else { token_place };
        let in_block = context != Context::Flow;
        match token {
            Token::Scalar(..) => {
                let Some(Token::Scalar(text, style)) = self.scanner.take() else {
                    return Err(error(place, "a value is missing"));
                };
                self.pop_state();
                Ok((Event::Scalar(text, style, properties), place))
            }
            Token::BlockEntry if context == Context::BlockMappingEntry => {
                self.state = State::IndentlessItem;
                Ok((Event::SequenceStart(properties), place))
            }
            Token::FlowSequenceStart => {
                Ok(self.start(State::FlowSequenceItem(First::Yes), Event::SequenceStart(properties), place))
            }
            Token::FlowMappingStart => {
                Ok(self.start(State::FlowMappingKey(First::Yes), Event::MappingStart(properties), place))
            }
            Token::BlockSequenceStart if in_block => {
                Ok(self.start(State::BlockSequenceItem, Event::SequenceStart(properties), place))
            }
            Token::BlockMappingStart if in_block => {
                Ok(self.start(State::BlockMappingKey, Event::MappingStart(properties), place))
            }
            _ if has_properties => {
                self.pop_state();
                Ok((Event::Scalar(Cow::Borrowed(""), ScalarStyle::Plain, properties), place))
            }
            _ => Err(error(token_place, "a value is missing here")),
        }
    }

    /// Takes the token that starts a collection.
    fn start(&mut self, state: State, event: Event<'t>, place: Place) -> (Event<'t>, Place) {
        self.scanner.take();
        self.state = state;
        (event, place)
    }

    /// An anchor and a tag, in any order.
    fn properties(&mut self, position: Position, place: Place) -> Result<Properties<'t>, YamlError> {
        let mut properties = Properties::none(position);
        loop {
            let tag = match self.scanner.peek()?.0 {
                Token::Anchor(name) if properties.anchor.is_none() => {
                    properties.anchor = Some(name);
                    self.scanner.take();
                    continue;
                }
                Token::Tag(handle, suffix) if properties.tag.is_none() => {
                    resolve_tag(&self.tag_prefixes, handle, suffix)
                }
                _ => return Ok(properties),
            };
            properties.tag =
                Some(tag.ok_or_else(|| error(place, "no %TAG directive has this tag's handle"))?);
            self.scanner.take();
        }
    }

    fn block_sequence_item(&mut self) -> Next<'t> {
        let (token, place) = self.scanner.peek()?;
        match token {
            Token::BlockEntry => {
                self.scanner.take();
                match self.scanner.peek()?.0 {
                    Token::BlockEntry | Token::BlockEnd => Ok(self.empty(place, State::BlockSequenceItem)),
                    _ => self.node_then(Context::Block, State::BlockSequenceItem),
                }
            }
            Token::BlockEnd => Ok(self.end(Event::SequenceEnd, place)),
            _ => Err(error(place, "a list item must start with `-` here")),
        }
    }

    fn indentless_item(&mut self) -> Next<'t> {
        let (token, place) = self.scanner.peek()?;
        if !matches!(token, Token::BlockEntry) {
            self.pop_state();
            return Ok((Event::SequenceEnd, place));
        }
        self.scanner.take();
        match self.scanner.peek()?.0 {
            Token::BlockEntry | Token::Key | Token::Value | Token::BlockEnd => {
                Ok(self.empty(place, State::IndentlessItem))
            }
            _ => self.node_then(Context::Block, State::IndentlessItem),
        }
    }

    fn block_mapping_key(&mut self) -> Next<'t> {
        let (token, place) = self.scanner.peek()?;
        match token {
            Token::Key => {
                self.scanner.take();
                match self.scanner.peek()?.0 {
                    Token::Key | Token::Value | Token::BlockEnd => {
                        Ok(self.empty(place, State::BlockMappingValue))
                    }
                    _ => self.node_then(Context::BlockMappingEntry, State::BlockMappingValue),
                }
            }
            Token::BlockEnd => Ok(self.end(Event::MappingEnd, place)),
            _ => Err(error(place, "a key is missing here")),
        }
    }

    fn block_mapping_value(&mut self) -> Next<'t> {
        let (token, place) = self.scanner.peek()?;
        if !matches!(token, Token::Value) {
            return Ok(self.empty(place, State::BlockMappingKey));
        }
        self.scanner.take();
        match self.scanner.peek()?.0 {
            Token::Key | Token::Value | Token::BlockEnd => Ok(self.empty(place, State::BlockMappingKey)),
            _ => self.node_then(Context::BlockMappingEntry, State::BlockMappingKey),
        }
    }

    fn flow_sequence_item(&mut self, first: First) -> Next<'t> {
        if first == First::No && !matches!(self.scanner.peek()?.0, Token::FlowSequenceEnd) {
            self.comma("a `,` or `]` is missing here")?;
        }
        let (token, place) = self.scanner.peek()?;
        match token {
            Token::FlowSequenceEnd => Ok(self.end(Event::SequenceEnd, place)),
            Token::Key => {
                self.scanner.take();
                self.state = State::PairKey;
                Ok((Event::MappingStart(Properties::none(Position::Flow)), place))
            }
            _ => self.node_then(Context::Flow, State::FlowSequenceItem(First::No)),
        }
    }

    fn pair_key(&mut self) -> Next<'t> {
        let (token, place) = self.scanner.peek()?;
        match token {
            Token::Value | Token::FlowEntry | Token::FlowSequenceEnd => {
                // Upstream takes the token here, be it the colon or not.
                self.scanner.take();
                Ok(self.empty(place, State::PairValue))
            }
            _ => self.node_then(Context::Flow, State::PairValue),
        }
    }

    fn pair_value(&mut self) -> Next<'t> {
        if matches!(self.scanner.peek()?.0, Token::Value) {
            self.scanner.take();
            if !matches!(self.scanner.peek()?.0, Token::FlowEntry | Token::FlowSequenceEnd) {
                return self.node_then(Context::Flow, State::PairEnd);
            }
        }
        let place = self.scanner.peek()?.1;
        Ok(self.empty(place, State::PairEnd))
    }

    fn flow_mapping_key(&mut self, first: First) -> Next<'t> {
        if first == First::No && !matches!(self.scanner.peek()?.0, Token::FlowMappingEnd) {
            self.comma("a `,` or `}` is missing here")?;
        }
        let (token, place) = self.scanner.peek()?;
        match token {
            Token::FlowMappingEnd => Ok(self.end(Event::MappingEnd, place)),
            Token::Key => {
                self.scanner.take();
                let (token, place) = self.scanner.peek()?;
                match token {
                    Token::Value | Token::FlowEntry | Token::FlowMappingEnd => {
                        Ok(self.empty(place, State::FlowMappingValue))
                    }
                    _ => self.node_then(Context::Flow, State::FlowMappingValue),
                }
            }
            _ => self.node_then(Context::Flow, State::FlowMappingNoValue),
        }
    }

    fn flow_mapping_value(&mut self) -> Next<'t> {
        if matches!(self.scanner.peek()?.0, Token::Value) {
            self.scanner.take();
            if !matches!(self.scanner.peek()?.0, Token::FlowEntry | Token::FlowMappingEnd) {
                return self.node_then(Context::Flow, State::FlowMappingKey(First::No));
            }
        }
        let place = self.scanner.peek()?.1;
        Ok(self.empty(place, State::FlowMappingKey(First::No)))
    }

    fn comma(&mut self, problem: &str) -> Result<(), YamlError> {
        let (token, place) = self.scanner.peek()?;
        if !matches!(token, Token::FlowEntry) {
            return Err(error(place, problem));
        }
        self.scanner.take();
        Ok(())
    }

    fn node_then(&mut self, context: Context, state: State) -> Next<'t> {
        self.states.push(state);
        self.node(context)
    }

    /// Takes the token that ends a collection.
    fn end(&mut self, event: Event<'t>, place: Place) -> (Event<'t>, Place) {
        self.scanner.take();
        self.pop_state();
        (event, place)
    }

    /// Nothing where a node could be.
    fn empty(&mut self, place: Place, state: State) -> (Event<'t>, Place) {
        self.state = state;
        let in_flow = matches!(
            state,
            State::PairValue | State::PairEnd | State::FlowMappingKey(_) | State::FlowMappingValue
        );
        let properties = Properties::none(if in_flow { Position::Flow } else { Position::Block });
        (Event::Scalar(Cow::Borrowed(""), ScalarStyle::Plain, properties), place)
    }

    fn empty_last(&mut self, place: Place) -> (Event<'t>, Place) {
        let state = self.states.pop().unwrap_or(State::DocumentEnd);
        self.empty(place, state)
    }

    fn pop_state(&mut self) {
        self.state = self.states.pop().unwrap_or(State::DocumentEnd);
    }
}

/// The tag that a handle and a suffix stand for; none when no directive has the handle.
fn resolve_tag(prefixes: &[(&str, Cow<'_, str>)], handle: &str, suffix: &str) -> Option<Tag> {
    const YAML: &str = "tag:yaml.org,2002:";
    let declared = prefixes.iter().find(|(known, _)| *known == handle).map(|(_, prefix)| prefix.as_ref());
    let prefix = match (declared, handle) {
        (Some(prefix), _) => prefix,
        (None, "") => "",
        (None, "!") => "!",
        (None, "!!") => YAML,
        (None, _) => return None,
    };
    let tag = format!("{prefix}{suffix}");
    Some(match tag.strip_prefix(YAML) {
        Some(name) => Tag::Core(name.to_owned()),
        None if tag == "!" => Tag::NonSpecific,
        None => Tag::Other,
    })
}

fn error(place: Place, problem: &str) -> YamlError {
    YamlError::new(place.mark(), problem)
}
