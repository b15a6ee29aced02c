//! What an expression makes of a value (fluxcd/pkg, envsubst/funcs.go and template.go).

use super::Refusal;
use super::glob;

/// A function by what is written between the name and its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    /// The arguments, when the value is empty. Everything that upstream has no function for, `:+` and `:?` among it.
    Default,
    Length,
    LowerFirst,
    Lower,
    UpperFirst,
    Upper,
    Substring,
    ReplaceFirst,
    ReplaceAll,
    ReplacePrefix,
    ReplaceSuffix,
    TrimShortestPrefix,
    TrimLongestPrefix,
    TrimShortestSuffix,
    TrimLongestSuffix,
}

/// Whether a function is there for variables that nobody sets.
pub(super) fn is_default(function: &str) -> bool {
    matches!(function, "-" | "+" | "=" | "?" | ":-" | ":+" | ":=" | ":?")
}

/// Longer values are not trimmed by patterns: upstream's way takes the square of their length.
const TRIMMED_BYTES_MAX: usize = 16 << 10;

/// The most that one replacement makes.
const REPLACED_BYTES_MAX: usize = 16 << 20;

impl Function {
    /// The function of this name with so many arguments.
    pub(super) fn of(name: &str, arguments: usize) -> Self {
        match name {
            "," => Self::LowerFirst,
            ",," => Self::Lower,
            "^" => Self::UpperFirst,
            "^^" => Self::Upper,
            "#" if arguments == 0 => Self::Length,
            "#" => Self::TrimShortestPrefix,
            "##" => Self::TrimLongestPrefix,
            "%" => Self::TrimShortestSuffix,
            "%%" => Self::TrimLongestSuffix,
            ":" => Self::Substring,
            "/" => Self::ReplaceFirst,
            "//" => Self::ReplaceAll,
            "/#" => Self::ReplacePrefix,
            "/%" => Self::ReplaceSuffix,
            _ => Self::Default,
        }
    }

    /// Applies it.
    pub(super) fn apply(self, value: &[u8], arguments: &[Vec<u8>]) -> Result<Vec<u8>, Refusal> {
        let argument = |at: usize| arguments.get(at).map(Vec::as_slice).unwrap_or_default();
        Ok(match self {
            Self::Default if value.is_empty() => arguments.concat(),
            Self::Length => value.len().to_string().into_bytes(),
            Self::LowerFirst => first_mapped(value, lower),
            Self::Lower => mapped(value, lower),
            Self::UpperFirst => first_mapped(value, upper),
            Self::Upper => mapped(value, upper),
            Self::Substring => substring(value, arguments)?,
            Self::ReplaceFirst => replaced(value, argument(0), argument(1), 1)?,
            Self::ReplaceAll => replaced(value, argument(0), argument(1), usize::MAX)?,
            Self::ReplacePrefix if arguments.len() == 2 && value.starts_with(argument(0)) => {
                replaced(value, argument(0), argument(1), 1)?
            }
            Self::ReplaceSuffix if arguments.len() == 2 => match value.strip_suffix(argument(0)) {
                Some(stem) => [stem, argument(1)].concat(),
                None => value.to_vec(),
            },
            Self::Default | Self::ReplacePrefix | Self::ReplaceSuffix => value.to_vec(),
            Self::TrimShortestPrefix => trimmed(value, argument(0), Longest::No)?,
            Self::TrimLongestPrefix => trimmed(value, argument(0), Longest::Yes)?,
            Self::TrimShortestSuffix => {
                reversed(&trimmed(&reversed(value), &reversed(argument(0)), Longest::No)?)
            }
            Self::TrimLongestSuffix => {
                reversed(&trimmed(&reversed(value), &reversed(argument(0)), Longest::Yes)?)
            }
        })
    }
}

/// Go maps each character to one: `ß` stays as it is, and `İ` becomes `i`.
fn lower(char: char) -> char {
    match (char, single(char.to_lowercase())) {
        ('İ', _) => 'i',
        (_, lower) => lower.unwrap_or(char),
    }
}

fn upper(char: char) -> char {
    single(char.to_uppercase()).unwrap_or(char)
}

fn single(mut chars: impl Iterator<Item = char>) -> Option<char> {
    chars.next().filter(|_| chars.next().is_none())
}

fn mapped(value: &[u8], map: fn(char) -> char) -> Vec<u8> {
    String::from_utf8_lossy(value).chars().map(map).collect::<String>().into_bytes()
}

fn first_mapped(value: &[u8], map: fn(char) -> char) -> Vec<u8> {
    let text = String::from_utf8_lossy(value);
    let mut chars = text.chars();
    let first = chars.next().map(map);
    first.into_iter().chain(chars).collect::<String>().into_bytes()
}

fn replaced(value: &[u8], from: &[u8], to: &[u8], count: usize) -> Result<Vec<u8>, Refusal> {
    // Go finds an empty text before each character and at the end.
    let mut output = Vec::with_capacity(value.len());
    let (mut rest, mut left) = (value, count);
    while left > 0 {
        let Some(at) = find(rest, from) else { break };
        let (before, after) = rest.split_at(at);
        output.extend_from_slice(before);
        output.extend_from_slice(to);
        let mut after = after.get(from.len()..).unwrap_or_default();
        if from.is_empty() {
            let length = first_length(after);
            output.extend_from_slice(after.get(..length).unwrap_or_default());
            let is_end = after.is_empty();
            after = after.get(length..).unwrap_or_default();
            if is_end {
                return Ok(output);
            }
        }
        if output.len() > REPLACED_BYTES_MAX {
            return Err(Refusal(format!("a replacement would grow beyond {REPLACED_BYTES_MAX} bytes")));
        }
        rest = after;
        left -= 1;
    }
    output.extend_from_slice(rest);
    Ok(output)
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, wanted)
}

/// The bytes of the first character.
fn first_length(text: &[u8]) -> usize {
    let starts = text.iter().skip(1).take_while(|byte| (**byte & 0xC0) == 0x80).count();
    if text.is_empty() { 0 } else { 1 + starts }
}

/// Positions count bytes; what is no number leaves the value as it is.
fn substring(value: &[u8], arguments: &[Vec<u8>]) -> Result<Vec<u8>, Refusal> {
    let number =
        |at: usize| arguments.get(at).and_then(|text| std::str::from_utf8(text).ok()?.parse::<i64>().ok());
    let Some(position) = number(0) else { return Ok(value.to_vec()) };
    let length = i64::try_from(value.len()).unwrap_or(i64::MAX);
    let position = if position < 0 { length.saturating_add(position).max(0) } else { position };
    let end = match (arguments.len(), number(1)) {
        (0 | 1, _) => length,
        (_, None) => return Ok(value.to_vec()),
        (_, Some(wanted)) => position.saturating_add(wanted).min(length),
    };
    if position >= length {
        return Ok(Vec::new());
    }
    if end < position {
        // Upstream's slice panics.
        return Err(Refusal("a substring has a negative length".to_owned()));
    }
    let at = |place: i64| usize::try_from(place).unwrap_or_default();
    Ok(value.get(at(position)..at(end)).unwrap_or_default().to_vec())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Longest {
    No,
    Yes,
}

/// The value without the prefix that the pattern matches. A pattern that is malformed, or matches nothing, takes nothing.
fn trimmed(value: &[u8], pattern: &[u8], longest: Longest) -> Result<Vec<u8>, Refusal> {
    if value.len() > TRIMMED_BYTES_MAX || pattern.len() > TRIMMED_BYTES_MAX {
        return Err(Refusal(format!(
            "a value of more than {TRIMMED_BYTES_MAX} bytes is trimmed by a pattern"
        )));
    }
    let mut prefix = 0;
    for length in (1..=value.len()).rev() {
        match glob::matches(pattern, value.get(..length).unwrap_or_default()) {
            Err(glob::Malformed) => return Ok(value.to_vec()),
            Ok(true) => prefix = length,
            Ok(false) => continue,
        }
        if longest == Longest::Yes {
            break;
        }
    }
    Ok(value.get(prefix..).unwrap_or_default().to_vec())
}

fn reversed(text: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(text).chars().rev().collect::<String>().into_bytes()
}
