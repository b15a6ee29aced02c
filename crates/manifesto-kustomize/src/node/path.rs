//! Paths of fields as text (kyaml/utils/pathsplitter.go).

/// Cuts a path at each delimiter that has no `\` before it; a leading delimiter counts for nothing.
pub(crate) fn split(path: &str, delimiter: char) -> Vec<String> {
    let mut parts: Vec<&str> = path.split(delimiter).collect();
    if parts.len() > 1 && parts.first() == Some(&"") {
        parts.remove(0);
    }
    let mut result: Vec<String> = Vec::with_capacity(parts.len());
    for part in parts {
        match result.last_mut() {
            Some(last) if last.ends_with('\\') => {
                last.pop();
                last.push(delimiter);
                last.push_str(part);
            }
            _ => result.push(part.to_owned()),
        }
    }
    result
}

/// The same with dots, and with brackets that hold dots: `[name=a.b]` stays one part with its brackets, `[a.b]` is
/// the field `a.b`.
pub(crate) fn split_dotted(path: &str) -> Vec<String> {
    let mut result = Vec::new();
    let mut parts = split(path, '.').into_iter();
    while let Some(part) = parts.next() {
        if !part.starts_with('[') || part.ends_with(']') {
            result.push(part);
            continue;
        }
        let mut bracketed = part;
        for next in parts.by_ref() {
            bracketed.push('.');
            bracketed.push_str(&next);
            if next.ends_with(']') {
                break;
            }
        }
        let is_condition = bracketed.contains('=');
        result.push(if is_condition { bracketed } else { bracketed.trim_matches(['[', ']']).to_owned() });
    }
    result
}

/// `ports[0]` as `ports` and `0` (kyaml/yaml/rnode.go, convertSliceIndex).
pub(crate) fn split_indexes(parts: Vec<String>) -> Vec<String> {
    let mut result = Vec::with_capacity(parts.len());
    for part in parts {
        let indexed = part.strip_suffix(']').and_then(|rest| rest.rsplit_once('['));
        match indexed.filter(|(_, index)| !index.is_empty() && index.bytes().all(|b| b.is_ascii_digit())) {
            Some((field, index)) => {
                if !field.is_empty() {
                    result.push(field.to_owned());
                }
                result.push(index.to_owned());
            }
            None => result.push(part),
        }
    }
    result
}
