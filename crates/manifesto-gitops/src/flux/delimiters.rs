//! Go templates with other delimiters than `{{` and `}}`.

/// The same template with the usual delimiters: line by line, and byte by byte in what it prints.
pub(crate) fn with_braces(text: &str, left: &str, right: &str) -> String {
    if left.is_empty() || right.is_empty() || (left == "{{" && right == "}}") {
        return text.to_owned();
    }
    let mut braces = String::with_capacity(text.len() + text.len() / 8);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(left) {
        push_text(&mut braces, before, true);
        braces.push_str("{{");
        let end = action_end(after, right);
        let (action, after) = after.split_at(end.unwrap_or(after.len()));
        braces.push_str(action);
        rest = after.strip_prefix(right).unwrap_or_default();
        if end.is_some() {
            braces.push_str("}}");
        }
    }
    push_text(&mut braces, rest, false);
    braces
}

/// Text that prints as it is.
fn push_text(braces: &mut String, text: &str, before_action: bool) {
    let (text, last) = match text.strip_suffix('{') {
        Some(text) if before_action => (text, "{{\"{\"}}"),
        _ => (text, ""),
    };
    // A brace that is left over from an odd number of them would make two with the next.
    let escaped = text.replace("{{", "{{\"{{\"}}");
    match escaped.strip_suffix('{') {
        Some(escaped) if !last.is_empty() => {
            braces.push_str(escaped);
            braces.push_str("{{\"{\"}}");
        }
        _ => braces.push_str(&escaped),
    }
    braces.push_str(last);
}

/// Where the action ends: at a delimiter outside of comments, strings and characters.
fn action_end(action: &str, right: &str) -> Option<usize> {
    let start = action.trim_start_matches(['-', ' ', '\t', '\r', '\n']);
    let mut at = action.len() - start.len();
    if start.starts_with("/*") {
        at += start.find("*/")? + 2;
    }
    let mut quote: Option<u8> = None;
    while let Some(rest) = action.as_bytes().get(at..).filter(|rest| !rest.is_empty()) {
        let byte = rest.first().copied()?;
        match quote {
            None if rest.starts_with(right.as_bytes()) => return Some(at),
            None if matches!(byte, b'"' | b'`' | b'\'') => quote = Some(byte),
            Some(b'"' | b'\'') if byte == b'\\' => at += 1,
            Some(open) if open == byte => quote = None,
            _ => {}
        }
        at += 1;
    }
    None
}
