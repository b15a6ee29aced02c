//! The layout of YAML: indentation, keys, items (go-yaml's emitterc.go and encode.go, versions 2 and 3).

use std::borrow::Cow;

use super::analysis::{Analysis, analyse};
use super::keys::{self, Level};
use super::scalars::Folding;
use super::{Writer, order, reread};
use crate::resolve::{is_base60, is_old_bool, resolve_plain};
use crate::{Dialect, Mapping, Mark, Node, Scalar, ScalarKind, Value, YamlError};

/// A key longer than this stands behind a `?`.
const SIMPLE_KEY_BYTES_MAX: usize = 128;

/// One document.
pub(super) fn document(node: &Node, writer: Writer) -> Result<String, YamlError> {
    let mut emitter = Emitter { output: Output::new(writer), writer };
    emitter.node(node, Parent::Root)?;
    emitter.output.new_line();
    Ok(emitter.output.text)
}

/// What a node is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Parent {
    /// Nothing.
    Root,
    /// A list.
    Sequence,
    /// A mapping, as a value or a key.
    Mapping,
}

struct Emitter {
    output: Output,
    writer: Writer,
}

impl Emitter {
    fn node(&mut self, node: &Node, parent: Parent) -> Result<(), YamlError> {
        match &node.value {
            Value::Scalar(scalar) => self.scalar(scalar, node.mark, parent),
            Value::Sequence(items) if items.is_empty() => {
                self.output.empty_collection("[]");
                Ok(())
            }
            Value::Sequence(items) => self.sequence(items, parent),
            Value::Mapping(mapping) => self.mapping(mapping, parent),
        }
    }

    fn sequence(&mut self, items: &[Node], parent: Parent) -> Result<(), YamlError> {
        let outer = self.output.indent;
        // Version 2 does not indent a list below its key.
        let same_column =
            self.writer == Writer::Sigs && parent == Parent::Mapping && !self.output.only_indentation;
        if !same_column {
            self.output.indent = Some(self.deeper(parent, 0));
        }
        for item in items {
            self.output.new_line();
            self.output.structure("-");
            self.node(item, Parent::Sequence)?;
        }
        self.output.indent = outer;
        Ok(())
    }

    fn mapping(&mut self, mapping: &Mapping, parent: Parent) -> Result<(), YamlError> {
        let level = if parent == Parent::Root { Level::Root } else { Level::Part };
        let pairs = order::sort(keys::sorted(mapping, level)?, self.writer);
        if pairs.is_empty() {
            self.output.empty_collection("{}");
            return Ok(());
        }
        let outer = self.output.indent;
        self.output.indent = Some(self.deeper(parent, 0));
        for (key, value) in pairs {
            self.output.new_line();
            self.key(key, value.mark)?;
            self.node(value, Parent::Mapping)?;
        }
        self.output.indent = outer;
        Ok(())
    }

    fn key(&mut self, key: &str, mark: Mark) -> Result<(), YamlError> {
        let key = if self.writer == Writer::Sigs { reread::key(key, mark)? } else { Cow::Borrowed(key) };
        let analysis = analyse(&key, self.writer);
        if !analysis.multiline && key.len() <= SIMPLE_KEY_BYTES_MAX {
            self.string(&key, analysis, Folding::Forbidden, Parent::Mapping);
            self.output.raw(":");
            self.output.end_token();
        } else {
            self.output.structure("?");
            self.string(&key, analysis, Folding::Allowed, Parent::Mapping);
            self.output.new_line();
            self.output.structure(":");
        }
        Ok(())
    }

    fn scalar(&mut self, scalar: &Scalar, mark: Mark, parent: Parent) -> Result<(), YamlError> {
        let refused = || YamlError::new(mark, format!("JSON has no `{}`", scalar.text()));
        match scalar.kind() {
            ScalarKind::Null if scalar.json_string().is_none() => {
                self.output.plain("null", Folding::Forbidden);
            }
            ScalarKind::Bool => {
                let word = if scalar.as_bool() == Some(true) { "true" } else { "false" };
                self.output.plain(word, Folding::Forbidden);
            }
            ScalarKind::Int | ScalarKind::Float => {
                let text = scalar.as_number().and_then(|number| match self.writer {
                    Writer::Sigs => number.sigs_text(),
                    Writer::GoV3 { .. } => Some(number.yaml_text()),
                });
                self.output.plain(&text.ok_or_else(refused)?, Folding::Forbidden);
            }
            // A time.Time is never quoted (encode.go, timev).
            ScalarKind::Timestamp if matches!(self.writer, Writer::GoV3 { .. }) => {
                self.output.plain(&scalar.json_string().ok_or_else(refused)?, Folding::Forbidden);
            }
            ScalarKind::Binary if matches!(self.writer, Writer::GoV3 { .. }) && scalar.is_no_text() => {
                self.binary(scalar.text(), parent);
            }
            ScalarKind::String | ScalarKind::Null | ScalarKind::Timestamp | ScalarKind::Binary => {
                self.text(&scalar.json_string().ok_or_else(refused)?, mark, parent)?;
            }
        }
        Ok(())
    }

    /// Bytes that are no text (encode.go, stringv and encodeBase64): more than one line of them is a block.
    fn binary(&mut self, base64: &str, parent: Parent) {
        const LINE: usize = 70;
        self.output.plain("!!binary", Folding::Forbidden);
        if base64.len() < LINE {
            return self.output.plain(base64, Folding::Forbidden);
        }
        let lines = base64.as_bytes().chunks(LINE).map(|line| String::from_utf8_lossy(line) + "\n");
        let outer = self.output.indent;
        self.output.indent = Some(self.deeper(parent, self.output.step));
        self.output.literal(&lines.collect::<String>());
        self.output.indent = outer;
    }

    fn text(&mut self, text: &str, mark: Mark, parent: Parent) -> Result<(), YamlError> {
        let text = if self.writer == Writer::Sigs { reread::value(text, mark)? } else { Cow::Borrowed(text) };
        self.string(&text, analyse(&text, self.writer), Folding::Allowed, parent);
        Ok(())
    }

    /// Text in the style that go-yaml chooses (encode.go, stringv; emitterc.go, yaml_emitter_select_scalar_style).
    fn string(&mut self, text: &str, analysis: Analysis, folding: Folding, parent: Parent) {
        let outer = self.output.indent;
        self.output.indent = Some(self.deeper(parent, self.output.step));
        let stays_text = || match self.writer {
            Writer::Sigs => resolve_plain(text, Dialect::SigsV2) == ScalarKind::String && !is_base60(text),
            Writer::GoV3 { .. } => {
                let kind = resolve_plain(text, Dialect::GoV3);
                kind == ScalarKind::String && !is_base60(text) && !is_old_bool(text)
            }
        };
        if text.contains('\n') {
            if analysis.block && folding == Folding::Allowed {
                self.output.literal(text);
            } else {
                self.output.double_quoted(text, folding);
            }
        } else if !stays_text() {
            self.output.double_quoted(text, folding);
        } else if analysis.plain {
            self.output.plain(text, folding);
        } else if analysis.single_quoted {
            self.output.single_quoted(text, folding);
        } else {
            self.output.double_quoted(text, folding);
        }
        self.output.indent = outer;
    }

    /// The next indentation. At the root it is `root`: 0 for collections, one step for the lines of a scalar.
    fn deeper(&self, parent: Parent, root: usize) -> usize {
        let step = self.output.step;
        let Some(indent) = self.output.indent else { return root };
        match (self.writer, parent) {
            (Writer::Sigs, _) => indent + step,
            // "The first indent inside a sequence will just skip the `- ` indicator."
            (Writer::GoV3 { .. }, Parent::Sequence) => indent + 2,
            // "Everything else aligns to the chosen indentation."
            (Writer::GoV3 { .. }, _) => step * ((indent + step) / step),
        }
    }
}

/// The text so far, and where it stands.
pub(super) struct Output {
    pub text: String,
    step: usize,
    width: usize,
    /// The indentation of the current collection; none at the root.
    pub indent: Option<usize>,
    column: usize,
    /// The last character is a blank, or there is none on this line.
    after_blank: bool,
    /// The line holds nothing yet but indentation and indicators that count as such.
    only_indentation: bool,
}

impl Output {
    pub(super) fn new(writer: Writer) -> Self {
        let (step, width) = match writer {
            Writer::Sigs => (2, 80),
            Writer::GoV3 { indent } => (if (2..=9).contains(&indent) { indent } else { 2 }, usize::MAX),
        };
        let (indent, column) = (None, 0);
        Self { text: String::new(), step, width, indent, column, after_blank: true, only_indentation: true }
    }

    /// Columns of one step of indentation.
    pub(super) fn step(&self) -> usize {
        self.step
    }

    /// Whether `bytes` more surely end within the width.
    pub(super) fn fits(&self, bytes: usize) -> bool {
        self.column.saturating_add(bytes) <= self.width
    }

    /// Whether the line is already longer than the width.
    pub(super) fn too_long(&self) -> bool {
        self.column > self.width
    }

    /// Characters without a line break.
    pub(super) fn raw(&mut self, characters: &str) {
        self.text.push_str(characters);
        self.column += if characters.is_ascii() { characters.len() } else { characters.chars().count() };
    }

    /// A character that breaks the line.
    pub(super) fn line_break(&mut self, character: &str) {
        self.text.push_str(character);
        self.column = 0;
        self.only_indentation = true;
    }

    /// Goes to the current indentation: on this line when it holds nothing else yet, else on a new one.
    pub(super) fn new_line(&mut self) {
        let indent = self.indent.unwrap_or(0);
        let blank =
            self.only_indentation && (self.column < indent || self.column == indent && self.after_blank);
        if !blank {
            self.line_break("\n");
        }
        let missing = indent.saturating_sub(self.column);
        self.text.extend(std::iter::repeat_n(' ', missing));
        self.column += missing;
        (self.after_blank, self.only_indentation) = (true, true);
    }

    /// A blank, unless one is there.
    pub(super) fn space_before_token(&mut self) {
        if !self.after_blank {
            self.raw(" ");
        }
    }

    /// A token ends here.
    pub(super) fn end_token(&mut self) {
        (self.after_blank, self.only_indentation) = (false, false);
    }

    /// Text of a block scalar ends here.
    pub(super) fn end_text(&mut self) {
        self.only_indentation = false;
    }

    /// The head of a block scalar ends here.
    pub(super) fn end_header(&mut self) {
        self.after_blank = true;
    }

    /// A token that is no part of the indentation.
    pub(super) fn indicator(&mut self, token: &str) {
        self.space_before_token();
        self.raw(token);
        self.end_token();
    }

    /// `-`, `?` or `:` at the head of a line: what follows may still start a collection on the same line.
    fn structure(&mut self, token: &str) {
        self.space_before_token();
        self.raw(token);
        self.after_blank = false;
    }

    fn empty_collection(&mut self, brackets: &str) {
        self.indicator(brackets);
    }
}
