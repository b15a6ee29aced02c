//! Random texts and random evidence, hostile ones among them.

use manifesto_evidence::{
    Answer, Completeness, ComponentChange, ComponentEvidence, Evidence, Fact, FileNotAnalysed, Gap,
    GapReason, Origin, Place, Prose, Reason, Side, Topic, TreePath, Truth, Weight,
};
use proptest::prelude::*;

use crate::literal::PREDICATES;

/// What an attacker would like a reader, a parser or a forge to take for something else than data.
pub(crate) const HOSTILE: &[&str] = &[
    "web",
    "a b",
    "`",
    "``",
    "a`b",
    "<!-- /mf -->",
    "<!--",
    "-->",
    "<!-- mf 00000000 -->",
    "</details>",
    "<details>",
    "<img src=x onerror=alert(1)>",
    "# heading",
    "\n# heading\n",
    "\n\n***\n\n",
    "\n---\n",
    "---",
    "===",
    "- item",
    "1. one",
    "@admin",
    "closes #1",
    "GH-12",
    "www.example.org",
    "[a](b)",
    "[x]: y",
    "![i](u)",
    "**bold:**",
    "**Label:**\n",
    "- [ ] box",
    "- [x] box",
    "> quote",
    "> [!NOTE]",
    "```",
    "~~~",
    "    code",
    "\t",
    "|a|b|\n|-|-|",
    "\u{202e}evil",
    "\u{feff}",
    "\u{200b}",
    "\u{1b}[31m",
    "&lt;",
    "\\",
    "\\`",
    "*",
    "_a_",
    "~~a~~",
    "\r",
    "\r\n",
    "\0",
    "",
    " ",
    "ünï·cödé",
    "日本語",
    "a/b:c@sha256:0",
    "Drafted by Manifesto from ",
    "very-long-name-very-long-name-very-long-name-very-long-name-very-long-name-very-long-name-very-\
     long-name-very-long-name-very-long-name-very-long-name-very-long-name-very-long-name-very-long",
];

/// Lines that an author may write, or a tool may leave.
const LINES: &[&str] = &[
    "",
    "Some words.",
    "* an item",
    "- another",
    "+ [ ] a box",
    "* [x] ticked",
    "* ",
    "1. one",
    "```",
    "~~~",
    "<!-- a comment -->",
    "<!-- never closed",
    "-->",
    "<!-- /mf -->",
    "<!-- mf 12345678 -->",
    "**A Label:** words",
    "**Storage:**",
    "## A Heading",
    "# Top",
    "Underlined",
    "---",
    "===",
    "***",
    "> quote",
    "> [!NOTE]",
    "> \\[!WARNING]",
    "| a | b |",
    "| - | - |",
    "<details>",
    "</details>",
    "    indented",
    "\ttab",
    "  * nested",
    "trailing  ",
    "back\\",
    "[link]: http://example.org",
    "<div>",
    "* CPU: 1",
    "### Component 7: web",
    "### Component 1: \\[Component name]",
    "Drafted by Manifesto from nowhere",
    "\u{feff}",
    "* [ ] Yes",
    "* [x] No",
];

/// A change of a text.
#[derive(Debug, Clone)]
pub(crate) enum Mutation {
    Crlf,
    Cr,
    Bom,
    NoFinalLineEnd,
    NoComments,
    NoMarkers,
    Delete(u16),
    Double(u16),
    Insert(u16, usize),
    Append(u16, usize),
    Tick(u16),
    Cut(u16),
}

pub(crate) fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        1 => Just(Mutation::Crlf),
        1 => Just(Mutation::Cr),
        1 => Just(Mutation::Bom),
        1 => Just(Mutation::NoFinalLineEnd),
        1 => Just(Mutation::NoComments),
        1 => Just(Mutation::NoMarkers),
        4 => any::<u16>().prop_map(Mutation::Delete),
        2 => any::<u16>().prop_map(Mutation::Double),
        8 => (any::<u16>(), 0..LINES.len()).prop_map(|(at, line)| Mutation::Insert(at, line)),
        2 => (any::<u16>(), 0..HOSTILE.len()).prop_map(|(at, words)| Mutation::Append(at, words)),
        2 => any::<u16>().prop_map(Mutation::Tick),
        1 => any::<u16>().prop_map(Mutation::Cut),
    ]
}

impl Mutation {
    pub(crate) fn apply(&self, text: &str) -> String {
        let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
        let index = |at: u16| usize::from(at) * lines.len() / (usize::from(u16::MAX) + 1);
        match self {
            Self::Crlf => return text.replace("\r\n", "\n").replace('\n', "\r\n"),
            Self::Cr => return text.replace("\r\n", "\n").replace('\n', "\r"),
            Self::Bom => return format!("\u{feff}{}", text.trim_start_matches('\u{feff}')),
            Self::NoFinalLineEnd => return text.trim_end().to_owned(),
            Self::NoComments => return without_comments(text, |_| true),
            Self::NoMarkers => {
                return without_comments(text, |comment| {
                    comment.starts_with("<!-- mf") || comment.starts_with("<!-- /mf")
                });
            }
            Self::Delete(at) if !lines.is_empty() => {
                lines.remove(index(*at));
            }
            Self::Double(at) if !lines.is_empty() => lines.insert(index(*at), lines[index(*at)]),
            Self::Insert(at, line) => {
                let line = format!("{}\n", LINES[*line]);
                let at = index(*at);
                return lines[..at].concat() + &line + &lines[at..].concat();
            }
            Self::Append(at, words) if !lines.is_empty() => {
                let at = index(*at);
                let line = lines[at];
                let cut = line.trim_end_matches(['\r', '\n']).len();
                return lines[..at].concat()
                    + &line[..cut]
                    + HOSTILE[*words]
                    + &line[cut..]
                    + &lines[at + 1..].concat();
            }
            Self::Tick(at) if !lines.is_empty() => {
                let at = index(*at);
                return lines[..at].concat() + &lines[at..].concat().replacen("[ ]", "[X]", 1);
            }
            Self::Cut(at) => return lines[..index(*at)].concat(),
            _ => {}
        }
        lines.concat()
    }
}

/// A text as another tool leaves it that removes comments.
pub(crate) fn without_comments(text: &str, removed: impl Fn(&str) -> bool) -> String {
    let (mut left, mut rest) = (String::new(), text);
    while let Some(start) = rest.find("<!--") {
        let Some(length) = rest[start..].find("-->") else { break };
        let end = start + length + 3;
        left.push_str(&rest[..start]);
        if !removed(&rest[start..end]) {
            left.push_str(&rest[start..end]);
        }
        rest = &rest[end..];
    }
    left + rest
}

/// Evidence as numbers, so that the same shape can be made of hostile data and of harmless data.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shape {
    pub(crate) components: Vec<(usize, u8)>,
    pub(crate) facts: Vec<(u8, Option<u8>, u8, usize, bool)>,
    pub(crate) answers: Vec<u8>,
    pub(crate) gaps: Vec<usize>,
    pub(crate) files: Vec<usize>,
}

pub(crate) fn shape() -> impl Strategy<Value = Shape> {
    let data = 0..HOSTILE.len();
    (
        prop::collection::vec((data.clone(), any::<u8>()), 0..9),
        prop::collection::vec(
            (any::<u8>(), prop::option::of(any::<u8>()), any::<u8>(), data.clone(), any::<bool>()),
            0..60,
        ),
        prop::collection::vec(any::<u8>(), PREDICATES.len()),
        prop::collection::vec(data.clone(), 0..8),
        prop::collection::vec(data, 0..4),
    )
        .prop_map(|(components, facts, answers, gaps, files)| Shape {
            components,
            facts,
            answers,
            gaps,
            files,
        })
}

impl Shape {
    /// The evidence; `data` makes the data of each place.
    pub(crate) fn evidence(&self, data: impl Fn(usize) -> String) -> Evidence {
        let mut evidence = Evidence { gaps: self.gaps(&data), ..Evidence::default() };
        for (index, (name, change)) in self.components.iter().enumerate() {
            let change = [ComponentChange::Added, ComponentChange::Removed, ComponentChange::Changed]
                [usize::from(*change) % 3];
            let name = format!("{}{}", data(*name), "'".repeat(index));
            evidence.components.push(ComponentEvidence {
                name,
                path: path(&data(index)),
                change,
                proven: index % 3 > 0,
            });
        }
        for (topic, component, weight, text, with_origin) in &self.facts {
            let topic = Topic::ALL[usize::from(*topic) % Topic::ALL.len()];
            let weight =
                [Weight::Hazard, Weight::Notable, Weight::Plain, Weight::Detail][usize::from(*weight) % 4];
            let component = component.and_then(|at| evidence.components.get(usize::from(at)));
            let mut fact = Fact::new(topic, Prose::new().words("it has ").code(data(*text)).words(" now"))
                .weight(weight);
            fact.component = component.map(|component| component.name.clone());
            evidence.facts.push(if *with_origin { fact.origins([origin(&data(*text))]) } else { fact });
        }
        for (predicate, truth) in PREDICATES.iter().zip(&self.answers) {
            let truth = match truth % 4 {
                0 => Truth::Yes(vec![Reason {
                    text: Prose::new().code(data(usize::from(*truth) % HOSTILE.len())),
                    origin: origin("a"),
                }]),
                1 => Truth::No,
                2 => Truth::Unknown(vec![Gap::new(GapReason::Unsupported, "nobody knows")]),
                _ => continue,
            };
            evidence.answers.push(Answer { predicate, truth });
        }
        evidence.completeness = Completeness {
            components_affected: evidence.components.len(),
            components_proven: evidence.components.iter().filter(|component| component.proven).count(),
            files_changed: 7,
            files_not_analysed: self
                .files
                .iter()
                .map(|f| FileNotAnalysed { path: path(&data(*f)), what: data(*f) })
                .collect(),
        };
        evidence
    }

    pub(crate) fn hostile(&self) -> Evidence {
        self.evidence(|index| HOSTILE[index].to_owned())
    }

    fn gaps(&self, data: &impl Fn(usize) -> String) -> Vec<Gap> {
        let gap =
            |index: &usize| Gap::new(GapReason::BrokenFile, format!("the file `{}` is broken", data(*index)));
        self.gaps.iter().map(|index| gap(index).at(Place::line(path(&data(*index)), 3))).collect()
    }
}

/// A path of this data, as far as it can be one.
fn path(data: &str) -> TreePath {
    TreePath::new(&format!("x/{}", data.replace('\0', ""))).unwrap_or_else(|_| TreePath::root())
}

fn origin(data: &str) -> Origin {
    Origin::direct(Side::Head, Place::line(path(data), 7))
}
