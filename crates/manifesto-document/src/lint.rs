//! What is wrong with a template before anybody has filled it.

use std::collections::{BTreeMap, BTreeSet};

use crate::align::align;
use crate::binding::{bind, misspelt};
use crate::document::{Document, Slot, SlotKind};
use crate::draft::GITHUB_CHARS_MAX;
use crate::source::LineIndex;

/// Something about a template that authors or drafts will stumble over.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    /// The line of the template, from 1.
    pub line: u32,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub help: String,
}

/// A template that takes this part of what a forge allows leaves too little for what is written into it.
const LENGTH_PARTS: usize = 2;

/// Looks at a template by itself.
pub fn lint(template: &str) -> Vec<Remark> {
    let document = Document::parse(template);
    let mut lint = Lint { document: &document, lines: LineIndex::new(&document.text), remarks: Vec::new() };
    lint.comments();
    lint.names();
    lint.boxes();
    lint.words();
    lint.length();
    lint.remarks.sort();
    lint.remarks
}

struct Lint<'d> {
    document: &'d Document,
    lines: LineIndex<'d>,
    remarks: Vec<Remark>,
}

impl Lint<'_> {
    fn add(&mut self, at: usize, what: String, help: &str) {
        let line = self.lines.span(at..at).line;
        self.remarks.push(Remark { line, what, help: help.to_owned() });
    }

    /// What follows a comment without an end is no part of the template: readers never see it.
    fn comments(&mut self) {
        let unclosed = self.document.outline.comments.iter().find(|comment| !comment.closed);
        if let Some(start) = unclosed.map(|comment| comment.span.start) {
            let what = "a comment starts here and never ends: all that follows is hidden".to_owned();
            self.add(start, what, "close it with `-->`");
        }
    }

    /// Slots of one name under one heading: a text cannot say which of them it answers. Sections that are repeated for each
    /// component are meant to be alike.
    fn names(&mut self) {
        let document = self.document;
        let alignment = align(document, document);
        let mut known: BTreeMap<(Option<usize>, &str), usize> = BTreeMap::new();
        for (index, slot) in document.slots.iter().enumerate() {
            if slot.key.is_empty() || alignment.is_section(index) {
                continue;
            }
            if known.insert((slot.parent, &slot.key), index).is_some() {
                let what = format!("“{}” is asked for twice here", slot.title);
                self.add(slot.head.start, what, "give one of them another name, or ask once");
            }
        }
    }

    fn boxes(&mut self) {
        let document = self.document;
        for slot in &document.slots {
            let mut known = BTreeSet::new();
            for own in &slot.boxes {
                if !known.insert(own.label.trim().to_lowercase()) {
                    let what = format!("two boxes here say “{}”", own.label.trim());
                    self.add(own.span.start, what, "remove one of them");
                }
            }
        }
    }

    /// Titles that evidence could answer, if they were written a little differently.
    fn words(&mut self) {
        let document = self.document;
        let bindings = bind(document);
        let unknown = |(slot, binding): &(&Slot, &crate::SlotBinding)| {
            slot.kind != SlotKind::Preamble && binding.is_author() && !binding.in_section
        };
        let slots: Vec<&Slot> =
            document.slots.iter().zip(&bindings).filter(unknown).map(|(slot, _)| slot).collect();
        for slot in slots {
            if let Some(phrase) = misspelt(&slot.title) {
                let what = format!("nothing answers “{}”: did you mean “{phrase}”?", slot.title);
                self.add(slot.head.start, what, "`manifesto template explain` says what each slot asks");
            }
        }
        let asks = bindings.iter().any(|binding| !binding.is_author());
        if !asks && document.slots.iter().any(|slot| slot.kind != SlotKind::Preamble) {
            let what = "no heading or label asks for anything that evidence answers".to_owned();
            self.add(
                0,
                what,
                "add one, for instance `## Components`: drafts put everything at the end without it",
            );
        }
    }

    fn length(&mut self) {
        let chars = self.document.text.chars().count();
        if chars > GITHUB_CHARS_MAX / LENGTH_PARTS {
            let what =
                format!("the template has {chars} characters of the {GITHUB_CHARS_MAX} that a forge takes");
            self.add(0, what, "shorten it");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::lint;

    #[track_caller]
    fn check(template: &str, expected: &[&str]) {
        let found: Vec<String> =
            lint(template).iter().map(|remark| format!("{}: {}", remark.line, remark.what)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_template_that_is_in_order_has_no_remarks() {
        check("## Summary\n\n## Components\n\n**Security:**\n\n- [ ] Network\n- [ ] Storage\n", &[]);
        check("", &[]);
        check("### Component 1: [name]\n\n**Details:**\n\n### Component 2: [name]\n\n**Details:**\n", &[]);
    }

    #[test]
    fn a_comment_that_never_ends_hides_the_rest() {
        let what = "a comment starts here and never ends: all that follows is hidden";
        check("## Components\n\n<!-- why\n\n## Summary\n", &[&format!("3: {what}")]);
    }

    #[test]
    fn names_and_boxes_are_there_once() {
        check(
            "## Components\n\n**Network:**\n\n- [ ] Yes\n- [ ] yes\n\n**Network:**\n",
            &["6: two boxes here say “yes”", "8: “Network” is asked for twice here"],
        );
        check("## A\n\n**Images:**\n\n## B\n\n**Images:**\n", &[]);
    }

    #[test]
    fn what_was_meant_is_said() {
        check(
            "## Components\n\n## Infrastrcture impact\n\n## Weather\n",
            &["3: nothing answers “Infrastrcture impact”: did you mean “infrastructure impact”?"],
        );
        check("## Weather\n", &["1: no heading or label asks for anything that evidence answers"]);
    }

    #[test]
    fn a_template_leaves_room_for_the_text() {
        let long = format!("## Components\n\n{}\n", "word ".repeat(8_000));
        check(&long, &["1: the template has 40016 characters of the 65536 that a forge takes"]);
    }
}
