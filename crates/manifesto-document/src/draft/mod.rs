//! Filling a template from evidence, without changing a byte that the author wrote.

mod answers;
mod content;
mod footer;
mod restore;
mod sections;
mod slots;
mod ticks;
mod work;
mod writing;

use std::fmt;

use manifesto_evidence::Evidence;

use crate::align::align;
use crate::binding::bind_text;
use crate::document::Document;
use crate::edit::apply;
use crate::outline::BlockKind;
use crate::source::{BOM, Eol, slice};

pub(crate) use footer::proven;

/// The most characters that GitHub takes for a pull request's text.
pub const GITHUB_CHARS_MAX: usize = 65_536;

/// The length above which what is folded is left out, in characters.
const TARGET_CHARS: usize = 10_000;

/// Where a draft comes from and how long it may get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftOptions {
    /// The name of the revision that the change starts from.
    pub base: String,
    /// The name of the revision that it leads to.
    pub head: String,
    /// The most characters that the forge takes.
    pub limit_chars: usize,
}

impl DraftOptions {
    /// A draft for GitHub.
    pub fn new(base: impl Into<String>, head: impl Into<String>) -> Self {
        Self { base: base.into(), head: head.into(), limit_chars: GITHUB_CHARS_MAX }
    }
}

/// A filled text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drafted {
    /// The text.
    pub text: String,
    /// What became of each slot, in the order of the text.
    pub slots: Vec<SlotOutcome>,
    /// The labels of the boxes that were ticked.
    pub ticked: Vec<String>,
    /// What the author should know, a sentence each.
    pub notes: Vec<String>,
}

/// What became of a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotOutcome {
    /// The slot's id.
    pub slot: String,
    /// Its title.
    pub title: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It holds what the evidence says.
    Filled,
    /// The author has written there.
    Kept,
    /// The author has edited what was drafted; it is the author's now.
    KeptEdited,
    /// Only the author can answer it.
    Author,
    /// Evidence has nothing to say about it.
    NothingToSay,
    /// It could not be written without damage, for this reason.
    Refused(String),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Filled => f.write_str("filled"),
            Self::Kept => f.write_str("kept"),
            Self::KeptEdited => f.write_str("kept, edited"),
            Self::Author => f.write_str("the author's"),
            Self::NothingToSay => f.write_str("nothing to say"),
            Self::Refused(reason) => write!(f, "refused: {reason}"),
        }
    }
}

/// Fills `text`, an author's text or nothing, in the form of `template`. Drafting a draft again gives the same bytes.
pub fn draft(template: &str, text: &str, evidence: &Evidence, options: &DraftOptions) -> Drafted {
    let template = Document::parse(template);
    let starts_empty = text.trim_start_matches(BOM).trim().is_empty();
    let document = if starts_empty { template.clone() } else { Document::parse(text) };
    let style = Style::of(&document, &template);
    let withdrawn = sections::withdraw(document, &template, style.eol);
    let laid_out = sections::lay_out(withdrawn, &template, evidence, style.eol);
    let alignment = align(&laid_out.document, &template);
    let bindings = bind_text(&laid_out.document, &template, &alignment);
    let filler = slots::Filler {
        document: &laid_out.document,
        template: &template,
        alignment: &alignment,
        bindings: &bindings,
        sections: &laid_out.sections,
        evidence,
        options,
        style,
    };
    let mut work = filler.plan();
    let splices = work.splices();
    work.finish(apply(laid_out.document, &splices))
}

/// The habits of a text that what is written into it follows.
#[derive(Debug, Clone, Copy)]
struct Style {
    eol: Eol,
    bullet: char,
}

impl Style {
    /// What is drafted follows what was drafted before, so that a draft does not change its own habits; else what
    /// prevails in the text.
    fn of(document: &Document, template: &Document) -> Self {
        let region = document.slots.iter().flat_map(|slot| &slot.regions).find(|region| region.is_intact());
        let drafted = region.map(|region| slice(&document.text, region.span.clone()));
        let eol = Eol::dominant(drafted.unwrap_or(&document.text));
        let bullet = drafted_bullet(document).or_else(|| bullet_of(document)).or_else(|| bullet_of(template));
        Self { eol, bullet: bullet.unwrap_or('-') }
    }
}

/// The bullet of the first list in a region.
fn drafted_bullet(document: &Document) -> Option<char> {
    let mut regions =
        document.slots.iter().flat_map(|slot| &slot.regions).filter(|region| region.is_intact()).peekable();
    document.outline.blocks.iter().find_map(|block| {
        while regions.next_if(|region| region.span.end <= block.span.start).is_some() {}
        let inside = regions.peek().is_some_and(|region| region.span.start <= block.span.start);
        bullet(&block.kind).filter(|_| inside)
    })
}

/// The bullet of most lists.
fn bullet_of(document: &Document) -> Option<char> {
    let bullets: Vec<char> = document.outline.blocks.iter().filter_map(|block| bullet(&block.kind)).collect();
    let count = |bullet: char| bullets.iter().filter(|other| **other == bullet).count();
    ['-', '*', '+'].into_iter().filter(|bullet| count(*bullet) > 0).max_by_key(|bullet| count(*bullet))
}

fn bullet(kind: &BlockKind) -> Option<char> {
    match kind {
        BlockKind::List { bullet } => *bullet,
        _ => None,
    }
}
