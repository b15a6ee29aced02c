//! Go's `filepath.Match`, which `.helmignore` is written in.

/// A pattern that cannot be read: a bracket or an escape that does not end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BadPattern;

#[derive(Debug, Clone)]
enum Part {
    /// `*`: anything without a slash.
    Any,
    /// `?`: one character, but no slash.
    One,
    /// `[…]`: one character of these ranges, or with `^` of none of them; never a slash.
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
    Literal(char),
}

/// A pattern of one file name or path.
#[derive(Debug, Clone)]
pub(crate) struct Pattern(Vec<Part>);

impl Pattern {
    /// Reads a pattern. Go only finds what is wrong as far as it has to look; here all of it counts, as Helm tries each
    /// line on a name (pkg/ignore/rules.go).
    pub(crate) fn parse(text: &str) -> Result<Self, BadPattern> {
        let mut parts = Vec::new();
        let mut chars = text.chars().peekable();
        while let Some(char) = chars.next() {
            parts.push(match char {
                '*' => {
                    if matches!(parts.last(), Some(Part::Any)) {
                        continue;
                    }
                    Part::Any
                }
                '?' => Part::One,
                '[' => class(&mut chars)?,
                '\\' => Part::Literal(chars.next().ok_or(BadPattern)?),
                char => Part::Literal(char),
            });
        }
        Ok(Self(parts))
    }

    /// Whether the whole of `name` fits. Takes time in proportion to both lengths.
    pub(crate) fn matches(&self, name: &str) -> bool {
        let name: Vec<char> = name.chars().collect();
        let (mut part, mut at) = (0, 0);
        let mut star: Option<(usize, usize)> = None;
        while at < name.len() || part < self.0.len() {
            let char = name.get(at).copied();
            match (self.0.get(part), char) {
                (Some(Part::Any), _) => {
                    star = Some((part, at));
                    part += 1;
                    continue;
                }
                (Some(one), Some(char)) if one.takes(char) => {
                    part += 1;
                    at += 1;
                    continue;
                }
                _ => {}
            }
            // The last star takes one character more, as long as that is no slash.
            match star {
                Some((star_part, star_at)) if name.get(star_at).is_some_and(|&char| char != '/') => {
                    star = Some((star_part, star_at + 1));
                    part = star_part + 1;
                    at = star_at + 1;
                }
                _ => return false,
            }
        }
        true
    }
}

impl Part {
    fn takes(&self, char: char) -> bool {
        match self {
            Self::Any => false,
            Self::One => char != '/',
            Self::Class { negated, ranges } => {
                ranges.iter().any(|&(low, high)| (low..=high).contains(&char)) != *negated
            }
            Self::Literal(literal) => *literal == char,
        }
    }
}

fn class(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<Part, BadPattern> {
    let negated = chars.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    loop {
        if chars.peek() == Some(&']') && !ranges.is_empty() {
            chars.next();
            return Ok(Part::Class { negated, ranges });
        }
        let low = class_char(chars)?;
        let high = if chars.next_if_eq(&'-').is_some() { class_char(chars)? } else { low };
        ranges.push((low, high));
    }
}

fn class_char(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<char, BadPattern> {
    let char = match chars.next() {
        None | Some('-' | ']') => return Err(BadPattern),
        Some('\\') => chars.next().ok_or(BadPattern)?,
        Some(char) => char,
    };
    // What stands at the end is no class.
    if chars.peek().is_none() { Err(BadPattern) } else { Ok(char) }
}
