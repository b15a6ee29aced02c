//! Boxes that exclude each other.

use std::collections::BTreeMap;

use crate::document::Checkbox;
use crate::words::{outside_parentheses, words};

const YES: &[&str] = &["yes", "ja", "oui", "sí", "si"];
const NO: &[&str] = &["no", "nein", "non"];
const SCALE: &[&str] = &[
    "low", "medium", "high", "critical", "niedrig", "mittel", "hoch", "faible", "moyen", "élevé", "bajo",
    "medio", "alto",
];
const NONE: &[&str] = &["no", "none", "kein", "keine", "aucun", "aucune", "ninguno", "sin"];
const CHANGES: &[&str] = &["change", "changes", "änderungen", "changement", "changements", "cambios"];
const NEEDED: &[&str] = &["needed", "required", "necessary", "nötig", "requis", "necesarios"];

/// Why boxes exclude each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GroupKind {
    /// They say yes and no. One of them must be ticked in the end.
    YesNo,
    /// One says that none of the others applies.
    NoneOf,
    /// They are degrees of the same.
    Scale,
}

/// Boxes of one list that exclude each other: at most one of the sides may be ticked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BoxGroup {
    pub(crate) kind: GroupKind,
    /// The indexes of the boxes on each side.
    pub(crate) sides: Vec<Vec<usize>>,
}

impl BoxGroup {
    /// Whether another side than that of `index` is ticked.
    pub(crate) fn rival_is_ticked(&self, index: usize, is_ticked: impl Fn(usize) -> bool) -> bool {
        let own = |side: &&Vec<usize>| side.contains(&index);
        self.sides.iter().any(|side| own(&side))
            && self.sides.iter().filter(|side| !own(side)).flatten().any(|rival| is_ticked(*rival))
    }
}

/// The groups among the boxes of a slot.
pub(crate) fn groups(boxes: &[Checkbox]) -> Vec<BoxGroup> {
    let labels: Vec<Vec<String>> =
        boxes.iter().map(|checkbox| words(&outside_parentheses(&checkbox.label).0)).collect();
    let mut lists: BTreeMap<usize, Vec<(usize, &[String])>> = BTreeMap::new();
    for (index, (checkbox, label)) in boxes.iter().zip(&labels).enumerate() {
        lists.entry(checkbox.list).or_default().push((index, label));
    }
    let mut groups = Vec::new();
    for list in lists.into_values() {
        groups.extend(yes_no(&list).or_else(|| none_of(&list)));
        groups.extend(scale(&list));
    }
    groups
}

fn starts_with(label: &[String], starts: &[&str]) -> bool {
    label.first().is_some_and(|word| starts.contains(&word.as_str()))
}

fn indexes(list: &[(usize, &[String])], belongs: impl Fn(&[String]) -> bool) -> Vec<usize> {
    list.iter().filter(|(_, label)| belongs(label)).map(|(index, _)| *index).collect()
}

fn yes_no(list: &[(usize, &[String])]) -> Option<BoxGroup> {
    let yes = indexes(list, |label| starts_with(label, YES));
    let no = indexes(list, |label| starts_with(label, NO));
    let is_pair = !yes.is_empty() && !no.is_empty();
    is_pair.then(|| BoxGroup { kind: GroupKind::YesNo, sides: vec![yes, no] })
}

/// "None", "No architectural changes", "No documentation changes needed". Not "No regressions introduced", which
/// states something that goes with other statements.
fn none_of(list: &[(usize, &[String])]) -> Option<BoxGroup> {
    let denies = |label: &[String]| {
        let needed = label.last().is_some_and(|word| NEEDED.contains(&word.as_str()));
        let label = label.get(..label.len() - usize::from(needed)).unwrap_or_default();
        let short = label.len() <= 4 && label.last().is_some_and(|word| CHANGES.contains(&word.as_str()));
        let bare = label == ["none"] || label == ["none", "of", "the", "above"] || label == ["n", "a"];
        bare || (short && starts_with(label, NONE))
    };
    let none = indexes(list, denies);
    let others = indexes(list, |label| !denies(label));
    let is_group = !none.is_empty() && !others.is_empty();
    is_group.then(|| BoxGroup { kind: GroupKind::NoneOf, sides: vec![none, others] })
}

fn scale(list: &[(usize, &[String])]) -> Option<BoxGroup> {
    let sides: Vec<Vec<usize>> = SCALE
        .iter()
        .map(|degree| indexes(list, |label| starts_with(label, &[*degree])))
        .filter(|side| !side.is_empty())
        .collect();
    (sides.len() > 1).then_some(BoxGroup { kind: GroupKind::Scale, sides })
}
