//! A place in a text, and the classes of characters that decide what stands there.

use crate::Mark;

/// A place in a text: line and column, both counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

impl Place {
    /// The same as a mark of a node.
    pub(super) fn mark(self) -> Mark {
        Mark {
            line: u32::try_from(self.line.saturating_add(1)).unwrap_or(u32::MAX),
            column: u16::try_from(self.column.saturating_add(1)).unwrap_or(u16::MAX),
            file: 0,
        }
    }
}

/// Reads a text from the start to the end. The text holds no NUL: that stands for its end.
pub(super) struct Cursor<'t> {
    text: &'t str,
    offset: usize,
    place: Place,
}

impl<'t> Cursor<'t> {
    /// Stands at the start of `text`.
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, offset: 0, place: Place { line: 0, column: 0 } }
    }

    /// Where it stands.
    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// Where it stands, in bytes.
    pub(super) fn offset(&self) -> usize {
        self.offset
    }

    /// The column where it stands.
    pub(super) fn column(&self) -> usize {
        self.place.column
    }

    /// What stands between an offset and here.
    pub(super) fn since(&self, offset: usize) -> &'t str {
        self.text.get(offset..self.offset).unwrap_or_default()
    }

    /// The byte `ahead` bytes from here; 0 behind the end.
    pub(super) fn byte(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.offset + ahead).copied().unwrap_or(0)
    }

    /// The bytes from here on.
    pub(super) fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.offset..).unwrap_or_default()
    }

    /// Whether the text ends here.
    pub(super) fn at_end(&self) -> bool {
        self.offset >= self.text.len()
    }

    /// Whether a space or a tab is `ahead` bytes from here.
    pub(super) fn is_blank(&self, ahead: usize) -> bool {
        matches!(self.byte(ahead), b' ' | b'\t')
    }

    /// Whether a line break is here.
    pub(super) fn is_break(&self) -> bool {
        break_length(self.rest()) > 0
    }

    /// Whether a blank, a line break or the end is `ahead` bytes from here.
    pub(super) fn is_blank_or_end(&self, ahead: usize) -> bool {
        let rest = self.rest().get(ahead..).unwrap_or_default();
        matches!(rest.first(), None | Some(b' ' | b'\t')) || break_length(rest) > 0
    }

    /// Whether a line break or the end is here.
    pub(super) fn is_break_or_end(&self) -> bool {
        self.at_end() || self.is_break()
    }

    /// Whether `---` or `...` stands alone at the start of this line.
    pub(super) fn is_document_indicator(&self) -> bool {
        self.place.column == 0
            && matches!(self.rest(), [b'-', b'-', b'-', ..] | [b'.', b'.', b'.', ..])
            && self.is_blank_or_end(3)
    }

    /// Goes over `count` bytes of ASCII that break no line.
    pub(super) fn skip_ascii(&mut self, count: usize) {
        self.offset += count;
        self.place.column += count;
    }

    /// Goes over bytes up to `offset`, which break no line.
    pub(super) fn skip_to(&mut self, offset: usize) {
        let run = self.text.get(self.offset..offset).unwrap_or_default();
        self.place.column += if run.is_ascii() { run.len() } else { run.chars().count() };
        self.offset = offset;
    }

    /// Goes over one character that breaks no line.
    pub(super) fn skip_character(&mut self) {
        let width =
            self.text.get(self.offset..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        self.offset += width;
        self.place.column += 1;
    }

    /// Goes over spaces and tabs.
    pub(super) fn skip_blanks(&mut self) {
        while self.is_blank(0) {
            self.skip_ascii(1);
        }
    }

    /// Goes to the end of the line.
    pub(super) fn skip_rest_of_line(&mut self) {
        let length = self.rest().iter().position(|byte| is_break_start(*byte)).unwrap_or(self.rest().len());
        self.skip_to(self.offset + length);
        while !self.is_break_or_end() {
            // Only the start of a break was seen: the first byte of some other character.
            self.skip_character();
            let length =
                self.rest().iter().position(|byte| is_break_start(*byte)).unwrap_or(self.rest().len());
            self.skip_to(self.offset + length);
        }
    }

    /// Goes over a line break, if one is here, and tells what it stands for: all but U+2028 and U+2029 are a line
    /// feed.
    pub(super) fn take_break(&mut self) -> &'static str {
        let length = break_length(self.rest());
        if length == 0 {
            return "";
        }
        let meaning = match (length, self.byte(2)) {
            (3, 0xA8) => "\u{2028}",
            (3, _) => "\u{2029}",
            _ => "\n",
        };
        self.offset += length;
        self.place = Place { line: self.place.line + 1, column: 0 };
        meaning
    }

    /// At the end of the text: the line that is open there ends.
    pub(super) fn close_line(&mut self) {
        if self.place.column > 0 {
            self.place = Place { line: self.place.line + 1, column: 0 };
        }
    }
}

/// Whether a byte is the first one of a line break, or may be.
pub(super) fn is_break_start(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r' | 0xC2 | 0xE2)
}

/// The bytes of the line break at the start; 0 when there is none. Breaks are CR, LF, both, U+0085, U+2028, U+2029.
pub(super) fn break_length(bytes: &[u8]) -> usize {
    match bytes {
        [b'\r', b'\n', ..] | [0xC2, 0x85, ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        [0xE2, 0x80, 0xA8 | 0xA9, ..] => 3,
        _ => 0,
    }
}
