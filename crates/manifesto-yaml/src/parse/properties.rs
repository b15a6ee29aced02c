//! Anchors, tags and directives (libyaml's scanner.c, as go-yaml's scannerc.go has it).

use std::borrow::Cow;

use super::cursor::Place;
use super::scanner::Scanner;
use super::token::Token;
use crate::YamlError;

impl<'t> Scanner<'t> {
    /// The name behind `*` or `&`.
    pub(super) fn scan_name(&mut self, what: &str) -> Result<&'t str, YamlError> {
        let place = self.cursor.place();
        self.cursor.skip_ascii(1);
        let name = self.word();
        let ends = self.cursor.is_blank_or_end(0)
            || matches!(self.cursor.byte(0), b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`');
        if name.is_empty() || !ends {
            return Err(YamlError::new(
                place.mark(),
                format!("the name of {what} is made of letters, digits, `_` and `-`"),
            ));
        }
        Ok(name)
    }

    /// Letters, digits, `_` and `-`.
    fn word(&mut self) -> &'t str {
        let start = self.cursor.offset();
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let length = self.cursor.rest().iter().take_while(|byte| is_word(byte)).count();
        self.cursor.skip_ascii(length);
        self.cursor.since(start)
    }

    /// `!<verbatim>`, `!handle!suffix`, `!suffix` or `!`.
    pub(super) fn scan_tag(&mut self) -> Result<Token<'t>, YamlError> {
        let place = self.cursor.place();
        let token = if self.cursor.byte(1) == b'<' {
            self.cursor.skip_ascii(2);
            let tag = self.scan_uri(place)?;
            if self.cursor.byte(0) != b'>' || tag.is_empty() {
                return Err(broken_tag(place));
            }
            self.cursor.skip_ascii(1);
            Token::Tag("", tag)
        } else {
            let start = self.cursor.offset();
            let handle = self.scan_tag_handle();
            if handle.len() > 1 && handle.ends_with('!') {
                let suffix = self.scan_uri(place)?;
                if suffix.is_empty() {
                    return Err(broken_tag(place));
                }
                Token::Tag(handle, suffix)
            } else {
                let behind = self.scan_uri(place)?;
                match behind {
                    _ if handle == "!" && behind.is_empty() => Token::Tag("", Cow::Borrowed("!")),
                    // What looked like a handle is the start of the suffix.
                    Cow::Borrowed(_) => {
                        let suffix = self.cursor.since(start).get(1..).unwrap_or_default();
                        Token::Tag("!", Cow::Borrowed(suffix))
                    }
                    Cow::Owned(behind) => {
                        let suffix = format!("{}{behind}", handle.get(1..).unwrap_or_default());
                        Token::Tag("!", Cow::Owned(suffix))
                    }
                }
            }
        };
        if !self.cursor.is_blank_or_end(0) {
            return Err(broken_tag(place));
        }
        Ok(token)
    }

    /// `!`, `!word` or `!word!`.
    fn scan_tag_handle(&mut self) -> &'t str {
        let start = self.cursor.offset();
        self.cursor.skip_ascii(1);
        self.word();
        if self.cursor.byte(0) == b'!' {
            self.cursor.skip_ascii(1);
        }
        self.cursor.since(start)
    }

    /// The characters of a URI, with its escapes decoded.
    fn scan_uri(&mut self, place: Place) -> Result<Cow<'t, str>, YamlError> {
        let start = self.cursor.offset();
        let is_uri = |byte: u8| byte.is_ascii_alphanumeric() || b"_-;/?:@&=+$,.!~*'()[]%".contains(&byte);
        while is_uri(self.cursor.byte(0)) {
            self.cursor.skip_ascii(1);
        }
        let uri = self.cursor.since(start);
        if !uri.contains('%') {
            return Ok(Cow::Borrowed(uri));
        }
        decode_escapes(uri).map(Cow::Owned).ok_or_else(|| broken_tag(place))
    }

    /// `%YAML` or `%TAG`; any other name is an error.
    pub(super) fn scan_directive(&mut self) -> Result<Token<'t>, YamlError> {
        let place = self.cursor.place();
        let broken = || YamlError::new(place.mark(), "the directive is neither `%YAML 1.1` nor a `%TAG`");
        self.cursor.skip_ascii(1);
        let name = self.word();
        if !self.cursor.is_blank_or_end(0) {
            return Err(broken());
        }
        self.cursor.skip_blanks();
        let token = match name {
            "YAML" => self.scan_version().ok_or_else(broken)?,
            "TAG" => self.scan_tag_directive(place)?,
            _ => return Err(broken()),
        };
        self.cursor.skip_blanks();
        if self.cursor.byte(0) == b'#' {
            self.cursor.skip_rest_of_line();
        }
        if !self.cursor.is_break_or_end() {
            return Err(broken());
        }
        self.cursor.take_break();
        Ok(token)
    }

    fn scan_version(&mut self) -> Option<Token<'t>> {
        let major = self.scan_version_number()?;
        if self.cursor.byte(0) != b'.' {
            return None;
        }
        self.cursor.skip_ascii(1);
        Some(Token::VersionDirective(major, self.scan_version_number()?))
    }

    fn scan_version_number(&mut self) -> Option<u8> {
        let start = self.cursor.offset();
        while self.cursor.byte(0).is_ascii_digit() {
            self.cursor.skip_ascii(1);
        }
        let digits = self.cursor.since(start);
        digits.parse().ok().filter(|_| digits.len() <= 2)
    }

    fn scan_tag_directive(&mut self, place: Place) -> Result<Token<'t>, YamlError> {
        if self.cursor.byte(0) != b'!' {
            return Err(broken_tag(place));
        }
        let handle = self.scan_tag_handle();
        if !handle.ends_with('!') || !self.cursor.is_blank(0) {
            return Err(broken_tag(place));
        }
        self.cursor.skip_blanks();
        let prefix = self.scan_uri(place)?;
        if prefix.is_empty() || !self.cursor.is_blank_or_end(0) {
            return Err(broken_tag(place));
        }
        Ok(Token::TagDirective(handle, prefix))
    }
}

/// `%C3%A9` is é. None for what is not two digits behind a `%`, and for octets that are not UTF-8.
fn decode_escapes(uri: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(uri.len());
    let mut bytes = uri.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let mut digit = || char::from(bytes.next()?).to_digit(16);
            let (high, low) = (digit()?, digit()?);
            decoded.push(u8::try_from(high << 4 | low).ok()?);
        } else {
            decoded.push(byte);
        }
    }
    String::from_utf8(decoded).ok()
}

fn broken_tag(place: Place) -> YamlError {
    YamlError::new(place.mark(), "the tag is broken")
}
