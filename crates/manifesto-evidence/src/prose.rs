//! Sentences that mix our words with data of the change.
//!
//! A change is written by somebody else, possibly somebody hostile. Whatever is copied from it stays apart from our
//! own words until it is printed, so that each printer can make it inert in its own medium.

use std::fmt::{self, Write as _};

/// A piece of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Span {
    /// Our own words.
    Words(String),
    /// Data copied from the change: a name, a path, a value.
    Code(String),
}

/// Data copied from the change.
pub fn code(data: impl fmt::Display) -> Span {
    Span::Code(data.to_string())
}

impl From<&str> for Span {
    fn from(words: &str) -> Self {
        Self::Words(words.to_owned())
    }
}

impl From<String> for Span {
    fn from(words: String) -> Self {
        Self::Words(words)
    }
}

/// A sentence.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prose(Vec<Span>);

impl<const N: usize> From<[Span; N]> for Prose {
    fn from(spans: [Span; N]) -> Self {
        Self(spans.into())
    }
}

impl From<&str> for Prose {
    fn from(words: &str) -> Self {
        Self(vec![words.into()])
    }
}

impl FromIterator<Span> for Prose {
    fn from_iter<I: IntoIterator<Item = Span>>(spans: I) -> Self {
        Self(spans.into_iter().collect())
    }
}

impl Prose {
    /// An empty sentence.
    pub fn new() -> Self {
        Self::default()
    }

    /// A sentence of ours that has data of the change in it, as the detail of a [`crate::Gap`]: plain words stay
    /// words, and everything else is taken for data. What stands between backticks is data as a whole.
    pub fn clause(text: &str) -> Self {
        let mut prose = Self::new();
        for (index, part) in text.split('`').enumerate() {
            if index % 2 == 1 {
                prose = prose.code(part);
                continue;
            }
            for token in part.split_inclusive(' ') {
                prose = prose.push_token(token);
            }
        }
        prose
    }

    /// The same sentence with its data written in another way.
    pub fn map_code(self, write: impl Fn(&str) -> String) -> Self {
        let write = |span| match span {
            Span::Code(data) => Span::Code(write(&data)),
            words @ Span::Words(_) => words,
        };
        self.0.into_iter().map(write).collect()
    }

    /// Appends a token to the words before it, or as data.
    fn push_token(mut self, token: &str) -> Self {
        let word = token.trim_end_matches(' ');
        if !is_word(word) {
            let (data, gap) = (code(word), token.get(word.len()..).unwrap_or_default());
            self.0.push(data);
            return if gap.is_empty() { self } else { self.words(gap) };
        }
        match self.0.last_mut() {
            Some(Span::Words(words)) => words.push_str(token),
            _ => self.0.push(Span::Words(token.to_owned())),
        }
        self
    }

    /// Appends our own words.
    #[must_use = "the sentence is returned"]
    pub fn words(mut self, words: impl Into<String>) -> Self {
        self.0.push(Span::Words(words.into()));
        self
    }

    /// Appends data of the change.
    #[must_use = "the sentence is returned"]
    pub fn code(mut self, data: impl fmt::Display) -> Self {
        self.0.push(code(data));
        self
    }

    /// Appends pieces of data as an enumeration: `a`, `b` and `c`; at most `most` of them, the rest counted.
    #[must_use = "the sentence is returned"]
    pub fn list<D: fmt::Display>(mut self, items: impl IntoIterator<Item = D>, most: usize) -> Self {
        let items: Vec<D> = items.into_iter().collect();
        let shown = if items.len() > most { most.saturating_sub(1).max(1) } else { items.len() };
        let hidden = items.len().saturating_sub(shown);
        for (index, item) in items.iter().take(shown).enumerate() {
            if index > 0 {
                let last = hidden == 0 && index + 1 == shown;
                self = self.words(if last { " and " } else { ", " });
            }
            self = self.code(item);
        }
        if hidden > 0 { self.words(format!(" and {hidden} more")) } else { self }
    }

    /// Appends another sentence.
    #[must_use = "the sentence is returned"]
    pub fn prose(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Our own words at the start, and what follows them.
    pub fn split_first_words(&self) -> (&str, Self) {
        match self.0.split_first() {
            Some((Span::Words(words), rest)) => (words, Self(rest.to_vec())),
            _ => ("", self.clone()),
        }
    }

    /// The pieces.
    pub fn spans(&self) -> &[Span] {
        &self.0
    }

    /// The sentence as Markdown; data stands in code spans and can do nothing there.
    pub fn to_markdown(&self) -> String {
        self.0.iter().fold(String::new(), |mut text, span| {
            match span {
                Span::Words(words) => text.push_str(words),
                Span::Code(data) => text.push_str(&code_span(data)),
            }
            text
        })
    }
}

/// The sentence as plain text, data included as it is but for what could move a terminal's cursor.
impl fmt::Display for Prose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|span| match span {
            Span::Words(words) => f.write_str(words),
            Span::Code(data) => f.write_str(&visible(data)),
        })
    }
}

/// A word or a number, with the punctuation that may follow it: nothing that Markdown or a forge could act on.
fn is_word(token: &str) -> bool {
    let letters = token.trim_end_matches([',', ';', ':', '.']);
    letters.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') && !letters.starts_with('-')
}

/// A Markdown code span that holds exactly this data, whatever it is.
///
/// CommonMark 6.1: the fence is longer than any run of backticks inside, and one blank on either side is stripped.
fn code_span(data: &str) -> String {
    let data = visible(data);
    if data.is_empty() {
        return "(empty)".to_owned();
    }
    let fence = "`".repeat(longest_backtick_run(&data) + 1);
    let pad = if data.starts_with(['`', ' ']) || data.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{data}{pad}{fence}")
}

fn longest_backtick_run(data: &str) -> usize {
    data.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// Shows what would otherwise act on a terminal or reorder a line: control, bidirectional and invisible characters.
fn visible(data: &str) -> String {
    if data.chars().all(|c| !acts(c)) {
        return data.to_owned();
    }
    data.chars().fold(String::with_capacity(data.len()), |mut text, c| {
        if c == '\n' || c == '\t' || c == '\r' {
            text.push(' ');
        } else if acts(c) {
            let _ = write!(text, "\\u{{{:x}}}", u32::from(c));
        } else {
            text.push(c);
        }
        text
    })
}

fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || matches!(c, '\u{061c}' | '\u{e0000}'..='\u{e007f}')
}
