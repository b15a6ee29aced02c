//! Reading a policy (openbao 2.7, `vault/policy.go`).

use super::tokens::{Token, TokenKind, tokens};
use super::{Capabilities, Capability, PathRule};

/// The paths of a policy, in HCL or JSON. A text that is no policy has none.
///
/// A rule that the server refuses (`+*`, an unknown capability) refuses its whole policy there; here it is left out, so
/// that what a person meant is still compared.
pub fn parse_policy(text: &str) -> Vec<PathRule> {
    if !text.contains("path") {
        return Vec::new();
    }
    let mut parser = Parser { tokens: tokens(text), at: 0 };
    let mut rules = Vec::new();
    while let Some(token) = parser.next() {
        if !is_key(&token.kind, "path") {
            continue;
        }
        match parser.peek() {
            // `path "secret/*" { … }`, each on its own.
            Some(TokenKind::Text(_)) => rules.extend(parser.rule()),
            // `path = { "secret/*" = { … } }` and JSON's `"path": { "secret/*": { … } }`.
            Some(TokenKind::Sign('=' | ':' | '{')) => {
                parser.skip_assignment();
                if parser.take_sign('{') {
                    while matches!(parser.peek(), Some(TokenKind::Text(_))) {
                        rules.extend(parser.rule());
                        parser.take_sign(',');
                    }
                }
            }
            _ => {}
        }
    }
    rules
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

fn is_key(kind: &TokenKind, key: &str) -> bool {
    matches!(kind, TokenKind::Word(text) | TokenKind::Text(text) if text == key)
}

impl Parser {
    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned()?;
        self.at += 1;
        Some(token)
    }

    fn peek(&self) -> Option<&TokenKind> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    fn take_sign(&mut self, sign: char) -> bool {
        let is_there = self.peek() == Some(&TokenKind::Sign(sign));
        self.at += usize::from(is_there);
        is_there
    }

    fn skip_assignment(&mut self) {
        while self.take_sign('=') || self.take_sign(':') {}
    }

    /// A path and its block.
    fn rule(&mut self) -> Option<PathRule> {
        let Token { kind: TokenKind::Text(path), line } = self.next()? else { return None };
        self.skip_assignment();
        if !self.take_sign('{') {
            return None;
        }
        let mut capabilities = Some(Capabilities::default());
        let mut has_any = false;
        let mut depth = 1_usize;
        while let Some(token) = self.next() {
            match token.kind {
                TokenKind::Sign('{' | '[') => depth += 1,
                TokenKind::Sign('}' | ']') if depth == 1 => break,
                TokenKind::Sign('}' | ']') => depth -= 1,
                kind if depth == 1 && is_key(&kind, "capabilities") => {
                    self.skip_assignment();
                    let listed = self.list().iter().map(|name| Capability::from_name(name)).collect();
                    capabilities = merged(capabilities, listed);
                    has_any = true;
                }
                kind if depth == 1 && is_key(&kind, "policy") => {
                    self.skip_assignment();
                    let Some(Token { kind: TokenKind::Text(name), .. }) = self.next() else { continue };
                    capabilities = merged(capabilities, old_policy(&name));
                    has_any = true;
                }
                _ => {}
            }
        }
        let path = path.strip_prefix('/').map(str::to_owned).unwrap_or(path);
        let capabilities = capabilities.filter(|_| has_any && !path.contains("+*"))?;
        Some(PathRule { path, capabilities, line })
    }

    fn list(&mut self) -> Vec<String> {
        let mut items = Vec::new();
        if self.take_sign('[') {
            while let Some(token) = self.next() {
                match token.kind {
                    TokenKind::Sign(']') => break,
                    TokenKind::Text(text) => items.push(text),
                    _ => {}
                }
            }
        }
        items
    }
}

/// `deny` drops what is listed with it.
fn merged(one: Option<Capabilities>, other: Option<Capabilities>) -> Option<Capabilities> {
    Some(one?.and(other?))
}

/// What the words of the first versions stand for.
fn old_policy(name: &str) -> Option<Capabilities> {
    use Capability::{Create, Delete, Deny, List, Read, Sudo, Update};
    let capabilities: &[Capability] = match name {
        "deny" => &[Deny],
        "read" => &[Read, List],
        "write" => &[Create, Read, Update, Delete, List],
        "sudo" => &[Create, Read, Update, Delete, List, Sudo],
        _ => return None,
    };
    Some(capabilities.iter().copied().collect())
}
