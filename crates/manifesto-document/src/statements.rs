//! What a text says, statement by statement: its paragraphs, list items and table cells as tokens, each with its bytes,
//! and its code.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use crate::document::{Document, Slot, slot_at};
use crate::outline::read_events;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A word, with its punctuation.
    Word,
    /// A code span.
    Code,
    /// What a link leads to.
    Link,
}

/// A piece of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) text: String,
    pub(crate) span: Range<usize>,
    /// Whether it is what a link shows.
    pub(crate) in_link: bool,
}

impl Token {
    /// The text without the punctuation around it, in lower case.
    pub(crate) fn bare(&self) -> String {
        bare(&self.text).to_lowercase()
    }
}

/// A text without the punctuation around it.
pub(crate) fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| {
        matches!(c, '.' | ',' | ';' | ':' | '(' | ')' | '"' | '\'' | '!' | '?' | '“' | '”' | '…')
    })
}

/// A paragraph, an item of a list or a cell of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    /// The slot it stands in.
    pub(crate) slot: usize,
    pub(crate) span: Range<usize>,
    pub(crate) tokens: Vec<Token>,
    /// The statement that introduces it: the item that it is nested in, or the paragraph before its list.
    pub(crate) lead: Option<usize>,
    /// Whether it is the label of a box that is open: then nobody claims it.
    pub(crate) is_open_box: bool,
}

/// The longest sentence, in words.
const SENTENCE_TOKENS_MAX: usize = 256;

impl Statement {
    /// Its sentences, each at least a token long. What is longer than a sentence can be is cut: rules look around in a
    /// sentence from each of its words.
    pub(crate) fn sentences(&self) -> Vec<&[Token]> {
        let mut sentences = Vec::new();
        let mut start = 0;
        for (index, token) in self.tokens.iter().enumerate() {
            if ends_sentence(token) || index - start + 1 == SENTENCE_TOKENS_MAX {
                sentences.extend(self.tokens.get(start..=index));
                start = index + 1;
            }
        }
        sentences.extend(self.tokens.get(start..).filter(|rest| !rest.is_empty()));
        sentences
    }
}

fn ends_sentence(token: &Token) -> bool {
    const ABBREVIATIONS: [&str; 8] = ["e.g", "i.e", "etc", "vs", "cf", "approx", "resp", "incl"];
    let text = token.text.trim_end_matches([')', '"', '”']);
    token.kind == TokenKind::Word
        && text.ends_with(['.', ';', '!', '?'])
        && !ABBREVIATIONS.contains(&token.bare().as_str())
}

/// A block of code, or a code span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Code {
    pub(crate) slot: usize,
    pub(crate) span: Range<usize>,
    pub(crate) is_block: bool,
}

/// All that a text says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Speech {
    pub(crate) statements: Vec<Statement>,
    pub(crate) codes: Vec<Code>,
}

/// What the author of a text says: not what Manifesto wrote and nobody edited.
pub(crate) fn speech(document: &Document) -> Speech {
    let mut reader = Reader {
        document,
        speech: Speech::default(),
        current: None,
        leads: Vec::new(),
        before: None,
        slot: 0,
        link: None,
    };
    read_events(&document.text, |event, range| reader.read(event, range));
    reader.close();
    let mut speech = reader.speech;
    speech.codes.retain(|code| is_authors(document, code.slot, &code.span));
    speech
}

/// Whether the author answers for a range: it is not in a region that is as Manifesto wrote it.
pub(crate) fn is_authors(document: &Document, slot: usize, span: &Range<usize>) -> bool {
    let ours = |slot: &Slot| {
        let regions = slot.regions.iter().filter(|region| region.is_intact() || region.is_footer);
        regions.into_iter().any(|region| region.span.start <= span.start && span.end <= region.span.end)
    };
    !document.slots.get(slot).is_some_and(ours)
}

struct Reader<'d> {
    document: &'d Document,
    speech: Speech,
    /// The statement that is being read.
    current: Option<Statement>,
    /// For each list that is open, what introduces its items.
    leads: Vec<Option<usize>>,
    /// The statement that ended last, unless something else stands between it and here.
    before: Option<usize>,
    slot: usize,
    /// The link that is being read: what it leads to, and where it starts.
    link: Option<(String, usize)>,
}

impl Reader<'_> {
    fn read(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag, range.end),
            Event::Text(text) => self.words(&text, range.start),
            Event::Code(code) => {
                let slot = self.slot_of(range.start);
                self.speech.codes.push(Code { slot, span: range.clone(), is_block: false });
                self.push(TokenKind::Code, code.into_string(), range);
            }
            Event::TaskListMarker(ticked) => {
                if let Some(statement) = &mut self.current {
                    statement.is_open_box = !ticked;
                }
            }
            Event::Rule => self.before = None,
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::List(_) => {
                self.close();
                self.leads.push(self.before);
            }
            // The first paragraph of an item is the item.
            Tag::Paragraph if self.current.as_ref().is_some_and(|statement| statement.tokens.is_empty()) => {}
            Tag::Item | Tag::TableCell | Tag::Paragraph => {
                self.close();
                let lead = self.leads.last().copied().flatten();
                let slot = self.slot_of(range.start);
                let statement = Statement { slot, span: range, tokens: Vec::new(), lead, is_open_box: false };
                self.current = Some(statement);
            }
            Tag::Heading { .. } => {
                self.close();
                self.before = None;
            }
            Tag::CodeBlock(_) => {
                self.close();
                let slot = self.slot_of(range.start);
                self.speech.codes.push(Code { slot, span: range, is_block: true });
            }
            Tag::Link { dest_url, .. } => self.link = Some((dest_url.into_string(), range.start)),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, end: usize) {
        match tag {
            TagEnd::List(_) => {
                self.leads.pop();
                self.before = None;
            }
            TagEnd::Item | TagEnd::TableCell | TagEnd::Paragraph => self.close(),
            TagEnd::Link => {
                if let Some((target, start)) = self.link.take() {
                    self.push(TokenKind::Link, target, start..end);
                }
            }
            _ => {}
        }
    }

    fn close(&mut self) {
        let Some(mut statement) = self.current.take() else { return };
        let (Some(first), Some(last)) = (statement.tokens.first(), statement.tokens.last()) else { return };
        statement.span = first.span.start..last.span.end;
        if is_authors(self.document, statement.slot, &statement.span) {
            self.before = Some(self.speech.statements.len());
            self.speech.statements.push(statement);
        }
    }

    /// The parser goes through the text from the start to the end, and so does this.
    fn slot_of(&mut self, offset: usize) -> usize {
        self.slot = slot_at(&self.document.slots, self.slot, offset);
        self.slot
    }

    fn words(&mut self, text: &str, start: usize) {
        let mut at = 0;
        for word in text.split_inclusive(char::is_whitespace) {
            let shown = word.trim_end();
            if !shown.is_empty() {
                self.push(TokenKind::Word, shown.to_owned(), start + at..start + at + shown.len());
            }
            at += word.len();
        }
    }

    fn push(&mut self, kind: TokenKind, text: String, span: Range<usize>) {
        let in_link = self.link.is_some();
        let Some(statement) = &mut self.current else { return };
        // What the parser splits in the middle of a word (`snake_case`, `a*b`) is one word.
        if let Some(last) = statement.tokens.last_mut()
            && (kind, last.kind, last.span.end) == (TokenKind::Word, TokenKind::Word, span.start)
        {
            last.text.push_str(&text);
            last.span.end = span.end;
            return;
        }
        statement.tokens.push(Token { kind, text, span, in_link });
    }
}
