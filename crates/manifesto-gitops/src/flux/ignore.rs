//! Patterns of files that a source leaves out (fluxcd/pkg, sourceignore/gitignore/pattern.go).

use globset::{GlobBuilder, GlobMatcher};
use manifesto_tree::TreePath;

/// As many patterns of one text as are read: every file is held against every pattern.
const PATTERNS_MAX: usize = 1000;

/// One pattern.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    /// The directory that it speaks of.
    domain: TreePath,
    segments: Vec<Segment>,
    /// Whether it takes back what an earlier one leaves out.
    is_inclusion: bool,
    is_for_directories: bool,
    /// Whether it has a slash: then it starts at the directory, and otherwise anywhere below.
    is_anchored: bool,
}

#[derive(Debug, Clone)]
enum Segment {
    /// Nothing: what stands before a leading slash.
    Empty,
    /// `**`
    AnyDepth,
    /// `**` with something else, which matches nothing.
    Never,
    /// A name with wildcards; none when it is malformed.
    Name(Option<GlobMatcher>),
}

impl Pattern {
    /// Reads one line.
    pub(super) fn parse(line: &str, domain: &TreePath) -> Self {
        let (is_inclusion, line) = line.strip_prefix('!').map_or((false, line), |rest| (true, rest));
        let line = if line.ends_with("\\ ") { line } else { line.trim_end_matches(' ') };
        let (is_for_directories, line) = line.strip_suffix('/').map_or((false, line), |rest| (true, rest));
        Self {
            domain: domain.clone(),
            segments: line.split('/').map(Segment::parse).collect(),
            is_inclusion,
            is_for_directories,
            is_anchored: line.contains('/'),
        }
    }

    /// Every pattern of a text: a line each, without comments.
    pub(super) fn parse_all(text: &str, domain: &TreePath) -> Vec<Self> {
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
        lines.take(PATTERNS_MAX).map(|line| Self::parse(line, domain)).collect()
    }

    fn matches(&self, file: &TreePath) -> bool {
        let Some(way) = file.strip_prefix(&self.domain).filter(|way| !way.is_empty()) else { return false };
        let path: Vec<&str> = way.split('/').collect();
        if self.is_anchored { self.matches_from_start(&path) } else { self.matches_anywhere(&path) }
    }

    fn matches_anywhere(&self, path: &[&str]) -> bool {
        let Some(segment) = self.segments.first() else { return false };
        let Some(at) = path.iter().position(|name| segment.matches(name)) else { return false };
        // What is asked about is a file, so that its own name is no directory's.
        !(self.is_for_directories && at + 1 == path.len())
    }

    fn matches_from_start(&self, path: &[&str]) -> bool {
        let (mut rest, mut is_match, mut may_descend) = (path, false, false);
        let last = self.segments.len().saturating_sub(1);
        for (at, segment) in self.segments.iter().enumerate() {
            match segment {
                Segment::Empty => may_descend = false,
                Segment::AnyDepth if at == last => break,
                Segment::AnyDepth => may_descend = true,
                Segment::Never => return false,
                Segment::Name(_) if rest.is_empty() => return false,
                Segment::Name(_) if may_descend => {
                    may_descend = false;
                    let found = rest.iter().position(|name| segment.matches(name));
                    is_match = found.is_some();
                    rest = found.and_then(|at| rest.get(at + 1..)).unwrap_or_default();
                }
                Segment::Name(_) => {
                    let Some((name, after)) = rest.split_first() else { return false };
                    if !segment.matches(name) {
                        return false;
                    }
                    (is_match, rest) = (true, after);
                }
            }
        }
        is_match && !(self.is_for_directories && rest.is_empty())
    }
}

impl Segment {
    fn parse(text: &str) -> Self {
        match text {
            "" => Self::Empty,
            "**" => Self::AnyDepth,
            _ if text.contains("**") => Self::Never,
            _ => Self::Name(matcher(text)),
        }
    }

    fn matches(&self, name: &str) -> bool {
        matches!(self, Self::Name(Some(matcher)) if matcher.is_match(name))
    }
}

/// Go's `filepath.Match` knows no braces.
fn matcher(text: &str) -> Option<GlobMatcher> {
    let text = text.replace('{', "\\{").replace('}', "\\}");
    Some(
        GlobBuilder::new(&text)
            .literal_separator(true)
            .backslash_escape(true)
            .build()
            .ok()?
            .compile_matcher(),
    )
}

/// Whether the patterns leave out a file: the last one that matches decides.
pub(super) fn leaves_out(patterns: &[Pattern], file: &TreePath) -> bool {
    patterns.iter().rev().find(|pattern| pattern.matches(file)).is_some_and(|pattern| !pattern.is_inclusion)
}
