//! Paths as people write them when they mean several: `projects/*/architecture.d2`, `docs/decisions/XXX-title.md`,
//! `apps/{app}/values.yaml`, `apps/<name>/`, `src/…`.

/// Whether a path as written means more than itself.
pub(crate) fn is_pattern(written: &str) -> bool {
    pieces(written, false).contains(&Piece::Any)
}

/// Whether `pattern` means `path`, or a directory above it.
pub(crate) fn matches_start(pattern: &str, path: &str) -> bool {
    let pattern: Vec<&str> = pattern.trim_end_matches('/').split('/').collect();
    let path: Vec<&str> = path.split('/').collect();
    segments_match(&pattern, &path, false, true)
}

/// Whether a path of a template's box (`docs/decisions/XXX-title.md`) means `path`; `title` and the like stand for any
/// words there.
pub(crate) fn matches_sample(pattern: &str, path: &str) -> bool {
    let pattern: Vec<&str> = pattern.split('/').collect();
    let path: Vec<&str> = path.split('/').collect();
    segments_match(&pattern, &path, true, false)
}

fn segments_match(pattern: &[&str], path: &[&str], samples: bool, start_is_enough: bool) -> bool {
    match (pattern.split_first(), path.split_first()) {
        (None, None) => true,
        (None, Some(_)) => start_is_enough,
        // Written twice it would cost time and mean nothing more.
        (Some((&"**", rest)), _) if rest.first() == Some(&"**") => {
            segments_match(rest, path, samples, start_is_enough)
        }
        (Some((&"**" | &"…" | &"...", rest)), _) => (0..=path.len())
            .any(|skip| segments_match(rest, path.get(skip..).unwrap_or_default(), samples, start_is_enough)),
        (Some((first, rest)), Some((segment, below))) => {
            segment_matches(&pieces(first, samples), segment)
                && segments_match(rest, below, samples, start_is_enough)
        }
        (Some(_), None) => false,
    }
}

/// A piece of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Any,
}

/// Words that stand for others in the samples of templates.
const SAMPLE_WORDS: &[&str] =
    &["title", "name", "topic", "component", "app", "project", "example", "description"];

fn pieces(segment: &str, samples: bool) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut rest = segment;
    while !rest.is_empty() {
        let (piece, length) = piece(rest, samples, pieces.last());
        match (pieces.last_mut(), piece) {
            (Some(Piece::Literal(text)), Piece::Literal(more)) => text.push_str(&more),
            (Some(Piece::Any), Piece::Any) => {}
            (_, piece) => pieces.push(piece),
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    pieces
}

fn piece(rest: &str, samples: bool, last: Option<&Piece>) -> (Piece, usize) {
    for (open, close) in [("{{", "}}"), ("{", "}"), ("<", ">"), ("[", "]"), ("${", "}")] {
        if let Some(end) = rest.strip_prefix(open).and_then(|inside| inside.find(close)) {
            return (Piece::Any, open.len() + end + close.len());
        }
    }
    for any in ["...", "…", "**", "*", "?"] {
        if rest.starts_with(any) {
            return (Piece::Any, any.len());
        }
    }
    let digits = rest.bytes().take_while(|b| matches!(b, b'X' | b'N')).count();
    if digits >= 2 && !rest.get(digits..).unwrap_or_default().starts_with(|c: char| c.is_ascii_alphabetic()) {
        return (Piece::Any, digits);
    }
    let word = rest.bytes().take_while(u8::is_ascii_lowercase).count();
    let follows_word =
        matches!(last, Some(Piece::Literal(text)) if text.ends_with(|c: char| c.is_ascii_alphanumeric()));
    if samples && !follows_word && rest.get(..word).is_some_and(|word| SAMPLE_WORDS.contains(&word)) {
        return (Piece::Any, word);
    }
    let length = word.max(rest.chars().next().map_or(1, char::len_utf8));
    (Piece::Literal(rest.get(..length).unwrap_or_default().to_owned()), length)
}

/// Whether the pieces make up the whole segment: each literal as early as it can stand, the last one at the end.
fn segment_matches(pieces: &[Piece], segment: &str) -> bool {
    let mut rest = segment;
    let mut anchored = true;
    for (index, piece) in pieces.iter().enumerate() {
        let Piece::Literal(text) = piece else {
            anchored = false;
            continue;
        };
        let is_last = index + 1 == pieces.len();
        rest = match (anchored, is_last) {
            (true, _) => match rest.strip_prefix(text.as_str()) {
                Some(after) => after,
                None => return false,
            },
            (false, true) => return rest.ends_with(text.as_str()),
            (false, false) => match rest.split_once(text.as_str()) {
                Some((_, after)) => after,
                None => return false,
            },
        };
        anchored = true;
    }
    !anchored || rest.is_empty()
}
