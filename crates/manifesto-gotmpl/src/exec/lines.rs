//! Which line of a template each line of its output comes from.

use crate::ast::{Node, NodeId, Unit};
use crate::error::Error;
use crate::text::Str;
use crate::value::Value;

use super::Executor;

/// Marks of what wrote the output, in order.
#[derive(Default)]
pub(super) struct Trace(Vec<Mark>);

struct Mark {
    /// Where in the output.
    output: usize,
    /// Where in the source.
    source: usize,
    /// Whether source and output go on together: so it is with text, while all that an action writes comes from one
    /// place.
    text: bool,
}

/// More marks than this are not kept: what follows counts to the last one.
const MARKS_MAX: usize = 1 << 20;

impl Executor<'_> {
    /// Executes a template like [`Self::execute`], and tells for each line of the output, from the first, on which line
    /// of the template's source stands what wrote its beginning. What other templates write counts to the line that
    /// calls them.
    pub fn execute_with_lines(&mut self, name: &[u8], data: Value) -> Result<(Str, Vec<u32>), Error> {
        let unit = self.library.get(name).map(|template| std::sync::Arc::clone(&template.unit));
        self.trace = (self.depth == 0).then(Trace::default);
        let result = self.execute(name, data);
        let trace = self.trace.take().unwrap_or_default();
        let text = result?;
        let lines = unit.map(|unit| trace.lines(&unit, &text)).unwrap_or_default();
        Ok((text, lines))
    }

    /// Notes that a node of the outermost template is about to write.
    pub(super) fn mark(&mut self, unit: &Unit, id: NodeId) {
        let (Some(trace), 1) = (&mut self.trace, self.depth) else { return };
        let (source, text) = match unit.node(id) {
            Node::Text(start, _) => (*start as usize, true),
            Node::Action(_) | Node::Template(..) => (unit.position(id), false),
            _ => return,
        };
        if trace.0.len() < MARKS_MAX {
            trace.0.push(Mark { output: self.output.bytes.len(), source, text });
        }
    }
}

impl Trace {
    fn lines(&self, unit: &Unit, output: &[u8]) -> Vec<u32> {
        let newlines: Vec<usize> = memchr::memchr_iter(b'\n', &unit.source).collect();
        let mut marks = self.0.iter().peekable();
        let mut current = None;
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', output).map(|at| at + 1));
        let line_of =
            |start: usize| {
                // Several marks stand at one place when the first of them wrote nothing.
                while let Some(mark) = marks.next_if(|mark| mark.output <= start) {
                    current = Some(mark);
                }
                let source = current.map_or(0, |mark: &Mark| {
                    if mark.text { mark.source + (start - mark.output) } else { mark.source }
                });
                crate::ast::index(newlines.partition_point(|&newline| newline < source)) + 1
            };
        starts.map(line_of).collect()
    }
}
