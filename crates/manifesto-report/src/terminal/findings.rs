//! Findings as diagnostics: the text's line and, beside it, the manifest's line that speaks against it.

use std::fmt;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level as SnippetLevel, Renderer, Snippet};
use manifesto_evidence::{Finding, Level, Origin, Side, TextSpan};

use super::style::inert;

/// Where the lines come from that a diagnostic shows.
pub struct Sources<'s> {
    /// What the author's text is called: a file name, or `PR body`.
    pub text_name: &'s str,
    /// The author's text.
    pub text: &'s str,
    /// The line that an origin points at.
    pub line: &'s dyn Fn(&Origin) -> Option<String>,
}

impl fmt::Debug for Sources<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sources").field("text_name", &self.text_name).finish_non_exhaustive()
    }
}

/// Every finding, in the order given.
pub fn findings(findings: &[Finding], sources: &Sources<'_>) -> String {
    let renderer = Renderer::styled().decor_style(DecorStyle::Ascii);
    let mut text = String::new();
    for finding in findings {
        text.push_str(&renderer.render(&[group(finding, sources)]));
        text.push_str("\n\n");
    }
    text
}

fn group<'f>(finding: &'f Finding, sources: &Sources<'f>) -> Group<'f> {
    let title = level(finding.level).primary_title(inert(&finding.message)).id(finding.rule.id);
    let text = finding.text.as_ref().and_then(|span| text_snippet(finding, span, sources));
    let witnesses = finding.witnesses.iter().filter_map(|witness| {
        let line = inert((sources.line)(&witness.origin)?.trim_end());
        let start = line.len() - line.trim_start().len();
        let annotation =
            AnnotationKind::Context.span(start..line.len().max(start)).label(inert(&witness.says));
        // A line of base is not in the files that the reader has before him.
        let base = if witness.origin.side == Side::Base { " (base)" } else { "" };
        let path = format!("{}{base}", inert(&witness.origin.place.path));
        let number = witness.origin.place.line.max(1) as usize;
        Some(Snippet::source(line).path(path).line_start(number).annotation(annotation))
    });
    let notes = finding.notes.iter().map(|note| SnippetLevel::NOTE.message(inert(note)));
    let help = finding.help.iter().map(|help| SnippetLevel::HELP.message(inert(help)));
    let mut group = title.elements(text.into_iter().chain(witnesses));
    for message in notes.chain(help) {
        group = group.element(message);
    }
    group
}

fn level(level: Level) -> SnippetLevel<'static> {
    match level {
        Level::Error => SnippetLevel::ERROR,
        Level::Warning => SnippetLevel::WARNING,
        Level::Note => SnippetLevel::NOTE,
    }
}

/// The line of the text with the words that are wrong. Spans are recomputed after the line was made inert.
fn text_snippet<'f>(
    finding: &'f Finding,
    span: &TextSpan,
    sources: &Sources<'f>,
) -> Option<Snippet<'f, annotate_snippets::Annotation<'f>>> {
    let start = sources.text.get(..span.bytes.start)?.rfind('\n').map_or(0, |at| at + 1);
    let end = sources.text.get(start..)?.find('\n').map_or(sources.text.len(), |at| start + at);
    let before = inert(sources.text.get(start..span.bytes.start)?);
    let marked = inert(sources.text.get(span.bytes.start..span.bytes.end.min(end))?.trim_end());
    let after = inert(sources.text.get(span.bytes.end.min(end)..end)?.trim_end());
    let range = before.len()..before.len() + marked.len();
    let annotation = AnnotationKind::Primary.span(range).label(inert(&finding.label));
    let snippet = Snippet::source(format!("{before}{marked}{after}")).path(sources.text_name);
    Some(snippet.line_start(span.line as usize).annotation(annotation))
}
