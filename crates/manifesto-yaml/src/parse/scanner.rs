//! From characters to tokens, by the rules of libyaml as both versions of go-yaml have them (scannerc.go).
//!
//! What makes YAML hard to cut into tokens is that `a` is a key only once its colon is seen. So a token that may
//! turn out to be a key waits in the queue, with its place remembered: one *simple key* for each open flow
//! collection, and one for the block outside of them.

use std::collections::VecDeque;

use super::Dialect;
use super::cursor::{Cursor, Place};
use super::token::Token;
use crate::YamlError;

/// A colon further behind a key does not belong to it.
const KEY_COLUMNS_MAX: usize = 1024;

/// A token that may turn out to be a key.
#[derive(Debug, Clone, Copy)]
struct SimpleKey {
    /// It must be one: it stands where the keys of the current mapping do.
    required: bool,
    /// Its number, counted from the start of the text.
    number: usize,
    /// Its token is not given out before it is known whether it is a key.
    waits: bool,
    place: Place,
}

/// The block, or a flow collection that is open.
#[derive(Debug, Clone, Copy, Default)]
struct Level {
    /// What may turn out to be a key in it.
    key: Option<SimpleKey>,
    /// The number of the last such token, or of the one that opened the collection.
    last_number: usize,
}

/// Cuts a text into tokens.
pub(super) struct Scanner<'t> {
    pub(super) cursor: Cursor<'t>,
    tokens: VecDeque<(Token<'t>, Place)>,
    /// How many tokens were taken from the queue.
    taken: usize,
    /// How many tokens behind the next one are read before it is given out. What is wrong with them is an error
    /// even when they are part of another document.
    lookahead: usize,
    ready: bool,
    /// The column of the current block, -1 at the start; and of those around it.
    pub(super) indent: isize,
    indents: Vec<isize>,
    pub(super) simple_key_allowed: bool,
    /// The open flow collections, behind the block.
    levels: Vec<Level>,
}

impl<'t> Scanner<'t> {
    /// Stands at the start of `text`.
    pub(super) fn new(text: &'t str, dialect: Dialect) -> Self {
        Self {
            cursor: Cursor::new(text),
            tokens: VecDeque::new(),
            taken: 0,
            // Version 3 looks for comments there.
            lookahead: if dialect == Dialect::GoV3 { 2 } else { 0 },
            ready: false,
            indent: -1,
            indents: Vec::new(),
            simple_key_allowed: true,
            levels: vec![Level::default()],
        }
    }

    /// The next token, and where it stands.
    pub(super) fn peek(&mut self) -> Result<(&Token<'t>, Place), YamlError> {
        if !self.ready {
            while self.needs_more()? {
                self.fetch()?;
            }
            self.ready = true;
        }
        let end = self.cursor.place();
        Ok(self.tokens.front().map_or((&Token::StreamEnd, end), |(token, place)| (token, *place)))
    }

    /// Takes the token that was peeked at. The end of the text stays.
    pub(super) fn take(&mut self) -> Option<Token<'t>> {
        self.ready = false;
        let (token, _) = self.tokens.pop_front()?;
        self.taken += 1;
        Some(token)
    }

    /// Whether the next token is not there yet, or may still turn out to be a key.
    fn needs_more(&mut self) -> Result<bool, YamlError> {
        if self.tokens.len() <= self.lookahead {
            return Ok(true);
        }
        // Keys are saved in the order of their tokens, so the innermost ones have the largest numbers.
        let taken = self.taken;
        let next = |level: &Level| level.key.filter(|key| key.number <= taken);
        let waiting =
            self.levels.iter().enumerate().rev().find_map(|(index, level)| Some((index, next(level)?)));
        match waiting {
            Some((index, key)) if key.number == taken && key.waits => self.is_valid(index),
            _ => Ok(false),
        }
    }

    /// Whether the simple key of a level can still get its colon.
    fn is_valid(&mut self, index: usize) -> Result<bool, YamlError> {
        let Some(level) = self.levels.get_mut(index) else { return Ok(false) };
        let Some(key) = level.key else { return Ok(false) };
        let here = self.cursor.place();
        let stale = key.place.line < here.line || key.place.column + KEY_COLUMNS_MAX < here.column;
        if stale && key.required {
            return Err(missing_colon(key.place));
        }
        if stale {
            level.key = None;
        }
        Ok(!stale)
    }

    /// The next token may be a key.
    fn save_simple_key(&mut self) -> Result<(), YamlError> {
        if self.simple_key_allowed {
            self.remove_simple_key()?;
            let place = self.cursor.place();
            let required = !self.in_flow() && self.indent == column(place);
            let number = self.taken + self.tokens.len();
            if let Some(level) = self.levels.last_mut() {
                level.key = Some(SimpleKey { required, number, waits: true, place });
                level.last_number = number;
            }
        }
        Ok(())
    }

    /// What was saved on this level is no key.
    fn remove_simple_key(&mut self) -> Result<(), YamlError> {
        match self.take_simple_key() {
            Some(key) if key.required => Err(missing_colon(key.place)),
            _ => Ok(()),
        }
    }

    fn take_simple_key(&mut self) -> Option<SimpleKey> {
        self.levels.last_mut()?.key.take()
    }

    /// Whether a flow collection is open.
    pub(super) fn in_flow(&self) -> bool {
        self.levels.len() > 1
    }

    /// A block starts when the column is larger than that of the current one. Its token goes before the token
    /// `number`, or to the end.
    fn roll_indent(&mut self, place: Place, number: Option<usize>, token: Token<'t>) {
        if !self.in_flow() && self.indent < column(place) {
            self.indents.push(self.indent);
            self.indent = column(place);
            self.insert(number, token, place);
        }
    }

    fn insert(&mut self, number: Option<usize>, token: Token<'t>, place: Place) {
        let end = self.tokens.len();
        // What was given out already cannot be preceded any more: the token goes to the end, as upstream's does.
        let index =
            number.and_then(|number| number.checked_sub(self.taken)).map_or(end, |index| index.min(end));
        self.tokens.insert(index, (token, place));
    }

    /// Blocks end when the column is smaller than theirs.
    fn unroll_indent(&mut self, column: isize) {
        while !self.in_flow() && self.indent > column {
            self.tokens.push_back((Token::BlockEnd, self.cursor.place()));
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    fn fetch(&mut self) -> Result<(), YamlError> {
        self.skip_to_next_token();
        let place = self.cursor.place();
        self.unroll_indent(column(place));
        if self.cursor.at_end() {
            return self.fetch_stream_end();
        }
        let (byte, in_flow) = (self.cursor.byte(0), self.in_flow());
        let before_blank = self.cursor.is_blank_or_end(1);
        if place.column == 0 && byte == b'%' {
            return self.fetch_directive();
        }
        if self.cursor.is_document_indicator() {
            let token = if byte == b'-' { Token::DocumentStart } else { Token::DocumentEnd };
            return self.fetch_document_indicator(token);
        }
        match byte {
            b'[' => self.fetch_flow_start(Token::FlowSequenceStart),
            b'{' => self.fetch_flow_start(Token::FlowMappingStart),
            b']' => self.fetch_flow_end(Token::FlowSequenceEnd),
            b'}' => self.fetch_flow_end(Token::FlowMappingEnd),
            b',' => {
                self.remove_simple_key()?;
                self.simple_key_allowed = true;
                self.indicator(Token::FlowEntry);
                Ok(())
            }
            b'-' if before_blank => self.fetch_block_entry(),
            b'?' if in_flow || before_blank => self.fetch_key(),
            b':' if in_flow || before_blank => self.fetch_value(),
            b'*' => self.fetch_possible_key(|scanner| scanner.scan_name("an alias").map(Token::Alias)),
            b'&' => self.fetch_possible_key(|scanner| scanner.scan_name("an anchor").map(Token::Anchor)),
            b'!' => self.fetch_possible_key(Self::scan_tag),
            b'|' | b'>' if !in_flow => {
                self.remove_simple_key()?;
                self.simple_key_allowed = true;
                let token = self.scan_block_scalar()?;
                self.tokens.push_back((token, place));
                Ok(())
            }
            b'\'' | b'"' => self.fetch_possible_key(Self::scan_quoted),
            b'#' | b'|' | b'>' | b'%' | b'@' | b'`' | b' ' | b'\t' => Err(cannot_start(place)),
            _ => self.fetch_possible_key(Self::scan_plain),
        }
    }

    fn skip_to_next_token(&mut self) {
        loop {
            // A tab may not stand where it could be taken for indentation.
            let tabs_allowed = self.in_flow() || !self.simple_key_allowed;
            while self.cursor.byte(0) == b' ' || tabs_allowed && self.cursor.byte(0) == b'\t' {
                self.cursor.skip_ascii(1);
            }
            if self.cursor.byte(0) == b'#' {
                self.cursor.skip_rest_of_line();
            }
            if self.cursor.take_break().is_empty() {
                return;
            }
            if !self.in_flow() {
                self.simple_key_allowed = true;
            }
        }
    }

    /// Appends a token of one character.
    fn indicator(&mut self, token: Token<'t>) {
        self.tokens.push_back((token, self.cursor.place()));
        self.cursor.skip_ascii(1);
    }

    fn fetch_stream_end(&mut self) -> Result<(), YamlError> {
        self.cursor.close_line();
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        self.tokens.push_back((Token::StreamEnd, self.cursor.place()));
        Ok(())
    }

    fn fetch_directive(&mut self) -> Result<(), YamlError> {
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        let place = self.cursor.place();
        let token = self.scan_directive()?;
        self.tokens.push_back((token, place));
        Ok(())
    }

    fn fetch_document_indicator(&mut self, token: Token<'t>) -> Result<(), YamlError> {
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        self.tokens.push_back((token, self.cursor.place()));
        self.cursor.skip_ascii(3);
        Ok(())
    }

    fn fetch_flow_start(&mut self, token: Token<'t>) -> Result<(), YamlError> {
        self.save_simple_key()?;
        self.levels.push(Level { key: None, last_number: self.taken + self.tokens.len() });
        self.simple_key_allowed = true;
        self.indicator(token);
        Ok(())
    }

    fn fetch_flow_end(&mut self, token: Token<'t>) -> Result<(), YamlError> {
        self.remove_simple_key()?;
        self.leave_flow();
        self.simple_key_allowed = false;
        self.indicator(token);
        Ok(())
    }

    /// go-yaml forgets by number which token waits. An empty collection has the number of its own bracket, so
    /// that `[]: a` is given out as a list before its colon is seen (yaml_parser_decrease_flow_level).
    fn leave_flow(&mut self) {
        if !self.in_flow() {
            return;
        }
        let closed = self.levels.pop().map(|level| level.last_number);
        if let Some(key) = self.levels.last_mut().and_then(|level| level.key.as_mut())
            && Some(key.number) == closed
        {
            key.waits = false;
        }
    }

    fn fetch_block_entry(&mut self) -> Result<(), YamlError> {
        if !self.in_flow() {
            self.check_block_allowed("a list item is")?;
            self.roll_indent(self.cursor.place(), None, Token::BlockSequenceStart);
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.indicator(Token::BlockEntry);
        Ok(())
    }

    fn fetch_key(&mut self) -> Result<(), YamlError> {
        if !self.in_flow() {
            self.check_block_allowed("a key is")?;
            self.roll_indent(self.cursor.place(), None, Token::BlockMappingStart);
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = !self.in_flow();
        self.indicator(Token::Key);
        Ok(())
    }

    fn fetch_value(&mut self) -> Result<(), YamlError> {
        let valid = self.is_valid(self.levels.len() - 1)?;
        match self.take_simple_key().filter(|_| valid) {
            Some(key) => {
                self.insert(Some(key.number), Token::Key, key.place);
                self.roll_indent(key.place, Some(key.number), Token::BlockMappingStart);
                self.simple_key_allowed = false;
            }
            None if self.in_flow() => self.simple_key_allowed = false,
            None => {
                self.check_block_allowed("a mapping value is")?;
                self.roll_indent(self.cursor.place(), None, Token::BlockMappingStart);
                self.simple_key_allowed = true;
            }
        }
        self.indicator(Token::Value);
        Ok(())
    }

    fn check_block_allowed(&self, what: &str) -> Result<(), YamlError> {
        if self.simple_key_allowed {
            return Ok(());
        }
        Err(YamlError::new(self.cursor.place().mark(), format!("{what} not allowed here")))
    }

    /// Appends a token that may be a key.
    fn fetch_possible_key(
        &mut self,
        scan: impl FnOnce(&mut Self) -> Result<Token<'t>, YamlError>,
    ) -> Result<(), YamlError> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let place = self.cursor.place();
        let token = scan(self)?;
        self.tokens.push_back((token, place));
        Ok(())
    }
}

fn column(place: Place) -> isize {
    isize::try_from(place.column).unwrap_or(isize::MAX)
}

fn missing_colon(place: Place) -> YamlError {
    YamlError::new(place.mark(), "no `:` stands behind this key")
}

fn cannot_start(place: Place) -> YamlError {
    YamlError::new(place.mark(), "no value can start with this character")
}
