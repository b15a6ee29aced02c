//! The key that was meant where one is not known.

/// As different as a mistyped key may be from the one that was meant.
const LIKENESS_MIN: f64 = 0.7;

/// The known key that is nearest to the one that an error of the reader complains about. The reader says: unknown field
/// `a`, expected one of `b`, `c`.
pub(super) fn suggestion(message: &str) -> Option<&str> {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let wrong = quoted.next().filter(|_| message.starts_with("unknown field"))?;
    let likeness = |known: &&str| strsim::jaro_winkler(wrong, known);
    let best = quoted.max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    (likeness(&best) >= LIKENESS_MIN).then_some(best)
}
