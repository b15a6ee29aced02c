//! Which line of a template a filled line comes from.
//!
//! A line without an action comes out as it is, and one with an action begins with what stands before it. The lines are
//! followed in order; where a loop goes back, the search does too. Lines that are not found are those of the template as a
//! whole.

use manifesto_yaml::{Mark, Node, ScalarStyle};

/// More lines than this are not followed.
const LINES_MAX: usize = 5000;

/// A node of a filled template, with its marks in the template. `template` is the scalar with the template and its text;
/// `whole` is the mark of what is not found.
pub(super) fn located(node: &Node, filled: &str, template: Option<(&Node, &str)>, whole: Mark) -> Node {
    let lines = template.map(|(scalar, text)| follow(filled, scalar, text)).unwrap_or_default();
    node.with_marks(|mark| {
        let at = usize::try_from(mark.line).ok().and_then(|line| line.checked_sub(1));
        match at.and_then(|at| lines.get(at).copied().flatten()) {
            Some(line) => Mark { line, column: 0, file: whole.file },
            None => whole,
        }
    })
}

/// For each filled line, the line of the file.
fn follow(filled: &str, scalar: &Node, text: &str) -> Vec<Option<u32>> {
    let is_literal = scalar.as_scalar().is_some_and(|scalar| scalar.style() == ScalarStyle::Literal);
    let templates: Vec<Template<'_>> = text.lines().map(Template::of).collect();
    let filled: Vec<&str> = filled.lines().collect();
    if !is_literal || templates.len() > LINES_MAX || filled.len() > LINES_MAX || scalar.mark.line == 0 {
        return Vec::new();
    }
    let mut next = 0;
    let mut found = Vec::with_capacity(filled.len());
    for line in filled {
        let after = (next..templates.len()).chain(0..next);
        let at =
            after.into_iter().find(|at| templates.get(*at).is_some_and(|template| template.prints(line)));
        if let Some(at) = at {
            next = at + 1;
        }
        // The text begins on the line after its mark.
        let line = at.and_then(|at| u32::try_from(at + 1).ok());
        found.push(line.map(|line| scalar.mark.line.saturating_add(line)));
    }
    found
}

/// A line of a template.
struct Template<'t> {
    /// What stands before the first action; all of it where there is none.
    start: &'t str,
    has_action: bool,
}

impl<'t> Template<'t> {
    fn of(line: &'t str) -> Self {
        match line.split_once("{{") {
            Some((start, _)) => Self { start, has_action: true },
            None => Self { start: line, has_action: false },
        }
    }

    fn prints(&self, line: &str) -> bool {
        if self.has_action {
            !self.start.trim().is_empty() && line.starts_with(self.start)
        } else {
            !self.start.trim().is_empty() && line == self.start
        }
    }
}
