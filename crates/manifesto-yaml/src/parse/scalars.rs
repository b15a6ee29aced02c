//! The text of scalars (libyaml's scanner.c, as go-yaml's scannerc.go has it).

use std::borrow::Cow;

use super::cursor::{Place, is_break_start};
use super::scanner::Scanner;
use super::token::Token;
use crate::{ScalarStyle, YamlError};

/// Text that is put together: borrowed from the file as long as it is one piece of it.
struct Pieces<'t> {
    text: Cow<'t, str>,
}

impl<'t> Pieces<'t> {
    fn new() -> Self {
        Self { text: Cow::Borrowed("") }
    }

    fn push(&mut self, piece: &'t str) {
        if self.text.is_empty() {
            self.text = Cow::Borrowed(piece);
        } else if !piece.is_empty() {
            self.text.to_mut().push_str(piece);
        }
    }

    fn push_char(&mut self, character: char) {
        self.text.to_mut().push(character);
    }
}

/// Line breaks between two pieces.
#[derive(Default)]
struct Breaks {
    /// The first one; empty when there is none.
    first: &'static str,
    /// The others.
    others: String,
}

impl Breaks {
    fn push(&mut self, meaning: &'static str) {
        if self.first.is_empty() {
            self.first = meaning;
        } else {
            self.others.push_str(meaning);
        }
    }

    /// One line feed becomes a space, further ones stay.
    fn fold_into(&mut self, pieces: &mut Pieces<'_>) {
        let text = pieces.text.to_mut();
        match self.first {
            "\n" if self.others.is_empty() => text.push(' '),
            "\n" => text.push_str(&self.others),
            first => {
                text.push_str(first);
                text.push_str(&self.others);
            }
        }
        *self = Self::default();
    }
}

impl<'t> Scanner<'t> {
    /// Text without quotes, over as many lines as are indented.
    pub(super) fn scan_plain(&mut self) -> Result<Token<'t>, YamlError> {
        let place = self.cursor.place();
        let mut pieces = Pieces::new();
        // What stands before the next piece: blanks of this line, or line breaks.
        let (mut blanks, mut breaks) = ("", Breaks::default());
        while !self.cursor.is_document_indicator() && self.cursor.byte(0) != b'#' {
            let start = self.cursor.offset();
            self.skip_plain_run();
            let run = self.cursor.since(start);
            if !run.is_empty() {
                if breaks.first.is_empty() {
                    pieces.push(blanks);
                } else {
                    breaks.fold_into(&mut pieces);
                }
                pieces.push(run);
            }
            if !self.cursor.is_blank(0) && !self.cursor.is_break() {
                break;
            }
            blanks = self.skip_plain_blanks(&mut breaks, place)?;
            if !self.in_flow() && self.column() <= self.indent {
                break;
            }
        }
        if !breaks.first.is_empty() {
            self.simple_key_allowed = true;
        }
        Ok(Token::Scalar(pieces.text, ScalarStyle::Plain))
    }

    fn column(&self) -> isize {
        isize::try_from(self.cursor.column()).unwrap_or(isize::MAX)
    }

    /// Goes over text up to a blank, a line break or an indicator that ends it.
    fn skip_plain_run(&mut self) {
        let in_flow = self.in_flow();
        let rest = self.cursor.rest();
        let mut length = 0;
        while let Some(byte) = rest.get(length) {
            let ends = match byte {
                b' ' | b'\t' => true,
                b':' => {
                    let behind = rest.get(length + 1..).unwrap_or_default();
                    matches!(behind.first(), None | Some(b' ' | b'\t'))
                        || super::cursor::break_length(behind) > 0
                }
                b',' | b'?' | b'[' | b']' | b'{' | b'}' => in_flow,
                byte if is_break_start(*byte) => {
                    super::cursor::break_length(rest.get(length..).unwrap_or_default()) > 0
                }
                _ => false,
            };
            if ends {
                break;
            }
            length += 1;
        }
        self.cursor.skip_to(self.cursor.offset() + length);
    }

    /// Goes over blanks and line breaks, and returns the blanks when there are no breaks.
    fn skip_plain_blanks(&mut self, breaks: &mut Breaks, place: Place) -> Result<&'t str, YamlError> {
        let start = self.cursor.offset();
        loop {
            if self.cursor.is_blank(0) {
                let tab_in_indentation =
                    !breaks.first.is_empty() && self.column() <= self.indent && self.cursor.byte(0) == b'\t';
                if tab_in_indentation {
                    return Err(YamlError::new(place.mark(), "a tab stands where the text must be indented"));
                }
                self.cursor.skip_ascii(1);
            } else if self.cursor.is_break() {
                let meaning = self.cursor.take_break();
                breaks.push(meaning);
            } else {
                return Ok(if breaks.first.is_empty() { self.cursor.since(start) } else { "" });
            }
        }
    }

    /// Text in `'` or `"` quotes.
    pub(super) fn scan_quoted(&mut self) -> Result<Token<'t>, YamlError> {
        let place = self.cursor.place();
        let quote = self.cursor.byte(0);
        let style = if quote == b'\'' { ScalarStyle::SingleQuoted } else { ScalarStyle::DoubleQuoted };
        self.cursor.skip_ascii(1);
        let mut pieces = Pieces::new();
        loop {
            if self.cursor.is_document_indicator() || self.cursor.at_end() {
                return Err(YamlError::new(place.mark(), "the quote is not closed"));
            }
            let escaped_break = self.scan_quoted_run(quote, &mut pieces, place)?;
            if !escaped_break && self.cursor.byte(0) == quote {
                self.cursor.skip_ascii(1);
                return Ok(Token::Scalar(pieces.text, style));
            }
            self.scan_quoted_blanks(escaped_break, &mut pieces);
        }
    }

    /// Reads up to a blank, a line break or the closing quote. Returns whether it ended with an escaped line break.
    fn scan_quoted_run(
        &mut self,
        quote: u8,
        pieces: &mut Pieces<'t>,
        place: Place,
    ) -> Result<bool, YamlError> {
        loop {
            let start = self.cursor.offset();
            let rest = self.cursor.rest();
            let ends =
                |byte: &u8| matches!(byte, b' ' | b'\t' | b'\\') || *byte == quote || is_break_start(*byte);
            let length = rest.iter().position(ends).unwrap_or(rest.len());
            self.cursor.skip_to(start + length);
            pieces.push(self.cursor.since(start));
            if self.cursor.is_blank_or_end(0) {
                return Ok(false);
            }
            match (self.cursor.byte(0), self.cursor.byte(1)) {
                (b'\'', b'\'') if quote == b'\'' => {
                    pieces.push_char('\'');
                    self.cursor.skip_ascii(2);
                }
                (byte, _) if byte == quote => return Ok(false),
                (b'\\', _) if quote == b'"' => {
                    self.cursor.skip_ascii(1);
                    if self.cursor.is_break() {
                        self.cursor.take_break();
                        return Ok(true);
                    }
                    pieces.push_char(self.scan_escape(place)?);
                }
                // A backslash between single quotes, or a character that starts like a line break.
                _ => {
                    let start = self.cursor.offset();
                    self.cursor.skip_character();
                    pieces.push(self.cursor.since(start));
                }
            }
        }
    }

    fn scan_quoted_blanks(&mut self, escaped_break: bool, pieces: &mut Pieces<'t>) {
        let start = self.cursor.offset();
        let mut breaks = Breaks::default();
        let mut in_line = !escaped_break;
        let mut blanks = "";
        loop {
            if self.cursor.is_blank(0) {
                self.cursor.skip_ascii(1);
                if in_line {
                    blanks = self.cursor.since(start);
                }
            } else if self.cursor.is_break() {
                let meaning = self.cursor.take_break();
                // Behind an escaped break the first one is not special.
                if in_line || !breaks.first.is_empty() {
                    breaks.push(meaning);
                } else {
                    breaks.others.push_str(meaning);
                }
                (in_line, blanks) = (false, "");
            } else {
                break;
            }
        }
        if in_line {
            pieces.push(blanks);
        } else if escaped_break {
            pieces.text.to_mut().push_str(&breaks.others);
        } else {
            breaks.fold_into(pieces);
        }
    }

    /// The character that an escape stands for; the backslash is taken.
    fn scan_escape(&mut self, place: Place) -> Result<char, YamlError> {
        let letter = self.cursor.byte(0);
        self.cursor.skip_character();
        let digits = match letter {
            b'0' => return Ok('\0'),
            b'a' => return Ok('\u{7}'),
            b'b' => return Ok('\u{8}'),
            b't' | b'\t' => return Ok('\t'),
            b'n' => return Ok('\n'),
            b'v' => return Ok('\u{B}'),
            b'f' => return Ok('\u{C}'),
            b'r' => return Ok('\r'),
            b'e' => return Ok('\u{1B}'),
            b' ' | b'"' | b'\'' | b'\\' => return Ok(char::from(letter)),
            b'N' => return Ok('\u{85}'),
            b'_' => return Ok('\u{A0}'),
            b'L' => return Ok('\u{2028}'),
            b'P' => return Ok('\u{2029}'),
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            _ => return Err(YamlError::new(place.mark(), "the text has an escape that YAML does not know")),
        };
        let broken = || YamlError::new(place.mark(), "the text has an escape that is no Unicode character");
        let mut code: u32 = 0;
        for _ in 0..digits {
            let digit = char::from(self.cursor.byte(0)).to_digit(16).ok_or_else(broken)?;
            code = code.checked_mul(16).and_then(|code| code.checked_add(digit)).ok_or_else(broken)?;
            self.cursor.skip_ascii(1);
        }
        char::from_u32(code).ok_or_else(broken)
    }
}
