//! The words of a region: facts as a list, the rest folded, all of it inert.

use std::fmt::Write as _;

use manifesto_evidence::{Fact, Origin, Prose, Span, code};

/// The most characters of a piece of data that a line shows.
const DATA_CHARS_MAX: usize = 160;

/// How much a region may say. The levels go from generous to terse; what is left out is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Room {
    /// Lines that are shown.
    pub(crate) lines: usize,
    /// Lines that are folded behind them.
    pub(crate) folded: usize,
}

/// From the room that a region has to the least that is worth saying.
pub(crate) const ROOMS: &[Room] = &[
    Room { lines: 12, folded: 60 },
    Room { lines: 12, folded: 20 },
    Room { lines: 12, folded: 0 },
    Room { lines: 6, folded: 0 },
    Room { lines: 3, folded: 0 },
    Room { lines: 1, folded: 0 },
];

/// Lines that belong together: under a head of their own, or under none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) head: Option<String>,
    pub(crate) lines: Vec<String>,
}

impl Group {
    fn len(&self) -> usize {
        self.lines.len() + usize::from(self.head.is_some())
    }

    /// Cuts off what does not fit into `room` lines. What is cut keeps its head.
    fn split(mut self, room: usize) -> (Option<Self>, Option<Self>) {
        if self.len() <= room {
            return (Some(self), None);
        }
        let heads = usize::from(self.head.is_some());
        if room <= heads {
            return (None, Some(self));
        }
        let rest = self.lines.split_off(room - heads);
        let rest = Self { head: self.head.clone(), lines: rest };
        (Some(self), Some(rest))
    }
}

/// Markdown that goes between two markers, and how many items its lists have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Content {
    /// Lines that end in `\n`.
    pub(crate) text: String,
    pub(crate) items: usize,
}

/// Writes groups as a list: as many lines as there is room for, more of them folded, the rest counted.
pub(crate) fn write(groups: &[Group], room: Room, bullet: char) -> Content {
    let (shown, rest) = split(groups.to_vec(), room.lines);
    let (folded, dropped) = split(rest, room.folded);
    let (folded_count, dropped_count) = (count(&folded), count(&dropped));
    let mut list = List { content: Content { text: String::new(), items: 0 }, bullet };
    list.groups(&shown);
    if folded_count > 0 {
        let more = folded_count + dropped_count;
        // The blank lines end the raw HTML, so that what follows is Markdown again.
        let _ = write!(list.content.text, "\n<details>\n<summary>{more} more</summary>\n\n");
        list.groups(&folded);
        list.rest(dropped_count);
        list.content.text.push_str("\n</details>\n\n");
    } else {
        list.rest(dropped_count);
    }
    list.content
}

fn split(groups: Vec<Group>, room: usize) -> (Vec<Group>, Vec<Group>) {
    let (mut fits, mut rest, mut left) = (Vec::new(), Vec::new(), room);
    for group in groups {
        // Nothing overtakes what did not fit: the order is that of the weight.
        let (first, second) = if rest.is_empty() { group.split(left) } else { (None, Some(group)) };
        left -= first.as_ref().map_or(0, Group::len);
        fits.extend(first);
        rest.extend(second);
    }
    (fits, rest)
}

fn count(groups: &[Group]) -> usize {
    groups.iter().map(|group| group.lines.len().max(1)).sum()
}

struct List {
    content: Content,
    bullet: char,
}

impl List {
    fn groups(&mut self, groups: &[Group]) {
        for group in groups {
            let indent = if group.head.is_some() { "  " } else { "" };
            group.head.iter().for_each(|head| self.item("", head));
            group.lines.iter().for_each(|line| self.item(indent, line));
        }
    }

    fn rest(&mut self, dropped: usize) {
        if dropped > 0 {
            self.item("", &format!("and {dropped} more"));
        }
    }

    fn item(&mut self, indent: &str, line: &str) {
        let _ = writeln!(self.content.text, "{indent}{} {line}", self.bullet);
        self.content.items += 1;
    }
}

/// A fact as one line of Markdown, with its first origin unless it names its place itself.
pub(crate) fn fact_line(fact: &Fact, names_place: bool) -> String {
    let text = one_line(&fact.text);
    let names_it = |origin: &&Origin| {
        let path = origin.place.path.as_str();
        fact.text.spans().iter().any(|span| matches!(span, Span::Code(data) if data.starts_with(path)))
    };
    match fact.origins.first().filter(|origin| !names_place && !names_it(origin)) {
        Some(origin) => format!("{text} — {}", data(&origin.place)),
        None => text,
    }
}

/// A sentence as one line of Markdown, its data cut to a readable length.
pub(crate) fn one_line(prose: &Prose) -> String {
    let short = prose.spans().iter().map(|span| match span {
        Span::Words(words) => Span::Words(words.replace(['\n', '\r'], " ")),
        Span::Code(data) => Span::Code(shortened(data)),
    });
    short.collect::<Prose>().to_markdown()
}

/// Data of the change as inert Markdown.
pub(crate) fn data(data: impl std::fmt::Display) -> String {
    Prose::from([code(shortened(&data.to_string()))]).to_markdown()
}

/// Both ends of a piece of data that is too long to read.
fn shortened(data: &str) -> String {
    let count = data.chars().count();
    if count <= DATA_CHARS_MAX {
        return data.to_owned();
    }
    let half = DATA_CHARS_MAX / 2;
    let start: String = data.chars().take(half).collect();
    let end: String = data.chars().skip(count - half).collect();
    format!("{start}…{end}")
}

/// A clause of our own that names data between its words, such as a gap's, as one line of inert Markdown.
pub(crate) fn clause(text: &str) -> String {
    one_line(&Prose::clause(text))
}
