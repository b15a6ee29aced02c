//! Edits as splices of bytes, and the proof that nothing else moved.
//!
//! A text is never printed from its blocks: a printer changes a quarter of a template's lines. Splices are applied
//! together, the result is read again, and every block outside the splices must be the block it was, at its new place.
//! A splice that breaks this (an insertion into a list that goes on, say) is refused; the others still go in.

use std::ops::Range;

use crate::document::Document;
use crate::outline::{Node, Outline};
use crate::source::{Eol, slice};

/// Replaces a range of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Splice {
    pub(crate) range: Range<usize>,
    pub(crate) text: String,
    /// What must come of it.
    pub(crate) purpose: Purpose,
}

impl Splice {
    /// Whether it only takes something away.
    pub(crate) fn is_removal(&self) -> bool {
        self.text.is_empty()
    }
}

/// What a splice is for; it is proven after the edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// It ticks a box.
    Tick,
    /// It writes a region, with this many items in its lists.
    Region { items: usize },
    /// It writes or removes text of the template, or names a heading.
    Template,
}

/// What came of an edit.
#[derive(Debug)]
pub(crate) struct Edited {
    pub(crate) document: Document,
    /// For each splice, whether it went in.
    pub(crate) accepted: Vec<bool>,
}

/// The most bytes that are read to find the splices that break a text; the rest is refused unread.
const READ_BYTES_MAX: usize = 4 << 20;

/// Applies the splices that leave everything else as it is. They are sorted and do not overlap; several may insert at
/// the same place, in their order.
pub(crate) fn apply(document: Document, splices: &[Splice]) -> Edited {
    let mut accepted = vec![false; splices.len()];
    if splices.is_empty() {
        return Edited { document, accepted };
    }
    let tries = (READ_BYTES_MAX / document.text.len().max(1)).clamp(2, 64);
    let mut editor = Editor { document: &document, splices, accepted, result: None, tries };
    editor.accept(0..splices.len());
    let result = editor.result.take();
    accepted = std::mem::take(&mut editor.accepted);
    Edited { document: result.unwrap_or(document), accepted }
}

struct Editor<'d> {
    document: &'d Document,
    splices: &'d [Splice],
    accepted: Vec<bool>,
    /// The text with what was accepted, once something was.
    result: Option<Document>,
    tries: usize,
}

impl Editor<'_> {
    /// Accepts as many of these splices as can be, by halves: one that breaks the text costs few readings.
    fn accept(&mut self, range: Range<usize>) {
        if range.is_empty() || self.tries == 0 {
            return;
        }
        self.tries -= 1;
        let mut attempt = self.accepted.clone();
        attempt.iter_mut().skip(range.start).take(range.len()).for_each(|accepted| *accepted = true);
        if let Some(result) = self.edited(&attempt) {
            self.accepted = attempt;
            self.result = Some(result);
        } else if range.len() > 1 {
            let middle = range.start + range.len() / 2;
            self.accept(range.start..middle);
            self.accept(middle..range.end);
        }
    }

    /// The text with these splices applied, if nothing else moved.
    fn edited(&self, accepted: &[bool]) -> Option<Document> {
        let splices: Vec<&Splice> =
            self.splices.iter().zip(accepted).filter_map(|(splice, yes)| yes.then_some(splice)).collect();
        let (text, written) = spliced(&self.document.text, &splices)?;
        let edited = Document::parse(text);
        let outside_is_same =
            outside(&self.document.outline, &splices)? == without(&edited.outline, &written);
        let proven = outside_is_same && splices.iter().zip(&written).all(|(s, at)| is_served(&edited, s, at));
        proven.then_some(edited)
    }
}

/// The text with the splices applied, and where each now stands; none if they overlap.
fn spliced(text: &str, splices: &[&Splice]) -> Option<(String, Vec<Range<usize>>)> {
    let (mut result, mut at, mut written) = (String::with_capacity(text.len()), 0, Vec::new());
    for splice in splices {
        result.push_str(text.get(at..splice.range.start)?);
        let start = result.len();
        result.push_str(&splice.text);
        written.push(start..result.len());
        at = splice.range.end;
    }
    result.push_str(text.get(at..)?);
    Some((result, written))
}

/// The nodes outside the splices, at the places where they must stand afterwards; none if a splice cuts one in two.
fn outside(outline: &Outline, splices: &[&Splice]) -> Option<Vec<Node>> {
    let shifts = Shifts::new(splices);
    let mut nodes = Vec::with_capacity(outline.nodes.len());
    for node in &outline.nodes {
        if shifts.removed(node) {
            continue;
        }
        nodes.push(Node { kind: node.kind, start: shifts.start(node.start)?, end: shifts.end(node.end)? });
    }
    Some(nodes)
}

/// The nodes that do not stand in what was written.
fn without(outline: &Outline, written: &[Range<usize>]) -> Vec<Node> {
    let is_written = |node: &&Node| {
        let index = written.partition_point(|range| range.end < node.end);
        written
            .get(index)
            .is_some_and(|range| range.start <= node.start && node.end <= range.end && !range.is_empty())
    };
    outline.nodes.iter().filter(|node| !is_written(node)).copied().collect()
}

/// Where offsets of the old text stand in the new one.
struct Shifts {
    /// The ranges that were replaced, each with the bytes that all up to it removed and wrote.
    replaced: Vec<(Range<usize>, usize, usize)>,
}

impl Shifts {
    fn new(splices: &[&Splice]) -> Self {
        let (mut removed, mut written) = (0, 0);
        let replaced = splices.iter().map(|splice| {
            removed += splice.range.len();
            written += splice.text.len();
            (splice.range.clone(), removed, written)
        });
        Self { replaced: replaced.collect() }
    }

    fn removed(&self, node: &Node) -> bool {
        let index = self.replaced.partition_point(|(range, ..)| range.end < node.end);
        self.replaced.get(index).is_some_and(|(range, ..)| {
            !range.is_empty() && range.start <= node.start && node.end <= range.end
        })
    }

    /// The place of an offset, given how many replaced ranges stand before it.
    fn shift(&self, offset: usize, before: usize) -> Option<usize> {
        let (removed, written) = match before.checked_sub(1).and_then(|last| self.replaced.get(last)) {
            Some((_, removed, written)) => (*removed, *written),
            None => (0, 0),
        };
        let cut = self.replaced.get(before).is_some_and(|(range, ..)| range.start < offset);
        if cut { None } else { (offset + written).checked_sub(removed) }
    }

    /// A block that starts where something is inserted starts behind it.
    fn start(&self, offset: usize) -> Option<usize> {
        self.shift(offset, self.replaced.partition_point(|(range, ..)| range.end <= offset))
    }

    /// A block that ends where something is inserted ends before it.
    fn end(&self, offset: usize) -> Option<usize> {
        let ends = |range: &Range<usize>| range.end < offset || (range.end == offset && !range.is_empty());
        self.shift(offset, self.replaced.partition_point(|(range, ..)| ends(range)))
    }
}

/// Whether a splice did what it is for.
fn is_served(edited: &Document, splice: &Splice, at: &Range<usize>) -> bool {
    match splice.purpose {
        Purpose::Template | Purpose::Tick => true,
        Purpose::Region { items } => {
            let inside = |span: &Range<usize>| at.start <= span.start && span.end <= at.end;
            let mut regions =
                edited.slots.iter().flat_map(|slot| &slot.regions).filter(|region| inside(&region.span));
            let is_ours =
                regions.next().is_some_and(crate::region::Region::is_intact) && regions.next().is_none();
            is_ours && edited.outline.items_in(at) == Some(items)
        }
    }
}

/// A splice that puts whole lines behind the line that ends at `at`, with a blank line before them where there is none.
/// A blank line behind them is not needed, since they end with a comment or with what followed before; and if one were
/// added, nobody could tell later whether to take it away with them.
pub(crate) fn insertion(text: &str, at: usize, block: &str, eol: Eol, purpose: Purpose) -> Splice {
    let before = slice(text, 0..at);
    let mut lines = String::new();
    let ends_line = before.is_empty() || before.ends_with(['\n', '\r']);
    if !ends_line {
        lines.push('\n');
    }
    let line_before =
        before.strip_suffix("\r\n").or_else(|| before.strip_suffix(['\n', '\r'])).unwrap_or(before);
    let is_blank_before = line_before.is_empty() || line_before.ends_with(['\n', '\r']);
    if !(ends_line && is_blank_before) {
        lines.push('\n');
    }
    lines.push_str(block);
    if ends_line {
        lines.push('\n');
    }
    Splice { range: at..at, text: eol.convert(&lines), purpose }
}
