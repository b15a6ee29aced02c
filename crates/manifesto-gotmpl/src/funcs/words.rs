//! Words and their case: the rules of Masterminds/goutils and huandu/xstrings that sprig calls.

use super::strings::{len, part};
use super::{Answer, Args, fixed, text};
use crate::exec::Executor;
use crate::host::Param::{Int, Str as S};
use crate::library::Function;
use crate::unicode;

pub(super) fn functions() -> Vec<Function> {
    vec![
        fixed("abbrev", &[Int, S], |_, args| {
            let (width, all) = (args.int(0), args.str(1));
            text(if width < 4 { all.to_vec() } else { abbreviated(all, 0, width) })
        }),
        fixed("abbrevboth", &[Int, Int, S], |_, args| {
            let (left, right, all) = (args.int(0), args.int(1), args.str(2));
            text(if right < 4 || left > 0 && right < 7 {
                all.to_vec()
            } else {
                abbreviated(all, left, right)
            })
        }),
        fixed("untitle", &[S], |_, args| text(untitle(args.str(0)))),
        fixed("nospace", &[S], |_, args| text(without_space(args.str(0)))),
        fixed("initials", &[S], |_, args| text(initials(args.str(0)))),
        fixed("swapcase", &[S], |_, args| text(swap_case(args.str(0)))),
        fixed("snakecase", &[S], |_, args| text(lower_words(args.str(0), '_'))),
        fixed("kebabcase", &[S], |_, args| text(lower_words(args.str(0), '-'))),
        fixed("camelcase", &[S], |_, args| text(pascal_case(args.str(0)))),
        fixed("wrap", &[Int, S], |executor, args| wrapped(executor, args.str(1), args.int(0), b"\n", false)),
        fixed("wrapWith", &[Int, S, S], wrap_with),
    ]
}

/// goutils' `AbbreviateFull`: at most `width` bytes, with dots for what is left out.
fn abbreviated(all: &[u8], offset: i64, width: i64) -> Vec<u8> {
    let len = len(all);
    if len <= width {
        return all.to_vec();
    }
    let mut offset = offset.min(len);
    if len - offset < width - 3 {
        offset = len - (width - 3);
    }
    if offset <= 4 {
        return [part(all, 0, width - 3), b"..."].concat();
    }
    if width < 7 {
        return Vec::new();
    }
    if offset + width - 3 < len {
        return [b"...", abbreviated(part(all, offset, len), 0, width - 3).as_slice()].concat();
    }
    [b"...", part(all, len - (width - 3), len)].concat()
}

/// goutils' `Uncapitalize`: the first letter of each word in lower case.
fn untitle(all: &[u8]) -> Vec<u8> {
    let mut starts = true;
    unicode::map(all, |rune| {
        if unicode::is_space(rune) {
            starts = true;
            return rune;
        }
        if std::mem::take(&mut starts) { unicode::to_lower(rune) } else { rune }
    })
}

/// goutils takes each byte for a rune here: a text with spaces in it comes out in another encoding.
fn without_space(all: &[u8]) -> Vec<u8> {
    if !all.iter().any(|&byte| unicode::is_space(char::from(byte))) {
        return all.to_vec();
    }
    let mut out = Vec::with_capacity(all.len());
    for &byte in all.iter().filter(|&&byte| !unicode::is_space(char::from(byte))) {
        unicode::push(&mut out, char::from(byte));
    }
    out
}

/// The first byte of each word, taken for a rune.
fn initials(all: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut gap = true;
    for &byte in all {
        let space = unicode::is_space(char::from(byte));
        if gap && !space {
            unicode::push(&mut out, char::from(byte));
        }
        gap = space;
    }
    out
}

fn swap_case(all: &[u8]) -> Vec<u8> {
    let mut starts = true;
    unicode::map(all, |rune| {
        if unicode::is_upper(rune) || unicode::is_title(rune) {
            starts = false;
            unicode::to_lower(rune)
        } else if unicode::is_lower(rune) {
            if std::mem::take(&mut starts) { unicode::to_title(rune) } else { unicode::to_upper(rune) }
        } else {
            starts = unicode::is_space(rune);
            rune
        }
    })
}

fn wrap_with(executor: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let separator = if args.str(1).is_empty() { b"\n" } else { args.str(1) };
    wrapped(executor, args.str(2), args.int(0), separator, true)
}

/// goutils' `WrapCustom`.
fn wrapped(
    executor: &mut Executor<'_>,
    all: &[u8],
    width: i64,
    separator: &[u8],
    long_words: bool,
) -> Answer {
    let width = usize::try_from(width).unwrap_or(0).max(1);
    executor.reserve(
        all.len() as u64 + (all.len() as u64 / width as u64 + 1).saturating_mul(separator.len() as u64),
    )?;
    let mut out = Vec::with_capacity(all.len());
    let mut rest = all;
    while rest.len() > width {
        if rest.first() == Some(&b' ') {
            rest = rest.get(1..).unwrap_or_default();
            continue;
        }
        let space = rest.iter().take(width + 1).rposition(|&byte| byte == b' ');
        let (line, next) = match space {
            Some(space) => (space, space + 1),
            None if long_words => (width, width),
            None => match rest.iter().skip(width).position(|&byte| byte == b' ') {
                Some(space) => (width + space, width + space + 1),
                None => break,
            },
        };
        out.extend_from_slice(rest.get(..line).unwrap_or_default());
        out.extend_from_slice(separator);
        rest = rest.get(next..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    text(out)
}

fn is_connector(rune: char) -> bool {
    rune == '-' || rune == '_' || unicode::is_space(rune)
}

/// xstrings' `ToPascalCase`.
fn pascal_case(all: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(all.len());
    let mut runes = unicode::runes(all).map(|(_, rune)| rune).peekable();
    let mut last_connector = None;
    // Connectors in front stay.
    while let Some(connector) = runes.next_if(|&rune| is_connector(rune)) {
        unicode::push(&mut out, connector);
        last_connector = Some(connector);
    }
    let Some(first) = runes.next() else {
        // Of connectors alone the last one comes out twice.
        if let Some(connector) = last_connector {
            unicode::push(&mut out, connector);
        }
        return out;
    };
    let mut upper_word = unicode::is_upper(first);
    let mut before = unicode::to_upper(first);
    for mut rune in runes {
        if is_connector(rune) && is_connector(before) {
            unicode::push(&mut out, before);
            before = rune;
            continue;
        }
        if is_connector(before) {
            upper_word = unicode::is_upper(rune);
            rune = unicode::to_upper(rune);
        } else {
            if upper_word {
                if unicode::is_upper(rune) {
                    rune = unicode::to_lower(rune);
                } else {
                    upper_word = false;
                }
            }
            unicode::push(&mut out, before);
        }
        before = rune;
    }
    unicode::push(&mut out, before);
    out
}

/// What xstrings tells apart in names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    /// The end, or bytes that are no text.
    Invalid,
    Number,
    Upper,
    Alphabet,
    Connector,
    Punct,
    Other,
}

/// xstrings' `camelCaseToLowerCase`, a state machine over words.
fn lower_words(all: &[u8], connector: char) -> Vec<u8> {
    let mut out = Vec::with_capacity(all.len() + all.len() / 4);
    if all.is_empty() {
        return out;
    }
    let (mut kind, mut word, mut rest) = next_word(all);
    while !rest.is_empty() {
        if kind != Word::Connector {
            push_lower(&mut out, kind, word, connector);
        }
        let (before, last) = (kind, word);
        (kind, word, rest) = next_word(rest);
        match before {
            Word::Number => {
                while matches!(kind, Word::Alphabet | Word::Number) {
                    push_lower(&mut out, kind, word, connector);
                    (kind, word, rest) = next_word(rest);
                }
                if !matches!(kind, Word::Invalid | Word::Punct | Word::Connector) {
                    unicode::push(&mut out, connector);
                }
            }
            Word::Connector => push_lower(&mut out, before, last, connector),
            Word::Punct => {}
            _ if kind != Word::Number => {
                if !matches!(kind, Word::Connector | Word::Punct) {
                    unicode::push(&mut out, connector);
                }
            }
            _ if rest.is_empty() => {}
            _ => {
                let number = word;
                (kind, word, rest) = next_word(rest);
                if kind != Word::Alphabet {
                    push_lower(&mut out, Word::Number, number, connector);
                    if !matches!(kind, Word::Connector | Word::Punct) {
                        unicode::push(&mut out, connector);
                    }
                    continue;
                }
                unicode::push(&mut out, connector);
                push_lower(&mut out, Word::Number, number, connector);
                while matches!(kind, Word::Alphabet | Word::Number) {
                    push_lower(&mut out, kind, word, connector);
                    (kind, word, rest) = next_word(rest);
                }
                if !matches!(kind, Word::Invalid | Word::Connector | Word::Punct) {
                    unicode::push(&mut out, connector);
                }
            }
        }
    }
    push_lower(&mut out, kind, word, connector);
    out
}

fn push_lower(out: &mut Vec<u8>, kind: Word, word: &[u8], connector: char) {
    if !matches!(kind, Word::Upper | Word::Connector) {
        return out.extend_from_slice(word);
    }
    for (_, rune) in unicode::runes(word) {
        unicode::push(out, if is_connector(rune) { connector } else { unicode::to_lower_if_upper(rune) });
    }
}

/// The first rune that is text, with what was skipped before it; `before` at the end.
fn next_valid(text: &[u8], before: char) -> (char, usize) {
    let mut at = 0;
    loop {
        let (rune, size) = unicode::decode(text.get(at..).unwrap_or_default());
        if size == 0 {
            return (before, at);
        }
        at += size;
        if rune != unicode::ERROR {
            return (rune, at);
        }
    }
}

/// xstrings' `isAlphabet`: letters, but not those that Chinese writes.
fn is_alphabet(rune: char) -> bool {
    unicode::is_letter(rune)
        && !matches!(u32::from(rune), 0x3400..=0x4D85 | 0x4E00..=0x9FCC | 0x2_0000..=0x2_B81D)
}

/// The next word: its kind, its bytes and what follows.
fn next_word(all: &[u8]) -> (Word, &[u8], &[u8]) {
    if all.is_empty() {
        return (Word::Invalid, all, all);
    }
    let (first, size) = next_valid(all, unicode::ERROR);
    let take = |first: char, member: &dyn Fn(char) -> bool| run(all, size, first, member);
    let (kind, end) = if first == unicode::ERROR {
        (Word::Invalid, size)
    } else if is_connector(first) {
        (Word::Connector, take(first, &is_connector))
    } else if unicode::is_punct(first) {
        (Word::Punct, take(first, &unicode::is_punct))
    } else if unicode::is_upper(first) {
        (Word::Upper, upper_word(all, size, first))
    } else if is_alphabet(first) {
        (Word::Alphabet, take(first, &|rune| is_alphabet(rune) && !unicode::is_upper(rune)))
    } else if unicode::is_number(first) {
        (Word::Number, take(first, &unicode::is_number))
    } else {
        (
            Word::Other,
            take(first, &|rune| {
                !(is_connector(rune)
                    || is_alphabet(rune)
                    || unicode::is_number(rune)
                    || unicode::is_punct(rune))
            }),
        )
    };
    let (word, rest) = all.split_at_checked(end).unwrap_or((all, &[]));
    (kind, word, rest)
}

/// Where the runes from `start` on stop to be members.
fn run(all: &[u8], start: usize, first: char, member: &dyn Fn(char) -> bool) -> usize {
    let (mut at, mut before) = (start, first);
    while at < all.len() {
        let (rune, size) = next_valid(all.get(at..).unwrap_or_default(), before);
        if !member(rune) {
            break;
        }
        at += size;
        before = rune;
    }
    at
}

/// The end of a word that starts in upper case: `HTTPServer` is `HTTP` and `Server`.
fn upper_word(all: &[u8], start: usize, first: char) -> usize {
    let (second, size) = next_valid(all.get(start..).unwrap_or_default(), first);
    if start >= all.len() {
        return start;
    }
    if unicode::is_upper(second) {
        let mut at = start + size;
        let (mut before, mut last_size) = (second, size);
        while at < all.len() {
            let (rune, size) = next_valid(all.get(at..).unwrap_or_default(), before);
            if !unicode::is_upper(rune) {
                return if is_alphabet(rune) { at - last_size } else { at };
            }
            at += size;
            (before, last_size) = (rune, size);
        }
        return at;
    }
    if is_alphabet(second) {
        return run(all, start, first, &|rune| is_alphabet(rune) && !unicode::is_upper(rune));
    }
    start
}
