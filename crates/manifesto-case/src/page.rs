//! Reading a page.

use std::ops::Range;

use manifesto_tree::{MemTree, Tree};

/// One case of a page.
#[derive(Debug)]
pub struct Case {
    /// The heading.
    pub name: String,
    /// The files of base.
    pub base: Tree,
    /// The files of head.
    pub head: Tree,
    /// The files that belong to neither side, by name: the author's text, the arguments.
    pub inputs: Vec<(String, String)>,
    /// What is expected, in the order of the page.
    pub expectations: Vec<Expectation>,
}

/// A block that says what should come out.
#[derive(Debug, PartialEq, Eq)]
pub struct Expectation {
    /// The language of the fence.
    pub kind: String,
    /// What is expected.
    pub text: String,
    /// Where it stands in the page.
    pub bytes: Range<usize>,
}

/// A fenced block with the line that titles it.
struct Fence<'p> {
    title: Option<&'p str>,
    language: &'p str,
    bytes: Range<usize>,
}

/// The cases of a page. `kinds` are the languages of expectations; `inputs` those of blocks that belong to no side.
pub fn cases(page: &str, kinds: &[&str], inputs: &[&str]) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut section = Section::default();
    for part in parts(page) {
        match part {
            Part::Heading(name) => {
                cases.extend(std::mem::take(&mut section).finish());
                name.clone_into(&mut section.name);
            }
            Part::Fence(fence) => section.add(page, &fence, kinds, inputs),
        }
    }
    cases.extend(section.finish());
    cases
}

#[derive(Default)]
struct Section {
    name: String,
    base: MemTree,
    head: MemTree,
    inputs: Vec<(String, String)>,
    expectations: Vec<Expectation>,
}

impl Section {
    fn add(&mut self, page: &str, fence: &Fence<'_>, kinds: &[&str], inputs: &[&str]) {
        let text = page.get(fence.bytes.clone()).unwrap_or_default();
        if kinds.contains(&fence.language) && fence.title.is_none() {
            let (kind, bytes) = (fence.language.to_owned(), fence.bytes.clone());
            self.expectations.push(Expectation { kind, text: text.to_owned(), bytes });
        } else if inputs.contains(&fence.language) && fence.title.is_none() {
            self.inputs.push((fence.language.to_owned(), text.to_owned()));
        } else if let Some(path) = fence.title {
            let (sides, path) = match path.split_once('/') {
                Some(("base", path)) => ((true, false), path),
                Some(("head", path)) => ((false, true), path),
                _ => ((true, true), path),
            };
            if sides.0 {
                self.base = std::mem::take(&mut self.base).file(path, text);
            }
            if sides.1 {
                self.head = std::mem::take(&mut self.head).file(path, text);
            }
        }
    }

    fn finish(self) -> Option<Case> {
        let (base, head) = (self.base.build(), self.head.build());
        let case = Case { name: self.name, base, head, inputs: self.inputs, expectations: self.expectations };
        (!case.expectations.is_empty()).then_some(case)
    }
}

enum Part<'p> {
    Heading(&'p str),
    Fence(Fence<'p>),
}

/// The headings and fences of a page, line by line: pages are ours, and simple.
fn parts(page: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut title = None;
    let mut open: Option<(&str, &str, usize)> = None;
    let mut offset = 0;
    for line in page.split_inclusive('\n') {
        let text = line.trim_end();
        let ticks = text.len() - text.trim_start_matches('`').len();
        match open {
            Some((fence, language, start)) if text == fence => {
                parts.push(Part::Fence(Fence { title: title.take(), language, bytes: start..offset }));
                open = None;
            }
            None if ticks >= 3 => {
                let (fence, language) = text.split_at(ticks);
                open = Some((fence, language.trim(), offset + line.len()));
            }
            None if text.starts_with('#') => {
                title = None;
                parts.push(Part::Heading(text.trim_start_matches('#').trim()));
            }
            None if !text.is_empty() => {
                title = text.strip_prefix('`').and_then(|rest| rest.strip_suffix("`:"));
            }
            Some(_) | None => {}
        }
        offset += line.len();
    }
    parts
}
