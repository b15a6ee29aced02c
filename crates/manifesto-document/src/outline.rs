//! The blocks of a Markdown text, with the exact bytes of each. This module and `statements` know the parser, nothing else.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use crate::label::{Label, LabelReader};
use crate::source::{BOM, lines, slice};

/// What kind of block stands at the top level of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BlockKind {
    /// A heading, underlined or with `#`, and its visible text.
    Heading { level: u8, title: String },
    /// A paragraph; perhaps one that starts with a label.
    Paragraph { label: Option<Label> },
    /// A list, with its bullet; none when it is numbered.
    List { bullet: Option<char> },
    /// A quote; perhaps an alert.
    Quote { alert: bool },
    /// Code, fenced or indented.
    Code { fenced: bool },
    /// Raw HTML; `comment` when it is nothing but comments.
    Html { comment: bool },
    /// A table.
    Table,
    /// A thematic break.
    Rule,
}

/// A block at the top level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) kind: BlockKind,
    /// Its bytes, without the blank lines behind it (the parser counts those to a list).
    pub(crate) span: Range<usize>,
}

/// An HTML comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Comment {
    pub(crate) span: Range<usize>,
    /// Whether it ends. One that does not hides what follows.
    pub(crate) closed: bool,
}

/// A task of a task list, as the parser sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Task {
    /// The bytes of `[ ]`.
    pub(crate) marker: Range<usize>,
    pub(crate) ticked: bool,
    /// The visible text of its first paragraph, code included.
    pub(crate) label: String,
    /// Where that text ends.
    pub(crate) end: usize,
    /// The code spans in it.
    pub(crate) codes: Vec<String>,
    /// Where its list starts.
    pub(crate) list: usize,
}

/// Any block, at any depth: what must not change where nothing is edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) kind: NodeKind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NodeKind {
    Heading(u8),
    Paragraph,
    Label,
    BulletList,
    NumberedList,
    Item,
    Task,
    Quote,
    Code,
    Html,
    Table,
    Rule,
}

/// A text as blocks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Outline {
    pub(crate) blocks: Vec<Block>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) tasks: Vec<Task>,
    pub(crate) comments: Vec<Comment>,
}

impl Outline {
    pub(crate) fn parse(text: &str) -> Self {
        let mut reader = Reader::new(text);
        read_events(text, |event, range| reader.read(event, range));
        reader.outline
    }

    /// How many items stand in a range that holds nothing but lists, paragraphs and raw HTML; none if it holds more.
    pub(crate) fn items_in(&self, range: &Range<usize>) -> Option<usize> {
        let start = self.nodes.partition_point(|node| node.start < range.start);
        let inside = self.nodes.iter().skip(start).take_while(|node| node.start < range.end);
        inside.into_iter().try_fold(0, |items, node| match node.kind {
            NodeKind::Item => Some(items + 1),
            NodeKind::BulletList | NodeKind::Paragraph | NodeKind::Html => Some(items),
            _ => None,
        })
    }
}

/// Reads the parser's events, with the bytes of the text that each stands for.
pub(crate) fn read_events(text: &str, mut read: impl FnMut(Event<'_>, Range<usize>)) {
    let skipped = if text.starts_with(BOM) { BOM.len() } else { 0 };
    let input = readable(slice(text, skipped..text.len()));
    let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS;
    for (event, range) in Parser::new_ext(&input, options).into_offset_iter() {
        let end = (range.end + skipped).min(text.len());
        read(event, (range.start + skipped).min(end)..end);
    }
}

/// The text as pulldown-cmark reads it rightly, every byte at its place.
///
/// A carriage return alone ends a line (CommonMark 2.1), but pulldown-cmark does not see it at the end of comments and
/// code. And it sees no task in `- [ ]` at the very end of a text, where GitHub sees one.
fn readable(text: &str) -> Cow<'_, str> {
    let is_lone = |(at, _): &(usize, &str)| !slice(text, at + 1..text.len()).starts_with('\n');
    let lone: Vec<usize> = text.match_indices('\r').filter(is_lone).map(|(at, _)| at).collect();
    if lone.is_empty() && !text.ends_with(']') {
        return Cow::Borrowed(text);
    }
    let (mut read, mut at) = (String::with_capacity(text.len() + 1), 0);
    for end in lone {
        read.push_str(slice(text, at..end));
        read.push('\n');
        at = end + 1;
    }
    read.push_str(slice(text, at..text.len()));
    read.push('\n');
    Cow::Owned(read)
}

/// Turns the parser's events into an outline.
struct Reader<'t> {
    text: &'t str,
    outline: Outline,
    ends: ContentEnds,
    /// How many blocks are open.
    depth: usize,
    /// The visible text of the heading that is open at the top level.
    title: Option<String>,
    /// The start of the paragraph that is open at the top level.
    label: Option<LabelReader>,
    /// Whether the label of the last task is open.
    task_open: bool,
    /// Where the lists start that are open.
    lists: Vec<usize>,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            outline: Outline::default(),
            ends: ContentEnds::new(text),
            depth: 0,
            title: None,
            label: None,
            task_open: false,
            lists: Vec::new(),
        }
    }

    fn read(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(Tag::Strong) => self.label(LabelReader::bold_starts),
            Event::End(TagEnd::Strong) => self.label(|label| label.bold_ends(range.end)),
            Event::Start(tag) => self.start(&tag, range),
            Event::End(tag) => self.end(tag),
            Event::Rule => {
                self.node(NodeKind::Rule, &range);
                if self.depth == 0 {
                    self.block(BlockKind::Rule, &range);
                }
            }
            Event::TaskListMarker(ticked) => self.task(ticked, range),
            Event::Text(text) => self.words(&text, range),
            Event::Code(code) => {
                if self.task_open
                    && let Some(task) = self.outline.tasks.last_mut()
                {
                    task.codes.push(code.to_string());
                }
                // The words of a code span start behind its backtick.
                self.words(&code, range.start + 1..range.end);
            }
            Event::SoftBreak | Event::HardBreak => self.words(" ", range),
            Event::InlineHtml(html) => self.inline_html(&html, range),
            _ => {}
        }
    }

    fn label(&mut self, read: impl FnOnce(&mut LabelReader)) {
        self.label.as_mut().map(read);
    }

    fn start(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        let Some(node) = node_of(tag) else { return };
        if !matches!(tag, Tag::Paragraph) {
            // What is nested in an item does not belong to the label of its box.
            self.task_open = false;
        }
        if self.depth == 0 {
            self.title = matches!(tag, Tag::Heading { .. }).then(String::new);
            self.label = matches!(tag, Tag::Paragraph).then(LabelReader::default);
        }
        if matches!(tag, Tag::List(_)) {
            self.lists.push(range.start);
        }
        if matches!(tag, Tag::HtmlBlock) {
            self.outline.comments.extend(comments_of(self.text, range.clone()));
        }
        self.node(node, &range);
        if self.depth == 0
            && let Some(block) = block_of(tag, slice(self.text, range.clone()))
        {
            self.block(block, &range);
        }
        self.depth += 1;
    }

    fn end(&mut self, tag: TagEnd) {
        if !is_block_end(tag) {
            return;
        }
        if matches!(tag, TagEnd::List(_)) {
            self.lists.pop();
        }
        if matches!(tag, TagEnd::Paragraph | TagEnd::Item) {
            self.task_open = false;
        }
        self.depth = self.depth.saturating_sub(1);
        if self.depth > 0 {
            return;
        }
        if let (Some(text), Some(Block { kind: BlockKind::Heading { title, .. }, .. })) =
            (self.title.take(), self.outline.blocks.last_mut())
        {
            text.trim().clone_into(title);
        }
        if let Some(found) = self.label.take().and_then(LabelReader::finish)
            && let Some(Block { kind: BlockKind::Paragraph { label }, span }) = self.outline.blocks.last_mut()
        {
            self.outline.nodes.push(Node { kind: NodeKind::Label, start: span.start, end: found.end });
            *label = Some(found);
        }
    }

    fn node(&mut self, kind: NodeKind, range: &Range<usize>) {
        let end = self.ends.trim(self.text, range);
        self.outline.nodes.push(Node { kind, start: range.start, end });
    }

    fn block(&mut self, kind: BlockKind, range: &Range<usize>) {
        let end = self.ends.trim(self.text, range);
        self.outline.blocks.push(Block { kind, span: range.start..end });
    }

    fn task(&mut self, ticked: bool, range: Range<usize>) {
        self.node(NodeKind::Task, &range);
        self.task_open = true;
        let list = self.lists.last().copied().unwrap_or(range.start);
        self.outline.tasks.push(Task { end: range.end, marker: range, ticked, list, ..Task::default() });
    }

    fn words(&mut self, text: &str, range: Range<usize>) {
        self.label(|label| label.words(text, range.start));
        if let Some(title) = &mut self.title {
            title.push_str(text);
        }
        if self.task_open
            && let Some(task) = self.outline.tasks.last_mut()
        {
            task.label.push_str(text);
            task.end = task.end.max(trim_start_of_break(text, &range));
        }
    }

    fn inline_html(&mut self, html: &str, range: Range<usize>) {
        if html.starts_with("<!--") {
            self.outline.comments.push(Comment { span: range, closed: true });
        } else if let Some(title) = &mut self.title {
            // A heading `### <Component name>` reads as a tag and means a placeholder.
            title.push_str(html);
        }
    }
}

/// The end of what is visible of an inline: a line break shows nothing.
fn trim_start_of_break(text: &str, range: &Range<usize>) -> usize {
    if text == " " { range.start } else { range.end }
}

/// The node that a tag makes; none for inlines and the parts of a table.
fn node_of(tag: &Tag<'_>) -> Option<NodeKind> {
    Some(match tag {
        Tag::Heading { level, .. } => NodeKind::Heading(*level as u8),
        Tag::Paragraph => NodeKind::Paragraph,
        Tag::List(None) => NodeKind::BulletList,
        Tag::List(Some(_)) => NodeKind::NumberedList,
        Tag::Item => NodeKind::Item,
        Tag::BlockQuote(_) => NodeKind::Quote,
        Tag::CodeBlock(_) => NodeKind::Code,
        Tag::HtmlBlock => NodeKind::Html,
        Tag::Table(_) => NodeKind::Table,
        _ => return None,
    })
}

/// The block that a tag makes at the top level.
fn block_of(tag: &Tag<'_>, source: &str) -> Option<BlockKind> {
    Some(match tag {
        Tag::Heading { level, .. } => BlockKind::Heading { level: *level as u8, title: String::new() },
        Tag::Paragraph => BlockKind::Paragraph { label: None },
        Tag::List(None) => BlockKind::List { bullet: source.trim_start().chars().next() },
        Tag::List(Some(_)) => BlockKind::List { bullet: None },
        Tag::BlockQuote(_) => BlockKind::Quote { alert: is_alert(source) },
        Tag::CodeBlock(kind) => BlockKind::Code { fenced: matches!(kind, CodeBlockKind::Fenced(_)) },
        Tag::HtmlBlock => BlockKind::Html { comment: is_comment(source) },
        Tag::Table(_) => BlockKind::Table,
        _ => return None,
    })
}

fn is_block_end(tag: TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::Heading(_)
            | TagEnd::Paragraph
            | TagEnd::List(_)
            | TagEnd::Item
            | TagEnd::BlockQuote(_)
            | TagEnd::CodeBlock
            | TagEnd::HtmlBlock
            | TagEnd::Table
    )
}

/// GitHub's alerts are quotes whose first line is `[!NOTE]` alone. Formatters (remark) escape the bracket, and authors
/// undo that; both mean an alert.
fn is_alert(quote: &str) -> bool {
    let first = quote.lines().next().unwrap_or_default();
    let first = first.trim_start_matches(['>', ' ', '\t']).trim_end().replace('\\', "");
    ["[!NOTE]", "[!TIP]", "[!IMPORTANT]", "[!WARNING]", "[!CAUTION]"].contains(&first.as_str())
}

fn is_comment(html: &str) -> bool {
    let mut rest = html.trim();
    while let Some(comment) = rest.strip_prefix("<!--") {
        let Some(end) = comment_length(comment) else { return true };
        rest = comment.get(end..).unwrap_or_default().trim_start();
    }
    rest.is_empty()
}

/// The comments in a block of raw HTML. One that is not closed inside its block hides everything behind it in the
/// rendered page: what follows the block reaches the page with its `-->` escaped.
fn comments_of(text: &str, range: Range<usize>) -> Vec<Comment> {
    let mut comments = Vec::new();
    let mut at = range.start;
    while let Some(found) = slice(text, at..range.end).find("<!--") {
        let (start, inside) = (at + found, at + found + "<!--".len());
        let length = comment_length(slice(text, inside..range.end));
        at = length.map_or(range.end, |length| inside + length);
        comments.push(Comment { span: start..at, closed: length.is_some() });
    }
    comments
}

/// How far a comment goes behind its `<!--`. CommonMark 0.31, 6.6: `<!-->` and `<!--->` are comments too.
fn comment_length(inside: &str) -> Option<usize> {
    if inside.starts_with('>') {
        return Some(1);
    }
    if inside.starts_with("->") {
        return Some(2);
    }
    inside.find("-->").map(|at| at + "-->".len())
}

/// Where the lines that are not blank start, and where what they show ends. Finds the end of what a block shows
/// without walking the blanks behind it again for each of the blocks that end there.
struct ContentEnds {
    lines: Vec<Range<usize>>,
}

impl ContentEnds {
    fn new(text: &str) -> Self {
        let shown = |line: Range<usize>| line.start..line.start + slice(text, line.clone()).trim_end().len();
        Self {
            lines: lines(text, 0..text.len())
                .into_iter()
                .map(shown)
                .filter(|line| !line.is_empty())
                .collect(),
        }
    }

    fn trim(&self, text: &str, range: &Range<usize>) -> usize {
        let index = self.lines.partition_point(|line| line.start < range.end);
        let Some(line) = index.checked_sub(1).and_then(|index| self.lines.get(index)) else {
            return range.start;
        };
        let end = if line.end <= range.end {
            line.end
        } else {
            line.start + slice(text, line.start..range.end).trim_end().len()
        };
        end.max(range.start)
    }
}
