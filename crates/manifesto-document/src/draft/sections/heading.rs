//! The name in a section's heading.

use std::ops::Range;

use super::Sections;
use crate::align::Section;
use crate::draft::content::data;
use crate::placeholder::bracket;

impl Sections<'_> {
    /// The bytes of the name that stands in a heading where the template's has its bracket: a name that we wrote, in
    /// code.
    pub(super) fn name_of(&self, section: &Section) -> Option<Range<usize>> {
        self.filled(section, written_name)
    }

    /// The bytes of the template's bracket in a heading that is the template's, but for its number.
    pub(super) fn hole_of(&self, section: &Section) -> Option<Range<usize>> {
        self.filled(section, hole)
    }

    /// What stands in a heading in the place of the template's bracket, if the heading is the template's otherwise.
    fn filled(&self, section: &Section, find: fn(&str) -> Option<Range<usize>>) -> Option<Range<usize>> {
        let head = self.document.slots.get(section.heading)?.head.clone();
        let heading = self.document.slice(head.clone());
        let prompt = self.template.slots.get(section.prompt)?;
        let prompt = self.template.slice(prompt.head.clone());
        let found = find(heading)?;
        let same = outside(heading, &found)? == outside(prompt, &hole(prompt)?)?;
        same.then(|| head.start + found.start..head.start + found.end)
    }
}

/// A heading around a hole, without its numbers.
fn outside(heading: &str, hole: &Range<usize>) -> Option<String> {
    let (before, behind) = (heading.get(..hole.start)?, heading.get(hole.end..)?);
    Some(format!("{before}\0{behind}").replace(|c: char| c.is_ascii_digit(), "").trim_end().to_owned())
}

/// The bytes of the bracket in a heading, with the backslash that a formatter put before it.
pub(super) fn hole(heading: &str) -> Option<Range<usize>> {
    let found = bracket(heading)?;
    let escaped = heading.get(..found.start)?.ends_with('\\');
    Some(found.start - usize::from(escaped)..found.end)
}

/// The bytes of a name that we wrote: code, or a note that it is empty.
fn written_name(heading: &str) -> Option<Range<usize>> {
    let empty = data("");
    if let Some(start) = heading.find(&empty) {
        return Some(start..start + empty.len());
    }
    let (start, end) = (heading.find('`')?, heading.rfind('`')? + 1);
    Some(start..end)
}
