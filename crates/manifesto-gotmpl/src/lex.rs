//! Template text to items, as `text/template/parse/lex.go` does it.

use memchr::memmem::{self, Finder};

use crate::strconv::quote;
use crate::unicode;

/// What an item is. Why there is an `Error` tells [`Lexer::describe`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ItemKind {
    Error,
    Bool,
    Char,
    CharConstant,
    Complex,
    Assign,
    Declare,
    Eof,
    Field,
    Identifier,
    LeftDelim,
    LeftParen,
    Number,
    Pipe,
    RawString,
    RightDelim,
    RightParen,
    Space,
    Str,
    Text,
    Variable,
    Block,
    Break,
    Continue,
    Dot,
    Define,
    Else,
    End,
    If,
    Nil,
    Range,
    Template,
    With,
}

impl ItemKind {
    fn is_keyword(self) -> bool {
        use ItemKind::{Block, Break, Continue, Define, Dot, Else, End, If, Nil, Range, Template, With};
        matches!(
            self,
            Block | Break | Continue | Dot | Define | Else | End | If | Nil | Range | Template | With
        )
    }

    fn of_word(word: &[u8]) -> Self {
        match word {
            b"block" => Self::Block,
            b"break" => Self::Break,
            b"continue" => Self::Continue,
            b"define" => Self::Define,
            b"else" => Self::Else,
            b"end" => Self::End,
            b"if" => Self::If,
            b"nil" => Self::Nil,
            b"range" => Self::Range,
            b"template" => Self::Template,
            b"with" => Self::With,
            b"true" | b"false" => Self::Bool,
            _ => Self::Identifier,
        }
    }
}

/// One item, with the line on which it starts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Item<'t> {
    pub(crate) kind: ItemKind,
    pub(crate) at: usize,
    pub(crate) text: &'t [u8],
    pub(crate) line: u32,
}

const LEFT: &[u8] = b"{{";
const RIGHT: &[u8] = b"}}";
/// A trim marker and the space beside it.
const TRIM_LEN: usize = 2;

pub(crate) struct Lexer<'t> {
    input: &'t [u8],
    at: usize,
    start: usize,
    line: u32,
    start_line: u32,
    paren_depth: u32,
    inside_action: bool,
    /// Why there is an error, once there is one: nothing follows it.
    problem: String,
    left: Finder<'static>,
}

/// What a step of the lexer came to: an item, or go on with text.
enum Step<'t> {
    Emit(Item<'t>),
    More,
}

impl<'t> Lexer<'t> {
    pub(crate) fn new(input: &'t [u8]) -> Self {
        Self {
            input,
            at: 0,
            start: 0,
            line: 1,
            start_line: 1,
            paren_depth: 0,
            inside_action: false,
            problem: String::new(),
            left: Finder::new(LEFT),
        }
    }

    /// The item in messages, as Go's `String` gives it.
    pub(crate) fn describe(&self, item: &Item<'t>) -> String {
        match item.kind {
            ItemKind::Eof => "EOF".to_owned(),
            ItemKind::Error => self.problem.clone(),
            kind if kind.is_keyword() => format!("<{}>", String::from_utf8_lossy(item.text)),
            // `%.10q...` cuts after ten runes.
            _ if item.text.len() > 10 => {
                let end = unicode::runes(item.text).nth(10).map_or(item.text.len(), |(at, _)| at);
                format!("{}...", quote(item.text.get(..end).unwrap_or_default()))
            }
            _ => quote(item.text),
        }
    }

    /// The next item; after an error only `Eof`.
    pub(crate) fn next_item(&mut self) -> Item<'t> {
        loop {
            let step = if self.inside_action { self.inside_action() } else { self.text() };
            if let Step::Emit(item) = step {
                return item;
            }
        }
    }

    fn rest(&self) -> &'t [u8] {
        self.input.get(self.at..).unwrap_or_default()
    }

    fn pending(&self) -> &'t [u8] {
        self.input.get(self.start..self.at).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        let (rune, size) = unicode::decode(self.rest());
        (size > 0).then_some(rune)
    }

    fn next(&mut self) -> Option<char> {
        let (rune, size) = unicode::decode(self.rest());
        self.at += size;
        if rune == '\n' {
            self.line += 1;
        }
        (size > 0).then_some(rune)
    }

    fn emit(&mut self, kind: ItemKind) -> Step<'t> {
        Step::Emit(self.item(kind))
    }

    fn item(&mut self, kind: ItemKind) -> Item<'t> {
        let item = Item { kind, at: self.start, text: self.pending(), line: self.start_line };
        (self.start, self.start_line) = (self.at, self.line);
        item
    }

    /// Skips what is pending; its newlines have not been counted.
    fn ignore(&mut self) {
        self.count_lines();
        (self.start, self.start_line) = (self.at, self.line);
    }

    fn count_lines(&mut self) {
        let newlines = memchr::memchr_iter(b'\n', self.pending()).count();
        self.line = self.line.saturating_add(u32::try_from(newlines).unwrap_or(u32::MAX));
    }

    fn error(&mut self, message: impl Into<String>) -> Step<'t> {
        let item = Item { kind: ItemKind::Error, at: self.start, text: b"", line: self.start_line };
        self.problem = message.into();
        (self.input, self.at, self.start, self.inside_action) = (b"", 0, 0, false);
        Step::Emit(item)
    }

    fn text(&mut self) -> Step<'t> {
        let Some(found) = self.left.find(self.rest()) else {
            self.at = self.input.len();
            if self.at == self.start {
                return self.emit(ItemKind::Eof);
            }
            self.count_lines();
            return self.emit(ItemKind::Text);
        };
        if found > 0 {
            let delimiter = self.at + found;
            let trims = trims_left(self.input.get(delimiter + LEFT.len()..).unwrap_or_default());
            let text = self.input.get(self.at..delimiter).unwrap_or_default();
            let kept = if trims { text.trim_suffix_space() } else { text };
            self.at += kept.len();
            self.count_lines();
            let item = self.item(ItemKind::Text);
            self.at = delimiter;
            self.ignore();
            if !item.text.is_empty() {
                return Step::Emit(item);
            }
        }
        self.left_delim()
    }

    fn left_delim(&mut self) -> Step<'t> {
        self.at += LEFT.len();
        let marker = if trims_left(self.rest()) { TRIM_LEN } else { 0 };
        if self.input.get(self.at + marker..).is_some_and(|rest| rest.starts_with(b"/*")) {
            self.at += marker;
            self.ignore();
            return self.comment();
        }
        let item = self.item(ItemKind::LeftDelim);
        (self.inside_action, self.paren_depth) = (true, 0);
        self.at += marker;
        self.ignore();
        Step::Emit(item)
    }

    fn comment(&mut self) -> Step<'t> {
        self.at += 2;
        let Some(found) = memmem::find(self.rest(), b"*/") else { return self.error("unclosed comment") };
        self.at += found + 2;
        let Some(trims) = self.right_delim_here() else {
            return self.error("comment ends before closing delimiter");
        };
        self.at += RIGHT.len() + if trims { TRIM_LEN } else { 0 };
        if trims {
            self.at += self.rest().len() - self.rest().trim_prefix_space().len();
        }
        self.ignore();
        Step::More
    }

    /// Whether the action ends here, and if so whether it trims what follows.
    fn right_delim_here(&self) -> Option<bool> {
        let rest = self.rest();
        if trims_right(rest) && rest.get(TRIM_LEN..).is_some_and(|rest| rest.starts_with(RIGHT)) {
            return Some(true);
        }
        rest.starts_with(RIGHT).then_some(false)
    }

    fn right_delim(&mut self, trims: bool) -> Step<'t> {
        if trims {
            self.at += TRIM_LEN;
            self.ignore();
        }
        self.at += RIGHT.len();
        let item = self.item(ItemKind::RightDelim);
        if trims {
            self.at += self.rest().len() - self.rest().trim_prefix_space().len();
            self.ignore();
        }
        self.inside_action = false;
        Step::Emit(item)
    }

    fn inside_action(&mut self) -> Step<'t> {
        if let Some(trims) = self.right_delim_here() {
            if self.paren_depth == 0 {
                return self.right_delim(trims);
            }
            return self.error("unclosed left paren");
        }
        let Some(rune) = self.peek() else { return self.error("unclosed action") };
        match rune {
            ' ' | '\t' | '\r' | '\n' => self.space(),
            '+' | '-' | '0'..='9' => self.number(),
            '.' if self.rest().get(1).is_some_and(u8::is_ascii_digit) => self.number(),
            // At the very end of the text a dot starts a number, which is none.
            '.' if self.rest().len() == 1 => self.number(),
            rune if is_alphanumeric(rune) => self.identifier(),
            _ => self.symbol(),
        }
    }

    /// What starts with a character of its own.
    fn symbol(&mut self) -> Step<'t> {
        let rune = self.next().unwrap_or(unicode::ERROR);
        match rune {
            '=' => self.emit(ItemKind::Assign),
            ':' if self.next() == Some('=') => self.emit(ItemKind::Declare),
            ':' => self.error("expected :="),
            '|' => self.emit(ItemKind::Pipe),
            '"' => self.quoted('"', ItemKind::Str, "unterminated quoted string"),
            '\'' => self.quoted('\'', ItemKind::CharConstant, "unterminated character constant"),
            '`' => self.raw_quoted(),
            '$' => self.field_or_variable(ItemKind::Variable),
            '.' => self.field_or_variable(ItemKind::Field),
            '(' => {
                self.paren_depth += 1;
                self.emit(ItemKind::LeftParen)
            }
            ')' if self.paren_depth == 0 => self.error("unexpected right paren"),
            ')' => {
                self.paren_depth -= 1;
                self.emit(ItemKind::RightParen)
            }
            rune if rune.is_ascii() && unicode::is_print(rune) => self.emit(ItemKind::Char),
            rune => self.error(format!("unrecognized character in action: {}", code_point(rune))),
        }
    }

    fn space(&mut self) -> Step<'t> {
        let mut count = 0;
        let mut before_last = (self.at, self.line);
        while self.peek().is_some_and(is_space) {
            before_last = (self.at, self.line);
            self.next();
            count += 1;
        }
        // The space beside a trim marker belongs to the delimiter.
        let tail = self.input.get(before_last.0..).unwrap_or_default();
        if trims_right(tail) && tail.get(TRIM_LEN..).is_some_and(|rest| rest.starts_with(RIGHT)) {
            (self.at, self.line) = before_last;
            if count == 1 {
                return self.right_delim(true);
            }
        }
        self.emit(ItemKind::Space)
    }

    fn identifier(&mut self) -> Step<'t> {
        self.skip_word();
        if !self.at_terminator() {
            return self.bad_character();
        }
        let kind = ItemKind::of_word(self.pending());
        self.emit(kind)
    }

    fn skip_word(&mut self) {
        loop {
            let plain = self.rest().iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_');
            self.at += plain.count();
            match self.rest().first() {
                Some(byte) if !byte.is_ascii() && self.peek().is_some_and(is_alphanumeric) => self.next(),
                _ => return,
            };
        }
    }

    fn field_or_variable(&mut self, kind: ItemKind) -> Step<'t> {
        if self.at_terminator() {
            return self.emit(if kind == ItemKind::Variable { kind } else { ItemKind::Dot });
        }
        self.skip_word();
        if self.at_terminator() { self.emit(kind) } else { self.bad_character() }
    }

    fn bad_character(&mut self) -> Step<'t> {
        let rune = self.peek().unwrap_or(unicode::ERROR);
        self.error(format!("bad character {}", code_point(rune)))
    }

    fn at_terminator(&self) -> bool {
        match self.peek() {
            None | Some(' ' | '\t' | '\r' | '\n' | '.' | ',' | '|' | ':' | ')' | '(') => true,
            Some(_) => self.rest().starts_with(RIGHT),
        }
    }

    fn quoted(&mut self, mark: char, kind: ItemKind, unterminated: &str) -> Step<'t> {
        loop {
            match self.next() {
                Some('\\') if matches!(self.peek(), Some(rune) if rune != '\n') => {
                    self.next();
                }
                Some('\\' | '\n') | None => return self.error(unterminated),
                Some(rune) if rune == mark => return self.emit(kind),
                Some(_) => {}
            }
        }
    }

    fn raw_quoted(&mut self) -> Step<'t> {
        let Some(end) = memchr::memchr(b'`', self.rest()) else {
            return self.error("unterminated raw quoted string");
        };
        self.at += end + 1;
        self.count_lines();
        self.emit(ItemKind::RawString)
    }

    fn number(&mut self) -> Step<'t> {
        if !self.scan_number() {
            return self.bad_number();
        }
        if matches!(self.peek(), Some('+' | '-')) {
            if !self.scan_number() || self.pending().last() != Some(&b'i') {
                return self.bad_number();
            }
            return self.emit(ItemKind::Complex);
        }
        self.emit(ItemKind::Number)
    }

    fn bad_number(&mut self) -> Step<'t> {
        let text = quote(self.pending());
        self.error(format!("bad number syntax: {text}"))
    }

    fn accept(&mut self, valid: &[u8]) -> bool {
        let found = self.rest().first().is_some_and(|byte| valid.contains(byte));
        self.at += usize::from(found);
        found
    }

    fn accept_run(&mut self, valid: &[u8]) {
        while self.accept(valid) {}
    }

    fn scan_number(&mut self) -> bool {
        self.accept(b"+-");
        let (mut digits, mut exponent): (&[u8], &[u8]) = (b"0123456789_", b"eE");
        if self.accept(b"0") {
            if self.accept(b"xX") {
                (digits, exponent) = (b"0123456789abcdefABCDEF_", b"pP");
            } else if self.accept(b"oO") {
                (digits, exponent) = (b"01234567_", b"");
            } else if self.accept(b"bB") {
                (digits, exponent) = (b"01_", b"");
            }
        }
        self.accept_run(digits);
        if self.accept(b".") {
            self.accept_run(digits);
        }
        if self.accept(exponent) {
            self.accept(b"+-");
            self.accept_run(b"0123456789_");
        }
        self.accept(b"i");
        if self.peek().is_some_and(is_alphanumeric) {
            self.next();
            return false;
        }
        true
    }
}

/// `%#U`.
pub(crate) fn code_point(rune: char) -> String {
    let code = u32::from(rune);
    if unicode::is_print(rune) { format!("U+{code:04X} '{rune}'") } else { format!("U+{code:04X}") }
}

fn is_space(rune: char) -> bool {
    matches!(rune, ' ' | '\t' | '\r' | '\n')
}

fn is_alphanumeric(rune: char) -> bool {
    rune == '_' || unicode::is_letter(rune) || unicode::is_digit(rune)
}

fn trims_left(rest: &[u8]) -> bool {
    matches!(rest, [b'-', b' ' | b'\t' | b'\r' | b'\n', ..])
}

fn trims_right(rest: &[u8]) -> bool {
    matches!(rest, [b' ' | b'\t' | b'\r' | b'\n', b'-', ..])
}

/// Trimming of the four bytes that templates call space.
trait TrimSpace {
    fn trim_prefix_space(&self) -> &Self;
    fn trim_suffix_space(&self) -> &Self;
}

impl TrimSpace for [u8] {
    fn trim_prefix_space(&self) -> &Self {
        let start = self.iter().position(|&byte| !is_space(char::from(byte))).unwrap_or(self.len());
        self.get(start..).unwrap_or_default()
    }

    fn trim_suffix_space(&self) -> &Self {
        let end = self.iter().rposition(|&byte| !is_space(char::from(byte))).map_or(0, |last| last + 1);
        self.get(..end).unwrap_or_default()
    }
}
