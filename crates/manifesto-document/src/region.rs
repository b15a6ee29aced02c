//! What Manifesto wrote into a text, between two comments that carry its hash.
//!
//! The hash is the only state: while it matches, the words are ours and may be replaced; once it does not, an author
//! has edited them and they are the author's. Markers are found through the parser, so that one that is quoted in
//! code, in a quote or in a list is text like any other.

use std::fmt;
use std::ops::Range;

use crate::document::{Part, PartKind, Slot, slot_at};
use crate::outline::{Block, BlockKind};
use crate::source::{after_line_end, slice};

const START: &str = "<!-- mf ";
const END: &str = "<!-- /mf -->";

/// How the note at the end of the text starts. An author who edits it, or a tool that strips its markers, leaves these
/// words, and they tell that the note is there.
pub(crate) const FOOTER_START: &str = "Drafted by Manifesto from ";

/// Something Manifesto wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Its bytes, from the first marker to the last.
    pub span: Range<usize>,
    /// The bytes between the lines of the markers.
    pub content: Range<usize>,
    /// How it came to stand there; none when the author has edited it since.
    pub seal: Option<Seal>,
    /// Whether it is the note at the end of the text, edited or not.
    pub is_footer: bool,
}

impl Region {
    /// Whether nobody has edited it.
    pub fn is_intact(&self) -> bool {
        self.seal.is_some()
    }
}

/// What a region was written as. It is part of the hash, so that it needs no words in the marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The answer of a slot.
    Answer,
    /// The same, in a component's section whose heading we named.
    NamedSection,
    /// The same, in a component's section that we added.
    AddedSection,
    /// The note at the end of the text.
    Footer,
}

/// How a region came to stand where it stands: what is needed to take it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seal {
    /// What it was written as.
    pub role: Role,
    /// Whether samples of the template gave way to it.
    pub replaced_samples: bool,
}

impl Seal {
    pub(crate) const FOOTER: Self = Self { role: Role::Footer, replaced_samples: false };

    fn all() -> impl Iterator<Item = Self> {
        let roles = [Role::Answer, Role::NamedSection, Role::AddedSection, Role::Footer];
        roles
            .into_iter()
            .flat_map(|role| [false, true].map(|replaced_samples| Self { role, replaced_samples }))
    }

    /// The eight digits that stand in the marker: a hash of the content, and of the seal behind it.
    fn digits(self, content: u64) -> String {
        let salt = u64::from(self.role as u8) << 1 | u64::from(self.replaced_samples);
        let hash = step(content, salt);
        format!("{:08x}", (hash ^ (hash >> 32)) & 0xffff_ffff)
    }

    fn of(digits: &str, content: &str) -> Option<Self> {
        let hash = hash(content);
        Self::all().find(|seal| seal.digits(hash) == digits)
    }
}

/// FNV-1a of a text, whatever its line ends: web forms change those. Nobody gains by forging it, since the owner of a
/// region is the only one to lose words.
fn hash(content: &str) -> u64 {
    let (mut hash, mut before) = (0xcbf2_9ce4_8422_2325, 0);
    for byte in content.bytes() {
        if !(before == b'\r' && byte == b'\n') {
            hash = step(hash, u64::from(if byte == b'\r' { b'\n' } else { byte }));
        }
        before = byte;
    }
    hash
}

fn step(hash: u64, value: u64) -> u64 {
    (hash ^ value).wrapping_mul(0x0000_0100_0000_01b3)
}

/// What is wrong with the markers in a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Damage {
    /// A region starts and does not end.
    LostEnd,
    /// A region ends that does not start.
    LostStart,
    /// A region starts inside another one.
    Nested,
    /// The slot has more than one region.
    Duplicated,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LostEnd => "a region starts in it and does not end there",
            Self::LostStart => "a region ends in it that does not start there",
            Self::Nested => "a region starts inside another one",
            Self::Duplicated => "it holds more than one region",
        })
    }
}

/// A region as text, with lines that end in `\n` and no line end behind the last marker. `content` ends with a line end.
pub(crate) fn write(seal: Seal, content: &str) -> String {
    format!("{START}{} -->\n{content}{END}", seal.digits(hash(content)))
}

enum Marker {
    Start,
    End,
}

/// Whether a block is a marker: a comment on a line of its own.
fn marker(text: &str, block: &Block) -> Option<Marker> {
    if block.kind != (BlockKind::Html { comment: true }) {
        return None;
    }
    let comment = slice(text, block.span.clone());
    if comment == END {
        return Some(Marker::End);
    }
    let digits = comment.strip_prefix(START)?.strip_suffix(" -->")?;
    let is_hash = digits.len() == 8 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    is_hash.then_some(Marker::Start)
}

/// Finds the regions and gives each to its slot; the blocks inside become one part.
pub(crate) fn attach(text: &str, blocks: &[Block], slots: &mut [Slot]) {
    let (mut at, mut open): (usize, Option<(usize, Range<usize>)>) = (0, None);
    for block in blocks {
        at = slot_at(slots, at, block.span.start);
        match (marker(text, block), open.take()) {
            (None, still) => open = still,
            (Some(Marker::Start), None) => open = Some((at, block.span.clone())),
            (Some(Marker::Start), Some((slot, _))) => {
                damage(slots, slot, if slot == at { Damage::Nested } else { Damage::LostEnd });
                open = Some((at, block.span.clone()));
            }
            (Some(Marker::End), Some((slot, start))) if slot == at => {
                if let Some(slot) = slots.get_mut(at) {
                    slot.regions.push(region(text, &start, &block.span));
                }
            }
            (Some(Marker::End), other) => {
                if let Some((slot, _)) = other {
                    damage(slots, slot, Damage::LostEnd);
                }
                damage(slots, at, Damage::LostStart);
            }
        }
    }
    if let Some((slot, _)) = open {
        damage(slots, slot, Damage::LostEnd);
    }
    slots.iter_mut().filter(|slot| !slot.regions.is_empty()).for_each(settle);
}

fn region(text: &str, start: &Range<usize>, end: &Range<usize>) -> Region {
    let content = after_line_end(text, start.end).min(end.start)..end.start;
    let digits = slice(text, start.clone()).get(START.len()..START.len() + 8).unwrap_or_default();
    let words = slice(text, content.clone());
    let seal = Seal::of(digits, words);
    let is_footer = seal.is_some_and(|seal| seal.role == Role::Footer)
        || (seal.is_none() && words.starts_with(FOOTER_START));
    Region { span: start.start..end.end, content, seal, is_footer }
}

fn damage(slots: &mut [Slot], slot: usize, damage: Damage) {
    if let Some(slot) = slots.get_mut(slot) {
        slot.damage = slot.damage.or(Some(damage));
    }
}

/// A slot has one answer; the note at the end of the text may stand in the last slot besides.
fn settle(slot: &mut Slot) {
    if slot.regions.iter().filter(|region| !region.is_footer).count() > 1 {
        slot.damage = slot.damage.or(Some(Damage::Duplicated));
    }
    let mut parts: Vec<Part> = Vec::with_capacity(slot.parts.len());
    let mut regions = slot.regions.iter().enumerate().peekable();
    for part in slot.parts.drain(..) {
        while regions.next_if(|(_, region)| region.span.end <= part.span.start).is_some() {}
        match regions.peek() {
            Some((index, region)) if region.span.start <= part.span.start => {
                if region.span.start == part.span.start {
                    parts.push(Part { kind: PartKind::Region(*index), span: region.span.clone() });
                }
            }
            _ => parts.push(part),
        }
    }
    slot.parts = parts;
}
