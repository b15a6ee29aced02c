//! What would make known what is not.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use manifesto_evidence::Gap;

use super::style::{DIM, inert, paint};

/// Each remedy once: many gaps are often of one kind.
pub(super) fn remedies<'g>(gaps: impl IntoIterator<Item = &'g Gap>) -> String {
    let all: BTreeSet<&str> = gaps.into_iter().filter_map(|gap| gap.remedy.as_deref()).collect();
    all.into_iter().fold(String::new(), |mut text, remedy| {
        let _ = writeln!(text, "  {} {}", paint(DIM, "help:"), inert(remedy));
        text
    })
}
