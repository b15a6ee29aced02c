//! The variables of a Kustomization: from ConfigMaps and Secrets, and its own (fluxcd/pkg, kustomize/kustomize_varsub.go).

use std::collections::{BTreeMap, BTreeSet};

use manifesto_objects::ObjectId;
use manifesto_tree::{Gap, GapReason};

use super::envsubst::Variable;
use super::{Find, Kustomization, SubstituteReference, decryption};

/// What variables are set to.
#[derive(Debug, Default)]
pub(super) struct Variables {
    values: BTreeMap<String, Value>,
    /// The references to what the repository does not have: variables that nobody else sets may be set there.
    ///
    /// A variable that is set elsewhere too is taken from there. Which of the two wins depends on the order, but one
    /// that is set twice is a mistake that the repository does not show.
    missing: Vec<usize>,
}

#[derive(Debug)]
enum Value {
    Known(String),
    /// Only its name is known, from this reference.
    Sealed(usize),
}

impl Variables {
    /// The variables; none where nothing is replaced.
    pub(super) fn load(
        kustomization: &Kustomization,
        find: &Find<'_>,
        asked: &mut BTreeSet<ObjectId>,
    ) -> Option<Self> {
        let own = kustomization.substitute.as_ref()?;
        let mut variables = Self::default();
        for (at, reference) in kustomization.substitute_from.iter().enumerate() {
            let id = ObjectId {
                group: String::new(),
                kind: reference.kind.clone(),
                namespace: kustomization.id.namespace.clone(),
                name: reference.name.clone(),
            };
            match find(&id) {
                Some(object) => {
                    for (name, text) in decryption::texts_of(&object) {
                        let value = text.map_or(Value::Sealed(at), |text| Value::Known(one_line(&text)));
                        variables.values.insert(name, value);
                    }
                }
                None if reference.is_optional => {}
                None => variables.missing.push(at),
            }
            asked.insert(id);
        }
        let own = own.iter().map(|(name, value)| (name.clone(), Value::Known(one_line(value))));
        variables.values.extend(own);
        let is_used =
            !variables.values.is_empty() || !variables.missing.is_empty() || kustomization.substitute_always;
        is_used.then_some(variables)
    }

    /// What a variable holds.
    pub(super) fn get(&self, name: &str) -> Variable<'_> {
        match self.values.get(name) {
            Some(Value::Known(text)) => Variable::Set(text),
            None if self.missing.is_empty() => Variable::Unset,
            Some(Value::Sealed(_)) | None => Variable::Unknown,
        }
    }

    /// The first name that is no name of a variable: the controller then refuses all.
    pub(super) fn malformed_name(&self) -> Option<&str> {
        let is_name = |name: &str| {
            let mut bytes = name.bytes();
            bytes.next().is_some_and(|first| first == b'_' || first.is_ascii_alphabetic())
                && bytes.all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
        };
        self.values.keys().map(String::as_str).find(|name| !is_name(name))
    }

    /// What is not known of these variables, a gap for each reference.
    pub(super) fn gaps(&self, kustomization: &Kustomization, unknown: &BTreeSet<String>) -> Vec<Gap> {
        let mut sealed: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
        let mut unset = Vec::new();
        for name in unknown {
            match self.values.get(name) {
                Some(Value::Sealed(at)) => sealed.entry(*at).or_default().push(name),
                Some(Value::Known(_)) => {}
                None => unset.push(name.as_str()),
            }
        }
        let mut gaps = Vec::new();
        let reference = |at: usize| kustomization.substitute_from.get(at);
        for (at, names) in sealed {
            let Some(SubstituteReference { kind, name, place, .. }) = reference(at) else { continue };
            let detail = format!("{} encrypted in the {kind} `{name}`", are(&names));
            gaps.push(Gap::new(GapReason::UnknownValue, detail).at(place.clone()));
        }
        let missing: Vec<&SubstituteReference> =
            self.missing.iter().filter_map(|at| reference(*at)).collect();
        if let Some(first) = missing.first().filter(|_| !unset.is_empty()) {
            let sources: Vec<String> = missing.iter().map(|r| format!("{} `{}`", r.kind, r.name)).collect();
            let detail = format!(
                "{} not known: the {} may set {}",
                are(&unset),
                sources.join(" or the "),
                if unset.len() == 1 { "it" } else { "them" }
            );
            gaps.push(Gap::new(GapReason::UnknownValue, detail).at(first.place.clone()));
        }
        gaps
    }
}

/// `` the variables `A` and `B` are `` with at most ten names.
fn are(names: &[&str]) -> String {
    const SHOWN: usize = 10;
    let quoted: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    match (names.len().saturating_sub(SHOWN), quoted.as_slice()) {
        (0, [one]) => format!("the variable {one} is"),
        (0, all) => format!("the variables {} are", all.join(", ")),
        (more, shown) => format!("the variables {} and {more} more are", shown.join(", ")),
    }
}

/// Values have no line breaks.
fn one_line(value: &str) -> String {
    value.replace('\n', "")
}
