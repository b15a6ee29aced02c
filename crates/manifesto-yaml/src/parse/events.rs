//! The one door to the YAML parser that we stand on.

use std::borrow::Cow;

use granit_parser as granit;

use crate::{Limits, Mark, ScalarStyle, YamlError};

/// What stands next in a text.
pub(super) enum Event<'t> {
    /// A document starts.
    DocumentStart,
    /// A scalar.
    Scalar(Cow<'t, str>, ScalarStyle, Properties),
    /// A list starts.
    SequenceStart(Properties),
    /// A list ends.
    SequenceEnd,
    /// A mapping starts; keys and values follow in turn.
    MappingStart(Properties),
    /// A mapping ends.
    MappingEnd,
    /// The node with this anchor once more.
    Alias(usize),
    /// The text ends.
    End,
}

/// What may stand before a node.
pub(super) struct Properties {
    /// The number of its anchor, counted from 1 in each text; 0 when it has none.
    pub anchor: usize,
    /// Its tag.
    pub tag: Option<Tag>,
}

/// A tag.
pub(super) enum Tag {
    /// `!`: text, without a look at what it is.
    NonSpecific,
    /// A tag of YAML itself, by its name behind `!!`.
    Core(String),
    /// Any other.
    Other,
}

/// The events of a text.
pub(super) struct Events<'t> {
    parser: granit::Parser<'t, granit::StrInput<'t>>,
}

impl<'t> Events<'t> {
    /// The events of `text`.
    pub(super) fn new(text: &'t str, limits: &Limits) -> Self {
        let mut options = granit::Options::default();
        options.flow_nesting_limit = limits.depth_max;
        options.block_nesting_limit = limits.depth_max;
        // As libyaml and its descendants do.
        options.bom_inside_document_as_content = true;
        options.block_scalar_eof_without_line_feed = true;
        options.set_emit_comments(false);
        Self { parser: granit::Parser::new_from_str_with_options(text, options) }
    }

    /// The next event and where it starts.
    pub(super) fn next(&mut self) -> Result<(Event<'t>, Mark), YamlError> {
        loop {
            let (event, span) = match self.parser.next_event() {
                None => return Ok((Event::End, Mark::default())),
                Some(Err(error)) => return Err(to_error(&error)),
                Some(Ok(next)) => next,
            };
            let place = mark(span.start.line(), span.start.col());
            if let Some(event) = convert(event) {
                return Ok((event, place));
            }
        }
    }
}

/// A mark, from a line counted from 1 and a column counted from 0.
pub(super) fn mark(line: usize, column: usize) -> Mark {
    Mark {
        line: u32::try_from(line).unwrap_or(u32::MAX),
        column: u16::try_from(column.saturating_add(1)).unwrap_or(u16::MAX),
        file: 0,
    }
}

fn to_error(error: &granit::ScanError) -> YamlError {
    YamlError::new(mark(error.marker().line(), error.marker().col()), error.info())
}

fn convert(event: granit::Event<'_>) -> Option<Event<'_>> {
    Some(match event {
        granit::Event::DocumentStart(..) => Event::DocumentStart,
        granit::Event::Scalar(text, style, anchor, tag) => {
            Event::Scalar(text, style_of(style), properties(anchor, tag.as_deref()))
        }
        granit::Event::SequenceStart(_, anchor, tag) => {
            Event::SequenceStart(properties(anchor, tag.as_deref()))
        }
        granit::Event::SequenceEnd => Event::SequenceEnd,
        granit::Event::MappingStart(_, anchor, tag) => {
            Event::MappingStart(properties(anchor, tag.as_deref()))
        }
        granit::Event::MappingEnd => Event::MappingEnd,
        granit::Event::Alias(anchor) => Event::Alias(anchor),
        granit::Event::StreamEnd => Event::End,
        _ => return None,
    })
}

fn properties(anchor: usize, tag: Option<&granit::Tag>) -> Properties {
    Properties { anchor, tag: tag.map(to_tag) }
}

fn to_tag(tag: &granit::Tag) -> Tag {
    let whole = format!("{}{}", tag.handle(), tag.suffix());
    match whole.strip_prefix("tag:yaml.org,2002:") {
        Some(name) => Tag::Core(name.to_owned()),
        None if whole == "!" => Tag::NonSpecific,
        None => Tag::Other,
    }
}

fn style_of(style: granit::ScalarStyle) -> ScalarStyle {
    match style {
        granit::ScalarStyle::Plain => ScalarStyle::Plain,
        granit::ScalarStyle::SingleQuoted => ScalarStyle::SingleQuoted,
        granit::ScalarStyle::DoubleQuoted => ScalarStyle::DoubleQuoted,
        granit::ScalarStyle::Literal => ScalarStyle::Literal,
        granit::ScalarStyle::Folded => ScalarStyle::Folded,
    }
}
