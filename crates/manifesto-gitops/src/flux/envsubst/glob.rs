//! Patterns of shells, as `path.Match` of Go has them, with stars that pass slashes (fluxcd/pkg, envsubst/path/match.go).

/// The pattern is malformed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

/// Whether the pattern matches all of the text.
pub(super) fn matches(mut pattern: &[u8], mut text: &[u8]) -> Result<bool, Malformed> {
    while !pattern.is_empty() {
        let (has_star, chunk, rest) = next_chunk(pattern);
        pattern = rest;
        if has_star && chunk.is_empty() {
            return Ok(true);
        }
        let is_last = pattern.is_empty();
        if let Some(after) = match_chunk(chunk, text)?
            && (after.is_empty() || !is_last)
        {
            text = after;
            continue;
        }
        if !has_star {
            return Ok(false);
        }
        match after_star(chunk, text, is_last)? {
            Some(after) => text = after,
            None => return Ok(false),
        }
    }
    Ok(text.is_empty())
}

/// The rest of the text after the first place where the chunk matches.
fn after_star<'t>(chunk: &[u8], text: &'t [u8], is_last: bool) -> Result<Option<&'t [u8]>, Malformed> {
    for start in 1..=text.len() {
        let Some(after) = match_chunk(chunk, text.get(start..).unwrap_or_default())? else { continue };
        if !is_last || after.is_empty() {
            return Ok(Some(after));
        }
    }
    Ok(None)
}

/// What stands between two stars; whether there is a star before it; and the rest.
fn next_chunk(pattern: &[u8]) -> (bool, &[u8], &[u8]) {
    let stars = pattern.iter().take_while(|byte| **byte == b'*').count();
    let pattern = pattern.get(stars..).unwrap_or_default();
    let (mut at, mut in_class) = (0, false);
    while let Some(byte) = pattern.get(at) {
        match byte {
            b'\\' if at + 1 < pattern.len() => at += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'*' if !in_class => break,
            _ => {}
        }
        at += 1;
    }
    let (chunk, rest) = pattern.split_at(at.min(pattern.len()));
    (stars > 0, chunk, rest)
}

/// The rest of the text when it begins with what the chunk asks for.
fn match_chunk<'t>(mut chunk: &[u8], mut text: &'t [u8]) -> Result<Option<&'t [u8]>, Malformed> {
    while let Some((first, rest)) = chunk.split_first() {
        if text.is_empty() {
            return Ok(None);
        }
        match first {
            b'[' => {
                let (char, after) = next_char(text);
                let (is_match, rest) = match_class(rest, char)?;
                if !is_match {
                    return Ok(None);
                }
                (chunk, text) = (rest, after);
            }
            b'?' => (chunk, text) = (rest, next_char(text).1),
            _ => {
                let (wanted, rest) =
                    if *first == b'\\' { rest.split_first().ok_or(Malformed)? } else { (first, rest) };
                if text.first() != Some(wanted) {
                    return Ok(None);
                }
                (chunk, text) = (rest, text.get(1..).unwrap_or_default());
            }
        }
    }
    Ok(Some(text))
}

/// Whether a class has the character, and what follows the class. `class` is what follows its bracket.
fn match_class(mut class: &[u8], char: u32) -> Result<(bool, &[u8]), Malformed> {
    let is_negated = class.first() == Some(&b'^');
    if is_negated {
        class = class.get(1..).unwrap_or_default();
    }
    let (mut is_match, mut ranges) = (false, 0);
    loop {
        if ranges > 0 && class.first() == Some(&b']') {
            return Ok((is_match != is_negated, class.get(1..).unwrap_or_default()));
        }
        let (low, rest) = class_char(class)?;
        let (high, rest) = if rest.first() == Some(&b'-') {
            class_char(rest.get(1..).unwrap_or_default())?
        } else {
            (low, rest)
        };
        is_match |= (low..=high).contains(&char);
        ranges += 1;
        class = rest;
    }
}

fn class_char(class: &[u8]) -> Result<(u32, &[u8]), Malformed> {
    let class = match class.first() {
        None | Some(b'-' | b']') => return Err(Malformed),
        Some(b'\\') => class.get(1..).filter(|rest| !rest.is_empty()).ok_or(Malformed)?,
        Some(_) => class,
    };
    let (char, rest) = next_char(class);
    if rest.is_empty() { Err(Malformed) } else { Ok((char, rest)) }
}

/// The first character and the rest; a byte that is no character counts as one.
fn next_char(text: &[u8]) -> (u32, &[u8]) {
    let length = (1..=text.len().min(4))
        .find(|length| text.get(..*length).is_some_and(|bytes| std::str::from_utf8(bytes).is_ok()));
    let (head, rest) = text.split_at(length.unwrap_or(1).min(text.len()));
    let char = std::str::from_utf8(head).ok().and_then(|head| head.chars().next());
    (char.map_or(0xFFFD, u32::from), rest)
}
