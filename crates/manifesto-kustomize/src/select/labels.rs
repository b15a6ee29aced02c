//! Selectors like `app in (a, b), !legacy` (kyaml/yaml/internal/k8sgen/pkg/labels/selector.go).

use manifesto_yaml::Node;

use crate::node::{Why, raw_text};
use crate::object::metadata;

/// Requirements that all have to hold.
#[derive(Debug, Default)]
pub(crate) struct LabelSelector(Vec<Requirement>);

#[derive(Debug)]
struct Requirement {
    key: String,
    operator: Operator,
}

#[derive(Debug)]
enum Operator {
    Exists,
    Absent,
    In(Vec<String>),
    NotIn(Vec<String>),
    Above(i64),
    Below(i64),
}

impl LabelSelector {
    /// Reads a selector. The empty one holds for everything.
    pub(crate) fn new(text: &str) -> Why<Self> {
        let mut parser = Parser { tokens: tokens(text)?, next: 0 };
        parser.selector().map_err(|why| format!("the selector `{text}` is refused: {why}"))
    }

    /// Whether it holds for the labels or annotations of an object.
    pub(crate) fn matches_field(&self, root: &Node, field: &str) -> bool {
        self.0.is_empty() || {
            let map = metadata::map_field(root, field);
            self.0.iter().all(|requirement| {
                // The last one of equal keys counts.
                let entry = map.iter().rev().find(|entry| entry.key.text() == Some(&requirement.key));
                requirement.holds(entry.map(|entry| raw_text(&entry.value)))
            })
        }
    }
}

impl Requirement {
    fn holds(&self, value: Option<&str>) -> bool {
        let number = |value: Option<&str>| value.and_then(|value| value.parse::<i64>().ok());
        match &self.operator {
            Operator::Exists => value.is_some(),
            Operator::Absent => value.is_none(),
            Operator::In(values) => value.is_some_and(|value| values.iter().any(|v| v == value)),
            Operator::NotIn(values) => value.is_none_or(|value| values.iter().all(|v| v != value)),
            Operator::Above(limit) => number(value).is_some_and(|value| value > *limit),
            Operator::Below(limit) => number(value).is_some_and(|value| value < *limit),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// A key, a value, or one of the words `in` and `notin`.
    Word(String),
    Symbol(&'static str),
}

const SYMBOLS: [&str; 9] = ["==", "!=", "=", "!", "(", ")", ",", ">", "<"];

fn tokens(text: &str) -> Why<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start_matches(is_blank);
    while !rest.is_empty() {
        if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
            tokens.push(Token::Symbol(symbol));
            rest = rest.get(symbol.len()..).unwrap_or_default();
        } else {
            let end = rest.find(|c| is_blank(c) || is_special(c)).unwrap_or(rest.len());
            let (word, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
            if word.contains('\0') {
                return Err("the selector holds a NUL byte".to_owned());
            }
            tokens.push(Token::Word(word.to_owned()));
            rest = behind;
        }
        rest = rest.trim_start_matches(is_blank);
    }
    Ok(tokens)
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

fn is_special(character: char) -> bool {
    matches!(character, '=' | '!' | '(' | ')' | ',' | '>' | '<')
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn take(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.next).cloned();
        self.next += 1;
        token
    }

    fn take_symbol(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Symbol(found)) if *found == symbol);
        self.next += usize::from(found);
        found
    }

    fn selector(&mut self) -> Why<LabelSelector> {
        let mut requirements = Vec::new();
        if self.peek().is_none() {
            return Ok(LabelSelector(requirements));
        }
        loop {
            requirements.push(self.requirement()?);
            if self.peek().is_none() {
                return Ok(LabelSelector(requirements));
            }
            if !self.take_symbol(",") {
                return Err(self.unexpected("`,` or the end"));
            }
        }
    }

    fn unexpected(&self, wanted: &str) -> String {
        match self.peek() {
            Some(Token::Word(word)) => format!("`{word}` stands where {wanted} has to be"),
            Some(Token::Symbol(symbol)) => format!("`{symbol}` stands where {wanted} has to be"),
            None => format!("it ends where {wanted} has to be"),
        }
    }

    fn requirement(&mut self) -> Why<Requirement> {
        let absent = self.take_symbol("!");
        let Some(Token::Word(key)) = self.peek().cloned() else { return Err(self.unexpected("a key")) };
        self.next += 1;
        check_key(&key)?;
        if self.peek().is_none() || self.peek() == Some(&Token::Symbol(",")) {
            let operator = if absent { Operator::Absent } else { Operator::Exists };
            return Ok(Requirement { key, operator });
        }
        if absent {
            // `!key = value` reads as far as the operator and then has one too many.
            return Err(self.unexpected("`,` or the end"));
        }
        Ok(Requirement { operator: self.operator()?, key })
    }

    fn operator(&mut self) -> Why<Operator> {
        let wanted = "an operator";
        let integer = |text: String| text.parse().map_err(|_| format!("`{text}` is no whole number"));
        match self.peek().cloned() {
            Some(Token::Word(word)) if word == "in" || word == "notin" => {
                self.next += 1;
                let values = self.values()?;
                Ok(if word == "in" { Operator::In(values) } else { Operator::NotIn(values) })
            }
            Some(Token::Symbol(symbol @ ("=" | "==" | "!=" | ">" | "<"))) => {
                self.next += 1;
                let value = self.exact_value()?;
                match symbol {
                    ">" => Ok(Operator::Above(integer(value)?)),
                    "<" => Ok(Operator::Below(integer(value)?)),
                    "!=" => Ok(Operator::NotIn(vec![value])),
                    _ => Ok(Operator::In(vec![value])),
                }
            }
            _ => Err(self.unexpected(wanted)),
        }
    }

    fn exact_value(&mut self) -> Why<String> {
        match self.peek().cloned() {
            None | Some(Token::Symbol(",")) => Ok(String::new()),
            Some(Token::Word(word)) => {
                self.next += 1;
                check_value(&word)?;
                Ok(word)
            }
            Some(Token::Symbol(_)) => Err(self.unexpected("a value")),
        }
    }

    /// `(a, b)`; what is missing between commas is the empty value.
    fn values(&mut self) -> Why<Vec<String>> {
        if !self.take_symbol("(") {
            return Err(self.unexpected("`(`"));
        }
        let mut values = Vec::new();
        loop {
            match self.take() {
                Some(Token::Word(word)) => {
                    check_value(&word)?;
                    values.push(word);
                    if self.take_symbol(")") {
                        return Ok(values);
                    }
                    if !self.take_symbol(",") {
                        return Err(self.unexpected("`,` or `)`"));
                    }
                }
                Some(Token::Symbol(",")) => values.push(String::new()),
                Some(Token::Symbol(")")) => {
                    values.push(String::new());
                    return Ok(values);
                }
                _ => {
                    self.next -= 1;
                    return Err(self.unexpected("a value or `)`"));
                }
            }
        }
    }
}

/// A qualified name: an optional DNS subdomain and `/`, then up to 63 letters, digits, `-`, `_` and `.`.
fn check_key(key: &str) -> Why<()> {
    let (prefix, name) = match key.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, key),
    };
    let prefix_fits = prefix.is_none_or(is_subdomain);
    if prefix_fits && !name.is_empty() && is_name(name) {
        Ok(())
    } else {
        Err(format!("`{key}` is no label key"))
    }
}

fn check_value(value: &str) -> Why<()> {
    if value.is_empty() || is_name(value) { Ok(()) } else { Err(format!("`{value}` is no label value")) }
}

fn is_name(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let ends = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    text.len() <= 63 && text.bytes().all(inner) && ends(text.bytes().next()) && ends(text.bytes().next_back())
}

fn is_subdomain(text: &str) -> bool {
    let label = |label: &str| {
        let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !label.is_empty() && label.bytes().all(inner) && !label.starts_with('-') && !label.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(label)
}
