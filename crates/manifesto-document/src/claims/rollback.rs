//! `rollback/data-loss` and `rollback/self-heal`: the way back does not lose what it should save, and is not undone.

use manifesto_evidence::Subject;

use super::kinds;
use super::reading::Reading;
use super::shell::{Command, Word, commands};
use super::{Claim, Judgement, Objection, quoted};
use crate::rules;
use crate::words::words;

pub(super) fn claims(reading: &Reading<'_>) -> Vec<Claim> {
    let back = commands(reading).into_iter().filter(|command| is_way_back(reading, command.slot));
    back.flat_map(|command| match command.program() {
        "kubectl" | "k" => namespaces_deleted(reading, &command),
        "argocd" => application_deleted(reading, &command).into_iter().collect(),
        _ => Vec::new(),
    })
    .collect()
}

fn is_way_back(reading: &Reading<'_>, slot: usize) -> bool {
    let is_it = |word: &String| matches!(word.as_str(), "rollback" | "revert" | "backout");
    reading.titles(slot).any(|title| words(title).iter().any(is_it))
}

/// Whether the author says, in the same slot, that data is lost or saved.
fn speaks_of_loss(reading: &Reading<'_>, slot: usize) -> bool {
    let statements = reading.speech.statements.iter().filter(|statement| statement.slot == slot);
    statements.flat_map(|statement| &statement.tokens).any(|token| {
        matches!(
            token.bare().as_str(),
            "backup" | "backups" | "data" | "loss" | "lost" | "loses" | "restore" | "snapshot"
        )
    })
}

fn namespaces_deleted(reading: &Reading<'_>, command: &Command) -> Vec<Claim> {
    let words = command.positional();
    let [verb, kind, names @ ..] = words.as_slice() else { return Vec::new() };
    let is_namespace = kinds::in_command(&kind.text, &[]).as_deref() == Some("Namespace")
        || kind.text == "namespace"
        || kind.text == "namespaces";
    if verb.text != "delete" || !is_namespace || speaks_of_loss(reading, command.slot) {
        return Vec::new();
    }
    names.iter().filter_map(|name| data_lost(reading, name)).collect()
}

fn data_lost(reading: &Reading<'_>, name: &Word) -> Option<Claim> {
    let kept = |subject: &&Subject| subject.namespace == name.text && subject.keeps_data();
    let holder = reading.census.subjects.iter().find(kept)?;
    let message = format!(
        "deleting the namespace {} deletes the data of {}",
        quoted(&name.text),
        quoted(&holder.short())
    );
    let objection = Objection::new(message, "deletes data")
        .witness(&holder.origin, format!("{} keeps data in this namespace", holder.short()))
        .help("save the data first, and say so; or delete what was added and keep the volume");
    let judgement = objection.judged();
    Some(Claim {
        rule: &rules::ROLLBACK_DATA_LOSS,
        said: format!("delete namespace {}", name.text),
        span: name.span.clone(),
        judgement,
    })
}

/// `argocd app delete` of an Application that an ApplicationSet makes again.
fn application_deleted(reading: &Reading<'_>, command: &Command) -> Option<Claim> {
    let words = command.positional();
    let [app, delete, name, ..] = words.as_slice() else { return None };
    if app.text != "app" || !matches!(delete.text.as_str(), "delete" | "rm") {
        return None;
    }
    let last = name.text.rsplit('/').next().unwrap_or_default();
    let ends =
        |own: &str| own == last || last.strip_suffix(own).is_some_and(|before| before.ends_with(['-', '.']));
    let component = reading.census.components.iter().find(|component| {
        component.is_generated
            && (ends(&component.name) || ends(component.path.file_name().trim_start_matches('*')))
    })?;
    let own = |subject: &&Subject| subject.origin.place.path.starts_with(&component.path);
    let message =
        format!("an ApplicationSet makes the Application {} again when it is deleted", quoted(&name.text));
    let objection = Objection::new(message, "is undone")
        .note(format!("its generator matches the directory {}", quoted(component.path.as_str())))
        .help("revert the commit instead: the generator then takes the Application away");
    let objection =
        reading.census.subjects.iter().find(own).into_iter().fold(objection, |objection, subject| {
            objection.witness(&subject.origin, "deployed from this directory")
        });
    let judgement: Judgement = objection.judged();
    Some(Claim {
        rule: &rules::ROLLBACK_SELF_HEAL,
        said: format!("delete application {last}"),
        span: name.span.clone(),
        judgement,
    })
}
