//! Texts that stand for what only a cluster, or the holder of a key, knows.

/// A text for the value `name` of the kind `what`. It survives where names are asked for: letters and dashes only. Two
/// values have two texts, so that digits are spelled.
pub(crate) fn unknown(what: &str, name: &str) -> String {
    let mut text = crate::unknown::unknown(&format!("{what}-"));
    for char in name.chars() {
        match char {
            'a'..='z' => text.push(char),
            'A'..='Z' => text.push(char.to_ascii_lowercase()),
            '0'..='9' => {
                text.push_str(DIGITS.get(usize::from(char as u8 - b'0')).copied().unwrap_or_default());
            }
            _ if text.ends_with('-') => {}
            _ => text.push('-'),
        }
    }
    text.truncate(text.trim_end_matches('-').len());
    text
}

const DIGITS: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
