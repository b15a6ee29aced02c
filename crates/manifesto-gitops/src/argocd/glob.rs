//! Patterns over paths, as Go's `path.Match` reads them, which git generators use for directories.

use crate::unknown::known_pieces;

/// One element of a pattern for a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Char(char),
    /// `?`
    One,
    /// `*`
    Many,
    /// What nobody knows: it may be anything, and what it was is wanted.
    Unknown,
    /// `[a-z]`, `[^a-z]`
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

/// A pattern over whole paths. `*` and `?` do not match `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PathPattern {
    segments: Vec<Vec<Piece>>,
}

impl PathPattern {
    /// Reads a pattern; none when Go calls it malformed. What is unknown in it matches anything but nothing.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let mut segments = vec![Vec::new()];
        for (index, known) in known_pieces(text).into_iter().enumerate() {
            if index > 0 {
                segments.last_mut()?.push(Piece::Unknown);
            }
            read(known, &mut segments)?;
        }
        Some(Self { segments })
    }

    /// What the unknown pieces stood for, in their order, if the path matches.
    pub(crate) fn captures(&self, path: &str) -> Option<Vec<String>> {
        let names: Vec<&str> = path.split('/').collect();
        if names.len() != self.segments.len() {
            return None;
        }
        let mut captures = Vec::new();
        for (pieces, name) in self.segments.iter().zip(names) {
            captures.extend(segment(pieces, name)?);
        }
        Some(captures)
    }
}

fn read(text: &str, segments: &mut Vec<Vec<Piece>>) -> Option<()> {
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        let piece = match char {
            '/' => {
                segments.push(Vec::new());
                continue;
            }
            '*' => Piece::Many,
            '?' => Piece::One,
            '\\' => Piece::Char(chars.next()?),
            '[' => class(&mut chars)?,
            other => Piece::Char(other),
        };
        segments.last_mut()?.push(piece);
    }
    Some(())
}

fn class(chars: &mut std::str::Chars<'_>) -> Option<Piece> {
    let mut next = chars.next()?;
    let negated = next == '^';
    if negated {
        next = chars.next()?;
    }
    let mut ranges = Vec::new();
    loop {
        match next {
            ']' if !ranges.is_empty() => return Some(Piece::Class { negated, ranges }),
            ']' | '-' => return None,
            '\\' => next = chars.next()?,
            _ => {}
        }
        let low = next;
        next = chars.next()?;
        let mut high = low;
        if next == '-' {
            high = chars.next().filter(|c| *c != ']')?;
            next = chars.next()?;
        }
        ranges.push((low, high));
    }
}

/// Matches one segment. A pattern has few stars and names are short; the work is bounded by their product.
fn segment(pieces: &[Piece], name: &str) -> Option<Vec<String>> {
    let name: Vec<char> = name.chars().collect();
    // `reach[p]` holds for the first `p` pieces every end in `name` and the end before it.
    let mut reach: Vec<Vec<Option<usize>>> = vec![vec![None; name.len() + 1]; pieces.len() + 1];
    *reach.first_mut()?.first_mut()? = Some(0);
    for (at, piece) in pieces.iter().enumerate() {
        for from in 0..=name.len() {
            if reach.get(at)?.get(from)?.is_none() {
                continue;
            }
            for to in ends(piece, &name, from) {
                let cell = reach.get_mut(at + 1)?.get_mut(to)?;
                // A star takes as little as it can, as Go's does.
                *cell = Some(cell.map_or(from, |known| known.max(from)));
            }
        }
    }
    let mut end = name.len();
    let mut captures = Vec::new();
    for (at, piece) in pieces.iter().enumerate().rev() {
        let start = (*reach.get(at + 1)?.get(end)?)?;
        if *piece == Piece::Unknown {
            captures.push(name.get(start..end)?.iter().collect());
        }
        end = start;
    }
    captures.reverse();
    (end == 0 && reach.get(pieces.len())?.get(name.len())?.is_some()).then_some(captures)
}

fn ends(piece: &Piece, name: &[char], from: usize) -> std::ops::RangeInclusive<usize> {
    let none = std::ops::RangeInclusive::new(1, 0);
    let Some(next) = name.get(from) else {
        return if *piece == Piece::Many { from..=from } else { none };
    };
    let one = match piece {
        Piece::Many => return from..=name.len(),
        Piece::Unknown => return from + 1..=name.len(),
        Piece::One => true,
        Piece::Char(char) => char == next,
        Piece::Class { negated, ranges } => {
            ranges.iter().any(|(low, high)| low <= next && next <= high) != *negated
        }
    };
    if one { from + 1..=from + 1 } else { none }
}

#[cfg(test)]
mod tests {
    use super::PathPattern;
    use crate::unknown::unknown;

    fn matches(pattern: &str, path: &str) -> bool {
        PathPattern::new(pattern).is_some_and(|pattern| pattern.captures(path).is_some())
    }

    #[test]
    fn patterns_match_as_in_go() {
        for (pattern, path, expected) in [
            ("abc", "abc", true),
            ("*", "abc", true),
            ("*c", "abc", true),
            ("a*", "a", true),
            ("a*", "ab/c", false),
            ("a*/b", "abc/b", true),
            ("a*/b", "a/c/b", false),
            ("a*b*c*d*e*/f", "axbxcxdxexxx/f", true),
            ("a*b?c*x", "abxbbxdbxebxczzx", true),
            ("a*b?c*x", "abxbbxdbxebxczzy", false),
            ("ab[c]", "abc", true),
            ("ab[b-d]", "abc", true),
            ("ab[^b-d]", "abc", false),
            ("ab[^e-g]", "abc", true),
            ("a\\*b", "a*b", true),
            ("a?b", "a/b", false),
            ("[\\]a]", "]", true),
            ("[x-]", "x", false),
            ("[]a]", "]", false),
            ("apps/*", "apps", false),
            ("apps/*", "apps/web", true),
            ("", "", true),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} on {path}");
        }
    }

    #[test]
    fn what_is_unknown_is_found() {
        let pattern = PathPattern::new(&format!("clusters/{}/apps/*", unknown("cluster-name"))).unwrap();
        assert_eq!(pattern.captures("clusters/west/apps/web").unwrap(), ["west"]);
        assert_eq!(pattern.captures("clusters/apps/web"), None);
    }
}
