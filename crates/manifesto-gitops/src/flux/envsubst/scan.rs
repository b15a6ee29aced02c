//! The characters of a text, one token at a time (fluxcd/pkg, envsubst/parse/scan.go).

/// Which characters continue a token: the character, and the bytes of the token with it.
pub(super) type Accept = fn(char, usize) -> bool;

/// What is looked for besides characters of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Mode {
    /// Characters of a token.
    pub(super) token: bool,
    /// `${`.
    pub(super) open: bool,
    /// `}`.
    pub(super) close: bool,
    /// `$$`, and inside of an expression `\/` and `\\`, for one character that means nothing.
    pub(super) escape: bool,
}

impl Mode {
    pub(super) const TOKEN: Self = Self { token: true, open: false, close: false, escape: false };
    pub(super) const CLOSE: Self = Self { token: false, open: false, close: true, escape: false };

    /// The same, and `${`.
    pub(super) const fn or_open(self) -> Self {
        Self { open: true, ..self }
    }

    /// The same, and `}`.
    pub(super) const fn or_close(self) -> Self {
        Self { close: true, ..self }
    }

    /// The same, with escapes.
    pub(super) const fn escaped(self) -> Self {
        Self { escape: true, ..self }
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    End,
    Open,
    Close,
    Text(String),
    Illegal,
}

/// Reads a text from its start.
#[derive(Debug)]
pub(super) struct Scanner<'s> {
    rest: &'s str,
    /// Whether `\` escapes: it does after the first expression began.
    pub(super) backslash_escapes: bool,
}

impl<'s> Scanner<'s> {
    pub(super) fn new(text: &'s str) -> Self {
        Self { rest: text, backslash_escapes: false }
    }

    /// The next character.
    pub(super) fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    /// The character after the next one.
    pub(super) fn peek_second(&self) -> Option<char> {
        self.rest.chars().nth(1)
    }

    fn advance(&mut self) {
        let mut chars = self.rest.chars();
        chars.next();
        self.rest = chars.as_str();
    }

    fn is_open(&self, mode: Mode) -> bool {
        mode.open && self.rest.starts_with("${")
    }

    fn is_escape(&self, mode: Mode) -> bool {
        let backslash = || self.rest.starts_with("\\/") || self.rest.starts_with("\\\\");
        mode.escape && (self.rest.starts_with("$$") || (self.backslash_escapes && backslash()))
    }

    /// Reads one token.
    pub(super) fn scan(&mut self, mode: Mode, accept: Accept) -> Token {
        let Some(first) = self.peek() else { return Token::End };
        if self.is_open(mode) {
            self.advance();
            self.advance();
            return Token::Open;
        }
        if mode.close && first == '}' {
            self.advance();
            return Token::Close;
        }
        if !mode.token {
            self.advance();
            return Token::Illegal;
        }
        let mut text = String::new();
        while let Some(char) = self.peek().filter(|_| !self.is_open(mode)) {
            if self.is_escape(mode) {
                self.advance();
                text.extend(self.peek());
            } else if accept(char, text.len() + char.len_utf8()) {
                text.push(char);
            } else {
                break;
            }
            self.advance();
        }
        if text.is_empty() { Token::Illegal } else { Token::Text(text) }
    }
}
