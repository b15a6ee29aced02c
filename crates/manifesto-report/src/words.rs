//! Sentences that every medium prints.

use manifesto_evidence::Completeness;
use manifesto_objects::ChangeKind;

/// `1 file`, `2 files`.
pub(crate) fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// "4 of 5 components proven, 2 files not analysed".
pub(crate) fn completeness(completeness: &Completeness) -> String {
    let Completeness { components_affected, components_proven, files_not_analysed, .. } = completeness;
    let components = match (components_proven, components_affected) {
        (_, 0) => "no component touched".to_owned(),
        (proven, affected) => format!("{proven} of {} proven", count(*affected, "component")),
    };
    match files_not_analysed.len() {
        0 => components,
        number => format!("{components}, {} not analysed", count(number, "file")),
    }
}

/// "2 objects added, 1 changed": only the kinds that occur, in a fixed order.
pub(crate) fn tally(kinds: &[&ChangeKind]) -> String {
    const ORDER: [&str; 6] = ["added", "removed", "replaced", "renamed", "moved", "changed"];
    let parts: Vec<String> = ORDER
        .iter()
        .filter_map(|name| {
            let number = kinds.iter().filter(|kind| kind.name() == *name).count();
            (number > 0).then(|| format!("{number} {name}"))
        })
        .collect();
    if parts.is_empty() { "no object changes".to_owned() } else { parts.join(", ") }
}
