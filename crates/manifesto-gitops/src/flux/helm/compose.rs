//! The values of a release: those of ConfigMaps and Secrets in order, then its own; what has a path goes over all
//! (fluxcd/pkg, chartutil/values.go).

use std::collections::BTreeSet;

use manifesto_objects::{Object, ObjectId};
use manifesto_tree::{Gap, GapReason};
use manifesto_yaml::{Dialect, Limits, Mapping, Node, parse};

use super::set_value::{Reading, set_value};
use super::values::Values;
use crate::flux::unknown::unknown;
use crate::flux::{Find, HelmRelease, ValuesReference, decryption};

/// The values, and what is not known of them.
pub(super) struct Composed {
    pub(super) values: Node,
    pub(super) gaps: Vec<Gap>,
    pub(super) asked: BTreeSet<ObjectId>,
}

/// What a reference leads to.
enum Found {
    Text(String),
    /// It may be left out, and is.
    Nothing,
    Unknown(String),
    Refused(String),
}

/// Composes the values. Where the controller would refuse, or what a reference leads to is not known, the rest is
/// composed all the same.
pub(super) fn compose(release: &HelmRelease, find: &Find<'_>) -> Composed {
    let own = release.values().cloned().unwrap_or_else(|| Node::mapping(Mapping::new()));
    let own = Values::of(&own);
    let mut result = Values::default();
    let mut composed = Composed { values: Node::null(), gaps: Vec::new(), asked: BTreeSet::new() };
    for reference in &release.values_from {
        let at = |reason, detail: String| Gap::new(reason, detail).at(reference.place.clone());
        let text = match look_up(release, reference, find, &mut composed.asked) {
            Found::Text(text) => text,
            Found::Nothing => continue,
            Found::Refused(why) => {
                composed.gaps.push(at(GapReason::BrokenFile, why));
                continue;
            }
            Found::Unknown(why) => {
                composed.gaps.push(at(GapReason::UnknownValue, why));
                if reference.target_path.is_none() {
                    continue;
                }
                unknown("value", &format!("{}-{}", reference.name, reference.key))
            }
        };
        let merged = match &reference.target_path {
            Some(path) => {
                result = result.merged(&own);
                set_at(&result, path, &text, reference)
            }
            None => read_values(&text).map(|values| result = result.merged(&values)),
        };
        if let Err(why) = merged {
            let detail =
                format!("the values of the {} `{}` cannot be merged: {why}", reference.kind, reference.name);
            composed.gaps.push(at(GapReason::BrokenFile, detail));
        }
    }
    composed.values = result.merged(&own).node();
    composed
}

fn look_up(
    release: &HelmRelease,
    reference: &ValuesReference,
    find: &Find<'_>,
    asked: &mut BTreeSet<ObjectId>,
) -> Found {
    let ValuesReference { kind, name, key, .. } = reference;
    if !matches!(kind.as_str(), "ConfigMap" | "Secret") {
        return Found::Refused(format!("values cannot come from a {kind}"));
    }
    let namespace = release.id.namespace.clone();
    let id = ObjectId { group: String::new(), kind: kind.clone(), namespace, name: name.clone() };
    let object = find(&id);
    asked.insert(id);
    match object {
        Some(object) => value_of(&object, reference),
        None if reference.is_optional => Found::Nothing,
        None => Found::Unknown(format!("the values `{key}` of the {kind} `{name}` are not known")),
    }
}

fn value_of(object: &Object, reference: &ValuesReference) -> Found {
    let ValuesReference { kind, name, key, .. } = reference;
    // The last one counts: `stringData` goes over `data`.
    match decryption::texts_of(object).into_iter().rev().find(|(known, _)| known == key) {
        Some((_, Some(text))) => Found::Text(text),
        Some((_, None)) => Found::Unknown(format!("the values `{key}` of the {kind} `{name}` are encrypted")),
        None if reference.is_optional => Found::Nothing,
        None => Found::Refused(format!("the {kind} `{name}` has no key `{key}`")),
    }
}

/// The values of a text: a mapping, or nothing at all.
fn read_values(text: &str) -> Result<Values, String> {
    let parsed = parse(text.as_bytes(), Dialect::SigsV2, &Limits::default());
    if let Some(error) = parsed.error {
        return Err(error.to_string());
    }
    match parsed.documents.first().map(|document| &document.root) {
        Some(root) if root.as_mapping().is_some() => Ok(Values::of(root)),
        Some(root) if !root.is_null() => {
            Err(format!("they are of the kind {}, and no object", root.kind_name()))
        }
        _ => Ok(Values::default()),
    }
}

/// Sets one value (`ReplacePathValue` and `ReplacePathLiteralValue`).
fn set_at(values: &Values, path: &str, text: &str, reference: &ValuesReference) -> Result<(), String> {
    if reference.is_literal {
        let mut escaped = String::with_capacity(text.len());
        for char in text.chars() {
            if matches!(char, '\\' | ',' | '[' | ']' | '{' | '}') {
                escaped.push('\\');
            }
            escaped.push(char);
        }
        return set_value(values, &format!("{path}={escaped}"), Reading::Text);
    }
    let is_in = |quote: char| text.starts_with(quote) && text.ends_with(quote);
    if is_in('\'') || is_in('"') {
        let text = text.trim_matches(['\'', '"']);
        return set_value(values, &format!("{path}={text}"), Reading::Text);
    }
    set_value(values, &format!("{path}={text}"), Reading::Typed)
}
