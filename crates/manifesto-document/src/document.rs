//! A text as slots: what stands behind each heading and each label.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::outline::{Block, BlockKind, Comment, Outline, Task};
use crate::region::{self, Damage, Region};
use crate::source::slice;
use crate::words::normal;

/// A template or an author's text.
#[derive(Debug, Clone)]
pub struct Document {
    /// The text, every byte of it.
    pub text: String,
    /// Its slots, in their order; the first is what stands before any heading or label.
    pub slots: Vec<Slot>,
    pub(crate) outline: Outline,
}

/// What asks for the text of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SlotKind {
    /// Nothing: the slot starts the text.
    Preamble,
    /// A heading of this level.
    Heading(u8),
    /// A label: bold words with a colon at the start of a paragraph.
    Label,
}

/// The text behind a heading or a label, up to the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Its name, unique in the document: the words of the headings above it and its own, joined by `/`;
    /// `#2` and so on where several have the same.
    pub id: String,
    /// What asks for it.
    pub kind: SlotKind,
    /// The visible words of the heading or the label, without a colon.
    pub title: String,
    /// The words of the title: the last part of the id, before any `#2`.
    pub key: String,
    /// The slot of the heading that it stands under.
    pub parent: Option<usize>,
    /// The bytes of the heading or the label.
    pub head: Range<usize>,
    /// The bytes behind it.
    pub body: Range<usize>,
    /// The blocks in the body.
    pub parts: Vec<Part>,
    /// The boxes in the body, nested ones included.
    pub boxes: Vec<Checkbox>,
    /// What Manifesto wrote into it.
    pub regions: Vec<Region>,
    /// What is wrong with the markers in it; nothing is written into a slot that is damaged.
    pub damage: Option<Damage>,
}

/// What a block of a slot is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartKind {
    /// Comments: a hint for the author, invisible to readers.
    Comment,
    /// A paragraph.
    Prose,
    /// A list.
    List,
    /// Code, fenced or indented.
    Code,
    /// A table.
    Table,
    /// An alert: a quote that starts with `[!NOTE]` or the like.
    Alert,
    /// Another quote.
    Quote,
    /// Raw HTML.
    Html,
    /// A thematic break.
    Rule,
    /// Something Manifesto wrote, with its markers: this one of the slot's regions.
    Region(usize),
}

/// A block of a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// Its bytes, without the blank lines behind it.
    pub span: Range<usize>,
}

/// A box of a task list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkbox {
    /// Its visible text, code included.
    pub label: String,
    /// The bytes from `[` to the end of the label.
    pub span: Range<usize>,
    /// The byte between the brackets.
    pub mark: usize,
    /// Whether it is ticked.
    pub ticked: bool,
    /// The byte at which its list starts: boxes of one list have the same.
    pub list: usize,
    /// The code spans of the label that are paths or path patterns: `docs/decisions/*.md`.
    pub globs: Vec<String>,
    /// The words of all its code spans.
    pub codes: Vec<String>,
}

impl Document {
    /// Reads a text. Every text is a document; one without headings and labels is a single slot.
    pub fn parse(text: impl Into<String>) -> Self {
        let text = text.into();
        let outline = Outline::parse(&text);
        let mut slots = slots_of(&text, &outline.blocks);
        fill(&text, &outline, &mut slots);
        region::attach(&text, &outline.blocks, &mut slots);
        Self { text, slots, outline }
    }

    /// The text between two offsets of a slot, a part or a box.
    pub fn slice(&self, range: Range<usize>) -> &str {
        slice(&self.text, range)
    }

    /// The comments in a range.
    pub(crate) fn comments(&self, range: &Range<usize>) -> &[Comment] {
        let comments = &self.outline.comments;
        let start = comments.partition_point(|comment| comment.span.start < range.start);
        let rest = comments.get(start..).unwrap_or_default();
        let length = rest.partition_point(|comment| comment.span.start < range.end);
        rest.get(..length).unwrap_or_default()
    }

    /// Whether the text holds something that Manifesto wrote and nobody edited: it is not finished.
    pub fn is_draft(&self) -> bool {
        self.slots.iter().flat_map(|slot| &slot.regions).any(Region::is_intact)
    }

    /// The slots below a heading, at any depth: the indexes that follow its own.
    pub(crate) fn below(&self, heading: usize) -> Range<usize> {
        let Some(SlotKind::Heading(level)) = self.slots.get(heading).map(|slot| slot.kind) else {
            return heading..heading;
        };
        let ends = |slot: &Slot| matches!(slot.kind, SlotKind::Heading(other) if other <= level);
        let rest = self.slots.get(heading + 1..).unwrap_or_default();
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        heading + 1..heading + 1 + length
    }
}

impl Slot {
    /// The ranges in which the author speaks: prose, lists, tables and quotes, in the order of the text.
    /// Comments may stand inside them; what Manifesto wrote does not.
    pub fn author_spans(&self) -> impl Iterator<Item = Range<usize>> {
        use PartKind::{Alert, List, Prose, Quote, Table};
        let speaks = |part: &&Part| matches!(part.kind, Prose | List | Table | Alert | Quote);
        self.parts.iter().filter(speaks).map(|part| part.span.clone())
    }

    fn new(kind: SlotKind, title: &str, parent: Option<usize>, head: Range<usize>) -> Self {
        Self {
            id: String::new(),
            kind,
            title: title.to_owned(),
            key: normal(title),
            parent,
            body: head.end..head.end,
            head,
            parts: Vec::new(),
            boxes: Vec::new(),
            regions: Vec::new(),
            damage: None,
        }
    }
}

/// The slots with their heads, bodies and ids.
fn slots_of(text: &str, blocks: &[Block]) -> Vec<Slot> {
    let mut slots = vec![Slot::new(SlotKind::Preamble, "", None, 0..0)];
    let mut headings: Vec<(u8, usize)> = Vec::new();
    for block in blocks {
        let slot = match &block.kind {
            BlockKind::Heading { level, title } => {
                headings.retain(|(above, _)| above < level);
                let parent = headings.last().map(|(_, slot)| *slot);
                headings.push((*level, slots.len()));
                Slot::new(SlotKind::Heading(*level), title, parent, block.span.clone())
            }
            BlockKind::Paragraph { label: Some(label) } => {
                let parent = headings.last().map(|(_, slot)| *slot);
                Slot::new(SlotKind::Label, &label.title, parent, block.span.start..label.end)
            }
            _ => continue,
        };
        if let Some(before) = slots.last_mut() {
            before.body.end = slot.head.start;
        }
        slots.push(slot);
    }
    if let Some(last) = slots.last_mut() {
        last.body.end = text.len();
    }
    name(&mut slots);
    slots
}

/// Gives every slot its id.
fn name(slots: &mut [Slot]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut paths: Vec<String> = Vec::with_capacity(slots.len());
    for slot in slots {
        let path = match slot.parent.and_then(|parent| paths.get(parent)) {
            Some(above) => format!("{above}/{}", slot.key),
            None => slot.key.clone(),
        };
        paths.push(path.clone());
        let count = seen.entry(path.clone()).or_default();
        *count += 1;
        slot.id = if *count == 1 { path } else { format!("{path}#{count}") };
    }
}

/// Puts the blocks and the boxes into the slots.
fn fill(text: &str, outline: &Outline, slots: &mut [Slot]) {
    let mut at = 0;
    for block in &outline.blocks {
        at = slot_at(slots, at, block.span.start);
        let Some(slot) = slots.get_mut(at) else { return };
        slot.parts.extend(part_of(text, outline, block));
    }
    at = 0;
    for task in &outline.tasks {
        at = slot_at(slots, at, task.marker.start);
        let Some(slot) = slots.get_mut(at) else { return };
        slot.boxes.push(checkbox(task));
    }
}

/// The last slot from `from` on that starts at or before `offset`.
pub(crate) fn slot_at(slots: &[Slot], from: usize, offset: usize) -> usize {
    let rest = slots.get(from + 1..).unwrap_or_default();
    from + rest.iter().take_while(|slot| slot.head.start <= offset).count()
}

fn part_of(text: &str, outline: &Outline, block: &Block) -> Option<Part> {
    let kind = match &block.kind {
        BlockKind::Heading { .. } => return None,
        BlockKind::Paragraph { label: Some(label) } => {
            return rest_of_label(text, outline, label.end..block.span.end);
        }
        BlockKind::Paragraph { label: None } => PartKind::Prose,
        BlockKind::List { .. } => PartKind::List,
        BlockKind::Quote { alert: true } => PartKind::Alert,
        BlockKind::Quote { alert: false } => PartKind::Quote,
        BlockKind::Code { .. } => PartKind::Code,
        BlockKind::Html { comment: true } => PartKind::Comment,
        BlockKind::Html { comment: false } => PartKind::Html,
        BlockKind::Table => PartKind::Table,
        BlockKind::Rule => PartKind::Rule,
    };
    Some(Part { kind, span: block.span.clone() })
}

/// What follows a label in its own paragraph.
fn rest_of_label(text: &str, outline: &Outline, rest: Range<usize>) -> Option<Part> {
    let shown = slice(text, rest.clone()).trim_start();
    let span = rest.end - shown.len()..rest.end;
    let comment = outline.comments.binary_search_by_key(&span.start, |comment| comment.span.start).ok();
    let comment = comment.and_then(|index| outline.comments.get(index));
    let kind = match comment {
        Some(comment) if comment.span.end == span.end => PartKind::Comment,
        _ => PartKind::Prose,
    };
    (!shown.is_empty()).then_some(Part { kind, span })
}

fn checkbox(task: &Task) -> Checkbox {
    let is_path = |code: &&String| code.contains(['/', '*', '.']) && !code.contains(char::is_whitespace);
    Checkbox {
        label: task.label.trim().to_owned(),
        span: task.marker.start..task.end,
        mark: task.marker.start + 1,
        ticked: task.ticked,
        list: task.list,
        globs: task.codes.iter().filter(is_path).cloned().collect(),
        codes: task.codes.clone(),
    }
}
