//! The words of YAML.

use std::borrow::Cow;

use crate::ScalarStyle;

/// A word of YAML.
#[derive(Debug, Clone)]
pub(super) enum Token<'t> {
    /// `%YAML 1.1`
    VersionDirective(u8, u8),
    /// `%TAG !e! tag:example.com,2000:`
    TagDirective(&'t str, Cow<'t, str>),
    /// `---`
    DocumentStart,
    /// `...`
    DocumentEnd,
    /// The end of the text.
    StreamEnd,
    /// The first `-` of a list.
    BlockSequenceStart,
    /// The first key of a mapping.
    BlockMappingStart,
    /// A smaller indentation.
    BlockEnd,
    /// `[`
    FlowSequenceStart,
    /// `]`
    FlowSequenceEnd,
    /// `{`
    FlowMappingStart,
    /// `}`
    FlowMappingEnd,
    /// `-`
    BlockEntry,
    /// `,`
    FlowEntry,
    /// `?`, or the place before a key without one.
    Key,
    /// `:`
    Value,
    /// `*name`
    Alias(&'t str),
    /// `&name`
    Anchor(&'t str),
    /// `!handle!suffix`; a verbatim tag, and the lone `!`, have no handle.
    Tag(&'t str, Cow<'t, str>),
    /// A scalar.
    Scalar(Cow<'t, str>, ScalarStyle),
}
