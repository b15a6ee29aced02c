//! The bytes of scalars in each style (libyaml's yaml_emitter_write_*_scalar, as go-yaml's emitterc.go has them).

use super::analysis::{is_break, is_printable};
use super::emitter::Output;

/// Whether a line that is too long may be broken at a space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Folding {
    /// It may.
    Allowed,
    /// It may not: a key stands on one line.
    Forbidden,
}

impl Output {
    /// Without quotes.
    pub(super) fn plain(&mut self, text: &str, folding: Folding) {
        if !text.is_empty() {
            self.space_before_token();
            self.folded_text(text, folding, |_| false, Self::raw);
            self.end_token();
        }
    }

    /// In `'` quotes.
    pub(super) fn single_quoted(&mut self, text: &str, folding: Folding) {
        self.indicator("'");
        // Not at the edges: the space there must stay.
        let inner_end = text.len().saturating_sub(1);
        let at_edge = |index: usize| index == 0 || index >= inner_end;
        self.folded_text(text, folding, at_edge, |output, run| {
            if run.contains('\'') { output.raw(&run.replace('\'', "''")) } else { output.raw(run) }
        });
        self.raw("'");
        self.end_token();
    }

    /// Text with spaces that may become line breaks, and with line breaks that must be doubled.
    fn folded_text(
        &mut self,
        text: &str,
        folding: Folding,
        at_edge: impl Fn(usize) -> bool,
        mut write: impl FnMut(&mut Self, &str),
    ) {
        // The common case: nothing to fold.
        if self.fits(text.len()) && !text.contains(is_break) {
            return write(self, text);
        }
        let (mut after_space, mut after_break) = (false, false);
        for (index, run) in runs(text) {
            let next = text.as_bytes().get(index + 1);
            if run == " " {
                let fold = folding == Folding::Allowed && !after_space && self.too_long() && !at_edge(index);
                if fold && next != Some(&b' ') {
                    self.new_line();
                } else {
                    self.raw(run);
                }
                after_space = true;
            } else if run.starts_with(is_break) {
                if !after_break && run == "\n" {
                    self.line_break("\n");
                }
                self.line_break(run);
                after_break = true;
            } else {
                if after_break {
                    self.new_line();
                }
                write(self, run);
                (after_space, after_break) = (false, false);
            }
        }
    }

    /// In `"` quotes.
    pub(super) fn double_quoted(&mut self, text: &str, folding: Folding) {
        self.indicator("\"");
        // is_bom looks at the start of the text wherever it is asked, so a mark there has all of it escaped.
        let all_escaped = text.starts_with('\u{FEFF}');
        let mut after_space = false;
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            let index = text.len() - rest.len();
            if character == ' ' && !all_escaped {
                let inner = index > 0 && index + 1 < text.len();
                rest = rest.get(1..).unwrap_or_default();
                if folding == Folding::Allowed && !after_space && self.too_long() && inner {
                    self.new_line();
                    if rest.starts_with(' ') {
                        self.raw("\\");
                    }
                } else {
                    self.raw(" ");
                }
                after_space = true;
                continue;
            }
            after_space = false;
            if all_escaped || needs_escape(character) {
                self.escape(character);
                rest = rest.get(character.len_utf8()..).unwrap_or_default();
            } else {
                let end = rest.find(|c| c == ' ' || needs_escape(c)).unwrap_or(rest.len());
                let (run, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
                self.raw(run);
                rest = behind;
            }
        }
        self.raw("\"");
        self.end_token();
    }

    fn escape(&mut self, character: char) {
        let short = match character {
            '\0' => "\\0",
            '\u{7}' => "\\a",
            '\u{8}' => "\\b",
            '\t' => "\\t",
            '\n' => "\\n",
            '\u{B}' => "\\v",
            '\u{C}' => "\\f",
            '\r' => "\\r",
            '\u{1B}' => "\\e",
            '"' => "\\\"",
            '\\' => "\\\\",
            '\u{85}' => "\\N",
            '\u{A0}' => "\\_",
            '\u{2028}' => "\\L",
            '\u{2029}' => "\\P",
            other => {
                let code = u32::from(other);
                let escape = match code {
                    0..=0xFF => format!("\\x{code:02X}"),
                    0x100..=0xFFFF => format!("\\u{code:04X}"),
                    _ => format!("\\U{code:08X}"),
                };
                return self.raw(&escape);
            }
        };
        self.raw(short);
    }

    /// Behind `|`, at the current indentation.
    pub(super) fn literal(&mut self, text: &str) {
        self.block_header("|", text);
        let mut after_break = true;
        for (_, run) in lines(text) {
            if run.starts_with(is_break) {
                self.line_break(run);
            } else {
                self.block_line(run, after_break);
            }
            after_break = run.starts_with(is_break);
        }
    }

    /// Behind `>`, at the current indentation, without breaking lines that are too long.
    ///
    /// A line feed must be doubled to stay one, unless a line beside it starts with a blank. For the line behind
    /// it, upstream looks at the start of the whole text instead, so that some come back as one too many or few.
    pub(super) fn folded(&mut self, text: &str) {
        self.block_header(">", text);
        let doubles = text.trim_start_matches(is_break).starts_with(|first| !matches!(first, ' ' | '\t'));
        let (mut after_break, mut starts_blank) = (true, true);
        for (_, run) in lines(text) {
            if run.starts_with(is_break) {
                if !after_break && !starts_blank && run == "\n" && doubles {
                    self.line_break("\n");
                }
                self.line_break(run);
            } else {
                starts_blank = run.starts_with([' ', '\t']);
                self.block_line(run, after_break);
            }
            after_break = run.starts_with(is_break);
        }
    }

    /// The indicator and its hints.
    fn block_header(&mut self, indicator: &str, text: &str) {
        self.indicator(indicator);
        if text.starts_with(' ') || text.starts_with(is_break) {
            let hint = self.step().to_string();
            self.raw(&hint);
        }
        let mut backwards = text.chars().rev();
        if !backwards.next().is_some_and(is_break) {
            self.raw("-");
        } else if backwards.next().is_none_or(is_break) {
            self.raw("+");
        }
        self.line_break("\n");
        self.end_header();
    }

    fn block_line(&mut self, line: &str, after_break: bool) {
        if after_break {
            self.new_line();
        }
        self.raw(line);
        self.end_text();
    }
}

fn needs_escape(character: char) -> bool {
    matches!(character, '"' | '\\') || is_break(character) || !is_printable(character)
}

/// Cuts a text into single spaces, single line breaks, and what is between, each with its place.
fn runs(text: &str) -> impl Iterator<Item = (usize, &str)> {
    cut(text, |character| character == ' ' || is_break(character))
}

/// Cuts a text into single line breaks and what is between, each with its place.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    cut(text, is_break)
}

fn cut(text: &str, alone: impl Fn(char) -> bool) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let index = text.len() - rest.len();
        let first = rest.chars().next()?;
        let end = if alone(first) { first.len_utf8() } else { rest.find(&alone).unwrap_or(rest.len()) };
        let (run, behind) = rest.split_at_checked(end)?;
        rest = behind;
        Some((index, run))
    })
}
