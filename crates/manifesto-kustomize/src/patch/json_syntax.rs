//! Whether a text is JSON. YAML reads more than that, and the reference does not.

/// As deep as encoding/json reads.
const DEPTH_MAX: usize = 10_000;

/// Checks a text. The error has a line, from 1.
pub(super) fn check(text: &[u8]) -> Result<(), (u32, String)> {
    let mut scanner = Scanner { text, next: 0 };
    let result = scanner.document();
    result.map_err(|why| {
        let read = text.get(..scanner.next).unwrap_or_default();
        let lines = read.split(|byte| *byte == b'\n').count();
        (u32::try_from(lines).unwrap_or(u32::MAX), why)
    })
}

struct Scanner<'t> {
    text: &'t [u8],
    next: usize,
}

/// What may come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    ValueOrEnd,
    KeyOrEnd,
    Key,
    CommaOrEnd,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.next).copied()
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.next += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.next += usize::from(found);
        found
    }

    fn refused(&self) -> String {
        match self.peek() {
            Some(byte) => {
                format!("it starts with `[` and is no JSON: {:?} is not possible here", char::from(byte))
            }
            None => "it starts with `[` and is no JSON: it ends too early".to_owned(),
        }
    }

    fn document(&mut self) -> Result<(), String> {
        let mut open: Vec<u8> = Vec::new();
        let mut expect = Expect::Value;
        loop {
            self.skip_blanks();
            expect = match (expect, self.peek()) {
                (Expect::Value | Expect::ValueOrEnd, Some(b'[')) => self.open(b'[', &mut open)?,
                (Expect::Value | Expect::ValueOrEnd, Some(b'{')) => self.open(b'{', &mut open)?,
                (Expect::ValueOrEnd, Some(b']')) | (Expect::KeyOrEnd, Some(b'}')) => self.close(&mut open)?,
                (Expect::Value | Expect::ValueOrEnd, _) => {
                    self.scalar()?;
                    Expect::CommaOrEnd
                }
                (Expect::Key | Expect::KeyOrEnd, _) => {
                    self.string()?;
                    self.skip_blanks();
                    if !self.take(b':') {
                        return Err(self.refused());
                    }
                    Expect::Value
                }
                (Expect::CommaOrEnd, Some(b',')) => {
                    self.next += 1;
                    if open.last() == Some(&b'{') { Expect::Key } else { Expect::Value }
                }
                (Expect::CommaOrEnd, _) => self.close(&mut open)?,
            };
            if open.is_empty() {
                self.skip_blanks();
                return if self.next == self.text.len() { Ok(()) } else { Err(self.refused()) };
            }
        }
    }

    fn open(&mut self, bracket: u8, open: &mut Vec<u8>) -> Result<Expect, String> {
        if open.len() == DEPTH_MAX {
            return Err("it is nested too deep".to_owned());
        }
        self.next += 1;
        open.push(bracket);
        Ok(if bracket == b'{' { Expect::KeyOrEnd } else { Expect::ValueOrEnd })
    }

    fn close(&mut self, open: &mut Vec<u8>) -> Result<Expect, String> {
        let closing = match open.last() {
            Some(b'{') => b'}',
            _ => b']',
        };
        if !self.take(closing) {
            return Err(self.refused());
        }
        open.pop();
        Ok(Expect::CommaOrEnd)
    }

    fn scalar(&mut self) -> Result<(), String> {
        for word in [b"true".as_slice(), b"false", b"null"] {
            if self.text.get(self.next..).is_some_and(|rest| rest.starts_with(word)) {
                self.next += word.len();
                return Ok(());
            }
        }
        if self.peek() == Some(b'"') { self.string() } else { self.number() }
    }

    fn string(&mut self) -> Result<(), String> {
        if !self.take(b'"') {
            return Err(self.refused());
        }
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.next += 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    self.next += 1;
                    self.escape()?;
                }
                Some(0x20..) => self.next += 1,
                _ => return Err(self.refused()),
            }
        }
    }

    fn escape(&mut self) -> Result<(), String> {
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.next += 1,
            Some(b'u') => {
                self.next += 1;
                for _ in 0..4 {
                    if !self.peek().is_some_and(|byte| byte.is_ascii_hexdigit()) {
                        return Err(self.refused());
                    }
                    self.next += 1;
                }
            }
            _ => return Err(self.refused()),
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), String> {
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), String> {
        if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return Err(self.refused());
        }
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.next += 1;
        }
        Ok(())
    }
}
