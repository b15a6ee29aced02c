//! The words of HCL, as far as policies use them.
//!
//! Policies are often kept inside of a Go template (Helm, Crossplane): what stands between `{{` and `}}` is skipped
//! between words, and kept inside of a string.

/// A word with the line that it starts on, from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) line: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TokenKind {
    Word(String),
    Text(String),
    Sign(char),
}

/// The words of a text.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut reader = Reader { rest: text.chars().collect(), at: 0, line: 0 };
    let mut tokens = Vec::new();
    while let Some(token) = reader.token() {
        tokens.push(token);
    }
    tokens
}

struct Reader {
    rest: Vec<char>,
    at: usize,
    line: u32,
}

impl Reader {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.rest.get(self.at + ahead).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek(0)?;
        self.at += 1;
        if c == '\n' {
            self.line += 1;
        }
        Some(c)
    }

    fn starts_with(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(index, c)| self.peek(index) == Some(c))
    }

    fn token(&mut self) -> Option<Token> {
        self.skip_blanks();
        let line = self.line;
        let kind = match self.peek(0)? {
            '"' => TokenKind::Text(self.text()),
            c if is_word(c) => {
                let mut word = String::new();
                while let Some(c) = self.peek(0).filter(|c| is_word(*c)) {
                    word.push(c);
                    self.next();
                }
                TokenKind::Word(word)
            }
            c => {
                self.next();
                TokenKind::Sign(c)
            }
        };
        Some(Token { kind, line })
    }

    fn skip_blanks(&mut self) {
        loop {
            match self.peek(0) {
                Some(c) if c.is_whitespace() => {
                    self.next();
                }
                Some('#') => self.skip_until("\n"),
                Some('/') if self.starts_with("//") => self.skip_until("\n"),
                Some('/') if self.starts_with("/*") => self.skip_until("*/"),
                Some('{') if self.starts_with("{{") => self.skip_until("}}"),
                _ => return,
            }
        }
    }

    fn skip_until(&mut self, end: &str) {
        while self.peek(0).is_some() && !self.starts_with(end) {
            self.next();
        }
        for _ in end.chars() {
            self.next();
        }
    }

    /// A text in quotes; quotes inside of a template do not end it.
    fn text(&mut self) -> String {
        self.next();
        let mut text = String::new();
        let mut is_template = false;
        while let Some(c) = self.peek(0) {
            is_template = (is_template || self.starts_with("{{")) && !self.starts_with("}}");
            match c {
                '"' if !is_template => {
                    self.next();
                    return text;
                }
                '\\' if !is_template => {
                    self.next();
                    text.extend(self.next());
                }
                _ => text.extend(self.next()),
            }
        }
        text
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}
