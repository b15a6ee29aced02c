//! Texts that stand for what only a cluster knows, or what it makes up.

/// A text for what `name` is called. Letters and dashes only, so that it is good for names.
pub(super) fn unknown(name: &str) -> String {
    crate::flux::unknown_text("crossplane", name)
}
