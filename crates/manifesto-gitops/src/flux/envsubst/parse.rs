//! A text as pieces: what stands for itself, and what is replaced (fluxcd/pkg, envsubst/parse/parse.go).

use super::Refusal;
use super::scan::{Accept, Mode, Scanner, Token};

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Expression(Expression),
}

/// `${variable}`, or `${variable<function><arguments>}`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Expression {
    pub(super) variable: String,
    /// As written: `:=`, `//`, `^^`; empty where there is none.
    pub(super) function: String,
    pub(super) arguments: Vec<Piece>,
}

/// Expressions inside of each other. Upstream has no limit but its stack.
const DEPTH_MAX: usize = 100;

type Parse<T> = Result<T, Refusal>;

fn refused<T>(why: &str) -> Parse<T> {
    Err(Refusal(why.to_owned()))
}

fn bad<T>() -> Parse<T> {
    refused("bad substitution")
}

/// Reads a text.
pub(super) fn parse(text: &str) -> Parse<Vec<Piece>> {
    let mut parser = Parser { scanner: Scanner::new(text), depth: 0 };
    let mut pieces = Vec::new();
    loop {
        parser.scanner.backslash_escapes = false;
        match parser.scanner.scan(Mode::TOKEN.or_open().escaped(), |_, _| true) {
            Token::Text(text) => pieces.push(Piece::Text(text)),
            Token::Open => pieces.push(Piece::Expression(parser.expression()?)),
            Token::End => return Ok(pieces),
            Token::Close | Token::Illegal => return bad(),
        }
    }
}

struct Parser<'s> {
    scanner: Scanner<'s>,
    depth: usize,
}

impl Parser<'_> {
    /// What follows `${`, to its brace.
    fn expression(&mut self) -> Parse<Expression> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return refused("too many substitutions inside of each other");
        }
        let expression = self.of_any_kind();
        self.depth -= 1;
        expression
    }

    fn of_any_kind(&mut self) -> Parse<Expression> {
        self.scanner.backslash_escapes = true;
        if self.scanner.peek() == Some('#') {
            return self.length();
        }
        let Token::Text(variable) = self.scanner.scan(Mode::TOKEN, is_name) else {
            return refused("unable to parse variable name");
        };
        let expression = Expression { variable, ..Expression::default() };
        match self.scanner.peek() {
            Some(':') if matches!(self.scanner.peek_second(), Some('=' | '-' | '?' | '+')) => self
                .default(expression, |char, at| {
                    (at == 1 && char == ':') || (at == 2 && matches!(char, '=' | '-' | '?' | '+'))
                }),
            Some(':') => self.substring(expression),
            Some('=') => self.default(expression, |char, at| at == 1 && char == '='),
            Some(',' | '^') => self.casing(expression),
            Some('/') => self.replacement(expression),
            Some('#') => self.removal(expression, |char, at| char == '#' && at < 3),
            Some('%') => self.removal(expression, |char, at| char == '%' && at < 3),
            _ => match self.scanner.scan(Mode::CLOSE, is_name) {
                Token::Close => Ok(expression),
                _ => refused("missing closing brace"),
            },
        }
    }

    /// `${#variable}`
    fn length(&mut self) -> Parse<Expression> {
        let function = self.word(|char, at| char == '#' && at == 1)?;
        let variable = self.word(is_name)?;
        self.closed(Expression { variable, function, arguments: Vec::new() })
    }

    /// `${variable=word}`, `${variable:=word}`, and with `-`, `?` and `+`.
    fn default(&mut self, mut expression: Expression, accept: Accept) -> Parse<Expression> {
        let Token::Text(function) = self.scanner.scan(Mode::TOKEN, accept) else {
            return refused("unable to parse default function");
        };
        expression.function = function;
        while self.scanner.peek() != Some('}') {
            let argument = self.argument(Mode::TOKEN, |char, _| char != '}')?;
            expression.arguments.push(argument);
        }
        self.closed(expression)
    }

    /// `${variable:position}` and `${variable:position:length}`
    fn substring(&mut self, mut expression: Expression) -> Parse<Expression> {
        expression.function = self.word(|char, at| char == ':' && at == 1)?;
        expression.arguments.push(self.argument(Mode::TOKEN, |char, _| char != ':' && char != '}')?);
        match self.scanner.scan(Mode::TOKEN.or_close(), |char, _| char == ':') {
            Token::Close => return Ok(expression),
            Token::Text(_) => {}
            Token::End | Token::Open | Token::Illegal => return bad(),
        }
        expression.arguments.push(self.argument(Mode::TOKEN, |char, _| char != '}')?);
        self.closed(expression)
    }

    /// `${variable^}`, `${variable^^}`, `${variable,}` and `${variable,,}`
    fn casing(&mut self, mut expression: Expression) -> Parse<Expression> {
        expression.function = self.word(|char, at| matches!(char, ',' | '^') && at < 3)?;
        self.closed(expression)
    }

    /// `${variable#word}`, `${variable##word}`, `${variable%word}` and `${variable%%word}`
    fn removal(&mut self, mut expression: Expression, accept: Accept) -> Parse<Expression> {
        expression.function = self.word(accept)?;
        expression.arguments.push(self.argument(Mode::TOKEN, |char, _| char != '}')?);
        self.closed(expression)
    }

    /// `${variable/pattern/string}`, and with `//`, `/#` and `/%`. The pattern goes to the next slash, wherever it is.
    fn replacement(&mut self, mut expression: Expression) -> Parse<Expression> {
        expression.function =
            self.word(|char, at| (at == 1 && char == '/') || (at == 2 && matches!(char, '/' | '#' | '%')))?;
        expression.arguments.push(self.argument(Mode::TOKEN.escaped(), |char, _| char != '/')?);
        self.word(|char, _| char == '/')?;
        if self.scanner.peek() != Some('}') {
            expression.arguments.push(self.argument(Mode::TOKEN.escaped(), |char, _| char != '}')?);
        }
        self.closed(expression)
    }

    fn word(&mut self, accept: Accept) -> Parse<String> {
        match self.scanner.scan(Mode::TOKEN, accept) {
            Token::Text(word) => Ok(word),
            Token::End | Token::Open | Token::Close | Token::Illegal => bad(),
        }
    }

    fn argument(&mut self, mode: Mode, accept: Accept) -> Parse<Piece> {
        match self.scanner.scan(mode.or_open(), accept) {
            Token::Open => self.expression().map(Piece::Expression),
            Token::Text(text) => Ok(Piece::Text(text)),
            Token::End | Token::Close | Token::Illegal => {
                refused("unable to parse substitution within function")
            }
        }
    }

    fn closed(&mut self, expression: Expression) -> Parse<Expression> {
        match self.scanner.scan(Mode::CLOSE, is_name) {
            Token::Close => Ok(expression),
            Token::End | Token::Open | Token::Text(_) | Token::Illegal => bad(),
        }
    }
}

/// Letters, digits and `_`, of any script.
fn is_name(char: char, _: usize) -> bool {
    char.is_alphabetic() || char.is_numeric() || char == '_'
}
