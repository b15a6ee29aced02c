//! Values that nobody can know from the repository, as text that templates can carry along.
//!
//! A generator over clusters yields as many elements as clusters are registered, and the repository does not say which.
//! Its templates are filled with one element whose values are marked; what a mark reaches is unknown, and the rest of
//! the template is known all the same.

/// What every mark begins with. Lower-case letters and dashes survive what templates do to names.
const MARK: &str = "manifesto-unknown-";

/// A mark for `what`: `cluster-name`.
pub(crate) fn unknown(what: &str) -> String {
    format!("{MARK}{what}")
}

/// Whether some of this text is unknown. A template may have changed the case of a mark, or cut it.
pub fn is_unknown(text: &str) -> bool {
    let mark = MARK.trim_end_matches('-').as_bytes();
    text.as_bytes().windows(mark.len()).any(|window| window.eq_ignore_ascii_case(mark))
}

/// The text as people may read it: `(unknown)` stands for a mark.
pub fn spelled_out(text: &str) -> String {
    known_pieces(text).join("(unknown)")
}

/// The pieces of a text around its marks.
pub(crate) fn known_pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(MARK) {
        let (before, mark) = rest.split_at(at);
        pieces.push(before);
        let end = mark.find(|c: char| !(c.is_ascii_lowercase() || c == '-')).unwrap_or(mark.len());
        // A dash behind a mark is of the template.
        let end = mark.get(..end).map_or(end, |mark| mark.trim_end_matches('-').len());
        rest = mark.get(end..).unwrap_or_default();
    }
    pieces.push(rest);
    pieces
}

#[cfg(test)]
mod tests {
    use super::{spelled_out, unknown};

    #[test]
    fn marks_are_spelled_out_and_the_rest_stays() {
        let mark = unknown("cluster-name");
        assert_eq!(spelled_out(&format!("elements[name={mark}].server")), "elements[name=(unknown)].server");
        assert_eq!(spelled_out(&format!("web-{mark}-1")), "web-(unknown)-1");
        assert_eq!(spelled_out("web"), "web");
    }
}
