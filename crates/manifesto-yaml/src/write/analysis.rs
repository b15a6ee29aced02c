//! What styles a text allows (libyaml's yaml_emitter_analyze_scalar, as go-yaml's emitterc.go has it).

use super::Writer;

/// What styles a text allows outside of flow collections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Analysis {
    /// It holds line breaks.
    pub multiline: bool,
    /// It can stand without quotes.
    pub plain: bool,
    /// It can stand in `'` quotes.
    pub single_quoted: bool,
    /// It can stand behind `|`.
    pub block: bool,
}

/// What was seen so far.
#[derive(Default)]
struct Seen {
    indicators: bool,
    line_breaks: bool,
    tabs: bool,
    special: bool,
    edge_space: bool,
    trailing_space: bool,
    break_space: bool,
    space_break: bool,
}

/// Analyses a text.
pub(super) fn analyse(text: &str, writer: Writer) -> Analysis {
    if text.is_empty() {
        return Analysis { multiline: false, plain: true, single_quoted: true, block: false };
    }
    let mut seen = Seen {
        indicators: text.starts_with("---") || text.starts_with("...") || starts_with_indicator(text),
        edge_space: text.starts_with([' ', '\n']) || text.ends_with([' ', '\n']),
        trailing_space: text.ends_with(' '),
        ..Seen::default()
    };
    let bytes = text.as_bytes();
    // What starts a text has been looked at: nothing stands before it.
    let mut before = 0;
    for (index, byte) in bytes.iter().enumerate() {
        match byte {
            b' ' => seen.break_space |= matches!(before, b'\n' | b'\r'),
            b'\n' | b'\r' => {
                seen.line_breaks = true;
                seen.special |= *byte == b'\r';
                seen.space_break |= before == b' ';
            }
            b':' => seen.indicators |= matches!(bytes.get(index + 1), None | Some(b' ' | b'\t')),
            b'#' => seen.indicators |= matches!(before, b' ' | b'\t' | b'\n'),
            b'!'..=b'~' => {}
            b'\t' if writer != Writer::Sigs => seen.tabs = true,
            0x80.. => return with_unicode(seen, text, writer),
            _ => seen.special = true,
        }
        before = *byte;
    }
    seen.conclude()
}

fn starts_with_indicator(text: &str) -> bool {
    let bytes = text.as_bytes();
    match bytes.first() {
        Some(
            b'#' | b',' | b'[' | b']' | b'{' | b'}' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\'' | b'"' | b'%'
            | b'@' | b'`',
        ) => true,
        Some(b'?' | b':' | b'-') => matches!(bytes.get(1), None | Some(b' ' | b'\t')),
        _ => false,
    }
}

/// The same by characters: some of those beyond ASCII break lines, and some are not printable.
fn with_unicode(mut seen: Seen, text: &str, writer: Writer) -> Analysis {
    seen.edge_space |= text.starts_with(is_break) || text.ends_with(is_break);
    let mut before = '\0';
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            ':' => seen.indicators |= matches!(characters.peek(), None | Some(' ' | '\t')),
            '#' => seen.indicators |= matches!(before, ' ' | '\t') || is_break(before),
            '\t' if writer != Writer::Sigs => seen.tabs = true,
            _ => seen.special |= !is_printable(character),
        }
        if character == ' ' {
            seen.break_space |= is_break(before);
        } else if is_break(character) {
            seen.line_breaks = true;
            seen.space_break |= before == ' ';
        }
        before = character;
    }
    seen.conclude()
}

impl Seen {
    fn conclude(&self) -> Analysis {
        let no_quotes_fit = self.space_break || self.tabs || self.special;
        Analysis {
            multiline: self.line_breaks,
            plain: !(self.edge_space
                || self.break_space
                || no_quotes_fit
                || self.line_breaks
                || self.indicators),
            single_quoted: !(self.break_space || no_quotes_fit),
            block: !(self.trailing_space || self.space_break || self.special),
        }
    }
}

/// libyaml's is_break.
pub(super) fn is_break(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// go-yaml's is_printable. It takes nothing beyond U+FFFD, so that emoji are escaped.
pub(super) fn is_printable(character: char) -> bool {
    matches!(character, '\n' | ' '..='~' | '\u{A0}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}')
        && character != '\u{FEFF}'
}
