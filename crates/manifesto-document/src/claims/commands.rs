//! `cmd/target` and `cmd/syntax`: a command of the text works on something that is there.

use manifesto_evidence::{PropertyKind, Subject};

use super::kinds;
use super::objects::{self, Meant, is_name, known_kinds};
use super::reading::Reading;
use super::shell::{Command, Word, commands};
use super::{Claim, Judgement, Objection, listed, namespaces, quoted};
use crate::rules;

/// Verbs of kubectl whose arguments are a kind and names.
const ON_OBJECTS: &[&str] =
    &["annotate", "delete", "describe", "edit", "get", "label", "patch", "scale", "wait"];
/// Verbs whose first argument is a pod, or a kind and a name with a slash.
const ON_PODS: &[&str] = &["attach", "exec", "logs", "port-forward"];

pub(super) fn claims(reading: &Reading<'_>) -> Vec<Claim> {
    let known = known_kinds(reading);
    let mut claims = Vec::new();
    for command in commands(reading).iter().filter(|command| matches!(command.program(), "kubectl" | "k")) {
        let namespace = command.flag("-n", "--namespace").filter(|word| !is_open(&word.text));
        claims.extend(namespace.as_ref().and_then(|word| namespace_claim(reading, word)));
        let namespace = namespace.as_ref().map(|word| word.text.as_str());
        let targets = targets(command, &known);
        for (kind, word, name) in &targets {
            let Some(name) = name else { continue };
            let meant = Meant { kind, name, namespace };
            claims.push(Claim {
                rule: &rules::CMD_TARGET,
                said: format!("{kind}/{name}"),
                span: word.span.clone(),
                judgement: objects::judge(reading, &meant),
            });
        }
        claims.extend(selector_claim(reading, command, namespace, &targets));
    }
    claims
}

/// Whether a shell would put something else there.
fn is_open(text: &str) -> bool {
    text.contains(['$', '<', '{', '*']) || text.is_empty()
}

fn namespace_claim(reading: &Reading<'_>, word: &Word) -> Option<Claim> {
    if word.text.contains(',') {
        let message = format!("kubectl takes one namespace, not {}", quoted(&word.text));
        let objection =
            Objection::new(message, "several namespaces").help("run the command once for each of them");
        let (rule, said) = (&rules::CMD_SYNTAX, format!("-n {}", word.text));
        return Some(Claim { rule, said, span: word.span.clone(), judgement: objection.judged() });
    }
    is_name(&word.text).then(|| Claim {
        rule: &rules::CLAIM_NAMESPACE,
        said: format!("namespace {}", word.text),
        span: word.span.clone(),
        judgement: namespaces::judge(reading, &word.text),
    })
}

/// What a command works on: kinds, each with the word that says it, and a name unless all are meant.
fn targets(command: &Command, known: &[&str]) -> Vec<(String, Word, Option<String>)> {
    let words = command.positional();
    let Some((verb, rest)) = words.split_first() else { return Vec::new() };
    let is_rollout = verb.text == "rollout";
    let rest = if is_rollout { rest.get(1..).unwrap_or_default() } else { rest };
    let on_pods = ON_PODS.contains(&verb.text.as_str());
    if !on_pods && !is_rollout && !ON_OBJECTS.contains(&verb.text.as_str()) {
        return Vec::new();
    }
    let rest = if on_pods { rest.get(..1).unwrap_or_default() } else { rest };
    let slashed = rest.iter().filter_map(|word| {
        let (kind, name) = word.text.split_once('/')?;
        let kind = kinds::in_command(kind, known)?;
        is_name(name).then(|| (kind, (*word).clone(), Some(name.to_owned())))
    });
    let found: Vec<_> = slashed.collect();
    if !found.is_empty() || on_pods {
        return found;
    }
    let Some((first, names)) = rest.split_first() else { return Vec::new() };
    let kinds: Vec<String> =
        first.text.split(',').filter_map(|kind| kinds::in_command(kind, known)).collect();
    let names: Vec<&&Word> = names.iter().filter(|word| is_name(&word.text)).collect();
    match kinds.as_slice() {
        [kind] if !names.is_empty() => {
            names.iter().map(|word| (kind.clone(), (**word).clone(), Some(word.text.clone()))).collect()
        }
        _ => kinds.into_iter().map(|kind| (kind, (*first).clone(), None)).collect(),
    }
}

/// A selector that none of the objects has that the command means.
fn selector_claim(
    reading: &Reading<'_>,
    command: &Command,
    namespace: Option<&str>,
    targets: &[(String, Word, Option<String>)],
) -> Option<Claim> {
    let selector = command.flag("-l", "--selector").filter(|word| !is_open(&word.text))?;
    let (key, value) = selector.text.split_once('=').filter(|_| !selector.text.contains([',', '!', ' ']))?;
    let wanted = format!("{key}={}", value.trim_start_matches('='));
    let namespaces: Vec<&str> = namespace.map(|list| list.split(',').collect()).unwrap_or_default();
    let is_meant = |subject: &&Subject| {
        targets.iter().any(|(kind, _, _)| *kind == subject.kind)
            && (namespaces.is_empty() || namespaces.contains(&subject.namespace.as_str()))
    };
    let meant: Vec<&Subject> = reading.census.subjects.iter().filter(is_meant).collect();
    let labels =
        |subject: &Subject| subject.properties(PropertyKind::Label).any(|label| label.value == wanted);
    let kind = targets.first().map(|(kind, _, _)| kind.as_str())?;
    let judgement = match meant.first() {
        Some(_) if meant.iter().any(|subject| labels(subject)) => Judgement::Supported,
        Some(first) if !reading.may_hide(&meant, Some(kind)) => {
            let message = format!("no {kind} there has the label {}", quoted(&wanted));
            let names = listed(meant.iter().map(|subject| subject.name.as_str()));
            Objection::new(message, "selects nothing")
                .witness(&first.origin, format!("{} does not have it", first.short()))
                .help(format!("there are {names}"))
                .judged()
        }
        _ => Judgement::Unverifiable,
    };
    Some(Claim { rule: &rules::CMD_TARGET, said: format!("-l {wanted}"), span: selector.span, judgement })
}
