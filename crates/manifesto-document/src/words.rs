//! Texts as people compare them: by their words.

/// The longest normal form; a title that is longer is no title.
const NORMAL_MAX: usize = 96;

/// The words of a text: its runs of letters and digits, in lower case. Punctuation, escapes and emoji are no words.
pub(crate) fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// The words of a text, joined by blanks and cut to a length that no title has.
pub(crate) fn normal(text: &str) -> String {
    let mut normal = String::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if normal.len() + word.len() > NORMAL_MAX {
            break;
        }
        if !normal.is_empty() {
            normal.push(' ');
        }
        normal.push_str(&word.to_lowercase());
    }
    normal
}

/// The words of a text without their plural endings, so that "policies" meets "policy".
pub(crate) fn stems(text: &str) -> Vec<String> {
    words(text).into_iter().map(stem).collect()
}

fn stem(word: String) -> String {
    let plural =
        word.len() > 3 && word.ends_with('s') && !["ss", "us", "is"].iter().any(|s| word.ends_with(s));
    if !plural {
        return word;
    }
    match word.strip_suffix("ies") {
        Some(start) if start.len() > 1 => format!("{start}y"),
        _ => word.strip_suffix('s').unwrap_or(&word).to_owned(),
    }
}

/// A title cut at its parentheses: the words that name the thing, and those that explain it.
pub(crate) fn outside_parentheses(text: &str) -> (String, String) {
    let (mut outside, mut inside, mut depth) = (String::new(), String::new(), 0_usize);
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => outside.push(c),
            _ => inside.push(c),
        }
        if matches!(c, '(' | ')') {
            outside.push(' ');
            inside.push(' ');
        }
    }
    (outside, inside)
}

/// Whether `part` stands in `whole`, word by word.
pub(crate) fn position_of(part: &[String], whole: &[String]) -> Option<usize> {
    if part.is_empty() {
        return None;
    }
    whole.windows(part.len()).position(|window| window == part)
}
