//! Runes as Go's `unicode` and `unicode/utf8` see them.

use unicode_general_category::{GeneralCategory as Category, get_general_category};

/// What Go puts for a byte that is not UTF-8.
pub(crate) const ERROR: char = '\u{FFFD}';

/// The first rune and how many bytes it takes; a byte that is not UTF-8 is [`ERROR`] and takes one. (U+FFFD, 0) at the end.
pub(crate) fn decode(bytes: &[u8]) -> (char, usize) {
    let Some(&first) = bytes.first() else { return (ERROR, 0) };
    let len = match first {
        0..=0x7F => return (char::from(first), 1),
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return (ERROR, 1),
    };
    let rune =
        bytes.get(..len).and_then(|rune| std::str::from_utf8(rune).ok()).and_then(|rune| rune.chars().next());
    rune.map_or((ERROR, 1), |rune| (rune, len))
}

/// The last rune and how many bytes it takes.
pub(crate) fn decode_last(bytes: &[u8]) -> (char, usize) {
    for len in 1..=bytes.len().min(4) {
        let tail = bytes.get(bytes.len() - len..).unwrap_or_default();
        if let (rune, size) = decode(tail)
            && size == len
            && (rune != ERROR || len == 3)
        {
            return (rune, len);
        }
    }
    (ERROR, bytes.len().min(1))
}

/// The runes of a string with their offsets, as Go's `range` over it.
pub(crate) fn runes(bytes: &[u8]) -> impl Iterator<Item = (usize, char)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (rune, size) = decode(bytes.get(at..)?);
        (size > 0).then(|| {
            at += size;
            (at - size, rune)
        })
    })
}

/// Appends the UTF-8 of a rune.
pub(crate) fn push(out: &mut Vec<u8>, rune: char) {
    out.extend_from_slice(rune.encode_utf8(&mut [0; 4]).as_bytes());
}

/// `strings.Map`: bytes that are not UTF-8 become U+FFFD.
pub(crate) fn map(bytes: &[u8], mut change: impl FnMut(char) -> char) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for (_, rune) in runes(bytes) {
        push(&mut out, change(rune));
    }
    out
}

pub(crate) fn is_letter(rune: char) -> bool {
    use Category::{LowercaseLetter, ModifierLetter, OtherLetter, TitlecaseLetter, UppercaseLetter};
    rune.is_ascii_alphabetic()
        || !rune.is_ascii()
            && matches!(
                get_general_category(rune),
                UppercaseLetter | LowercaseLetter | TitlecaseLetter | ModifierLetter | OtherLetter
            )
}

pub(crate) fn is_digit(rune: char) -> bool {
    rune.is_ascii_digit() || !rune.is_ascii() && get_general_category(rune) == Category::DecimalNumber
}

pub(crate) fn is_number(rune: char) -> bool {
    use Category::{DecimalNumber, LetterNumber, OtherNumber};
    rune.is_ascii_digit()
        || !rune.is_ascii()
            && matches!(get_general_category(rune), DecimalNumber | LetterNumber | OtherNumber)
}

pub(crate) fn is_upper(rune: char) -> bool {
    rune.is_ascii_uppercase() || !rune.is_ascii() && get_general_category(rune) == Category::UppercaseLetter
}

pub(crate) fn is_lower(rune: char) -> bool {
    rune.is_ascii_lowercase() || !rune.is_ascii() && get_general_category(rune) == Category::LowercaseLetter
}

pub(crate) fn is_title(rune: char) -> bool {
    !rune.is_ascii() && get_general_category(rune) == Category::TitlecaseLetter
}

pub(crate) fn is_punct(rune: char) -> bool {
    use Category::{
        ClosePunctuation, ConnectorPunctuation, DashPunctuation, FinalPunctuation, InitialPunctuation,
        OpenPunctuation, OtherPunctuation,
    };
    matches!(
        get_general_category(rune),
        ConnectorPunctuation
            | DashPunctuation
            | OpenPunctuation
            | ClosePunctuation
            | InitialPunctuation
            | FinalPunctuation
            | OtherPunctuation
    )
}

/// Go's white space is Unicode's property of that name.
pub fn is_space(rune: char) -> bool {
    rune.is_whitespace()
}

/// What `strconv.Quote` prints as it is: everything but controls, formats, other spaces and what is not assigned.
pub fn is_print(rune: char) -> bool {
    use Category::{
        Control, Format, LineSeparator, ParagraphSeparator, PrivateUse, SpaceSeparator, Surrogate, Unassigned,
    };
    if rune.is_ascii() {
        return (' '..='~').contains(&rune);
    }
    !matches!(
        get_general_category(rune),
        Control
            | Format
            | LineSeparator
            | ParagraphSeparator
            | PrivateUse
            | SpaceSeparator
            | Surrogate
            | Unassigned
    )
}

/// One rune for one rune: Go's tables leave alone what only a special mapping of several runes would change.
pub(crate) fn to_upper(rune: char) -> char {
    single(rune.to_uppercase()).unwrap_or_else(|| match u32::from(rune) {
        // Greek with iota subscript: the simple mapping is the title case letter.
        code @ (0x1F80..=0x1F87 | 0x1F90..=0x1F97 | 0x1FA0..=0x1FA7) => {
            char::from_u32(code + 8).unwrap_or(rune)
        }
        0x1FB3 => '\u{1FBC}',
        0x1FC3 => '\u{1FCC}',
        0x1FF3 => '\u{1FFC}',
        _ => rune,
    })
}

pub(crate) fn to_lower(rune: char) -> char {
    // U+0130 lowers to i and a combining dot in full, to i alone in Go.
    if rune == '\u{130}' { 'i' } else { single(rune.to_lowercase()).unwrap_or(rune) }
}

pub(crate) fn to_title(rune: char) -> char {
    match rune {
        '\u{1C4}'..='\u{1C6}' => '\u{1C5}',
        '\u{1C7}'..='\u{1C9}' => '\u{1C8}',
        '\u{1CA}'..='\u{1CC}' => '\u{1CB}',
        '\u{1F1}'..='\u{1F3}' => '\u{1F2}',
        // Georgian has capitals, but no title case.
        '\u{10D0}'..='\u{10FF}' => rune,
        other => to_upper(other),
    }
}

fn single(mut mapped: impl Iterator<Item = char>) -> Option<char> {
    let first = mapped.next()?;
    mapped.next().is_none().then_some(first)
}

/// Lower case for a capital, anything else as it is.
pub(crate) fn to_lower_if_upper(rune: char) -> char {
    if is_upper(rune) { to_lower(rune) } else { rune }
}
