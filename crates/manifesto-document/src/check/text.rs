//! Rules about the text as a whole.

use manifesto_evidence::{Finding, Level, Prose};

use super::Case;
use crate::align::Alignment;
use crate::document::{Document, SlotKind};
use crate::rules;

/// The least resemblance to the template's slots, and the least number of slots shared with it, that make a text one
/// that follows it.
const RESEMBLANCE_MIN: f64 = 0.1;
const SHARED_MIN: usize = 2;
/// The most titles of a template that are named.
const TITLES_MAX: usize = 3;

/// Whether a text follows a template: it has some of the template's slots. A template that asks for no more than the
/// least is followed by a text that has them all.
pub(super) fn follows(text: &Document, template: &Document, alignment: &Alignment) -> bool {
    let asked = template.slots.iter().filter(|slot| slot.kind != SlotKind::Preamble).count();
    let (shared, resemblance) = alignment.resemblance(text, template);
    let repeated = alignment.sections.len();
    asked == 0 || (shared + repeated >= SHARED_MIN.min(asked) && resemblance >= RESEMBLANCE_MIN)
}

pub(super) fn check(case: &Case<'_>, findings: &mut Vec<Finding>) {
    findings.extend(unclosed_comments(case));
    findings.extend(too_long(case));
    if !case.follows_template {
        let asked = case.template.slots.iter().filter(|slot| slot.kind != SlotKind::Preamble);
        let titles = asked.take(TITLES_MAX).fold(Prose::new(), |titles, slot| {
            let titles = if titles.is_empty() { titles } else { titles.words(", ") };
            titles.words("“").code(&slot.title).words("”")
        });
        findings.push(
            Finding::new(&rules::DOC_NO_TEMPLATE, "the text follows none of the repository's templates")
                .note(format!(
                    "it has none or hardly any of the headings and labels of the closest: {titles}, and so on"
                ))
                .help(
                    "start from the template with `manifesto draft`, and move what you wrote into its slots",
                ),
        );
    }
}

fn unclosed_comments(case: &Case<'_>) -> Vec<Finding> {
    let unclosed = case.text.outline.comments.iter().filter(|comment| !comment.closed);
    let finding = |start: usize| {
        let hidden = case.text.slice(start..case.text.text.len()).lines().count();
        Finding::new(&rules::DOC_UNCLOSED_COMMENT, "a comment starts here and never ends")
            .at(case.lines.span(start..start + "<!--".len()), "starts here")
            .note(format!("readers see nothing of what follows, up to {hidden} lines"))
            .help("close it with `-->`")
    };
    // One is enough: what follows it is hidden.
    unclosed.take(1).map(|comment| finding(comment.span.start)).collect()
}

fn too_long(case: &Case<'_>) -> Option<Finding> {
    let (chars, limit) = (case.text.text.chars().count(), case.options.limit_chars);
    let finding = |message: String| Finding::new(&rules::DOC_TOO_LONG, message);
    if chars > limit {
        return Some(
            finding(format!("the text has {chars} characters, and the forge takes {limit}"))
                .help(format!("shorten it by {} characters", chars - limit)),
        );
    }
    (chars > limit / 3 * 2).then(|| {
        finding(format!("the text has {chars} characters of the {limit} that the forge takes"))
            .level(Level::Warning)
            .help("move long logs and listings into files or comments")
    })
}
