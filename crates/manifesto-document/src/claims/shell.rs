//! Command lines in code: words with their bytes. Nothing is expanded and nothing is run.

use std::ops::Range;

use super::reading::Reading;
use crate::source::{lines, slice};

/// Programs whose commands are read.
pub(super) const PROGRAMS: &[&str] = &["argocd", "flux", "helm", "kubectl", "k"];

/// A word of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) span: Range<usize>,
}

/// A command: the program and what it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Command {
    /// The slot it stands in.
    pub(super) slot: usize,
    pub(super) words: Vec<Word>,
}

impl Command {
    pub(super) fn program(&self) -> &str {
        self.words.first().map_or("", |word| word.text.as_str())
    }

    /// The value of a flag, in any of its forms: `-n web`, `-nweb`, `-n=web`, `--namespace web`, `--namespace=web`.
    pub(super) fn flag(&self, short: &str, long: &str) -> Option<Word> {
        let own = self.own_words();
        for (index, word) in own.iter().enumerate() {
            let text = word.text.as_str();
            if text == short || text == long {
                return own.get(index + 1).cloned();
            }
            let long_form = text.strip_prefix(long).and_then(|rest| rest.strip_prefix('='));
            let short_form =
                text.strip_prefix(short).filter(|rest| !rest.is_empty() && !text.starts_with("--"));
            if let Some(value) = long_form.or_else(|| short_form.map(|value| value.trim_start_matches('='))) {
                return Some(Word { text: value.to_owned(), span: word.span.clone() });
            }
        }
        None
    }

    /// The words that are neither the program nor flags nor what flags take.
    pub(super) fn positional(&self) -> Vec<&Word> {
        const TAKES_VALUE: &[&str] = &[
            "-n",
            "--namespace",
            "-l",
            "--selector",
            "-o",
            "--output",
            "-c",
            "--container",
            "-f",
            "--filename",
            "-k",
            "--kustomize",
            "--context",
            "--cluster",
            "--user",
            "--kubeconfig",
            "--tail",
            "--since",
            "--for",
            "--timeout",
            "--type",
            "-p",
            "--patch",
            "--field-selector",
            "--sort-by",
            "--replicas",
            "--image",
            "--version",
            "--as",
        ];
        let mut found = Vec::new();
        let mut skip = false;
        for word in self.own_words().iter().skip(1) {
            if std::mem::take(&mut skip) {
                continue;
            }
            if word.text.starts_with('-') {
                skip = TAKES_VALUE.contains(&word.text.as_str());
            } else {
                found.push(word);
            }
        }
        found
    }

    /// The words before `--`: what follows it is another program's.
    fn own_words(&self) -> &[Word] {
        let end = self.words.iter().position(|word| word.text == "--").unwrap_or(self.words.len());
        self.words.get(..end).unwrap_or_default()
    }
}

/// Every command in the code of a text.
pub(super) fn commands(reading: &Reading<'_>) -> Vec<Command> {
    let text = reading.case.text.text.as_str();
    let mut found = Vec::new();
    for code in reading.codes() {
        let ranges = if code.is_block {
            logical_lines(text, code.span.clone())
        } else {
            vec![inside(text, code.span.clone())]
        };
        for range in ranges {
            found.extend(in_line(text, range).into_iter().map(|words| Command { slot: code.slot, words }));
        }
    }
    found.retain(|command| PROGRAMS.contains(&command.program()));
    found
}

/// A code span without its backticks.
fn inside(text: &str, span: Range<usize>) -> Range<usize> {
    let code = slice(text, span.clone());
    let ticks = code.len() - code.trim_start_matches('`').len();
    span.start + ticks..span.end.saturating_sub(ticks).max(span.start + ticks)
}

/// The lines of a block, those that end in a backslash with the next.
fn logical_lines(text: &str, span: Range<usize>) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut goes_on = false;
    for line in lines(text, span) {
        let shown = slice(text, line.clone());
        if shown.trim_start().starts_with(['`', '~']) {
            goes_on = false;
            continue;
        }
        match found.last_mut() {
            Some(last) if goes_on => last.end = line.end,
            _ => found.push(line),
        }
        goes_on = shown.trim_end().ends_with('\\');
    }
    found
}

/// The simple commands of a line: what stands between pipes, `&&`, `||`, `;` and a comment.
fn in_line(text: &str, range: Range<usize>) -> Vec<Vec<Word>> {
    let mut commands = vec![Vec::new()];
    for word in words(text, range) {
        match word.text.as_str() {
            "|" | "||" | "&&" | ";" | "&" => commands.push(Vec::new()),
            _ if word.text.starts_with('#') => break,
            _ => {
                if let Some(command) = commands.last_mut() {
                    command.push(word);
                }
            }
        }
    }
    commands.into_iter().map(without_prefix).filter(|words| !words.is_empty()).collect()
}

/// A command without a prompt, assignments and `sudo`.
fn without_prefix(words: Vec<Word>) -> Vec<Word> {
    let is_prefix = |word: &Word| {
        let is_assignment = word.text.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_' || b.is_ascii_digit())
        });
        is_assignment || matches!(word.text.as_str(), "$" | "sudo" | "watch" | "time" | ">")
    };
    words.into_iter().skip_while(is_prefix).collect()
}

/// The words of a line, quotes taken off.
fn words(text: &str, range: Range<usize>) -> Vec<Word> {
    let mut found: Vec<Word> = Vec::new();
    let (mut word, mut quote, mut start): (Option<String>, Option<char>, usize) = (None, None, range.start);
    for (offset, c) in slice(text, range.clone()).char_indices() {
        let at = range.start + offset;
        if quote.is_some_and(|open| open == c) {
            quote = None;
        } else if quote.is_none() && matches!(c, '\'' | '"') {
            quote = Some(c);
            start = if word.is_none() { at } else { start };
            word.get_or_insert_default();
        } else if quote.is_none() && (c.is_whitespace() || c == '\\' || matches!(c, ';' | '|')) {
            found.extend(word.take().map(|text| Word { text, span: start..at }));
            if matches!(c, ';' | '|') {
                found.push(Word { text: c.to_string(), span: at..at + 1 });
            }
        } else {
            start = if word.is_none() { at } else { start };
            word.get_or_insert_default().push(c);
        }
    }
    found.extend(word.map(|text| Word { text, span: start..range.end }));
    found
}
