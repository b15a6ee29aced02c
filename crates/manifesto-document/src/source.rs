//! The bytes of a text: its lines, how they end, and where a byte stands.

use std::ops::Range;

use manifesto_evidence::TextSpan;

/// The byte order mark. It stays in the text, but the parser must not see it: to CommonMark it is a letter, and
/// pulldown-cmark then takes a first line `# Title` for a paragraph.
pub(crate) const BOM: &str = "\u{feff}";

/// How a line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Eol {
    Lf,
    CrLf,
    Cr,
}

impl Eol {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::CrLf => "\r\n",
            Self::Cr => "\r",
        }
    }

    /// How most lines of `text` end; `\n` where none does.
    pub(crate) fn dominant(text: &str) -> Self {
        let crlf = text.matches("\r\n").count();
        let lf = text.matches('\n').count() - crlf;
        let cr = text.matches('\r').count() - crlf;
        if crlf > lf && crlf >= cr {
            Self::CrLf
        } else if cr > lf {
            Self::Cr
        } else {
            Self::Lf
        }
    }

    /// `text`, whose lines end in any way, with lines that end this way.
    pub(crate) fn convert(self, text: &str) -> String {
        let unix = text.replace("\r\n", "\n").replace('\r', "\n");
        if self == Self::Lf { unix } else { unix.replace('\n', self.as_str()) }
    }
}

/// `text` between two offsets, which come from the parser and lie on characters; nothing where they do not.
pub(crate) fn slice(text: &str, range: Range<usize>) -> &str {
    text.get(range).unwrap_or_default()
}

/// The lines of a part of a text: each without its end, as a range of the whole text.
pub(crate) fn lines(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let end = range.end.min(bytes.len());
    let (mut lines, mut start) = (Vec::new(), range.start);
    while start < end {
        let rest = bytes.get(start..end).unwrap_or_default();
        let length = rest.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(rest.len());
        lines.push(start..start + length);
        start = after_line_end(text, start + length).max(start + length + 1);
    }
    lines
}

/// The offset behind the line end at `offset`, if there is one.
pub(crate) fn after_line_end(text: &str, offset: usize) -> usize {
    match text.as_bytes().get(offset..).unwrap_or_default() {
        [b'\r', b'\n', ..] => offset + 2,
        [b'\r' | b'\n', ..] => offset + 1,
        _ => offset,
    }
}

/// The offset at which the line of `offset` ends, its end included.
pub(crate) fn line_stop(text: &str, offset: usize) -> usize {
    let rest = text.as_bytes().get(offset..).unwrap_or_default();
    let length = rest.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(rest.len());
    after_line_end(text, offset + length)
}

/// The offset at which the line of `offset` starts.
pub(crate) fn line_start(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or_default();
    before.iter().rposition(|b| matches!(b, b'\n' | b'\r')).map_or(0, |at| at + 1)
}

/// Knows the line and the column of every offset of a text.
#[derive(Debug)]
pub(crate) struct LineIndex<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> LineIndex<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, starts: lines(text, 0..text.len()).into_iter().map(|line| line.start).collect() }
    }

    pub(crate) fn span(&self, bytes: Range<usize>) -> TextSpan {
        let line = self.starts.partition_point(|start| *start <= bytes.start).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let before = slice(self.text, start..bytes.start).trim_start_matches(BOM);
        TextSpan { bytes, line: saturated(line), column: saturated(before.chars().count() + 1) }
    }
}

fn saturated(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
